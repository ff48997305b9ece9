//! A definition as it is typed: texts that may not be numbers yet, classes from the highest to the lowest.

use crate::model::{DefinitionForm, SentDefinition};
use cutline_domain::base::colour::{Theme, hex, ramp};
use cutline_domain::base::ids::{ClassId, DefinitionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::borders::classes::{MOST_CALLS, Part, codes, field, highest_first};
use cutline_domain::{Class, ClassForm, ClassScheme, ClassSpec, Percent};
use cutline_kit::browser::typed;
use cutline_kit::parts::class_colour::class_style;
use cutline_wire::{AppError, Faults};
use std::collections::BTreeSet;

/// What stands in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Product.
    pub product: String,
    /// Kind of contact.
    pub kind: Kind,
    /// What the specialties are called together.
    pub label: String,
    /// The specialties.
    pub specialties: BTreeSet<String>,
    /// The measure.
    pub measure: String,
    /// Classes, highest first.
    pub classes: Vec<TypedClass>,
}

/// A class as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedClass {
    /// Stays the same while the class is moved and renamed.
    pub key: u32,
    /// Which class it is; none for a new one.
    pub id: Option<ClassId>,
    /// Label.
    pub label: String,
    /// Code; empty where it follows from the label.
    pub code: String,
    /// Own colour, else its place on the ramp.
    pub colour: Option<String>,
    /// Planned %.
    pub planned: String,
    /// Calls per year; may be empty.
    pub calls: String,
}

/// Hundredths of a percent with both decimals, so that a column of them lines up.
pub fn hundredths(share: u32) -> String {
    format!("{}.{:02}", share / 100, share % 100)
}

impl Typed {
    /// A new definition: four classes that are easy to change.
    pub fn blank(measures: &[String]) -> Self {
        let class = |(key, (label, planned)): (usize, (&str, &str))| TypedClass {
            key: key as u32,
            id: None,
            label: label.to_owned(),
            code: String::new(),
            colour: None,
            planned: planned.to_owned(),
            calls: String::new(),
        };
        let classes = [("A", "10.00"), ("B", "20.00"), ("C", "35.00"), ("D", "35.00")];
        Self {
            product: String::new(),
            kind: Kind::Person,
            label: String::new(),
            specialties: BTreeSet::new(),
            // One to choose from is no choice; of more, none is a better guess than the others.
            measure: if let [only] = measures { only.clone() } else { String::new() },
            classes: classes.into_iter().enumerate().map(class).collect(),
        }
    }

    /// What is saved.
    pub fn of(form: &DefinitionForm) -> Self {
        let codes = typed_codes(&form.classes);
        let class = |(key, class): (usize, Class)| {
            let ClassSpec { id, label, colour, planned, calls_per_year, .. } = &form.classes.classes()[class.index()];
            TypedClass {
                key: key as u32,
                id: Some(*id),
                label: label.clone(),
                code: codes[class.index()].clone(),
                colour: colour.clone(),
                planned: hundredths(planned.hundredths()),
                calls: calls_per_year.map_or_else(String::new, |calls| calls.to_string()),
            }
        };
        Self {
            product: form.product.clone(),
            kind: form.kind,
            label: form.specialties_label.clone(),
            specialties: form.specialties.iter().cloned().collect(),
            measure: form.measure.clone(),
            classes: form.classes.highest_first().enumerate().map(class).collect(),
        }
    }

    /// What is sent. Everything that can be told without the company's data is told here; the rest is the server's to say.
    pub fn form(&self, id: Option<DefinitionId>, version: i32) -> Result<SentDefinition, AppError> {
        let mut faults = Faults::default();
        // A scheme holds its classes lowest first.
        let classes = self.classes.iter().rev().enumerate().map(|(at, class)| class.form(at, &mut faults)).collect();
        let form = SentDefinition {
            id,
            version,
            product: self.product.clone(),
            kind: self.kind,
            specialties_label: self.label.clone(),
            specialties: self.specialties.iter().cloned().collect(),
            measure: self.measure.clone(),
            classes,
        };
        let mut more = Faults::default();
        form.checked(&mut more);
        faults.join(more);
        faults.none()?;
        Ok(form)
    }

