//! A definition as it is typed: texts that may not be numbers yet, classes from the highest to the lowest.

use crate::model::DefinitionForm;
use cutline_domain::base::colour::{Theme, hex, ramp};
use cutline_domain::base::ids::DefinitionId;
use cutline_domain::base::kind::Kind;
use cutline_domain::borders::classes::{MOST_CALLS, highest_first};
use cutline_domain::{Class, ClassScheme, ClassSpec, Percent};
use cutline_kit::parts::class_colour::class_style;
use cutline_wire::AppError;
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
    /// Label.
    pub label: String,
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
            label: label.to_owned(),
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
        let class = |(key, class): (usize, Class)| {
            let ClassSpec { label, colour, planned, calls_per_year } = &form.classes.classes()[class.index()];
            TypedClass {
                key: key as u32,
                label: label.clone(),
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

    /// What is sent. Everything the domain can tell is told here, beside `classes`; the rest is the server's to say.
    pub fn form(&self, id: Option<DefinitionId>, version: i32) -> Result<DefinitionForm, AppError> {
        // A scheme holds its classes lowest first.
        let classes = self.classes.iter().rev().map(TypedClass::spec).collect::<Result<_, _>>()?;
        let classes = ClassScheme::new(classes).map_err(|error| AppError::invalid("classes", error.sentence()))?;
        Ok(DefinitionForm {
            id,
            version,
            product: self.product.clone(),
            kind: self.kind,
            specialties_label: self.label.clone(),
            specialties: self.specialties.iter().cloned().collect(),
            measure: self.measure.clone(),
            classes,
        })
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
        self.classes.iter().filter_map(|class| class.planned.parse::<Percent>().ok()).map(Percent::hundredths).sum()
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
        self.classes.push(TypedClass { key, label, colour: None, planned: "0.00".to_owned(), calls: String::new() });
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
    fn spec(&self) -> Result<ClassSpec, AppError> {
        let planned = self
            .planned
            .parse::<Percent>()
            .map_err(|error| AppError::invalid("classes", format!("Planned % of class {}: {error}.", self.label)))?;
        let calls_per_year = self.calls().map_err(|()| {
            let message =
                format!("Calls per year of class {}: a whole number up to {MOST_CALLS}, or nothing.", self.label);
            AppError::invalid("classes", message)
        })?;
        Ok(ClassSpec { label: self.label.clone(), colour: self.colour.clone(), planned, calls_per_year })
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
        format!("{} {} %{calls}{colour}", self.label, self.planned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed { product: "Cardiolin".to_owned(), ..Typed::blank(&["claims".to_owned()]) }
    }

    fn labels(typed: &Typed) -> String {
        typed.classes.iter().map(|class| class.label.as_str()).collect()
    }

    #[test]
    fn is_sent_lowest_first_and_read_back_the_same() {
        let form = typed().form(None, 0).unwrap();
        assert_eq!(form.classes.label(Class(0)), "D");
        assert_eq!(Typed::of(&form), typed());
    }

    #[test]
    fn what_cannot_be_kept_is_told_beside_the_classes() {
        for (planned, calls, message) in [
            ("ten", "", "Planned % of class A: this is not a number."),
            ("9.00", "", "Planned shares total 99.00 %; they must total 100.00 %."),
            ("10", "1.5", "Calls per year of class A: a whole number up to 9999, or nothing."),
        ] {
            let mut typed = typed();
            typed.change(0, |class| (class.planned, class.calls) = (planned.to_owned(), calls.to_owned()));
            let error = typed.form(None, 0).unwrap_err();
            assert_eq!(error.beside("classes").as_deref(), Some(message));
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
