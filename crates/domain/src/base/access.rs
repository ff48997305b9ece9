//! Who may do what, and how far. The server asks before every command; the view asks the same functions to know which
//! buttons to show.

use crate::base::UnknownName;
use crate::base::ids::{AccountId, RegionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What somebody is in a company.
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
pub enum Role {
    /// Sales operations.
    Admin,
    /// Decides on the items of assigned regions and all below.
    RegionalManager,
    /// Visits contacts; knows their own.
    Rep,
    /// Reads only.
    Analyst,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::RegionalManager => "Regional manager",
            Self::Rep => "Rep",
            Self::Analyst => "Analyst",
        }
    }
}

/// Something that needs permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See cycles, items and contacts; export what is seen; preview borders.
    View,
    /// Open a cycle.
    OpenCycle,
    /// Collecting to Drafting.
    StartBorders,
    /// Keep a border version.
    SaveDraft,
    /// Save and enable for approval.
    Enable,
    /// Accept, reject, override, withdraw, approve all.
    Decide,
    /// Approving back to Drafting.
    Reset,
    /// Make the classes official.
    Transfer,
    /// Create and change MT definitions.
    ManageDefinitions,
    /// Users, roles, regions.
    ManagePeople,
    /// Name, e-mail address, password and sessions of one's own account.
    OwnAccount,
}

impl Permission {
    /// Every permission.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

impl Permission {
    /// What it allows, as in "you may not …".
    pub const fn what(self) -> &'static str {
        match self {
            Self::View => "see this",
            Self::OpenCycle => "open a cycle",
            Self::StartBorders => "start borders",
            Self::SaveDraft => "save borders",
            Self::Enable => "enable a cycle for approval",
            Self::Decide => "decide on items; that is for the regional manager of their region",
            Self::Reset => "reset a cycle",
            Self::Transfer => "transfer a cycle",
            Self::ManageDefinitions => "change microtarget definitions",
            Self::ManagePeople => "manage people and regions",
            Self::OwnAccount => "change this account",
        }
    }
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// Contacts they own.
    Own,
    /// Contacts of their regions and all below.
    Scope,
    /// The whole company.
    Company,
}

/// How far a role's permission reaches: the one table of who may do what.
pub const fn reach(role: Role, permission: Permission) -> Reach {
    use Permission as P;
    match (role, permission) {
        (Role::RegionalManager, P::View | P::Decide) => Reach::Scope,
        (_, P::OwnAccount) | (Role::Rep, P::View) => Reach::Own,
        (Role::Analyst, P::View) => Reach::Company,
        // Decisions belong to the regions: an admin sets the borders and doesn't approve them too.
        (Role::Admin, P::Decide) | (Role::RegionalManager | Role::Rep | Role::Analyst, _) => Reach::Nothing,
        (Role::Admin, _) => Reach::Company,
    }
}

/// Somebody acting in a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// The regions of their scope: assigned ones and all below.
    pub scope: BTreeSet<RegionId>,
}

impl Actor {
    /// Whether a permission reaches anything at all.
    pub const fn may(&self, permission: Permission) -> bool {
        !matches!(reach(self.role, permission), Reach::Nothing)
    }

    /// Whether a permission reaches a contact of `region`, owned by `owner`.
    pub fn may_on(&self, permission: Permission, region: RegionId, owner: Option<AccountId>) -> bool {
        match reach(self.role, permission) {
            Reach::Nothing => false,
            Reach::Own => owner == Some(self.account),
            Reach::Scope => self.scope.contains(&region),
            Reach::Company => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, scope: &[RegionId]) -> Actor {
        Actor { account: AccountId::new(), role, scope: scope.iter().copied().collect() }
    }

    #[test]
    fn only_regional_managers_decide_and_only_in_scope() {
        let (inside, outside) = (RegionId::new(), RegionId::new());
        for role in Role::ALL.iter().copied() {
            let actor = actor(role, &[inside]);
            assert_eq!(actor.may_on(Permission::Decide, inside, None), role == Role::RegionalManager, "{role:?}");
            assert!(!actor.may_on(Permission::Decide, outside, Some(actor.account)), "{role:?}");
        }
    }

    #[test]
    fn only_admins_change_a_cycle() {
        for role in Role::ALL.iter().copied() {
            for permission in Permission::ALL.iter().copied() {
                let others = matches!(permission, Permission::View | Permission::Decide | Permission::OwnAccount);
                assert_eq!(
                    reach(role, permission) == Reach::Company && !others,
                    role == Role::Admin && !others,
                    "{role:?} {permission:?}"
                );
            }
        }
    }

    #[test]
    fn a_rep_sees_their_own_contacts() {
        let region = RegionId::new();
        let rep = actor(Role::Rep, &[region]);
        assert!(rep.may_on(Permission::View, region, Some(rep.account)));
        assert!(!rep.may_on(Permission::View, region, Some(AccountId::new())));
        assert!(!rep.may_on(Permission::View, region, None));
    }

    #[test]
    fn roles_read_back() {
        assert!(Role::ALL.iter().all(|role| role.as_str().parse() == Ok(*role)));
        assert!("owner".parse::<Role>().is_err());
    }
}
