//! What servers tell each other through PostgreSQL. Ids and numbers only: whoever may connect to the database can listen.

use super::Subject;
use crate::Result;
use cutline_domain::base::ids::{AccountId, CompanyId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The channel of NOTIFY; each database has its own.
pub const CHANNEL: &str = "cutline_live";
/// The most people of one server told of in a message, which PostgreSQL allows 8,000 bytes.
pub const MOST_TOLD: usize = 150;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A subject has a new revision.
    Changed {
        /// Which.
        subject: Subject,
        /// Its revision now.
        revision: i64,
    },
    /// Somebody's rights in a company may have become others.
    Rights {
        /// Which company.
        company: CompanyId,
    },
    /// Who has a subject open at one server; nobody, when the last has left.
    Here {
        /// Which.
        subject: Subject,
        /// The server.
        server: Uuid,
        /// All of them, each once.
        accounts: Vec<AccountId>,
    },
}

impl Message {
    /// As it is sent.
    pub fn text(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// What was sent; `None` for what another version of the program may say.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_back_and_the_longest_is_short_enough() {
        let subject = (CompanyId::new(), Uuid::now_v7());
        let accounts = (0..MOST_TOLD).map(|_| AccountId::new()).collect();
        for message in [
            Message::Changed { subject, revision: i64::MAX },
            Message::Rights { company: subject.0 },
            Message::Here { subject, server: Uuid::now_v7(), accounts },
        ] {
            let text = message.text().expect("plain data");
            assert!(text.len() < 8000, "{}", text.len());
            assert_eq!(Message::read(&text), Some(message));
        }
        assert_eq!(Message::read("{\"melted\":{}}"), None, "of a later version");
    }
}
