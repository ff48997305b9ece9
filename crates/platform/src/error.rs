//! What goes wrong at the server: either an [`AppError`], which a person may see, or a failure of ours, which is logged with
//! its source and the request's id and never shown.

use crate::telemetry::request_id;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cutline_domain::base::Refuse;
use cutline_wire::AppError;
use rust_xlsxwriter::XlsxError;
use std::fmt;
use std::io::{self, ErrorKind};
use tower_sessions::session_store::Error as StoreError;

/// Media type of a refusal (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";

/// The result of whatever the server does for somebody.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something wasn't done.
#[derive(Debug)]
pub enum Error {
    /// A person may see it.
    Shown(AppError),
    /// A failure of ours.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure of ours.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// Refused by a rule.
    pub fn refused(refusal: impl Refuse) -> Self {
        Self::Shown(AppError::refused(&refusal))
    }

    /// Whether PostgreSQL broke a command off because it met another one: done again, it may succeed.
    pub fn is_collision(&self) -> bool {
        match self {
            Self::Shown(_) => false,
            Self::Internal(source) => code(source.as_ref()).is_some_and(|code| COLLISIONS.contains(&code.as_ref())),
        }
    }

    /// What is shown of it. A failure of ours is logged here, once, under the reference that is shown.
    pub fn shown(self) -> AppError {
        let source = match self {
            Self::Shown(error) => return error,
            Self::Internal(source) => source,
        };
        if let Some(passing) = passing(source.as_ref()) {
            tracing::warn!(error = causes(source.as_ref()), "answered with {}", passing.status());
            return passing;
        }
        // What no request asked for is found by a reference of its own.
        let reference = request_id().unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        tracing::error!(reference, error = causes(source.as_ref()), "internal error");
        AppError::Internal { reference }
    }
}

// SQLSTATE, from appendix A of the PostgreSQL manual.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
const UNIQUE_VIOLATION: &str = "23505";
const FOREIGN_KEY_VIOLATION: &str = "23503";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const TOO_MANY_CONNECTIONS: &str = "53300";
/// A unique violation that no feature explains is of something that somebody else made at the same moment.
const COLLISIONS: [&str; 3] = [SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION];
const DISK_FULL: &str = "53100";
/// Shutting down, crashed, starting up.
pub(crate) const AWAY: [&str; 3] = ["57P01", "57P02", "57P03"];

fn code<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<std::borrow::Cow<'a, str>> {
    error.downcast_ref::<sqlx::Error>()?.as_database_error()?.code()
}

/// Whether a disk of ours is full: an export's, say.
fn is_out_of_room(error: &(dyn std::error::Error + 'static)) -> bool {
    fn is_full(error: &io::Error) -> bool {
        // What one holds it doesn't name as its source either.
        let held = error.get_ref().and_then(|held| held.downcast_ref::<io::Error>());
        matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) || held.is_some_and(is_full)
    }
    if let Some(XlsxError::IoError(error)) = error.downcast_ref() {
        return is_full(error); // which it doesn't name as its source
    }
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| cause.downcast_ref().is_some_and(is_full))
}

/// What is shown of failures that pass by themselves, or once somebody made room.
fn passing(error: &(dyn std::error::Error + 'static)) -> Option<AppError> {
    if is_out_of_room(error) {
        return Some(AppError::DiskFull);
    }
    if let Some(code) = code(error) {
        return match code.as_ref() {
            LOCK_NOT_AVAILABLE | TOO_MANY_CONNECTIONS | SERIALIZATION_FAILURE | DEADLOCK => {
                Some(AppError::Busy { by: None, seconds: 0 })
            }
            UNIQUE_VIOLATION | FOREIGN_KEY_VIOLATION => {
                let message = "Somebody else changed the same thing at the same moment. Look at it again, then repeat.";
                Some(AppError::conflict(message))
            }
            DISK_FULL => Some(AppError::DiskFull),
            away if AWAY.contains(&away) => Some(AppError::Unavailable),
            _ => None,
        };
    }
    match error.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::PoolTimedOut) => Some(AppError::Busy { by: None, seconds: 0 }),
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => Some(AppError::Unavailable),
        // Sessions are kept in the database.
        _ => match error.downcast_ref::<tower_sessions::session::Error>() {
            Some(tower_sessions::session::Error::Store(StoreError::Backend(_))) => Some(AppError::Unavailable),
            _ => None,
        },
    }
}

/// An error with everything that led to it.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

impl fmt::Display for Error {
    /// For command lines, whose reader is the operator: everything that led to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown(error) => error.fmt(f),
            Self::Internal(source) => f.write_str(&causes(source.as_ref())),
        }
    }
}

impl std::error::Error for Error {}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        Self::Shown(error)
    }
}

macro_rules! failures_of_ours {
    ($($source:ty),+ $(,)?) => {$(
        impl From<$source> for Error {
            fn from(source: $source) -> Self {
                Self::Internal(Box::new(source))
            }
        }
    )+};
}

failures_of_ours! {
    sqlx::Error,
    serde_json::Error,
    rust_xlsxwriter::XlsxError,
    std::io::Error,
    tokio::task::JoinError,
    tower_sessions::session::Error,
    cutline_domain::base::UnknownName,
}

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        AppError::not_found("This address").into()
    }
}

impl From<QueryRejection> for Error {
    fn from(_: QueryRejection) -> Self {
        AppError::invalid("", "The address could not be read: something is missing after the question mark.").into()
    }
}

/// RFC 9457.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let error = self.shown();
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": error.to_string(),
            "error": error,
        });
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM)], problem.to_string()).into_response();
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one_wherever_it_shows() {
        let full = || io::Error::from(ErrorKind::StorageFull);
        for error in
            [Error::from(full()), Error::from(XlsxError::IoError(full())), Error::internal(io::Error::other(full()))]
        {
            let shown = error.shown();
            assert_eq!(shown, AppError::DiskFull);
            assert!(shown.to_string().contains("disk is full"), "{shown}");
        }
        assert!(matches!(Error::from(io::Error::other("else")).shown(), AppError::Internal { .. }));
    }

    #[test]
    fn a_failure_outside_any_request_has_a_reference_too() {
        let shown = Error::internal("nobody asked").shown();
        let AppError::Internal { reference } = shown else { panic!("{shown:?}") };
        assert!(reference.parse::<uuid::Uuid>().is_ok(), "{reference}");
    }
}
