//! The shape of a command, written once: permission → queue → receipt → (lock → decide → write → audit) → answer → commit.
//! The feature gives the middle and can't leave out its audit record. What the program does by itself (a load, founding a
//! company) has the same shape without permission and receipt.
//!
//! A receipt makes a command idempotent: repeated with the same key (a double click, a retry after a lost reply) it gets
//! the first answer again and does nothing. It holds a fingerprint of what was asked, so that a key used again for
//! something else is refused instead of answered.
//!
//! Commands that meet the same rows wait for each other in a queue of this process ([`queue`]) before they take a
//! connection, and those that PostgreSQL breaks off because two met are done again.

mod queue;

use crate::audit::{self, Entry};
use crate::database::begin;
use crate::session::Caller;
use crate::{Error, Result};
use cutline_domain::Permission;
use cutline_domain::base::ids::{AccountId, AuditId, CompanyId, IdempotencyKey};
use cutline_wire::AppError;
use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// How often a command that met another one is done again before it is given up.
const TRIES: u32 = 5;

/// What is asked: by which name it goes into audit and receipt, what it needs, and the key the client made up.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Its one name.
    pub name: &'static str,
    /// What the caller must be allowed.
    pub permission: Permission,
    /// What it changes; commands on the same subject are done one after the other.
    pub subject: Uuid,
    key: IdempotencyKey,
    asked: [u8; 32],
}

impl Ask {
    /// A command that answers a repetition of `request` with the first answer.
    pub fn once<R: Serialize>(
        name: &'static str,
        permission: Permission,
        subject: Uuid,
        key: IdempotencyKey,
        request: &R,
    ) -> Result<Self> {
        let asked = Sha256::digest(serde_json::to_vec(request)?).into();
        Ok(Self { name, permission, subject, key, asked })
    }
}

/// What the program does by itself, or an operator at its command line.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Its one name.
    pub name: &'static str,
    /// The company it happens in.
    pub company: CompanyId,
    /// On whose behalf, if somebody's.
    pub by: Option<AccountId>,
}

/// A command under way, inside its transaction.
#[derive(Debug)]
pub struct Doing<'a> {
    /// The transaction.
    pub conn: &'a mut PgConnection,
    work: Work,
    /// Whose rights are still to be asked again; nobody's, once they were, and for the program itself.
    rights: Option<&'a Caller>,
    recorded: bool,
}

impl Doing<'_> {
    /// The company it happens in.
    pub const fn company(&self) -> CompanyId {
        self.work.company
    }

    /// That whoever asked still has the rights they had then: this may have waited, for its turn and for locks, and whoever
    /// lost the right meanwhile has it no more. Asked by itself before the commit; by a middle that is about the caller's own
    /// rights before it writes, when it has locked what it changes: after that it would find what it did itself.
    pub async fn still_allowed(&mut self) -> Result<()> {
        match self.rights.take() {
            // Each statement sees what was committed before it (`BEGIN`), also what was while the ones before it waited.
            Some(caller) => caller.still(self.conn).await,
            None => Ok(()),
        }
    }

    /// Writes the command's audit record; who and the command's name are known.
    pub async fn record(&mut self, entry: Entry<'_>) -> Result<AuditId> {
        self.recorded = true;
        let entry = Entry { by: self.work.by, command: self.work.name, ..entry };
        audit::record(self.conn, self.work.company, entry).await
    }
}

