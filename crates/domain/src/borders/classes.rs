//! The classes of an MT definition: labels, codes, colours and planned shares.

mod check;
mod code;
mod identity;

pub use check::{ClassForm, Part, SchemeFault, field};
pub use code::codes;

use crate::base::format::capitalised;
use crate::base::ids::ClassId;
use crate::base::number::Percent;
use crate::base::text::most;
use crate::borders::Class;
use serde::{Deserialize, Serialize};

/// One class as an admin describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassSpec {
    /// Which class it is, whatever it is called.
    pub id: ClassId,
    /// What it is called: `Key opinion leader`.
    pub label: String,
    /// The same for chips and charts: `KOL`. Empty in a class that is about to become part of a scheme: derived from the label.
    pub code: String,
    /// `#rrggbb`, or `None` for its place on the ramp.
    pub colour: Option<String>,
    /// The share of items planned for it.
    pub planned: Percent,
    /// How often its contacts are to be called on, at most [`MOST_CALLS`].
    pub calls_per_year: Option<u32>,
}

/// The most calls a year that can be planned for one contact.
pub const MOST_CALLS: u32 = 9999;

const LONGEST_LABEL: usize = most::CLASS;
const LONGEST_CODE: usize = most::CLASS_CODE;

/// 1 to 9 classes, lowest first, with distinct labels and codes, and planned shares that total 100.00 %.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ClassSpec>", into = "Vec<ClassSpec>")]
pub struct ClassScheme(Vec<ClassSpec>);

