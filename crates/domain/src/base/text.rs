//! Text from outside: what a name, a label or a reason may be. Forms, the API and loads clean and limit it here and nowhere
//! else. What is kept is in one Unicode form (NFC), so that two texts that look the same are the same; the server sees to that
//! (feature `nfc`), and a page sees its text as it was typed until the server has it.

use std::borrow::Cow;

/// The most characters of each kind of text.
pub mod most {
    /// Name of a company.
    pub const COMPANY: usize = 80;
    /// Name of a person.
    pub const PERSON: usize = 100;
    /// E-mail address (RFC 5321: a path has at most 256 octets with its brackets).
    pub const EMAIL: usize = 254;
    /// Password: beyond it, hashing would be the attacker's work to give us.
    pub const PASSWORD: usize = 200;
    /// Name of a region.
    pub const REGION: usize = 80;
    /// Short name of a region.
    pub const REGION_CODE: usize = 40;
    /// Name of a product, or of specialties together.
    pub const PRODUCT: usize = 80;
    /// What a class is called.
    pub const CLASS: usize = 40;
    /// Short code of a class.
    pub const CLASS_CODE: usize = 4;
    /// Name of a cycle.
    pub const CYCLE: usize = 60;
    /// Name of a contact.
    pub const CONTACT: usize = 200;
    /// What something is found by: an external id, a specialty, a measure.
    pub const KEY: usize = 200;
    /// A tag.
    pub const TAG: usize = 60;
    /// What is searched for.
    pub const SEARCH: usize = 200;
}

/// Why a text can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or nothing that can be seen.
    #[error("is missing")]
    Empty,
    /// More characters than are kept.
    #[error("has {has} characters; at most {most} are kept")]
    TooLong {
        /// How many it has.
        has: usize,
        /// How many it may have.
        most: usize,
    },
    /// Control characters, and marks that make text read in another order than it stands.
    #[error("has a character that can't be shown")]
    Unshowable,
}

/// Takes no room, so that a text of nothing else looks empty.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Turns the direction of what follows, which lets a text look like another one.
const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Ends a line, or moves on within one.
const fn breaks(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A text of one line without the space around it, if it can be kept; it may be empty. Line ends inside become spaces.
pub fn clean(text: &str, most: usize) -> Result<Cow<'_, str>, TextError> {
    let text = trimmed(text);
    let text = if text.contains(breaks) { text.replace(breaks, " ").into() } else { Cow::Borrowed(text) };
    let text = composed(text);
    checked(&text, most, false)?;
    Ok(text)
}

/// [`clean`] for a text that has to say something.
pub fn needed(text: &str, most: usize) -> Result<Cow<'_, str>, TextError> {
    let text = clean(text, most)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

/// [`needed`] for a text of several lines; line ends become `\n`.
pub fn lines(text: &str, most: usize) -> Result<Cow<'_, str>, TextError> {
    let text = trimmed(text);
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { Cow::Borrowed(text) };
    let text = composed(text);
    checked(&text, most, true)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_unseen(c))
}

/// The text with each letter and its marks written in the one way there is for it: `é` as one character, not as two.
fn composed(text: Cow<'_, str>) -> Cow<'_, str> {
    #[cfg(feature = "nfc")]
    if !unicode_normalization::is_nfc(&text) {
        return unicode_normalization::UnicodeNormalization::nfc(&*text).collect::<String>().into();
    }
    text
}

fn checked(text: &str, most: usize, lines: bool) -> Result<(), TextError> {
    if text.chars().any(|c| (c.is_control() && !(lines && matches!(c, '\n' | '\t'))) || turns(c)) {
        return Err(TextError::Unshowable);
    }
    let has = text.chars().count();
    if has > most { Err(TextError::TooLong { has, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_around_is_no_part_of_a_text_in_any_alphabet() {
        assert_eq!(clean(" \u{a0}\u{3000}Ada \u{2003}", 3).as_deref(), Ok("Ada"));
        assert_eq!(clean("\u{feff}\u{200b}", 3).as_deref(), Ok(""), "what takes no room looks empty");
        assert_eq!(clean("\nAda\r\nLovelace\t", 20).as_deref(), Ok("Ada  Lovelace"), "one line");
        assert_eq!(needed("\u{a0}\u{200b} ", 3), Err(TextError::Empty));
        assert_eq!(
            needed("Zoë 👩\u{200d}⚕\u{fe0f} é", 20).as_deref(),
            Ok("Zoë 👩\u{200d}⚕\u{fe0f} é"),
            "joiners inside stay"
        );
    }

    #[test]
    fn what_cannot_be_shown_is_refused_wherever_it_stands() {
        for text in ["a\0b", "\u{7}", "evil\u{202e}gpj.exe", "a\u{2066}b", "a\u{9b}31m"] {
            assert_eq!(clean(text, 100), Err(TextError::Unshowable), "{text:?}");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(clean("ééé", 3).as_deref(), Ok("ééé"));
        assert_eq!(clean(" éééé ", 3), Err(TextError::TooLong { has: 4, most: 3 }));
    }

    #[cfg(feature = "nfc")]
    mod forms {
        use super::*;
        use proptest::collection::vec;
        use proptest::prelude::*;
        use unicode_normalization::{UnicodeNormalization, is_nfc};

        /// Letters and marks that compose, some in several orders, and now and then anything.
        fn written() -> impl Strategy<Value = String> {
            let letters =
                prop::sample::select("aeoAsdq ;éǘÅậ\u{212b}\u{2000}가각\r\n\u{200b}".chars().collect::<Vec<_>>());
            let marks = "\u{301}\u{308}\u{30a}\u{323}\u{302}\u{327}\u{1161}\u{11a8}".chars().collect::<Vec<_>>();
            let one = prop_oneof![4 => letters, 4 => prop::sample::select(marks), 1 => any::<char>()];
            vec(one, 0..24).prop_map(|characters| characters.into_iter().collect())
        }

        proptest! {
            #[test]
            fn what_looks_the_same_is_the_same(text in written(), most in 0usize..24) {
                let (one, other): (String, String) = (text.nfc().collect(), text.nfd().collect());
                for kept in [clean, needed, lines] {
                    let same = kept(&one, most);
                    prop_assert_eq!(&kept(&other, most), &same);
                    prop_assert_eq!(&kept(&text, most), &same);
                    if let Ok(same) = same {
                        prop_assert!(is_nfc(&same));
                        let again = kept(&same, most);
                        prop_assert_eq!(again.as_deref(), Ok(&*same), "cleaned once is clean");
                        prop_assert!(same.chars().count() <= most);
                    }
                }
            }
        }

        #[test]
        fn a_letter_with_its_mark_is_one_character() {
            assert_eq!(clean("Zoe\u{308} \u{212b}ngstro\u{308}m", 12).as_deref(), Ok("Zoë Ångström"));
            assert_eq!(lines("e\u{301}\r\ne\u{301}", 3).as_deref(), Ok("é\né"));
            assert!(matches!(clean("Zoë", 3), Ok(Cow::Borrowed("Zoë"))), "nothing is written anew that needn't be");
        }
    }

    #[test]
    fn a_reason_may_have_lines() {
        assert_eq!(lines(" one\r\ntwo\rthree ", 20).as_deref(), Ok("one\ntwo\nthree"));
        assert_eq!(lines("one", 20).as_deref(), Ok("one"));
        assert_eq!(lines(" \r\n ", 20), Err(TextError::Empty));
        assert_eq!(lines("one\0two", 20), Err(TextError::Unshowable));
    }
}
