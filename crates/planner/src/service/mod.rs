//! The planner's use cases. Each is the middle of a command: lock, the domain's decision, the change, its audit record.

mod approve_all;
mod borders;
mod cycles;
mod decisions;
mod definitions;
mod population;
mod reading;
mod snapshots;
mod transfer;

pub use approve_all::{approve_all, decide_asked};
pub use borders::{enable, save_draft, start_borders};
pub use cycles::{open_cycle, reset, versions, view};
pub use decisions::{decide, take_back};
pub use definitions::{choices, overview, save_definition};
pub use population::population_changed;
pub use reading::{ExportRows, changes, detail, export_rows, order, revision, search, snapshot, texts};
pub use snapshots::{may_open, packed_snapshot};
pub use transfer::transfer;

use super::model::Command;
use super::store::cycles::{self as store, CycleRow};
use cutline_domain::Permission;
use cutline_domain::base::ids::{AuditId, CompanyId, CycleId, IdempotencyKey};
use cutline_domain::planner::approval::CycleState;
use cutline_domain::planner::replay::{CycleRecord, replay};
use cutline_platform::Result;
use cutline_platform::audit::{Entry, Subject};
use cutline_platform::command::{Ask, Doing};
use cutline_platform::database::begin;
use cutline_wire::{AppError, Seen};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// Rebuilds a cycle from its audit records alone, for proofs and repairs.
pub async fn replayed(pool: &PgPool, company: CompanyId, cycle: CycleId) -> Result<Option<CycleRecord>> {
    let events = super::store::history::events(&mut *pool.acquire().await?, company, cycle).await?;
    Ok(replay(events))
}

/// A transaction in which all reads show one moment.
async fn moment(pool: &PgPool) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
    begin(pool, "begin isolation level repeatable read read only").await
}

/// A command on a cycle that answers a repetition of `request` with the first answer.
fn once<R: Serialize>(
    command: Command,
    permission: Permission,
    cycle: CycleId,
    key: IdempotencyKey,
    request: &R,
) -> Result<Ask> {
    Ask::once(command.into(), permission, cycle.0, key, request)
}

/// What a command leaves behind: where the cycle stands, and what its audit record tells beside that.
struct Left<'a> {
    state: CycleState,
    reason: Option<&'a str>,
    after: Value,
}

impl Left<'_> {
    /// A state, and nothing more to tell.
    fn at(state: CycleState) -> Self {
        Left { state, reason: None, after: serde_json::json!({}) }
    }
}

/// A cycle's new revision, and the audit record that says so.
struct Advanced {
    revision: i64,
    audit: AuditId,
}

/// Gives the cycle its next revision and state, and writes the audit record: both before and after, and what else
/// `left` tells of the command.
async fn advance(doing: &mut Doing<'_>, cycle: &CycleRow, left: Left<'_>) -> Result<Advanced> {
    let company = doing.company();
    let revision = store::advance(doing.conn, company, cycle.id, left.state).await?;
    let mut after = left.after;
    after["state"] = serde_json::to_value(left.state)?;
    after["revision"] = revision.into();
    let entry = Entry {
        subject: Some(Subject { id: cycle.id.0, revision }),
        reason: left.reason,
        before: Some(serde_json::json!({ "state": cycle.stage.state(), "revision": cycle.revision })),
        after: Some(after),
        ..Entry::default()
    };
    Ok(Advanced { revision, audit: doing.record(entry).await? })
}

/// Locks a cycle for the command under way.
async fn lock(doing: &mut Doing<'_>, cycle: CycleId) -> Result<CycleRow> {
    let company = doing.company();
    store::lock(doing.conn, company, cycle).await
}

/// The classes of a cycle, for the command under way.
async fn scheme(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<cutline_domain::ClassScheme> {
    store::scheme(conn, company, cycle).await
}

/// That a cycle is as the user saw it, for commands whose confirmation named numbers.
fn unchanged_since(cycle: &CycleRow, seen: Seen) -> Result<()> {
    if cycle.revision.cast_unsigned() == seen.revision {
        return Ok(());
    }
    let message = "This cycle changed while you were looking at it. The page now shows how it is; \
                   look at the numbers again, then repeat the command.";
    Err(AppError::conflict(message).into())
}

/// That what the user says to have seen has been there: a revision of the future would switch every comparison off.
fn seen_before(cycle: &CycleRow, seen: Seen) -> Result<()> {
    if seen.revision <= cycle.revision.cast_unsigned() {
        return Ok(());
    }
    Err(AppError::invalid("seen", "This cycle has no such revision yet. Reload the page.").into())
}
