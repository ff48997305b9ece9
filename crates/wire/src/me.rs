//! Who is signed in, and the heading every command carries.

use cutline_domain::Actor;
use cutline_domain::base::ids::{CompanyId, IdempotencyKey};
use serde::{Deserialize, Serialize};

/// Whoever is signed in, as the page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The company they work in at the moment.
    pub company: CompanyId,
    /// Its name.
    pub company_name: String,
    /// Role and scope.
    pub actor: Actor,
    /// Their password is one that somebody gave them: until they set their own, nothing else works.
    pub password_is_given: bool,
}

/// What every command says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The revision the user was looking at.
    pub revision: u64,
    /// Made up once per command.
    pub key: IdempotencyKey,
}

impl Seen {
    /// A new command on what was seen at `revision`.
    pub fn at(revision: u64) -> Self {
        Self { revision, key: IdempotencyKey::new() }
    }
}

/// A moment: milliseconds since 1970, UTC. How it is written is decided where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);