    /// How many parts differ from another version, each class being one.
    pub fn changes(&self, other: &Self) -> usize {
        self.parts().iter().zip(&other.parts()).filter(|(a, b)| a.1 != b.1).count()
            + self.classes.len().abs_diff(other.classes.len())
    }

    /// Every part with its name, as it is compared with another version.
    pub fn parts(&self) -> Vec<(String, String)> {
        let specialties = self.specialties.iter().cloned().collect::<Vec<_>>().join(", ");
        let kind = self.kind.plural().to_owned();
        let fixed = [
            ("Product", &self.product),
            ("Contact kind", &kind),
            ("Specialties together", &self.label),
            ("Specialties", &specialties),
            ("Measure", &self.measure),
        ];
        let class = |(nr, class): (usize, &TypedClass)| (format!("Class {}", nr + 1), class.words());
        fixed
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.clone()))
            .chain(self.classes.iter().enumerate().map(class))
            .collect()
    }

    /// Planned shares together, of those that are numbers; hundredths of a percent.
    pub fn total(&self) -> u32 {
        self.classes.iter().filter_map(|class| typed::<Percent>(&class.planned).ok()).map(Percent::hundredths).sum()
    }

    /// A class.
    pub fn class(&self, key: u32) -> Option<&TypedClass> {
        self.classes.iter().find(|class| class.key == key)
    }

    /// Changes a class.
    pub fn change(&mut self, key: u32, change: impl FnOnce(&mut TypedClass)) {
        if let Some(class) = self.classes.iter_mut().find(|class| class.key == key) {
            change(class);
        }
    }

    /// A class with its place in the scheme.
    fn placed(&self, key: u32) -> Option<(Class, &TypedClass)> {
        highest_first(self.classes.len()).zip(&self.classes).find(|(_, class)| class.key == key)
    }

    /// Where a class stands in what is sent.
    pub fn place(&self, key: u32) -> Option<usize> {
        self.placed(key).map(|(class, _)| class.index())
    }

    /// The code of a class: the one typed, else the one that follows from its label.
    pub fn code(&self, key: u32) -> Option<String> {
        let (place, class) = self.placed(key)?;
        let named: Vec<_> = self.classes.iter().rev().map(|class| (class.label.trim(), class.code.trim())).collect();
        (!class.label.trim().is_empty()).then(|| codes(&named)[place.index()].clone())
    }

    /// The colours of a class, as an inline style.
    pub fn style(&self, key: u32) -> Option<String> {
        let (place, class) = self.placed(key)?;
        Some(class_style(place.index(), self.classes.len(), class.colour.as_deref()))
    }

    /// The own colour of a class, else the one that it has in light.
    pub fn colour(&self, key: u32) -> Option<String> {
        let (place, class) = self.placed(key)?;
        let usual = || hex(ramp(Theme::Light, place.index(), self.classes.len()));
        Some(class.colour.clone().unwrap_or_else(usual))
    }

    /// Adds a class below all others; gives its key.
    pub fn add(&mut self) -> Option<u32> {
        if self.classes.len() >= Class::MOST {
            return None;
        }
        let key = self.classes.iter().map(|class| class.key + 1).max().unwrap_or_default();
        let mut letters = ('A'..='Z').map(String::from);
        // There are more letters than classes, so one is free.
        let label = letters.find(|letter| self.classes.iter().all(|class| class.label != *letter))?;
        let (code, planned) = (String::new(), "0.00".to_owned());
        self.classes.push(TypedClass { key, id: None, label, code, colour: None, planned, calls: String::new() });
        Some(key)
    }

    /// Removes a class, unless it is the last.
    pub fn remove(&mut self, key: u32) {
        if self.classes.len() > 1 {
            self.classes.retain(|class| class.key != key);
        }
    }

    /// Moves a class by some places, down for positive ones.
    pub fn shift(&mut self, key: u32, by: isize) {
        let Some(from) = self.classes.iter().position(|class| class.key == key) else { return };
        let to = from.saturating_add_signed(by).min(self.classes.len() - 1);
        let class = self.classes.remove(from);
        self.classes.insert(to, class);
    }

    /// Moves a class to the place of another.
    pub fn move_to(&mut self, key: u32, place_of: u32) {
        let place = |key| self.classes.iter().position(|class| class.key == key);
        if let (Some(from), Some(to)) = (place(key), place(place_of)) {
            self.shift(key, to.cast_signed() - from.cast_signed());
        }
    }
}

