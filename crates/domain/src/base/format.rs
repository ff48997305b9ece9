//! How numbers are written, everywhere the same.

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
    let sign = match tenths {
        0 => "",
        t if t > 0 => "+",
        _ => "\u{2212}",
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

    proptest! {
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
