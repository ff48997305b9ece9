//! Eight users at two servers and loads beside them, at random: nothing but answers that a person may get, and the same answer
//! to the same key.

use crate::calls::{self, Request, Seen};
use crate::http::{Answer, Browser};
use crate::program;
use crate::report::{Report, say};
use crate::stage::{ADMINS, LOWEST, MANAGERS, PASSWORD, Stage};
use cutline_domain::planner::approval::{CycleState, Status};
use eyre::Result;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::task::JoinSet;

/// Who is there, and at which server.
const USERS: [(&str, usize); 8] = [
    (ADMINS[0], 0),
    (ADMINS[1], 1),
    (ADMINS[0], 1),
    (MANAGERS[0], 0),
    (MANAGERS[0], 1),
    (MANAGERS[1], 1),
    (MANAGERS[2], 0),
    ("analyst@demo.example", 0),
];

/// One of them.
struct User {
    browser: Browser,
    is_admin: bool,
    servers: Vec<SocketAddr>,
    random: ChaCha8Rng,
    report: Report,
}

/// All of them until then.
pub async fn run(stage: &mut Stage, report: &mut Report, random: &mut ChaCha8Rng, end: Instant) -> Result<()> {
    say("  many at once");
    let servers: Vec<SocketAddr> = stage.servers.iter().map(|server| server.address).collect();
    let mut users = JoinSet::new();
    for (email, server) in USERS {
        let mut browser = Browser::new(servers[server]);
        browser.sign_in(email, PASSWORD).await?;
        let random = ChaCha8Rng::seed_from_u64(random.random());
        let is_admin = ADMINS.contains(&email);
        let user = User { browser, is_admin, servers: servers.clone(), random, report: Report::default() };
        users.spawn(user.work(end));
    }
    while Instant::now() < end {
        let (what, csv) = if random.random_range(0..3) == 0 {
            ("contacts", stage.moves_csv(random))
        } else {
            let shift = random.random_range(1..500);
            ("measures", stage.measures_csv(|nr| (nr as i64 + shift) % 997 + 1))
        };
        let path = stage.file(&csv)?;
        let loaded = program::load(&stage.program, &stage.url, what, &path, std::future::pending()).await?;
        let name = format!("many at once: load {what}");
        let Some(loaded) = loaded else { continue };
        report.hold(&name, loaded.status.success(), || String::from_utf8_lossy(&loaded.stderr).into_owned());
        std::fs::remove_file(path)?;
    }
    while let Some(user) = users.join_next().await {
        report.add(user??);
    }
    // Whoever is an admin still makes both admins again.
    for email in ADMINS {
        let mut browser = Browser::new(servers[0]);
        browser.sign_in(email, PASSWORD).await?;
        for email in ADMINS {
            let _ = stage.role(&browser, email, "admin").await;
        }
    }
    Ok(())
}

impl User {
    async fn work(mut self, end: Instant) -> Result<Report> {
        while Instant::now() < end {
            let request = match self.choose().await {
                Ok(Some(request)) => request,
                Ok(None) => continue,
                // Somebody took the role away, or a cycle is not to be seen any more.
                Err(error) => {
                    self.report.count(
                        "many at once: looking",
                        if error.to_string().contains(" 5") { "busy" } else { "refused" },
                    );
                    continue;
                }
            };
            let answer = request.send(&self.browser).await?;
            self.judge(&request, &answer);
            if self.random.random_range(0..8) == 0 {
                let server = *self.servers.choose(&mut self.random).unwrap_or(&self.browser.server);
                let again = request.send(&self.browser.by(server)).await?;
                self.compare(&request, &answer, &again);
            }
        }
        Ok(self.report)
    }

    fn judge(&mut self, request: &Request, answer: &Answer) {
        let name = format!("many at once: {}", request.endpoint);
        match answer.status {
            200 => self.report.count(&name, "done"),
            503 => self.report.count(&name, "busy"),
            _ if answer.is_right() => self.report.count(&name, "refused"),
            status => self.report.fault(&name, format!("{status} {}", answer.text())),
        }
    }

