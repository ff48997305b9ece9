//! SQL of the loads: COPY into a temporary table, then a few set-based statements, however many lines there are.
//!
//! Statements that read a temporary table are checked when they run (`sqlx::query`), because `sqlx::query!` asks the
//! database at compile time, and there is no such table then. All others are `query!`.

pub mod invented;

use crate::file::{ContactRow, MeasureRow};
use cutline_domain::Score;
use cutline_domain::base::ids::{CompanyId, ContactId, RegionId};
use cutline_domain::base::kind::Kind;
use sqlx::{PgConnection, PgPool, Result};
use std::fmt::{Display, Write};
use uuid::Uuid;

/// Sent to the server in pieces of about this many bytes.
const PIECE: usize = 256 * 1024;

/// A text of the file that means nothing to this company, and its line.
pub type Unknown = (i64, String);

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

/// Puts contacts into the temporary table `load_contact`. Each brings the id it gets if it is new.
pub async fn stage_contacts(conn: &mut PgConnection, rows: &[ContactRow]) -> Result<()> {
    sqlx::query(
        "create temporary table load_contact (
            line bigint not null, contact_id uuid not null, external_id text not null, name text, kind text,
            region text not null, specialty text, owner text, tags text[]
        ) on commit drop",
    )
    .execute(&mut *conn)
    .await?;
    copy(conn, "copy load_contact from stdin", rows, |out, row| {
        out.plain(row.line).plain(ContactId::new()).text(Some(&row.id)).text(row.name.as_deref());
        out.text(row.kind.map(Kind::as_str)).text(Some(&row.region)).text(row.specialty.as_deref());
        out.text(row.owner.as_deref()).text(row.tags.as_deref().map(array).as_deref());
    })
    .await?;
    sqlx::query("analyze load_contact").execute(conn).await.map(drop)
}

/// Puts measures into the temporary table `load_measure`, one row a line.
pub async fn stage_measures(conn: &mut PgConnection, rows: &[MeasureRow]) -> Result<()> {
    sqlx::query(
        "create temporary table load_measure (line bigint not null, external_id text not null, amounts bigint[] not null)
         on commit drop",
    )
    .execute(&mut *conn)
    .await?;
    copy(conn, "copy load_measure from stdin", rows, |out, row| {
        let value = |value: &Option<Score>| value.map_or("NULL".to_owned(), |value| value.hundredths().to_string());
        let values: Vec<String> = row.values.iter().map(value).collect();
        out.plain(row.line).text(Some(&row.id)).plain(format_args!("{{{}}}", values.join(",")));
    })
    .await?;
    sqlx::query("analyze load_measure").execute(conn).await.map(drop)
}

