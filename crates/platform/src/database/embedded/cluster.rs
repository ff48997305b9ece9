//! One cluster on disk and its server: making it, starting and joining it, stopping it, and what its files say of it.
//! Who uses it, and how long it lives, is the parent module's.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, fchown};
use std::os::unix::{ffi::OsStrExt, net::UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};

use super::error::{EmbeddedError, at};
use super::folders::{self, Phase};
use super::programs::{Programs, text_of};
use super::{EmbeddedSettings, SOCKET};

/// No system hands out this process id.
const DEAD_PID: i32 = i32::MAX;
const LOG: &str = "postgres.log";
const LOG_LIMIT: u64 = 16 << 20;
/// What is read of the log's end to say why a server died.
const LAST_WORDS: u64 = 4 << 10;
/// Recovery after a crash replays up to `max_wal_size`, which takes minutes on a slow disk.
const START_PATIENCE: Duration = Duration::from_mins(5);
const ORPHAN_PATIENCE: Duration = Duration::from_mins(1);
/// A server told to wait for its last connection takes no new one meanwhile, which may be for ever.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(5);
/// How long a server may take to stop in order (it writes what it has in memory), and how long without.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
const FORCED_STOP_PATIENCE: Duration = Duration::from_secs(3);
/// For a desktop that runs other programs too. `jit` costs more than it gives on queries of this size.
const SETTINGS: &str = "-c listen_addresses= -c port=5432 -c unix_socket_permissions=0700 \
    -c max_connections=100 -c shared_buffers=256MB -c work_mem=32MB -c maintenance_work_mem=256MB \
    -c max_wal_size=2GB -c random_page_cost=1.1 -c jit=off -c timezone=UTC -c log_timezone=UTC -c cluster_name=cutline";

#[derive(Debug)]
pub(super) struct Cluster {
    programs: Programs,
    /// Holds the cluster, the socket, the lock files and the log.
    pub(super) root: PathBuf,
    /// Whom the server runs as when we are root, which Postgres refuses to run as.
    account: Option<User>,
}

impl Cluster {
    pub(super) fn locate(settings: &EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let account = folders::unprivileged_account()?;
        let root = folders::root(settings.data_dir.as_deref(), account.as_ref())?;
        let made_by = fs::read_to_string(root.join("cluster/PG_VERSION")).ok();
        let made_by = made_by.and_then(|version| version.trim().parse().ok());
        let programs = Programs::find(settings.pg_bin.as_deref(), made_by, account.as_ref())?;
        if let Some(cluster) = made_by.filter(|cluster| *cluster != programs.major) {
            let Programs { bin, major } = programs;
            return Err(EmbeddedError::OtherVersion { root, cluster, bin, major });
        }
        folders::own(&root, account.as_ref())?;
        let root = root.canonicalize().map_err(at(&root))?;
        // The programs could be run in `/`. If they can't be run here, the account has no way into the folder.
        let entered = programs.command("postgres", account.as_ref(), &root).arg("--version").output();
        if let (Err(source), Some(user)) = (entered, &account) {
            return Err(EmbeddedError::OutOfReach { root, user: user.name.clone(), source });
        }
        Ok(Self { programs, root, account })
    }

    fn data(&self) -> PathBuf {
        self.root.join("cluster")
    }

    /// Starting and stopping are decided by one process at a time, while it holds this.
    pub(super) fn decide(&self) -> Result<File, EmbeddedError> {
        let lock = self.open_lock("start.lock")?;
        lock.lock().map_err(at(&self.root))?;
        Ok(lock)
    }

