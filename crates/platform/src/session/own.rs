//! The sessions of an account: how many there may be, which there are, and ending them.

use crate::Result;
use crate::clock::moment;
use cutline_domain::base::ids::{AccountId, SessionHandle};
use cutline_wire::Moment;
use sqlx::{PgConnection, PgPool};
use tower_sessions::session::Id;

/// The most sessions of one account; of more, those not used for longest end.
const MOST_SESSIONS: i64 = 20;

/// The most sessions that are over dropped at once: each sign-in drops more than it adds, and waits for no long clearing.
const MOST_DROPPED: i64 = 500;

/// A session, as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// What it is ended by.
    pub handle: SessionHandle,
    /// What the browser is called, where that is known.
    pub browser: Option<String>,
    /// Since when.
    pub began: Moment,
    /// When it was last used, to five minutes.
    pub seen: Moment,
}

/// Makes room for one more session of an account, and drops some that are over, whosever they were.
pub async fn make_room(conn: &mut PgConnection, account: AccountId) -> Result<()> {
    // Two that begin at once would each count without the other.
    sqlx::query!("select account_id from account where account_id = $1 for no key update", account.0)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query!(
        "delete from account_session where session_id in
             (select session_id from account_session where account_id = $1 and expires_at > now()
              order by seen_at desc, expires_at desc offset $2)",
        account.0,
        MOST_SESSIONS - 1
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from account_session where session_id in
             (select session_id from account_session where expires_at <= now()
              order by expires_at limit $1 for update skip locked)",
        MOST_DROPPED
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a session is being used.
pub async fn see(pool: &PgPool, id: &Id) -> Result<()> {
    sqlx::query!(
        "update account_session set seen_at = now()
         where session_id = $1 and seen_at < now() - interval '5 minutes'",
        id.to_string()
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The sessions of an account that are still worth something, the one used last first.
pub async fn of_account(conn: &mut PgConnection, account: AccountId) -> Result<Vec<OwnSession>> {
    let rows = sqlx::query!(
        r#"select s.handle, s.data ->> 'browser' as browser, s.began_at, s.seen_at
           from account_session s join account a on a.account_id = s.account_id
           where s.account_id = $1 and s.expires_at > now()
             and coalesce((s.data ->> 'credential')::integer, 1) = a.credential
           order by s.seen_at desc, s.began_at desc"#,
        account.0
    );
    let rows = rows.fetch_all(conn).await?.into_iter().map(|row| OwnSession {
        handle: row.handle.into(),
        browser: row.browser,
        began: moment(row.began_at),
        seen: moment(row.seen_at),
    });
    Ok(rows.collect())
}

/// Ends one session of an account; false when it has no such session.
pub async fn end_one(conn: &mut PgConnection, account: AccountId, handle: SessionHandle) -> Result<bool> {
    let done = sqlx::query!("delete from account_session where account_id = $1 and handle = $2", account.0, handle.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends every session of an account but one, and gives how many those were.
pub async fn end_others(conn: &mut PgConnection, account: AccountId, but: Option<SessionHandle>) -> Result<u32> {
    let done = sqlx::query!(
        "delete from account_session where account_id = $1 and handle is distinct from $2",
        account.0,
        but.map(|handle| handle.0)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() as u32)
}

/// Ends every session of an account.
pub async fn end_all(conn: &mut PgConnection, account: AccountId) -> Result<()> {
    end_others(conn, account, None).await.map(drop)
}

/// Ends every session of an account whose password became another, but the one in which it did, which goes on under the new
/// one.
pub async fn keep_only(
    conn: &mut PgConnection,
    account: AccountId,
    here: Option<SessionHandle>,
    credential: i32,
) -> Result<()> {
    end_others(conn, account, here).await?;
    sqlx::query!(
        "update account_session set data = jsonb_set(data, '{credential}', to_jsonb($3::integer))
         where account_id = $1 and handle = $2",
        account.0,
        here.map(|handle| handle.0),
        credential
    )
    .execute(conn)
    .await?;
    Ok(())
}