/// Lines whose region is no region's code.
pub async fn unknown_regions(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Unknown>> {
    sqlx::query_as(
        "select line, region from load_contact
         where not exists (select from region r where r.company_id = $1 and r.code = load_contact.region)",
    )
    .bind(company.0)
    .fetch_all(conn)
    .await
}

/// Lines whose specialty is no specialty's name.
pub async fn unknown_specialties(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Unknown>> {
    sqlx::query_as(
        "select line, specialty from load_contact where specialty <> '' and
         not exists (select from specialty s where s.company_id = $1 and s.name = load_contact.specialty)",
    )
    .bind(company.0)
    .fetch_all(conn)
    .await
}

/// Lines whose owner is not the e-mail address of a rep or regional manager of the company.
pub async fn unknown_owners(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Unknown>> {
    sqlx::query_as(
        "select line, owner from load_contact where owner <> '' and not exists (
            select from membership m join account a on a.account_id = m.account_id
            where m.company_id = $1 and m.role in ('rep', 'regional_manager') and a.email = load_contact.owner
         )",
    )
    .bind(company.0)
    .fetch_all(conn)
    .await
}

/// Lines whose id is no contact's.
pub async fn unknown_contacts(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Unknown>> {
    sqlx::query_as(
        "select line, external_id from load_measure where not exists (
            select from contact c where c.company_id = $1 and c.external_id = load_measure.external_id
         )",
    )
    .bind(company.0)
    .fetch_all(conn)
    .await
}

/// Takes lines out of `load_contact` again.
pub async fn leave_out_contacts(conn: &mut PgConnection, lines: &[i64]) -> Result<()> {
    sqlx::query("delete from load_contact where line = any($1)").bind(lines).execute(conn).await.map(drop)
}

/// Takes lines out of `load_measure` again.
pub async fn leave_out_measures(conn: &mut PgConnection, lines: &[i64]) -> Result<()> {
    sqlx::query("delete from load_measure where line = any($1)").bind(lines).execute(conn).await.map(drop)
}

/// Creates the regions that `load_contact` names and the company doesn't have, at the top of its tree.
pub async fn create_regions(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let mut codes: Vec<String> = unknown_regions(conn, company).await?.into_iter().map(|(_, code)| code).collect();
    codes.sort_unstable();
    codes.dedup();
    let ids: Vec<Uuid> = codes.iter().map(|_| RegionId::new().0).collect();
    let insert = sqlx::query!(
        "insert into region (company_id, region_id, code, name)
         select $1, new.id, new.code, new.code from unnest($2::uuid[], $3::text[]) as new (id, code)",
        company.0,
        &ids,
        &codes,
    );
    Ok(insert.execute(conn).await?.rows_affected())
}

/// How many regions a company has.
pub async fn regions(conn: &mut PgConnection, company: CompanyId) -> Result<usize> {
    let count = sqlx::query_scalar!(r#"select count(*) as "n!" from region where company_id = $1"#, company.0);
    Ok(count.fetch_one(conn).await? as usize)
}

/// Creates the specialties that `load_contact` names and the company doesn't have.
pub async fn create_specialties(conn: &mut PgConnection, company: CompanyId) -> Result<u64> {
    let mut names: Vec<String> = unknown_specialties(conn, company).await?.into_iter().map(|(_, name)| name).collect();
    names.sort_unstable();
    names.dedup();
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    let insert = sqlx::query!(
        "insert into specialty (company_id, specialty_id, name)
         select $1, new.id, new.name from unnest($2::uuid[], $3::text[]) as new (id, name)",
        company.0,
        &ids,
        &names,
    );
    Ok(insert.execute(conn).await?.rows_affected())
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

/// Makes the contacts as `load_contact` has them: a null there leaves what is known, an empty text clears it.
///
/// Who was there before is counted, not told from system columns, which a distributed table doesn't return.
pub async fn merge_contacts(conn: &mut PgConnection, company: CompanyId) -> Result<Merged> {
    let (all, known): (i64, i64) = sqlx::query_as(
        "select count(*), count(c.contact_id) from load_contact l
         left join contact c on c.company_id = $1 and c.external_id = l.external_id",
    )
    .bind(company.0)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "insert into contact_move (company_id, contact_id, at, region_id, owner_id)
         select $1, c.contact_id, now(), c.region_id, c.owner_id
         from load_contact l
         join contact c on c.company_id = $1 and c.external_id = l.external_id
         join region r on r.company_id = $1 and r.code = l.region
         left join (
            select a.email, m.account_id from membership m join account a on a.account_id = m.account_id
            where m.company_id = $1
         ) o on o.email = l.owner
         where c.region_id <> r.region_id or (l.owner is not null and c.owner_id is distinct from o.account_id)",
    )
    .bind(company.0)
    .execute(&mut *conn)
    .await?;
    let written = sqlx::query(
        "insert into contact
            (company_id, contact_id, kind, external_id, name, region_id, specialty_id, owner_id, tags)
         select $1, l.contact_id, coalesce(l.kind, c.kind, 'person'), l.external_id,
            coalesce(l.name, c.name, l.external_id), r.region_id,
            case when l.specialty is null then c.specialty_id else s.specialty_id end,
            case when l.owner is null then c.owner_id else o.account_id end,
            coalesce(l.tags, c.tags, '{}')
         from load_contact l
         join region r on r.company_id = $1 and r.code = l.region
         left join contact c on c.company_id = $1 and c.external_id = l.external_id
         left join specialty s on s.company_id = $1 and s.name = l.specialty
         left join (
            select a.email, m.account_id from membership m join account a on a.account_id = m.account_id
            where m.company_id = $1
         ) o on o.email = l.owner
         order by l.line
         on conflict (company_id, external_id) do update set
            kind = excluded.kind, name = excluded.name, region_id = excluded.region_id,
            specialty_id = excluded.specialty_id, owner_id = excluded.owner_id, tags = excluded.tags,
            updated_at = now()
         where (contact.kind, contact.name, contact.region_id, contact.specialty_id, contact.owner_id, contact.tags)
            is distinct from (excluded.kind, excluded.name, excluded.region_id, excluded.specialty_id,
                excluded.owner_id, excluded.tags)",
    )
    .bind(company.0)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(merged(all, known, written))
}

/// Makes the values of `measures`, the columns of the file in their order, as `load_measure` has them.
pub async fn merge_measures(conn: &mut PgConnection, company: CompanyId, measures: &[String]) -> Result<Merged> {
    sqlx::query(
        "create temporary table load_value (measure_id uuid not null, contact_id uuid not null, value bigint)
         on commit drop",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into load_value
         select m.measure_id, c.contact_id, given.value
         from load_measure l
         join contact c on c.company_id = $1 and c.external_id = l.external_id
         cross join lateral unnest(l.amounts, $2::text[]) as given (value, measure)
         join measure m on m.company_id = $1 and m.name = given.measure",
    )
    .bind(company.0)
    .bind(measures)
    .execute(&mut *conn)
    .await?;
    sqlx::query("analyze load_value").execute(&mut *conn).await?;
    let removed = sqlx::query(
        "delete from contact_measure k using load_value v
         where k.company_id = $1 and k.measure_id = v.measure_id and k.contact_id = v.contact_id and v.value is null",
    )
    .bind(company.0)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let (all, known): (i64, i64) = sqlx::query_as(
        "select count(*), count(k.value) from load_value v
         left join contact_measure k
            on k.company_id = $1 and k.measure_id = v.measure_id and k.contact_id = v.contact_id
         where v.value is not null",
    )
    .bind(company.0)
    .fetch_one(&mut *conn)
    .await?;
    let written = sqlx::query(
        "insert into contact_measure (company_id, measure_id, contact_id, value)
         select $1, measure_id, contact_id, value from load_value where value is not null
         on conflict (company_id, measure_id, contact_id) do update set value = excluded.value, updated_at = now()
         where contact_measure.value is distinct from excluded.value",
    )
    .bind(company.0)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(Merged { removed, ..merged(all, known, written) })
}

fn merged(all: i64, known: i64, written: u64) -> Merged {
    let (all, known) = (all.unsigned_abs(), known.unsigned_abs());
    let added = all - known;
    Merged { added, changed: written.saturating_sub(added), unchanged: all.saturating_sub(written), removed: 0 }
}

/// One row after another in COPY's text format.
#[derive(Default)]
struct CopyText(String);

impl CopyText {
    /// A value that has nothing to escape.
    fn plain(&mut self, value: impl Display) -> &mut Self {
        // Writing to a string can't fail.
        let _ = write!(self.0, "{value}\t");
        self
    }

    fn text(&mut self, value: Option<&str>) -> &mut Self {
        let Some(value) = value else { return self.plain("\\N") };
        for c in value.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                c => self.0.push(c),
            }
        }
        self.plain("")
    }

    fn end_row(&mut self) {
        self.0.pop();
        self.0.push('\n');
    }
}

/// Texts as the database writes an array.
fn array(texts: &[String]) -> String {
    let quoted: Vec<String> =
        texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    format!("{{{}}}", quoted.join(","))
}

async fn copy<Row>(
    conn: &mut PgConnection,
    statement: &str,
    rows: &[Row],
    write: impl Fn(&mut CopyText, &Row),
) -> Result<()> {
    let mut to = conn.copy_in_raw(statement).await?;
    let mut text = CopyText::default();
    for row in rows {
        write(&mut text, row);
        text.end_row();
        if text.0.len() >= PIECE {
            to.send(text.0.as_bytes()).await?;
            text.0.clear();
        }
    }
    to.send(text.0.as_bytes()).await?;
    to.finish().await.map(drop)
}

/// Tells the planner of PostgreSQL what was loaded: without it, queries right after a load are planned for the empty
/// tables of before, and autovacuum comes a minute too late.
pub async fn analyze(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Another company's may be under way: then that one does for both.
    sqlx::query("analyze (skip_locked) contact, contact_measure").execute(conn).await?;
    Ok(())
}
