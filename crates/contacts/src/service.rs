//! Reading facts. Whether somebody may see a contact is for the caller to have checked.

use crate::facts::{Published, Registry};
use crate::model::{Fact, FactType, FactValue};
use crate::store::{self, Value};
use cutline_domain::Score;
use cutline_domain::base::ids::{CompanyId, ContactId};
use cutline_platform::{Error, Result};
use sqlx::PgConnection;

/// Lets one change of a company's contacts and measures run at a time, and nothing that reads them all to stand on them (a
/// load, a cycle being opened) meet it half-way. The first lock of whoever takes several. False when there is no such company.
pub async fn hold(conn: &mut PgConnection, company: CompanyId) -> Result<bool> {
    store::hold(conn, company).await
}

/// Everything that is published about one contact, in one query.
pub async fn facts(
    conn: &mut PgConnection,
    registry: &Registry,
    company: CompanyId,
    contact: ContactId,
) -> Result<Vec<Fact>> {
    let published = registry.published(conn, company).await?;
    let relations: Vec<_> = published.iter().map(|fact| fact.relation).collect();
    let mut values = store::values(conn, company, contact, &relations).await?;
    published.into_iter().enumerate().map(|(nr, fact)| fact.with(values.remove(&nr))).collect()
}

impl Published {
    fn with(self, value: Option<Value>) -> Result<Fact> {
        let Self { key, title, kind, explanation, .. } = self;
        let wrong = || Error::internal(format!("the fact {key} is not what it says it is"));
        let value = match (kind, value) {
            (_, None) => None,
            (FactType::Word | FactType::Person | FactType::Class, Some(value)) => {
                Some(FactValue::Text(value.text.ok_or_else(wrong)?))
            }
            (FactType::Number, Some(value)) => {
                Some(FactValue::Number(Score::from_hundredths(value.number.ok_or_else(wrong)?)))
            }
            (FactType::Labels, Some(value)) => Some(FactValue::Labels(value.labels.ok_or_else(wrong)?)),
        };
        Ok(Fact { key, title, kind, value, explanation })
    }
}
