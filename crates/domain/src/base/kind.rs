//! What a contact is.

use super::UnknownName;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The kinds of contact.
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
pub enum Kind {
    /// A single person.
    #[default]
    Person,
    /// A hospital, a pharmacy, a firm.
    Institution,
    /// Contacts taken together.
    Group,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored, and as one of them is called.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As many of them are called.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Person => "persons",
            Self::Institution => "institutions",
            Self::Group => "groups",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_and_others_are_refused() {
        assert!(Kind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
        assert!(Kind::ALL.iter().all(|kind| kind.plural().strip_suffix('s') == Some(kind.as_str())));
        assert_eq!("Person".parse::<Kind>(), Err(UnknownName::new("Person")));
    }
}
