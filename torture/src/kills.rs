//! Server or PostgreSQL killed at a random moment of a long command. Whatever the moment, the command was done or it was not;
//! asked again with the same key it is done once, and the audit tells the cycle as it is.

use crate::calls::{self, Request, Seen};
use crate::http::Browser;
use crate::invariants;
use crate::program;
use crate::replay;
use crate::report::{Report, say};
use crate::stage::{LOWEST, Stage};
use cutline_domain::planner::approval::{CycleState, Status};
use eyre::Result;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Program,
    Postgres,
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Work {
    Enable,
    ApproveAll,
    Reset,
    Transfer,
    Open,
    LoadContacts,
    LoadMeasures,
}

const ALL: [Work; 7] =
    [Work::Enable, Work::ApproveAll, Work::Reset, Work::Enable, Work::Transfer, Work::Open, Work::LoadMeasures];

/// Kills until then; each kind of work at least once with each victim.
pub async fn run(stage: &mut Stage, report: &mut Report, random: &mut ChaCha8Rng, end: Instant) -> Result<()> {
    say("  kills");
    let mut lasting = HashMap::new();
    for round in 0.. {
        for work in ALL.into_iter().chain([Work::LoadContacts]) {
            for victim in [Victim::Program, Victim::Postgres] {
                if round > 0 && Instant::now() > end {
                    return Ok(());
                }
                let usual: Duration = lasting.get(&work).copied().unwrap_or(Duration::from_secs(1));
                let delay = usual.mul_f64(random.random_range(0.0..1.1));
                let name = format!("killed {victim:?} during {work:?}");
                let lasted = match work {
                    Work::LoadContacts | Work::LoadMeasures => {
                        load(stage, report, &name, (work, victim, delay), random).await?
                    }
                    _ => command(stage, report, &name, (work, victim, delay)).await?,
                };
                lasting.insert(work, lasted);
            }
        }
    }
    Ok(())
}

/// The request of a command, who sends it, and the cycle it is about if there is one before.
async fn prepared(stage: &Stage, work: Work) -> Result<(Request, Browser, Option<Seen>)> {
    let admin = stage.admin.clone();
    if work == Work::Open {
        let seen = stage.reach(CycleState::Approving).await?;
        stage.must(&seen.transfer(), &admin).await?;
        return Ok((calls::open(stage.big), admin, None));
    }
    let before = if work == Work::Enable { CycleState::Drafting } else { CycleState::Approving };
    let seen = stage.reach(before).await?;
    let accept = |seen: &Seen, items: &[u32]| seen.decide(items, &json!("Accept"));
    let manager = &stage.manager;
    Ok(match work {
        Work::Enable => (seen.enable(LOWEST), admin, Some(seen)),
        Work::ApproveAll => {
            let mut seen = seen;
            let mut items = calls::items(manager, seen.id, Some(Status::InProgress)).await?;
            if items.len() < 100 {
                stage.must(&seen.reset(), &admin).await?;
                seen = stage.reach(CycleState::Approving).await?;
                items = calls::items(manager, seen.id, Some(Status::InProgress)).await?;
            }
            (accept(&seen, &items), manager.clone(), Some(seen))
        }
        Work::Reset => (seen.reset(), admin, Some(seen)),
        _ => {
            let items = calls::items(manager, seen.id, Some(Status::InProgress)).await?;
            if !items.is_empty() {
                stage.must(&accept(&seen, &items), manager).await?;
            }
            let seen = Seen::look(&admin, seen.id).await?;
            (seen.transfer(), admin, Some(seen))
        }
    })
}

async fn killed(stage: &mut Stage, victim: Victim) -> Result<()> {
    match victim {
        Victim::Program => stage.kill_server().await,
        Victim::Postgres => stage.kill_postgres().await,
    }
}

