//! The classes of an MT definition: labels, colours and planned shares.

use crate::base::format::capitalised;
use crate::base::number::Percent;
use crate::base::text::{self, TextError};
use crate::borders::Class;
use serde::{Deserialize, Serialize};

/// One class as an admin describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassSpec {
    /// What it is called: `A`.
    pub label: String,
    /// `#rrggbb`, or `None` for its place on the ramp.
    pub colour: Option<String>,
    /// The share of items planned for it.
    pub planned: Percent,
    /// How often its contacts are to be called on, at most [`MOST_CALLS`].
    pub calls_per_year: Option<u32>,
}

/// The most calls a year that can be planned for one contact.
pub const MOST_CALLS: u32 = 9999;

/// The most characters of a label.
pub const LONGEST_LABEL: usize = 12;

/// 1 to 9 classes, lowest first, with distinct labels and planned shares that total 100.00 %.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ClassSpec>", into = "Vec<ClassSpec>")]
pub struct ClassScheme(Vec<ClassSpec>);

/// Why classes can't be saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// None, or more than nine.
    #[error("a definition has 1 to 9 classes")]
    Number,
    /// A class without a name.
    #[error("every class needs a label")]
    NoLabel,
    /// A label long enough to break every chip it is shown in.
    #[error("the label \u{201c}{0}…\u{201d} is longer than {LONGEST_LABEL} characters")]
    LongLabel(String),
    /// A label with characters that can't be shown.
    #[error("a label has a character that can't be shown")]
    Unshowable,
    /// The same label on two classes.
    #[error("two classes are labelled \u{201c}{0}\u{201d}")]
    SameLabel(String),
    /// Not `#rrggbb`.
    #[error("\u{201c}{0}\u{201d} is not a colour like #2f55a4")]
    Colour(String),
    /// More calls than there are working days to make them.
    #[error("class \u{201c}{0}\u{201d} has more than {MOST_CALLS} calls per year")]
    Calls(String),
    /// Planned shares that don't total 100.00 %; carries the total in hundredths of a percent.
    #[error("planned shares total {}.{:02} %; they must total 100.00 %", .0 / 100, .0 % 100)]
    Planned(u32),
}

impl SchemeError {
    /// As a sentence: for a form's field.
    pub fn sentence(&self) -> String {
        format!("{}.", capitalised(&self.to_string()))
    }
}

impl ClassScheme {
    /// Parses classes, lowest first.
    pub fn new(mut classes: Vec<ClassSpec>) -> Result<Self, SchemeError> {
        if classes.is_empty() || classes.len() > Class::MOST {
            return Err(SchemeError::Number);
        }
        for class in &mut classes {
            class.label = match text::clean(&class.label, LONGEST_LABEL) {
                Ok(label) => label.into_owned(),
                Err(TextError::Unshowable) => return Err(SchemeError::Unshowable),
                Err(_) => return Err(SchemeError::LongLabel(class.label.chars().take(LONGEST_LABEL).collect())),
            };
        }
        for (i, class) in classes.iter().enumerate() {
            let label = class.label.as_str();
            if label.is_empty() {
                return Err(SchemeError::NoLabel);
            }
            if classes[..i].iter().any(|other| other.label == label) {
                return Err(SchemeError::SameLabel(label.to_owned()));
            }
            if let Some(colour) = class.colour.as_deref().filter(|c| crate::base::colour::parse(c).is_none()) {
                return Err(SchemeError::Colour(colour.to_owned()));
            }
            if class.calls_per_year.is_some_and(|calls| calls > MOST_CALLS) {
                return Err(SchemeError::Calls(label.to_owned()));
            }
        }
        planned_total(classes.iter().map(|class| class.planned))?;
        Ok(Self(classes))
    }

