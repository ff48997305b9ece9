//! Transfer: one atomic, idempotent step that makes the final classes of accepted items official.

use super::{advance, unchanged_since};
use crate::planner::model::Manifest;
use crate::planner::store::{cycles, shown, transfer as store};
use crate::platform::command;
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use crate::platform::wire::Seen;
use cutline_domain::approval::{CycleCommand, step};
use cutline_domain::ids::CycleId;
use cutline_domain::{Permission, Refusal};
use sqlx::PgPool;
use time::OffsetDateTime;

/// Approving → Transferred. Refused while items are in progress, with their number per region, unless only the accepted
/// ones are to be transferred.
pub async fn transfer(
    pool: &PgPool,
    caller: &Caller,
    cycle: CycleId,
    accepted_only: bool,
    seen: Seen,
) -> Result<Manifest, AppError> {
    caller.require(Permission::Transfer)?;
    let (company, by) = (caller.company, caller.actor.account);
    let mut tx = pool.begin().await?;
    if let Some(given) = command::answered(&mut tx, company, by, "transfer", seen.key).await? {
        return Ok(given);
    }
    let row = cycles::lock(&mut tx, company, cycle).await?;
    let blocking = store::blocking(&mut tx, company, cycle).await?;
    let in_progress = blocking.iter().map(|(_, items)| items).sum();
    let next = step(row.state, &CycleCommand::Transfer { accepted_only, in_progress }).map_err(|refusal| {
        let details = if matches!(refusal, Refusal::StillInProgress(_)) { blocking } else { Vec::new() };
        AppError::Refused { refusal, details }
    })?;
    unchanged_since(&row, seen)?;
    let classes = cycles::scheme(&mut tx, company, cycle).await?.len();
    let mut transferred = vec![0; classes];
    let mut changed = 0;
    for (position, items, moved) in store::classify(&mut tx, company, cycle).await? {
        transferred[usize::try_from(position).unwrap_or_default()] = items as u32;
        changed += moved as u32;
    }
    let (rejected, carried_over) = store::left_out(&mut tx, company, cycle).await?;
    let manifest = Manifest {
        at: shown(OffsetDateTime::now_utc()),
        by: caller.me.name.clone(),
        transferred,
        changed,
        rejected,
        carried_over,
        borders: row.frozen.clone().ok_or_else(|| AppError::not_found("The borders of this cycle"))?,
    };
    store::keep(&mut tx, company, cycle, by, &manifest).await?;
    advance(&mut tx, caller, &row, next, ("transfer", None), serde_json::to_value(&manifest)?).await?;
    command::answer(&mut tx, company, by, "transfer", seen.key, &manifest).await?;
    tx.commit().await?;
    Ok(manifest)
}
