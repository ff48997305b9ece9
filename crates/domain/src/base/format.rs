//! How numbers are written, everywhere the same.

use std::cmp::Ordering;

/// Thousands separated by commas.
pub fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Shares of a whole in tenths of a percent that add to exactly 1000 (100.0 %), by largest remainder: each share is
/// rounded down and the tenths left over go to the largest remainders, earlier entries first. All zero for no items.
pub fn shares(counts: &[u32]) -> Vec<u32> {
    apportion(counts, 1000)
}

/// `total` split in proportion to `counts` by largest remainder.
pub fn apportion(counts: &[u32], total: u32) -> Vec<u32> {
    let sum: u64 = counts.iter().map(|c| u64::from(*c)).sum();
    if sum == 0 {
        return vec![0; counts.len()];
    }
    let scaled = |count: u32| u64::from(count) * u64::from(total);
    let mut out: Vec<u32> = counts.iter().map(|count| (scaled(*count) / sum) as u32).collect();
    // What is left is less than one for each entry. Taking the largest remainder that many times needs no sorting.
    let mut remainders: Vec<u64> =
        counts.iter().zip(&out).map(|(c, share)| scaled(*c) - u64::from(*share) * sum).collect();
    for _ in out.iter().sum::<u32>()..total {
        let largest = remainders.iter().copied().max().unwrap_or_default();
        if let Some(i) = remainders.iter().position(|remainder| *remainder == largest) {
            out[i] += 1;
            remainders[i] = 0;
        }
    }
    out
}

/// Tenths as one decimal: `204` is `20.4`.
pub fn tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A signed difference in tenths, with a real minus sign: `+0.4`, `−0.5`, `0.0`.
pub fn signed_tenths(tenths: i32) -> String {
    let sign = match tenths.cmp(&0) {
        Ordering::Less => "\u{2212}",
        Ordering::Equal => "",
        Ordering::Greater => "+",
    };
    format!("{sign}{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// With a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1 item`, `2,000 items`.
pub fn counted(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// First letters of first and last name.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_thousands() {
        assert_eq!([0u64, 12, 999, 1000, 1_234_567].map(grouped), ["0", "12", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn words_read_like_sentences() {
        assert_eq!(["", "claims", "élan", "A"].map(capitalised), ["", "Claims", "Élan", "A"]);
        assert_eq!((counted(1u32, "item"), counted(2000u32, "item")), ("1 item".into(), "2,000 items".into()));
        assert_eq!(["Ada B. Admin", "cher", ""].map(initials), ["AA", "C", ""]);
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!([4, -5, 0, 123].map(signed_tenths), ["+0.4", "\u{2212}0.5", "0.0", "+12.3"]);
        assert_eq!([0, 9, 204, 1000].map(tenths), ["0.0", "0.9", "20.4", "100.0"]);
    }

    /// Largest remainder as it is described: everybody's whole part, then one each in the order of what was cut off.
    fn by_largest_remainder(counts: &[u32], total: u32) -> Vec<u32> {
        let sum: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let exact = |i: usize| u64::from(counts[i]) * u64::from(total);
        let mut parts: Vec<u32> = (0..counts.len()).map(|i| (exact(i) / sum) as u32).collect();
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(exact(*i) % sum));
        let left = total - parts.iter().sum::<u32>();
        order[..left as usize].iter().for_each(|i| parts[*i] += 1);
        parts
    }

    #[test]
    fn equal_parts_leave_the_rest_to_the_first() {
        assert_eq!(shares(&[1, 1, 1]), [334, 333, 333]);
        assert_eq!(apportion(&[1, 1, 1], 5), [2, 2, 1]);
        assert_eq!((apportion(&[0, 0], 5), apportion(&[], 5)), (vec![0, 0], vec![]));
    }

    proptest! {
        #[test]
        fn what_is_split_goes_to_the_largest_remainders(
            counts in prop_oneof![
                proptest::collection::vec(0u32..12, 1..10),
                proptest::collection::vec(any::<u32>(), 1..10),
            ],
            total in prop_oneof![0u32..50, Just(1000u32), any::<u32>().prop_map(|total| total / 2)],
        ) {
            prop_assume!(counts.iter().any(|count| *count > 0));
            prop_assert_eq!(apportion(&counts, total), by_largest_remainder(&counts, total));
        }

        #[test]
        fn grouped_digits_are_the_number(number: u64) {
            let shown = grouped(number);
            prop_assert_eq!(shown.replace(',', ""), number.to_string());
            let groups: Vec<&str> = shown.split(',').collect();
            prop_assert!((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
        }

        #[test]
        fn shares_add_to_one_hundred(counts in proptest::collection::vec(0u32..2_000_000, 1..10)) {
            let shown = shares(&counts);
            let total: u64 = counts.iter().map(|c| u64::from(*c)).sum();
            prop_assert_eq!(shown.iter().sum::<u32>(), if total == 0 { 0 } else { 1000 });
            for (count, share) in counts.iter().zip(&shown) {
                if total > 0 {
                    let exact = f64::from(*count) * 1000.0 / total as f64;
                    prop_assert!((exact - f64::from(*share)).abs() < 1.0);
                }
            }
        }
    }
}
