//! What the parts of the page share: the cycle, the desk its borders are drawn on, the grid, and what is asked in dialogs.
//! One snapshot of columns, one signal of borders; everything shown is derived from them by `domain`, in the same frame in
//! which a border moves.

use super::asks::Asks;
use super::drawing::{Base, Drawing};
use super::live::Live;
use super::state::Cycle;
use crate::model::{CycleView, Decide};
use cutline_domain::borders::distribution::Entry;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{ClassSet, GridQuery, Grouping, approvable, entry, with_status};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::planner::shown::Shown;
use cutline_domain::planner::snapshot::Row;
use cutline_domain::{Borders, ClassSpec, Score};
use cutline_kit::borders::{Desk, Part, Subject};
use cutline_kit::grid::GridState;
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::{ClassName, Connection, use_toasts};
use cutline_wire::AppError;
use leptos::prelude::*;
use std::collections::{BTreeSet, VecDeque};

/// Everything the parts of the page share. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Board {
    /// The cycle.
    pub cycle: Cycle,
    /// Its borders.
    pub desk: Desk,
    /// What of them isn't saved.
    pub drawing: Drawing,
    /// Its items.
    pub grid: GridState,
    /// What is asked.
    pub asks: Asks,
    /// A command is under way that others don't queue behind.
    pub busy: RwSignal<bool>,
    /// Decisions that were made and not answered yet, first the one under way.
    pub decisions: StoredValue<VecDeque<Decision>>,
    /// What the server tells while the page is open.
    pub live: Live,
    /// Where messages go.
    pub toasts: ToastSender,
    /// Whether the server can be reached.
    pub connection: Connection,
}

/// A decision that was made here, and the rows as they were before.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is asked of the server.
    pub request: Decide,
    /// What it is about, when that isn't sent item by item.
    pub whole: Option<Whole>,
    /// To be shown again should the server refuse.
    pub before: Vec<Row>,
}

/// Items that are decided on as a whole.
#[derive(Clone, Debug)]
pub enum Whole {
    /// What the grid showed.
    Shown(Shown),
    /// Those accepted by the command that made this revision.
    Accepted(u64),
}

/// Borders for when there is nothing to go by: 1, 2, 3, …
fn stand_in(classes: usize) -> Borders {
    let values = (1..classes).map(|i| Score::whole(i as i64)).collect();
    Borders::new(values).unwrap_or_else(|_| unreachable!("a scheme has at most nine classes"))
}

impl Board {
    /// The state for a cycle, without items yet.
    pub fn new(view: CycleView) -> Self {
        let name = |class: &ClassSpec| ClassName { label: class.label.clone(), code: class.code.clone() };
        let labels = view.scheme.classes().iter().map(name).collect();
        let borders = view.borders_that_count().cloned().unwrap_or_else(|| stand_in(view.scheme.len()));
        let base = Base::of(&view, borders.clone());
        let planned = base.planned.clone();
        let cycle = Cycle::new(view);
        let subject = Subject {
            labels: StoredValue::new(labels),
            unit: Signal::derive(move || cycle.view.read().measure.clone()),
            counted: Signal::derive(move || cycle.view.read().kind.plural().to_owned()),
            saved: Signal::derive(move || cycle.saved_borders()),
            pick: Callback::new(move |part| show_only(cycle, part)),
            prefix: "",
        };
        let may_edit = Signal::derive(move || cycle.drawing());
        let desk = Desk::new(subject, borders, &planned, may_edit, move || entries(cycle));
        let sorted = cycle.sorted();
        let laid = StoredValue::new(Laid::default());
        // Counts the states of the items, which `lay_out` tells apart by it.
        let items = Memo::new(move |before: Option<&u64>| {
            cycle.columns.track();
            before.map_or(1, |count| count + 1)
        });
        let grid = GridState::new(move |layout, folds| {
            let (columns, query, borders) = (cycle.columns.read(), cycle.query.read(), desk.borders.read());
            let (sorted, how) = (sorted.read(), (query.live, query.grouping));
            let table = Table { columns: &columns, items: items.get(), sorted: &sorted, borders: Some(&borders), how };
            laid.update_value(|laid| lay_out(layout, laid, table, folds));
        });
        Self {
            cycle,
            desk,
            drawing: Drawing::new(base, desk),
            grid,
            asks: Asks::new(),
            busy: RwSignal::new(false),
            decisions: StoredValue::default(),
            live: Live::new(),
            toasts: use_toasts(),
            connection: Connection::get(),
        }
    }

    /// Keeps chosen only what is shown, so that nothing hidden is decided on.
    pub fn follow_filters(self) {
        let filters = Memo::new(move |_| {
            let query = self.cycle.query.get();
            GridQuery { sort: GridQuery::default().sort, grouping: Grouping::default(), ..query }
        });
        Effect::new(move |_| {
            filters.track();
            self.cycle.found.track();
            if self.grid.selected.read_untracked().is_empty() {
                return;
            }
            let columns = self.cycle.columns.read_untracked();
            let shown: BTreeSet<u32> = self.grid.with_layout_untracked(|layout| {
                layout.shown().into_iter().filter_map(|at| columns.seqs.get(at as usize).copied()).collect()
            });
            self.grid.selected.update(|selected| selected.retain(|seq| shown.contains(seq)));
        });
    }

    /// Says why something the page asks by itself could not be had; once for a lost connection, however much fails by it.
    pub fn missed(self, what: &'static str, error: &AppError) {
        if !self.connection.failed(error) {
            self.toasts.bad(what, error.to_string());
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
        self.grid.with_layout(|layout| approvable(&self.cycle.columns.read(), &layout.shown()))
    }
}

/// Shows the items of a part of the drawings only; all again when it is pointed at twice.
fn show_only(cycle: Cycle, Part { current, class }: Part) {
    let classes = ClassSet::of(Some(class));
    let current = current.map_or_else(ClassSet::default, ClassSet::of);
    cycle.change_query(false, |query| {
        let shown = query.live.classes == classes && query.current == current;
        (query.live.classes, query.current) = if shown { Default::default() } else { (classes, current) };
    });
}

/// The items as they are counted.
fn entries(cycle: Cycle) -> Vec<Entry> {
    let columns = cycle.columns.read();
    (0..columns.len()).map(|index| entry(&columns, index)).collect()
}
