//! Identifiers, one type per thing, so that a region can't be passed where a contact is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier; version 7, so that rows written together lie together.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

id! {
    /// A company: tenant and business unit.
    CompanyId,
    /// Somebody who signs in.
    AccountId,
    /// A node of a company's region tree.
    RegionId,
    /// A person, institution or group.
    ContactId,
    /// A microtarget definition.
    DefinitionId,
    /// A class of a definition, whatever it is called: the same through renames and cycles.
    ClassId,
    /// One round of planning for one definition.
    CycleId,
    /// One entry of the audit trail.
    AuditId,
    /// A session of an account, as its owner sees it; not what the cookie holds.
    SessionHandle,
    /// Made up by the client once per command, so that repeating it does nothing twice.
    IdempotencyKey,
}