/// Kills during a command. Gives how long it lasts when nobody does.
async fn command(
    stage: &mut Stage,
    report: &mut Report,
    name: &str,
    (work, victim, delay): (Work, Victim, Duration),
) -> Result<Duration> {
    let (request, by, before) = prepared(stage, work).await?;
    let sending = tokio::spawn({
        let (request, by) = (request.clone(), by.clone());
        async move { request.send(&by).await }
    });
    tokio::time::sleep(delay).await;
    let was_under_way = !sending.is_finished();
    killed(stage, victim).await?;
    match sending.await? {
        Ok(answer) if !answer.is_right() => report.fault(name, format!("{} {}", answer.status, answer.text())),
        _ => report.count(name, if was_under_way { "under way" } else { "done before" }),
    }
    if let Some(before) = &before {
        let revision = revision(stage, before.id).await?;
        let is_whole = revision == before.revision || revision == before.revision + 1;
        report.hold(name, is_whole, || format!("revision {revision} after {}", before.revision));
    }
    let begin = Instant::now();
    // The server may have another address, and the same sessions.
    if let Err(error) = stage.must(&request, &by.by(stage.admin.server)).await {
        report.fault(name, format!("asked again: {error}"));
    }
    let lasted = begin.elapsed().clamp(Duration::from_millis(50), Duration::from_secs(20));
    if let Some(before) = before {
        let revision = revision(stage, before.id).await?;
        report.hold(name, revision == before.revision + 1, || format!("revision {revision} after {}", before.revision));
        replay::cycle(&stage.pool, before.id, report).await?;
    }
    invariants::look(&stage.pool, report).await?;
    // A repetition is answered from its receipt: what it took says something only when the first was lost.
    Ok(if was_under_way { lasted.max(delay) } else { delay })
}

async fn revision(stage: &Stage, cycle: Uuid) -> Result<u64> {
    let revision: i64 =
        sqlx::query_scalar("select revision from cycle where cycle_id = $1").bind(cycle).fetch_one(&stage.pool).await?;
    Ok(revision.cast_unsigned())
}

/// Kills during a load, loads again, and looks whether all of it is there.
async fn load(
    stage: &mut Stage,
    report: &mut Report,
    name: &str,
    (work, victim, delay): (Work, Victim, Duration),
    random: &mut ChaCha8Rng,
) -> Result<Duration> {
    let shift = random.random_range(1..500);
    let value = |nr: usize| (nr as i64 + shift) % 997 + 1;
    let (what, csv) = match work {
        Work::LoadContacts => ("contacts", stage.contacts_csv(&format!(" {shift}"))),
        _ => ("measures", stage.measures_csv(value)),
    };
    let path = stage.file(&csv)?;
    let never = std::future::pending::<()>();
    let cut = match victim {
        Victim::Program => program::load(&stage.program, &stage.url, what, &path, tokio::time::sleep(delay)).await?,
        Victim::Postgres => {
            let loading = program::load(&stage.program, &stage.url, what, &path, never);
            let killing = async {
                tokio::time::sleep(delay).await;
                stage.kill_postgres().await
            };
            let (loaded, killed) = tokio::join!(loading, killing);
            killed?;
            loaded?
        }
    };
    let was_under_way = !cut.is_some_and(|output| output.status.success());
    report.count(name, if was_under_way { "under way" } else { "done before" });
    invariants::look(&stage.pool, report).await?;
    let begin = Instant::now();
    if let Err(error) = stage.done(what, &csv).await {
        report.fault(name, format!("loaded again: {error}"));
    }
    let lasted = begin.elapsed();
    std::fs::remove_file(path)?;
    let missing: i64 = if work == Work::LoadContacts {
        let sql = "select count(*) from contact where external_id like 'X-%' and name not like '% ' || $1";
        sqlx::query_scalar(sql).bind(shift.to_string()).fetch_one(&stage.pool).await?
    } else {
        let sql = "select count(*) from contact c
                   join contact_measure v using (company_id, contact_id) join measure m using (company_id, measure_id)
                   where m.name = 'patients' and c.external_id like 'X-%'
                     and v.value <> ((substr(c.external_id, 3)::bigint + $1) % 997 + 1) * 100";
        sqlx::query_scalar(sql).bind(shift).fetch_one(&stage.pool).await?
    };
    report.hold(name, missing == 0, || format!("{missing} lines of the file are not what is stored"));
    replay::look_open(&stage.pool, report).await?;
    invariants::look(&stage.pool, report).await?;
    Ok(if was_under_way { lasted } else { delay })
}
