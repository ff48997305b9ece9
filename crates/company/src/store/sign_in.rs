//! SQL of signing in: what an account proves itself with, attempts, and the devices it is known on.

use cutline_domain::base::ids::AccountId;
use cutline_platform::Result;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// What an account proves itself with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub account: AccountId,
    /// Which, counted from 1.
    pub nr: i32,
    /// PHC string.
    pub hash: String,
}

/// The password of an account.
pub async fn credentials(conn: &mut PgConnection, email: &str) -> Result<Option<Credentials>> {
    let row = sqlx::query!("select account_id, credential, password_hash from account where email = $1", email);
    let row = row.fetch_optional(conn).await?;
    Ok(row.map(|row| Credentials { account: row.account_id.into(), nr: row.credential, hash: row.password_hash }))
}

/// Whom an attempt to sign in is for, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Network address.
    pub address: &'a str,
    /// A device that the account is known on.
    pub device: Option<&'a str>,
}

impl Place<'_> {
    /// What stands for the place beside the e-mail address. A network address holds no such letters.
    fn here(&self) -> String {
        let Some(device) = self.device else { return self.address.to_owned() };
        format!("device {}", hashed(device).map(|byte| byte.to_string()).join("."))
    }
}

fn hashed(device: &str) -> [u8; 32] {
    Sha256::digest(device).into()
}

/// Attempts of the last quarter of an hour that weren't taken back.
#[derive(Clone, Copy, Debug)]
pub struct Failures {
    /// For the e-mail address from this place.
    pub here: i64,
    /// For the e-mail address from everywhere but known devices.
    pub for_email: i64,
    /// From the network address, for all.
    pub from_address: i64,
    /// Seconds since the last from this place.
    pub since_here: i32,
    /// Seconds since the last of any.
    pub since: i32,
}

/// Makes attempts for an e-mail address wait for each other, until the transaction ends.
pub async fn hold_attempts(conn: &mut PgConnection, email: &str) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 1))", email).execute(conn).await?;
    Ok(())
}

/// Attempts that count for one more from a place.
pub async fn failures(conn: &mut PgConnection, place: Place<'_>) -> Result<Failures> {
    let row = sqlx::query!(
        r#"select count(*) filter (where email = $1 and address = $2) as "here!",
                  count(*) filter (where email = $1 and address not like 'device %') as "for_email!",
                  count(*) filter (where address = $2) as "from_address!",
                  coalesce(extract(epoch from now() - max(at) filter (where email = $1 and address = $2)), 0)::int
                      as "since_here!",
                  coalesce(extract(epoch from now() - max(at)), 0)::int as "since!"
           from sign_in_attempt
           where at > now() - interval '15 minutes' and (email = $1 or address = $2)"#,
        place.email,
        place.here()
    )
    .fetch_one(conn)
    .await?;
    Ok(Failures {
        here: row.here,
        for_email: row.for_email,
        from_address: row.from_address,
        since_here: row.since_here,
        since: row.since,
    })
}

/// Counts an attempt, and forgets old ones.
pub async fn add_attempt(conn: &mut PgConnection, place: Place<'_>) -> Result<()> {
    sqlx::query!("delete from sign_in_attempt where at < now() - interval '1 day'").execute(&mut *conn).await?;
    sqlx::query!("insert into sign_in_attempt (email, address) values ($1, $2)", place.email, place.here())
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back the attempts of somebody who signed in: from that address, and from that device.
pub async fn forgive(conn: &mut PgConnection, account: AccountId, place: Place<'_>) -> Result<()> {
    let device = place.device.map(|_| place.here()).unwrap_or_default();
    sqlx::query!(
        "delete from sign_in_attempt s using account a
         where a.account_id = $1 and s.email = a.email and s.address in ($2, $3)",
        account.0,
        place.address,
        device
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether somebody signed in on a device before.
pub async fn is_known(conn: &mut PgConnection, account: AccountId, device: &str) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists(select 1 from known_device where account_id = $1 and device = $2
                         and used_at > now() - interval '1 year') as "e!""#,
        account.0,
        &hashed(device)
    );
    Ok(known.fetch_one(conn).await?)
}

/// Remembers that somebody signed in on a device: the twenty that were used last.
pub async fn know_device(conn: &mut PgConnection, account: AccountId, device: &str) -> Result<()> {
    sqlx::query!(
        "insert into known_device (account_id, device) values ($1, $2)
         on conflict (account_id, device) do update set used_at = now()",
        account.0,
        &hashed(device)
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from known_device where account_id = $1 and device not in
             (select device from known_device where account_id = $1 order by used_at desc limit 20)",
        account.0
    )
    .execute(conn)
    .await?;
    Ok(())
}
