//! What the tests share: data shaped like the real thing (long tails, many equal scores, gaps) and ways to write it
//! down.
#![allow(dead_code, reason = "each test file takes what it needs")]

pub(crate) mod cycle;
pub(crate) mod headers;
pub(crate) mod script;

use cutline_domain::planner::approval::Status;
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::{Borders, Class, Score};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

/// Scores with many ties, a long tail, hundredths and a few below zero.
pub(crate) fn score() -> impl Strategy<Value = Score> {
    prop_oneof![
        6 => (0i64..20).prop_map(Score::whole),
        3 => (0u32..24, 1i64..2).prop_map(|(power, unit)| Score::whole(unit << power)),
        1 => (-300i64..3_000).prop_map(Score::from_hundredths),
    ]
}

/// A class of a scheme with at most nine.
pub(crate) fn class() -> impl Strategy<Value = Class> {
    (0..Class::MOST as u8).prop_map(Class)
}

/// Up to `most` rows in order, their numbers with gaps.
pub(crate) fn rows(score: impl Strategy<Value = Score>, most: usize) -> impl Strategy<Value = Vec<Row>> {
    let row = (
        1u32..4,
        option::weighted(0.9, score),
        0u16..5,
        option::weighted(0.8, class()),
        option::weighted(0.2, class()),
        0usize..3,
        (any::<bool>(), any::<bool>()),
    );
    vec(row, 0..most).prop_map(|rows| {
        let mut seq = 0;
        rows.into_iter()
            .map(|(gap, score, region, current, overridden, status, (score_changed, suggested))| {
                seq += gap;
                let status = Status::ALL[status];
                Row { seq, score, region, current, overridden, status, score_changed, suggested }
            })
            .collect()
    })
}

/// Borders on, just above and just below scores.
pub(crate) fn borders(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Borders> {
    let value = (score(), -1i64..=1).prop_map(|(s, aside)| Score::from_hundredths(s.hundredths() + aside));
    btree_set(value, count).prop_map(|values| Borders::new(values.into_iter().collect()).unwrap())
}

/// The class a score falls in, straight from product.md: as many classes up as there are borders not above it.
pub(crate) fn class_by_hand(borders: &Borders, score: Score) -> Class {
    Class(borders.values().iter().filter(|border| **border <= score).count() as u8)
}

/// Rows as columns.
pub(crate) fn columns(rows: &[Row]) -> Columns {
    rows.iter().copied().collect()
}

/// A pseudo-random sequence that never changes (xorshift32, Marsaglia 2003).
pub(crate) fn xorshift(mut state: u32) -> impl FnMut() -> u32 {
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    }
}
