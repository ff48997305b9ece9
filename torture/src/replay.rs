//! Each cycle rebuilt from its audit by the rules alone, and compared with the tables.

use crate::report::Report;
use cutline_domain::base::number::Score;
use cutline_domain::planner::approval::{CycleState, Item, Override, Status};
use cutline_domain::planner::replay::{CycleRecord, Event, replay};
use cutline_domain::{Borders, Class};
use eyre::{Result, eyre};
use serde_json::Value;
use sqlx::{FromRow, PgPool, Row};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// An item as a row of `item` or `audit_item` has it.
#[derive(FromRow)]
struct Stored {
    seq: i32,
    score: Option<i64>,
    latest_score: Option<i64>,
    current_class: Option<i16>,
    proposed_class: Option<i16>,
    override_class: Option<i16>,
    override_reason: Option<String>,
    suggested_class: Option<i16>,
    suggested_reason: Option<String>,
    status: String,
    decision_reason: Option<String>,
}

const COLUMNS: &str = "seq, score, latest_score, current_class, proposed_class, override_class, override_reason, \
                       suggested_class, suggested_reason, status, decision_reason";

impl Stored {
    fn item(self) -> Result<(u32, Item)> {
        let class = |position: i16| u8::try_from(position).map(Class);
        let overridden = |position: Option<i16>, reason: Option<String>| -> Result<_> {
            Ok(position.map(class).transpose()?.zip(reason).map(|(class, reason)| Override { class, reason }))
        };
        let item = Item {
            score: self.score.map(Score::from_hundredths),
            latest_score: self.latest_score.map(Score::from_hundredths),
            current: self.current_class.map(class).transpose()?,
            proposed: self.proposed_class.map(class).transpose()?,
            overridden: overridden(self.override_class, self.override_reason)?,
            suggested: overridden(self.suggested_class, self.suggested_reason)?,
            status: self.status.parse::<Status>().map_err(|error| eyre!("{error}"))?,
            decision_reason: self.decision_reason,
        };
        Ok((self.seq.cast_unsigned(), item))
    }
}

fn borders(hundredths: Vec<i64>) -> Result<Borders> {
    Borders::new(hundredths.into_iter().map(Score::from_hundredths).collect()).map_err(|error| eyre!("{error}"))
}

async fn events(pool: &PgPool, cycle: Uuid) -> Result<Vec<Event>> {
    let sql = format!("select audit_id, {COLUMNS} from audit_item where cycle_id = $1");
    let mut touched: HashMap<Uuid, BTreeMap<u32, Item>> = HashMap::new();
    for row in sqlx::query(sqlx::AssertSqlSafe(sql)).bind(cycle).fetch_all(pool).await? {
        let (seq, item) = Stored::from_row(&row)?.item()?;
        touched.entry(row.get("audit_id")).or_default().insert(seq, item);
    }
    let sql = "select audit_id, command, after from audit_record where subject_id = $1 order by revision, audit_id";
    let records: Vec<(Uuid, String, Option<Value>)> = sqlx::query_as(sql).bind(cycle).fetch_all(pool).await?;
    let event = |(audit, command, after): (Uuid, String, Option<Value>)| -> Result<Event> {
        let items = touched.remove(&audit).unwrap_or_default();
        let saved = || borders(serde_json::from_value(after.map_or(Value::Null, |after| after["borders"].clone()))?);
        Ok(match command.as_str() {
            "open cycle" => Event::Opened(items),
            "population changed" => Event::Joined(items),
            "start borders" => Event::BordersStarted,
            "save draft" => Event::DraftSaved(saved()?),
            "enable for approval" => Event::Enabled(saved()?),
            "reset cycle" => Event::Reset,
            "transfer" => Event::Transferred,
            "accept" | "reject" | "override" | "withdraw" => Event::Decided(items),
            other => return Err(eyre!("a cycle knows no command \u{201c}{other}\u{201d}")),
        })
    };
    records.into_iter().map(event).collect()
}

/// What the tables say of a cycle.
async fn stored(
    pool: &PgPool,
    cycle: Uuid,
) -> Result<(CycleState, Option<Borders>, Option<Borders>, BTreeMap<u32, Item>)> {
    let sql = "select c.state, d.borders, f.borders from cycle c
               left join border_version d on d.company_id = c.company_id and d.cycle_id = c.cycle_id and d.version = c.draft_version
               left join border_version f on f.company_id = c.company_id and f.cycle_id = c.cycle_id and f.version = c.frozen_version
               where c.cycle_id = $1";
    let (state, draft, frozen): (String, Option<Vec<i64>>, Option<Vec<i64>>) =
        sqlx::query_as(sql).bind(cycle).fetch_one(pool).await?;
    let sql = format!("select {COLUMNS} from item where cycle_id = $1");
    let rows: Vec<Stored> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(cycle).fetch_all(pool).await?;
    let items = rows.into_iter().map(Stored::item).collect::<Result<_>>()?;
    let state = state.parse().map_err(|error| eyre!("{error}"))?;
    Ok((state, draft.map(borders).transpose()?, frozen.map(borders).transpose()?, items))
}

/// Rebuilds one cycle, and compares.
pub async fn cycle(pool: &PgPool, cycle: Uuid, report: &mut Report) -> Result<()> {
    const NAME: &str = "replay: the audit tells the cycle";
    let Some(CycleRecord { stage, draft, items }) = replay(events(pool, cycle).await?) else {
        report.fault(NAME, format!("{cycle} doesn't begin with its opening"));
        return Ok(());
    };
    let (state, saved, frozen, is) = stored(pool, cycle).await?;
    let as_stored = (stage.state(), stage.frozen(), draft.as_ref()) == (state, frozen.as_ref(), saved.as_ref());
    report.hold(NAME, as_stored, || format!("{cycle} is {state:?}, told as {:?}, or has other borders", stage.state()));
    let other: Vec<u32> = is.keys().chain(items.keys()).filter(|seq| is.get(seq) != items.get(seq)).copied().collect();
    report.hold(NAME, other.is_empty(), || {
        let seq = other[0];
        format!(
            "{cycle}: {} items differ, such as {seq}: {:?}, told as {:?}",
            other.len(),
            is.get(&seq),
            items.get(&seq)
        )
    });
    Ok(())
}

/// Rebuilds all cycles.
pub async fn look(pool: &PgPool, report: &mut Report) -> Result<()> {
    of(pool, "select cycle_id from cycle order by cycle_id", report).await
}

/// Rebuilds those that are open.
pub async fn look_open(pool: &PgPool, report: &mut Report) -> Result<()> {
    of(pool, "select cycle_id from cycle where state <> 'transferred' order by cycle_id", report).await
}

async fn of(pool: &PgPool, sql: &'static str, report: &mut Report) -> Result<()> {
    for id in sqlx::query_scalar(sql).fetch_all(pool).await? {
        cycle(pool, id, report).await?;
    }
    Ok(())
}