    /// The classes, lowest first.
    pub fn classes(&self) -> &[ClassSpec] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a scheme has a class.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every class, highest first: the order in which classes are shown.
    pub fn highest_first(&self) -> impl DoubleEndedIterator<Item = Class> + use<> {
        highest_first(self.0.len())
    }

    /// The label of a class.
    pub fn label(&self, class: Class) -> &str {
        self.0.get(class.index()).map_or("?", |spec| spec.label.as_str())
    }

    /// The class with a label.
    pub fn by_label(&self, label: &str) -> Option<Class> {
        self.0.iter().position(|spec| spec.label == label).map(|i| Class(i as u8))
    }

    /// Planned shares, lowest class first.
    pub fn planned(&self) -> Vec<Percent> {
        self.0.iter().map(|spec| spec.planned).collect()
    }

    /// The same classes with other planned shares.
    pub fn with_planned(&self, planned: &[Percent]) -> Result<Self, SchemeError> {
        if planned.len() != self.0.len() {
            return Err(SchemeError::Number);
        }
        let classes = self.0.iter().zip(planned).map(|(spec, share)| ClassSpec { planned: *share, ..spec.clone() });
        Self::new(classes.collect())
    }
}

/// Each of so many classes, at most [`Class::MOST`], highest first: the order in which classes are shown.
pub fn highest_first(classes: usize) -> impl DoubleEndedIterator<Item = Class> {
    (0..classes.min(Class::MOST) as u8).rev().map(Class)
}

/// That planned shares total exactly 100.00 %.
pub fn planned_total(planned: impl IntoIterator<Item = Percent>) -> Result<(), SchemeError> {
    let total = planned.into_iter().map(Percent::hundredths).sum();
    if total == Percent::WHOLE.hundredths() { Ok(()) } else { Err(SchemeError::Planned(total)) }
}

impl TryFrom<Vec<ClassSpec>> for ClassScheme {
    type Error = SchemeError;
    fn try_from(classes: Vec<ClassSpec>) -> Result<Self, SchemeError> {
        Self::new(classes)
    }
}

