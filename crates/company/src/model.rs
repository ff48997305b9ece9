//! What crosses the wire between the pages about a company and the server.

use cutline_domain::Role;
use cutline_domain::base::ids::{AccountId, RegionId};
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
    /// A new password; empty keeps the old one.
    pub password: String,
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
