//! The planner's forms, as they are sent and as they are kept. What is sent may be anything of the right shape: all that is
//! wrong with it is told at once, each beside its field. Page and server check it here alike.

use cutline_domain::base::ids::{CycleId, DefinitionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::base::text::most;
use cutline_domain::borders::classes::planned_total;
use cutline_domain::{Borders, ClassForm, ClassScheme, Percent, Score};
use cutline_wire::{Faults, Seen};
use serde::{Deserialize, Serialize};

/// A microtarget definition as it is edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionForm<C = ClassScheme> {
    /// `None` for a new one.
    pub id: Option<DefinitionId>,
    /// The version the user saw; 0 for a new one.
    pub version: i32,
    /// Name of the product; created when new.
    pub product: String,
    /// Whom it is about.
    pub kind: Kind,
    /// What the specialties are called together.
    pub specialties_label: String,
    /// Names of the specialties.
    pub specialties: Vec<String>,
    /// Name of the measure that scores.
    pub measure: String,
    /// Classes, lowest first.
    pub classes: C,
}

/// A definition as it is sent.
pub type SentDefinition = DefinitionForm<Vec<ClassForm>>;

impl<C> DefinitionForm<C> {
    /// Whom it is about: `Primary care · persons`.
    pub fn audience(&self) -> String {
        format!("{} · {}", self.specialties_label, self.kind.plural())
    }

    /// Product and whom it is about.
    pub fn title(&self) -> String {
        format!("{} · {}", self.product, self.audience())
    }

    /// The same with other classes.
    pub fn with_classes<D>(self, classes: D) -> DefinitionForm<D> {
        let Self { id, version, product, kind, specialties_label, specialties, measure, .. } = self;
        DefinitionForm { id, version, product, kind, specialties_label, specialties, measure, classes }
    }
}

impl From<DefinitionForm> for SentDefinition {
    fn from(form: DefinitionForm) -> Self {
        let classes: Vec<_> = form.classes.classes().iter().cloned().map(Into::into).collect();
        form.with_classes(classes)
    }
}

impl SentDefinition {
    /// The definition as it is kept, as far as can be told without the company's data. Its classes are there if nothing is
    /// wrong with them.
    pub fn checked(&self, faults: &mut Faults) -> DefinitionForm<Option<ClassScheme>> {
        let product = faults.text("product", "The product", &self.product, most::PRODUCT);
        let label = "The name of the specialties together";
        let specialties_label = faults.text("specialties_label", label, &self.specialties_label, most::PRODUCT);
        let named = self.specialties.iter().map(|name| faults.text("specialties", "A specialty", name, most::KEY));
        let mut specialties: Vec<String> = named.collect();
        specialties.sort_unstable();
        specialties.dedup();
        if specialties.is_empty() {
            faults.add("specialties", "Choose at least one specialty.");
        }
        let measure = faults.text("measure", "The measure", &self.measure, most::KEY);
        let classes = match ClassScheme::checked(&self.classes) {
            Ok(classes) => Some(classes),
            Err(wrong) => {
                for fault in wrong {
                    faults.add(&fault.field(), fault.error.sentence());
                }
                None
            }
        };
        let (id, version, kind) = (self.id, self.version, self.kind);
        DefinitionForm { id, version, product, kind, specialties_label, specialties, measure, classes }
    }
}

/// Keep borders, or keep and enable them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveBorders<B = Borders, P = Percent> {
    /// The cycle.
    pub cycle: CycleId,
    /// What the user was looking at.
    pub seen: Seen,
    /// The draft version the user started from.
    pub seen_draft: Option<i32>,
    /// The borders.
    pub borders: B,
    /// Planned shares, lowest class first.
    pub planned: Vec<P>,
}

/// Borders and plan as they are sent: whole hundredths.
pub type SentBorders = SaveBorders<Vec<i64>, i64>;

impl From<SaveBorders> for SentBorders {
    fn from(SaveBorders { cycle, seen, seen_draft, borders, planned }: SaveBorders) -> Self {
        let borders = borders.values().iter().map(|border| border.hundredths()).collect();
        let planned = planned.into_iter().map(|share| share.hundredths().into()).collect();
        Self { cycle, seen, seen_draft, borders, planned }
    }
}

impl SentBorders {
    /// Borders and plan as they are kept, for a cycle of so many classes; nothing of what something is wrong with.
    pub fn checked(&self, classes: usize, faults: &mut Faults) -> (Option<Borders>, Option<Vec<Percent>>) {
        (self.checked_borders(classes, faults), self.checked_plan(classes, faults))
    }

    fn checked_borders(&self, classes: usize, faults: &mut Faults) -> Option<Borders> {
        if self.borders.len() + 1 != classes {
            faults
                .add("borders", format!("This cycle has {classes} classes, so {} borders.", classes.saturating_sub(1)));
            return None;
        }
        let mut values = Vec::with_capacity(classes);
        for (at, hundredths) in self.borders.iter().enumerate() {
            match Score::try_from(*hundredths) {
                Ok(value) => values.push(value),
                Err(error) => faults.add(&format!("borders.{at}"), format!("Border {}: {error}.", at + 1)),
            }
        }
        if values.len() < self.borders.len() {
            return None;
        }
        for (below, pair) in values.windows(2).enumerate().filter(|(_, pair)| pair[0] >= pair[1]) {
            let message =
                format!("Border {} must be above the one below it: {} is not above {}.", below + 2, pair[1], pair[0]);
            faults.add(&format!("borders.{}", below + 1), message);
        }
        Borders::new(values).ok()
    }

    fn checked_plan(&self, classes: usize, faults: &mut Faults) -> Option<Vec<Percent>> {
        if self.planned.len() != classes {
            faults.add("planned", format!("A planned share for each of the {classes} classes is needed."));
            return None;
        }
        let mut planned = Vec::with_capacity(classes);
        for (at, hundredths) in self.planned.iter().enumerate() {
            match u32::try_from(*hundredths).ok().and_then(Percent::from_hundredths) {
                Some(share) => planned.push(share),
                None => faults.add(
                    &format!("planned.{at}"),
                    format!("Planned share {} does not lie between 0 and 100 %.", at + 1),
                ),
            }
        }
        if planned.len() < classes {
            return None;
        }
        match planned_total(planned.iter().copied()) {
            Ok(()) => Some(planned),
            Err(error) => {
                faults.add("planned", error.sentence());
                None
            }
        }
    }
}
