//! The connection to Postgres: which server, the pool, the migrations. Running our own server lives in [`embedded`], keeping
//! watch over any in `watch`, what probes ask in `probe`, what to tell a person when something fails in `error`; queries live in
//! each feature's `store`.

pub mod embedded;
mod error;
mod probe;
mod target;
mod transaction;
mod watch;

pub use error::DatabaseError;
pub use probe::Probe;
pub use transaction::begin;
pub use watch::Away;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use embedded::{EmbeddedPostgres, EmbeddedSettings, Keeper, OLDEST_MAJOR};
use error::{not_migrated, refused};
use target::{redact, target_of};
use watch::Watch;

/// The changes to the database that this program knows, compiled in.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// Longer than any request should wait; beyond it an answer ("busy") is better than a queue.
const ACQUIRE_PATIENCE: Duration = Duration::from_secs(10);
/// Connections for who is calling and signing in: short questions, a few at a time.
const AT_THE_DOOR: u32 = 5;
/// A listener or a long report may hold a connection; stopping doesn't wait for it for ever.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// What every connection is set to, before its first use.
///
/// One statement serves many sights: everything or what changed, the company or one region. A plan made once for all of
/// them reads a whole cycle to find three changes, so each execution is planned for its own parameters.
pub const EACH_SESSION: &str = "set plan_cache_mode = force_custom_plan";

/// Which database to use.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`. Absent or blank: the embedded Postgres.
    pub url: Option<String>,
    /// Where the embedded Postgres is; ignored with a URL.
    pub embedded: EmbeddedSettings,
    /// The most connections that this process opens for its work, a few more beside it. Postgres allows 100 for all processes
    /// unless told otherwise.
    pub max_connections: u32,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { url: None, embedded: EmbeddedSettings::default(), max_connections: 20 }
    }
}

/// An open database, and the server behind it if that is ours.
#[derive(Debug)]
pub struct Database {
    pool: PgPool,
    door: PgPool,
    embedded: Option<EmbeddedPostgres>,
    away: Away,
    /// The watch, which ends with the database.
    watching: JoinSet<()>,
}

impl Database {
    /// Connects to the server of the URL, or starts the embedded one. Nothing is migrated yet.
    ///
    /// A URL that leads to an embedded one (`cutline db url` of another process) makes this process one of its users: it goes
    /// on running while any of them does.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let url = settings.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let mut embedded = match url {
            Some(_) => None,
            None => Some(EmbeddedPostgres::start(&settings.embedded).await?),
        };
        let options = parse(url.or(embedded.as_ref().map(EmbeddedPostgres::url)).unwrap_or_default())?;
        // One connection without the pool first: the pool would try a refused one again until it timed out,
        // and the reason would be lost.
        let ours = check_server(&options).await?;
        if let (None, Some(cluster)) = (&embedded, ours) {
            match EmbeddedPostgres::at(&cluster, &settings.embedded).await {
                Ok(joined) => embedded = Some(joined),
                Err(error) => tracing::warn!(%error, "the embedded PostgreSQL is used without a say in when it stops"),
            }
        }
        let lazily = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_PATIENCE)
                .after_connect(|conn, _| Box::pin(async move { conn.execute(EACH_SESSION).await.map(|_| ()) }))
                .connect_lazy_with(options.clone())
        };
        let (pool, door) = (lazily(settings.max_connections), lazily(AT_THE_DOOR));
        Ok(Self { pool, door, embedded, away: Away::default(), watching: JoinSet::new() })
    }

    /// Watches over the database from now on: while it doesn't answer, [`away`](Self::away) says so, and an embedded one is
    /// started again.
    pub fn watch(&mut self) {
        let pools = [self.pool.clone(), self.door.clone()];
        self.watching.spawn(Watch::new(pools, self.keeper(), self.away.clone()).keep());
    }

    /// Whether it answers, as far as the watch knows.
    pub const fn away(&self) -> &Away {
        &self.away
    }

    /// Who keeps the embedded Postgres up, if there is one.
    pub fn keeper(&self) -> Option<Keeper> {
        self.embedded.as_ref().map(EmbeddedPostgres::keeper)
    }

    /// A few connections for what must not wait behind work: who is calling, signing in.
    pub fn door(&self) -> &PgPool {
        &self.door
    }

    /// The pool, to be cloned freely.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The address of the embedded Postgres, for `psql`; `None` with a `DATABASE_URL`.
    pub fn embedded_url(&self) -> Option<&str> {
        self.embedded.as_ref().map(EmbeddedPostgres::url)
    }

    /// Brings the database up to this program. Processes that do so at once wait for each other.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        // Not from the pool: a failed run leaves sqlx's advisory lock with the connection.
        let options = self.pool.connect_options();
        let mut connection = PgConnection::connect_with(&options).await.map_err(|error| refused(&options, error))?;
        let outcome = MIGRATOR.run(&mut connection).await;
        connection.close().await.ok();
        outcome.map_err(not_migrated)
    }

    /// Closes the pool, and stops the embedded Postgres if no other process uses it.
    pub async fn close(mut self) -> Result<(), DatabaseError> {
        self.watching.abort_all();
        let closing = async { tokio::join!(self.pool.close(), self.door.close()) };
        if tokio::time::timeout(CLOSE_PATIENCE, closing).await.is_err() {
            tracing::warn!("connections were still in use when the database was closed");
        }
        if let Some(embedded) = self.embedded {
            embedded.stop().await?;
        }
        Ok(())
    }
}