impl TypedClass {
    /// What is sent of it. What is no number goes as one that can't be, and is told.
    fn form(&self, at: usize, faults: &mut Faults) -> ClassForm {
        let planned = typed::<Percent>(&self.planned).map(|share| share.hundredths().into());
        let planned = planned.unwrap_or_else(|error| {
            faults.add(&field(at, Part::Planned), format!("Planned % of class {}: {error}.", self.label));
            -1
        });
        let calls_per_year = self.calls().map_or(Some(-1), |calls| calls.map(i64::from));
        let (id, label, code, colour) = (self.id, self.label.clone(), self.code.clone(), self.colour.clone());
        ClassForm { id, label, code, colour, planned, calls_per_year }
    }

    /// Calls per year, if any were typed; an error for what is none.
    pub fn calls(&self) -> Result<Option<u32>, ()> {
        match self.calls.trim() {
            "" => Ok(None),
            text => text.parse().ok().filter(|calls| *calls <= MOST_CALLS).map(Some).ok_or(()),
        }
    }

    fn words(&self) -> String {
        let calls = if self.calls.is_empty() { String::new() } else { format!(", {} calls", self.calls) };
        let colour = self.colour.as_ref().map_or_else(String::new, |colour| format!(", {colour}"));
        let code = if self.code.is_empty() { String::new() } else { format!(" ({})", self.code) };
        format!("{}{code} {} %{calls}{colour}", self.label, self.planned)
    }
}

