//! Which rows a table shows and in which order, before they fall into groups. Rows are positions in the feature's
//! columns.

use std::cmp::Reverse;

/// Rows ordered by a key; equal ones keep the order of their positions, whichever way the key runs.
pub fn sorted<K: Ord>(mut rows: Vec<u32>, descending: bool, key: impl Fn(u32) -> K) -> Vec<u32> {
    if descending {
        rows.sort_by_key(|row| (Reverse(key(*row)), *row));
    } else {
        rows.sort_by_key(|row| (key(*row), *row));
    }
    rows
}

/// Rows in an order that somebody else knows, such as the server's by text, from its last to its first if `descending`.
pub fn given(order: impl Iterator<Item = u32>, descending: bool) -> Vec<u32> {
    let mut rows: Vec<u32> = order.collect();
    if descending {
        rows.reverse();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_keep_their_order_both_ways() {
        let key = |row: u32| [3, 1, 3, 2][row as usize];
        assert_eq!(sorted(vec![3, 2, 1, 0], false, key), [1, 3, 0, 2]);
        assert_eq!(sorted(vec![3, 2, 1, 0], true, key), [0, 2, 3, 1]);
        assert_eq!(given([5, 1, 4].into_iter(), false), [5, 1, 4]);
        assert_eq!(given([5, 1, 4].into_iter(), true), [4, 1, 5]);
    }
}