fn parse(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    let not_understood = |reason: String| DatabaseError::UrlNotUnderstood { url: redact(url), reason };
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(not_understood("it doesn't begin with postgres://".into()));
    }
    // A `/`, `?` or `#` in the password ends the server part early, and the password would pass for a host and port.
    let server_part = url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    if url.contains('@') && server_part.contains(':') && !server_part.contains('@') {
        return Err(not_understood(
            "an `@` stands behind the server, so the password is not written as it should be".into(),
        ));
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| match error {
        sqlx::Error::Configuration(error) => not_understood(error.to_string()),
        error => not_understood(error.to_string()),
    })?;
    let named = options.get_application_name().is_some();
    Ok(if named { options } else { options.application_name("cutline") })
}

/// That a server is there and new enough; the folder of its cluster if it is one of ours and we may know.
async fn check_server(options: &PgConnectOptions) -> Result<Option<PathBuf>, DatabaseError> {
    let target = target_of(options);
    let connecting = PgConnection::connect_with(options);
    let Ok(connected) = tokio::time::timeout(CONNECT_PATIENCE, connecting).await else {
        let reason = format!("no answer in {} seconds", CONNECT_PATIENCE.as_secs());
        return Err(DatabaseError::Unreachable { target, reason });
    };
    let mut connection = connected.map_err(|error| refused(options, error))?;
    let major = connection.server_version_num().map(|number| number / 10_000);
    let ours = if options.get_socket().is_some() { cluster_of(&mut connection).await } else { None };
    connection.close().await.ok();
    match major.filter(|major| *major < OLDEST_MAJOR) {
        Some(major) => Err(DatabaseError::ServerTooOld { target, major }),
        None => Ok(ours),
    }
}

/// The folder of the cluster behind a connection, if it is one that Cutline made. Only those it belongs to may ask.
async fn cluster_of(connection: &mut PgConnection) -> Option<PathBuf> {
    let asked = sqlx::query_as("select current_setting('cluster_name'), current_setting('data_directory')");
    let (name, folder): (String, String) = asked.fetch_one(connection).await.ok()?;
    Some(PathBuf::from(folder)).filter(|folder| name == embedded::NAME && folder.ends_with("cluster"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_url_is_explained_in_one_paragraph_without_the_password() {
        for url in [
            "mysql://ada:s3cret@db/plan",
            "postgres://ada:s3cret@db:port/plan",
            "postgres://ada:s3cret@db?port=x",
            "postgres://ada:5432#s3cret@db/plan",
        ] {
            let message = parse(url).expect_err("a wrong URL").to_string();
            assert!(message.contains("DATABASE_URL can't be understood"), "{message}");
            assert!(!message.contains("s3cret") && !message.contains('\n'), "{message}");
        }
    }
}
