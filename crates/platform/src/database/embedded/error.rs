//! Why the embedded Postgres can't be used, each as one paragraph that a person can act on.
//! Errors of connecting and migrating live in `database`.

use std::io;
use std::path::{Path, PathBuf};

/// The oldest major version of Postgres that Cutline works with.
pub const OLDEST_MAJOR: u32 = 15;

/// Why the embedded Postgres could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Nothing to run: the commonest case on a fresh machine.
    #[error(
        "Cutline needs the PostgreSQL programs (version {OLDEST_MAJOR} or newer) and found none. Install \
         PostgreSQL, for example with `apt install postgresql` or `brew install postgresql@17`. If it is \
         installed in an unusual place, set CUTLINE_PG_BIN to the folder that holds `initdb` (searched: \
         {searched}). Or set DATABASE_URL to use a PostgreSQL server that runs already."
    )]
    NoPrograms {
        /// The folders that were looked into.
        searched: String,
    },
    /// The setting points to a folder that is not the one meant.
    #[error(
        "CUTLINE_PG_BIN is set to {bin}, but there is no `{missing}` in that folder. Set it to the folder that \
         holds `initdb`, `pg_ctl` and `postgres` (such as /usr/lib/postgresql/17/bin; `pg_config --bindir` \
         prints it), or remove the setting to let Cutline look for it.", bin = .bin.display()
    )]
    WrongFolder {
        /// What the setting says.
        bin: PathBuf,
        /// The first program that is not there.
        missing: &'static str,
    },
    /// A Postgres without features that Cutline's SQL uses.
    #[error(
        "The PostgreSQL programs in {bin} are version {major}, and Cutline needs {OLDEST_MAJOR} or newer. \
         Install a newer PostgreSQL, or set CUTLINE_PG_BIN to the folder with its programs.",
        bin = .bin.display()
    )]
    TooOld {
        /// Where the programs are.
        bin: PathBuf,
        /// Their major version.
        major: u32,
    },
    /// Postgres reads only clusters of its own major version.
    #[error(
        "The database in {root} was made by PostgreSQL {cluster}, but the programs in {bin} are version \
         {major}, which can't read it. Install PostgreSQL {cluster} again (both can be installed side by \
         side) and set CUTLINE_PG_BIN to its programs (such as /usr/lib/postgresql/{cluster}/bin), or move \
         the data to version {major} with `pg_upgrade`.", root = .root.display(), bin = .bin.display()
    )]
    OtherVersion {
        /// The data folder.
        root: PathBuf,
        /// The major version that made the cluster.
        cluster: u32,
        /// Where the programs are.
        bin: PathBuf,
        /// Their major version.
        major: u32,
    },
    /// A program is there but the system refuses to run it.
    #[error(
        "The system refused to run {program}: {source}. Check that the account that Cutline uses for the \
         database may run it, or set CUTLINE_PG_BIN to the folder of another PostgreSQL.",
        program = .program.display()
    )]
    CannotRun {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Without a home there is no default place for data.
    #[error(
        "Cutline doesn't know where to keep its data, because this account has no home folder. Set \
         CUTLINE_DATA_DIR to a folder that the account may write to."
    )]
    NoHome,
    /// Postgres refuses to run as root.
    #[error(
        "Cutline runs as root, PostgreSQL refuses to, and there is neither an account `postgres` nor `nobody` \
         to run it as. Run Cutline as an ordinary user, or create an account named `postgres`."
    )]
    NoAccount,
    /// The account for the server is shut out by a folder above the data.
    #[error(
        "Cutline runs as root and PostgreSQL as the account `{user}`, which can't enter {root} ({source}): \
         that folder or one above it is closed to others, as root's home is. Set CUTLINE_DATA_DIR to a place \
         such as /var/lib/cutline.", root = .root.display()
    )]
    OutOfReach {
        /// The data folder.
        root: PathBuf,
        /// The account of the server.
        user: String,
        /// What the system said.
        source: io::Error,
    },
    /// Taking over a folder with somebody's files would be wrong.
    #[error(
        "The data folder {root} has files in it and belongs to another account than `{user}`, which \
         PostgreSQL runs as. Set CUTLINE_DATA_DIR to an empty or new folder, or run `chown -R {user} {root}` \
         if the folder is Cutline's.", root = .root.display()
    )]
    ForeignFolder {
        /// The data folder.
        root: PathBuf,
        /// The account of the server.
        user: String,
    },
    /// Someone else could reach a socket in this folder.
    #[error(
        "The folder {dir} for the private socket is not private: another account owns it or may open it. \
         Remove it and start again, or set CUTLINE_DATA_DIR to a short path such as /var/lib/cutline.",
        dir = .dir.display()
    )]
    OpenSocketFolder {
        /// The folder.
        dir: PathBuf,
    },
    /// Permissions, a full disk, a path that isn't a folder.
    #[error(
        "Cutline can't use {path} for its data: {source}. Check that the account it runs as may write there \
         and that the disk isn't full, or set CUTLINE_DATA_DIR to another folder.", path = .path.display()
    )]
    Folder {
        /// What was opened, made or moved.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` said no.
    #[error(
        "PostgreSQL could not make a database in {root}. It said: {output} Solve that and start again; nothing \
         half-made was left behind.", root = .root.display()
    )]
    NotMade {
        /// The data folder.
        root: PathBuf,
        /// The end of what the program printed.
        output: String,
    },
    /// `pg_ctl start` said no.
    #[error(
        "The embedded PostgreSQL in {root} did not start. It said: {said} The whole story is in {log}. Solve \
         that and start again; the data is untouched.", root = .root.display(), log = .log.display()
    )]
    NotStarted {
        /// The data folder.
        root: PathBuf,
        /// The server's log.
        log: PathBuf,
        /// The end of what it said.
        said: String,
    },
    /// `pg_ctl stop` said no; the data is safe and the next start joins the server.
    #[error(
        "The embedded PostgreSQL in {root} did not stop in time. It said: {output} It may still be writing; \
         the next start of Cutline joins it.", root = .root.display()
    )]
    NotStopped {
        /// The data folder.
        root: PathBuf,
        /// The end of what the program printed.
        output: String,
    },
    /// The runtime is going down.
    #[error("Cutline was ended while the embedded PostgreSQL was starting or stopping. Start it again.")]
    Interrupted,
}

/// Names the file or folder that a system error is about.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.to_owned();
    |source| EmbeddedError::Folder { path, source }
}
