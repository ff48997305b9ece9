//! What every rule stands on: identifiers, exact numbers and how they are shown, colours, who may do what, regions,
//! kinds of contact. Of the product's jobs only `access` knows any, and those by name: there is one table of who may do
//! what, so each permission is listed there. What a job does is written in the job's own module.

pub mod access;
pub mod colour;
pub mod format;
pub mod ids;
pub mod kind;
pub mod number;
pub mod region;
pub mod text;

use std::fmt::Display;

/// A stored name that this program doesn't know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no \u{201c}{0}\u{201d} here")]
pub struct UnknownName(String);

impl UnknownName {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Why a rule refuses a command: shown as a sentence, told apart by a code that stays the same when the words change.
pub trait Refuse: Display {
    /// `still_in_progress`.
    fn code(&self) -> &'static str;
}
