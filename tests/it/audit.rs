//! The audit trail: after a long run of all kinds of commands, possible and impossible ones, the records alone rebuild
//! every cycle, and every command left exactly one. Each test has a database of its own.

use crate::support::{World, accept, override_to, reject, whole, withdraw, world};
use cutline::server::registry;
use cutline_domain::base::ids::{CycleId, IdempotencyKey};
use cutline_domain::planner::approval::ItemCommand;
use cutline_domain::{Borders, Score};
use cutline_planner::model::Command;
use cutline_planner::model::{Decide, SaveBorders};
use cutline_planner::service;
use cutline_platform::session::Caller;
use cutline_wire::Seen;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A record of a cycle.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Record {
    account_id: Option<Uuid>,
    command: String,
    revision: i64,
    reason: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
}

async fn records(pool: &PgPool, cycle: CycleId) -> Vec<Record> {
    sqlx::query_as("select * from audit_record where subject_id = $1 order by revision, audit_id")
        .bind(cycle.0)
        .fetch_all(pool)
        .await
        .unwrap()
}

/// That the records alone tell the state, the borders and every item of a cycle.
async fn assert_replays(w: &World, cycle: CycleId) {
    let told = service::replayed(&w.pool, w.company, cycle).await.unwrap().unwrap();
    let view = service::view(&w.pool, &w.admin, cycle).await.unwrap();
    assert_eq!(told.stage.state(), view.state);
    assert_eq!(told.stage.frozen(), view.frozen.map(|version| version.borders).as_ref());
    assert_eq!(told.draft, view.draft.map(|version| version.borders));
    let is: BTreeMap<u32, _> = w.items(cycle).await.values().map(|row| (row.seq.unsigned_abs(), row.item())).collect();
    assert_eq!(told.items, is);
}

/// One command of the run.
struct Done {
    by: Caller,
    command: &'static str,
    reason: Option<String>,
    result: cutline_platform::Result<()>,
}

struct Run<'a> {
    w: &'a World,
    random: ChaCha8Rng,
    cycle: CycleId,
    contacts: usize,
}

impl Run<'_> {
    fn borders(&mut self) -> Borders {
        let low = self.random.random_range(0..3000);
        let high = low + self.random.random_range(1..3000);
        Borders::new([low, high].map(Score::from_hundredths).to_vec()).unwrap()
    }

    async fn request(&mut self) -> SaveBorders {
        let borders = self.borders();
        self.w.request(self.cycle, borders).await
    }

    /// A command on the cycle, as likely impossible as possible.
    async fn command(&mut self) -> Done {
        let (w, cycle) = (self.w, self.cycle);
        let pool = &w.pool;
        let seen = w.seen(cycle).await;
        let done = |by: &Caller, command, reason: Option<&str>, result: cutline_platform::Result<()>| Done {
            by: by.clone(),
            command,
            reason: reason.map(str::to_owned),
            result,
        };
        match self.random.random_range(0..100) {
            0..6 => {
                let result = service::start_borders(pool, &w.admin, cycle, seen).await.map(|_| ());
                done(&w.admin, "start borders", None, result)
            }
            6..16 => {
                let result = service::save_draft(pool, &w.admin, self.request().await).await.map(|_| ());
                done(&w.admin, "save draft", None, result)
            }
            16..28 => {
                let result = service::enable(pool, &w.admin, self.request().await).await.map(|_| ());
                done(&w.admin, "enable for approval", None, result)
            }
            28..32 => {
                let typed = ["CONFIRM", "confirm"][self.random.random_range(0..2)].to_owned();
                done(
                    &w.admin,
                    "reset cycle",
                    None,
                    service::reset(pool, &w.admin, cycle, typed, seen).await.map(|_| ()),
                )
            }
            32..36 => {
                let only = self.random.random_range(0..4) == 0;
                let result = service::transfer(pool, &w.admin, cycle, only, seen).await.map(|_| ());
                done(&w.admin, "transfer", None, result)
            }
            _ => {
                let by = [&w.north, &w.city, &w.south][self.random.random_range(0..3)];
                let (name, command): (_, ItemCommand) = match self.random.random_range(0..8) {
                    0 | 1 => ("reject", reject(" Retires ")),
                    2 | 3 => ("override", override_to(self.random.random_range(0..4), "Opinion leader")),
                    4 => ("withdraw", withdraw()),
                    _ => ("accept", accept()),
                };
                let items = (0..self.contacts as u32).filter(|_| self.random.random_range(0..4) == 0).collect();
                // Some look at a page that is a little old.
                let seen = Seen::at(seen.revision.saturating_sub(self.random.random_range(0..3)));
                let request = Decide { cycle, seen, items, command };
                let result = service::decide(pool, by, request).await.map(|_| ());
                let reason = match name {
                    "reject" => Some("Retires"),
                    "override" => Some("Opinion leader"),
                    _ => None,
                };
                done(by, name, reason, result)
            }
        }
    }

    /// New data: a contact more, a score changed, a score gone.
    async fn data(&mut self) {
        if self.random.random_range(0..3) == 0 {
            let region = ["NORTH", "CITY", "SOUTH"][self.random.random_range(0..3)];
            let score = self.random.random_range(0..60);
            self.w.load(&[(&format!("C{:03}", self.contacts), region, "", &score.to_string())]).await;
            self.contacts += 1;
        } else {
            let id = format!("C{:03}", self.random.random_range(0..self.contacts));
            let score = self.random.random_range(-10..60);
            let text = if score < 0 { String::new() } else { score.to_string() };
            self.w.rescore(&id, &text).await;
        }
    }
}

