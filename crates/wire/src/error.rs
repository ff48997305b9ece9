//! The one error a person may see. It crosses the wire as JSON; internal causes are logged at the server, with their
//! source, and never shown.

use crate::told::Told;
use cutline_domain::base::{Refuse, text};
use serde::{Deserialize, Serialize};
use server_fn::Bytes;
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// What went wrong, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(from = "Told", into = "Told")]
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
    /// Input that can't be taken: everything that is wrong with it.
    #[error("{}", told(faults))]
    Invalid {
        /// What is wrong, each with the form field it belongs beside.
        faults: Vec<Fault>,
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
    /// More than a request may hold.
    #[error("This is more than can be taken in at once. Do it in parts.")]
    TooLarge,
    /// A way of asking that there isn't.
    #[error("This address can't be asked that way.")]
    WrongMethod,
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
    /// There is no room left to write.
    #[error("The server's disk is full, so nothing was changed. Whoever runs it has to make room; then try again.")]
    DiskFull,
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

/// Something wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the field, or with points of a part of it: `classes.2.label`; empty where it is no single one's.
    pub field: String,
    /// What is wrong with it, as a sentence.
    pub message: String,
}

impl Fault {
    /// Whether it is about a field or a part of it: `classes.2.label` is part of `classes`.
    fn is_of(&self, field: &str) -> bool {
        self.field.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" ")
}

/// Collects what is wrong with a form, so that all of it is said at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Something is wrong with a field.
    pub fn add(&mut self, field: &str, message: impl ToString) {
        self.0.push(Fault { field: field.to_owned(), message: message.to_string() });
    }

    /// A text of a form as it is kept; one that can't be is a fault of `field`, and `what` it is.
    pub fn text(&mut self, field: &str, what: &str, text: &str, most: usize) -> String {
        match text::needed(text, most) {
            Ok(text) => text.into_owned(),
            Err(error) => {
                self.add(field, format!("{what} {error}."));
                String::new()
            }
        }
    }

    /// Takes in what else is wrong; of a field that is faulty already, what was said first stays.
    pub fn join(&mut self, other: Self) {
        let more = other.0.into_iter().filter(|fault| self.0.iter().all(|known| known.field != fault.field));
        let more: Vec<Fault> = more.collect();
        self.0.extend(more);
    }

    /// Refuses the form if anything is wrong with it.
    pub fn none(self) -> Result<(), AppError> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Invalid { faults: self.0 }) }
    }
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
        Self::Invalid { faults: vec![Fault { field: field.to_owned(), message: message.to_string() }] }
    }

    /// A request that isn't one. `why`: as the reader of it says, for whoever wrote it.
    fn unreadable(why: &str) -> Self {
        let why: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
        let message =
            format!("The request could not be read ({why}). The page may be older than the server; reload it.");
        Self::invalid("", message)
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
            Self::WrongMethod => 405,
            Self::TooLarge => 413,
            Self::Invalid { .. } => 422,
            Self::Refused { .. } | Self::Conflict { .. } => 409,
            Self::Throttled { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Busy { .. } | Self::Unavailable | Self::Unreachable => 503,
            Self::DiskFull => 507,
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

    /// Without what is wrong with `field` and its parts; nothing where that was all.
    pub fn without(self, field: &str) -> Option<Self> {
        match self {
            Self::Invalid { mut faults } => {
                faults.retain(|fault| !fault.is_of(field));
                if faults.is_empty() { None } else { Some(Self::Invalid { faults }) }
            }
            other => Some(other),
        }
    }

    /// Whether it says nothing of what became of the request.
    pub const fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Unavailable)
    }

    /// What belongs beside `field`: what is wrong with it and with its parts.
    pub fn beside(&self, field: &str) -> Option<String> {
        let Self::Invalid { faults } = self else { return None };
        let of_it: Vec<&str> =
            faults.iter().filter(|fault| fault.is_of(field)).map(|fault| fault.message.as_str()).collect();
        (!of_it.is_empty()).then(|| of_it.join(" "))
    }
}

fn at_it(by: Option<&str>, seconds: u32) -> String {
    let since = match seconds {
        0 => String::new(),
        1 => ", for a second already".to_owned(),
        seconds => format!(", for {seconds} seconds already"),
    };
    let by = by.unwrap_or("Other work");
    format!("{by} came first and is not done{since}. Nothing was changed; try again in a moment.")
}

/// How an answer that isn't a server function's own carries its error (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    error: AppError,
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What goes wrong around a server function's own body. At the server `cutline_platform::http` gives such an answer its
    /// status and logs it.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(why)
            | ServerFnErrorErr::Args(why)
            | ServerFnErrorErr::MissingArg(why) => {
                // As the body's limit says it.
                if why.contains("length limit exceeded") { Self::TooLarge } else { Self::unreadable(&why) }
            }
            // The text may carry internals; it is not for the screen.
            _ => Self::Internal { reference: Self::UNTRACED.to_owned() },
        }
    }

    /// Refusals that never reached a server function are problems, as for everybody else who asks.
    fn de(data: Bytes) -> Self {
        let problem = || serde_json::from_slice::<Problem>(&data).map(|problem| problem.error);
        let error = serde_json::from_slice(&data).or_else(|_| problem());
        error.unwrap_or_else(|error| Self::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_part_stands_beside_the_whole() {
        let mut faults = Faults::default();
        faults.add("classes.2.label", "No label.");
        faults.add("classes", "Not a hundred.");
        faults.add("classes_of", "Something else.");
        let mut more = Faults::default();
        more.add("classes", "Said twice.");
        more.add("product", "No product.");
        faults.join(more);
        let error = faults.none().unwrap_err();
        let beside = |field| error.beside(field);
        assert_eq!(beside("classes").as_deref(), Some("No label. Not a hundred."));
        assert_eq!(beside("classes.2").as_deref(), Some("No label."));
        assert_eq!((beside("classes.2.label"), beside("classes.1")), (Some("No label.".into()), None));
        assert_eq!(beside("").as_deref(), None);
        let rest = error.without("classes").unwrap().without("product").unwrap();
        assert_eq!(rest, AppError::invalid("classes_of", "Something else."));
    }
}
