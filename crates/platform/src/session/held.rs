//! A session for longer than a request: what goes on after it asks again whether the session and the caller's rights hold.

use super::{Caller, Session};
use crate::state::AppState;
use crate::{Error, Result};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use cutline_wire::AppError;
use sqlx::PgPool;

/// Somebody signed in, and the session by which they are.
#[derive(Clone)]
pub struct Held {
    /// With the rights they had when they asked.
    pub caller: Caller,
    /// Which session; a secret.
    pub(crate) session: String,
}

/// What has become of a session that goes on for longer than a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It goes on, with the same rights.
    Same,
    /// It goes on, with other rights.
    OtherRights,
    /// It has ended, or nobody has it any more.
    Ended,
}

impl Held {
    /// Whether the session goes on, and with the same rights.
    pub async fn hold(&self, pool: &PgPool) -> Result<Hold> {
        let mut conn = pool.acquire().await?;
        let goes_on = sqlx::query_scalar!(
            r#"select exists(select from account_session where session_id = $1 and expires_at > now()) as "goes_on!""#,
            self.session
        );
        if !goes_on.fetch_one(&mut *conn).await? {
            return Ok(Hold::Ended);
        }
        match self.caller.still(&mut conn).await {
            Ok(()) => Ok(Hold::Same),
            Err(Error::Shown(AppError::Forbidden { .. })) => Ok(Hold::OtherRights),
            Err(Error::Shown(_)) => Ok(Hold::Ended),
            Err(error) => Err(error),
        }
    }
}

impl<S> FromRequestParts<S> for Held
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::SignedOut)?;
        let session = session.id().ok_or(AppError::SignedOut)?.to_string();
        Ok(Self { caller, session })
    }
}
