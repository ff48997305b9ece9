//! A cycle run twice over: by the domain, as a service would run it, and by a small model written from the table in
//! product.md without looking at the domain. [`Run::ask`] does the same to both and compares all there is to see.

use cutline_domain::planner::approval::{CycleCommand, Item, ItemCommand, Override, Stage, decide, step};
use cutline_domain::planner::approval::{CycleState, Refusal, Status};
use cutline_domain::planner::replay::{CycleRecord, Event};
use cutline_domain::{Borders, Class, Score};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Something somebody asks for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    StartBorders,
    SaveDraft(Borders),
    Enable(Borders),
    Reset(&'static str),
    Transfer { accepted_only: bool },
    Join(Option<Score>, Option<Class>),
    Answer(usize, Option<Score>),
    Accept(usize),
    Reject(usize, String),
    Override(usize, Class, String),
    Withdraw(usize),
}

/// Why the model says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum No {
    State,
    Status,
    Confirm,
    Reason,
    Class,
    Unscored,
    InProgress(u32),
}

#[derive(Clone, Debug)]
struct ModelItem {
    newest: Option<i64>,
    decided_by: Option<i64>,
    current: Option<u8>,
    proposed: Option<u8>,
    chosen: Option<(u8, String)>,
    offered: Option<(u8, String)>,
    status: &'static str,
    why: Option<String>,
}

/// The table of product.md in as few words as possible.
#[derive(Clone, Debug)]
struct Model {
    state: &'static str,
    borders: Option<Vec<i64>>,
    draft: Option<Vec<i64>>,
    items: Vec<ModelItem>,
}

fn hundredths(borders: &Borders) -> Vec<i64> {
    borders.values().iter().map(|value| value.hundredths()).collect()
}

/// "A value exactly on a border belongs to the class above."
fn class_in(borders: &[i64], score: i64) -> u8 {
    let above = borders.iter().position(|border| score < *border);
    above.unwrap_or(borders.len()) as u8
}

fn a_reason(text: &str) -> Result<String, No> {
    let kept = text.trim().to_owned();
    if kept.is_empty() || kept.chars().count() > 500 { Err(No::Reason) } else { Ok(kept) }
}

impl Model {
    fn propose(&self, score: Option<i64>) -> Option<u8> {
        score.and_then(|score| self.borders.as_ref().map(|borders| class_in(borders, score)))
    }

    fn only_while(&self, state: &str) -> Result<(), No> {
        if self.state == state { Ok(()) } else { Err(No::State) }
    }

    fn item(&mut self, at: usize, status: &str) -> Result<&mut ModelItem, No> {
        self.only_while("Approving")?;
        let item = &mut self.items[at];
        if item.status == status { Ok(item) } else { Err(No::Status) }
    }

    fn joined(&self, score: Option<Score>, current: Option<Class>) -> ModelItem {
        let score = score.map(Score::hundredths);
        ModelItem {
            newest: score,
            decided_by: score,
            current: current.map(|class| class.0),
            proposed: self.propose(score),
            chosen: None,
            offered: None,
            status: "In progress",
            why: None,
        }
    }

    fn ask(&mut self, ask: &Ask) -> Result<(), No> {
        match ask {
            Ask::StartBorders => {
                self.only_while("Collecting")?;
                self.state = "Drafting";
            }
            Ask::SaveDraft(borders) => {
                self.only_while("Drafting")?;
                self.draft = Some(hundredths(borders));
            }
            Ask::Enable(borders) => {
                self.only_while("Drafting")?;
                self.state = "Approving";
                (self.draft, self.borders) = (Some(hundredths(borders)), Some(hundredths(borders)));
                for at in 0..self.items.len() {
                    let newest = self.items[at].newest;
                    let proposed = self.propose(newest);
                    let item = &mut self.items[at];
                    (item.decided_by, item.proposed, item.status) = (newest, proposed, "In progress");
                }
            }
            Ask::Reset(typed) => {
                self.only_while("Approving")?;
                if *typed != "CONFIRM" {
                    return Err(No::Confirm);
                }
                (self.state, self.borders) = ("Drafting", None);
                for item in &mut self.items {
                    if item.chosen.is_some() {
                        item.offered = item.chosen.take();
                    }
                    (item.status, item.proposed, item.why, item.decided_by) = ("In progress", None, None, item.newest);
                }
            }
            Ask::Transfer { accepted_only } => {
                self.only_while("Approving")?;
                // Unscored items without a class don't block.
                let waits = |item: &&ModelItem| {
                    item.status == "In progress" && (item.newest.is_some() || item.chosen.is_some())
                };
                let waiting = self.items.iter().filter(waits).count();
                if waiting > 0 && !accepted_only {
                    return Err(No::InProgress(waiting as u32));
                }
                self.state = "Transferred";
            }
            Ask::Join(score, current) => self.items.push(self.joined(*score, *current)),
            Ask::Answer(at, score) => {
                let score = score.map(Score::hundredths);
                let proposed = self.propose(score);
                let item = &mut self.items[*at];
                item.newest = score;
                if item.status == "In progress" {
                    (item.decided_by, item.proposed) = (score, proposed);
                }
            }
            Ask::Accept(at) => {
                let item = self.item(*at, "In progress")?;
                if item.proposed.is_none() && item.chosen.is_none() {
                    return Err(No::Unscored);
                }
                item.status = "Accepted";
            }
            Ask::Reject(at, reason) => {
                let item = self.item(*at, "In progress")?;
                item.why = Some(a_reason(reason)?);
                item.status = "Rejected";
            }
            Ask::Override(at, class, reason) => {
                let classes = self.borders.as_ref().map_or(0, |borders| borders.len() + 1);
                let item = self.item(*at, "In progress")?;
                if usize::from(class.0) >= classes {
                    return Err(No::Class);
                }
                (item.chosen, item.offered) = (Some((class.0, a_reason(reason)?)), None);
            }
            Ask::Withdraw(at) => {
                let proposed = self.propose(self.items[*at].newest);
                let item = self.item(*at, "Accepted")?;
                (item.status, item.proposed, item.decided_by) = ("In progress", proposed, item.newest);
            }
        }
        Ok(())
    }
}

