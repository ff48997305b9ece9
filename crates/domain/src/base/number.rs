//! Exact numbers: scores and measures in hundredths, percentages in hundredths of a percent.

use crate::base::format::grouped;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A score, measure or border value, exact in hundredths of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Score(i64);

/// Why a text is not a number Cutline can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was written.
    #[error("a number is needed")]
    Empty,
    /// Letters, two points, a misplaced separator.
    #[error("this is not a number")]
    NotANumber,
    /// More than two digits after the point.
    #[error("at most two decimals are kept")]
    TooPrecise,
    /// Beyond ±9,000,000,000,000, where the browser would lose hundredths.
    #[error("this number is too large")]
    TooLarge,
    /// A percentage below 0 or above 100.
    #[error("a percentage lies between 0 and 100")]
    NotAPercentage,
}

impl Score {
    /// The largest value kept, in hundredths; within what a JavaScript number holds exactly.
    pub const LIMIT: i64 = 900_000_000_000_000;

    /// From whole hundredths.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// From whole units.
    pub const fn whole(units: i64) -> Self {
        Self(units * 100)
    }

    /// Whole hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// For drawing only; never for deciding.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// The nearest score to a position on a drawing.
    pub fn nearest(value: f64) -> Self {
        Self((value * 100.0).round().clamp(-(Self::LIMIT as f64), Self::LIMIT as f64) as i64)
    }
}

impl TryFrom<i64> for Score {
    type Error = NumberError;
    /// From whole hundredths that come from outside; refuses what lies beyond [`Score::LIMIT`].
    fn try_from(hundredths: i64) -> Result<Self, NumberError> {
        if hundredths.unsigned_abs() <= Self::LIMIT.unsigned_abs() {
            Ok(Self(hundredths))
        } else {
            Err(NumberError::TooLarge)
        }
    }
}

impl From<Score> for i64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl fmt::Display for Score {
    /// Thousands separated, decimals only where there are some: `1,000`, `12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let (units, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        f.write_str(&grouped(units))?;
        if rest == 0 { Ok(()) } else { write!(f, ".{rest:02}") }
    }
}

/// A number as somebody types it whose language has a decimal comma, written as Cutline reads it: `1.000,5` is `1000.5`. One
/// without a comma stays as it is, so that `10.5` is understood too.
pub fn with_point(text: &str) -> String {
    match text.rsplit_once(',') {
        Some((units, decimals)) if !units.contains(',') => format!("{}.{decimals}", units.replace('.', "")),
        _ => text.to_owned(),
    }
}

impl FromStr for Score {
    type Err = NumberError;

    /// Reads `1000`, `1,000`, `1 000.5` and `-3.25`.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        hundredths(text).map(Self)
    }
}

/// A share in hundredths of a percent: `Percent::WHOLE` is 100.00 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Percent(u32);

impl Percent {
    /// 100.00 %.
    pub const WHOLE: Self = Self(10_000);

    /// From hundredths of a percent; `None` above 100.00 %.
    pub const fn from_hundredths(hundredths: u32) -> Option<Self> {
        if hundredths <= 10_000 { Some(Self(hundredths)) } else { None }
    }

    /// Hundredths of a percent.
    pub const fn hundredths(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Percent {
    type Error = NumberError;
    fn try_from(hundredths: u32) -> Result<Self, NumberError> {
        Self::from_hundredths(hundredths).ok_or(NumberError::NotAPercentage)
    }
}

impl From<Percent> for u32 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl fmt::Display for Percent {
    /// One decimal where that is exact, else two: `10.0`, `33.33`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        if rest % 10 == 0 { write!(f, "{whole}.{}", rest / 10) } else { write!(f, "{whole}.{rest:02}") }
    }
}

impl FromStr for Percent {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let hundredths = hundredths(text.trim().trim_end_matches('%'))?;
        u32::try_from(hundredths).ok().and_then(Self::from_hundredths).ok_or(NumberError::NotAPercentage)
    }
}

/// Reads a decimal number as whole hundredths, exactly.
fn hundredths(text: &str) -> Result<i64, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if digits.is_empty() {
        return Err(NumberError::Empty);
    }
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let units = ungrouped(units)?;
    if units.is_empty() && decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    let kept = decimals.trim_end_matches('0');
    if kept.len() > 2 {
        return Err(NumberError::TooPrecise);
    }
    let fraction: i64 = format!("{kept:0<2}").parse().map_err(|_| NumberError::NotANumber)?;
    let units: i64 = if units.is_empty() { 0 } else { units.parse().map_err(|_| NumberError::TooLarge)? };
    let value = units
        .checked_mul(100)
        .and_then(|v| v.checked_add(fraction))
        .filter(|v| *v <= Score::LIMIT)
        .ok_or(NumberError::TooLarge)?;
    Ok(if negative { -value } else { value })
}

