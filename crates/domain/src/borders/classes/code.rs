//! Short codes of classes, for chips and charts, derived from their labels: `KOL` for "Key opinion leader".

use crate::base::text::{self, most};

/// The code of each class, in order: the one given, else one derived from its label, so that no two are the same. At most
/// nine classes, each with a label; codes that were given are distinct.
pub fn codes(classes: &[(&str, &str)]) -> Vec<String> {
    let mut codes: Vec<String> = classes.iter().map(|(_, given)| (*given).to_owned()).collect();
    // Labels that are codes themselves come first: A stays A, whatever else would be abbreviated to it.
    for short in [true, false] {
        for (at, (label, given)) in classes.iter().enumerate() {
            if given.is_empty() && is_short(label) == short {
                codes[at] = free(derived(label), &codes);
            }
        }
    }
    codes
}

fn is_short(label: &str) -> bool {
    label.chars().nth(most::CLASS_CODE).is_none()
}

/// The label itself where that is short, else its words' initials, or the beginning of its one word.
fn derived(label: &str) -> String {
    if is_short(label) {
        return label.to_owned();
    }
    let words: Vec<&str> = label
        .split(|c: char| c.is_whitespace() || c.is_ascii_punctuation())
        .filter(|word| !word.is_empty())
        .take(most::CLASS_CODE)
        .collect();
    let code: String = match words.as_slice() {
        [] => label.chars().take(most::CLASS_CODE).collect(),
        [word] => word.chars().take(most::CLASS_CODE).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).map(upper).collect(),
    };
    // What is cut off may leave a joiner at the end, which is no part of a text.
    text::needed(&code, most::CLASS_CODE).map_or_else(|_| "?".to_owned(), Into::into)
}

/// A capital, where that is one character.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

/// The code, or where another class has it, one like it with a number.
fn free(code: String, codes: &[String]) -> String {
    if !codes.contains(&code) {
        return code;
    }
    let stem: String = code.chars().take(most::CLASS_CODE - 1).collect();
    let mut numbered = (2..=9).map(|number| format!("{stem}{number}"));
    // Of eight others one has the code itself, so one number is free.
    numbered.find(|code| !codes.contains(code)).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(labels: &[&str]) -> String {
        codes(&labels.iter().map(|label| (*label, "")).collect::<Vec<_>>()).join(" ")
    }

    #[test]
    fn a_code_is_the_label_or_its_initials_or_its_beginning() {
        assert_eq!(of(&["D", "C", "B2", "Key opinion leader"]), "D C B2 KOL");
        assert_eq!(of(&["Premium", "full-time high potential early adopter", "élan vital"]), "Prem FTHP ÉV");
        assert_eq!(of(&["A+++++", "-----", "ﬂowers ﬂow"]), "A ---- ﬂﬂ", "no capital of two letters");
    }

    #[test]
    fn no_two_are_the_same_and_short_labels_come_first() {
        assert_eq!(of(&["Key opinion leader", "KOL", "Kind old lady"]), "KOL2 KOL KOL3");
        assert_eq!(of(&["Premium", "Premises", "Prem"]), "Pre2 Pre3 Prem");
        let given = [("Key opinion leader", ""), ("Other", "KOL"), ("KOL2", "")];
        assert_eq!(codes(&given), ["KOL3", "KOL", "KOL2"], "a given one stays");
    }

    proptest! {
        #[test]
        fn any_labels_have_codes_that_can_be_kept(
            labels in proptest::collection::btree_set(".{1,40}|(Key|Kind|K) (opinion|old|o)( leader| lady| l)?|[AB-]{1,6}", 1..=9),
            given in proptest::collection::btree_set("[A-C]{1,2}2?", 0..4), first in 0usize..9,
        ) {
            let labels: BTreeSet<String> =
                labels.iter().filter_map(|label| text::needed(label, most::CLASS).ok()).map(Into::into).collect();
            let mut given = given.iter().map(String::as_str);
            let classes: Vec<(&str, &str)> = labels
                .iter()
                .enumerate()
                .map(|(at, label)| (label.as_str(), if at < first { "" } else { given.next().unwrap_or("") }))
                .collect();
            let codes = codes(&classes);
            prop_assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), labels.len(), "{:?}", codes);
            for (code, (label, given)) in codes.iter().zip(&classes) {
                let kept = text::needed(code, most::CLASS_CODE);
                prop_assert_eq!(kept.as_deref(), Ok(code.as_str()));
                prop_assert!(given.is_empty() || code == given, "{label}");
            }
        }
    }
}
