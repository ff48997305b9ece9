//! Starting, saving and enabling borders.

use super::advance;
use crate::planner::model::SaveBorders;
use crate::planner::store::{cycles, hundredths, items};
use crate::platform::command;
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use crate::platform::wire::Seen;
use cutline_domain::Permission;
use cutline_domain::approval::{CycleCommand, step};
use cutline_domain::ids::CycleId;
use sqlx::{PgConnection, PgPool};

/// Collecting → Drafting. Gives the revision.
pub async fn start_borders(pool: &PgPool, caller: &Caller, cycle: CycleId, seen: Seen) -> Result<u64, AppError> {
    caller.require(Permission::StartBorders)?;
    let mut tx = pool.begin().await?;
    let (company, by) = (caller.company, caller.actor.account);
    if let Some(given) = command::answered(&mut tx, company, by, "start borders", seen.key).await? {
        return Ok(given);
    }
    let row = cycles::lock(&mut tx, company, cycle).await?;
    let next = step(row.state, &CycleCommand::StartBorders)?;
    let (revision, _) = advance(&mut tx, caller, &row, next, ("start borders", None), serde_json::json!({})).await?;
    let revision = revision.cast_unsigned();
    command::answer(&mut tx, company, by, "start borders", seen.key, &revision).await?;
    tx.commit().await?;
    Ok(revision)
}

/// Keeps a border version; publishes nothing. Gives its number.
pub async fn save_draft(pool: &PgPool, caller: &Caller, request: SaveBorders) -> Result<i32, AppError> {
    caller.require(Permission::SaveDraft)?;
    let mut tx = pool.begin().await?;
    let (company, by, key) = (caller.company, caller.actor.account, request.seen.key);
    if let Some(given) = command::answered(&mut tx, company, by, "save draft", key).await? {
        return Ok(given);
    }
    let row = cycles::lock(&mut tx, company, request.cycle).await?;
    let next = step(row.state, &CycleCommand::SaveDraft)?;
    let version = keep(&mut tx, caller, &row, &request).await?;
    let after = described(&request, version);
    advance(&mut tx, caller, &row, next, ("save draft", None), after).await?;
    command::answer(&mut tx, company, by, "save draft", key, &version).await?;
    tx.commit().await?;
    Ok(version)
}

/// Drafting → Approving: keeps the borders, freezes them, proposes a class for every scored item. Gives the revision.
pub async fn enable(pool: &PgPool, caller: &Caller, request: SaveBorders) -> Result<u64, AppError> {
    caller.require(Permission::Enable)?;
    let mut tx = pool.begin().await?;
    let (company, by, key) = (caller.company, caller.actor.account, request.seen.key);
    if let Some(given) = command::answered(&mut tx, company, by, "enable for approval", key).await? {
        return Ok(given);
    }
    let row = cycles::lock(&mut tx, company, request.cycle).await?;
    let next = step(row.state, &CycleCommand::Enable)?;
    let version = keep(&mut tx, caller, &row, &request).await?;
    cycles::freeze(&mut tx, company, request.cycle, Some(version)).await?;
    items::enable_all(&mut tx, company, request.cycle, &request.borders, row.revision + 1).await?;
    let after = described(&request, version);
    let (revision, _) = advance(&mut tx, caller, &row, next, ("enable for approval", None), after).await?;
    let revision = revision.cast_unsigned();
    command::answer(&mut tx, company, by, "enable for approval", key, &revision).await?;
    tx.commit().await?;
    Ok(revision)
}

/// Writes the borders as the newest version, unless somebody saved others since the user looked.
async fn keep(
    conn: &mut PgConnection,
    caller: &Caller,
    row: &cycles::CycleRow,
    request: &SaveBorders,
) -> Result<i32, AppError> {
    let scheme = cycles::scheme(conn, caller.company, request.cycle).await?;
    if request.borders.classes() != scheme.len() {
        return Err(AppError::invalid("borders", format!("This cycle has {} classes.", scheme.len())));
    }
    scheme.with_planned(&request.planned).map_err(|error| AppError::invalid("planned", sentence(&error)))?;
    if row.draft_version != request.seen_draft {
        let (draft, _) = cycles::versions(conn, caller.company, request.cycle).await?;
        let message = match draft {
            Some(theirs) => format!("{} saved other borders at {}.", theirs.by, theirs.at),
            None => "The saved borders changed.".to_owned(),
        };
        return Err(AppError::Conflict { message });
    }
    cycles::add_version(conn, caller.company, request.cycle, caller.actor.account, &request.borders, &request.planned)
        .await
}

fn described(request: &SaveBorders, version: i32) -> serde_json::Value {
    serde_json::json!({ "version": version, "borders": hundredths(&request.borders), "planned": request.planned })
}

fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
