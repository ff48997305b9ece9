//! The one error a person may see. It crosses the wire as JSON; internal causes are logged where they happen, with their
//! source, and never shown.

use cutline_domain::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

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
    /// The rules of the cycle refuse the command.
    #[error("{refusal}")]
    Refused {
        /// Which rule.
        refusal: Refusal,
        /// Numbers that explain it, such as items in progress per region.
        details: Vec<(String, u32)>,
    },
    /// Somebody else changed it first.
    #[error("{message}")]
    Conflict {
        /// Who changed what.
        message: String,
    },
    /// Too many failed attempts.
    #[error("Too many failed attempts. Try again in {seconds} seconds.")]
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
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

impl AppError {
    /// An [`AppError::Invalid`] beside `field`.
    pub fn invalid(field: &str, message: impl ToString) -> Self {
        Self::Invalid { field: field.to_owned(), message: message.to_string() }
    }

    /// An [`AppError::NotFound`].
    pub fn not_found(what: &str) -> Self {
        Self::NotFound { what: what.to_owned() }
    }

    /// An [`AppError::Forbidden`].
    pub fn forbidden(message: impl ToString) -> Self {
        Self::Forbidden { message: message.to_string() }
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
            Self::Unreachable => 503,
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

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal, details: Vec::new() }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::invalid("", "The request could not be read. The page may be older than the server; reload it.")
            }
            // The text may carry internals; it belongs in the log, not on the screen.
            other => internal(&other),
        };
        // It arises before or after the function's own body, which sets the status of what it refuses.
        #[cfg(feature = "ssr")]
        super::http::set_status(&error);
        error
    }
}

#[cfg(feature = "ssr")]
fn internal(source: &dyn std::error::Error) -> AppError {
    let reference = super::http::request_id().unwrap_or_else(|| "no request id".to_owned());
    let mut causes = source.to_string();
    let mut next = source.source();
    while let Some(cause) = next {
        causes = format!("{causes}: {cause}");
        next = cause.source();
    }
    tracing::error!(reference, error = causes, "internal error");
    AppError::Internal { reference }
}

#[cfg(not(feature = "ssr"))]
fn internal(_: &dyn std::error::Error) -> AppError {
    AppError::Internal { reference: "the browser's console".to_owned() }
}

#[cfg(feature = "ssr")]
mod server {
    use super::{AppError, internal};
    use axum::extract::rejection::{PathRejection, QueryRejection};
    use axum::http::{StatusCode, header};
    use axum::response::{IntoResponse, Response};

    impl From<sqlx::Error> for AppError {
        fn from(error: sqlx::Error) -> Self {
            internal(&error)
        }
    }

    impl From<serde_json::Error> for AppError {
        fn from(error: serde_json::Error) -> Self {
            internal(&error)
        }
    }

    impl From<rust_xlsxwriter::XlsxError> for AppError {
        fn from(error: rust_xlsxwriter::XlsxError) -> Self {
            internal(&error)
        }
    }

    impl From<std::io::Error> for AppError {
        fn from(error: std::io::Error) -> Self {
            internal(&error)
        }
    }

    impl From<PathRejection> for AppError {
        fn from(_: PathRejection) -> Self {
            Self::not_found("This address")
        }
    }

    impl From<QueryRejection> for AppError {
        fn from(_: QueryRejection) -> Self {
            Self::invalid("", "The address could not be read: something is missing after the question mark.")
        }
    }

    impl AppError {
        /// A failure of ours, logged with its source.
        pub fn internal(source: &(dyn std::error::Error + 'static)) -> Self {
            internal(source)
        }
    }

    /// RFC 9457.
    impl IntoResponse for AppError {
        fn into_response(self) -> Response {
            let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let problem = serde_json::json!({
                "type": "about:blank",
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "detail": self.to_string(),
                "error": self,
            });
            (status, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
        }
    }
}
