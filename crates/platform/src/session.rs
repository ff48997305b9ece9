//! Who is calling: the session store in Postgres, and the [`Caller`] every command starts from. Signing in and out is
//! the company feature's; this only keeps and reads sessions.

mod browser;
mod held;
mod own;

pub use browser::{device, keep_device, peer_address};
pub use held::{Held, Hold};
pub use own::{OwnSession, end_all, end_one, end_others, keep_only, of_account};

use crate::database::begin as transaction;
use crate::error::{Error, Result};
use crate::state::AppState;
use async_trait::async_trait;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use cutline_domain::base::ids::{AccountId, CompanyId, SessionHandle};
use cutline_domain::{Actor, Permission};
use cutline_wire::{AppError, Me};
use leptos::prelude::use_context;
use sqlx::{PgConnection, PgPool};
use std::collections::HashMap;
use std::fmt::Display;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreError, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

/// Where a session keeps the account that signed in.
pub const ACCOUNT: &str = "account";
/// Where a session keeps which of the account's passwords it began with.
pub const CREDENTIAL: &str = "credential";
/// Where a session keeps the company chosen.
pub const COMPANY: &str = "company";

/// Where a session keeps what the browser it began in is called.
const BROWSER: &str = "browser";
/// Where a session keeps the day it was last renewed.
const RENEWED: &str = "renewed";

/// Days without a request after which a session ends.
const IDLE_DAYS: i64 = 14;

/// Sessions in the table `account_session`.
#[derive(Clone, Debug)]
pub struct PostgresSessions(pub PgPool);

fn backend(error: impl Display) -> StoreError {
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
        let mut tx = transaction(&self.0, "begin").await.map_err(backend)?;
        if let Some(account) = account {
            own::make_room(&mut tx, account.into()).await.map_err(backend)?;
        }
        // 128 random bits don't collide; if they ever did, failing is safer than sharing a session.
        sqlx::query!(
            "insert into account_session (session_id, account_id, data, expires_at) values ($1, $2, $3, $4)",
            record.id.to_string(),
            account,
            data,
            record.expiry_date
        )
        .execute(&mut *tx)
        .await
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
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
            r#"select data, expires_at, seen_at < now() - interval '5 minutes' as "unseen!"
               from account_session where session_id = $1 and expires_at > now()"#,
            id.to_string()
        )
        .fetch_optional(&self.0)
        .await
        .map_err(backend)?;
        if row.as_ref().is_some_and(|row| row.unseen) {
            own::see(&self.0, id).await.map_err(backend)?;
        }
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
    /// The session they call from, as its owner sees it.
    here: Option<SessionHandle>,
}

impl Caller {
    /// That the caller may still do what they might when they asked.
    pub async fn still(&self, conn: &mut PgConnection) -> Result<()> {
        let now = Self::read(conn, self.actor.account, Some(self.company), self.credential, None).await?;
        if (now.actor.role, &now.actor.scope) == (self.actor.role, &self.actor.scope) {
            return Ok(());
        }
        let message = "Your role or your regions changed while this waited, so nothing was done. Reload the page.";
        Err(AppError::forbidden(message).into())
    }

    /// The session they call from; none for what is done at a command line.
    pub const fn here(&self) -> Option<SessionHandle> {
        self.here
    }

    /// That their password is their own. One that they were given is good for setting another, and for nothing else.
    fn settled(self) -> Result<Self> {
        if self.me.password_is_given {
            let message = "The password you were given is good for setting one of your own. Do that first.";
            return Err(AppError::forbidden(message).into());
        }
        Ok(self)
    }

