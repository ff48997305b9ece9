//! The private Postgres that Cutline runs when it is given no `DATABASE_URL`: who uses it, sharing it between Cutline
//! processes, keeping it up, and stopping it with the last of them.
//!
//! The cluster itself is in `cluster`, the programs are found in `programs`, the folders chosen in `folders`. Connecting,
//! pooling and migrating live in [`super`]. Child processes and file locks block, so the public functions run off the async
//! threads.

mod cluster;
mod error;
mod folders;
mod programs;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cluster::Cluster;
use error::at;
pub use error::{EmbeddedError, OLDEST_MAJOR};
use folders::Phase;

/// The name of the socket says "port" 5432; no port is opened.
const SOCKET: &str = ".s.PGSQL.5432";
/// What a server of ours calls itself.
pub(super) const NAME: &str = "cutline";
/// How long whoever leaves waits for another process that is starting or stopping the server.
const DECISION_PATIENCE: Duration = Duration::from_secs(5);

/// What can be chosen about the embedded Postgres.
#[derive(Clone, Debug, Default)]
pub struct EmbeddedSettings {
    /// The folder with `initdb`, `pg_ctl` and `postgres` (`CUTLINE_PG_BIN`); looked for when absent.
    pub pg_bin: Option<PathBuf>,
    /// The folder that holds the cluster (`CUTLINE_DATA_DIR`); the user's data folder when absent.
    pub data_dir: Option<PathBuf>,
}

/// A running private Postgres. Several processes may hold the same one; the last to stop stops the server.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    keeper: Keeper,
    url: String,
}

impl EmbeddedPostgres {
    /// Starts the cluster, making it first if there is none, or joins the server that runs already.
    pub async fn start(settings: &EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let settings = settings.clone();
        off_the_async_threads(move || Self::join(&settings)).await
    }

    /// Joins the server of ours whose cluster is `data`, so that it lives as long as its newest user.
    pub(super) async fn at(data: &Path, settings: &EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let data_dir = data.parent().map(Path::to_owned);
        Self::start(&EmbeddedSettings { data_dir, ..settings.clone() }).await
    }

    /// The address of the database, for sqlx and for `psql`. It holds no secret: the folder of the socket is
    /// closed to everyone but its owner and root.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who keeps the server up while this process uses it.
    pub fn keeper(&self) -> Keeper {
        self.keeper.clone()
    }

    /// Gives the cluster back, and stops the server if no other process uses it.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        off_the_async_threads(move || self.leave()).await
    }

    fn join(settings: &EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let cluster = Cluster::locate(settings)?;
        let _decision = cluster.decide()?;
        let in_use = cluster.open_lock("cluster.lock")?;
        in_use.lock_shared().map_err(at(&cluster.root))?;
        cluster.create_if_missing()?;
        let socket_dir = cluster.up()?;
        let keeper = Keeper { cluster: Arc::new(cluster), in_use: Arc::new(in_use), given_back: Arc::default() };
        Ok(Self { url: folders::url(&socket_dir), keeper })
    }

    fn leave(&self) -> Result<(), EmbeddedError> {
        let Keeper { cluster, in_use, given_back } = &self.keeper;
        if given_back.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let decision = cluster.decide_within(DECISION_PATIENCE)?;
        let left = if decision.is_none() {
            tracing::warn!("another process is starting or stopping the embedded PostgreSQL, and is left to it");
            Ok(())
        } else {
            // Turning a shared lock into an exclusive one is not atomic. It is safe because whoever takes the
            // shared lock does so while holding the lock on decisions, which is ours now.
            match in_use.try_lock() {
                Ok(()) => cluster.halt(),
                Err(TryLockError::WouldBlock) => Ok(()),
                Err(TryLockError::Error(source)) => Err(at(&cluster.root)(source)),
            }
        };
        in_use.unlock().map_err(at(&cluster.root))?;
        left
    }
}

impl Drop for EmbeddedPostgres {
    /// For early returns and panics; after `stop` there is nothing left to do.
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!(%error, "the embedded PostgreSQL was not stopped");
        }
    }
}

/// Keeps a server up while its process uses it.
#[derive(Clone, Debug)]
pub struct Keeper {
    cluster: Arc<Cluster>,
    /// Locked (shared) for as long as this process uses the cluster.
    in_use: Arc<File>,
    /// Set when the process leaves: what it doesn't use any more isn't started again for it.
    given_back: Arc<AtomicBool>,
}

impl Keeper {
    /// Whether somebody told the server to stop. It may go on for connections it has and takes no new one.
    pub(super) fn is_told_to_stop(&self) -> bool {
        self.cluster.phase() == Phase::Stopping
    }

    /// The last lines of the server's log.
    pub(super) fn last_words(&self) -> String {
        self.cluster.last_words()
    }

    /// Starts the server unless it runs, and gives the folder of its socket.
    pub(super) async fn revive(&self) -> Result<PathBuf, EmbeddedError> {
        let Self { cluster, given_back, .. } = self.clone();
        off_the_async_threads(move || {
            let _decision = cluster.decide()?;
            if given_back.load(Ordering::SeqCst) {
                return Err(EmbeddedError::Interrupted);
            }
            cluster.up()
        })
        .await
    }

    /// Ends the server at once and doesn't wait for it, unless another process uses it; for whoever can't wait to leave in order.
    pub fn cut_off(&self) {
        self.given_back.store(true, Ordering::SeqCst);
        if self.in_use.try_lock().is_ok() {
            self.cluster.cut_off();
        }
    }
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(EmbeddedError::Interrupted))
}
