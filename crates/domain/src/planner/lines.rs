//! The lines of the planner's grid under some borders. A border that moves costs the items that change their class, and what is
//! in view; anything else that changes lays them all out anew.

use super::grid::{Grouping, LiveFilter, changed};
use super::snapshot::{Columns, UNSCORED};
use crate::base::number::Score;
use crate::borders::Borders;
use crate::table::layout::{Folds, Layout};
use crate::table::selection::signed;
use std::sync::Arc;

/// What a layout was laid out for, so that a border that moves costs the items that change their class, not all there are.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    last: Option<Last>,
    /// Places of the scored items in the order laid out, lowest score first, each with its score as a sort key. Made when a
    /// border first moves.
    by_score: Option<Vec<(u64, u32)>>,
}

/// What was laid out last.
#[derive(Clone, Debug)]
struct Last {
    sorted: Arc<Vec<u32>>,
    items: u64,
    how: (LiveFilter, Grouping),
    borders: Option<Borders>,
}

/// A table to be laid out.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The items.
    pub columns: &'a Columns,
    /// Which state of them: another number whenever anything about an item is another.
    pub items: u64,
    /// Those that pass everything that doesn't depend on borders, in sort order.
    pub sorted: &'a Arc<Vec<u32>>,
    /// The borders; none: nothing is proposed yet, every item is without a class.
    pub borders: Option<&'a Borders>,
    /// The rest of the filter, and the groups.
    pub how: (LiveFilter, Grouping),
}

impl Table<'_> {
    /// The cell of an item; nothing where it isn't shown.
    fn cell(&self, row: u32) -> Option<u32> {
        let (columns, (live, grouping)) = (self.columns, self.how);
        let index = row as usize;
        let proposed = if columns.scores[index] == UNSCORED {
            None
        } else {
            self.borders.and_then(|b| columns.score(index).map(|s| b.class_of(s)))
        };
        let shown = live.classes.holds(proposed)
            && (!live.changed_only || changed(columns.current(index), columns.overridden(index).or(proposed)));
        shown.then(|| grouping.cell(proposed, columns.status(index)))
    }
}

/// Lays a table out. `laid`: what `layout` was laid out for last.
pub fn lay_out(layout: &mut Layout, laid: &mut Laid, table: Table<'_>, folds: &Folds) {
    let cell_of = |row: u32| table.cell(row);
    match laid.moved(&table) {
        Some(places) => layout.follow(places, cell_of, folds),
        None => layout.fill(table.sorted, cell_of, table.how.1.levels(), folds),
    }
    let (sorted, borders) = (Arc::clone(table.sorted), table.borders.cloned());
    laid.last = Some(Last { sorted, items: table.items, how: table.how, borders });
}

impl Laid {
    /// The places whose items may be in another class than when they were laid out, when nothing but borders has moved since.
    fn moved(&mut self, table: &Table<'_>) -> Option<impl Iterator<Item = u32> + use<'_>> {
        let same =
            |last: &Last| Arc::ptr_eq(&last.sorted, table.sorted) && last.items == table.items && last.how == table.how;
        let Some(last) = self.last.as_ref().filter(|last| same(last)) else {
            self.by_score = None;
            return None;
        };
        let (before, now) = (last.borders.as_ref()?.values(), table.borders?.values());
        if before.len() != now.len() {
            return None;
        }
        let by_score = self.by_score.get_or_insert_with(|| by_score(table));
        let below = |border: &Score| by_score.partition_point(|(score, _)| *score < signed(border.hundredths()));
        let pairs = before.iter().zip(now).filter(|(before, now)| before != now);
        let stretches: Vec<(usize, usize)> =
            pairs.map(|(before, now)| (below(before.min(now)), below(before.max(now)))).collect();
        let by_score = &*by_score;
        Some(stretches.into_iter().flat_map(move |(from, to)| by_score[from..to].iter().map(|(_, place)| *place)))
    }
}

/// Places of the scored items of a table, lowest score first.
fn by_score(table: &Table<'_>) -> Vec<(u64, u32)> {
    let score = |row: u32| table.columns.scores[row as usize];
    let places = table.sorted.iter().zip(0u32..).map(|(row, place)| (score(*row), place));
    let scored = places.filter(|(score, _)| *score != UNSCORED);
    let mut all: Vec<(u64, u32)> = scored.map(|(score, place)| (signed(score), place)).collect();
    all.sort_unstable();
    all
}