/// Digits without thousands separators, which must stand every three digits when they stand at all.
fn ungrouped(units: &str) -> Result<String, NumberError> {
    let separator = |c: char| matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}');
    let parts: Vec<&str> = units.split(separator).collect();
    let well_grouped =
        parts.len() == 1 || (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
    let digits: String = parts.concat();
    if well_grouped && digits.bytes().all(|b| b.is_ascii_digit()) { Ok(digits) } else { Err(NumberError::NotANumber) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_comma_is_understood_where_it_is_the_custom() {
        for (typed, hundredths) in
            [("10,5", 1050), ("1.000,25", 100_025), ("-3,2", -320), ("10.5", 1050), ("1 000,5", 100_050)]
        {
            assert_eq!(with_point(typed).parse(), Ok(Score::from_hundredths(hundredths)), "{typed}");
        }
        assert_eq!(with_point("1,000,5").parse::<Score>(), Err(NumberError::NotANumber));
        assert_eq!(with_point("").parse::<Score>(), Err(NumberError::Empty));
    }

    #[test]
    fn reads_what_people_type() {
        for (text, hundredths) in [
            ("1000", 100_000),
            ("1,000", 100_000),
            (" 12.5 ", 1250),
            ("-3.25", -325),
            (".5", 50),
            ("7.", 700),
            ("1.500", 150),
        ] {
            assert_eq!(text.parse::<Score>().map(Score::hundredths), Ok(hundredths), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_keep() {
        for (text, why) in [
            ("", NumberError::Empty),
            ("-", NumberError::Empty),
            ("1.234", NumberError::TooPrecise),
            ("12,34", NumberError::NotANumber),
            ("1.2.3", NumberError::NotANumber),
            ("twelve", NumberError::NotANumber),
            (".", NumberError::NotANumber),
            ("99999999999999", NumberError::TooLarge),
            ("99999999999999999999999", NumberError::TooLarge),
        ] {
            assert_eq!(text.parse::<Score>(), Err(why), "{text}");
        }
        assert_eq!("100.01".parse::<Percent>(), Err(NumberError::NotAPercentage));
    }

    #[test]
    fn thousands_stand_apart_or_all_together() {
        for text in ["1,234,567", "1 234 567", "1\u{a0}234\u{202f}567", "1234567"] {
            assert_eq!(text.parse(), Ok(Score::whole(1_234_567)), "{text}");
        }
        for text in ["1234,567", ",567", "1,2345", "1,,234", "1,234,56", "1,23a"] {
            assert_eq!(text.parse::<Score>(), Err(NumberError::NotANumber), "{text}");
        }
    }

    #[test]
    fn decimals_are_shown_only_where_there_are_some() {
        let shown = [0, -5, 100, 1250, -123_456].map(|hundredths| Score(hundredths).to_string());
        assert_eq!(shown, ["0", "-0.05", "1", "12.50", "-1,234.56"]);
        let shown = [0, 1000, 50, 3333, 10_000].map(|hundredths| Percent(hundredths).to_string());
        assert_eq!(shown, ["0.0", "10.0", "0.5", "33.33", "100.0"]);
    }

    #[test]
    fn the_largest_number_is_the_limit() {
        let read = |text: &str| text.parse::<Score>().map(Score::hundredths);
        assert_eq!(read("9,000,000,000,000"), Ok(Score::LIMIT));
        assert_eq!(read("-9,000,000,000,000"), Ok(-Score::LIMIT));
        assert_eq!(read("9,000,000,000,000.01"), Err(NumberError::TooLarge));
        assert_eq!([1e300, -1e300, 12.344].map(|at| Score::nearest(at).0), [Score::LIMIT, -Score::LIMIT, 1234]);
    }

    #[test]
    fn a_percentage_may_carry_its_sign() {
        let read = |text: &str| text.parse::<Percent>().ok().map(Percent::hundredths);
        assert_eq!(["12.5%", "100 %", "0", "-1", "%"].map(read), [Some(1250), Some(10_000), Some(0), None, None]);
    }

    #[test]
    fn what_comes_from_outside_stays_within_the_limit() {
        let read = |hundredths: i64| serde_json::from_str::<Score>(&hundredths.to_string()).ok();
        assert_eq!(read(-Score::LIMIT), Some(Score(-Score::LIMIT)));
        assert_eq!([Score::LIMIT + 1, -Score::LIMIT - 1, i64::MIN, i64::MAX].map(read), [None; 4]);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(hundredths in -Score::LIMIT..=Score::LIMIT) {
            let score = Score::from_hundredths(hundredths);
            prop_assert_eq!(score.to_string().parse::<Score>(), Ok(score));
        }

        #[test]
        fn percentages_read_back(hundredths in 0u32..=10_000) {
            let percent = Percent::try_from(hundredths).unwrap();
            prop_assert_eq!(percent.to_string().parse::<Percent>(), Ok(percent));
        }
    }
}