/// Why classes can't be saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// None, or more than nine.
    #[error("a definition has 1 to 9 classes")]
    Number,
    /// One class twice.
    #[error("class \u{201c}{0}\u{201d} stands for the same class as one below it")]
    SameClass(String),
    /// A class without a name.
    #[error("every class needs a label")]
    NoLabel,
    /// A label too long for any list.
    #[error("the label \u{201c}{0}…\u{201d} is longer than {LONGEST_LABEL} characters")]
    LongLabel(String),
    /// A label or code with characters that can't be shown.
    #[error("a label or code has a character that can't be shown")]
    Unshowable,
    /// The same label on two classes.
    #[error("two classes are labelled \u{201c}{0}\u{201d}")]
    SameLabel(String),
    /// A code long enough to break every chip it is shown in.
    #[error("the code \u{201c}{0}\u{201d} is longer than {LONGEST_CODE} characters")]
    LongCode(String),
    /// The same code on two classes.
    #[error("two classes have the code \u{201c}{0}\u{201d}")]
    SameCode(String),
    /// Not `#rrggbb`.
    #[error("\u{201c}{0}\u{201d} is not a colour like #2f55a4")]
    Colour(String),
    /// More calls than there are working days to make them.
    #[error("class \u{201c}{0}\u{201d} needs a whole number of calls per year, at most {MOST_CALLS}, or none")]
    Calls(String),
    /// A planned share that is none.
    #[error("planned % of class \u{201c}{0}\u{201d} does not lie between 0 and 100")]
    Share(String),
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
    /// Parses classes, lowest first. Of several faults it gives the first.
    pub fn new(classes: Vec<ClassSpec>) -> Result<Self, SchemeError> {
        let forms: Vec<ClassForm> = classes.into_iter().map(Into::into).collect();
        Self::checked(&forms)
            .map_err(|faults| faults.into_iter().next().map_or(SchemeError::Number, |fault| fault.error))
    }

    /// Parses classes as they were sent, lowest first; or gives everything that is wrong with them. A class without a code
    /// gets one from its label.
    pub fn checked(forms: &[ClassForm]) -> Result<Self, Vec<SchemeFault>> {
        let mut classes = check::check(forms)?;
        let named: Vec<_> = classes.iter().map(|class| (class.label.as_str(), class.code.as_str())).collect();
        let codes = codes(&named);
        for (class, code) in classes.iter_mut().zip(codes) {
            class.code = code;
        }
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

    /// The code of a class.
    pub fn code(&self, class: Class) -> &str {
        self.0.get(class.index()).map_or("?", |spec| spec.code.as_str())
    }

    /// The class with a code, or else with that label.
    pub fn named(&self, name: &str) -> Option<Class> {
        let place = self.0.iter().position(|spec| spec.code == name);
        place.or_else(|| self.0.iter().position(|spec| spec.label == name)).map(|i| Class(i as u8))
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
        ClassSpec {
            id: ClassId::new(),
            label: label.into(),
            code: String::new(),
            colour: None,
            planned: planned.try_into().unwrap(),
            calls_per_year: None,
        }
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
                let labels: Vec<_> = scheme.classes().iter().map(|class| class.label.clone()).collect();
                assert_eq!(labels, classes(number).into_iter().map(|class| class.label).collect::<Vec<_>>());
            } else {
                assert_eq!(scheme, Err(SchemeError::Number), "{number}");
            }
        }
    }

    #[test]
    fn a_label_has_at_most_forty_characters_and_a_code_four() {
        let labelled =
            |label: &str| ClassScheme::new(vec![spec(label, 10_000)]).map(|scheme| scheme.label(Class(0)).to_owned());
        let (most, more) = ("é".repeat(40), "é".repeat(41));
        assert_eq!(labelled(&format!(" {most} ")), Ok(most.clone()), "letters count, not bytes or blanks around");
        assert_eq!(labelled(&more), Err(SchemeError::LongLabel(most)));
        assert_eq!(labelled("a\u{202e}b"), Err(SchemeError::Unshowable));
        let coded = |code: &str| {
            let class = ClassSpec { code: code.into(), ..spec("Key opinion leader", 10_000) };
            ClassScheme::new(vec![class]).map(|scheme| scheme.code(Class(0)).to_owned())
        };
        assert_eq!((coded(""), coded(" éééé ")), (Ok("KOL".into()), Ok("éééé".into())));
        assert_eq!(coded("KOLS2"), Err(SchemeError::LongCode("KOLS2".into())));
        let twice = ["A", "B"].map(|label| ClassSpec { code: "X".into(), ..spec(label, 5000) });
        assert_eq!(ClassScheme::new(twice.to_vec()), Err(SchemeError::SameCode("X".into())));
    }

    #[test]
    fn a_colour_must_read_and_calls_stay_within_their_limit() {
        let with = |colour: Option<&str>, calls_per_year| {
            let colour = colour.map(String::from);
            let scheme = ClassScheme::new(vec![ClassSpec { colour, calls_per_year, ..spec("A", 10_000) }])?;
            Ok((scheme.0[0].colour.clone(), scheme.0[0].calls_per_year))
        };
        assert_eq!(with(Some("#2f55a4"), Some(9999)), Ok((Some("#2f55a4".into()), Some(9999))));
        assert_eq!(with(Some("blue"), None), Err(SchemeError::Colour("blue".into())));
        assert_eq!(with(None, Some(10_000)), Err(SchemeError::Calls("A".into())));
    }

    #[test]
    fn all_faults_are_told_each_at_its_field() {
        let form = |label: &str, planned| ClassForm { planned, id: None, ..spec(label, 0).into() };
        let bad = [
            form("A", 3000),
            ClassForm { colour: Some("blue".into()), code: "ABCDE".into(), ..form(" A ", 3000) },
            ClassForm { calls_per_year: Some(-1), ..form("", 3000) },
        ];
        let told = |forms: &[ClassForm]| -> Vec<String> {
            let faults = ClassScheme::checked(forms).unwrap_err();
            faults.iter().map(|fault| format!("{}: {}", fault.field(), fault.error.sentence())).collect()
        };
        let wanted = [
            "classes.1.label: Two classes are labelled \u{201c}A\u{201d}.",
            "classes.1.code: The code \u{201c}ABCDE\u{201d} is longer than 4 characters.",
            "classes.1.colour: \u{201c}blue\u{201d} is not a colour like #2f55a4.",
            "classes.2.label: Every class needs a label.",
            "classes.2.calls_per_year: Class \u{201c}\u{201d} needs a whole number of calls per year, at most 9999, or none.",
            "classes: Planned shares total 90.00 %; they must total 100.00 %.",
        ];
        assert_eq!(told(&bad), wanted);
        let share = "classes.0.planned: Planned % of class \u{201c}A\u{201d} does not lie between 0 and 100.";
        assert_eq!(told(&[form("A", -1), form("B", 5000)]), [share], "a total of what doesn't read says nothing");
        assert_eq!(told(&[form("A", i64::MAX), form("B", 5000)]), [share]);
        assert_eq!(told(&[]), ["classes: A definition has 1 to 9 classes."]);
        let ten: Vec<_> = (0..10).map(|i| form(&format!("class {i}"), 1000)).collect();
        assert_eq!(told(&ten), ["classes: A definition has 1 to 9 classes."]);
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
        assert_eq!((scheme.named("class 1"), scheme.named("class 2")), (Some(Class(1)), None));
    }

    #[test]
    fn a_code_goes_before_a_label_of_the_same_letters() {
        let scheme = ClassScheme::new(vec![
            ClassSpec { code: "X".into(), ..spec("KOL", 5000) },
            ClassSpec { code: "KOL".into(), ..spec("Key opinion leader", 5000) },
        ]);
        let scheme = scheme.unwrap();
        assert_eq!(
            ["KOL", "X", "Key opinion leader"].map(|name| scheme.named(name)),
            [1, 0, 1].map(|i| Some(Class(i)))
        );
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
        assert_eq!((scheme.named("A"), scheme.label(Class(0))), (Some(Class(1)), "B"));
    }

    #[test]
    fn labels_are_distinct_and_present() {
        assert_eq!(ClassScheme::new(vec![spec("A", 5000), spec("A ", 5000)]), Err(SchemeError::SameLabel("A".into())));
        assert_eq!(ClassScheme::new(vec![spec(" ", 10_000)]), Err(SchemeError::NoLabel));
        assert_eq!(ClassScheme::new(vec![]), Err(SchemeError::Number));
    }
}