async fn long_run(pool: &PgPool, seed: u64) {
    let w = world(pool).await;
    let first: Vec<(String, &str, String)> =
        (0..12).map(|i| (format!("C{i:03}"), ["NORTH", "CITY", "SOUTH"][i % 3], (i * 5).to_string())).collect();
    w.load(&first.iter().map(|(id, region, score)| (id.as_str(), *region, "", score.as_str())).collect::<Vec<_>>())
        .await;
    let cycle = w.open("Round 0").await;
    let mut run = Run { w: &w, random: ChaCha8Rng::seed_from_u64(seed), cycle, contacts: 12 };
    let mut all = vec![cycle];
    let mut succeeded: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = 0;
    for step in 0..220 {
        let cycle = run.cycle;
        let before = records(pool, cycle).await;
        if step % 9 == 4 {
            run.data().await;
            let after = records(pool, cycle).await;
            assert_eq!(after.len() as u64, w.revision(cycle).await, "one record for every revision");
            assert!(after.len() <= before.len() + 1);
            continue;
        }
        let was = w.state(cycle).await;
        let done = run.command().await;
        let after = records(pool, cycle).await;
        if done.result.is_err() {
            refused += 1;
            assert_eq!(after.len(), before.len(), "{} was refused and left a record", done.command);
            continue;
        }
        *succeeded.entry(done.command).or_default() += 1;
        assert_eq!(after.len(), before.len() + 1, "{}: {:?}", done.command, done.result);
        let (state, revision) = (w.state(cycle).await, w.revision(cycle).await);
        let record = after.last().unwrap();
        assert_eq!(record.account_id, Some(done.by.actor.account.0));
        assert_eq!((record.command.as_str(), &record.reason), (done.command, &done.reason));
        assert_eq!(record.before, Some(json!({ "state": was, "revision": revision - 1 })));
        let told = record.after.as_ref().unwrap();
        assert_eq!((&told["state"], &told["revision"]), (&json!(state), &json!(revision)));
        assert_eq!(record.revision.unsigned_abs(), revision);
        if done.command == "transfer" {
            run.cycle = w.open(&format!("Round {}", all.len())).await;
            all.push(run.cycle);
        }
        if step % 10 == 0 {
            assert_replays(&w, cycle).await;
        }
    }
    for command in [
        "start borders",
        "save draft",
        "enable for approval",
        "reset cycle",
        "accept",
        "reject",
        "override",
        "transfer",
    ] {
        assert!(succeeded.contains_key(command), "seed {seed} never came to {command}: {succeeded:?}");
    }
    assert!(refused > 20, "seed {seed} had only {refused} refusals");
    for cycle in all {
        assert_replays(&w, cycle).await;
        let revisions: Vec<i64> = records(pool, cycle).await.iter().map(|record| record.revision).collect();
        assert_eq!(revisions, (1..=revisions.len() as i64).collect::<Vec<_>>(), "one record for every revision");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn records_alone_rebuild_the_cycle(pool: PgPool) {
    Box::pin(long_run(&pool, 1)).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn records_alone_rebuild_another_cycle(pool: PgPool) {
    Box::pin(long_run(&pool, 2)).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_decision_records_each_item_before_and_after(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "15")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C1", "C2"], override_to(2, "Opinion leader")).await.unwrap();
    w.decide(&w.north, cycle, &["C1"], override_to(1, "Half")).await.unwrap();
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], reject("Retires")).await.unwrap();
    let trail: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', command, seq, coalesce(override_before, -1), override_class, status_before, status, decision_reason)
         from audit_item join audit_record using (company_id, audit_id)
         where audit_item.cycle_id = $1 and revision > 3 order by revision, seq",
    )
    .bind(cycle.0)
    .fetch_all(&pool)
    .await
    .unwrap();
    let wanted = [
        "override 0 -1 2 in_progress in_progress",
        "override 1 -1 2 in_progress in_progress",
        "override 0 2 1 in_progress in_progress",
        "accept 0 1 1 in_progress accepted",
        "reject 1 2 2 in_progress rejected Retires",
    ];
    assert_eq!(trail, wanted);
    let history = service::detail(&pool, &registry(), &w.analyst, cycle, 1).await.unwrap().history;
    let told: Vec<_> = history
        .iter()
        .map(|entry| (entry.by.as_deref(), entry.command, entry.to.as_deref(), entry.reason.as_deref()))
        .collect();
    let wanted = [
        (Some("Nora North"), Command::Reject, None, Some("Retires")),
        (Some("Nora North"), Command::Override, Some("A"), Some("Opinion leader")),
        (Some("Ada Admin"), Command::Enable, None, None),
        (Some("Ada Admin"), Command::OpenCycle, None, None),
    ];
    assert_eq!(told, wanted, "newest first");
}

