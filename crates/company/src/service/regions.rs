//! The region tree.

use super::{is_taken, managing};
use crate::model::{Command, RegionForm, RegionNode};
use crate::store;
use cutline_domain::Permission;
use cutline_domain::base::ids::RegionId;
use cutline_domain::base::region::MOST_REGIONS;
use cutline_platform::audit::Entry;
use cutline_platform::command;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::AppError;
use sqlx::PgPool;

/// The region tree.
pub async fn regions(pool: &PgPool, caller: &Caller) -> Result<Vec<RegionNode>> {
    caller.require(Permission::ManagePeople)?;
    store::regions(&mut *pool.acquire().await?, caller.company).await
}

/// Adds or changes a region.
pub async fn save_region(pool: &PgPool, caller: &Caller, form: RegionForm) -> Result<RegionId> {
    command::run(pool, caller, managing(Command::SaveRegion), async |doing| {
        let form = checked(form)?;
        let company = doing.company();
        let id = form.id.unwrap_or_else(RegionId::new);
        // Whoever walks the tree must be the only one who changes it.
        store::lock_regions(doing.conn, company).await?;
        if let Some(parent) = form.parent
            && store::is_below(doing.conn, company, parent, id).await?
        {
            return Err(AppError::invalid("parent", "A region can't lie below itself.").into());
        }
        let all = store::regions(doing.conn, company).await?;
        if form.parent.is_some_and(|parent| all.iter().all(|region| region.id != parent)) {
            return Err(AppError::invalid("parent", "The region above no longer exists.").into());
        }
        if form.id.is_none() && all.len() >= MOST_REGIONS {
            return Err(AppError::invalid("", format!("A company has at most {MOST_REGIONS} regions.")).into());
        }
        let before = all.into_iter().find(|region| region.id == id);
        if form.id.is_some() && before.is_none() {
            return Err(AppError::not_found("This region").into());
        }
        store::save_region(doing.conn, company, id, &form).await.map_err(code_taken)?;
        let entry = Entry {
            before: before.map(serde_json::to_value).transpose()?,
            after: Some(serde_json::to_value(&form)?),
            ..Entry::default()
        };
        doing.record(entry).await?;
        Ok(id)
    })
    .await
}

fn code_taken(error: sqlx::Error) -> Error {
    if is_taken(&error) {
        return AppError::invalid("code", "Another region has this short name.").into();
    }
    error.into()
}

/// The form as it is kept.
fn checked(form: RegionForm) -> Result<RegionForm> {
    let form = RegionForm { code: form.code.trim().to_owned(), name: form.name.trim().to_owned(), ..form };
    if form.name.is_empty() || form.name.chars().count() > 80 {
        return Err(AppError::invalid("name", "A name of 1 to 80 characters is needed.").into());
    }
    if form.code.is_empty() || form.code.chars().count() > 40 {
        return Err(AppError::invalid("code", "A short name of 1 to 40 characters is needed.").into());
    }
    Ok(form)
}
