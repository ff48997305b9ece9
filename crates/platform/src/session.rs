//! Who is calling: the session store in Postgres, and the [`Caller`] every command starts from. Signing in and out is
//! the company feature's; this only keeps and reads sessions.

mod held;

pub use held::Held;

use crate::error::{Error, Result};
use crate::state::AppState;
use async_trait::async_trait;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_domain::{Actor, Permission};
use cutline_wire::{AppError, Me};
use ipnet::IpNet;
use leptos::prelude::use_context;
use sqlx::{PgConnection, PgPool};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreError, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

/// Where a session keeps the account that signed in.
pub const ACCOUNT: &str = "account";
/// Where a session keeps which of the account's passwords it began with.
pub const CREDENTIAL: &str = "credential";
/// Where a session keeps the company chosen.
pub const COMPANY: &str = "company";

/// Where a session keeps the day it was last renewed.
const RENEWED: &str = "renewed";

/// Days without a request after which a session ends.
const IDLE_DAYS: i64 = 14;

/// Sessions in the table `account_session`.
#[derive(Clone, Debug)]
pub struct PostgresSessions(pub PgPool);

fn backend(error: sqlx::Error) -> StoreError {
    StoreError::Backend(error.to_string())
}

/// What a session holds, and whose it is, as they are stored.
fn stored(record: &Record) -> StoreResult<(serde_json::Value, Option<uuid::Uuid>)> {
    let data = serde_json::to_value(&record.data).map_err(|e| StoreError::Encode(e.to_string()))?;
    let account = record.data.get(ACCOUNT).and_then(|id| serde_json::from_value::<AccountId>(id.clone()).ok());
    Ok((data, account.map(|id| id.0)))
}

#[async_trait]
impl SessionStore for PostgresSessions {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        let (data, account) = stored(record)?;
        // 128 random bits don't collide; if they ever did, failing is safer than sharing a session.
        sqlx::query!(
            "insert into account_session (session_id, account_id, data, expires_at) values ($1, $2, $3, $4)",
            record.id.to_string(),
            account,
            data,
            record.expiry_date
        )
        .execute(&self.0)
        .await
        .map_err(backend)?;
        Ok(())
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let (data, account) = stored(record)?;
        // Never back to life: one that was ended while its last request was under way stays ended.
        sqlx::query!(
            "update account_session set account_id = $2, data = $3, expires_at = $4 where session_id = $1",
            record.id.to_string(),
            account,
            data,
            record.expiry_date
        )
        .execute(&self.0)
        .await
        .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let row = sqlx::query!(
            "select data, expires_at from account_session where session_id = $1 and expires_at > now()",
            id.to_string()
        )
        .fetch_optional(&self.0)
        .await
        .map_err(backend)?;
        row.map(|row| {
            let data: HashMap<_, _> =
                serde_json::from_value(row.data).map_err(|e| StoreError::Decode(e.to_string()))?;
            Ok(Record { id: *id, data, expiry_date: row.expires_at })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        sqlx::query!("delete from account_session where session_id = $1", id.to_string())
            .execute(&self.0)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

/// Ends every session of an account, and drops what has expired on the way.
pub async fn end_all(conn: &mut PgConnection, account: AccountId) -> Result<()> {
    sqlx::query!("delete from account_session where account_id = $1 or expires_at <= now()", account.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// The most sessions of one account; of more, those not used for longest end.
const MOST_SESSIONS: i64 = 20;

/// Drops what has expired, and makes room for one more session of an account.
async fn tidy(pool: &PgPool, account: AccountId) -> Result<()> {
    sqlx::query!(
        "delete from account_session where expires_at <= now() or session_id in
             (select session_id from account_session where account_id = $1 order by expires_at desc offset $2)",
        account.0,
        MOST_SESSIONS - 1
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Days since 1970, in UTC.
fn today() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp() / 86_400
}

/// The session layer. `secure`: the cookie travels over HTTPS only.
pub fn layer(pool: PgPool, secure: bool) -> SessionManagerLayer<PostgresSessions> {
    SessionManagerLayer::new(PostgresSessions(pool))
        .with_name("cutline_session")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(Duration::days(IDLE_DAYS)))
}

/// Somebody signed in, with the rights they have at this moment: role and scope are read from the database on every
/// request, so a change applies at once.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The company they work in.
    pub company: CompanyId,
    /// Account, role and scope.
    pub actor: Actor,
    /// As shown on the page.
    pub me: Me,
    /// Which of their passwords the session began with; nobody's session for `None`.
    credential: Option<i32>,
}

impl Caller {
    /// That the caller may still do what they might when they asked.
    pub async fn still(&self, conn: &mut PgConnection) -> Result<()> {
        let now = Self::read(conn, self.actor.account, Some(self.company), self.credential).await?;
        if (now.actor.role, &now.actor.scope) == (self.actor.role, &self.actor.scope) {
            return Ok(());
        }
        let message = "Your role or your regions changed while this waited, so nothing was done. Reload the page.";
        Err(AppError::forbidden(message).into())
    }

    /// That a permission reaches anything at all.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.actor.may(permission) {
            return Ok(());
        }
        let message = format!("As {} you may not {}.", self.actor.role.title(), permission.what());
        Err(AppError::forbidden(message).into())
    }

    async fn of(pool: &PgPool, session: &Session) -> Result<Self> {
        let account: AccountId = session.get(ACCOUNT).await?.ok_or(AppError::SignedOut)?;
        let company: Option<CompanyId> = session.get(COMPANY).await?;
        // Sessions from before passwords were counted began with the first.
        let credential = session.get(CREDENTIAL).await?.unwrap_or(1);
        let caller = Self::read(&mut *pool.acquire().await?, account, company, Some(credential)).await?;
        // A session is written, and its cookie sent, when it changes; changing it once a day keeps one in use alive.
        if session.get(RENEWED).await? != Some(today()) {
            session.insert(RENEWED, today()).await?;
        }
        Ok(caller)
    }

    /// An account acting in a company (its first by name for `None`), with the rights it has at this moment.
    pub async fn acting(pool: &PgPool, account: AccountId, company: Option<CompanyId>) -> Result<Self> {
        Self::read(&mut *pool.acquire().await?, account, company, None).await
    }

    /// [`acting`](Self::acting), if the account's password is still that one: a session that began while the password was
    /// being changed doesn't outlive it.
    async fn read(
        conn: &mut PgConnection,
        account: AccountId,
        company: Option<CompanyId>,
        credential: Option<i32>,
    ) -> Result<Self> {
        let row = sqlx::query!(
            r#"with recursive scope as (
                   select a.company_id, a.account_id, a.region_id from region_assignment a where a.account_id = $1
                   union
                   select r.company_id, s.account_id, r.region_id
                   from region r join scope s on r.company_id = s.company_id and r.parent_id = s.region_id
               )
               select a.name, a.email, m.company_id, c.name as company_name, m.role,
                      coalesce(array_agg(s.region_id) filter (where s.region_id is not null), '{}') as "scope!"
               from membership m
               join account a on a.account_id = m.account_id
               join company c on c.company_id = m.company_id
               left join scope s on s.company_id = m.company_id
               where m.account_id = $1 and ($2::uuid is null or m.company_id = $2)
                 and ($3::integer is null or a.credential = $3)
               group by a.name, a.email, m.company_id, c.name, m.role
               order by c.name limit 1"#,
            account.0,
            company.map(|c| c.0),
            credential
        )
        .fetch_optional(conn)
        .await?
        .ok_or(AppError::SignedOut)?;
        let role = row.role.parse()?;
        let actor = Actor { account, role, scope: row.scope.into_iter().map(Into::into).collect() };
        let company = row.company_id.into();
        let me = Me { name: row.name, email: row.email, company, company_name: row.company_name, actor: actor.clone() };
        Ok(Self { company, actor, me, credential })
    }
}

impl<S> FromRequestParts<S> for Caller
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::SignedOut)?;
        Self::of(&AppState::from_ref(state).door, &session).await
    }
}

