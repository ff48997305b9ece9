//! What is tortured: the demo company with many more contacts, two servers, and people signed in.

use crate::Settings;
use crate::calls::{self, Definition, Request, Seen};
use crate::http::Browser;
use crate::program::{self, Cluster, Server};
use cutline_domain::planner::approval::CycleState;
use eyre::{Result, bail, ensure, eyre};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use sqlx::PgPool;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::process::Command;
use uuid::Uuid;

/// Every demo user's.
pub const PASSWORD: &str = "cutline-demo";
/// The two who can take each other's role away.
pub const ADMINS: [&str; 2] = ["admin@demo.example", "rep12@demo.example"];
/// Regional managers.
pub const MANAGERS: [&str; 3] = ["rm.north@demo.example", "rm.central@demo.example", "rm.south@demo.example"];
/// Regions of the demo company, two of each manager's.
pub const PLACES: [&str; 6] = ["NW", "NE", "CA", "MI", "SW", "SE"];
/// Borders that fit the demo's measures: the lowest, halved, in hundredths.
pub const LOWEST: i64 = 5000;
/// Longer than the program is away when something was killed.
const PATIENCE: Duration = Duration::from_secs(90);

/// The stage.
#[derive(Debug)]
pub struct Stage {
    /// The program.
    pub program: PathBuf,
    /// Its database.
    pub url: String,
    /// The same, for looking.
    pub pool: PgPool,
    /// Two servers.
    pub servers: Vec<Server>,
    /// An admin, at the first server.
    pub admin: Browser,
    /// A manager, at the first server.
    pub manager: Browser,
    /// The definition with most items.
    pub big: Uuid,
    cluster: Cluster,
    files: PathBuf,
    contacts: usize,
}

impl Stage {
    /// Sets it.
    pub async fn set(settings: &Settings) -> Result<Self> {
        let Settings { program, cluster, url, files, contacts, .. } = settings;
        let seeded = Command::new(program).arg("seed").env("DATABASE_URL", url).env("CUTLINE_LOG", "error").output();
        let seeded = seeded.await?;
        ensure!(seeded.status.success(), "no demo company: {}", String::from_utf8_lossy(&seeded.stderr));
        let servers = vec![Server::start(program, url).await?, Server::start(program, url).await?];
        let (mut admin, mut manager) = (Browser::new(servers[0].address), Browser::new(servers[0].address));
        admin.sign_in(ADMINS[0], PASSWORD).await?;
        manager.sign_in(MANAGERS[0], PASSWORD).await?;
        let (program, url, files, cluster) = (program.clone(), url.clone(), files.clone(), cluster.clone());
        let pool = PgPool::connect(&url).await?;
        let (big, contacts) = (Uuid::nil(), *contacts);
        let mut stage = Self { program, url, pool, servers, admin, manager, big, cluster, files, contacts };
        stage.done("contacts", &stage.contacts_csv("")).await?;
        stage.done("measures", &stage.measures_csv(|nr| nr as i64 % 997 + 1)).await?;
        let definitions = calls::definitions(&stage.admin).await?;
        let big = definitions.iter().max_by_key(|definition| definition.population);
        stage.big = big.ok_or_else(|| eyre!("no definitions"))?.id;
        stage.role(&stage.admin, ADMINS[1], "admin").await?;
        Ok(stage)
    }

