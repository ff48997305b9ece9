//! What crosses the wire between the pages about a company and the server.

use cutline_domain::Role;
use cutline_domain::base::ids::{AccountId, RegionId, SessionHandle};
use cutline_wire::Moment;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// The commands about a company, by the one name each has in the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
pub enum Command {
    /// A company was made with its first admin.
    #[strum(serialize = "found company")]
    FoundCompany,
    /// Somebody was added or changed.
    #[strum(serialize = "save person")]
    SavePerson,
    /// A region was added or changed.
    #[strum(serialize = "save region")]
    SaveRegion,
    /// Somebody changed their own name or e-mail address.
    #[strum(serialize = "save profile")]
    SaveProfile,
    /// Somebody changed their password.
    #[strum(serialize = "change password")]
    ChangePassword,
    /// Somebody set a password of their own in place of one they were given.
    #[strum(serialize = "set own password")]
    SetOwnPassword,
    /// Somebody ended one of their sessions.
    #[strum(serialize = "end session")]
    EndSession,
    /// Somebody ended all of their sessions but one.
    #[strum(serialize = "end other sessions")]
    EndOtherSessions,
    /// Somebody ended all of their sessions.
    #[strum(serialize = "sign out everywhere")]
    SignOutEverywhere,
}

/// The fewest characters a password may have.
pub const SHORTEST_PASSWORD: usize = 10;

/// Somebody with a role in the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are here.
    pub role: Role,
    /// Regions assigned, for regional managers.
    pub regions: Vec<RegionId>,
    /// Grows with every change.
    pub version: i32,
    /// Who may change name, e-mail address and password.
    pub keeper: Keeper,
}

/// Who may change somebody's name, e-mail address and password beside themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// The admins of the one company they work in.
    Company,
    /// Nobody: they work in another company too.
    Themselves,
}

/// A person as they are edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForm {
    /// `None` for somebody new.
    pub id: Option<AccountId>,
    /// The version the user saw; not looked at for somebody new.
    pub version: i32,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Regions assigned.
    pub regions: Vec<RegionId>,
    /// A password; empty keeps the present one. It is good for one sign-in, at which they set their own.
    pub password: String,
}

/// Somebody's own account, as they see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Grows with every change.
    pub version: i32,
    /// Where they are signed in, used last first.
    pub sessions: Vec<OwnSession>,
}

/// A session of somebody's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// What it is ended by.
    pub handle: SessionHandle,
    /// What its browser is called, where that is known: `Firefox on Windows`.
    pub browser: Option<String>,
    /// Since when.
    pub began: Moment,
    /// When it was last used, to five minutes.
    pub seen: Moment,
    /// The one that asks.
    pub here: bool,
}

/// Somebody's own name and e-mail address as they are edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileForm {
    /// The version the user saw.
    pub version: i32,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The present password; asked for another e-mail address only.
    pub password: String,
}

/// A change of one's own password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordForm {
    /// The present one.
    pub present: String,
    /// The one it becomes.
    pub new: String,
}

/// A region with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionNode {
    /// Which.
    pub id: RegionId,
    /// The region above.
    pub parent: Option<RegionId>,
    /// Short name.
    pub code: String,
    /// Name.
    pub name: String,
    /// Contacts directly in it.
    pub contacts: u32,
    /// Grows with every change.
    pub version: i32,
}

/// A region as it is edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionForm {
    /// `None` for a new one.
    pub id: Option<RegionId>,
    /// The version the user saw; not looked at for a new one.
    pub version: i32,
    /// The region above.
    pub parent: Option<RegionId>,
    /// Short name, unique in the company.
    pub code: String,
    /// Name.
    pub name: String,
}