    /// That a permission reaches anything at all.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.actor.may(permission) {
            return Ok(());
        }
        let message = format!("As {} you may not {}.", self.actor.role.title(), permission.what());
        Err(AppError::forbidden(message).into())
    }

    /// Who sent a request, even with a password that they were given.
    pub async fn asking(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::SignedOut)?;
        Self::of(state, &session).await
    }

    async fn of(state: &AppState, session: &Session) -> Result<Self> {
        state.present()?;
        let account: AccountId = session.get(ACCOUNT).await?.ok_or(AppError::SignedOut)?;
        let company: Option<CompanyId> = session.get(COMPANY).await?;
        // Sessions from before passwords were counted began with the first.
        let credential = session.get(CREDENTIAL).await?.unwrap_or(1);
        let id = session.id().map(|id| id.to_string());
        let mut conn = state.door.acquire().await?;
        let caller = Self::read(&mut conn, account, company, Some(credential), id.as_deref()).await?;
        drop(conn);
        // A session is written, and its cookie sent, when it changes; changing it once a day keeps one in use alive.
        if session.get(RENEWED).await? != Some(today()) {
            session.insert(RENEWED, today()).await?;
        }
        Ok(caller)
    }

    /// An account acting in a company (its first by name for `None`), with the rights it has at this moment.
    pub async fn acting(pool: &PgPool, account: AccountId, company: Option<CompanyId>) -> Result<Self> {
        Self::read(&mut *pool.acquire().await?, account, company, None, None).await
    }

    /// [`acting`](Self::acting), if the account's password is still that one: a session that began while the password was
    /// being changed doesn't outlive it. `session` is the id of the one they call from.
    async fn read(
        conn: &mut PgConnection,
        account: AccountId,
        company: Option<CompanyId>,
        credential: Option<i32>,
        session: Option<&str>,
    ) -> Result<Self> {
        let row = sqlx::query!(
            r#"with recursive scope as (
                   select a.company_id, a.account_id, a.region_id from region_assignment a where a.account_id = $1
                   union
                   select r.company_id, s.account_id, r.region_id
                   from region r join scope s on r.company_id = s.company_id and r.parent_id = s.region_id
               )
               select a.name, a.email, a.password_is_given, m.company_id, c.name as company_name, m.role,
                      (select handle from account_session where session_id = $4) as here,
                      coalesce(array_agg(s.region_id) filter (where s.region_id is not null), '{}') as "scope!"
               from membership m
               join account a on a.account_id = m.account_id
               join company c on c.company_id = m.company_id
               left join scope s on s.company_id = m.company_id
               where m.account_id = $1 and ($2::uuid is null or m.company_id = $2)
                 and ($3::integer is null or a.credential = $3)
               group by a.name, a.email, a.password_is_given, m.company_id, c.name, m.role
               order by c.name limit 1"#,
            account.0,
            company.map(|c| c.0),
            credential,
            session
        )
        .fetch_optional(conn)
        .await?
        .ok_or(AppError::SignedOut)?;
        let role = row.role.parse()?;
        let actor = Actor { account, role, scope: row.scope.into_iter().map(Into::into).collect() };
        let company = row.company_id.into();
        let me = Me {
            name: row.name,
            email: row.email,
            company,
            company_name: row.company_name,
            actor: actor.clone(),
            password_is_given: row.password_is_given,
        };
        Ok(Self { company, actor, me, credential, here: row.here.map(Into::into) })
    }
}

impl<S> FromRequestParts<S> for Caller
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Self::asking(parts, &AppState::from_ref(state)).await?.settled()
    }
}

/// The session of the request, inside a server function.
pub async fn session() -> Result<Session> {
    leptos_axum::extract().await.map_err(|_: leptos::prelude::ServerFnErrorErr| AppError::SignedOut.into())
}

/// Who is calling, inside a server function.
pub async fn caller() -> Result<Caller> {
    newcomer().await?.settled()
}

/// Who is calling, inside a server function, even with a password that they were given: for what leads to one of their own.
pub async fn newcomer() -> Result<Caller> {
    // Of a page that is being rendered it is known already. It stays with the request it is of: a context of its own would be
    // found by whatever else this thread does while the page is sent.
    if let Some(caller) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned()) {
        return Ok(caller);
    }
    let state = AppState::get();
    Caller::of(&state, &session().await?).await
}

/// Begins a session for an account that proved who it is, with which of its passwords.
pub async fn begin(account: AccountId, credential: i32) -> Result<()> {
    let session = session().await?;
    session.clear().await;
    session.cycle_id().await?;
    if let Some(browser) = browser::name().await {
        session.insert(BROWSER, browser).await?;
    }
    session.insert(RENEWED, today()).await?;
    session.insert(CREDENTIAL, credential).await?;
    Ok(session.insert(ACCOUNT, account).await?)
}

/// Lets the session of the request go on under a new password, as [`keep_only`] wrote it: the session at hand is written back
/// with the answer.
pub async fn go_on(credential: i32) -> Result<()> {
    let session = session().await?;
    // An answer that is repeated may tell of a password before the present one.
    if session.get::<i32>(CREDENTIAL).await?.is_none_or(|now| now < credential) {
        session.insert(CREDENTIAL, credential).await?;
    }
    Ok(())
}

/// Ends the session of the request.
pub async fn end() -> Result<()> {
    Ok(session().await?.flush().await?)
}