#[sqlx::test(migrations = "./migrations")]
async fn commands_outside_cycles_leave_a_record_too(pool: PgPool) {
    let w = world(&pool).await;
    let all: Vec<(String, Option<Uuid>, bool, bool)> = sqlx::query_as(
        "select command, account_id, before is not null, after is not null from audit_record order by audit_id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let by = Some(w.admin.actor.account.0);
    let mut wanted = vec![("found company", false)];
    wanted.extend([("save region", false); 3]);
    wanted.extend([("save person", false); 5]);
    wanted.push(("save definition", false));
    assert_eq!(
        all,
        wanted.into_iter().map(|(command, before)| (command.to_owned(), by, before, true)).collect::<Vec<_>>()
    );
    let text: String =
        sqlx::query_scalar("select string_agg(t::text, ' ') from audit_record t").fetch_one(&pool).await.unwrap();
    assert!(!text.contains(crate::support::PASSWORD) && !text.contains("argon2"), "no password in the trail");
    let cycle =
        service::open_cycle(&pool, &w.admin, w.definition, "2026 H1", IdempotencyKey::new()).await.unwrap().cycle;
    service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    service::enable(&pool, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.unwrap();
    w.transfer(cycle, false).await.unwrap();
    let commands: Vec<String> = records(&pool, cycle).await.into_iter().map(|record| record.command).collect();
    assert_eq!(commands, ["open cycle", "start borders", "enable for approval", "transfer"]);
}