/// The session of the request, inside a server function.
pub async fn session() -> Result<Session> {
    leptos_axum::extract().await.map_err(|_: leptos::prelude::ServerFnErrorErr| AppError::SignedOut.into())
}

/// Who is calling, inside a server function.
pub async fn caller() -> Result<Caller> {
    if let Some(caller) = use_context::<Caller>() {
        return Ok(caller);
    }
    Caller::of(&AppState::get().door, &session().await?).await
}

/// Begins a session for an account that proved who it is, with which of its passwords.
pub async fn begin(account: AccountId, credential: i32) -> Result<()> {
    let session = session().await?;
    session.clear().await;
    session.cycle_id().await?;
    tidy(&AppState::get().door, account).await?;
    session.insert(RENEWED, today()).await?;
    session.insert(CREDENTIAL, credential).await?;
    Ok(session.insert(ACCOUNT, account).await?)
}

/// Ends the session of the request.
pub async fn end() -> Result<()> {
    Ok(session().await?.flush().await?)
}

/// The network address of the caller, for throttling: the one that connects, or where that is a proxy we trust, the one it
/// names.
pub async fn peer_address() -> String {
    let trusted = AppState::get().proxies;
    let Ok(parts) = leptos_axum::extract::<Parts>().await else { return "unknown".to_owned() };
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "unknown".to_owned();
    };
    let named = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = named.flat_map(|value| value.split(',')).map(str::trim).collect();
    caller_address(peer.ip(), &named, &trusted).to_string()
}

/// Who called, when `peer` connects: the last address named that no trusted proxy has. What stands before it anybody may have
/// written.
fn caller_address(peer: IpAddr, named: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut caller = peer.to_canonical();
    for text in named.iter().rev() {
        if !is_trusted(&caller) {
            break;
        }
        match text.parse::<IpAddr>() {
            Ok(address) => caller = address.to_canonical(),
            Err(_) => break,
        }
    }
    caller
}

/// The cookie by which a browser is known to have been used to sign in before.
const DEVICE: &str = "cutline_device";

/// What the caller's browser keeps to be known by.
pub async fn device() -> Option<String> {
    let parts = leptos_axum::extract::<Parts>().await.ok()?;
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(Cookie::split_parse).filter_map(std::result::Result::ok);
    let kept = pairs.find(|cookie| cookie.name() == DEVICE)?.value().to_owned();
    Some(kept).filter(|kept| kept.len() <= 64)
}

/// Has the caller's browser keep it.
pub fn keep_device(device: &str) {
    let (state, Some(options)) = (AppState::get(), use_context::<leptos_axum::ResponseOptions>()) else { return };
    let cookie = Cookie::build((DEVICE, device.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.secure)
        .max_age(Duration::days(365));
    if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
        options.append_header(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_say_who_called() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().expect("a network")).collect();
        let caller = |peer: &str, named: &[&str]| caller_address(ip(peer), named, &trusted).to_string();
        assert_eq!(caller("203.0.113.7", &["198.51.100.1"]), "203.0.113.7", "anybody can write the header");
        assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(caller("10.0.0.1", &["6.6.6.6", "198.51.100.1", "10.2.0.9"]), "198.51.100.1", "the last untrusted");
        assert_eq!(caller("10.0.0.1", &["6.6.6.6", "nonsense"]), "10.0.0.1");
        assert_eq!(caller("::ffff:10.0.0.1", &["fd00::5", "2001:db8::1"]), "2001:db8::1");
    }
}