/// Does a command. `middle` gives what locks, decides, writes and records; what that answers is kept for a repetition. It is
/// asked for another one, for a transaction of its own, when the one before had to be rolled back.
pub async fn run<A, M, F>(pool: &PgPool, caller: &Caller, ask: Ask, middle: M) -> Result<A>
where
    A: Serialize + DeserializeOwned,
    M: Fn() -> F,
    F: AsyncFnOnce(&mut Doing<'_>) -> Result<A>,
{
    caller.require(ask.permission)?;
    let _turn = queue::turn((caller.company, ask.subject), &caller.me.name).await?;
    let mut tries = 0;
    loop {
        let result = attempt(pool, caller, &ask, middle()).await;
        tries += 1;
        match result {
            Err(error) if error.is_collision() && tries < TRIES => {
                tracing::debug!(command = ask.name, tries, "met another command, done again");
                let pause = rand::rng().random_range(5..20) * tries;
                tokio::time::sleep(Duration::from_millis(pause.into())).await;
            }
            result => return result,
        }
    }
}

/// The answer given to a command that was sent before, for one that does what a repetition couldn't do again before it runs.
pub async fn given<A: DeserializeOwned>(pool: &PgPool, caller: &Caller, ask: &Ask) -> Result<Option<A>> {
    caller.require(ask.permission)?;
    answered(&mut *begin(pool, BEGIN).await?, caller, ask).await
}

async fn attempt<A, M>(pool: &PgPool, caller: &Caller, ask: &Ask, middle: M) -> Result<A>
where
    A: Serialize + DeserializeOwned,
    M: AsyncFnOnce(&mut Doing<'_>) -> Result<A>,
{
    let mut tx = begin(pool, BEGIN).await?;
    if let Some(given) = answered(&mut tx, caller, ask).await? {
        return Ok(given);
    }
    let work = Work { name: ask.name, company: caller.company, by: Some(caller.actor.account) };
    // On the one connection there is: a second of the same pool would be waited for by everybody who holds a first.
    let answer = recorded(&mut tx, work, Some(caller), middle).await?;
    keep(&mut tx, caller, ask, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Each statement sees what is committed by then, whatever the server's default is. A lock that is held for longer than a
/// person waits is answered, not waited for.
const BEGIN: &str = "begin isolation level read committed; set local lock_timeout = '10s'";

/// The same without that bound: nobody sits and waits.
const UNATTENDED: &str = "begin isolation level read committed";

/// Does what the program does by itself. `middle` locks, decides, writes and records.
pub async fn run_unattended<A, E, M>(pool: &PgPool, work: Work, middle: M) -> std::result::Result<A, E>
where
    E: From<Error>,
    M: AsyncFnOnce(&mut Doing<'_>) -> std::result::Result<A, E>,
{
    let mut tx = begin(pool, UNATTENDED).await?;
    let answer = recorded(&mut tx, work, None, middle).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(answer)
}

/// Does the middle, and sees to it that it left an audit record and that whoever asked still may.
async fn recorded<A, E, M>(
    conn: &mut PgConnection,
    work: Work,
    rights: Option<&Caller>,
    middle: M,
) -> std::result::Result<A, E>
where
    E: From<Error>,
    M: AsyncFnOnce(&mut Doing<'_>) -> std::result::Result<A, E>,
{
    let mut doing = Doing { conn, work, rights, recorded: false };
    let answer = middle(&mut doing).await?;
    doing.still_allowed().await?;
    if doing.recorded {
        return Ok(answer);
    }
    Err(Error::internal(format!("the command \u{201c}{}\u{201d} left no audit record", work.name)).into())
}

/// The answer already given to the key, if any. Holds a lock on the key until the transaction ends, so that the same
/// command sent twice at once is done once.
async fn answered<A: DeserializeOwned>(conn: &mut PgConnection, caller: &Caller, ask: &Ask) -> Result<Option<A>> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::text, 0))", ask.key.to_string())
        .execute(&mut *conn)
        .await?;
    let receipt = sqlx::query!(
        r#"select account_id, command, asked, response from command_receipt where company_id = $1 and idempotency_key = $2"#,
        caller.company.0,
        ask.key.0
    )
    .fetch_optional(conn)
    .await?;
    let Some(receipt) = receipt else { return Ok(None) };
    if receipt.account_id == caller.actor.account.0 && receipt.command == ask.name && receipt.asked == ask.asked {
        return Ok(Some(serde_json::from_value(receipt.response)?));
    }
    Err(AppError::invalid("", "This idempotency key was used for another command.").into())
}

/// Keeps the answer given to the key.
async fn keep<A: Serialize>(conn: &mut PgConnection, caller: &Caller, ask: &Ask, response: &A) -> Result<()> {
    sqlx::query!(
        "insert into command_receipt (company_id, idempotency_key, account_id, command, asked, response)
         values ($1, $2, $3, $4, $5, $6)",
        caller.company.0,
        ask.key.0,
        caller.actor.account.0,
        ask.name,
        &ask.asked,
        serde_json::to_value(response)?
    )
    .execute(conn)
    .await?;
    Ok(())
}
