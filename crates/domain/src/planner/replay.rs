//! Audit records as events, and the replay that rebuilds a cycle from them alone.

use crate::base::number::Score;
use crate::borders::Borders;
use crate::planner::approval::{Item, Stage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an audit record of a cycle says happened. Records of commands that touch items one by one carry each item as it
/// was left; records of commands that treat all alike carry only what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Opened, with the first items by `seq`.
    Opened(BTreeMap<u32, Item>),
    /// Contacts joined while the cycle was open.
    Joined(BTreeMap<u32, Item>),
    /// New scores arrived.
    Rescored(BTreeMap<u32, Option<Score>>),
    /// Collecting → Drafting.
    BordersStarted,
    /// A border version was kept.
    DraftSaved(Borders),
    /// Drafting → Approving, under these borders.
    Enabled(Borders),
    /// Decisions: the items as they were left.
    Decided(BTreeMap<u32, Item>),
    /// Approving → Drafting.
    Reset,
    /// Approving → Transferred.
    Transferred,
}

/// A cycle as its audit records tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleRecord {
    /// Where it stands.
    pub stage: Stage,
    /// The borders last saved.
    pub draft: Option<Borders>,
    /// Items by `seq`.
    pub items: BTreeMap<u32, Item>,
}

/// Rebuilds a cycle from its events, oldest first; `None` when they don't begin with its opening.
pub fn replay(events: impl IntoIterator<Item = Event>) -> Option<CycleRecord> {
    let mut events = events.into_iter();
    let Event::Opened(items) = events.next()? else { return None };
    let opened = CycleRecord { stage: Stage::Collecting, draft: None, items };
    Some(events.fold(opened, after))
}

fn after(mut cycle: CycleRecord, event: Event) -> CycleRecord {
    match event {
        Event::Opened(items) | Event::Joined(items) | Event::Decided(items) => cycle.items.extend(items),
        Event::Rescored(scores) => {
            for (seq, score) in scores {
                if let Some(item) = cycle.items.remove(&seq) {
                    cycle.items.insert(seq, item.rescored(score, cycle.stage.frozen()));
                }
            }
        }
        Event::BordersStarted => cycle.stage = Stage::Drafting,
        Event::DraftSaved(borders) => cycle.draft = Some(borders),
        Event::Enabled(borders) => {
            cycle.items = each(cycle.items, |item| item.enabled(&borders));
            cycle.draft = Some(borders.clone());
            cycle.stage = Stage::Approving(borders);
        }
        Event::Reset => {
            cycle.stage = Stage::Drafting;
            cycle.items = each(cycle.items, Item::reset);
        }
        // Only what was enabled is transferred; a trail that says otherwise leaves the cycle where it stood.
        Event::Transferred => {
            if let Stage::Approving(borders) = cycle.stage {
                cycle.stage = Stage::Transferred(borders);
            }
        }
    }
    cycle
}

fn each(items: BTreeMap<u32, Item>, change: impl Fn(Item) -> Item) -> BTreeMap<u32, Item> {
    items.into_iter().map(|(seq, item)| (seq, change(item))).collect()
}
