//! Opening, reading and resetting cycles.

use super::{advance, moment, unchanged_since};
use crate::planner::model::CycleView;
use crate::planner::store::{cycles, items};
use crate::platform::audit::{self, Entry};
use crate::platform::command;
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use crate::platform::wire::Seen;
use cutline_domain::approval::{CycleCommand, step};
use cutline_domain::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::{CycleState, Permission};
use sqlx::{PgConnection, PgPool};

/// Opens a cycle: Collecting, with every contact of the population as an item.
pub async fn open_cycle(
    pool: &PgPool,
    caller: &Caller,
    definition: DefinitionId,
    name: &str,
    key: IdempotencyKey,
) -> Result<CycleId, AppError> {
    caller.require(Permission::OpenCycle)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(AppError::invalid("name", "A name of 1 to 60 characters is needed, such as 2026 H2."));
    }
    let (company, by) = (caller.company, caller.actor.account);
    let mut tx = pool.begin().await?;
    if let Some(given) = command::answered(&mut tx, company, by, "open cycle", key).await? {
        return Ok(given);
    }
    crate::planner::store::definitions::lock(&mut tx, company, definition).await?;
    let id = CycleId::new();
    if !cycles::insert(&mut tx, company, id, definition, name).await? {
        let message = "This definition already has an open cycle. Transfer it before opening the next one.";
        return Err(AppError::Conflict { message: message.to_owned() });
    }
    let joined = items::join_population(&mut tx, company, id, None, 1).await?;
    items::analyze(&mut tx).await?;
    let entry = Entry {
        by: Some(by),
        command: "open cycle",
        cycle: Some((id, 1)),
        after: Some(serde_json::json!({
            "state": CycleState::Collecting, "revision": 1, "name": name, "definition": definition, "items": joined
        })),
        ..Entry::default()
    };
    let audit = audit::record(&mut tx, company, entry).await?;
    items::trail(&mut tx, company, id, audit, 1).await?;
    command::answer(&mut tx, company, by, "open cycle", key, &id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Everything about a cycle but its items.
pub async fn view(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<CycleView, AppError> {
    caller.require(Permission::View)?;
    view_at(&mut *moment(pool).await?, caller, cycle).await
}

/// [`view`] as part of a moment that shows more.
pub(super) async fn view_at(conn: &mut PgConnection, caller: &Caller, cycle: CycleId) -> Result<CycleView, AppError> {
    let heading = cycles::heading(conn, caller.company, cycle).await?;
    let (draft, frozen) = cycles::versions(conn, caller.company, cycle).await?;
    Ok(CycleView {
        id: cycle,
        name: heading.name,
        product: heading.product,
        specialties_label: heading.specialties_label,
        kind: heading.kind,
        measure: heading.measure,
        state: heading.state,
        revision: heading.revision.cast_unsigned(),
        scheme: cycles::scheme(conn, caller.company, cycle).await?,
        draft,
        frozen,
        regions: cycles::regions(conn, caller.company).await?,
        manifest: heading.manifest,
    })
}

/// Approving → Drafting. Gives how many decisions went back to In progress.
pub async fn reset(pool: &PgPool, caller: &Caller, cycle: CycleId, typed: String, seen: Seen) -> Result<u32, AppError> {
    caller.require(Permission::Reset)?;
    let (company, by) = (caller.company, caller.actor.account);
    let mut tx = pool.begin().await?;
    if let Some(given) = command::answered(&mut tx, company, by, "reset cycle", seen.key).await? {
        return Ok(given);
    }
    let row = cycles::lock(&mut tx, company, cycle).await?;
    let next = step(row.state, &CycleCommand::Reset { typed })?;
    unchanged_since(&row, seen)?;
    let decisions = items::reset_all(&mut tx, company, cycle, row.revision + 1).await? as u32;
    let after = serde_json::json!({ "decisions": decisions });
    advance(&mut tx, caller, &row, next, ("reset cycle", None), after).await?;
    // Only now: a cycle that is Approving has frozen borders.
    cycles::freeze(&mut tx, company, cycle, None).await?;
    command::answer(&mut tx, company, by, "reset cycle", seen.key, &decisions).await?;
    tx.commit().await?;
    Ok(decisions)
}
