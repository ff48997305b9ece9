//! Reading items for the page: the snapshot's columns, the texts of rows in view, search and text orders.

use super::class;
use crate::model::{Command, RowText};
use cutline_domain::base::ids::{CompanyId, CycleId};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::SortKey;
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::{Class, Score};
use cutline_platform::sight::Sight;
use cutline_platform::{Error, Result};
use cutline_wire::AppError;
use sqlx::PgConnection;
use sqlx::types::time::OffsetDateTime;

/// What a snapshot depends on beside who sees it: it stays the same while this does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The cycle's.
    pub revision: i64,
    /// A fingerprint of the company's regions, which items name by position.
    pub regions: String,
    /// When a contact of the company last moved to another region or owner: a cycle that is over learns of it in no other way.
    pub moved: Option<OffsetDateTime>,
}

/// A cycle's stamp at this moment.
pub async fn stamp(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<Stamp> {
    sqlx::query_as!(
        Stamp,
        r#"select revision, (select coalesce(md5(string_agg(region_id::text, ',' order by region_id)), '')
                             from region where company_id = $1) as "regions!",
                  (select max(at) from contact_move where company_id = $1) as moved
           from cycle where company_id = $1 and cycle_id = $2"#,
        company.0,
        cycle.0
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| AppError::not_found("This cycle").into())
}

/// Items within sight that changed after `since` (all for `None`), with the revision they show. The regions they name
/// are positions in the list that [`super::cycles::regions`] gives.
pub async fn columns(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    since: Option<i64>,
) -> Result<Columns> {
    let revision =
        sqlx::query_scalar!("select revision from cycle where company_id = $1 and cycle_id = $2", company.0, cycle.0)
            .fetch_optional(&mut *conn)
            .await?
            .ok_or_else(|| AppError::not_found("This cycle"))?;
    let touched = match since {
        Some(since) => touched(&mut *conn, company, cycle, since).await?,
        None => None,
    };
    let rows = sqlx::query!(
        r#"with place as (
               select region_id, row_number() over (order by region_id) - 1 as nr from region where company_id = $1
           )
           select i.seq, i.score, i.current_class, i.override_class, i.status, p.nr as "region!",
                  i.score is distinct from i.latest_score as "score_changed!",
                  i.suggested_class is not null as "suggested!"
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           join place p on p.region_id = c.region_id
           where i.company_id = $1 and i.cycle_id = $2 and ($5::bigint is null or i.revision > $5)
             and ($6::int[] is null or i.seq = any($6))
             and ($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or c.owner_id = $4)
           order by i.seq"#,
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner,
        since,
        touched.as_deref()
    )
    .fetch_all(conn)
    .await?;
    let mut columns = Columns::at(revision.cast_unsigned());
    for row in rows {
        columns.push(Row {
            seq: row.seq.cast_unsigned(),
            score: row.score.map(Score::from_hundredths),
            region: u16::try_from(row.region)
                .map_err(|_| Error::internal("a company has more regions than a snapshot counts"))?,
            current: class(row.current_class)?,
            overridden: class(row.override_class)?,
            status: row.status.parse::<Status>().map_err(Error::internal)?,
            score_changed: row.score_changed,
            suggested: row.suggested,
        });
    }
    Ok(columns)
}

/// Numbers of the items that commands touched one by one after a revision, as the audit trail has them; `None` when one of the
/// commands treated all items alike.
async fn touched(conn: &mut PgConnection, company: CompanyId, cycle: CycleId, since: i64) -> Result<Option<Vec<i32>>> {
    let alike = sqlx::query_scalar!(
        r#"select exists (select from audit_record where company_id = $1 and subject_id = $2 and revision > $3
                          and command = any($4)) as "alike!""#,
        company.0,
        cycle.0,
        since,
        &[Command::Enable, Command::Reset].map(|command| <&str>::from(command).to_owned())
    )
    .fetch_one(&mut *conn)
    .await?;
    if alike {
        return Ok(None);
    }
    let seqs = sqlx::query_scalar!(
        "select t.seq from audit_record r
         join audit_item t on t.company_id = r.company_id and t.audit_id = r.audit_id
         where r.company_id = $1 and r.subject_id = $2 and r.revision > $3",
        company.0,
        cycle.0,
        since
    );
    Ok(Some(seqs.fetch_all(conn).await?))
}

/// That a company has a cycle.
pub async fn must_exist(conn: &mut PgConnection, company: CompanyId, cycle: CycleId) -> Result<()> {
    let there = sqlx::query_scalar!(
        r#"select exists(select 1 from cycle where company_id = $1 and cycle_id = $2) as "e!""#,
        company.0,
        cycle.0
    );
    if there.fetch_one(conn).await? { Ok(()) } else { Err(AppError::not_found("This cycle").into()) }
}

/// What a Transfer made of the items within sight.
#[derive(Debug, Default)]
pub struct Transferred {
    /// Items whose class became official, by class.
    pub classes: Vec<(Class, u32)>,
    /// Of those, the ones that had another class or none.
    pub changed: u32,
    /// Rejected ones.
    pub rejected: u32,
    /// Those that were still in progress.
    pub in_progress: u32,
}

