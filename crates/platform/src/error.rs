//! What goes wrong at the server: either an [`AppError`], which a person may see, or a failure of ours, which is logged with
//! its source and the request's id and never shown.

use crate::telemetry::request_id;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cutline_domain::base::Refuse;
use cutline_wire::AppError;
use std::fmt;

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

    /// What is shown of it. A failure of ours is logged here, once, under the reference that is shown.
    pub fn shown(self) -> AppError {
        let source = match self {
            Self::Shown(error) => return error,
            Self::Internal(source) => source,
        };
        let reference = request_id().unwrap_or_else(|| "no request id".to_owned());
        tracing::error!(reference, error = causes(source.as_ref()), "internal error");
        AppError::Internal { reference }
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
        (status, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
    }
}