    /// Ends what was started.
    pub async fn strike(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill().await;
        }
    }

    /// A file of contacts, whose names end with something.
    pub fn contacts_csv(&self, ending: &str) -> String {
        let mut csv = String::from("external_id,kind,name,specialty,region\n");
        for nr in 0..self.contacts {
            let place = PLACES[nr % PLACES.len()];
            let _ = writeln!(csv, "X-{nr:06},person,Person {nr}{ending},Cardiology,{place}");
        }
        csv
    }

    /// A file of measures.
    pub fn measures_csv(&self, value: impl Fn(usize) -> i64) -> String {
        let mut csv = String::from("external_id,patients\n");
        for nr in 0..self.contacts {
            let _ = writeln!(csv, "X-{nr:06},{}", value(nr));
        }
        csv
    }

    /// A file of some contacts that move.
    pub fn moves_csv(&self, random: &mut ChaCha8Rng) -> String {
        let mut csv = String::from("external_id,region\n");
        for nr in (0..self.contacts).filter(|_| random.random_range(0..200) == 0).collect::<Vec<_>>() {
            let _ = writeln!(csv, "X-{nr:06},{}", PLACES[random.random_range(0..PLACES.len())]);
        }
        csv
    }

    /// Writes a file to be loaded.
    pub fn file(&self, csv: &str) -> Result<PathBuf> {
        let path = self.files.join(format!("{}.csv", Uuid::now_v7()));
        std::fs::write(&path, csv)?;
        Ok(path)
    }

    /// Loads a file, which has to work.
    pub async fn done(&self, what: &str, csv: &str) -> Result<()> {
        let path = self.file(csv)?;
        let loaded = program::load(&self.program, &self.url, what, &path, std::future::pending()).await?;
        std::fs::remove_file(path)?;
        match loaded {
            Some(output) if output.status.success() => Ok(()),
            Some(output) => bail!("not loaded: {}", String::from_utf8_lossy(&output.stderr)),
            None => bail!("a load that nobody killed was killed"),
        }
    }

    /// Gives somebody a role.
    pub async fn role(&self, by: &Browser, email: &str, role: &str) -> Result<()> {
        let people = calls::list(by, "company/people").await?;
        let person = people.into_iter().find(|person| person["email"] == email);
        let person = person.ok_or_else(|| eyre!("{email} is nobody"))?;
        let answer = calls::change("company/person/save", person, "role", json!(role)).send(by).await?;
        ensure!(answer.is_done(), "{email} has another role: {} {}", answer.status, answer.text());
        Ok(())
    }

    /// The cycle of the big definition, taken to a state.
    pub async fn reach(&self, state: CycleState) -> Result<Seen> {
        for _ in 0..12 {
            let definition = self.definition().await?;
            let Some(cycle) = definition.cycle else {
                self.must(&calls::open(self.big), &self.admin).await?;
                continue;
            };
            let seen = Seen::look(&self.admin, cycle).await?;
            if seen.state == state {
                return Ok(seen);
            }
            let next = match seen.state {
                CycleState::Collecting => seen.start_borders(),
                CycleState::Drafting => seen.enable(LOWEST),
                CycleState::Approving if state == CycleState::Drafting => seen.reset(),
                CycleState::Approving => seen.transfer(),
                CycleState::Transferred => calls::open(self.big),
            };
            self.must(&next, &self.admin).await?;
        }
        bail!("no cycle comes to {state:?}")
    }

    /// The big definition as it is.
    pub async fn definition(&self) -> Result<Definition> {
        let all = calls::definitions(&self.admin).await?;
        all.into_iter().find(|definition| definition.id == self.big).ok_or_else(|| eyre!("the definition is gone"))
    }

    /// Sends what has to work, again while the program is busy or away.
    pub async fn must(&self, request: &Request, by: &Browser) -> Result<crate::http::Answer> {
        let begin = Instant::now();
        loop {
            let answer = request.send(by).await;
            match &answer {
                Ok(answer) if answer.is_done() => return Ok(answer.clone()),
                Ok(answer) if answer.status != 503 => {
                    bail!("{}: {} {}", request.endpoint, answer.status, answer.text())
                }
                _ if begin.elapsed() > PATIENCE => bail!("{}: nobody answers: {answer:?}", request.endpoint),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Kills the first server, and starts another one in its place.
    pub async fn kill_server(&mut self) -> Result<()> {
        self.servers[0].kill().await?;
        self.servers[0] = Server::start(&self.program, &self.url).await?;
        let address = self.servers[0].address;
        self.admin.server = address;
        self.manager.server = address;
        Ok(())
    }

    /// Kills PostgreSQL, and starts it again.
    pub async fn kill_postgres(&self) -> Result<()> {
        self.cluster.kill()?;
        self.cluster.again().await
    }
}
