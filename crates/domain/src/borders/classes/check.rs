//! Classes as they are sent, and all that is wrong with them.

use super::{ClassSpec, MOST_CALLS, SchemeError, planned_total};
use crate::base::colour;
use crate::base::ids::ClassId;
use crate::base::number::Percent;
use crate::base::text::{self, TextError, most};
use crate::borders::Class;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// A class as an admin sends it; anything may be wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassForm {
    /// Which class it is; none for a new one.
    #[serde(default)]
    pub id: Option<ClassId>,
    /// What it is called.
    pub label: String,
    /// For chips and charts; empty for one derived from the label.
    #[serde(default)]
    pub code: String,
    /// `#rrggbb`, or `None` for its place on the ramp.
    #[serde(default)]
    pub colour: Option<String>,
    /// Hundredths of a percent.
    pub planned: i64,
    /// How often its contacts are to be called on.
    #[serde(default)]
    pub calls_per_year: Option<i64>,
}

impl From<ClassSpec> for ClassForm {
    fn from(class: ClassSpec) -> Self {
        Self {
            id: Some(class.id),
            label: class.label,
            code: class.code,
            colour: class.colour,
            planned: class.planned.hundredths().into(),
            calls_per_year: class.calls_per_year.map(Into::into),
        }
    }
}

/// A part of a class, by the name of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// Which class it is.
    Id,
    /// What it is called.
    Label,
    /// Its short code.
    Code,
    /// Its colour.
    Colour,
    /// Its planned share.
    Planned,
    /// Calls per year.
    CallsPerYear,
}

/// Something wrong with classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeFault {
    /// The class, counted from the lowest, and which part of it; none where it is all of them.
    pub at: Option<(usize, Part)>,
    /// What.
    pub error: SchemeError,
}

impl SchemeFault {
    /// The form field it belongs beside: `classes`, or `classes.2.label`.
    pub fn field(&self) -> String {
        match self.at {
            Some((class, part)) => field(class, part),
            None => "classes".to_owned(),
        }
    }
}

/// The form field of a part of a class, counted from the lowest.
pub fn field(class: usize, part: Part) -> String {
    format!("classes.{class}.{}", <&str>::from(part))
}

/// The classes as they are kept, lowest first, or everything that is wrong with them. Codes that weren't given stay empty.
pub(super) fn check(forms: &[ClassForm]) -> Result<Vec<ClassSpec>, Vec<SchemeFault>> {
    let mut checking = Checking { kept: Vec::new(), faults: Vec::new() };
    if forms.is_empty() || forms.len() > Class::MOST {
        checking.faults.push(SchemeFault { at: None, error: SchemeError::Number });
    }
    let mut unread = false;
    // More would only say the same again.
    for form in forms.iter().take(Class::MOST + 1) {
        unread |= !checking.add(form);
    }
    let Checking { kept, mut faults } = checking;
    let has_total = !unread && !kept.is_empty() && kept.len() == forms.len();
    if has_total && let Err(error) = planned_total(kept.iter().map(|class| class.planned)) {
        faults.push(SchemeFault { at: None, error });
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

struct Checking {
    kept: Vec<ClassSpec>,
    faults: Vec<SchemeFault>,
}

impl Checking {
    /// Takes in one more class; gives whether its planned share is one.
    fn add(&mut self, form: &ClassForm) -> bool {
        let label = self.label(&form.label);
        let code = self.code(&form.code);
        let id = form.id.unwrap_or_default();
        if self.kept.iter().any(|other| other.id == id) {
            self.wrong(Part::Id, SchemeError::SameClass(label.clone()));
        }
        if let Some(colour) = form.colour.as_deref().filter(|text| colour::parse(text).is_none()) {
            self.wrong(Part::Colour, SchemeError::Colour(colour.chars().take(20).collect()));
        }
        let planned = u32::try_from(form.planned).ok().and_then(Percent::from_hundredths);
        if planned.is_none() {
            self.wrong(Part::Planned, SchemeError::Share(label.clone()));
        }
        let calls = form.calls_per_year.map(|calls| u32::try_from(calls).ok().filter(|calls| *calls <= MOST_CALLS));
        if calls == Some(None) {
            self.wrong(Part::CallsPerYear, SchemeError::Calls(label.clone()));
        }
        let (colour, calls_per_year) = (form.colour.clone(), calls.flatten());
        self.kept.push(ClassSpec { id, label, code, colour, planned: planned.unwrap_or_default(), calls_per_year });
        planned.is_some()
    }

    /// Something is wrong with the class that is being taken in.
    fn wrong(&mut self, part: Part, error: SchemeError) {
        self.faults.push(SchemeFault { at: Some((self.kept.len(), part)), error });
    }

    fn label(&mut self, text: &str) -> String {
        let (label, error) = match text::needed(text, most::CLASS) {
            Ok(label) => (label.into_owned(), None),
            Err(TextError::Empty) => (String::new(), Some(SchemeError::NoLabel)),
            Err(TextError::Unshowable) => (String::new(), Some(SchemeError::Unshowable)),
            Err(TextError::TooLong { .. }) => {
                let begin: String = text.chars().take(most::CLASS).collect();
                (begin.clone(), Some(SchemeError::LongLabel(begin)))
            }
        };
        let same = error.is_none() && self.kept.iter().any(|other| other.label == label);
        if let Some(error) = error.or_else(|| same.then(|| SchemeError::SameLabel(label.clone()))) {
            self.wrong(Part::Label, error);
        }
        label
    }

    fn code(&mut self, text: &str) -> String {
        let (code, error) = match text::clean(text, most::CLASS_CODE) {
            Ok(code) => (code.into_owned(), None),
            Err(TextError::Unshowable) => (String::new(), Some(SchemeError::Unshowable)),
            Err(_) => (String::new(), Some(SchemeError::LongCode(text.chars().take(most::CLASS).collect()))),
        };
        let same = !code.is_empty() && self.kept.iter().any(|other| other.code == code);
        if let Some(error) = error.or_else(|| same.then(|| SchemeError::SameCode(code.clone()))) {
            self.wrong(Part::Code, error);
        }
        code
    }
}
