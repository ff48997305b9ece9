//! What the parts of the page share: the cycle, the desk its borders are drawn on, the grid, and what is asked in dialogs.
//! One snapshot of columns, one signal of borders; everything shown is derived from them by `domain`, in the same frame in
//! which a border moves.

use super::asks::Asks;
use super::live::Live;
use super::state::Cycle;
use crate::model::{CycleView, Decide};
use cutline_domain::borders::distribution::Entry;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{approvable, entry, lay_out, with_status};
use cutline_domain::planner::snapshot::Row;
use cutline_domain::{Borders, Score};
use cutline_kit::borders::{Desk, Subject};
use cutline_kit::grid::GridState;
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::use_toasts;
use leptos::prelude::*;
use std::collections::VecDeque;

/// Everything the parts of the page share. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Board {
    /// The cycle.
    pub cycle: Cycle,
    /// Its borders.
    pub desk: Desk,
    /// Its items.
    pub grid: GridState,
    /// What is asked.
    pub asks: Asks,
    /// A command is under way that others don't queue behind.
    pub busy: RwSignal<bool>,
    /// Decisions that were made and not answered yet, first the one under way.
    pub decisions: StoredValue<VecDeque<Decision>>,
    /// Version of the draft that the borders here began from: what comes from others meanwhile isn't seen by that.
    pub seen_draft: StoredValue<Option<i32>>,
    /// What the server tells while the page is open.
    pub live: Live,
    /// Where messages go.
    pub toasts: ToastSender,
}

/// A decision that was made here, and the rows as they were before.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is asked of the server.
    pub request: Decide,
    /// To be shown again should the server refuse.
    pub before: Vec<Row>,
}

/// Borders for when there is nothing to go by: 1, 2, 3, …
fn stand_in(classes: usize) -> Borders {
    let values = (1..classes).map(|i| Score::whole(i as i64)).collect();
    Borders::new(values).unwrap_or_else(|_| unreachable!("a scheme has at most nine classes"))
}

impl Board {
    /// The state for a cycle, without items yet.
    pub fn new(view: CycleView) -> Self {
        let labels = view.scheme.classes().iter().map(|class| class.label.clone()).collect();
        let borders = view.borders_that_count().cloned().unwrap_or_else(|| stand_in(view.scheme.len()));
        let planned = view.scheme.planned();
        let seen_draft = StoredValue::new(view.draft.as_ref().map(|draft| draft.version));
        let cycle = Cycle::new(view);
        let subject = Subject {
            labels: StoredValue::new(labels),
            unit: Signal::derive(move || cycle.view.read().measure.clone()),
            counted: Signal::derive(move || cycle.view.read().kind.plural().to_owned()),
            prefix: "",
        };
        let may_edit = Signal::derive(move || cycle.drawing());
        let desk = Desk::new(subject, borders, &planned, may_edit, move || entries(cycle));
        let sorted = cycle.sorted();
        let grid = GridState::new(move |layout, folds| {
            let (columns, query, borders) = (cycle.columns.read(), cycle.query.read(), desk.borders.read());
            lay_out(layout, &columns, &sorted.read(), Some(&borders), (query.live, query.grouping), folds);
        });
        Self {
            cycle,
            desk,
            grid,
            asks: Asks::new(),
            busy: RwSignal::new(false),
            decisions: StoredValue::default(),
            seen_draft,
            live: Live::new(),
            toasts: use_toasts(),
        }
    }

    /// The one of the page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Scored and unscored items of a status.
    pub fn with_status(self, status: Status) -> u32 {
        with_status(&self.desk.tally.read(), status)
    }

    /// The items "Approve all" accepts: in progress, shown under the filter, with a class to accept.
    pub fn approvable(self) -> Vec<u32> {
        self.grid.with_layout(|layout| approvable(&self.cycle.columns.read(), &layout.order))
    }
}

/// The items as they are counted.
fn entries(cycle: Cycle) -> Vec<Entry> {
    let columns = cycle.columns.read();
    (0..columns.len()).map(|index| entry(&columns, index)).collect()
}
