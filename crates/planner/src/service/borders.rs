//! Starting, saving and enabling borders.

use super::{Left, advance, lock, once, scheme};
use crate::model::{Command, SentBorders};
use crate::store::{cycles, hundredths, items};
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::approval::{CycleCommand, step};
use cutline_domain::{Borders, Percent, Permission};
use cutline_platform::command::{self, Doing};
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Faults, Seen};
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
pub async fn save_draft(pool: &PgPool, caller: &Caller, request: impl Into<SentBorders>) -> Result<i32> {
    let request = request.into();
    let ask = once(Command::SaveDraft, Permission::SaveDraft, request.cycle, request.seen.key, &request)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let row = lock(doing, request.cycle).await?;
            let drawn = drawn(doing, &request).await?;
            let next = step(&row.stage, &CycleCommand::SaveDraft).map_err(Error::refused)?;
            let version = keep(doing, caller, &row, &request, &drawn).await?;
            advance(doing, &row, Left { after: described(&drawn, version), ..Left::at(next.state()) }).await?;
            Ok(version)
        }
    })
    .await
}

/// Drafting → Approving: keeps the borders, freezes them, proposes a class for every scored item. Gives the revision.
pub async fn enable(pool: &PgPool, caller: &Caller, request: impl Into<SentBorders>) -> Result<u64> {
    let request = request.into();
    let ask = once(Command::Enable, Permission::Enable, request.cycle, request.seen.key, &request)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let row = lock(doing, request.cycle).await?;
            let drawn = drawn(doing, &request).await?;
            let next = step(&row.stage, &CycleCommand::Enable(drawn.borders.clone())).map_err(Error::refused)?;
            let version = keep(doing, caller, &row, &request, &drawn).await?;
            let company = doing.company();
            cycles::freeze(doing.conn, company, request.cycle, Some(version)).await?;
            items::enable_all(doing.conn, company, request.cycle, &drawn.borders, row.revision + 1).await?;
            let left = Left { after: described(&drawn, version), ..Left::at(next.state()) };
            Ok(advance(doing, &row, left).await?.revision.cast_unsigned())
        }
    })
    .await
}

/// What was drawn, as it is kept.
struct Drawn {
    borders: Borders,
    planned: Vec<Percent>,
}

/// Borders and plan that fit the cycle's classes.
async fn drawn(doing: &mut Doing<'_>, request: &SentBorders) -> Result<Drawn> {
    let company = doing.company();
    let classes = scheme(doing.conn, company, request.cycle).await?.len();
    let mut faults = Faults::default();
    let checked = request.checked(classes, &mut faults);
    faults.none()?;
    let (Some(borders), Some(planned)) = checked else {
        return Err(Error::internal("borders or a plan without a fault are none"));
    };
    Ok(Drawn { borders, planned })
}

/// Writes the borders as the newest version, unless somebody saved others since the user looked.
async fn keep(
    doing: &mut Doing<'_>,
    caller: &Caller,
    row: &cycles::CycleRow,
    request: &SentBorders,
    drawn: &Drawn,
) -> Result<i32> {
    let (company, by) = (caller.company, caller.actor.account);
    super::seen_before(row, request.seen)?;
    if row.draft_version != request.seen_draft {
        let theirs = cycles::versions(doing.conn, company, request.cycle).await?.draft;
        let message = match theirs {
            Some(theirs) => format!("{} saved other borders.", theirs.by),
            None => "The saved borders changed.".to_owned(),
        };
        return Err(AppError::conflict(message).into());
    }
    cycles::add_version(doing.conn, company, request.cycle, by, &drawn.borders, &drawn.planned).await
}

fn described(drawn: &Drawn, version: i32) -> serde_json::Value {
    serde_json::json!({ "version": version, "borders": hundredths(&drawn.borders), "planned": drawn.planned })
}
