//! SQL about contacts, and only here.

use crate::relation::Relation;
use cutline_domain::base::ids::{CompanyId, ContactId};
use cutline_platform::{Error, Result};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::fmt::Write;
use uuid::Uuid;

/// The region of each contact.
pub const REGION: Relation = Relation {
    sql: "select c.contact_id, r.name as text, null::bigint as number, null::text[] as labels
          from contact c join region r on r.company_id = c.company_id and r.region_id = c.region_id
          where c.company_id = {company}",
    of: None,
};

/// The specialty of each contact that has one.
pub const SPECIALTY: Relation = Relation {
    sql: "select c.contact_id, s.name as text, null::bigint as number, null::text[] as labels
          from contact c join specialty s on s.company_id = c.company_id and s.specialty_id = c.specialty_id
          where c.company_id = {company}",
    of: None,
};

/// The owner of each contact that has one.
pub const OWNER: Relation = Relation {
    sql: "select c.contact_id, a.name as text, null::bigint as number, null::text[] as labels
          from contact c join account a on a.account_id = c.owner_id where c.company_id = {company}",
    of: None,
};

/// The tags of each contact that has some.
pub const TAGS: Relation = Relation {
    sql: "select c.contact_id, null::text as text, null::bigint as number, c.tags as labels
          from contact c where c.company_id = {company} and c.tags <> '{}'",
    of: None,
};

/// The value of a measure, for each contact that has one.
pub const fn measured(measure: Uuid) -> Relation {
    Relation {
        sql: "select v.contact_id, null::text as text, v.value as number, null::text[] as labels
              from contact_measure v where v.company_id = {company} and v.measure_id = {of}",
        of: Some(measure),
    }
}

/// A measure of a company.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Which.
    pub id: Uuid,
    /// As loaded.
    pub name: String,
}

/// A fact's value as its relation gives it.
#[derive(Debug, sqlx::FromRow)]
pub struct Value {
    nr: i32,
    pub text: Option<String>,
    pub number: Option<i64>,
    pub labels: Option<Vec<String>>,
}

/// Every measure of a company, by name.
pub async fn measures(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Measure>> {
    let rows = sqlx::query!("select measure_id, name from measure where company_id = $1 order by name", company.0);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| Measure { id: row.measure_id, name: row.name }).collect())
}

/// What some relations say of one contact, by the relation's place. Relations are SQL of this program; whatever comes from
/// outside is bound.
pub async fn values(
    conn: &mut PgConnection,
    company: CompanyId,
    contact: ContactId,
    relations: &[Relation],
) -> Result<HashMap<usize, Value>> {
    let mut sql = String::new();
    let mut bound = Vec::new();
    for (nr, relation) in relations.iter().enumerate() {
        let of = relation.of.map(|of| {
            bound.push(of);
            format!("${}", bound.len() + 2)
        });
        let select = relation.sql.replace("{company}", "$1");
        let select = match of {
            Some(of) => select.replace("{of}", &of),
            None if select.contains("{of}") => return Err(Error::internal("a relation doesn't say what it is about")),
            None => select,
        };
        let union = if nr == 0 { "" } else { " union all " };
        // Writing to a string doesn't fail.
        let _ = write!(
            sql,
            "{union}select {nr} as nr, f.text, f.number, f.labels from ({select}) f where f.contact_id = $2"
        );
    }
    if sql.is_empty() {
        return Ok(HashMap::new());
    }
    let query = sqlx::query_as::<_, Value>(sqlx::AssertSqlSafe(sql)).bind(company.0).bind(contact.0);
    let rows = bound.into_iter().fold(query, sqlx::query::QueryAs::bind).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.nr as usize, row)).collect())
}

/// Locks what a company knows of its contacts. False when there is no such company.
pub async fn hold(conn: &mut PgConnection, company: CompanyId) -> Result<bool> {
    let row = sqlx::query!("select company_id from company where company_id = $1 for no key update", company.0);
    Ok(row.fetch_optional(conn).await?.is_some())
}
