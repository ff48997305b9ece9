//! Cycles, their classes and border versions.

use super::borders;
use crate::model::{BorderVersion, CycleSummary, Manifest, StatusCounts};
use cutline_domain::base::ids::{AccountId, CompanyId, CycleId, DefinitionId};
use cutline_domain::base::kind::Kind;
use cutline_domain::base::region::Region;
use cutline_domain::planner::approval::{CycleState, Stage};
use cutline_domain::{Borders, ClassScheme, ClassSpec, Percent};
use cutline_platform::clock::moment;
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result};
use cutline_wire::AppError;
use sqlx::PgConnection;
use uuid::Uuid;

/// A cycle's row, locked or not.
#[derive(Clone, Debug)]
pub struct CycleRow {
    pub id: CycleId,
    pub stage: Stage,
    pub revision: i64,
    pub draft_version: Option<i32>,
}

/// Locks a cycle for a command: commands on one cycle happen one after the other, so that revisions are in order.
pub async fn lock(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<CycleRow> {
    let row = sqlx::query!(
        "select state, revision, draft_version, frozen_version from cycle
         where company_id = $1 and cycle_id = $2 for update",
        company.0,
        cycle.0
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| AppError::not_found("This cycle"))?;
    // A statement of its own: one that waited for the lock sees the row as it is now, but other tables as they were before.
    let frozen = match row.frozen_version {
        Some(version) => Some(frozen(conn, company, cycle, version).await?),
        None => None,
    };
    let stage = Stage::stored(row.state.parse()?, frozen)
        .ok_or_else(|| Error::internal("a cycle under approval has no frozen borders"))?;
    Ok(CycleRow { id: cycle, stage, revision: row.revision, draft_version: row.draft_version })
}

async fn frozen(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, version: i32) -> Result<Borders> {
    let values = sqlx::query_scalar!(
        "select borders from border_version where company_id = $1 and cycle_id = $2 and version = $3",
        company.0,
        cycle.0,
        version
    );
    borders(&values.fetch_one(conn).await?)
}

/// Ids of the company's open cycles, in the order commands must lock them.
pub async fn open(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<CycleId>> {
    let ids = sqlx::query_scalar!(
        "select cycle_id from cycle where company_id = $1 and state <> 'transferred' order by cycle_id",
        company.0
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}

/// Adds a cycle with the definition's classes as they are now. `false`: one is open already.
pub async fn insert(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    definition: DefinitionId,
    name: &str,
) -> Result<bool> {
    let added = sqlx::query!(
        "insert into cycle (company_id, cycle_id, definition_id, name, state, revision)
         values ($1, $2, $3, $4, 'collecting', 1)
         on conflict (company_id, definition_id) where state <> 'transferred' do nothing",
        company.0,
        cycle.0,
        definition.0,
        name
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into cycle_class (company_id, cycle_id, position, class_id, label, code, colour, planned, calls_per_year)
         select d.company_id, c.cycle_id, d.position, d.class_id, d.label, d.code, d.colour, d.planned, d.calls_per_year
         from mt_class d join cycle c on c.company_id = d.company_id and c.definition_id = d.definition_id
         where d.company_id = $1 and c.cycle_id = $2",
        company.0,
        cycle.0
    )
    .execute(conn)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Undecided overrides and suggestions of the cycle before whose class a new cycle has no more.
pub async fn suggestions_gone(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<u32> {
    let gone = sqlx::query_scalar!(
        r#"with before as (
               select p.company_id, p.cycle_id from cycle c
               join cycle p on p.company_id = c.company_id and p.definition_id = c.definition_id
                    and p.state = 'transferred'
               where c.company_id = $1 and c.cycle_id = $2 order by p.transferred_at desc limit 1
           )
           select count(*) as "n!" from before b
           join cycle_class k on k.company_id = b.company_id and k.cycle_id = b.cycle_id
                and not exists (select 1 from cycle_class now_it where now_it.company_id = $1 and now_it.cycle_id = $2
                                and now_it.class_id = k.class_id)
           join item i on i.company_id = b.company_id and i.cycle_id = b.cycle_id and i.status = 'in_progress'
                and coalesce(i.override_class, i.suggested_class) = k.position"#,
        company.0,
        cycle.0
    );
    Ok(gone.fetch_one(conn).await? as u32)
}

/// Gives a cycle its next revision and the state a command leads to.
pub async fn advance(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, state: CycleState) -> Result<i64> {
    let row = sqlx::query_scalar!(
        "update cycle set revision = revision + 1, state = $3,
                transferred_at = case when $3 = 'transferred' then now() end
         where company_id = $1 and cycle_id = $2 returning revision",
        company.0,
        cycle.0,
        state.as_str()
    );
    Ok(row.fetch_one(conn).await?)
}

/// Keeps a border version as the newest draft, and its planned shares as the cycle's.
pub async fn add_version(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    by: AccountId,
    values: &Borders,
    planned: &[Percent],
) -> Result<i32> {
    let planned: Vec<i32> = planned.iter().map(|share| share.hundredths().cast_signed()).collect();
    let version = sqlx::query_scalar!(
        r#"insert into border_version (company_id, cycle_id, version, borders, planned, saved_by)
           select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5
           from border_version where company_id = $1 and cycle_id = $2 returning version"#,
        company.0,
        cycle.0,
        &super::hundredths(values),
        &planned,
        by.0
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update cycle set draft_version = $3 where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0,
        version
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update cycle_class k set planned = p.share
         from unnest($3::integer[]) with ordinality as p (share, nr)
         where k.company_id = $1 and k.cycle_id = $2 and k.position = p.nr - 1",
        company.0,
        cycle.0,
        &planned
    )
    .execute(conn)
    .await?;
    Ok(version)
}

/// Freezes the newest draft, or thaws with `None`.
pub async fn freeze(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, version: Option<i32>) -> Result<()> {
    sqlx::query!(
        "update cycle set frozen_version = $3 where company_id = $1 and cycle_id = $2",
        company.0,
        cycle.0,
        version
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The classes of a cycle.
pub async fn scheme(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<ClassScheme> {
    let rows = sqlx::query!(
        "select class_id, label, code, colour, planned, calls_per_year from cycle_class
         where company_id = $1 and cycle_id = $2 order by position",
        company.0,
        cycle.0
    )
    .fetch_all(conn)
    .await?;
    let specs = rows
        .into_iter()
        .map(|row| spec(row.class_id, (row.label, row.code), row.colour, row.planned, row.calls_per_year));
    ClassScheme::new(specs.collect::<Result<_>>()?).map_err(Error::internal)
}

/// A stored class.
pub fn spec(
    id: Uuid,
    (label, code): (String, String),
    colour: Option<String>,
    planned: i32,
    calls: Option<i32>,
) -> Result<ClassSpec> {
    let planned = share(planned)?;
    Ok(ClassSpec { id: id.into(), label, code, colour, planned, calls_per_year: calls.map(i32::cast_unsigned) })
}

/// A stored share.
fn share(hundredths: i32) -> Result<Percent> {
    let share = Percent::from_hundredths(hundredths.cast_unsigned());
    share.ok_or_else(|| Error::internal(format!("{hundredths} is no share of a whole")))
}

/// The border versions that matter now.
#[derive(Debug, Default)]
pub struct Versions {
    /// The one last saved.
    pub draft: Option<BorderVersion>,
    /// The one under approval, or transferred with.
    pub frozen: Option<BorderVersion>,
}

/// Draft and frozen border versions.
pub async fn versions(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Versions> {
    let rows = sqlx::query!(
        r#"select v.version, v.borders, v.planned, v.saved_at, a.name as by,
                  v.version is not distinct from c.frozen_version as "frozen!",
                  v.version is not distinct from c.draft_version as "draft!"
           from cycle c
           join border_version v on v.company_id = c.company_id and v.cycle_id = c.cycle_id
                and v.version in (c.draft_version, c.frozen_version)
           join account a on a.account_id = v.saved_by
           where c.company_id = $1 and c.cycle_id = $2"#,
        company.0,
        cycle.0
    )
    .fetch_all(conn)
    .await?;
    let mut versions = Versions::default();
    for row in rows {
        let version = BorderVersion {
            version: row.version,
            borders: borders(&row.borders)?,
            planned: row.planned.into_iter().map(share).collect::<Result<_>>()?,
            by: row.by,
            at: moment(row.saved_at),
        };
        if row.frozen {
            versions.frozen = Some(version.clone());
        }
        if row.draft {
            versions.draft = Some(version);
        }
    }
    Ok(versions)
}

/// Every border version that was saved, newest first.
pub async fn all_versions(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Vec<BorderVersion>> {
    let rows = sqlx::query!(
        r#"select v.version, v.borders, v.planned, v.saved_at, a.name as by
           from border_version v join account a on a.account_id = v.saved_by
           where v.company_id = $1 and v.cycle_id = $2 order by v.version desc"#,
        company.0,
        cycle.0
    )
    .fetch_all(conn)
    .await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        versions.push(BorderVersion {
            version: row.version,
            borders: borders(&row.borders)?,
            planned: row.planned.into_iter().map(share).collect::<Result<_>>()?,
            by: row.by,
            at: moment(row.saved_at),
        });
    }
    Ok(versions)
}

/// What a cycle is about.
#[derive(Debug)]
pub struct Heading {
    pub name: String,
    pub state: CycleState,
    pub revision: i64,
    pub product: String,
    pub specialties_label: String,
    pub kind: Kind,
    pub measure: String,
    pub manifest: Option<Manifest>,
}

/// A cycle's heading.
pub async fn heading(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Heading> {
    let row = sqlx::query!(
        r#"select c.name, c.state, c.revision, p.name as product, d.specialties_label, d.kind, m.name as measure,
                  t.manifest as "manifest?"
           from cycle c
           join mt_definition d on d.company_id = c.company_id and d.definition_id = c.definition_id
           join product p on p.company_id = d.company_id and p.product_id = d.product_id
           join measure m on m.company_id = d.company_id and m.measure_id = d.measure_id
           left join transfer_manifest t on t.company_id = c.company_id and t.cycle_id = c.cycle_id
           where c.company_id = $1 and c.cycle_id = $2"#,
        company.0,
        cycle.0
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| AppError::not_found("This cycle"))?;
    Ok(Heading {
        name: row.name,
        state: row.state.parse()?,
        revision: row.revision,
        product: row.product,
        specialties_label: row.specialties_label,
        kind: row.kind.parse()?,
        measure: row.measure,
        manifest: row.manifest.map(serde_json::from_value).transpose()?,
    })
}

/// Every region of a company, oldest first. Version 7 ids grow with time, so a region added later comes last and the
/// positions that snapshots use stay what they were.
pub async fn regions(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Region>> {
    let rows = sqlx::query!(
        "select region_id, parent_id, code, name from region where company_id = $1 order by region_id",
        company.0
    );
    Ok(rows
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|row| Region {
            id: row.region_id.into(),
            parent: row.parent_id.map(Into::into),
            code: row.code,
            name: row.name,
        })
        .collect())
}

/// The newest cycle of every definition, counted within sight.
pub async fn summaries(
    conn: &mut PgConnection,
    company: CompanyId,
    sight: &Sight,
) -> Result<Vec<(DefinitionId, CycleSummary)>> {
    let rows = sqlx::query!(
        r#"with newest as (
               select distinct on (definition_id) * from cycle where company_id = $1
               order by definition_id, state = 'transferred', opened_at desc
           )
           select n.definition_id, n.cycle_id, n.name, n.state, n.opened_at, n.transferred_at,
                  count(*) filter (where i.status = 'in_progress' and c.contact_id is not null) as "in_progress!",
                  count(*) filter (where i.status = 'accepted' and c.contact_id is not null) as "accepted!",
                  count(*) filter (where i.status = 'rejected' and c.contact_id is not null) as "rejected!"
           from newest n
           left join item i on i.company_id = n.company_id and i.cycle_id = n.cycle_id
           left join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
                and ($2::uuid[] is null or c.region_id = any($2)) and ($3::uuid is null or c.owner_id = $3)
           group by n.definition_id, n.cycle_id, n.name, n.state, n.opened_at, n.transferred_at"#,
        company.0,
        sight.regions.as_deref(),
        sight.owner
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let items = StatusCounts {
                in_progress: row.in_progress as u32,
                accepted: row.accepted as u32,
                rejected: row.rejected as u32,
            };
            let since = moment(row.transferred_at.unwrap_or(row.opened_at));
            let state = row.state.parse()?;
            Ok((
                row.definition_id.into(),
                CycleSummary { id: row.cycle_id.into(), name: row.name, state, items, since },
            ))
        })
        .collect()
}
