//! The one error a person may see. It crosses the wire as JSON; internal causes are logged at the server, with their
//! source, and never shown.

use cutline_domain::base::Refuse;
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// What went wrong, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppError {
    /// No session, or an expired one.
    #[error("Your session has ended. Sign in to continue.")]
    SignedOut,
    /// The role or scope doesn't reach that far.
    #[error("{message}")]
    Forbidden {
        /// What is not allowed.
        message: String,
    },
    /// It isn't there, or isn't visible to this user (which must look the same).
    #[error("{what} was not found. It may have been removed, or you may not have access to it.")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// Input that can't be taken; `field` names the form field it belongs beside.
    #[error("{message}")]
    Invalid {
        /// Name of the field.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// The rules refuse the command.
    #[error("{message}")]
    Refused {
        /// Which rule, in a word that stays the same when the sentence changes.
        code: String,
        /// Why, in the user's words.
        message: String,
        /// Numbers that explain it, such as items in progress per region.
        details: Vec<(String, u32)>,
    },
    /// Somebody else changed it first.
    #[error("{message}")]
    Conflict {
        /// Who changed what.
        message: String,
        /// What it is now, where a form was filled in from something older.
        theirs: Option<Theirs>,
    },
    /// Too many failed attempts.
    #[error("Too many failed attempts. Try again in {seconds} seconds.")]
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// Somebody is at it, for longer than anybody waits.
    #[error("{}", at_it(by.as_deref(), *seconds))]
    Busy {
        /// Who; nobody for another program.
        by: Option<String>,
        /// For how long already.
        seconds: u32,
    },
    /// The database is away.
    #[error("The database does not answer at the moment. Look whether it was done, then try again.")]
    Unavailable,
    /// A failure of ours.
    #[error("Something went wrong on our side and nothing was changed. Try again; if it stays, report {reference}.")]
    Internal {
        /// The request id, as in the logs.
        reference: String,
    },
    /// The browser got no answer.
    #[error("The server could not be reached. Nothing you typed is lost; try again.")]
    Unreachable,
}

/// What somebody else saved while a form was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theirs {
    /// Its version, which a form that is knowingly saved after it carries.
    pub version: i32,
    /// The fields in which it differs from the form, and what they say.
    pub differs: Vec<(String, String)>,
}

impl AppError {
    /// The reference of a failure that no request of the server is known for.
    pub const UNTRACED: &str = "the browser's console";

    /// An [`AppError::Invalid`] beside `field`.
    pub fn invalid(field: &str, message: impl ToString) -> Self {
        Self::Invalid { field: field.to_owned(), message: message.to_string() }
    }

    /// An [`AppError::NotFound`].
    pub fn not_found(what: &str) -> Self {
        Self::NotFound { what: what.to_owned() }
    }

    /// An [`AppError::Conflict`] that is said and no more.
    pub fn conflict(message: impl ToString) -> Self {
        Self::Conflict { message: message.to_string(), theirs: None }
    }

    /// An [`AppError::Forbidden`].
    pub fn forbidden(message: impl ToString) -> Self {
        Self::Forbidden { message: message.to_string() }
    }

    /// An [`AppError::Refused`] by a rule.
    pub fn refused(refusal: &impl Refuse) -> Self {
        Self::Refused { code: refusal.code().to_owned(), message: refusal.to_string(), details: Vec::new() }
    }

    /// HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } => 422,
            Self::Refused { .. } | Self::Conflict { .. } => 409,
            Self::Throttled { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Busy { .. } | Self::Unavailable | Self::Unreachable => 503,
        }
    }

    /// Seconds after which a repetition may succeed, for those where that is all there is to do.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Throttled { seconds } => Some(*seconds),
            Self::Busy { .. } | Self::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The message when it belongs beside `field`.
    pub fn beside(&self, field: &str) -> Option<String> {
        match self {
            Self::Invalid { field: at, message } if at == field => Some(message.clone()),
            _ => None,
        }
    }
}

fn at_it(by: Option<&str>, seconds: u32) -> String {
    let since = match seconds {
        0 => String::new(),
        1 => " for a second".to_owned(),
        seconds => format!(" for {seconds} seconds"),
    };
    let by = by.unwrap_or("Another command or a load");
    format!("{by} has been at work here{since}. Nothing was changed; try again in a moment.")
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What goes wrong around a server function's own body. At the server `cutline_platform::http` gives such an answer its
    /// status and logs it.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::invalid("", "The request could not be read. The page may be older than the server; reload it.")
            }
            // The text may carry internals; it is not for the screen.
            _ => Self::Internal { reference: Self::UNTRACED.to_owned() },
        }
    }
}
