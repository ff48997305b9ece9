//! Accept, reject, override, withdraw: on one item, on a selection, on all that were shown.

use super::advance;
use crate::planner::model::{Decide, Outcome, Skip};
use crate::planner::store::cycles;
use crate::planner::store::items::{self, Locked};
use crate::platform::command;
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use cutline_domain::approval::{Item, ItemCommand, decide as decision};
use cutline_domain::{Borders, CycleState, Permission};
use sqlx::PgPool;

/// The most items one command takes; above it the browser asks in parts.
const MOST_ITEMS: usize = 1_000_000;

/// Decides on exactly the items the user was shown. An item that changed since, lies outside the scope or is refused by
/// the rules is left as it is and reported. When nothing at all could be done, that is a refusal.
pub async fn decide(pool: &PgPool, caller: &Caller, request: Decide) -> Result<Outcome, AppError> {
    caller.require(Permission::Decide)?;
    if request.items.is_empty() || request.items.len() > MOST_ITEMS {
        return Err(AppError::invalid("items", "Choose the items to decide on."));
    }
    let (company, by, key) = (caller.company, caller.actor.account, request.seen.key);
    let name = name(&request.command);
    let mut tx = pool.begin().await?;
    if let Some(given) = command::answered(&mut tx, company, by, name, key).await? {
        return Ok(given);
    }
    let cycle = cycles::lock(&mut tx, company, request.cycle).await?;
    let frozen = frozen(&cycle, &request.command)?;
    let locked = items::lock(&mut tx, company, request.cycle, &request.items).await?;
    let (mut decided, mut skipped) = (Vec::new(), Vec::new());
    for item in locked {
        match judge(caller, &cycle, &frozen, &item, &request) {
            Ok(after) => decided.push((item, after)),
            Err(skip) => skipped.push((item.seq, skip)),
        }
    }
    if decided.is_empty() {
        return Err(refusal(skipped));
    }
    let revision = cycle.revision + 1;
    let after = serde_json::json!({ "command": request.command, "items": decided.len(), "skipped": skipped.len() });
    let (_, audit) = advance(&mut tx, caller, &cycle, cycle.state, (name, reason(&request.command)), after).await?;
    items::save_decided(&mut tx, company, request.cycle, (by, audit, revision), &decided).await?;
    let outcome = Outcome { revision: revision.cast_unsigned(), done: decided.len() as u32, skipped };
    command::answer(&mut tx, company, by, name, key, &outcome).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The audit trail's name of a command.
const fn name(command: &ItemCommand) -> &'static str {
    match command {
        ItemCommand::Accept => "accept",
        ItemCommand::Reject { .. } => "reject",
        ItemCommand::Override { .. } => "override",
        ItemCommand::Withdraw => "withdraw",
    }
}

/// The reason given with a command, as the domain keeps it.
fn reason(command: &ItemCommand) -> Option<&str> {
    match command {
        ItemCommand::Reject { reason } | ItemCommand::Override { reason, .. } => Some(reason.trim()),
        ItemCommand::Accept | ItemCommand::Withdraw => None,
    }
}

/// The borders under approval; without any the cycle isn't Approving, and the domain says how that is refused.
fn frozen(cycle: &cycles::CycleRow, command: &ItemCommand) -> Result<Borders, AppError> {
    match &cycle.frozen {
        Some(borders) if cycle.state == CycleState::Approving => Ok(borders.clone()),
        _ => {
            let nothing = Borders::new(Vec::new()).map_err(|error| AppError::internal(&error))?;
            decision(cycle.state, &nothing, Item::default(), command)?;
            Ok(nothing)
        }
    }
}

fn judge(
    caller: &Caller,
    cycle: &cycles::CycleRow,
    frozen: &Borders,
    locked: &Locked,
    request: &Decide,
) -> Result<Item, Skip> {
    if !caller.actor.may_on(Permission::Decide, locked.region, locked.owner) {
        return Err(Skip::OutOfScope);
    }
    if locked.revision.cast_unsigned() > request.seen.revision {
        let by = locked.changed_by.clone().unwrap_or_else(|| "new data".to_owned());
        return Err(Skip::ChangedSince { by, status: locked.item.status });
    }
    decision(cycle.state, frozen, locked.item.clone(), &request.command).map_err(Skip::Refused)
}

/// The answer when no item could be decided.
fn refusal(skipped: Vec<(u32, Skip)>) -> AppError {
    let changed = skipped.iter().find(|(_, skip)| matches!(skip, Skip::ChangedSince { .. }));
    match changed.or(skipped.first()) {
        None => AppError::not_found("The item"),
        Some((_, Skip::OutOfScope)) => AppError::forbidden("These items are outside your regions."),
        Some((_, Skip::Refused(refusal))) => refusal.clone().into(),
        Some((_, Skip::ChangedSince { by, status })) => AppError::Conflict {
            message: format!("Changed by {by} since you looked: now {}. The page shows how it is.", status.title()),
        },
    }
}
