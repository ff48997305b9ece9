//! Contacts and measures made up at any size, for measuring: set-based, by the database itself, under the same locks and
//! with the same audit records as a load.

use crate::error::LoadError;
use crate::service::{finish_with, lock};
use crate::store;
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_platform::command::{self, Work};
use cutline_wire::Moment;
use sqlx::PgPool;

/// Who is made up.
#[derive(Clone, Debug)]
pub struct Population {
    /// How many persons.
    pub persons: u32,
    /// How many of them have one of `specialties`.
    pub items: u32,
    /// What they are called.
    pub first_names: Vec<String>,
    /// What they are called.
    pub last_names: Vec<String>,
    /// Specialties of a definition, the most frequent first.
    pub specialties: Vec<String>,
    /// Specialties of nobody in it.
    pub other_specialties: Vec<String>,
    /// When their ids begin.
    pub at: Moment,
}

/// Makes up persons, in a company that has regions and reps. Gives how many.
pub async fn people(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    people: &Population,
) -> Result<u64, LoadError> {
    let work = Work { name: "invent contacts", company, by };
    command::run_unattended(pool, work, async |doing| {
        lock(doing, company).await?;
        let specialties = [people.specialties.as_slice(), &people.other_specialties].concat();
        store::invented::specialties(doing.conn, company, &specialties).await?;
        let made = store::invented::persons(doing.conn, company, people).await?;
        finish_with(doing, by, true, serde_json::json!({ "added": made })).await?;
        Ok(made)
    })
    .await
}

/// Makes up the values of a measure for everybody made up: of a first half year, or of a later one.
pub async fn measure(
    pool: &PgPool,
    company: CompanyId,
    by: Option<AccountId>,
    (name, middle): (&str, f64),
    half_year: u32,
) -> Result<u64, LoadError> {
    let work = Work { name: "invent measures", company, by };
    command::run_unattended(pool, work, async |doing| {
        lock(doing, company).await?;
        let made = store::invented::measure(doing.conn, company, name, middle, half_year).await?;
        finish_with(doing, by, true, serde_json::json!({ "measure": name, "values": made })).await?;
        Ok(made)
    })
    .await
}
