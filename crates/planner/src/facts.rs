//! What the planner knows about contacts: the official class for each definition.

use crate::store::definitions::{self, Titled};
use cutline_contacts::facts::{Listing, Published, Publisher};
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
            let class = |Titled { id, product, audience }| Published {
                key: format!("class:{id}"),
                title: format!("Class for {product}"),
                kind: FactType::Class,
                explanation: format!("The official class for {product} · {audience}. Only Transfer changes it."),
                relation: definitions::official_class(id),
            };
            Ok(all.into_iter().map(class).collect())
        })
    }
}
