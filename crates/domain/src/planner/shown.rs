//! What was shown to whoever pressed "Approve all", as it travels: the grid's query instead of the numbers of its items, which
//! at a million fit no request. The server finds the same items with the functions the page laid them out with.

use super::grid::{GridQuery, Grouping, approvable, passes};
use super::lines::{Laid, Table, lay_out};
use super::snapshot::Columns;
use crate::base::region::Region;
use crate::borders::Borders;
use crate::table::layout::{Folds, Layout};
use serde::{Deserialize, Serialize};
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
