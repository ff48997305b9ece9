//! The connection to Postgres: which server, the pool, the migrations, and what to tell a person when one of
//! them fails. Running our own server lives in [`embedded`]; queries live in each feature's `store`.

pub mod embedded;
mod target;
mod transaction;

pub use transaction::begin;

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection};

use embedded::{EmbeddedError, EmbeddedPostgres, EmbeddedSettings, OLDEST_MAJOR};
use target::{redact, target_of};

/// The changes to the database that this program knows, compiled in.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// Longer than any request should wait; beyond it an answer ("busy") is better than a queue.
const ACQUIRE_PATIENCE: Duration = Duration::from_secs(10);
/// Connections for who is calling, signing in and probes: short questions, a few at a time.
const AT_THE_DOOR: u32 = 5;
/// A listener or a long report may hold a connection; stopping doesn't wait for it for ever.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);

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
}

impl Database {
    /// Connects to the server of the URL, or starts the embedded one. Nothing is migrated yet.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let url = settings.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let embedded = match url {
            Some(_) => None,
            None => Some(EmbeddedPostgres::start(&settings.embedded).await?),
        };
        let url = url.or(embedded.as_ref().map(EmbeddedPostgres::url)).unwrap_or_default();
        let options = parse(url)?;
        // One connection without the pool first: the pool would try a refused one again until it timed out,
        // and the reason would be lost.
        check_server(&options).await?;
        let lazily = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_PATIENCE)
                .after_connect(|conn, _| Box::pin(async move { conn.execute(EACH_SESSION).await.map(|_| ()) }))
                .connect_lazy_with(options.clone())
        };
        Ok(Self { pool: lazily(settings.max_connections), door: lazily(AT_THE_DOOR), embedded })
    }

    /// A few connections for what must not wait behind work: who is calling, signing in, probes.
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

    /// Whether every change that this program knows has been made. A database that is ahead counts too: while a
    /// new version is rolled out, the old one goes on answering.
    pub async fn is_migrated(&self) -> Result<bool, DatabaseError> {
        let applied: Vec<i64> = match sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&self.door)
            .await
        {
            Ok(applied) => applied,
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_TABLE) => vec![],
            Err(error) => return Err(DatabaseError::Lost { reason: error.to_string() }),
        };
        let mut known = MIGRATOR.iter().filter(|change| change.migration_type.is_up_migration());
        Ok(known.all(|change| applied.contains(&change.version)))
    }

    /// Closes the pool, and stops the embedded Postgres if no other process uses it.
    pub async fn close(self) -> Result<(), DatabaseError> {
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

/// Why the database can't be used. Each message is one paragraph that says what to do; none holds a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Our own server.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// Not a URL, or not one for Postgres.
    #[error(
        "DATABASE_URL can't be understood: {reason}. It is `{url}` and should look like \
         `postgres://user:password@host:5432/database`; characters such as / ? # @ % in the password are written \
         as %2F %3F %23 %40 %25. Correct it, or remove it to use the embedded PostgreSQL."
    )]
    UrlNotUnderstood {
        /// The URL without its password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answers there.
    #[error(
        "The PostgreSQL server of {target} can't be reached: {reason}. Check that the server runs and listens \
         there, that no firewall is in between, and that host and port in DATABASE_URL are right; or remove \
         DATABASE_URL to use the embedded PostgreSQL."
    )]
    Unreachable {
        /// Server, database and user.
        target: String,
        /// What the system said.
        reason: String,
    },
    /// The server asks for a password and this isn't it.
    #[error(
        "The PostgreSQL server refused the password for {target}. Check user and password in DATABASE_URL \
         (special characters in them are percent-encoded, such as %40 for @)."
    )]
    WrongPassword {
        /// Server, database and user.
        target: String,
    },
    /// No such user, or `pg_hba.conf` doesn't let it in.
    #[error(
        "The PostgreSQL server doesn't let us in as {target}: {reason}. Check the user in DATABASE_URL, and \
         the server's pg_hba.conf, which says who may connect from where."
    )]
    NotLetIn {
        /// Server, database and user.
        target: String,
        /// What the server said.
        reason: String,
    },
    /// The server is right, the database isn't there.
    #[error(
        "The PostgreSQL server has no such database: {target}. Create it (`createdb`, or `CREATE DATABASE` in \
         psql) or correct the name at the end of DATABASE_URL."
    )]
    NoSuchDatabase {
        /// Server, database and user.
        target: String,
    },
    /// A server without features that Cutline's SQL uses.
    #[error(
        "The PostgreSQL server of {target} is version {major}, and Cutline needs {OLDEST_MAJOR} or newer. \
         Upgrade the server, or remove DATABASE_URL to use the embedded PostgreSQL."
    )]
    ServerTooOld {
        /// Server, database and user.
        target: String,
        /// The server's major version.
        major: u32,
    },
    /// Encryption was asked for and didn't come about.
    #[error(
        "No encrypted connection could be made to the PostgreSQL server of {target}: {reason}. Check the \
         server's certificate, or `sslmode` and `sslrootcert` in DATABASE_URL."
    )]
    NoTls {
        /// Server, database and user.
        target: String,
        /// What went wrong.
        reason: String,
    },
    /// Any other refusal: too many connections, starting up, shutting down.
    #[error("The PostgreSQL server of {target} refused the connection: {reason}. Solve that there, then start again.")]
    Refused {
        /// Server, database and user.
        target: String,
        /// What the server said.
        reason: String,
    },
    /// A change in the database that isn't in the program.
    #[error(
        "The database is newer than this program: it has had change {version}, which this program doesn't know. \
         Start the newer Cutline that made the change, or restore a backup from before it. Nothing was changed."
    )]
    DatabaseNewer {
        /// The number of the unknown migration.
        version: i64,
    },
    /// A migration file was edited after it had been released.
    #[error(
        "Change {version} was made to the database by another build of Cutline, in a different form than this \
         program has it. Start the build that made it, or restore a backup from before it. If you develop Cutline: \
         released migrations are never edited; add a new one. Nothing was changed."
    )]
    ChangeDiffers {
        /// The number of the migration.
        version: i64,
    },
    /// Postgres 15 and newer let only the owner of a database make tables in it.
    #[error(
        "The database user may not make tables ({reason}). Make it the owner of the database (`ALTER DATABASE … \
         OWNER TO …` as an administrator), then start again. Nothing was changed."
    )]
    MayNotMigrate {
        /// What the server said.
        reason: String,
    },
    /// Any other failure of a migration; each runs in a transaction.
    #[error(
        "Bringing the database up to date failed: {reason}. The failed change was undone. Solve the cause (often \
         a full disk or a lost connection) and start again."
    )]
    NotMigrated {
        /// What went wrong.
        reason: String,
    },
    /// The server went away after we had connected.
    #[error("The database doesn't answer: {reason}. Check that the PostgreSQL server still runs.")]
    Lost {
        /// What went wrong.
        reason: String,
    },
}

