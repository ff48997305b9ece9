//! SQL of the loads: COPY into a temporary table (`staging`), then a few set-based statements, however many lines there are.
//!
//! Statements that read a temporary table are checked when they run (`sqlx::query`), because `sqlx::query!` asks the
//! database at compile time, and there is no such table then. All others are `query!`.

pub mod invented;
pub mod staging;

use cutline_domain::base::ids::CompanyId;
use sqlx::{PgConnection, PgPool, Result};
use uuid::Uuid;

/// What a merge did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merged {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub removed: u64,
}

/// Every company, by name.
pub async fn companies(pool: &PgPool) -> Result<Vec<(CompanyId, String)>> {
    let rows = sqlx::query!("select company_id, name from company order by name").fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (row.company_id.into(), row.name)).collect())
}

/// Creates the regions that `load_contact` names and the company doesn't have, at the top of its tree.
pub async fn create_regions(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let created = sqlx::query(
        "with new as (
             insert into region (company_id, region_id, code, name)
             select $1, gen_random_uuid(), region, region from (select distinct region from load_contact) l
             where region not in (select code from load_region)
             returning code, region_id
         )
         insert into load_region select code, region_id from new",
    );
    Ok(created.bind(company.0).execute(conn).await?.rows_affected())
}

/// How many regions a company has.
pub async fn regions(conn: &mut PgConnection, company: CompanyId) -> Result<usize> {
    let count = sqlx::query_scalar!(r#"select count(*) as "n!" from region where company_id = $1"#, company.0);
    Ok(count.fetch_one(conn).await? as usize)
}

/// Creates the specialties that `load_contact` names and the company doesn't have.
pub async fn create_specialties(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let created = sqlx::query(
        "with new as (
             insert into specialty (company_id, specialty_id, name)
             select $1, gen_random_uuid(), specialty from (select distinct specialty from load_contact) l
             where specialty <> '' and specialty not in (select name from load_specialty)
             returning name, specialty_id
         )
         insert into load_specialty select name, specialty_id from new",
    );
    Ok(created.bind(company.0).execute(conn).await?.rows_affected())
}

/// Creates the measures that the company doesn't have yet.
pub async fn create_measures(conn: &mut PgConnection, company: CompanyId, names: &[String]) -> Result<u64> {
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    let insert = sqlx::query!(
        "insert into measure (company_id, measure_id, name)
         select $1, new.id, new.name from unnest($2::uuid[], $3::text[]) as new (id, name)
         on conflict (company_id, name) do nothing",
        company.0,
        &ids,
        names,
    );
    Ok(insert.execute(conn).await?.rows_affected())
}

/// Makes the contacts as `load_contact`, which has `all` rows, has them: a null there leaves what is known, an empty text
/// clears it.
///
/// Known ones are changed and new ones inserted by a statement each: under the company's lock nobody else adds any, and
/// trying each insert for a conflict takes three times as long. Who is known is looked up before, since a statement that reads the
/// table it fills may be planned for the empty one and read it again for each row.
pub async fn merge_contacts(conn: &mut PgConnection, company: CompanyId, all: u64) -> Result<Merged> {
    sqlx::query("create temporary table load_known (line bigint not null, contact_id uuid not null) on commit drop")
        .execute(&mut *conn)
        .await?;
    let known = sqlx::query(
        "insert into load_known
         select l.line, c.contact_id from load_contact l
         join contact c on c.company_id = $1 and c.external_id = l.external_id",
    );
    known.bind(company.0).execute(&mut *conn).await?;
    sqlx::query("analyze load_known").execute(&mut *conn).await?;
    let changed = change_contacts(conn, company).await?;
    let added = add_contacts(conn, company).await?;
    Ok(Merged { added, changed, unchanged: all.saturating_sub(added + changed), removed: 0 })
}

