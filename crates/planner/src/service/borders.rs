//! Starting, saving and enabling borders.

use super::{Left, advance, lock, once, scheme};
use crate::model::{Command, SaveBorders};
use crate::store::{cycles, hundredths, items};
use cutline_domain::Permission;
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::approval::{CycleCommand, step};
use cutline_platform::command::{self, Doing};
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Seen};
use sqlx::PgPool;

/// Collecting → Drafting. Gives the revision.
pub async fn start_borders(pool: &PgPool, caller: &Caller, cycle: CycleId, seen: Seen) -> Result<u64> {
    let ask = once(Command::StartBorders, Permission::StartBorders, cycle, seen.key, &cycle)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let row = lock(doing, cycle).await?;
            let next = step(&row.stage, &CycleCommand::StartBorders).map_err(Error::refused)?;
            Ok(advance(doing, &row, Left::at(next.state())).await?.revision.cast_unsigned())
        }
    })
    .await
}

/// Keeps a border version; publishes nothing. Gives its number.
pub async fn save_draft(pool: &PgPool, caller: &Caller, request: SaveBorders) -> Result<i32> {
    let ask = once(Command::SaveDraft, Permission::SaveDraft, request.cycle, request.seen.key, &request)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let row = lock(doing, request.cycle).await?;
            let next = step(&row.stage, &CycleCommand::SaveDraft).map_err(Error::refused)?;
            let version = keep(doing, caller, &row, &request).await?;
            advance(doing, &row, Left { after: described(&request, version), ..Left::at(next.state()) }).await?;
            Ok(version)
        }
    })
    .await
}

/// Drafting → Approving: keeps the borders, freezes them, proposes a class for every scored item. Gives the revision.
pub async fn enable(pool: &PgPool, caller: &Caller, request: SaveBorders) -> Result<u64> {
    let ask = once(Command::Enable, Permission::Enable, request.cycle, request.seen.key, &request)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let row = lock(doing, request.cycle).await?;
            let next = step(&row.stage, &CycleCommand::Enable(request.borders.clone())).map_err(Error::refused)?;
            let version = keep(doing, caller, &row, &request).await?;
            let company = doing.company();
            cycles::freeze(doing.conn, company, request.cycle, Some(version)).await?;
            items::enable_all(doing.conn, company, request.cycle, &request.borders, row.revision + 1).await?;
            let left = Left { after: described(&request, version), ..Left::at(next.state()) };
            Ok(advance(doing, &row, left).await?.revision.cast_unsigned())
        }
    })
    .await
}

/// Writes the borders as the newest version, unless somebody saved others since the user looked.
async fn keep(doing: &mut Doing<'_>, caller: &Caller, row: &cycles::CycleRow, request: &SaveBorders) -> Result<i32> {
    let (company, by) = (caller.company, caller.actor.account);
    let scheme = scheme(doing.conn, company, request.cycle).await?;
    if request.borders.classes() != scheme.len() {
        return Err(AppError::invalid("borders", format!("This cycle has {} classes.", scheme.len())).into());
    }
    super::seen_before(row, request.seen)?;
    if request.planned.len() != scheme.len() {
        let message = format!("A planned share for each of the {} classes is needed.", scheme.len());
        return Err(AppError::invalid("planned", message).into());
    }
    scheme.with_planned(&request.planned).map_err(|error| AppError::invalid("planned", error.sentence()))?;
    if row.draft_version != request.seen_draft {
        let theirs = cycles::versions(doing.conn, company, request.cycle).await?.draft;
        let message = match theirs {
            Some(theirs) => format!("{} saved other borders.", theirs.by),
            None => "The saved borders changed.".to_owned(),
        };
        return Err(AppError::conflict(message).into());
    }
    cycles::add_version(doing.conn, company, request.cycle, by, &request.borders, &request.planned).await
}

fn described(request: &SaveBorders, version: i32) -> serde_json::Value {
    serde_json::json!({ "version": version, "borders": hundredths(&request.borders), "planned": request.planned })
}
