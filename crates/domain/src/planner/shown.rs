//! What was shown to whoever pressed "Approve all", as it travels: the grid's query instead of the numbers of its items, which
//! at a million fit no request. The server finds the same items with the functions the page laid them out with.

use super::grid::{GridQuery, Grouping, approvable, passes};
use super::lines::{Laid, Table, lay_out};
use super::snapshot::Columns;
use crate::base::region::Region;
use crate::borders::Borders;
use crate::table::layout::{Folds, Layout};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A query, and what it came to on the page: how many items there were to accept, and the sum of their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What the grid showed.
    pub query: GridQuery,
    /// How many items the button named.
    pub items: u32,
    /// The sum of their numbers.
    pub sum: u64,
}

impl Shown {
    /// The items that were to be accepted under a query.
    pub fn of(query: GridQuery, items: &[u32]) -> Self {
        Self { query, items: items.len() as u32, sum: items.iter().copied().map(u64::from).sum() }
    }

    /// Whether what was shown may have been these items and some of those that changed since.
    pub fn may_be(&self, items: &[u32], changed: &BTreeSet<u32>) -> bool {
        let these = Self::of(self.query.clone(), items);
        let (Some(others), Some(sum)) = (self.items.checked_sub(these.items), self.sum.checked_sub(these.sum)) else {
            return false;
        };
        let others = others as usize;
        let least: u64 = changed.iter().take(others).copied().map(u64::from).sum();
        let most: u64 = changed.iter().rev().take(others).copied().map(u64::from).sum();
        others <= changed.len() && (least..=most).contains(&sum)
    }

    /// Whether the query comes to these items here too. A page that was still waiting for its search shows others.
    pub fn is(&self, items: &[u32]) -> bool {
        *self == Self::of(self.query.clone(), items)
    }
}

/// Numbers of the items that "Approve all" accepts where the grid shows a query under `borders`, increasing. `found`: numbers
/// of the items the search hit, increasing.
pub fn approvable_under(
    columns: &Columns,
    regions: &[Region],
    query: &GridQuery,
    found: Option<&[u32]>,
    borders: &Borders,
) -> Vec<u32> {
    // Which items are shown depends neither on their order nor on their groups.
    let passes = passes(columns, regions, query, found);
    let rows: Vec<u32> = (0..columns.len() as u32).filter(|row| passes(*row as usize)).collect();
    let mut layout = Layout::default();
    let how = (query.live, Grouping::None);
    let table = Table { columns, items: 0, sorted: &Arc::new(rows), borders: Some(borders), how };
    lay_out(&mut layout, &mut Laid::default(), table, &Folds::default());
    approvable(columns, &layout.shown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_was_shown_is_told_from_what_cannot_have_been(
            shown in btree_set(0u32..40, 0..20), changed in btree_set(0u32..40, 0..10), one in 40u32..50,
        ) {
            let all: Vec<u32> = shown.iter().copied().collect();
            let left: Vec<u32> = shown.difference(&changed).copied().collect();
            let told = Shown::of(GridQuery::default(), &all);
            prop_assert!(told.may_be(&left, &changed));
            prop_assert_eq!(told.may_be(&all, &BTreeSet::new()), told.is(&all));
            // One more that didn't change was never shown.
            let more: Vec<u32> = all.iter().copied().chain([one]).collect();
            prop_assert!(!told.may_be(&more, &changed));
            let nothing_changed = Shown { sum: told.sum + 1, ..told };
            prop_assert!(!nothing_changed.may_be(&all, &BTreeSet::new()));
        }
    }
}