/// Changes those of `load_known`, and keeps where they were if they moved.
async fn change_contacts(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let changed = sqlx::query(
        "with changed as (
             select c.contact_id, c.region_id as region_before, c.owner_id as owner_before, becomes.*
             from load_contact l
             join load_known k on k.line = l.line
             join contact c on c.company_id = $1 and c.contact_id = k.contact_id
             join load_region r on r.code = l.region
             left join load_specialty s on s.name = l.specialty
             left join load_owner o on o.email = l.owner
             cross join lateral (
                 select coalesce(l.kind, c.kind) as kind, coalesce(l.name, c.name) as name, r.region_id,
                        case when l.specialty is null then c.specialty_id else s.specialty_id end as specialty_id,
                        case when l.owner is null then c.owner_id else o.account_id end as owner_id,
                        coalesce(l.tags, c.tags) as tags
             ) as becomes
             where (c.kind, c.name, c.region_id, c.specialty_id, c.owner_id, c.tags) is distinct from
                   (becomes.kind, becomes.name, becomes.region_id, becomes.specialty_id, becomes.owner_id, becomes.tags)
         ), moved as (
             insert into contact_move (company_id, contact_id, at, region_id, owner_id)
             select $1, contact_id, now(), region_before, owner_before from changed
             where region_before <> region_id or owner_before is distinct from owner_id
         )
         update contact c
         set kind = n.kind, name = n.name, region_id = n.region_id, specialty_id = n.specialty_id,
             owner_id = n.owner_id, tags = n.tags, updated_at = now()
         from changed n where c.company_id = $1 and c.contact_id = n.contact_id",
    );
    Ok(changed.bind(company.0).execute(conn).await?.rows_affected())
}

/// Adds all that aren't in `load_known`.
async fn add_contacts(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let added = sqlx::query(
        "insert into contact
            (company_id, contact_id, kind, external_id, name, region_id, specialty_id, owner_id, tags)
         select $1, l.contact_id, coalesce(l.kind, 'person'), l.external_id, coalesce(l.name, l.external_id), r.region_id,
                s.specialty_id, o.account_id, coalesce(l.tags, '{}')
         from load_contact l
         join load_region r on r.code = l.region
         left join load_specialty s on s.name = l.specialty
         left join load_owner o on o.email = l.owner
         where not exists (select from load_known k where k.line = l.line)",
    );
    Ok(added.bind(company.0).execute(conn).await?.rows_affected())
}

/// Makes the values of `measures`, the columns of the file in their order, as `load_measure` has them.
///
/// What each value was before is looked up once; then, as with contacts, each statement does one thing. New values come in
/// the order of their only index.
pub async fn merge_measures(conn: &mut PgConnection, company: CompanyId, measures: &[String]) -> Result<Merged> {
    sqlx::query(
        "create temporary table load_value (measure_id uuid not null, contact_id uuid not null, value bigint, before bigint)
         on commit drop",
    )
    .execute(&mut *conn)
    .await?;
    let given = sqlx::query(
        "insert into load_value
         select given.measure_id, c.contact_id, given.value, k.value
         from load_measure l
         join contact c on c.company_id = $1 and c.external_id = l.external_id
         cross join (
             select array_agg(m.measure_id order by given.nr) as ids
             from unnest($2::text[]) with ordinality as given (name, nr)
             join measure m on m.company_id = $1 and m.name = given.name
         ) as m
         cross join lateral unnest(l.amounts, m.ids) as given (value, measure_id)
         left join contact_measure k
            on k.company_id = $1 and k.measure_id = given.measure_id and k.contact_id = c.contact_id",
    );
    given.bind(company.0).bind(measures).execute(&mut *conn).await?;
    sqlx::query("analyze load_value").execute(&mut *conn).await?;
    let removed = sqlx::query(
        "delete from contact_measure k using load_value v
         where k.company_id = $1 and k.measure_id = v.measure_id and k.contact_id = v.contact_id
           and v.value is null and v.before is not null",
    );
    let removed = removed.bind(company.0).execute(&mut *conn).await?.rows_affected();
    let changed = sqlx::query(
        "update contact_measure k set value = v.value, updated_at = now() from load_value v
         where k.company_id = $1 and k.measure_id = v.measure_id and k.contact_id = v.contact_id and v.value <> v.before",
    );
    let changed = changed.bind(company.0).execute(&mut *conn).await?.rows_affected();
    let added = sqlx::query(
        "insert into contact_measure (company_id, measure_id, contact_id, value)
         select $1, measure_id, contact_id, value from load_value where value is not null and before is null
         order by measure_id, contact_id",
    );
    let added = added.bind(company.0).execute(&mut *conn).await?.rows_affected();
    let unchanged = sqlx::query_scalar("select count(*) from load_value where value = before");
    let unchanged: i64 = unchanged.fetch_one(conn).await?;
    Ok(Merged { added, changed, unchanged: unchanged.unsigned_abs(), removed })
}

/// Tells the planner of PostgreSQL what was loaded: without it, queries right after a load are planned for the empty
/// tables of before, and autovacuum comes a minute too late.
pub async fn analyze(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Another company's may be under way: then that one does for both.
    sqlx::query("analyze (skip_locked) contact, contact_measure").execute(conn).await?;
    Ok(())
}
