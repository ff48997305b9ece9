//! Opening, reading and resetting cycles.

use super::{Left, advance, lock, moment, once, unchanged_since};
use crate::model::{Command, CycleView};
use crate::store::{cycles, definitions, items};
use cutline_domain::Permission;
use cutline_domain::base::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::planner::approval::{CycleCommand, CycleState, step};
use cutline_platform::audit::{Entry, Subject};
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result, command};
use cutline_wire::{AppError, Seen};
use sqlx::{PgConnection, PgPool};

/// Opens a cycle: Collecting, with every contact of the population as an item.
pub async fn open_cycle(
    pool: &PgPool,
    caller: &Caller,
    definition: DefinitionId,
    name: &str,
    key: IdempotencyKey,
) -> Result<CycleId> {
    let ask = once(Command::OpenCycle, Permission::OpenCycle, key);
    command::run(pool, caller, ask, async |doing| {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 60 {
            return Err(AppError::invalid("name", "A name of 1 to 60 characters is needed, such as 2026 H2.").into());
        }
        let company = doing.company();
        definitions::lock(doing.conn, company, definition).await?;
        let id = CycleId::new();
        if !cycles::insert(doing.conn, company, id, definition, name).await? {
            let message = "This definition already has an open cycle. Transfer it before opening the next one.";
            return Err(AppError::Conflict { message: message.to_owned() }.into());
        }
        let joined = items::join_population(doing.conn, company, id, None, 1).await?;
        items::analyze(doing.conn).await?;
        let entry = Entry {
            subject: Some(Subject { id: id.0, revision: 1 }),
            after: Some(serde_json::json!({
                "state": CycleState::Collecting, "revision": 1, "name": name, "definition": definition, "items": joined
            })),
            ..Entry::default()
        };
        let audit = doing.record(entry).await?;
        items::trail(doing.conn, company, id, audit, 1).await?;
        Ok(id)
    })
    .await
}

/// Everything about a cycle but its items.
pub async fn view(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<CycleView> {
    caller.require(Permission::View)?;
    view_at(&mut *moment(pool).await?, caller, cycle).await
}

/// [`view`] as part of a moment that shows more.
pub(super) async fn view_at(conn: &mut PgConnection, caller: &Caller, cycle: CycleId) -> Result<CycleView> {
    let heading = cycles::heading(conn, caller.company, cycle).await?;
    let versions = cycles::versions(conn, caller.company, cycle).await?;
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
        draft: versions.draft,
        frozen: versions.frozen,
        regions: cycles::regions(conn, caller.company).await?,
        manifest: heading.manifest,
    })
}

/// Approving → Drafting. Gives how many decisions went back to In progress.
pub async fn reset(pool: &PgPool, caller: &Caller, cycle: CycleId, typed: String, seen: Seen) -> Result<u32> {
    let ask = once(Command::Reset, Permission::Reset, seen.key);
    command::run(pool, caller, ask, async |doing| {
        let company = doing.company();
        let row = lock(doing, cycle).await?;
        let next = step(&row.stage, &CycleCommand::Reset { typed }).map_err(Error::refused)?;
        unchanged_since(&row, seen)?;
        let decisions = items::reset_all(doing.conn, company, cycle, row.revision + 1).await? as u32;
        let after = serde_json::json!({ "decisions": decisions });
        advance(doing, &row, Left { after, ..Left::at(next.state()) }).await?;
        // Only now: a cycle that is Approving has frozen borders.
        cycles::freeze(doing.conn, company, cycle, None).await?;
        Ok(decisions)
    })
    .await
}
