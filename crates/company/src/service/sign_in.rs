//! Signing in, with its throttle.
//!
//! An attempt counts before its password is looked at, so that any number of attempts at once are hashed no more often than
//! attempts one after the other; the right password takes its attempts back. What counts together is an e-mail address and
//! where it is tried from: a device on which that account signed in before, else a network address. Whoever fails elsewhere
//! so locks out neither the owner of the account nor everybody behind one proxy. Two wider counts, far above what people
//! mistype, stop guessing that is spread out; they don't concern known devices.

use crate::passwords;
use crate::store::{self, Place};
use cutline_domain::base::ids::AccountId;
use cutline_domain::base::text::{self, most};
use cutline_platform::Result;
use cutline_platform::database::begin;
use cutline_wire::AppError;
use sqlx::PgPool;

/// Attempts for one e-mail address from one place before waiting begins.
const FREE: i64 = 5;
/// Attempts for one e-mail address from everywhere.
const FREE_FOR_EMAIL: i64 = 50;
/// Attempts from one network address for all e-mail addresses.
const FREE_FROM_ADDRESS: i64 = 300;
/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 300;

/// Where somebody signs in from.
#[derive(Clone, Debug, Default)]
pub struct From {
    /// Network address.
    pub address: String,
    /// What the browser keeps from an earlier time, if anything.
    pub device: Option<String>,
}

/// Somebody who proved who they are.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Who.
    pub account: AccountId,
    /// With which of their passwords.
    pub credential: i32,
    /// What the browser is to keep, so that it is known the next time.
    pub device: String,
}

/// Checks credentials. After a few failures each further one doubles the wait; throttled attempts aren't even checked.
pub async fn sign_in(pool: &PgPool, email: &str, password: String, from: &From) -> Result<Proven> {
    // One message for all, so that it doesn't tell which addresses have accounts.
    let wrong = || AppError::invalid("password", "E-mail address or password is wrong.");
    let Some((known, known_device)) = proven(pool, email, password, from).await? else { return Err(wrong().into()) };
    // One that somebody else put there stays unknown.
    let device = known_device.unwrap_or_else(passwords::generate);
    let mut tx = begin(pool, "begin").await?;
    store::know_device(&mut tx, known.account, &device).await?;
    tx.commit().await?;
    Ok(Proven { account: known.account, credential: known.nr, device })
}

/// What an account proves itself with, and the device it is known on, if the password is its own; the attempt is taken back
/// then. Throttled attempts aren't even checked.
pub(super) async fn proven(
    pool: &PgPool,
    email: &str,
    password: String,
    from: &From,
) -> Result<Option<(store::Credentials, Option<String>)>> {
    // Nobody has an address or password that can't be kept, so there is nothing to guess and nothing to count. Whether it is an
    // e-mail address is no question here: accounts are older than today's rules for them.
    let Ok(email) = text::needed(email, most::EMAIL) else { return Ok(None) };
    let email = email.to_lowercase();
    if password.chars().count() > most::PASSWORD {
        return Ok(None);
    }
    let (known, device) = attempt(pool, &email, from).await?;
    let matches = passwords::verify(password, known.as_ref().map(|known| known.hash.clone())).await?;
    let Some(known) = known.filter(|_| matches) else { return Ok(None) };
    let place = Place { email: &email, address: &from.address, device: device.as_deref() };
    store::forgive(&mut *pool.acquire().await?, known.account, place).await?;
    Ok(Some((known, device)))
}

/// Seconds to wait after so many attempts beyond the free ones, the last so many seconds ago.
fn wait(beyond: i64, since: i32) -> i64 {
    if beyond < 0 { 0 } else { LONGEST_WAIT.min(5 << beyond.min(10)) - i64::from(since) }
}

/// Counts an attempt, unless there were too many; gives what the account proves itself with, and the device if it is known on
/// it. Holds no connection afterwards.
async fn attempt(pool: &PgPool, email: &str, from: &From) -> Result<(Option<store::Credentials>, Option<String>)> {
    let mut tx = begin(pool, "begin").await?;
    // From here to the commit, attempts for one e-mail address happen one after the other.
    store::hold_attempts(&mut tx, email).await?;
    let known = store::credentials(&mut tx, email).await?;
    let account = known.as_ref().map(|known| known.account);
    let device = match (account, &from.device) {
        (Some(account), Some(device)) if store::is_known(&mut tx, account, device).await? => Some(device.as_str()),
        _ => None,
    };
    let place = Place { email, address: &from.address, device };
    let failures = store::failures(&mut tx, place).await?;
    let mut wait = wait(failures.here - FREE, failures.since_here);
    if device.is_none() {
        let spread = (failures.for_email - FREE_FOR_EMAIL).max(failures.from_address - FREE_FROM_ADDRESS);
        wait = wait.max(self::wait(spread, failures.since));
    }
    if wait > 0 {
        return Err(AppError::Throttled { seconds: wait as u32 }.into());
    }
    store::add_attempt(&mut tx, place).await?;
    tx.commit().await?;
    Ok((known, device.map(str::to_owned)))
}
