//! Dates and counts in words.

use cutline_domain::format::grouped;

/// `2026-11-02` as `2 Nov 2026`; what isn't a date stays as it is.
pub fn day(iso: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = iso.splitn(3, '-');
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    match (number(), number(), number()) {
        (Some(year), Some(month @ 1..=12), Some(day)) => format!("{day} {} {year}", MONTHS[month - 1]),
        _ => iso.to_owned(),
    }
}

/// `1 item`, `2,000 items`.
pub fn counted(number: u32, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_sentence() {
        assert_eq!(day("2026-11-02"), "2 Nov 2026");
        assert_eq!(["today", "2026-13-01", ""].map(day), ["today", "2026-13-01", ""]);
        assert_eq!((counted(1, "item"), counted(2000, "item")), ("1 item".into(), "2,000 items".into()));
    }
}
