//! The region tree.

use super::{is_taken, managing, stale};
use crate::model::{Command, RegionForm, RegionNode};
use crate::store;
use cutline_domain::Permission;
use cutline_domain::base::ids::{IdempotencyKey, RegionId};
use cutline_domain::base::region::MOST_REGIONS;
use cutline_domain::base::text::most;
use cutline_platform::audit::Entry;
use cutline_platform::command;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result, live};
use cutline_wire::{AppError, Faults};
use sqlx::PgPool;

/// The region tree.
pub async fn regions(pool: &PgPool, caller: &Caller) -> Result<Vec<RegionNode>> {
    caller.require(Permission::ManagePeople)?;
    store::regions(&mut *pool.acquire().await?, caller.company).await
}

/// Adds or changes a region.
pub async fn save_region(pool: &PgPool, caller: &Caller, form: RegionForm, key: IdempotencyKey) -> Result<RegionId> {
    let ask = managing(Command::SaveRegion, caller, key, &form)?;
    let id = form.id.unwrap_or_default();
    command::run(pool, caller, ask, || {
        async |doing| {
            let form = checked(form.clone())?;
            let company = doing.company();
            // Whoever walks the tree must be the only one who changes it.
            store::lock_regions(doing.conn, company).await?;
            let all = store::regions(doing.conn, company).await?;
            let before = all.iter().find(|region| region.id == id);
            if form.id.is_some() && before.is_none() {
                return Err(AppError::not_found("This region").into());
            }
            if let Some(now) = before.filter(|now| now.version != form.version) {
                return Err(stale("region", now.version, differing(&all, now, &form)));
            }
            if let Some(parent) = form.parent
                && store::is_below(doing.conn, company, parent, id).await?
            {
                return Err(AppError::invalid("parent", "A region can't lie below itself.").into());
            }
            if form.parent.is_some_and(|parent| all.iter().all(|region| region.id != parent)) {
                return Err(AppError::invalid("parent", "The region above no longer exists.").into());
            }
            if form.id.is_none() && all.len() >= MOST_REGIONS {
                return Err(AppError::invalid("", format!("A company has at most {MOST_REGIONS} regions.")).into());
            }
            store::save_region(doing.conn, company, id, &form).await.map_err(code_taken)?;
            let entry = Entry {
                before: before.map(serde_json::to_value).transpose()?,
                after: Some(serde_json::to_value(&form)?),
                ..Entry::default()
            };
            doing.record(entry).await?;
            // What a region is called changes nobody's rights.
            if before.is_none_or(|now| now.parent != form.parent) {
                live::tell_of_rights(doing.conn, company).await?;
            }
            Ok(id)
        }
    })
    .await
}

/// What a region is now, where the form says something else.
fn differing(all: &[RegionNode], now: &RegionNode, form: &RegionForm) -> Vec<(String, String)> {
    let mut differs = Vec::new();
    if now.name != form.name {
        differs.push(("Name".to_owned(), now.name.clone()));
    }
    if now.code != form.code {
        differs.push(("Short name".to_owned(), now.code.clone()));
    }
    if now.parent != form.parent {
        let above = now.parent.and_then(|parent| all.iter().find(|region| region.id == parent));
        let above = above.map_or_else(|| "none, it is at the top".to_owned(), |region| region.name.clone());
        differs.push(("Lies in".to_owned(), above));
    }
    differs
}

fn code_taken(error: sqlx::Error) -> Error {
    if is_taken(&error) {
        return AppError::invalid("code", "Another region has this short name.").into();
    }
    error.into()
}

/// The form as it is kept.
fn checked(form: RegionForm) -> Result<RegionForm> {
    let mut faults = Faults::default();
    let name = faults.text("name", "The name", &form.name, most::REGION);
    let code = faults.text("code", "The short name", &form.code, most::REGION_CODE);
    faults.none()?;
    Ok(RegionForm { code, name, ..form })
}
