//! Opening, reading and resetting cycles.

use super::{Left, advance, lock, moment, once};
use crate::model::{BorderVersion, Command, CycleView, Manifest, Opened};
use crate::store::{cycles, definitions, items, reading};
use cutline_contacts::service as contacts;
use cutline_domain::Permission;
use cutline_domain::base::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::base::text::most;
use cutline_domain::planner::approval::{CycleCommand, CycleState, step};
use cutline_platform::audit::{Entry, Subject};
use cutline_platform::command::Ask;
use cutline_platform::session::Caller;
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result, command};
use cutline_wire::{AppError, Faults, Seen};
use sqlx::{PgConnection, PgPool};

/// Opens a cycle: Collecting, with every contact of the population as an item. Says how many suggestions of the cycle before
/// could not be offered again.
pub async fn open_cycle(
    pool: &PgPool,
    caller: &Caller,
    definition: DefinitionId,
    name: &str,
    key: IdempotencyKey,
) -> Result<Opened> {
    let (command, permission) = (Command::OpenCycle, Permission::OpenCycle);
    let ask = Ask::once(command.into(), permission, caller.company.0, key, &(definition, name))?;
    command::run(pool, caller, ask, || async |doing| {
        let mut faults = Faults::default();
        let name = faults.text("name", "The name of the cycle, such as 2026 H2,", name, most::CYCLE);
        faults.none()?;
        let company = doing.company();
        // No load is half-way then: what joins has the measures of before it or of after it.
        contacts::hold(doing.conn, company).await?;
        definitions::lock(doing.conn, company, definition).await?;
        let id = CycleId::new();
        if !cycles::insert(doing.conn, company, id, definition, &name).await? {
            let message = "This definition already has an open cycle. Transfer it before opening the next one.";
            return Err(AppError::conflict(message).into());
        }
        let joined = items::join_population(doing.conn, company, id, None, 1).await?;
        items::analyze(doing.conn).await?;
        let dropped = cycles::suggestions_gone(doing.conn, company, id).await?;
        let entry = Entry {
            subject: Some(Subject { id: id.0, revision: 1 }),
            after: Some(serde_json::json!({
                "state": CycleState::Collecting, "revision": 1, "name": name, "definition": definition, "items": joined,
                "dropped": dropped
            })),
            ..Entry::default()
        };
        let audit = doing.record(entry).await?;
        items::trail(doing.conn, company, id, audit, 1).await?;
        Ok(Opened { cycle: id, items: joined as u32, dropped })
    })
    .await
}

/// Everything about a cycle but its items.
pub async fn view(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<CycleView> {
    caller.require(Permission::View)?;
    view_at(&mut *moment(pool).await?, caller, cycle).await
}

/// Every border version of a cycle, newest first.
pub async fn versions(pool: &PgPool, caller: &Caller, cycle: CycleId) -> Result<Vec<BorderVersion>> {
    caller.require(Permission::View)?;
    let mut tx = moment(pool).await?;
    reading::must_exist(&mut tx, caller.company, cycle).await?;
    cycles::all_versions(&mut tx, caller.company, cycle).await
}

/// [`view`] as part of a moment that shows more.
pub(super) async fn view_at(conn: &mut PgConnection, caller: &Caller, cycle: CycleId) -> Result<CycleView> {
    let heading = cycles::heading(conn, caller.company, cycle).await?;
    let manifest = match heading.manifest {
        Some(whole) => Some(within_sight(conn, caller, cycle, whole).await?),
        None => None,
    };
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
        manifest,
        sight: Sight::version(conn, caller).await?,
    })
}

/// What a Transfer did, as far as a reader sees: for who sees the whole company as it was kept, for others of the items that
/// are theirs to see now.
async fn within_sight(conn: &mut PgConnection, caller: &Caller, cycle: CycleId, whole: Manifest) -> Result<Manifest> {
    let sight = Sight::of(&caller.actor);
    if sight.is_everything() {
        return Ok(whole);
    }
    let seen = reading::transferred(conn, caller.company, cycle, &sight).await?;
    let mut transferred = vec![0; whole.transferred.len()];
    for (class, items) in seen.classes {
        let place = transferred.get_mut(class.index());
        *place.ok_or_else(|| Error::internal("an item's class is none of its cycle's"))? = items;
    }
    let (changed, rejected, carried_over) = (seen.changed, seen.rejected, seen.in_progress);
    Ok(Manifest { transferred, changed, rejected, carried_over, ..whole })
}

/// Approving → Drafting. Takes back every decision there is when it has the cycle to itself, seen or not, and gives how many
/// those were: while a team decides, nobody could have seen the last one.
pub async fn reset(pool: &PgPool, caller: &Caller, cycle: CycleId, typed: String, seen: Seen) -> Result<u32> {
    let ask = once(Command::Reset, Permission::Reset, cycle, seen.key, &(cycle, &typed))?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let company = doing.company();
            let row = lock(doing, cycle).await?;
            let next = step(&row.stage, &CycleCommand::Reset { typed: typed.clone() }).map_err(Error::refused)?;
            let decisions = items::reset_all(doing.conn, company, cycle, row.revision + 1).await? as u32;
            let after = serde_json::json!({ "decisions": decisions });
            advance(doing, &row, Left { after, ..Left::at(next.state()) }).await?;
            // Only now: a cycle that is Approving has frozen borders.
            cycles::freeze(doing.conn, company, cycle, None).await?;
            Ok(decisions)
        }
    })
    .await
}
