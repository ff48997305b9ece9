//! The approval cycle as a state machine: the stages with what they carry, the commands, and the two functions that
//! decide every transition, [`step`] for a cycle and [`decide`] for one of its items. No state is compared anywhere
//! else.

pub use super::item::{Item, Override};

use crate::base::format::counted;
use crate::base::text::{self, TextError};
use crate::base::{Refuse, UnknownName};
use crate::borders::{Borders, Class};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The word Reset asks for, exact and case-sensitive.
pub const CONFIRMATION: &str = "CONFIRM";

/// The longest reason kept, in characters.
pub const LONGEST_REASON: usize = 500;

/// Where a cycle stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownName, parse_err_fn = UnknownName::new)]
pub enum CycleState {
    /// Items gather; there are no borders yet.
    Collecting,
    /// An admin draws borders; nothing is published.
    Drafting,
    /// Borders are frozen; regional managers decide.
    Approving,
    /// The classes are official; nothing changes any more.
    Transferred,
}

impl CycleState {
    /// Every state, in order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Collecting => "Collecting",
            Self::Drafting => "Drafting",
            Self::Approving => "Approving",
            Self::Transferred => "Transferred",
        }
    }
}

/// Where a cycle stands, with what it carries there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Items gather; there are no borders yet.
    Collecting,
    /// An admin draws borders; nothing is published.
    Drafting,
    /// These borders are frozen; regional managers decide.
    Approving(Borders),
    /// The classes under these borders are official.
    Transferred(Borders),
}

impl Stage {
    /// The stage of a stored state and its frozen borders; `None` where one is missing that must be there.
    pub fn stored(state: CycleState, frozen: Option<Borders>) -> Option<Self> {
        Some(match state {
            CycleState::Collecting => Self::Collecting,
            CycleState::Drafting => Self::Drafting,
            CycleState::Approving => Self::Approving(frozen?),
            CycleState::Transferred => Self::Transferred(frozen?),
        })
    }

    /// Its name, as stored and shown.
    pub const fn state(&self) -> CycleState {
        match self {
            Self::Collecting => CycleState::Collecting,
            Self::Drafting => CycleState::Drafting,
            Self::Approving(_) => CycleState::Approving,
            Self::Transferred(_) => CycleState::Transferred,
        }
    }

    /// The borders that items are decided under, or were.
    pub const fn frozen(&self) -> Option<&Borders> {
        match self {
            Self::Collecting | Self::Drafting => None,
            Self::Approving(borders) | Self::Transferred(borders) => Some(borders),
        }
    }

    /// The borders that items are decided under now, or why nothing can be decided.
    pub fn deciding(&self) -> Result<&Borders, Refusal> {
        match self {
            Self::Approving(borders) => Ok(borders),
            Self::Collecting | Self::Drafting | Self::Transferred(_) => Err(Refusal::WrongState {
                command: "deciding on items".into(),
                state: self.state(),
                needed: CycleState::Approving,
            }),
        }
    }
}

/// Where an item stands.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownName, parse_err_fn = UnknownName::new)]
pub enum Status {
    /// Waits for a decision.
    #[default]
    InProgress,
    /// Its final class goes into the next Transfer.
    Accepted,
    /// Keeps its current class.
    Rejected,
}

impl Status {
    /// Every state, in order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InProgress => "In progress",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
        }
    }
}

impl Status {
    /// Position among [`Status::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What somebody asks of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CycleCommand {
    /// Collecting → Drafting.
    StartBorders,
    /// Keep a border version.
    SaveDraft,
    /// Drafting → Approving, under these borders.
    Enable(Borders),
    /// Approving → Drafting; carries what was typed.
    Reset {
        /// Must be [`CONFIRMATION`].
        typed: String,
    },
    /// Approving → Transferred.
    Transfer {
        /// Transfer what is accepted and carry the rest over.
        accepted_only: bool,
        /// Items in progress that would block: scored or overridden ones.
        in_progress: u32,
    },
}

/// What somebody asks of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemCommand {
    /// Final = override, else proposed.
    Accept,
    /// Keep the current class.
    Reject {
        /// Why.
        reason: String,
    },
    /// Another class than the proposed one.
    Override {
        /// Which.
        class: Class,
        /// Why.
        reason: String,
    },
    /// An acceptance taken back.
    Withdraw,
}

