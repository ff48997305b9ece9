//! Which rows a table shows and in which order, before they fall into groups. Rows are positions in the feature's
//! columns.

/// Rows ordered by a key; equal ones keep the order of their positions, whichever way the key runs. Every key is a number, so
/// that it is asked once a row and the code that sorts is there once.
pub fn sorted(rows: Vec<u32>, descending: bool, key: impl Fn(u32) -> u64) -> Vec<u32> {
    let turned = if descending { u64::MAX } else { 0 };
    let mut keyed: Vec<(u64, u32)> = rows.into_iter().map(|row| (key(row) ^ turned, row)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// A number that may be negative as a sort key: in the same order.
pub fn signed(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
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
    fn negative_numbers_come_first() {
        let numbers = [0, -1, i64::MAX, 7, i64::MIN];
        assert_eq!(sorted((0..5).collect(), false, |row| signed(numbers[row as usize])), [4, 1, 0, 3, 2]);
    }

    #[test]
    fn equal_rows_keep_their_order_both_ways() {
        let key = |row: u32| [3, 1, 3, 2][row as usize];
        assert_eq!(sorted(vec![3, 2, 1, 0], false, key), [1, 3, 0, 2]);
        assert_eq!(sorted(vec![3, 2, 1, 0], true, key), [0, 2, 3, 1]);
        assert_eq!(given([5, 1, 4].into_iter(), false), [5, 1, 4]);
        assert_eq!(given([5, 1, 4].into_iter(), true), [4, 1, 5]);
    }
}
