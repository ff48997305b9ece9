//! What the planner knows about contacts: the official class for each definition.

use crate::store::definitions;
use cutline_contacts::facts::{Listing, Published, Publisher, Relation};
use cutline_contacts::model::FactType;
use cutline_domain::base::ids::CompanyId;
use sqlx::PgConnection;

/// The class for each definition, as the last Transfer made it official.
#[derive(Clone, Copy, Debug)]
pub struct ClassFacts;

impl Publisher for ClassFacts {
    fn facts<'a>(&'a self, conn: &'a mut PgConnection, company: CompanyId) -> Listing<'a> {
        Box::pin(async move {
            let all = definitions::titles(conn, company).await?;
            let class = |(id, product, audience): (uuid::Uuid, String, String)| Published {
                key: format!("class:{id}"),
                title: format!("Class for {product}"),
                kind: FactType::Class,
                explanation: format!("The official class for {product} · {audience}. Only Transfer changes it."),
                relation: Relation {
                    sql: "select g.contact_id, g.class_label as text, null::bigint as number, null::text[] as labels
                          from general_classification g where g.company_id = {company} and g.definition_id = {of}",
                    of: Some(id),
                },
            };
            Ok(all.into_iter().map(class).collect())
        })
    }
}
