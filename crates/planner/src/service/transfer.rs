//! Transfer: one atomic, idempotent step that makes the final classes of accepted items official.

use super::{Left, advance, lock, once, scheme, unchanged_since};
use crate::model::{Command, Manifest};
use crate::store::transfer as store;
use cutline_domain::Permission;
use cutline_domain::base::Refuse;
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::approval::{CycleCommand, Refusal, step};
use cutline_platform::clock;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result, command};
use cutline_wire::{AppError, Seen};
use sqlx::PgPool;

/// Approving → Transferred. Refused while items are in progress, with their number per region, unless only the accepted
/// ones are to be transferred.
pub async fn transfer(
    pool: &PgPool,
    caller: &Caller,
    cycle: CycleId,
    accepted_only: bool,
    seen: Seen,
) -> Result<Manifest> {
    let ask = once(Command::Transfer, Permission::Transfer, cycle, seen.key, &(cycle, accepted_only))?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let (company, by) = (caller.company, caller.actor.account);
            let row = lock(doing, cycle).await?;
            let blocking = store::blocking(doing.conn, company, cycle).await?;
            let in_progress = blocking.iter().map(|(_, items)| items).sum();
            let next = step(&row.stage, &CycleCommand::Transfer { accepted_only, in_progress })
                .map_err(|refusal| refused(&refusal, blocking))?;
            let borders =
                next.frozen().cloned().ok_or_else(|| Error::internal("a transferred cycle has frozen borders"))?;
            unchanged_since(&row, seen)?;
            let classes = scheme(doing.conn, company, cycle).await?.len();
            let mut transferred = vec![0; classes];
            let mut changed = 0;
            for class in store::classify(doing.conn, company, cycle).await? {
                let place = transferred.get_mut(class.position.index());
                *place.ok_or_else(|| Error::internal("an item's class is none of its cycle's"))? = class.items;
                changed += class.changed;
            }
            let left_out = store::left_out(doing.conn, company, cycle).await?;
            let manifest = Manifest {
                at: clock::now(doing.conn).await?,
                by: caller.me.name.clone(),
                transferred,
                changed,
                rejected: left_out.rejected,
                carried_over: left_out.in_progress,
                borders,
            };
            store::keep(doing.conn, company, cycle, by, &manifest).await?;
            let after = serde_json::to_value(&manifest)?;
            advance(doing, &row, Left { after, ..Left::at(next.state()) }).await?;
            Ok(manifest)
        }
    })
    .await
}

/// A refusal, with the regions whose items are in the way.
fn refused(refusal: &Refusal, blocking: Vec<(String, u32)>) -> AppError {
    let details = if matches!(refusal, Refusal::StillInProgress(_)) { blocking } else { Vec::new() };
    AppError::Refused { code: refusal.code().to_owned(), message: refusal.to_string(), details }
}
