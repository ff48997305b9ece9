//! A place for an embedded Postgres, and looking at the processes in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cutline_platform::database::embedded::{EmbeddedPostgres, EmbeddedSettings};
use cutline_platform::database::{Database, DatabaseSettings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use sqlx::{Connection, PgConnection};

/// A data folder that is gone after the test, together with a server that a failed test left in it.
pub struct Place {
    _temp: tempfile::TempDir,
    pub data: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        Self::named("data")
    }

    pub fn named(name: &str) -> Self {
        let temp = tempfile::tempdir().expect("a temporary folder");
        // As root the server runs as `postgres`, which has to pass through here.
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let data = temp.path().canonicalize().expect("a real path").join(name);
        Self { _temp: temp, data }
    }

    pub fn settings(&self) -> EmbeddedSettings {
        EmbeddedSettings { pg_bin: None, data_dir: Some(self.data.clone()) }
    }

    pub async fn start(&self) -> EmbeddedPostgres {
        EmbeddedPostgres::start(&self.settings()).await.expect("the embedded PostgreSQL starts")
    }

    pub async fn open(&self) -> Database {
        let settings = DatabaseSettings { embedded: self.settings(), ..DatabaseSettings::default() };
        Database::connect(&settings).await.expect("the database opens")
    }

    pub fn pid_file(&self) -> PathBuf {
        self.data.join("cluster/postmaster.pid")
    }

    pub fn server(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.pid_file()).ok()?;
        text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }

    pub fn kill_server(&self) {
        self.signal_server(Signal::SIGKILL);
    }

    /// `SIGTERM` tells a server to wait for its last connection.
    pub fn signal_server(&self, signal: Signal) {
        kill(self.server().expect("a server"), signal).expect("the server gets it");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(server) = self.server() {
            let cluster = fs::read_link(format!("/proc/{server}/cwd"));
            if cluster.is_ok_and(|cluster| cluster == self.data.join("cluster")) {
                kill(server, Signal::SIGQUIT).ok();
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

/// Whether any process still works in the cluster. A zombie has no folder, so it doesn't count.
pub fn anything_runs_in(data: &Path) -> bool {
    !all_in(data).is_empty()
}

/// The processes that work in a cluster: its server and the server's children.
pub fn all_in(data: &Path) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").expect("a list of processes").flatten().map(|process| process.path());
    let there = processes.filter(|path| fs::read_link(path.join("cwd")).is_ok_and(|folder| folder.starts_with(data)));
    there.filter_map(|path| path.file_name()?.to_str()?.parse().ok().map(Pid::from_raw)).collect()
}

pub async fn answers(url: &str) -> bool {
    let Ok(mut connection) = PgConnection::connect(url).await else { return false };
    let answer: Result<i32, _> = sqlx::query_scalar("SELECT 1").fetch_one(&mut connection).await;
    connection.close().await.ok();
    answer.is_ok()
}

/// Whom the server runs as when the tests run as root.
pub fn account() -> Option<User> {
    let named = |name| User::from_name(name).ok().flatten();
    geteuid().is_root().then(|| named("postgres").or_else(|| named("nobody")).expect("an account"))
}
