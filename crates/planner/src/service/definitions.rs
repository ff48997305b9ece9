//! MT definitions: listing, creating, changing.

use crate::model::{Choices, Command, DefinitionForm, DefinitionOverview, SentDefinition};
use crate::store::{cycles, definitions};
use cutline_domain::Permission;
use cutline_domain::base::ids::{DefinitionId, IdempotencyKey};
use cutline_platform::audit::Entry;
use cutline_platform::command::{self, Ask, Doing};
use cutline_platform::session::Caller;
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Faults};
use sqlx::PgPool;
use std::collections::HashMap;

/// Every definition with its population and its newest cycle, counted within sight.
pub async fn overview(pool: &PgPool, caller: &Caller) -> Result<Vec<DefinitionOverview>> {
    caller.require(Permission::View)?;
    let mut conn = pool.acquire().await?;
    let sight = Sight::of(&caller.actor);
    let mut cycles: HashMap<DefinitionId, _> =
        cycles::summaries(&mut conn, caller.company, &sight).await?.into_iter().collect();
    let all = definitions::all(&mut conn, caller.company, &sight).await?;
    Ok(all
        .into_iter()
        .filter_map(|(form, population)| {
            let id = form.id?;
            Some(DefinitionOverview { id, cycle: cycles.remove(&id), population, form })
        })
        .collect())
}

/// What a definition can be made of.
pub async fn choices(pool: &PgPool, caller: &Caller) -> Result<Choices> {
    caller.require(Permission::ManageDefinitions)?;
    definitions::choices(&mut *pool.acquire().await?, caller.company).await
}

/// Creates or changes a definition. One with an open cycle can't be changed: its cycle plans with what it was. Of a class the
/// id tells which it is; of one without, or with one that the definition never had, its label.
///
/// Definitions are saved one after the other, since they share products and specialties.
pub async fn save_definition(
    pool: &PgPool,
    caller: &Caller,
    form: impl Into<SentDefinition>,
    key: IdempotencyKey,
) -> Result<DefinitionId> {
    let form = form.into();
    let (command, permission) = (Command::SaveDefinition, Permission::ManageDefinitions);
    let ask = Ask::once(command.into(), permission, caller.company.0, key, &form)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let form = checked(doing, &form).await?;
            let company = doing.company();
            let (form, before) = match form.id {
                Some(id) => {
                    let before = changeable(doing, id, form.version).await?;
                    let known = definitions::known_classes(doing.conn, company, id).await?;
                    let classes = form.classes.clone().identified(&known);
                    (DefinitionForm { classes, ..form }, Some(before))
                }
                None => (form, None),
            };
            let id = form.id.unwrap_or_else(DefinitionId::new);
            definitions::save(doing.conn, company, id, &form).await.map_err(|error| refusal(error, &form))?;
            let entry = Entry {
                before: before.map(serde_json::to_value).transpose()?,
                after: Some(serde_json::to_value(&DefinitionForm { id: Some(id), ..form })?),
                ..Entry::default()
            };
            doing.record(entry).await?;
            Ok(id)
        }
    })
    .await
}

/// A definition as it is, locked, if it is the version that the user saw and no cycle plans with it.
async fn changeable(doing: &mut Doing<'_>, id: DefinitionId, version: i32) -> Result<DefinitionForm> {
    let company = doing.company();
    if definitions::lock(doing.conn, company, id).await? != version {
        let message = "This definition was changed since you opened it. Reload to see the newer version.";
        return Err(AppError::conflict(message).into());
    }
    if definitions::is_in_use(doing.conn, company, id).await? {
        let message = "This definition has an open cycle. It can be changed after the Transfer.";
        return Err(AppError::conflict(message).into());
    }
    let all = definitions::all(doing.conn, company, &Sight::default()).await?;
    let this = all.into_iter().map(|(form, _)| form).find(|form| form.id == Some(id));
    this.ok_or_else(|| AppError::not_found("This definition").into())
}

/// The definition as it is kept, made of what the company has.
async fn checked(doing: &mut Doing<'_>, form: &SentDefinition) -> Result<DefinitionForm> {
    let company = doing.company();
    let mut faults = Faults::default();
    let form = form.checked(&mut faults);
    let choices = definitions::choices(doing.conn, company).await?;
    if !form.measure.is_empty() && !choices.measures.contains(&form.measure) {
        faults.add("measure", "Choose one of the measures that were loaded.");
    }
    let known = |name: &String| choices.specialties.iter().any(|specialty| specialty.name == *name);
    for unknown in form.specialties.iter().filter(|name| !name.is_empty() && !known(name)) {
        faults.add("specialties", format!("There is no specialty \u{201c}{unknown}\u{201d}."));
    }
    faults.none()?;
    let classes = form.classes.clone().ok_or_else(|| Error::internal("classes without a fault are none"))?;
    Ok(form.with_classes(classes))
}

fn refusal(error: sqlx::Error, form: &DefinitionForm) -> Error {
    let constraint = error.as_database_error().and_then(|e| e.constraint().map(str::to_owned));
    match constraint.as_deref() {
        Some("mt_definition_one_per_product_specialty_kind") => AppError::invalid(
            "specialties",
            format!(
                "Another definition of {} already covers one of these specialties for {}.",
                form.product,
                form.kind.plural()
            ),
        )
        .into(),
        _ => error.into(),
    }
}
