//! Accept, reject, override, withdraw: on one item, on a selection, on all that were shown.

use super::{Left, advance, lock, once, seen_before};
use crate::model::{Command, Decide, Outcome, Skip};
use crate::store::cycles::CycleRow;
use crate::store::decisions::{self as store, Locked};
use cutline_domain::Permission;
use cutline_domain::base::text;
use cutline_domain::planner::approval::{Item, ItemCommand, LONGEST_REASON, decide as decision};
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result, command};
use cutline_wire::AppError;
use sqlx::PgPool;
use std::borrow::Cow;

/// The most items one command takes; above it the browser asks in parts.
const MOST_ITEMS: usize = 1_000_000;

/// Decides on exactly the items the user was shown. An item that changed since, lies outside the scope or is refused by
/// the rules is left as it is and reported. When nothing at all could be done, that is a refusal.
pub async fn decide(pool: &PgPool, caller: &Caller, request: Decide) -> Result<Outcome> {
    if request.items.is_empty() || request.items.len() > MOST_ITEMS {
        caller.require(Permission::Decide)?;
        return Err(AppError::invalid("items", "Choose the items to decide on.").into());
    }
    decide_on(pool, caller, request, None).await
}

/// Withdraws exactly the acceptances that one command of the caller made: the one that gave the cycle the revision that was
/// seen. Those decided on again since are left as they are.
pub async fn take_back(pool: &PgPool, caller: &Caller, request: Decide) -> Result<Outcome> {
    let made_by = request.seen.revision;
    decide_on(pool, caller, request, Some(made_by)).await
}

async fn decide_on(pool: &PgPool, caller: &Caller, request: Decide, made_by: Option<u64>) -> Result<Outcome> {
    let command = Command::from(&request.command);
    let ask = once(command, Permission::Decide, request.cycle, request.seen.key, &(&request, made_by))?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let (company, by) = (caller.company, caller.actor.account);
            let cycle = lock(doing, request.cycle).await?;
            seen_before(&cycle, request.seen)?;
            cycle.stage.deciding().map_err(Error::refused)?;
            let items = match made_by {
                Some(revision) => {
                    let made = store::accepted_at(doing.conn, company, request.cycle, by, revision.cast_signed());
                    Cow::Owned(made.await?)
                }
                None => Cow::Borrowed(&request.items),
            };
            let locked = store::lock(doing.conn, company, request.cycle, &items).await?;
            let (mut decided, mut skipped) = (Vec::new(), missing(&items, &locked));
            for item in locked {
                match judge(caller, &cycle, &item, &request) {
                    Ok(after) => decided.push((item, after)),
                    Err(skip) => skipped.push((item.seq, skip)),
                }
            }
            skipped.sort_unstable_by_key(|(seq, _)| *seq);
            if decided.is_empty() {
                return Err(refusal(&skipped, &caller.me.name));
            }
            let revision = cycle.revision + 1;
            let why = reason(&request.command);
            let left = Left {
                reason: why.as_deref(),
                after: serde_json::json!({
                    "command": request.command, "items": decided.len(), "skipped": skipped.len()
                }),
                state: cycle.stage.state(),
            };
            let advanced = advance(doing, &cycle, left).await?;
            let trail = store::Trail { by, audit: advanced.audit, revision };
            store::save_decided(doing.conn, company, request.cycle, trail, &decided).await?;
            Ok(Outcome { revision: revision.cast_unsigned(), done: decided.len() as u32, skipped })
        }
    })
    .await
}

/// The reason given with a command, as the domain keeps it.
fn reason(command: &ItemCommand) -> Option<Cow<'_, str>> {
    match command {
        ItemCommand::Reject { reason } | ItemCommand::Override { reason, .. } => {
            text::lines(reason, LONGEST_REASON).ok()
        }
        ItemCommand::Accept | ItemCommand::Withdraw => None,
    }
}

/// Items that were asked for and that there aren't: answered like those outside the scope, so that numbers can't be probed.
fn missing(asked: &[u32], locked: &[Locked]) -> Vec<(u32, Skip)> {
    // In the order of their numbers, as they were locked.
    let is_missing = |seq: &&u32| locked.binary_search_by_key(*seq, |item| item.seq).is_err();
    asked.iter().filter(is_missing).map(|seq| (*seq, Skip::OutOfScope)).collect()
}

fn judge(caller: &Caller, cycle: &CycleRow, locked: &Locked, request: &Decide) -> std::result::Result<Item, Skip> {
    if !caller.actor.may_on(Permission::Decide, locked.region, locked.owner) {
        return Err(Skip::OutOfScope);
    }
    if locked.revision.cast_unsigned() > request.seen.revision {
        return Err(Skip::ChangedSince { by: locked.changed_by.clone(), status: locked.item.status });
    }
    decision(&cycle.stage, locked.item.clone(), &request.command).map_err(Skip::Refused)
}

/// The answer when no item could be decided. In another tab `me` isn't somebody else.
pub(super) fn refusal(skipped: &[(u32, Skip)], me: &str) -> Error {
    let changed = skipped.iter().find(|(_, skip)| matches!(skip, Skip::ChangedSince { .. }));
    match changed.or(skipped.first()) {
        None | Some((_, Skip::OutOfScope)) => AppError::not_found("The item").into(),
        Some((_, Skip::Refused(refusal))) => Error::refused(refusal.clone()),
        Some((_, Skip::ChangedSince { by, status })) => {
            let by = match by.as_deref() {
                Some(by) if by == me => "you, in another tab,",
                Some(by) => by,
                None => "new data",
            };
            let message =
                format!("Changed by {by} since you looked: now {}. The page shows how it is.", status.title());
            AppError::conflict(message).into()
        }
    }
}