// SQLSTATE, from appendix A of the PostgreSQL manual.
const WRONG_PASSWORD: &str = "28P01";
const NOT_AUTHORIZED: &str = "28000";
const NO_DATABASE: &str = "3D000";
const NO_TABLE: &str = "42P01";
const NOT_PERMITTED: &str = "42501";

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

async fn check_server(options: &PgConnectOptions) -> Result<(), DatabaseError> {
    let target = target_of(options);
    let connecting = PgConnection::connect_with(options);
    let Ok(connected) = tokio::time::timeout(CONNECT_PATIENCE, connecting).await else {
        let reason = format!("no answer in {} seconds", CONNECT_PATIENCE.as_secs());
        return Err(DatabaseError::Unreachable { target, reason });
    };
    let connection = connected.map_err(|error| refused(options, error))?;
    let major = connection.server_version_num().map(|number| number / 10_000);
    connection.close().await.ok();
    match major.filter(|major| *major < OLDEST_MAJOR) {
        Some(major) => Err(DatabaseError::ServerTooOld { target, major }),
        None => Ok(()),
    }
}

fn refused(options: &PgConnectOptions, error: sqlx::Error) -> DatabaseError {
    let target = target_of(options);
    match error {
        sqlx::Error::Database(error) => {
            let reason = error.message().to_owned();
            match error.code().as_deref() {
                Some(WRONG_PASSWORD) => DatabaseError::WrongPassword { target },
                Some(NOT_AUTHORIZED) => DatabaseError::NotLetIn { target, reason },
                Some(NO_DATABASE) => DatabaseError::NoSuchDatabase { target },
                _ => DatabaseError::Refused { target, reason },
            }
        }
        sqlx::Error::Io(error) => DatabaseError::Unreachable { target, reason: error.to_string() },
        sqlx::Error::Tls(error) => DatabaseError::NoTls { target, reason: error.to_string() },
        error => DatabaseError::Refused { target, reason: error.to_string() },
    }
}

fn not_migrated(error: MigrateError) -> DatabaseError {
    match error {
        MigrateError::VersionMissing(version) => DatabaseError::DatabaseNewer { version },
        MigrateError::VersionMismatch(version) => DatabaseError::ChangeDiffers { version },
        MigrateError::Execute(sqlx::Error::Database(error))
        | MigrateError::ExecuteMigration(sqlx::Error::Database(error), _)
            if error.code().as_deref() == Some(NOT_PERMITTED) =>
        {
            DatabaseError::MayNotMigrate { reason: error.message().to_owned() }
        }
        error => DatabaseError::NotMigrated { reason: error.to_string() },
    }
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

    #[test]
    fn a_database_ahead_of_the_program_is_told_from_one_that_differs() {
        let newer = not_migrated(MigrateError::VersionMissing(42)).to_string();
        assert!(newer.starts_with("The database is newer than this program") && newer.contains("42"), "{newer}");
        let differs = not_migrated(MigrateError::VersionMismatch(42)).to_string();
        assert!(differs.contains("different form") && differs.contains("42"), "{differs}");
    }
}
