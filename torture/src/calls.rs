//! What the torture asks of the program, as JSON: the one place that knows how requests are spelled.

use crate::http::{Answer, Browser};
use cutline_domain::planner::approval::{CycleState, Status};
use cutline_domain::planner::snapshot::Columns;
use eyre::{Result, ensure, eyre};
use serde_json::{Value, json};
use uuid::Uuid;

/// A request that changes something: asked again, it has the same key.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which server function.
    pub endpoint: &'static str,
    /// Its arguments.
    pub arguments: Value,
}

impl Request {
    /// Sends it.
    pub async fn send(&self, by: &Browser) -> std::io::Result<Answer> {
        by.call(self.endpoint, &self.arguments).await
    }
}

/// A cycle as a user sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub id: Uuid,
    /// Where it stands.
    pub state: CycleState,
    /// Its revision.
    pub revision: u64,
    draft: Value,
    planned: Vec<u64>,
}

impl Seen {
    /// Looks at a cycle.
    pub async fn look(by: &Browser, id: Uuid) -> Result<Self> {
        let answer = by.call("planner/cycle/view", &json!({ "id": id })).await?;
        ensure!(answer.is_done(), "the cycle can't be seen: {} {}", answer.status, answer.text());
        let view = answer.json();
        let classes = view["scheme"].as_array().ok_or_else(|| eyre!("a cycle without classes: {view}"))?;
        Ok(Self {
            id,
            state: serde_json::from_value(view["state"].clone())?,
            revision: view["revision"].as_u64().ok_or_else(|| eyre!("no revision"))?,
            draft: view["draft"]["version"].clone(),
            planned: classes.iter().filter_map(|class| class["planned"].as_u64()).collect(),
        })
    }

    fn seen(&self) -> Value {
        json!({ "revision": self.revision, "key": Uuid::now_v7() })
    }

    /// Collecting → Drafting.
    pub fn start_borders(&self) -> Request {
        let arguments = json!({ "id": self.id, "seen": self.seen() });
        Request { endpoint: "planner/cycle/start-borders", arguments }
    }

    fn borders(&self, endpoint: &'static str, lowest: i64) -> Request {
        // In hundredths, each twice the one below.
        let borders: Vec<i64> = (1..self.planned.len()).map(|nr| lowest << nr).collect();
        let request = json!({
            "cycle": self.id, "seen": self.seen(), "seen_draft": self.draft, "borders": borders, "planned": self.planned
        });
        Request { endpoint, arguments: json!({ "request": request }) }
    }

    /// Keeps borders.
    pub fn save_draft(&self, lowest: i64) -> Request {
        self.borders("planner/cycle/save-draft", lowest)
    }

    /// Drafting → Approving.
    pub fn enable(&self, lowest: i64) -> Request {
        self.borders("planner/cycle/enable", lowest)
    }

    /// A decision on items: `Accept`, or one with its arguments.
    pub fn decide(&self, items: &[u32], command: &Value) -> Request {
        let request = json!({ "cycle": self.id, "seen": self.seen(), "items": items, "command": command });
        Request { endpoint: "planner/cycle/decide", arguments: json!({ "request": request }) }
    }

    /// Approving → Drafting.
    pub fn reset(&self) -> Request {
        let arguments = json!({ "id": self.id, "typed": "CONFIRM", "seen": self.seen() });
        Request { endpoint: "planner/cycle/reset", arguments }
    }

    /// Approving → Transferred.
    pub fn transfer(&self) -> Request {
        let arguments = json!({ "id": self.id, "accepted_only": true, "seen": self.seen() });
        Request { endpoint: "planner/cycle/transfer", arguments }
    }
}

/// Opens a cycle of a definition.
pub fn open(definition: Uuid) -> Request {
    let key = Uuid::now_v7();
    let arguments = json!({ "definition": definition, "name": format!("Round {}", key.simple()), "key": key });
    Request { endpoint: "planner/cycle/open", arguments }
}

/// A definition.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Which.
    pub id: Uuid,
    /// Its newest cycle, if it has one.
    pub cycle: Option<Uuid>,
    /// How many contacts it is about.
    pub population: u64,
}

/// All definitions.
pub async fn definitions(by: &Browser) -> Result<Vec<Definition>> {
    let answer = by.call("planner/overview", &json!({})).await?;
    ensure!(answer.is_done(), "no overview: {} {}", answer.status, answer.text());
    let all = answer.json();
    let all = all.as_array().ok_or_else(|| eyre!("the overview is no list"))?;
    let id = |value: &Value| value.as_str().and_then(|id| id.parse().ok());
    let read = |one: &Value| {
        let population = one["population"].as_u64()?;
        Some(Definition { id: id(&one["id"])?, cycle: id(&one["cycle"]["id"]), population })
    };
    Ok(all.iter().filter_map(read).collect())
}

/// Items of a cycle within sight that have a status.
pub async fn items(by: &Browser, cycle: Uuid, status: Option<Status>) -> Result<Vec<u32>> {
    let answer = by.get(&format!("/api/cycles/{cycle}/snapshot")).await?;
    ensure!(answer.is_done(), "no snapshot: {} {}", answer.status, answer.text());
    let columns = Columns::decode(&answer.body).map_err(|error| eyre!("{error}"))?;
    let wanted = |index: &usize| status.is_none_or(|status| columns.status(*index) == status);
    Ok((0..columns.len()).filter(wanted).map(|index| columns.seqs[index]).collect())
}

/// A list of the company's: people or regions, as they can be sent back.
pub async fn list(by: &Browser, endpoint: &str) -> Result<Vec<Value>> {
    let answer = by.call(endpoint, &json!({})).await?;
    ensure!(answer.is_done(), "{endpoint}: {} {}", answer.status, answer.text());
    Ok(answer.json().as_array().cloned().unwrap_or_default())
}

/// Changes one of them.
pub fn change(endpoint: &'static str, mut form: Value, field: &str, value: Value) -> Request {
    form[field] = value;
    form["password"] = json!("");
    Request { endpoint, arguments: json!({ "form": form, "key": Uuid::now_v7() }) }
}
