//! Accept everything that a filter shows. What was shown comes as the grid's query, and the cycle's revision says when: no
//! item's number travels, and one statement accepts them all.

use super::decisions::{decide, refusal, take_back};
use super::reading::found;
use super::{Left, advance, lock, once, seen_before};
use crate::model::{ApproveAll, Command, Decide, Outcome, Skip};
use crate::store::cycles::{self, CycleRow};
use crate::store::{decisions, reading};
use cutline_domain::planner::approval::ItemCommand;
use cutline_domain::planner::grid::{GridQuery, passes};
use cutline_domain::planner::shown::{Shown, approvable_under};
use cutline_domain::{Borders, Permission};
use cutline_platform::session::Caller;
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result, command};
use cutline_wire::AppError;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeSet;

/// A decision as the page asks for it: on the items it names, on all that a filter shows, or (`undo`) on those of the command
/// that made the revision seen.
pub async fn decide_asked(
    pool: &PgPool,
    caller: &Caller,
    request: Decide,
    shown: Option<Shown>,
    undo: bool,
) -> Result<Outcome> {
    if undo {
        if request.command != ItemCommand::Withdraw || !request.items.is_empty() || shown.is_some() {
            caller.require(Permission::Decide)?;
            return Err(AppError::invalid("undo", "Acceptances can be taken back, and nothing else.").into());
        }
        return take_back(pool, caller, request).await;
    }
    let Some(shown) = shown else { return decide(pool, caller, request).await };
    let Decide { cycle, seen, items, command } = request;
    if command != ItemCommand::Accept || !items.is_empty() {
        caller.require(Permission::Decide)?;
        return Err(AppError::invalid("shown", "What a filter shows can be accepted, and nothing else.").into());
    }
    approve_all(pool, caller, ApproveAll { cycle, seen, shown }).await
}

/// Accepts the items in progress, with a class, that the grid shows under a query. Items that changed since the user looked
/// are left as they are and reported. When nothing at all could be accepted, that is a refusal.
pub async fn approve_all(pool: &PgPool, caller: &Caller, request: ApproveAll) -> Result<Outcome> {
    let ask = once(Command::Accept, Permission::Decide, request.cycle, request.seen.key, &request)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let (company, by) = (caller.company, caller.actor.account);
            let cycle = lock(doing, request.cycle).await?;
            seen_before(&cycle, request.seen)?;
            let frozen = cycle.stage.deciding().map_err(Error::refused)?;
            let Asked { accept, skipped } = asked(doing.conn, caller, &cycle, frozen, &request).await?;
            if accept.is_empty() {
                return Err(refusal(&skipped, &caller.me.name));
            }
            let left = Left {
                reason: None,
                after: serde_json::json!({
                    "command": ItemCommand::Accept, "shown": request.shown.query,
                    "items": accept.len(), "skipped": skipped.len()
                }),
                state: cycle.stage.state(),
            };
            let advanced = advance(doing, &cycle, left).await?;
            let trail = decisions::Trail { by, audit: advanced.audit, revision: advanced.revision };
            let done = decisions::accept(doing.conn, company, request.cycle, trail, &accept).await?;
            if done != accept.len() as u64 {
                return Err(Error::internal(format!("{done} of {} items could be accepted", accept.len())));
            }
            Ok(Outcome { revision: advanced.revision.cast_unsigned(), done: done as u32, skipped })
        }
    })
    .await
}

/// What the query comes to.
struct Asked {
    /// Items to accept, increasing.
    accept: Vec<u32>,
    /// Items that the filter may have shown before they changed.
    skipped: Vec<(u32, Skip)>,
}

async fn asked(
    conn: &mut PgConnection,
    caller: &Caller,
    cycle: &CycleRow,
    frozen: &Borders,
    request: &ApproveAll,
) -> Result<Asked> {
    let query = &request.shown.query;
    let sight = Sight::under(&caller.actor, Permission::Decide);
    let regions = cycles::regions(conn, caller.company).await?;
    let columns = reading::columns(conn, caller.company, cycle.id, &sight, None).await?;
    let found = found(conn, caller, cycle.id, query).await?;
    let mut accept = approvable_under(&columns, &regions, query, found.as_deref(), frozen);
    if cycle.revision.cast_unsigned() == request.seen.revision {
        return if request.shown.is(&accept) { Ok(Asked { accept, skipped: Vec::new() }) } else { Err(others()) };
    }
    let since = request.seen.revision.cast_signed();
    let changed = decisions::changed_since(conn, caller.company, cycle.id, &sight, since).await?;
    let gone = reading::gone(conn, caller.company, cycle.id, &sight, since).await?;
    let numbers: BTreeSet<u32> = changed.iter().map(|item| item.seq).chain(gone).collect();
    accept.retain(|seq| !numbers.contains(seq));
    if !request.shown.may_be(&accept, &numbers) {
        return Err(others());
    }
    // What it was then isn't known: whatever status it has now, it may have been shown.
    let whatever = GridQuery { statuses: Vec::new(), ..query.clone() };
    let passes = passes(&columns, &regions, &whatever, found.as_deref());
    let shown = changed.into_iter().filter(|item| columns.index_of(item.seq).is_some_and(&passes));
    let skipped = shown.map(|item| (item.seq, Skip::ChangedSince { by: item.by, status: item.status })).collect();
    Ok(Asked { accept, skipped })
}

/// The page was still waiting, for a search or for new borders, and showed something else than its filter says.
fn others() -> Error {
    AppError::conflict("The page showed other items than its filter finds now. Look at them again, then approve.")
        .into()
}
