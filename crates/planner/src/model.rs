//! What crosses the wire between the planner's page and the server.

use crate::platform::wire::Seen;
use cutline_domain::approval::{ItemCommand, Refusal};
use cutline_domain::ids::{ContactId, CycleId, DefinitionId, RegionId};
use cutline_domain::layout::{Grouping, LiveFilter, Sort};
use cutline_domain::{Borders, ClassScheme, CycleState, Percent, Score, Status};
use serde::{Deserialize, Serialize};

/// A microtarget definition as it is edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionForm {
    /// `None` for a new one.
    pub id: Option<DefinitionId>,
    /// The version the user saw; 0 for a new one.
    pub version: i32,
    /// Name of the product; created when new.
    pub product: String,
    /// `person` or `institution`.
    pub kind: String,
    /// What the specialties are called together.
    pub specialties_label: String,
    /// Names of the specialties.
    pub specialties: Vec<String>,
    /// Name of the measure that scores.
    pub measure: String,
    /// Classes, lowest first.
    pub classes: ClassScheme,
}

impl DefinitionForm {
    /// Whom it is about: `Primary care · persons`.
    pub fn audience(&self) -> String {
        format!("{} · {}s", self.specialties_label, self.kind)
    }

    /// Product and whom it is about.
    pub fn title(&self) -> String {
        format!("{} · {}", self.product, self.audience())
    }
}

/// What a definition can be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Products by name.
    pub products: Vec<String>,
    /// Specialties with their number of persons, institutions.
    pub specialties: Vec<(String, u32, u32)>,
    /// Measures by name.
    pub measures: Vec<String>,
}

/// A definition and where its planning stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionOverview {
    /// The definition as it can be edited.
    pub form: DefinitionForm,
    /// Which.
    pub id: DefinitionId,
    /// The open cycle, else the last transferred one.
    pub cycle: Option<CycleSummary>,
    /// Contacts that would be items if a cycle were opened now.
    pub population: u32,
}

/// A cycle in a list, counted within the reader's sight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleSummary {
    /// Which.
    pub id: CycleId,
    /// What it is called: `2026 H2`.
    pub name: String,
    /// Where it stands.
    pub state: CycleState,
    /// Items by status: in progress, accepted, rejected.
    pub statuses: [u32; 3],
    /// When it was opened or transferred, `2026-11-22`.
    pub since: String,
}

impl CycleSummary {
    /// All items.
    pub fn items(&self) -> u32 {
        self.statuses.iter().sum()
    }
}

/// A saved set of borders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BorderVersion {
    /// Counted from 1 within the cycle.
    pub version: i32,
    /// The borders.
    pub borders: Borders,
    /// The planned shares saved with them, lowest class first.
    pub planned: Vec<Percent>,
    /// Who saved it.
    pub by: String,
    /// When, `2026-11-22 14:05 UTC`.
    pub at: String,
}

/// A region, in the order the snapshot counts them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Which.
    pub id: RegionId,
    /// The region above.
    pub parent: Option<RegionId>,
    /// Short name.
    pub code: String,
    /// Name.
    pub name: String,
}

/// Everything about a cycle but its items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleView {
    /// Which.
    pub id: CycleId,
    /// Its name.
    pub name: String,
    /// The product planned for.
    pub product: String,
    /// What the specialties are called together.
    pub specialties_label: String,
    /// `person`, `institution` or `group`.
    pub kind: String,
    /// The measure that scores.
    pub measure: String,
    /// Where it stands.
    pub state: CycleState,
    /// Grows with every change.
    pub revision: u64,
    /// Classes with the planned shares last saved.
    pub scheme: ClassScheme,
    /// The borders last saved.
    pub draft: Option<BorderVersion>,
    /// The borders under approval or transferred with.
    pub frozen: Option<BorderVersion>,
    /// Every region of the company.
    pub regions: Vec<Region>,
    /// What was transferred.
    pub manifest: Option<Manifest>,
}

impl CycleView {
    /// `persons`, `institutions` or `groups`.
    pub fn kind_plural(&self) -> String {
        format!("{}s", self.kind)
    }
}

/// What one Transfer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When, `2026-11-22 14:05 UTC`.
    pub at: String,
    /// Who.
    pub by: String,
    /// Accepted items whose final class is now the general classification, per class, lowest first.
    pub transferred: Vec<u32>,
    /// Of those, contacts whose class changed.
    pub changed: u32,
    /// Items that were rejected and keep their class.
    pub rejected: u32,
    /// Items still in progress, which wait for the next cycle.
    pub carried_over: u32,
    /// The borders.
    pub borders: Borders,
}

/// The texts of a row; the numbers are in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowText {
    /// The item's number in the cycle.
    pub seq: u32,
    /// Name of the contact.
    pub name: String,
    /// External id.
    pub external_id: String,
    /// Specialty, empty when it has none.
    pub specialty: String,
    /// Why it was overridden, or the reason of the suggestion.
    pub override_reason: Option<String>,
    /// Position of the class suggested from an earlier round.
    pub suggested: Option<u8>,
    /// Why it was rejected.
    pub decision_reason: Option<String>,
}

/// A contact and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDetail {
    /// Which contact.
    pub contact: ContactId,
    /// Its texts.
    pub text: RowText,
    /// Region.
    pub region: String,
    /// Who looks after it.
    pub owner: Option<String>,
    /// All its measures.
    pub measures: Vec<(String, Score)>,
    /// The score known now, when it differs from the one decided by.
    pub latest_score: Option<Score>,
    /// What happened, newest first.
    pub history: Vec<HistoryEntry>,
}

/// One thing that happened to a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, `2026-11-22 14:05 UTC`.
    pub at: String,
    /// Who; the program itself when empty.
    pub by: String,
    /// The cycle.
    pub cycle: String,
    /// What: `Accepted`, `Overridden to B`, `Official class A → B`.
    pub what: String,
    /// Why.
    pub reason: Option<String>,
}

/// Decide on some items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decide {
    /// The cycle.
    pub cycle: CycleId,
    /// What the user was looking at.
    pub seen: Seen,
    /// The items shown to and chosen by the user.
    pub items: Vec<u32>,
    /// What to do with each.
    pub command: ItemCommand,
}

/// Why an item was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Changed after the user last saw it.
    ChangedSince {
        /// By whom.
        by: String,
        /// What it is now.
        status: Status,
    },
    /// Outside the user's scope.
    OutOfScope,
    /// The rules refuse it.
    Refused(Refusal),
}

/// What a decision did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The cycle's revision now.
    pub revision: u64,
    /// How many items changed.
    pub done: u32,
    /// The items left as they were, and why.
    pub skipped: Vec<(u32, Skip)>,
}

/// Keep borders, or keep and enable them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveBorders {
    /// The cycle.
    pub cycle: CycleId,
    /// What the user was looking at.
    pub seen: Seen,
    /// The draft version the user started from.
    pub seen_draft: Option<i32>,
    /// The borders.
    pub borders: Borders,
    /// Planned shares, lowest class first.
    pub planned: Vec<Percent>,
}

/// What the grid shows, as the URL and the export carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridQuery {
    /// Part of a name or id.
    pub search: String,
    /// Regions, each with all below; empty for all.
    pub regions: Vec<RegionId>,
    /// Statuses; empty for all.
    pub statuses: Vec<Status>,
    /// What depends on the borders.
    pub live: LiveFilter,
    /// Order.
    pub sort: Sort,
    /// Groups.
    pub grouping: Grouping,
}
