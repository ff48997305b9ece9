//! How an error is written as JSON: one object of a type and whatever goes with it. A plain structure, because what serde makes
//! of an enum with such a tag is several kilobytes of every page's first load.

use crate::error::{AppError, Fault, Theirs};
use serde::{Deserialize, Serialize};

/// Which error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SignedOut,
    Forbidden,
    NotFound,
    Invalid,
    Refused,
    Conflict,
    Throttled,
    TooLarge,
    WrongMethod,
    Busy,
    Unavailable,
    DiskFull,
    Internal,
    Unreachable,
}

/// An error as it is written.
#[doc(hidden)]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    theirs: Option<Theirs>,
}

impl Told {
    fn of(kind: Kind) -> Self {
        Self {
            kind,
            message: None,
            what: None,
            reference: None,
            by: None,
            code: None,
            seconds: None,
            faults: Vec::new(),
            details: Vec::new(),
            theirs: None,
        }
    }
}

impl From<AppError> for Told {
    fn from(error: AppError) -> Self {
        match error {
            AppError::SignedOut => Self::of(Kind::SignedOut),
            AppError::Forbidden { message } => Self { message: Some(message), ..Self::of(Kind::Forbidden) },
            AppError::NotFound { what } => Self { what: Some(what), ..Self::of(Kind::NotFound) },
            AppError::Invalid { faults } => Self { faults, ..Self::of(Kind::Invalid) },
            AppError::Refused { code, message, details } => {
                Self { code: Some(code), message: Some(message), details, ..Self::of(Kind::Refused) }
            }
            AppError::Conflict { message, theirs } => {
                Self { message: Some(message), theirs, ..Self::of(Kind::Conflict) }
            }
            AppError::Throttled { seconds } => Self { seconds: Some(seconds), ..Self::of(Kind::Throttled) },
            AppError::TooLarge => Self::of(Kind::TooLarge),
            AppError::WrongMethod => Self::of(Kind::WrongMethod),
            AppError::Busy { by, seconds } => Self { by, seconds: Some(seconds), ..Self::of(Kind::Busy) },
            AppError::Unavailable => Self::of(Kind::Unavailable),
            AppError::DiskFull => Self::of(Kind::DiskFull),
            AppError::Internal { reference } => Self { reference: Some(reference), ..Self::of(Kind::Internal) },
            AppError::Unreachable => Self::of(Kind::Unreachable),
        }
    }
}

impl From<Told> for AppError {
    /// What is missing stays empty: an error that can't be read would hide the one that happened.
    fn from(told: Told) -> Self {
        let message = told.message.unwrap_or_default();
        let seconds = told.seconds.unwrap_or_default();
        match told.kind {
            Kind::SignedOut => Self::SignedOut,
            Kind::Forbidden => Self::Forbidden { message },
            Kind::NotFound => Self::NotFound { what: told.what.unwrap_or_default() },
            Kind::Invalid => Self::Invalid { faults: told.faults },
            Kind::Refused => Self::Refused { code: told.code.unwrap_or_default(), message, details: told.details },
            Kind::Conflict => Self::Conflict { message, theirs: told.theirs },
            Kind::Throttled => Self::Throttled { seconds },
            Kind::TooLarge => Self::TooLarge,
            Kind::WrongMethod => Self::WrongMethod,
            Kind::Busy => Self::Busy { by: told.by, seconds },
            Kind::Unavailable => Self::Unavailable,
            Kind::DiskFull => Self::DiskFull,
            Kind::Internal => Self::Internal { reference: told.reference.unwrap_or_default() },
            Kind::Unreachable => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_reads_back_as_it_was() {
        let text = || "Some words.".to_owned();
        let theirs = Some(Theirs { version: 3, differs: vec![("Name".into(), "Ada".into())] });
        for error in [
            AppError::SignedOut,
            AppError::Forbidden { message: text() },
            AppError::NotFound { what: text() },
            AppError::invalid("name", "The name is missing."),
            AppError::Refused { code: "wrong_state".into(), message: text(), details: vec![("North".into(), 3)] },
            AppError::Conflict { message: text(), theirs },
            AppError::conflict("Somebody was first."),
            AppError::Throttled { seconds: 5 },
            AppError::TooLarge,
            AppError::WrongMethod,
            AppError::Busy { by: Some("Ada".into()), seconds: 4 },
            AppError::Busy { by: None, seconds: 0 },
            AppError::Unavailable,
            AppError::DiskFull,
            AppError::Internal { reference: "id".into() },
            AppError::Unreachable,
        ] {
            let json = serde_json::to_value(&error).unwrap();
            assert!(json["type"].is_string(), "{json}");
            assert_eq!(serde_json::from_value::<AppError>(json).unwrap(), error);
        }
    }
}