    /// [`decide`](Self::decide), unless somebody else takes longer than that to decide.
    pub(super) fn decide_within(&self, patience: Duration) -> Result<Option<File>, EmbeddedError> {
        let (lock, begin) = (self.open_lock("start.lock")?, Instant::now());
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(lock)),
                Err(TryLockError::WouldBlock) if begin.elapsed() < patience => thread::sleep(Duration::from_millis(50)),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(source)) => return Err(at(&self.root)(source)),
            }
        }
    }

    /// The lock goes with the process, however it ends, so no lock file is ever stale.
    pub(super) fn open_lock(&self, name: &str) -> Result<File, EmbeddedError> {
        let path = self.root.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // Root works in a folder that belongs to someone else, and must not be led out of it by a link.
        options.custom_flags(OFlag::O_NOFOLLOW.bits());
        let file = options.open(&path).map_err(at(&path))?;
        if let Some(user) = &self.account {
            fchown(&file, Some(user.uid.as_raw()), Some(user.gid.as_raw())).map_err(at(&path))?;
        }
        Ok(file)
    }

    /// Runs a program in `root`, where the cluster is called `cluster`: `pg_ctl` pastes paths into a shell
    /// command, and this one can't hold a character that the shell understands.
    fn run(&self, program: &str, args: &[&str], input: &str) -> Result<Output, EmbeddedError> {
        let mut command = self.programs.command(program, self.account.as_ref(), &self.root);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut finish = || {
            let mut process = command.spawn()?;
            if let Some(mut stdin) = process.stdin.take()
                && let Err(error) = stdin.write_all(input.as_bytes())
                && error.kind() != ErrorKind::BrokenPipe
            {
                return Err(error);
            }
            process.wait_with_output()
        };
        finish().map_err(|source| EmbeddedError::CannotRun { program: self.programs.bin.join(program), source })
    }

    /// Makes the cluster under another name and renames it, so that half a cluster never bears the real name.
    pub(super) fn create_if_missing(&self) -> Result<(), EmbeddedError> {
        if self.data().join("PG_VERSION").exists() {
            return Ok(());
        }
        tracing::info!(folder = %self.root.display(), "making the database cluster (first start)");
        for entry in fs::read_dir(&self.root).map_err(at(&self.root))?.flatten() {
            if entry.file_name().as_bytes().starts_with(b"cluster.new-") {
                let _ = fs::remove_dir_all(entry.path()); // an orphan may still be writing; it is only in the way
            }
        }
        let new = format!("cluster.new-{:016x}", rand::random::<u64>());
        let made = self.create(&new)?;
        if !made.status.success() {
            let _ = fs::remove_dir_all(self.root.join(&new));
            return Err(EmbeddedError::NotMade { root: self.root.clone(), output: text_of(&made) });
        }
        fs::rename(self.root.join(&new), self.data()).map_err(at(&self.data()))?;
        File::open(&self.root).and_then(|folder| folder.sync_all()).map_err(at(&self.root))
    }

    fn create(&self, folder: &str) -> Result<Output, EmbeddedError> {
        let initdb = |locale| {
            let mut args = vec!["-D", folder, "-U", "cutline", "--encoding=UTF8", locale];
            args.extend(["--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
            self.run("initdb", &args, "")
        };
        let mut made = initdb("--locale=C.UTF-8")?;
        if !made.status.success() && text_of(&made).contains("locale") {
            made = initdb("--locale=C")?; // some systems have no C.UTF-8
        }
        if made.status.success() {
            let single_user = ["--single", "-D", folder, "-c", "exit_on_error=true", "postgres"];
            made = self.run("postgres", &single_user, "CREATE DATABASE cutline\n")?;
        }
        Ok(made)
    }

    /// Whether the cluster has a living server.
    ///
    /// A process may have got the number of a server that died with its machine or container, or be a dead
    /// server that nobody reaped. Neither works in the cluster's folder, as a server does. Then the number in
    /// the file is made harmless; the rest stays, because Postgres finds orphaned processes by it.
    fn is_running(&self) -> Result<bool, EmbeddedError> {
        let path = self.data().join("postmaster.pid");
        let text = fs::read_to_string(&path).unwrap_or_default();
        if let Some((pid, rest)) = text.split_once('\n') {
            let process = Path::new("/proc").join(pid.trim());
            let is_other = match fs::read_link(process.join("cwd")) {
                Ok(folder) => folder != self.data(),
                Err(error) => error.kind() == ErrorKind::NotFound && process.exists(),
            };
            if is_other {
                let mut options = OpenOptions::new();
                options.write(true).truncate(true).custom_flags(OFlag::O_NOFOLLOW.bits());
                let file = options.open(&path);
                file.and_then(|mut file| write!(file, "{DEAD_PID}\n{rest}")).map_err(at(&path))?;
            }
        }
        Ok(self.run("pg_ctl", &["status", "-D", "cluster"], "")?.status.success())
    }

    /// The folder of the socket of a server that runs already: another process started it, or the one that did
    /// was killed. The file says where, as the other process may have had other environment variables.
    fn adopt(&self) -> Result<Option<PathBuf>, EmbeddedError> {
        let begin = Instant::now();
        let mut refusals = 0;
        while self.is_running()? {
            match self.phase() {
                Phase::Ready(socket_dir) => {
                    if UnixStream::connect(socket_dir.join(SOCKET)).is_ok() {
                        return Ok(Some(socket_dir));
                    }
                    refusals += 1;
                    if refusals > 20 {
                        self.halt()?; // its socket was swept away, so it is of no use to anyone
                    }
                }
                Phase::Stopping if begin.elapsed() > FAREWELL_PATIENCE => self.halt()?,
                Phase::Stopping | Phase::Other => {}
            }
            if begin.elapsed() > START_PATIENCE {
                return Err(self.not_started("The server that runs in it neither gets ready nor ends."));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(None)
    }

    /// The folder of the socket of a server that runs, started if none does.
    pub(super) fn up(&self) -> Result<PathBuf, EmbeddedError> {
        match self.adopt()? {
            Some(socket_dir) => Ok(socket_dir),
            None => self.launch(),
        }
    }

    fn launch(&self) -> Result<PathBuf, EmbeddedError> {
        let log = self.root.join(LOG);
        if fs::metadata(&log).is_ok_and(|log| log.len() > LOG_LIMIT) {
            let _ = fs::rename(&log, self.root.join("postgres.log.1"));
        }
        let socket_dir = folders::socket_dir(&self.root, self.account.as_ref())?;
        // No server runs, and the folder is this cluster's alone: the note of an owner would be a dead one's.
        let _ = fs::remove_file(socket_dir.join(format!("{SOCKET}.lock")));
        let options = format!("{SETTINGS} -c unix_socket_directories={}", socket_dir.display());
        let patience = START_PATIENCE.as_secs().to_string();
        let start = ["-D", "cluster", "-l", LOG, "-w", "-t", &patience, "-o", &options, "start"];
        let begin = Instant::now();
        loop {
            let log_before = fs::metadata(&log).map_or(0, |log| log.len());
            let started = self.run("pg_ctl", &start, "")?;
            if started.status.success() {
                tracing::info!(folder = %self.root.display(), "the embedded PostgreSQL runs");
                return Ok(socket_dir);
            }
            if let Some(socket_dir) = self.adopt()? {
                return Ok(socket_dir); // a start that was under way when its Cutline was killed came first
            }
            let log = fs::read(&log).unwrap_or_default();
            let said = String::from_utf8_lossy(log.get(log_before as usize..).unwrap_or_default());
            // The children of a killed server hold its memory until they notice, which takes as long as their query.
            if begin.elapsed() > ORPHAN_PATIENCE || !said.contains("is still in use") {
                let said = if said.trim().is_empty() { text_of(&started) } else { said.into_owned() };
                return Err(self.not_started(&said));
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    fn not_started(&self, said: &str) -> EmbeddedError {
        let said = last_lines(said);
        EmbeddedError::NotStarted { root: self.root.clone(), log: self.root.join(LOG), said }
    }

    /// Stops the server: in order, and if that takes too long, at once. Then what was committed comes back from its log with
    /// the next start.
    pub(super) fn halt(&self) -> Result<(), EmbeddedError> {
        if !self.is_running()? {
            return Ok(());
        }
        let stop = |mode, patience: Duration| {
            self.run("pg_ctl", &["-D", "cluster", "-m", mode, "-w", "-t", &patience.as_secs().to_string(), "stop"], "")
        };
        let mut stopped = stop("fast", STOP_PATIENCE)?;
        if !stopped.status.success() && self.is_running()? {
            tracing::warn!(folder = %self.root.display(), "the embedded PostgreSQL takes too long to stop; it is made to");
            stopped = stop("immediate", FORCED_STOP_PATIENCE)?;
        }
        if stopped.status.success() || !self.is_running()? {
            tracing::info!(folder = %self.root.display(), "the embedded PostgreSQL has stopped");
            return Ok(());
        }
        Err(EmbeddedError::NotStopped { root: self.root.clone(), output: text_of(&stopped) })
    }

    /// Tells the server to end at once, and doesn't wait for it.
    pub(super) fn cut_off(&self) {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let pid = text.lines().next().and_then(|pid| pid.trim().parse().ok());
        if let Some(pid) = pid.filter(|pid| *pid != DEAD_PID && self.is_running().unwrap_or(false)) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT); // gone already is as good
        }
    }

    /// What its file says of the server.
    pub(super) fn phase(&self) -> Phase {
        folders::phase(&fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default())
    }

    /// The last lines of the server's log.
    pub(super) fn last_words(&self) -> String {
        let end = || {
            let mut log = File::open(self.root.join(LOG))?;
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)))?;
            let mut end = Vec::new();
            log.read_to_end(&mut end)?;
            Ok::<_, std::io::Error>(end)
        };
        last_lines(&String::from_utf8_lossy(&end().unwrap_or_default()))
    }
}

/// The last lines of what a server said, as one.
fn last_lines(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join(" ")
}
