//! Why the database can't be used, each as one paragraph that a person can act on, and which of them it is.

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;

use super::embedded::{EmbeddedError, OLDEST_MAJOR};
use super::target::target_of;

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
}

// SQLSTATE, from appendix A of the PostgreSQL manual.
const WRONG_PASSWORD: &str = "28P01";
const NOT_AUTHORIZED: &str = "28000";
const NO_DATABASE: &str = "3D000";
pub(super) const NO_TABLE: &str = "42P01";
const NOT_PERMITTED: &str = "42501";

pub(super) fn refused(options: &PgConnectOptions, error: sqlx::Error) -> DatabaseError {
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

pub(super) fn not_migrated(error: MigrateError) -> DatabaseError {
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
    fn a_database_ahead_of_the_program_is_told_from_one_that_differs() {
        let newer = not_migrated(MigrateError::VersionMissing(42)).to_string();
        assert!(newer.starts_with("The database is newer than this program") && newer.contains("42"), "{newer}");
        let differs = not_migrated(MigrateError::VersionMismatch(42)).to_string();
        assert!(differs.contains("different form") && differs.contains("42"), "{differs}");
    }
}
