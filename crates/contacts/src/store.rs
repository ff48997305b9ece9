//! SQL about contacts, and only here.

use crate::facts::Relation;
use cutline_domain::base::ids::{CompanyId, ContactId};
use cutline_platform::Result;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::fmt::Write;
use uuid::Uuid;

/// A fact's value as its relation gives it.
#[derive(Debug, sqlx::FromRow)]
pub struct Value {
    nr: i32,
    pub text: Option<String>,
    pub number: Option<i64>,
    pub labels: Option<Vec<String>>,
}

/// Every measure of a company, by name.
pub async fn measures(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!("select measure_id, name from measure where company_id = $1 order by name", company.0);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.measure_id, row.name)).collect())
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
        let select = relation.sql.replace("{company}", "$1").replace("{of}", of.as_deref().unwrap_or("null"));
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
