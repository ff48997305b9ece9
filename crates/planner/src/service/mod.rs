//! The planner's use cases. Each owns its transaction: permission, lock, the domain's decision, the change, its audit
//! record, the answer kept for a repeated command.

mod borders;
mod cycles;
mod decisions;
mod definitions;
mod population;
mod reading;
mod transfer;

pub use borders::{enable, save_draft, start_borders};
pub use cycles::{open_cycle, reset, view};
pub use decisions::decide;
pub use definitions::{choices, overview, save_definition};
pub use population::population_changed;
pub use reading::{ExportRows, changes, detail, export_rows, order, search, snapshot, texts};
pub use transfer::transfer;

use super::store::cycles::{self as store, CycleRow};
use crate::platform::audit::{self, Entry};
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use crate::platform::wire::Seen;
use cutline_domain::CycleState;
use cutline_domain::ids::{AuditId, CompanyId, CycleId};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// Rebuilds a cycle from its audit records alone, for proofs and repairs.
pub async fn replayed(
    pool: &PgPool,
    company: CompanyId,
    cycle: CycleId,
) -> Result<Option<cutline_domain::audit::CycleRecord>, AppError> {
    let events = super::store::history::events(&mut *pool.acquire().await?, company, cycle).await?;
    Ok(cutline_domain::audit::replay(events))
}

/// A transaction in which all reads show one moment.
async fn moment(pool: &PgPool) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, AppError> {
    Ok(pool.begin_with("begin isolation level repeatable read read only").await?)
}

/// Gives the cycle its next revision and state, and writes the audit record that says so: both before and after, and
/// what else `after` tells of the command.
async fn advance(
    conn: &mut PgConnection,
    caller: &Caller,
    cycle: &CycleRow,
    state: CycleState,
    (command, reason): (&str, Option<&str>),
    mut after: Value,
) -> Result<(i64, AuditId), AppError> {
    let revision = store::advance(conn, caller.company, cycle.id, state).await?;
    after["state"] = serde_json::to_value(state)?;
    after["revision"] = revision.into();
    let entry = Entry {
        by: Some(caller.actor.account),
        command,
        cycle: Some((cycle.id, revision)),
        reason,
        before: Some(serde_json::json!({ "state": cycle.state, "revision": cycle.revision })),
        after: Some(after),
    };
    Ok((revision, audit::record(conn, caller.company, entry).await?))
}

/// That a cycle is as the user saw it, for commands whose confirmation named numbers.
fn unchanged_since(cycle: &CycleRow, seen: Seen) -> Result<(), AppError> {
    if cycle.revision.cast_unsigned() == seen.revision {
        return Ok(());
    }
    let message = "This cycle changed while you were looking at it. The page now shows how it is; \
                   look at the numbers again, then repeat the command.";
    Err(AppError::Conflict { message: message.to_owned() })
}
