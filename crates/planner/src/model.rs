//! What crosses the wire between the planner's page and the server.

mod forms;

pub use forms::{DefinitionForm, SaveBorders, SentBorders, SentDefinition};

use cutline_contacts::model::Fact;
use cutline_domain::base::ids::{ContactId, CycleId, DefinitionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::base::region::Region;
use cutline_domain::planner::approval::{CycleState, ItemCommand, Refusal, Status};
use cutline_domain::planner::shown::Shown;
use cutline_domain::{Borders, ClassScheme, Percent, Score};
use cutline_wire::{Moment, Seen};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// What a definition can be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Products by name.
    pub products: Vec<String>,
    /// Specialties, by name.
    pub specialties: Vec<SpecialtyChoice>,
    /// Measures by name.
    pub measures: Vec<String>,
}

/// A specialty that a definition can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialtyChoice {
    /// Its name.
    pub name: String,
    /// Persons that have it.
    pub persons: u32,
    /// Institutions that have it.
    pub institutions: u32,
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
    /// Contacts within the reader's sight that would be items if a cycle were opened now.
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
    /// Its items by status.
    pub items: StatusCounts,
    /// When it was opened or transferred.
    pub since: Moment,
}

/// What opening a cycle did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which.
    pub cycle: CycleId,
    /// Contacts that joined as items.
    pub items: u32,
    /// Suggestions of the cycle before that are not offered again, since their class is gone.
    pub dropped: u32,
}

/// Items by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCounts {
    /// Not decided yet.
    pub in_progress: u32,
    /// Accepted.
    pub accepted: u32,
    /// Rejected.
    pub rejected: u32,
}

impl StatusCounts {
    /// All items.
    pub const fn total(self) -> u32 {
        self.in_progress + self.accepted + self.rejected
    }

    /// Items of a status.
    pub const fn of(self, status: Status) -> u32 {
        match status {
            Status::InProgress => self.in_progress,
            Status::Accepted => self.accepted,
            Status::Rejected => self.rejected,
        }
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
    /// When.
    pub at: Moment,
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
    /// Whom it is about.
    pub kind: Kind,
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
    /// What was transferred, counted within the reader's sight.
    pub manifest: Option<Manifest>,
    /// Other numbers than before: the reader's sight may have become another, so that what changed since isn't all that differs.
    pub sight: [i64; 2],
}

impl CycleView {
    /// The borders that count: those under approval or transferred with, before that those last saved.
    pub fn borders_that_count(&self) -> Option<&Borders> {
        let version = match self.state {
            CycleState::Collecting | CycleState::Drafting => self.draft.as_ref(),
            CycleState::Approving | CycleState::Transferred => self.frozen.as_ref(),
        };
        version.map(|version| &version.borders)
    }
}

/// What one Transfer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When.
    pub at: Moment,
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
    /// What is known about it, by feature.
    pub facts: Vec<Fact>,
    /// The score known now, when it differs from the one decided by.
    pub latest_score: Option<Score>,
    /// What happened, newest first.
    pub history: Vec<HistoryEntry>,
}

/// The planner's commands, by the one name each has in audit, receipts and history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A definition was made or changed.
    #[strum(serialize = "save definition")]
    SaveDefinition,
    /// A cycle was opened.
    #[strum(serialize = "open cycle")]
    OpenCycle,
    /// Contacts joined, or scores changed, by a load.
    #[strum(serialize = "population changed")]
    PopulationChanged,
    /// Collecting → Drafting.
    #[strum(serialize = "start borders")]
    StartBorders,
    /// A border version was kept.
    #[strum(serialize = "save draft")]
    SaveDraft,
    /// Drafting → Approving.
    #[strum(serialize = "enable for approval")]
    Enable,
    /// Items were accepted.
    #[strum(serialize = "accept")]
    Accept,
    /// Items were rejected.
    #[strum(serialize = "reject")]
    Reject,
    /// Items were overridden.
    #[strum(serialize = "override")]
    Override,
    /// Acceptances were withdrawn.
    #[strum(serialize = "withdraw")]
    Withdraw,
    /// Approving → Drafting.
    #[strum(serialize = "reset cycle")]
    Reset,
    /// Approving → Transferred.
    #[strum(serialize = "transfer")]
    Transfer,
}

impl From<&ItemCommand> for Command {
    fn from(command: &ItemCommand) -> Self {
        match command {
            ItemCommand::Accept => Self::Accept,
            ItemCommand::Reject { .. } => Self::Reject,
            ItemCommand::Override { .. } => Self::Override,
            ItemCommand::Withdraw => Self::Withdraw,
        }
    }
}

/// One thing that happened to a contact. Classes are told by the labels they had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: Moment,
    /// Who; nobody for the program itself.
    pub by: Option<String>,
    /// The product planned for.
    pub product: String,
    /// The cycle.
    pub cycle: String,
    /// By which command.
    pub command: Command,
    /// The class it had, for a Transfer.
    pub from: Option<String>,
    /// The class it was given: accepted as, overridden to, made official.
    pub to: Option<String>,
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

/// Accept everything that a filter shows and that can be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApproveAll {
    /// The cycle.
    pub cycle: CycleId,
    /// What the user was looking at.
    pub seen: Seen,
    /// What the grid showed of it, under the frozen borders.
    pub shown: Shown,
}

/// Why an item was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Changed after the user last saw it.
    ChangedSince {
        /// By whom; nobody when new data did.
        by: Option<String>,
        /// What it is now.
        status: Status,
    },
    /// Outside the user's scope, or not there at all, which must look the same.
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
