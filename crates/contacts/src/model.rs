//! What crosses the wire about contacts.

use cutline_domain::Score;
use serde::{Deserialize, Serialize};

/// What a fact's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// A word from a list, such as a region.
    Word,
    /// Somebody with an account.
    Person,
    /// Free labels.
    Labels,
    /// A number in hundredths.
    Number,
    /// A class, by its label.
    Class,
}

/// A fact's value about one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// Of words, persons and classes.
    Text(String),
    /// Of numbers.
    Number(Score),
    /// Of labels.
    Labels(Vec<String>),
}

/// One fact about one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Which: `region`, `measure:<id>`.
    pub key: String,
    /// As shown: `Region`, `claims`.
    pub title: String,
    /// What its value is.
    pub kind: FactType,
    /// The value; nothing where the contact has none.
    pub value: Option<FactValue>,
    /// What it means and where it comes from.
    pub explanation: String,
}

/// Keys of facts, for whoever asks for a certain one.
pub mod keys {
    /// Where a contact belongs.
    pub const REGION: &str = "region";
    /// What it works in.
    pub const SPECIALTY: &str = "specialty";
    /// Who looks after it.
    pub const OWNER: &str = "owner";
    /// Its free labels.
    pub const TAGS: &str = "tags";

    /// Begins the keys of measures.
    const MEASURE: &str = "measure:";

    /// The value of a measure, by the measure's id.
    pub fn measure(id: impl std::fmt::Display) -> String {
        format!("{MEASURE}{id}")
    }

    /// Whether a key is that of a measure.
    pub fn is_measure(key: &str) -> bool {
        key.starts_with(MEASURE)
    }
}
