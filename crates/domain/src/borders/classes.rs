//! The classes of an MT definition: labels, colours and planned shares.

use crate::base::format::capitalised;
use crate::base::number::Percent;
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
    #[error("the label \u{201c}{0}\u{201d} is longer than 12 characters")]
    LongLabel(String),
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
            class.label = class.label.trim().to_owned();
        }
        for (i, class) in classes.iter().enumerate() {
            let label = class.label.as_str();
            if label.is_empty() {
                return Err(SchemeError::NoLabel);
            }
            if label.chars().count() > 12 {
                return Err(SchemeError::LongLabel(label.to_owned()));
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
    pub fn highest_first(&self) -> impl Iterator<Item = Class> + use<> {
        (0..self.0.len() as u8).rev().map(Class)
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