/// The codes of a scheme as somebody typed them, lowest first: empty where they follow from the labels, so that they go on
/// following.
fn typed_codes(scheme: &ClassScheme) -> Vec<String> {
    let classes = scheme.classes();
    let kept: Vec<String> = classes.iter().map(|class| class.code.clone()).collect();
    let derived = codes(&classes.iter().map(|class| (class.label.as_str(), "")).collect::<Vec<_>>());
    let typed = kept.iter().zip(&derived).map(|(kept, derived)| if kept == derived { "" } else { kept.as_str() });
    let typed: Vec<_> = classes.iter().map(|class| class.label.as_str()).zip(typed).collect();
    if codes(&typed) == kept { typed.into_iter().map(|(_, code)| code.to_owned()).collect() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            product: "Cardiolin".to_owned(),
            label: "Primary care".to_owned(),
            specialties: ["Cardiology".to_owned()].into(),
            ..Typed::blank(&["claims".to_owned()])
        }
    }

    fn labels(typed: &Typed) -> String {
        typed.classes.iter().map(|class| class.label.as_str()).collect()
    }

    /// What the server would keep.
    fn kept(typed: &Typed) -> DefinitionForm {
        let form = typed.form(None, 0).unwrap().checked(&mut Faults::default());
        let classes = form.classes.clone().unwrap();
        form.with_classes(classes)
    }

    #[test]
    fn is_sent_lowest_first_and_read_back_the_same() {
        let form = kept(&typed());
        assert_eq!(form.classes.label(Class(0)), "D");
        let mut read = Typed::of(&form);
        assert_eq!(Typed::of(&kept(&read)), read, "each class is the one it was");
        read.classes.iter_mut().for_each(|class| class.id = None);
        assert_eq!(read, typed());
    }

    #[test]
    fn a_code_follows_its_label_until_somebody_types_one() {
        let mut typed = typed();
        typed.change(0, |class| class.label = "Key opinion leader".to_owned());
        typed.change(1, |class| class.code = "X".to_owned());
        let read = Typed::of(&kept(&typed));
        let codes: Vec<_> = read.classes.iter().map(|class| class.code.as_str()).collect();
        assert_eq!(codes, ["", "X", "", ""]);
        assert_eq!([0, 1, 3].map(|key| read.code(key)), ["KOL", "X", "D"].map(|code| Some(code.to_owned())));
        typed.change(0, |class| class.label.clear());
        assert_eq!((typed.code(0), typed.code(9)), (None, None));
    }

    #[test]
    fn a_renamed_class_is_sent_as_the_one_it_was() {
        let saved = kept(&typed());
        let mut read = Typed::of(&saved);
        read.change(0, |class| class.label = "Top".to_owned());
        read.shift(0, 3);
        let again = kept(&read);
        assert_eq!(again.classes.label(Class(0)), "Top");
        assert_eq!(again.classes.classes()[0].id, saved.classes.classes()[3].id);
    }

    #[test]
    fn everything_that_cannot_be_kept_is_told_at_once_at_its_field() {
        for (planned, calls, field, message) in [
            ("ten", "", "classes.3.planned", "Planned % of class A: this is not a number."),
            ("9.00", "", "classes", "Planned shares total 99.00 %; they must total 100.00 %."),
            (
                "10",
                "1.5",
                "classes.3.calls_per_year",
                "Class \u{201c}A\u{201d} needs a whole number of calls per year, at most 9999, or none.",
            ),
        ] {
            let mut typed = typed();
            typed.change(0, |class| (class.planned, class.calls) = (planned.to_owned(), calls.to_owned()));
            let error = typed.form(None, 0).unwrap_err();
            assert_eq!(
                (error.beside(field).as_deref(), error.beside("classes").as_deref()),
                (Some(message), Some(message))
            );
        }
        let mut typed = Typed::blank(&[]);
        typed.change(2, |class| class.label = "A".to_owned());
        let error = typed.form(None, 0).unwrap_err();
        for field in ["product", "specialties_label", "specialties", "measure", "classes.3.label"] {
            assert!(error.beside(field).is_some(), "{field}: {error}");
        }
    }

    #[test]
    fn classes_are_added_moved_and_removed() {
        let mut typed = typed();
        typed.remove(1);
        assert_eq!(typed.add(), Some(4));
        assert_eq!(labels(&typed), "ACDB");
        typed.shift(4, -1);
        typed.move_to(0, 3);
        assert_eq!(labels(&typed), "CBDA");
        typed.shift(0, 5);
        assert_eq!(labels(&typed), "CBDA");
        while typed.add().is_some() {}
        assert_eq!(typed.classes.len(), Class::MOST);
    }

    #[test]
    fn a_class_is_coloured_by_its_place_unless_it_has_a_colour_of_its_own() {
        let mut typed = typed();
        typed.change(1, |class| class.colour = Some("#123456".to_owned()));
        let ramped = |place| Some(hex(ramp(Theme::Light, place, 4)));
        assert_eq!([0, 1, 3, 9].map(|key| typed.colour(key)), [ramped(3), Some("#123456".into()), ramped(0), None]);
        assert_eq!((typed.style(3), typed.style(9)), (Some(class_style(0, 4, None)), None));
    }

    #[test]
    fn changes_are_counted_by_part() {
        let (saved, mut now) = (typed(), typed());
        now.product.push('x');
        now.add();
        assert_eq!((now.changes(&saved), saved.changes(&saved), saved.changes(&now)), (2, 0, 2));
    }
}
