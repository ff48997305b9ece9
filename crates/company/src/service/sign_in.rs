//! Signing in, with its throttle.

use crate::{passwords, store};
use cutline_domain::base::ids::AccountId;
use cutline_platform::Result;
use cutline_platform::session::{self, Caller};
use cutline_wire::AppError;
use sqlx::PgPool;

/// Failures of one e-mail address before waiting begins.
const FREE_BY_EMAIL: i64 = 5;
/// Failures from one network address before waiting begins.
const FREE_BY_ADDRESS: i64 = 30;
/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 300;

/// Checks credentials. Failed attempts are slowed down per e-mail address and per network address: after a few, each
/// doubles the wait. Throttled attempts aren't even checked. Gives the account, and which of its passwords it was.
pub async fn sign_in(pool: &PgPool, email: &str, password: String, address: &str) -> Result<(AccountId, i32)> {
    let email = email.trim().to_lowercase();
    let mut conn = pool.acquire().await?;
    let failures = store::failures(&mut conn, &email, address).await?;
    let beyond = (failures.by_email - FREE_BY_EMAIL).max(failures.by_address - FREE_BY_ADDRESS);
    if beyond >= 0 {
        let wait = LONGEST_WAIT.min(5 << beyond.min(10)) - i64::from(failures.since);
        if wait > 0 {
            return Err(AppError::Throttled { seconds: wait as u32 }.into());
        }
    }
    let known = store::credentials(&mut conn, &email).await?;
    let matches = passwords::verify(password, known.as_ref().map(|known| known.hash.clone())).await?;
    let Some(known) = known.filter(|_| matches) else {
        store::add_failure(&mut conn, &email, address).await?;
        // One message for both, so that it doesn't tell which addresses have accounts.
        return Err(AppError::invalid("password", "E-mail address or password is wrong.").into());
    };
    store::clear_failures(&mut conn, &email).await?;
    Ok((known.account, known.nr))
}

/// Ends every session of whoever is calling, on all devices.
pub async fn end_sessions(pool: &PgPool, caller: &Caller) -> Result<()> {
    session::end_all(&mut *pool.acquire().await?, caller.actor.account).await
}
