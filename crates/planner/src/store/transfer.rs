//! What Transfer writes: the only SQL that touches the general classification.

use super::class;
use crate::model::Manifest;
use cutline_domain::Class;
use cutline_domain::base::ids::{AccountId, CompanyId, CycleId};
use cutline_platform::Error;
use cutline_platform::Result;
use sqlx::PgConnection;

/// Undecided items that block a Transfer (those with a class to decide on), per region, most first.
pub async fn blocking(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Vec<(String, u32)>> {
    let rows = sqlx::query!(
        r#"select r.name, count(*) as "n!"
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           join region r on r.company_id = c.company_id and r.region_id = c.region_id
           where i.company_id = $1 and i.cycle_id = $2 and i.status = 'in_progress'
             and coalesce(i.override_class, i.proposed_class) is not null
           group by r.region_id, r.name order by 2 desc, 1"#,
        company.0,
        cycle.0
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.name, row.n as u32)).collect())
}

/// What Transfer did for one class.
#[derive(Clone, Copy, Debug)]
pub struct Classified {
    /// Which.
    pub position: Class,
    /// Items that have it officially now.
    pub items: u32,
    /// Of those, the ones that had another or none.
    pub changed: u32,
}

/// Items that a Transfer leaves as they are.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// Rejected ones.
    pub rejected: u32,
    /// Those in progress.
    pub in_progress: u32,
}

/// Makes the final classes of accepted items the general classification, with history. Gives per class position how many
/// were transferred and how many of them changed.
pub async fn classify(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Vec<Classified>> {
    let rows = sqlx::query!(
        r#"with accepted as (
               select i.company_id, c.definition_id, i.contact_id, i.cycle_id, k.position, k.label, g.class_label as before,
                      -- Renamed, a class is the same.
                      i.current_class is distinct from k.position as changes
               from item i
               join cycle c on c.company_id = i.company_id and c.cycle_id = i.cycle_id
               join cycle_class k on k.company_id = i.company_id and k.cycle_id = i.cycle_id
                    and k.position = coalesce(i.override_class, i.proposed_class)
               left join general_classification g on g.company_id = i.company_id
                    and g.definition_id = c.definition_id and g.contact_id = i.contact_id
               where i.company_id = $1 and i.cycle_id = $2 and i.status = 'accepted'
               -- In the order of the indexes that are written: ids of version 7 then fall on neighbouring pages.
               order by i.contact_id
           ), history as (
               insert into general_classification_history
                      (company_id, definition_id, contact_id, cycle_id, class_before, class_label, at)
               select company_id, definition_id, contact_id, cycle_id, before, label, now() from accepted
           ), renewed as (
               update general_classification g
               set class_label = a.label, cycle_id = a.cycle_id, since = case when a.changes then now() else g.since end
               from accepted a
               where g.company_id = a.company_id and g.definition_id = a.definition_id and g.contact_id = a.contact_id
                 and a.before is not null
           ), first as (
               insert into general_classification (company_id, definition_id, contact_id, class_label, cycle_id, since)
               select company_id, definition_id, contact_id, label, cycle_id, now() from accepted where before is null
           )
           select position, count(*) as "n!", count(*) filter (where changes) as "changed!"
           from accepted group by position order by position"#,
        company.0,
        cycle.0
    );
    let rows = rows.fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let position = class(Some(row.position))?.ok_or_else(|| Error::internal("a class has a position"))?;
            Ok(Classified { position, items: row.n as u32, changed: row.changed as u32 })
        })
        .collect()
}

/// Rejected items, and items still in progress.
pub async fn left_out(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<LeftOut> {
    let row = sqlx::query!(
        r#"select count(*) filter (where status = 'rejected') as "rejected!",
                  count(*) filter (where status = 'in_progress') as "in_progress!"
           from item where company_id = $1 and cycle_id = $2"#,
        company.0,
        cycle.0
    )
    .fetch_one(conn)
    .await?;
    Ok(LeftOut { rejected: row.rejected as u32, in_progress: row.in_progress as u32 })
}

/// Keeps the manifest.
pub async fn keep(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    by: AccountId,
    manifest: &Manifest,
) -> Result<()> {
    sqlx::query!(
        "insert into transfer_manifest (company_id, cycle_id, transferred_at, transferred_by, manifest)
         values ($1, $2, now(), $3, $4)",
        company.0,
        cycle.0,
        by.0,
        serde_json::to_value(manifest)?
    )
    .execute(conn)
    .await?;
    Ok(())
}
