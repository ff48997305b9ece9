//! MT definitions: listing, creating, changing.

use crate::planner::model::{Choices, DefinitionForm, DefinitionOverview};
use crate::planner::store::{Sight, cycles, definitions};
use crate::platform::audit::{self, Entry};
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use cutline_domain::Permission;
use cutline_domain::ids::DefinitionId;
use sqlx::PgPool;
use std::collections::HashMap;

/// The most calls a year that can be planned for one contact.
const MOST_CALLS: u32 = 9999;

/// Every definition with its newest cycle, counted within sight.
pub async fn overview(pool: &PgPool, caller: &Caller) -> Result<Vec<DefinitionOverview>, AppError> {
    caller.require(Permission::View)?;
    let mut conn = pool.acquire().await?;
    let sight = Sight::of(&caller.actor);
    let mut cycles: HashMap<DefinitionId, _> =
        cycles::summaries(&mut conn, caller.company, &sight).await?.into_iter().collect();
    let all = definitions::all(&mut conn, caller.company).await?;
    Ok(all
        .into_iter()
        .filter_map(|(form, population)| {
            let id = form.id?;
            Some(DefinitionOverview { id, cycle: cycles.remove(&id), population, form })
        })
        .collect())
}

/// What a definition can be made of.
pub async fn choices(pool: &PgPool, caller: &Caller) -> Result<Choices, AppError> {
    caller.require(Permission::ManageDefinitions)?;
    definitions::choices(&mut *pool.acquire().await?, caller.company).await
}

/// Creates or changes a definition. One with an open cycle can't be changed: its cycle plans with what it was.
pub async fn save_definition(pool: &PgPool, caller: &Caller, form: DefinitionForm) -> Result<DefinitionId, AppError> {
    caller.require(Permission::ManageDefinitions)?;
    let form = checked(form)?;
    let company = caller.company;
    let mut tx = pool.begin().await?;
    let before = match form.id {
        None => None,
        Some(id) => {
            let version = definitions::lock(&mut tx, company, id).await?;
            if version != form.version {
                let message = "Somebody else changed this definition since you opened it. Reload to see their version.";
                return Err(AppError::Conflict { message: message.to_owned() });
            }
            if definitions::is_in_use(&mut tx, company, id).await? {
                let message = "This definition has an open cycle. It can be changed after the Transfer.";
                return Err(AppError::Conflict { message: message.to_owned() });
            }
            let all = definitions::all(&mut tx, company).await?;
            all.into_iter().map(|(form, _)| form).find(|form| form.id == Some(id))
        }
    };
    let choices = definitions::choices(&mut tx, company).await?;
    if !choices.measures.contains(&form.measure) {
        return Err(AppError::invalid("measure", "Choose one of the measures that were loaded."));
    }
    if let Some(unknown) = form.specialties.iter().find(|name| !choices.specialties.iter().any(|(s, ..)| s == *name)) {
        return Err(AppError::invalid("specialties", format!("There is no specialty \u{201c}{unknown}\u{201d}.")));
    }
    let id = form.id.unwrap_or_default();
    definitions::save(&mut tx, company, id, &form).await.map_err(|error| refusal(error, &form))?;
    let entry = Entry {
        by: Some(caller.actor.account),
        command: "save definition",
        before: before.map(serde_json::to_value).transpose()?,
        after: Some(serde_json::to_value(&DefinitionForm { id: Some(id), ..form })?),
        ..Entry::default()
    };
    audit::record(&mut tx, company, entry).await?;
    tx.commit().await?;
    Ok(id)
}

fn checked(form: DefinitionForm) -> Result<DefinitionForm, AppError> {
    let trimmed = |text: &str| text.trim().to_owned();
    let form = DefinitionForm {
        product: trimmed(&form.product),
        specialties_label: trimmed(&form.specialties_label),
        specialties: form.specialties.iter().map(|name| trimmed(name)).filter(|name| !name.is_empty()).collect(),
        ..form
    };
    for (field, text, what) in [
        ("product", &form.product, "A product"),
        ("specialties_label", &form.specialties_label, "A name for the specialties"),
    ] {
        if text.is_empty() || text.chars().count() > 80 {
            return Err(AppError::invalid(field, format!("{what} of 1 to 80 characters is needed.")));
        }
    }
    if !["person", "institution", "group"].contains(&form.kind.as_str()) {
        return Err(AppError::invalid("kind", "Choose persons, institutions or groups."));
    }
    if form.specialties.is_empty() {
        return Err(AppError::invalid("specialties", "Choose at least one specialty."));
    }
    if form.classes.classes().iter().any(|class| class.calls_per_year.is_some_and(|calls| calls > MOST_CALLS)) {
        return Err(AppError::invalid("classes", format!("Calls per year are at most {MOST_CALLS}.")));
    }
    Ok(form)
}

fn refusal(error: sqlx::Error, form: &DefinitionForm) -> AppError {
    let constraint = error.as_database_error().and_then(|e| e.constraint().map(str::to_owned));
    match constraint.as_deref() {
        Some("mt_definition_one_per_product_specialty_kind") => AppError::invalid(
            "specialties",
            format!(
                "Another definition of {} already covers one of these specialties for {}s.",
                form.product, form.kind
            ),
        ),
        _ => error.into(),
    }
}
