//! `make torture`: whether the release program keeps its word when it is treated badly. It is driven over HTTP as browsers
//! do, its database is read by SQL of our own, and its audit is replayed by the rules alone; no code of the program is
//! linked here.
//!
//! 1. **Lost replies**: every command's answer is cut between server and client; the same key must give that answer.
//! 2. **Many at once**: eight users at two servers and loads beside them, at random.
//! 3. **Kills**: server or PostgreSQL, at a random moment of each long command; asked again, it must have been done once.
//!
//! After each, [`invariants`] and [`replay`]. A table at the end; the exit code tells whether anything was wrong.

mod calls;
mod http;
mod invariants;
mod kills;
mod lost;
mod many;
mod program;
mod replay;
mod report;
mod stage;

use eyre::{Result, WrapErr};
use program::Cluster;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use report::Report;
use stage::Stage;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What a run is made with; the script sets it.
#[derive(Debug)]
struct Settings {
    program: PathBuf,
    cluster: Cluster,
    url: String,
    files: PathBuf,
    minutes: u64,
    seed: u64,
    contacts: usize,
}

impl Settings {
    fn read() -> Result<Self> {
        let text = |name: &str| std::env::var(name).wrap_err_with(|| format!("{name} is missing; run make torture"));
        let number = |name: &str, usual: u64| std::env::var(name).map_or(Ok(usual), |text| text.parse());
        Ok(Self {
            program: text("TORTURE_PROGRAM")?.into(),
            cluster: Cluster { folder: text("TORTURE_POSTGRES")?.into(), options: text("TORTURE_OPTIONS")? },
            url: text("TORTURE_URL")?,
            files: text("TORTURE_FILES")?.into(),
            minutes: number("MINUTES", 10)?,
            seed: number("SEED", u64::from(std::process::id()))?,
            contacts: number("CONTACTS", 20_000)? as usize,
        })
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::say(&format!("\nThe torture itself failed: {error:?}"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool> {
    let settings = Settings::read()?;
    report::say(&format!("Seed {}, {} minutes.", settings.seed, settings.minutes));
    let end = Instant::now() + Duration::from_secs(60 * settings.minutes);
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut report = Report::default();
    let mut stage = Stage::set(&settings).await?;
    let left = end.saturating_duration_since(Instant::now());
    lost::run(&mut stage, &mut report).await?;
    proven(&stage, &mut report, "lost replies").await?;
    many::run(&mut stage, &mut report, &mut random, Instant::now() + left.mul_f64(0.35)).await?;
    proven(&stage, &mut report, "many at once").await?;
    // The last look takes its time too.
    kills::run(&mut stage, &mut report, &mut random, end.checked_sub(left.mul_f64(0.1)).unwrap_or(end)).await?;
    proven(&stage, &mut report, "kills").await?;
    stage.strike().await;
    report.print();
    Ok(report.is_good())
}

/// Looks at everything.
async fn proven(stage: &Stage, report: &mut Report, after: &str) -> Result<()> {
    report::say(&format!("  looking at everything after {after}"));
    invariants::look(&stage.pool, report).await?;
    replay::look(&stage.pool, report).await
}