/// A cycle, run by the domain and by the model.
pub(crate) struct Run {
    pub(crate) cycle: CycleRecord,
    pub(crate) events: Vec<Event>,
    model: Model,
}

impl Run {
    pub(crate) fn new(first: &[(Option<Score>, Option<Class>)]) -> Self {
        let items: BTreeMap<u32, Item> =
            (0u32..).zip(first).map(|(seq, (score, current))| (seq, Item::joining(*score, *current, None))).collect();
        let mut model = Model { state: "Collecting", borders: None, draft: None, items: Vec::new() };
        model.items = first.iter().map(|(score, current)| model.joined(*score, *current)).collect();
        let cycle = CycleRecord { stage: Stage::Collecting, draft: None, items: items.clone() };
        Self { cycle, events: vec![Event::Opened(items)], model }
    }

    /// Asks both; they must agree on the answer, on the reason for a no, and on everything to be seen afterwards.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Result<Result<(), No>, TestCaseError> {
        let Some(ask) = self.meant(ask) else { return Ok(Ok(())) };
        let before = (self.cycle.clone(), self.events.len());
        let model_before = format!("{:?}", self.model);
        let expected = self.model.ask(&ask);
        let answer = self.apply(&ask).map_err(|refusal| no(&refusal));
        prop_assert_eq!(answer, expected, "{:?}", ask);
        if answer.is_err() {
            prop_assert_eq!(&before, &(self.cycle.clone(), self.events.len()), "a refused {:?} changes nothing", ask);
            prop_assert_eq!(model_before, format!("{:?}", self.model));
        }
        self.compare()?;
        Ok(answer)
    }

    /// Items are picked by any number; a transferred cycle takes no new contacts and answers (the service sees to
    /// that).
    fn meant(&self, ask: &Ask) -> Option<Ask> {
        let at = |n: &usize| n % self.model.items.len();
        if self.model.state == "Transferred" && matches!(ask, Ask::Join(..) | Ask::Answer(..)) {
            return None;
        }
        Some(match ask {
            Ask::Answer(n, score) => Ask::Answer(at(n), *score),
            Ask::Accept(n) => Ask::Accept(at(n)),
            Ask::Reject(n, reason) => Ask::Reject(at(n), reason.clone()),
            Ask::Override(n, class, reason) => Ask::Override(at(n), *class, reason.clone()),
            Ask::Withdraw(n) => Ask::Withdraw(at(n)),
            other => other.clone(),
        })
    }

    /// What a service does: asks the domain, changes what it says, records it.
    fn apply(&mut self, ask: &Ask) -> Result<(), Refusal> {
        let cycle = &mut self.cycle;
        let mut all =
            |change: &dyn Fn(Item) -> Item| cycle.items.values_mut().for_each(|item| *item = change(item.clone()));
        let event = match ask {
            Ask::StartBorders => {
                cycle.stage = step(&cycle.stage, &CycleCommand::StartBorders)?;
                Event::BordersStarted
            }
            Ask::SaveDraft(borders) => {
                cycle.stage = step(&cycle.stage, &CycleCommand::SaveDraft)?;
                cycle.draft = Some(borders.clone());
                Event::DraftSaved(borders.clone())
            }
            Ask::Enable(borders) => {
                let stage = step(&cycle.stage, &CycleCommand::Enable(borders.clone()))?;
                all(&|item| item.enabled(borders));
                (cycle.stage, cycle.draft) = (stage, Some(borders.clone()));
                Event::Enabled(borders.clone())
            }
            Ask::Reset(typed) => {
                let stage = step(&cycle.stage, &CycleCommand::Reset { typed: (*typed).into() })?;
                all(&Item::reset);
                cycle.stage = stage;
                Event::Reset
            }
            Ask::Transfer { accepted_only } => {
                let waits = |item: &&Item| item.status == Status::InProgress && item.final_class().is_some();
                let in_progress = cycle.items.values().filter(waits).count() as u32;
                cycle.stage =
                    step(&cycle.stage, &CycleCommand::Transfer { accepted_only: *accepted_only, in_progress })?;
                Event::Transferred
            }
            Ask::Join(score, current) => {
                let item = Item::joining(*score, *current, cycle.stage.frozen());
                let joined = BTreeMap::from([(cycle.items.len() as u32, item)]);
                cycle.items.extend(joined.clone());
                Event::Joined(joined)
            }
            Ask::Answer(at, score) => {
                let item = cycle.items.entry(*at as u32).or_default();
                *item = item.clone().rescored(*score, cycle.stage.frozen());
                Event::Rescored(BTreeMap::from([(*at as u32, *score)]))
            }
            Ask::Accept(at) => self.decide(*at, &ItemCommand::Accept)?,
            Ask::Reject(at, reason) => self.decide(*at, &ItemCommand::Reject { reason: reason.clone() })?,
            Ask::Override(at, class, reason) => {
                self.decide(*at, &ItemCommand::Override { class: *class, reason: reason.clone() })?
            }
            Ask::Withdraw(at) => self.decide(*at, &ItemCommand::Withdraw)?,
        };
        self.events.push(event);
        Ok(())
    }

    fn decide(&mut self, at: usize, command: &ItemCommand) -> Result<Event, Refusal> {
        let item = decide(&self.cycle.stage, self.cycle.items[&(at as u32)].clone(), command)?;
        let left = BTreeMap::from([(at as u32, item)]);
        self.cycle.items.extend(left.clone());
        Ok(Event::Decided(left))
    }

    /// Everything there is to see, and what always holds.
    fn compare(&self) -> Result<(), TestCaseError> {
        let (cycle, model) = (&self.cycle, &self.model);
        prop_assert_eq!(cycle.stage.state().title(), model.state);
        prop_assert_eq!(cycle.stage.frozen().map(hundredths), model.borders.clone());
        prop_assert_eq!(cycle.draft.as_ref().map(hundredths), model.draft.clone());
        prop_assert_eq!(cycle.items.len(), model.items.len());
        let told = |o: &Option<Override>| o.as_ref().map(|o| (o.class.0, o.reason.clone()));
        for (item, model) in cycle.items.values().zip(&model.items) {
            prop_assert_eq!(item.score.map(Score::hundredths), model.decided_by);
            prop_assert_eq!(item.latest_score.map(Score::hundredths), model.newest);
            prop_assert_eq!(item.current.map(|class| class.0), model.current);
            prop_assert_eq!(item.proposed.map(|class| class.0), model.proposed);
            prop_assert_eq!(
                (told(&item.overridden), told(&item.suggested)),
                (model.chosen.clone(), model.offered.clone())
            );
            prop_assert_eq!((item.status.title(), item.decision_reason.clone()), (model.status, model.why.clone()));
            let final_class = model.chosen.as_ref().map(|(class, _)| *class).or(model.proposed);
            prop_assert_eq!(item.final_class().map(|class| class.0), final_class);
            // "Decided items keep their decision and show score changed since."
            let changed = model.status != "In progress" && model.newest != model.decided_by;
            prop_assert_eq!(item.score_changed_since(), changed);
            prop_assert!(item.status != Status::Accepted || item.final_class().is_some());
            prop_assert_eq!(item.status == Status::Rejected, item.decision_reason.is_some());
            if cycle.stage.state() == CycleState::Approving && item.status == Status::InProgress {
                prop_assert_eq!(
                    item.proposed.is_some(),
                    item.score.is_some(),
                    "every scored item has a proposed class"
                );
            }
        }
        Ok(())
    }
}

fn no(refusal: &Refusal) -> No {
    match refusal {
        Refusal::WrongState { .. } => No::State,
        Refusal::WrongStatus { .. } => No::Status,
        Refusal::NotConfirmed => No::Confirm,
        Refusal::NoReason | Refusal::LongReason | Refusal::UnshowableReason => No::Reason,
        Refusal::NoSuchClass => No::Class,
        Refusal::Unscored => No::Unscored,
        Refusal::StillInProgress(items) => No::InProgress(*items),
    }
}