impl From<ClassScheme> for Vec<ClassSpec> {
    fn from(scheme: ClassScheme) -> Self {
        scheme.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(label: &str, planned: u32) -> ClassSpec {
        ClassSpec { label: label.into(), colour: None, planned: planned.try_into().unwrap(), calls_per_year: None }
    }

    #[test]
    fn planned_shares_must_total_one_hundred() {
        assert!(ClassScheme::new(vec![spec("B", 6667), spec("A", 3333)]).is_ok());
        assert_eq!(ClassScheme::new(vec![spec("B", 6667), spec("A", 3330)]), Err(SchemeError::Planned(9997)));
    }

    /// So many classes, the lowest planned for everything.
    fn classes(number: usize) -> Vec<ClassSpec> {
        (0..number).map(|i| spec(&format!("class {i}"), if i == 0 { 10_000 } else { 0 })).collect()
    }

    #[test]
    fn there_are_one_to_nine_classes() {
        for number in 0..12 {
            let scheme = ClassScheme::new(classes(number));
            if (1..=9).contains(&number) {
                let scheme = scheme.unwrap();
                assert_eq!((scheme.len(), scheme.is_empty()), (number, false));
                assert_eq!(scheme.classes(), classes(number));
            } else {
                assert_eq!(scheme, Err(SchemeError::Number), "{number}");
            }
        }
    }

    #[test]
    fn a_label_has_at_most_twelve_characters() {
        let labelled =
            |label: &str| ClassScheme::new(vec![spec(label, 10_000)]).map(|scheme| scheme.0[0].label.clone());
        assert_eq!(labelled(" éééééééééééé "), Ok("éééééééééééé".into()), "letters count, not bytes or blanks around");
        assert_eq!(labelled("ééééééééééééé"), Err(SchemeError::LongLabel("éééééééééééé".into())));
        assert_eq!(labelled("a\u{202e}b"), Err(SchemeError::Unshowable));
    }

    #[test]
    fn a_colour_must_read_and_calls_stay_within_their_limit() {
        let with = |colour: Option<&str>, calls_per_year| {
            let colour = colour.map(String::from);
            ClassScheme::new(vec![ClassSpec { colour, calls_per_year, ..spec("A", 10_000) }]).map(|scheme| scheme.0)
        };
        let kept = ClassSpec { colour: Some("#2f55a4".into()), calls_per_year: Some(9999), ..spec("A", 10_000) };
        assert_eq!(with(Some("#2f55a4"), Some(9999)), Ok(vec![kept]));
        assert_eq!(with(Some("blue"), None), Err(SchemeError::Colour("blue".into())));
        assert_eq!(with(None, Some(10_000)), Err(SchemeError::Calls("A".into())));
    }

    #[test]
    fn classes_are_shown_highest_first() {
        let shown: Vec<Class> = ClassScheme::new(classes(3)).unwrap().highest_first().collect();
        assert_eq!(shown, [2, 1, 0].map(Class));
        assert_eq!(highest_first(2).collect::<Vec<_>>(), [1, 0].map(Class));
        assert_eq!((highest_first(0).count(), highest_first(400).next()), (0, Some(Class(8))));
    }

    #[test]
    fn a_class_that_is_not_there_has_no_name() {
        let scheme = ClassScheme::new(classes(2)).unwrap();
        assert_eq!((scheme.label(Class(1)), scheme.label(Class(2))), ("class 1", "?"));
        assert_eq!((scheme.by_label("class 1"), scheme.by_label("class 2")), (Some(Class(1)), None));
    }

    #[test]
    fn other_shares_may_be_planned_for_the_same_classes() {
        let percents =
            |shares: &[u32]| shares.iter().map(|share| (*share).try_into().unwrap()).collect::<Vec<Percent>>();
        let scheme = ClassScheme::new(classes(3)).unwrap();
        let other = scheme.with_planned(&percents(&[2000, 5000, 3000])).unwrap();
        assert_eq!(other.planned(), percents(&[2000, 5000, 3000]));
        let labels = |scheme: &ClassScheme| scheme.0.iter().map(|spec| spec.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&other), labels(&scheme));
        assert_eq!(scheme.with_planned(&percents(&[5000, 5000])), Err(SchemeError::Number));
        assert_eq!(scheme.with_planned(&percents(&[5000, 5000, 1])), Err(SchemeError::Planned(10_001)));
    }

    #[test]
    fn what_is_stored_reads_back_and_nothing_else() {
        let scheme = ClassScheme::new(classes(3)).unwrap();
        let stored = serde_json::to_string(&scheme).unwrap();
        assert_eq!(serde_json::from_str::<ClassScheme>(&stored).unwrap(), scheme);
        assert!(serde_json::from_str::<ClassScheme>("[]").is_err());
    }

    #[test]
    fn errors_are_sentences_that_name_what_is_wrong() {
        assert_eq!(SchemeError::Number.sentence(), "A definition has 1 to 9 classes.");
        assert_eq!(SchemeError::Planned(9905).sentence(), "Planned shares total 99.05 %; they must total 100.00 %.");
    }

    #[test]
    fn a_label_is_found_without_the_blanks_typed_around_it() {
        let scheme = ClassScheme::new(vec![spec(" B", 5000), spec("A ", 5000)]).unwrap();
        assert_eq!((scheme.by_label("A"), scheme.label(Class(0))), (Some(Class(1)), "B"));
    }

    #[test]
    fn labels_are_distinct_and_present() {
        assert_eq!(ClassScheme::new(vec![spec("A", 5000), spec("A ", 5000)]), Err(SchemeError::SameLabel("A".into())));
        assert_eq!(ClassScheme::new(vec![spec(" ", 10_000)]), Err(SchemeError::NoLabel));
        assert_eq!(ClassScheme::new(vec![]), Err(SchemeError::Number));
    }
}
