//! Small things that cross the wire and belong to no feature: who is signed in, and the heading every command carries.

use cutline_domain::Actor;
use cutline_domain::ids::{CompanyId, IdempotencyKey};
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
}

impl Me {
    /// First letters of first and last name.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
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