/// What the Transfer of a cycle made of the items within sight.
pub async fn transferred(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
) -> Result<Transferred> {
    let rows = sqlx::query!(
        r#"select i.status, case when i.status = 'accepted' then coalesce(i.override_class, i.proposed_class) end as class,
                  count(*) as "items!",
                  -- As Transfer counts them: renamed, a class is the same.
                  count(*) filter (where i.status = 'accepted'
                      and i.current_class is distinct from coalesce(i.override_class, i.proposed_class)) as "changed!"
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           where i.company_id = $1 and i.cycle_id = $2
             and ($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or c.owner_id = $4)
           group by 1, 2"#,
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner
    );
    let mut seen = Transferred::default();
    for row in rows.fetch_all(conn).await? {
        let items = row.items as u32;
        match row.status.parse::<Status>().map_err(Error::internal)? {
            Status::InProgress => seen.in_progress += items,
            Status::Rejected => seen.rejected += items,
            Status::Accepted => {
                let position = class(row.class)?;
                seen.classes.push((position.ok_or_else(|| Error::internal("an accepted item has a class"))?, items));
                seen.changed += row.changed as u32;
            }
        }
    }
    Ok(seen)
}

/// The revision of a cycle of which something is within sight.
pub async fn revision_in_sight(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
) -> Result<Option<i64>> {
    let revision = sqlx::query_scalar!(
        "select revision from cycle
         where company_id = $1 and cycle_id = $2
           and (($3::uuid[] is null and $4::uuid is null) or exists (
               select from item i join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
               where i.company_id = $1 and i.cycle_id = $2
                 and ($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or c.owner_id = $4)))",
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner
    );
    Ok(revision.fetch_optional(conn).await?)
}

/// Numbers of items that were within sight before their contact moved after `since`, and are no more, increasing.
pub async fn gone(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    since: i64,
) -> Result<Vec<u32>> {
    let seqs = sqlx::query_scalar!(
        "select distinct i.seq from audit_record r
         join contact_move m on m.company_id = r.company_id and m.at = r.at
         join item i on i.company_id = r.company_id and i.cycle_id = r.subject_id and i.contact_id = m.contact_id
         join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
         where r.company_id = $1 and r.subject_id = $2 and r.revision > $5 and r.command = $6
           and ($3::uuid[] is null or m.region_id = any($3)) and ($4::uuid is null or m.owner_id = $4)
           and not (($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or coalesce(c.owner_id = $4, false)))
         order by i.seq",
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner,
        since,
        <&str>::from(Command::PopulationChanged)
    );
    Ok(seqs.fetch_all(conn).await?.into_iter().map(i32::cast_unsigned).collect())
}

/// Texts of rows within sight.
pub async fn texts(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    seqs: Option<&[i32]>,
) -> Result<Vec<RowText>> {
    let rows = sqlx::query!(
        r#"select i.seq, c.name, c.external_id, coalesce(s.name, '') as "specialty!", i.decision_reason,
                  coalesce(i.override_reason, i.suggested_reason) as override_reason, i.suggested_class
           from item i
           join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
           left join specialty s on s.company_id = c.company_id and s.specialty_id = c.specialty_id
           where i.company_id = $1 and i.cycle_id = $2 and ($3::int[] is null or i.seq = any($3))
             and ($4::uuid[] is null or c.region_id = any($4)) and ($5::uuid is null or c.owner_id = $5)
           order by i.seq"#,
        company.0,
        cycle.0,
        seqs,
        sight.regions.as_deref(),
        sight.owner
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RowText {
                seq: row.seq.cast_unsigned(),
                name: row.name,
                external_id: row.external_id,
                specialty: row.specialty,
                override_reason: row.override_reason,
                suggested: class(row.suggested_class)?.map(|class| class.0),
                decision_reason: row.decision_reason,
            })
        })
        .collect()
}

/// Numbers of the items whose contact's name or id contains `part`, increasing.
pub async fn search(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    part: &str,
) -> Result<Vec<i32>> {
    let pattern = format!("%{}%", part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let seqs = sqlx::query_scalar!(
        "select i.seq from item i
         join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
         where i.company_id = $1 and i.cycle_id = $2 and (c.name || ' ' || c.external_id) ilike $3
           and ($4::uuid[] is null or c.region_id = any($4)) and ($5::uuid is null or c.owner_id = $5)
         order by i.seq",
        company.0,
        cycle.0,
        pattern,
        sight.regions.as_deref(),
        sight.owner
    );
    Ok(seqs.fetch_all(conn).await?)
}

/// Numbers of all items within sight, ordered by a text the columns don't hold.
pub async fn order(
    conn: &mut PgConnection,
    company: CompanyId,
    cycle: CycleId,
    sight: &Sight,
    key: SortKey,
) -> Result<Vec<i32>> {
    let seqs = sqlx::query_scalar!(
        "select i.seq from item i
         join contact c on c.company_id = i.company_id and c.contact_id = i.contact_id
         left join specialty s on s.company_id = c.company_id and s.specialty_id = c.specialty_id
         where i.company_id = $1 and i.cycle_id = $2
           and ($3::uuid[] is null or c.region_id = any($3)) and ($4::uuid is null or c.owner_id = $4)
         order by case $5::text when 'id' then c.external_id when 'specialty' then s.name when 'name' then c.name end, i.seq",
        company.0,
        cycle.0,
        sight.regions.as_deref(),
        sight.owner,
        key.as_str()
    );
    Ok(seqs.fetch_all(conn).await?)
}
