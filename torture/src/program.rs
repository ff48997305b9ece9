//! The program's processes, and the PostgreSQL under them: started, killed, started again.

use eyre::{Result, WrapErr, bail, eyre};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Longer than a start takes that has to recover first.
const START_PATIENCE: Duration = Duration::from_mins(1);

/// A server of the program.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one, and waits until it is ready.
    pub async fn start(program: &Path, url: &str) -> Result<Self> {
        // Free a moment ago; whoever takes it meanwhile makes the start fail, which is tried again.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = Command::new(program)
            .args(["serve", "--addr", &address.to_string()])
            .env("DATABASE_URL", url)
            .env("CUTLINE_LOG", "error")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .wrap_err_with(|| format!("{} can't be run", program.display()))?;
        let mut server = Self { process, address };
        let begin = Instant::now();
        while begin.elapsed() < START_PATIENCE {
            if let Some(status) = server.process.try_wait()? {
                bail!("the server ended while it started: {status}");
            }
            let ready = crate::http::Browser::new(address).get("/readyz").await;
            if ready.is_ok_and(|answer| answer.is_done()) {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(eyre!("the server did not get ready in {} seconds", START_PATIENCE.as_secs()))
    }

    /// Kills it, as a machine that loses its power would.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }
}

/// Runs the program for a load, and kills it when `killed` comes first. Gives whether it did its work.
pub async fn load(
    program: &Path,
    url: &str,
    what: &str,
    file: &Path,
    killed: impl Future<Output = ()>,
) -> Result<Option<std::process::Output>> {
    let mut command = Command::new(program);
    command.args(["load", what]).arg(file).env("DATABASE_URL", url).env("CUTLINE_LOG", "error").kill_on_drop(true);
    if what == "contacts" {
        command.arg("--create-missing");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = command.spawn()?;
    tokio::select! {
        output = process.wait_with_output() => Ok(Some(output?)),
        () = killed => Ok(None),
    }
}

/// The PostgreSQL of the run.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// As `scripts/postgres.sh` knows it.
    pub folder: PathBuf,
    /// Options it was started with on top of the script's.
    pub options: String,
}

impl Cluster {
    /// Kills its first process; the others notice.
    pub fn kill(&self) -> Result<()> {
        let text = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        let pid =
            text.lines().next().and_then(|line| line.trim().parse().ok()).ok_or_else(|| eyre!("no process id"))?;
        Ok(kill(Pid::from_raw(pid), Signal::SIGKILL)?)
    }

    /// Starts it again. What the killed one held is let go when its last process has noticed.
    pub async fn again(&self) -> Result<()> {
        let begin = Instant::now();
        loop {
            let mut command = Command::new("scripts/postgres.sh");
            command.arg("again").arg(&self.folder).arg(&self.options);
            let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().await?;
            if output.success() {
                return Ok(());
            }
            if begin.elapsed() > START_PATIENCE {
                bail!("PostgreSQL did not start again; see {}", self.folder.join("postgres.log").display());
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}
