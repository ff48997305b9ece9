//! How long the commands of a cycle take at size, beside the plain SQL of the same rows by psql, and the export beside
//! `XlsxWriter`, in one run on one private PostgreSQL: part (c) of `make bench`. Prints the better of two rounds.
//!
//! The plain SQL (`examples/plain`) writes the same rows with the same audit, under the same schema, and knows nothing of who
//! may do what, what was seen, or repeated requests.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints a table")]

use cutline::seed::large::{self, Size};
use cutline_company::service as company;
use cutline_domain::base::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::planner::grid::{GridQuery, approvable};
use cutline_domain::planner::shown::Shown;
use cutline_domain::{Borders, Score};
use cutline_planner::model::{ApproveAll, DefinitionForm, SaveBorders};
use cutline_planner::{export, service as planner};
use cutline_platform::database::embedded::EmbeddedSettings;
use cutline_platform::database::{Database, DatabaseSettings};
use cutline_platform::session::Caller;
use cutline_wire::Seen;
use eyre::{Result, ensure, eyre};
use sqlx::{Executor, PgPool};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Between classes D, C, B and A of the company's measure, in hundredths.
const BORDERS: [i64; 3] = [20_000, 40_000, 90_000];
const ROUNDS: u32 = 2;

/// The best time of each thing measured: Cutline's, and the baseline's.
type Times = BTreeMap<(usize, &'static str), [Duration; 2]>;

struct Bench {
    pool: PgPool,
    url: String,
    boss: Caller,
    manager: Caller,
    form: DefinitionForm,
    items: u32,
    times: Times,
}

#[tokio::main]
async fn main() -> Result<()> {
    let items = std::env::args().nth(1).map_or(Ok(200_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let embedded = EmbeddedSettings { pg_bin: None, data_dir: Some(folder.path().join("data")) };
    let database = Database::connect(&DatabaseSettings { url: None, embedded, ..DatabaseSettings::default() }).await?;
    let result = measured(&database, items).await;
    database.close().await?;
    print(&result?, items);
    Ok(())
}

async fn measured(database: &Database, items: u32) -> Result<Times> {
    database.migrate().await?;
    let pool = database.pool().clone();
    let url = database.embedded_url().ok_or_else(|| eyre!("the private PostgreSQL has no address"))?.to_owned();
    let started = Instant::now();
    large::seed(&pool, Size { persons: items, items, rms: 1 }).await?;
    println!("cutline seed --items {items} --rms 1: {:.1} s\n", started.elapsed().as_secs_f64());
    let boss = company::company_named(&pool, large::COMPANY).await?.ok_or_else(|| eyre!("no company was made"))?;
    let acting = async |email: &'static str| -> Result<Caller> {
        let account = sqlx::query_scalar("select account_id from account where email = $1").bind(email);
        let id: uuid::Uuid = account.fetch_one(&pool).await?;
        Ok(Caller::acting(&pool, id.into(), Some(boss)).await?)
    };
    let (boss, manager) = (acting("admin@demo.example").await?, acting("rm1@demo.example").await?);
    let mut bench =
        Bench { pool: pool.clone(), url, boss, manager, form: large::definition(), items, times: Times::new() };
    for round in 0..ROUNDS {
        let plain = bench.define(&format!("Plain {round}")).await?;
        bench.plain(plain).await?;
        let ours = bench.define(&format!("Cutline {round}")).await?;
        let cycle = bench.ours(ours).await?;
        bench.export(cycle).await?;
    }
    Ok(bench.times)
}

impl Bench {
    async fn define(&self, product: &str) -> Result<DefinitionId> {
        let form = DefinitionForm { product: product.to_owned(), ..self.form.clone() };
        Ok(planner::save_definition(&self.pool, &self.boss, form, IdempotencyKey::new()).await?)
    }

    /// Everything written and counted, so that the next measurement pays for itself alone.
    async fn settled(&self) -> Result<()> {
        for statement in ["vacuum analyze", "checkpoint"] {
            self.pool.execute(statement).await?;
        }
        Ok(())
    }

    fn keep(&mut self, nr: usize, what: &'static str, baseline: bool, took: Duration) {
        let best = self.times.entry((nr, what)).or_insert([Duration::MAX; 2]);
        best[usize::from(baseline)] = best[usize::from(baseline)].min(took);
    }

    async fn plain(&mut self, definition: DefinitionId) -> Result<()> {
        let cycle = CycleId::new();
        let borders = format!("{{{}}}", BORDERS.map(|border| border.to_string()).join(","));
        for (nr, what, file) in [
            (0, "open a cycle", "open"),
            (1, "save and enable", "enable"),
            (2, "approve all", "approve"),
            (3, "Transfer", "transfer"),
        ] {
            self.settled().await?;
            let file = format!("{}/examples/plain/{file}.sql", env!("CARGO_MANIFEST_DIR"));
            let mut psql = Command::new("psql");
            psql.args([&self.url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", &file]);
            for (name, value) in [
                ("company", self.boss.company.to_string()),
                ("definition", definition.to_string()),
                ("cycle", cycle.to_string()),
                ("audit", uuid::Uuid::now_v7().to_string()),
                ("by", self.boss.actor.account.to_string()),
                ("items", self.items.to_string()),
                ("borders", borders.clone()),
            ] {
                psql.args(["-v", &format!("{name}={value}")]);
            }
            let started = Instant::now();
            ensure!(psql.status()?.success(), "psql failed");
            self.keep(nr, what, true, started.elapsed());
        }
        Ok(())
    }

    async fn ours(&mut self, definition: DefinitionId) -> Result<CycleId> {
        let (pool, boss, manager) = (self.pool.clone(), self.boss.clone(), self.manager.clone());
        self.settled().await?;
        let started = Instant::now();
        let opened = planner::open_cycle(&pool, &boss, definition, "Cutline", IdempotencyKey::new()).await?;
        let cycle = opened.cycle;
        self.keep(0, "open a cycle", false, started.elapsed());
        planner::start_borders(&pool, &boss, cycle, Seen::at(1)).await?;
        let borders = Borders::new(BORDERS.map(Score::from_hundredths).to_vec())?;
        let planned = self.form.classes.planned();
        let request = SaveBorders { cycle, seen: Seen::at(2), seen_draft: None, borders, planned };
        self.settled().await?;
        let started = Instant::now();
        planner::enable(&pool, &boss, request).await?;
        self.keep(1, "save and enable", false, started.elapsed());
        let columns = planner::snapshot(&pool, &manager, cycle).await?;
        let all: Vec<u32> = (0..columns.len() as u32).collect();
        let shown = Shown::of(GridQuery::default(), &approvable(&columns, &all));
        ensure!(shown.items == self.items, "only {} items can be accepted", shown.items);
        let request = ApproveAll { cycle, seen: Seen::at(columns.revision), shown };
        self.settled().await?;
        let started = Instant::now();
        let outcome = planner::approve_all(&pool, &manager, request).await?;
        self.keep(2, "approve all", false, started.elapsed());
        self.settled().await?;
        let started = Instant::now();
        planner::transfer(&pool, &boss, cycle, false, Seen::at(outcome.revision)).await?;
        self.keep(3, "Transfer", false, started.elapsed());
        Ok(cycle)
    }

    async fn export(&mut self, cycle: CycleId) -> Result<()> {
        self.settled().await?;
        let query = GridQuery::default();
        let started = Instant::now();
        let rows = planner::export_rows(&self.pool, &self.boss, cycle, &query).await?;
        export::workbook(&rows, &query, None)?;
        self.keep(4, "export to Excel", false, started.elapsed());
        let peer = Command::new("python3").args(["-c", "import xlsxwriter"]).stderr(Stdio::null()).status();
        if !peer.is_ok_and(|status| status.success()) {
            println!("XlsxWriter is not there (pip install XlsxWriter): the export is measured alone.");
            return Ok(());
        }
        let plain = format!("{}/examples/plain", env!("CARGO_MANIFEST_DIR"));
        let file = tempfile::NamedTempFile::new()?;
        let started = Instant::now();
        let mut rows = Command::new("psql")
            .args([&self.url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", &format!("{plain}/export.sql")])
            .stdout(Stdio::piped())
            .spawn()?;
        let from = rows.stdout.take().ok_or_else(|| eyre!("psql has no output"))?;
        let written =
            Command::new("python3").arg(format!("{plain}/export.py")).arg(file.path()).stdin(from).status()?;
        ensure!(rows.wait()?.success() && written.success(), "the export by XlsxWriter failed");
        self.keep(4, "export to Excel", true, started.elapsed());
        Ok(())
    }
}

fn print(times: &Times, items: u32) {
    println!("| {items} items | plain s | Cutline s | Cutline / plain |\n|---|---:|---:|---:|");
    for ((_, what), [ours, plain]) in times {
        let ours = ours.as_secs_f64();
        if *plain == Duration::MAX {
            println!("| {what} | | {ours:.2} | |");
        } else {
            let plain = plain.as_secs_f64();
            println!("| {what} | {plain:.2} | {ours:.2} | {:.2} |", ours / plain);
        }
    }
}