    /// The same again: the same answer, unless it is too late for any.
    fn compare(&mut self, request: &Request, first: &Answer, again: &Answer) {
        let name = format!("same key again: {}", request.endpoint);
        let too_late = matches!(again.status, 401 | 403 | 503);
        if first.is_done() && !too_late {
            let same = again.is_done() && again.json() == first.json();
            self.report
                .hold(&name, same, || format!("first {}, again {} {}", first.text(), again.status, again.text()));
        } else if !again.is_right() {
            self.report.fault(&name, format!("{} {}", again.status, again.text()));
        }
    }

    /// What to do next, as likely impossible as possible.
    async fn choose(&mut self) -> Result<Option<Request>> {
        if self.is_admin && self.random.random_range(0..10) == 0 {
            return self.company().await.map(Some);
        }
        let definitions = calls::definitions(&self.browser).await?;
        let Some(definition) = definitions.choose(&mut self.random) else { return Ok(None) };
        let Some(cycle) = definition.cycle else { return Ok(Some(calls::open(definition.id))) };
        let seen = Seen::look(&self.browser, cycle).await?;
        let lowest = LOWEST + self.random.random_range(-2000..2000);
        if self.random.random_range(0..6) == 0 {
            let all = [
                seen.start_borders(),
                seen.save_draft(lowest),
                seen.enable(lowest),
                seen.reset(),
                calls::open(definition.id),
            ];
            return Ok(all.choose(&mut self.random).cloned());
        }
        Ok(match seen.state {
            CycleState::Collecting => Some(seen.start_borders()),
            CycleState::Drafting if self.random.random_range(0..3) == 0 => Some(seen.enable(lowest)),
            CycleState::Drafting => Some(seen.save_draft(lowest)),
            CycleState::Approving if self.is_admin => match self.random.random_range(0..20) {
                0 => Some(seen.transfer()),
                1 => Some(seen.reset()),
                _ => None,
            },
            CycleState::Approving => self.decision(&seen).await?,
            CycleState::Transferred => Some(calls::open(definition.id)),
        })
    }

    async fn decision(&mut self, seen: &Seen) -> Result<Option<Request>> {
        let reason = |name: &str| json!({ name: { "reason": "Torture" } });
        let (command, status): (Value, _) = match self.random.random_range(0..8) {
            0 => (reason("Reject"), Some(Status::InProgress)),
            1 => (json!({ "Override": { "class": self.random.random_range(0..4), "reason": "Torture" } }), None),
            2 => (json!("Withdraw"), Some(Status::Accepted)),
            _ => (json!("Accept"), Some(Status::InProgress)),
        };
        let items = calls::items(&self.browser, seen.id, status).await?;
        // Approve all, or a few.
        let share = if self.random.random_range(0..12) == 0 { 1 } else { items.len() / 20 + 1 };
        let items: Vec<u32> = items.into_iter().filter(|_| self.random.random_range(0..share) == 0).collect();
        Ok((!items.is_empty()).then(|| seen.decide(&items, &command)))
    }

    /// Two admins who take each other's role, and regions that are put below each other.
    async fn company(&mut self) -> Result<Request> {
        if self.random.random_range(0..2) == 0 {
            let people = calls::list(&self.browser, "company/people").await?;
            let admins: Vec<&Value> =
                people.iter().filter(|person| ADMINS.iter().any(|email| person["email"] == *email)).collect();
            let person = (*admins.choose(&mut self.random).unwrap_or(&&Value::Null)).clone();
            let role = if self.random.random_range(0..3) == 0 { "analyst" } else { "admin" };
            return Ok(calls::change("company/person/save", person, "role", json!(role)));
        }
        let regions = calls::list(&self.browser, "company/regions").await?;
        // Below one of two places only, so that managers keep most of what is theirs.
        let two: Vec<&Value> =
            regions.iter().filter(|region| region["code"] == "LK" || region["code"] == "CO").collect();
        let region = (*two.choose(&mut self.random).unwrap_or(&&Value::Null)).clone();
        let parent = two.choose(&mut self.random).map_or(Value::Null, |parent| parent["id"].clone());
        Ok(calls::change("company/region/save", region, "parent", parent))
    }
}