/// Why a command changes nothing, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// The cycle is in a state the command is not for.
    #[error("This cycle is {}; {} is possible only while it is {}.", .state.title(), .command, .needed.title())]
    WrongState {
        /// What was asked.
        command: String,
        /// Where the cycle stands.
        state: CycleState,
        /// Where it would have to stand.
        needed: CycleState,
    },
    /// The item is not in the status the command is for.
    #[error("This item is {}; only items {} can be changed this way.", .status.title(), .needed.title())]
    WrongStatus {
        /// Where the item stands.
        status: Status,
        /// Where it would have to stand.
        needed: Status,
    },
    /// Reset without the exact word.
    #[error("Type {CONFIRMATION} exactly, in capital letters, to reset the cycle.")]
    NotConfirmed,
    /// A reason is needed and none was given.
    #[error("A reason is needed.")]
    NoReason,
    /// A reason longer than the record keeps.
    #[error("A reason has at most {LONGEST_REASON} characters.")]
    LongReason,
    /// The reason has characters that can't be shown.
    #[error("The reason has a character that can't be shown. Take it out.")]
    UnshowableReason,
    /// A class this cycle doesn't have.
    #[error("This cycle has no such class.")]
    NoSuchClass,
    /// Neither a proposed class nor an override.
    #[error("This item has no score, so no proposed class. Override it with a class first, then accept.")]
    Unscored,
    /// Transfer while decisions are missing.
    #[error("{}, or transfer the accepted ones only.", undecided(*.0))]
    StillInProgress(u32),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        self.into()
    }
}

impl CycleCommand {
    /// What it is called in a refusal, and the state it is for.
    const fn needs(&self) -> (&'static str, CycleState) {
        match self {
            Self::StartBorders => ("starting borders", CycleState::Collecting),
            Self::SaveDraft => ("saving a draft", CycleState::Drafting),
            Self::Enable(_) => ("enabling for approval", CycleState::Drafting),
            Self::Reset { .. } => ("Reset", CycleState::Approving),
            Self::Transfer { .. } => ("Transfer", CycleState::Approving),
        }
    }
}

/// Where a cycle stands after a command, or why it stays.
pub fn step(stage: &Stage, command: &CycleCommand) -> Result<Stage, Refusal> {
    match (stage, command) {
        (Stage::Collecting, CycleCommand::StartBorders) | (Stage::Drafting, CycleCommand::SaveDraft) => {
            Ok(Stage::Drafting)
        }
        (Stage::Drafting, CycleCommand::Enable(borders)) => Ok(Stage::Approving(borders.clone())),
        (Stage::Approving(_), CycleCommand::Reset { typed }) if typed != CONFIRMATION => Err(Refusal::NotConfirmed),
        (Stage::Approving(_), CycleCommand::Reset { .. }) => Ok(Stage::Drafting),
        (Stage::Approving(_), CycleCommand::Transfer { accepted_only: false, in_progress }) if *in_progress > 0 => {
            Err(Refusal::StillInProgress(*in_progress))
        }
        (Stage::Approving(borders), CycleCommand::Transfer { .. }) => Ok(Stage::Transferred(borders.clone())),
        _ => {
            let (name, needed) = command.needs();
            Err(Refusal::WrongState { command: name.into(), state: stage.state(), needed })
        }
    }
}

/// An item after a decision, or why it stays as it is.
pub fn decide(stage: &Stage, item: Item, command: &ItemCommand) -> Result<Item, Refusal> {
    let frozen = stage.deciding()?;
    let needed = if *command == ItemCommand::Withdraw { Status::Accepted } else { Status::InProgress };
    if item.status != needed {
        return Err(Refusal::WrongStatus { status: item.status, needed });
    }
    match command {
        ItemCommand::Accept if item.final_class().is_none() => Err(Refusal::Unscored),
        ItemCommand::Accept => Ok(Item { status: Status::Accepted, ..item }),
        ItemCommand::Reject { reason } => {
            Ok(Item { status: Status::Rejected, decision_reason: Some(given(reason)?), ..item })
        }
        ItemCommand::Override { class, .. } if class.index() >= frozen.classes() => Err(Refusal::NoSuchClass),
        ItemCommand::Override { class, reason } => {
            let overridden = Some(Override { class: *class, reason: given(reason)? });
            Ok(Item { overridden, suggested: None, ..item })
        }
        ItemCommand::Withdraw => Ok(item.undecided(frozen)),
    }
}

/// How many items wait, and what to do about them: a sentence left open.
fn undecided(items: u32) -> String {
    let (are, them) = if items == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {are} still In progress. Decide {them}", counted(items, "item"))
}

/// A reason as it is kept: trimmed, not empty, not endless, and of nothing that can't be shown.
fn given(reason: &str) -> Result<String, Refusal> {
    match text::lines(reason, LONGEST_REASON) {
        Ok(reason) => Ok(reason.into_owned()),
        Err(TextError::Empty) => Err(Refusal::NoReason),
        Err(TextError::TooLong { .. }) => Err(Refusal::LongReason),
        Err(TextError::Unshowable) => Err(Refusal::UnshowableReason),
    }
}
