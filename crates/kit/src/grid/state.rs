//! The state of a grid: its lines, what is folded and chosen, and where keyboard and pointer are.

use cutline_domain::table::layout::{Folds, Layout, Line};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The state of a grid. Copied freely: it is a bundle of handles. Rows are chosen by their ids, which stay the same when
/// they move.
#[derive(Clone, Copy)]
pub struct GridState {
    /// Folded headers.
    pub folds: RwSignal<Folds>,
    /// Ids of the chosen rows.
    pub selected: RwSignal<BTreeSet<u32>>,
    /// The line the keyboard is on.
    pub active: RwSignal<u32>,
    /// The line the pointer is on.
    pub hover: RwSignal<Option<u32>>,
    layout: StoredValue<Layout>,
    filled: Memo<u64>,
}

impl GridState {
    /// A grid whose lines `fill` lays out, again whenever something that it reads changes.
    pub fn new(fill: impl Fn(&mut Layout, &Folds) + Send + Sync + 'static) -> Self {
        let folds = RwSignal::new(Folds::default());
        let layout = StoredValue::new(Layout::default());
        let filled = Memo::new(move |before: Option<&u64>| {
            let folds = folds.read();
            layout.update_value(|layout| fill(layout, &folds));
            before.map_or(1, |count| count + 1)
        });
        Self {
            folds,
            selected: RwSignal::new(BTreeSet::new()),
            active: RwSignal::new(0),
            hover: RwSignal::new(None),
            layout,
            filled,
        }
    }

    /// The layout as it is now; tracks every change of it.
    pub fn with_layout<T>(self, read: impl FnOnce(&Layout) -> T) -> T {
        self.filled.get();
        self.layout.with_value(read)
    }

    /// The layout as it is now, without tracking.
    pub fn with_layout_untracked<T>(self, read: impl FnOnce(&Layout) -> T) -> T {
        untrack(|| self.with_layout(read))
    }

    /// Chooses a row, or takes it out.
    pub fn toggle(self, id: u32) {
        self.selected.update(|selected| {
            if !selected.remove(&id) {
                selected.insert(id);
            }
        });
    }

    /// Chooses nothing.
    pub fn clear(self) {
        self.selected.update(BTreeSet::clear);
    }

    /// The chosen rows.
    pub fn chosen(self) -> Vec<u32> {
        self.selected.read_untracked().iter().copied().collect()
    }

    /// Folds or unfolds the header on a line.
    pub fn fold(self, at: u32) {
        let next = self.with_layout_untracked(|layout| layout.toggled(&self.folds.read_untracked(), at));
        if let Some(next) = next {
            self.folds.set(next);
        }
    }

    /// Puts the keyboard on the row that is meant.
    pub fn go_to(self, is_meant: impl Fn(u32) -> bool) {
        let line = self.with_layout_untracked(|layout| {
            layout.rows_on(0..layout.lines()).find(|(_, row)| is_meant(*row)).map(|(line, _)| line)
        });
        if let Some(line) = line {
            self.active.set(line);
        }
    }

    /// The position of the row on a line; nothing for headers.
    pub fn row_on(self, at: u32) -> Option<u32> {
        match self.with_layout_untracked(|layout| layout.line(at))? {
            Line::Row(_, _, position) => Some(position),
            Line::Section(_) | Line::Group(..) => None,
        }
    }
}
