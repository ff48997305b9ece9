//! The registry: which facts there are about a company's contacts, and how each is read. Features publish, the app puts the
//! publishers together, and whoever shows, filters or counts facts asks here.

use crate::model::FactType;
use crate::store;
use cutline_domain::base::ids::CompanyId;
use cutline_platform::Result;
use sqlx::PgConnection;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use uuid::Uuid;

/// The SQL relation that gives a fact: `(contact_id uuid, text text, number bigint, labels text[])`, at most one row a
/// contact, with the columns that its type doesn't use null. `{company}` and `{of}` stand for the company and for what the
/// fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The select.
    pub sql: &'static str,
    /// What `{of}` stands for, such as a measure.
    pub of: Option<Uuid>,
}

/// A fact as a feature publishes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Unique among all facts; doesn't change when things are renamed.
    pub key: String,
    /// As shown.
    pub title: String,
    /// What its value is.
    pub kind: FactType,
    /// What it means and where it comes from.
    pub explanation: String,
    /// How it is read.
    pub relation: Relation,
}

/// What a publisher lists, once it has looked.
pub type Listing<'a> = Pin<Box<dyn Future<Output = Result<Vec<Published>>> + Send + 'a>>;

/// A feature that knows something about contacts.
pub trait Publisher: Send + Sync {
    /// The facts it knows in a company, in the order in which they are shown.
    fn facts<'a>(&'a self, conn: &'a mut PgConnection, company: CompanyId) -> Listing<'a>;
}

/// All publishers of the program.
#[derive(Clone)]
pub struct Registry(Arc<[Box<dyn Publisher>]>);

impl Registry {
    /// The publishers, in the order in which their facts are shown.
    pub fn new(publishers: Vec<Box<dyn Publisher>>) -> Self {
        Self(publishers.into())
    }

    /// Every fact there is about contacts of a company.
    pub async fn published(&self, conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Published>> {
        let mut all = Vec::new();
        for publisher in self.0.iter() {
            all.extend(publisher.facts(conn, company).await?);
        }
        Ok(all)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registry of {} publishers", self.0.len())
    }
}

/// What is known about contacts without any other feature: region, specialty, owner, tags, and each measure.
#[derive(Clone, Copy, Debug)]
pub struct OwnFacts;

impl Publisher for OwnFacts {
    fn facts<'a>(&'a self, conn: &'a mut PgConnection, company: CompanyId) -> Listing<'a> {
        Box::pin(async move {
            let measures = store::measures(conn, company).await?;
            Ok(FIXED.into_iter().map(Fixed::published).chain(measures.into_iter().map(measure)).collect())
        })
    }
}

struct Fixed {
    key: &'static str,
    title: &'static str,
    kind: FactType,
    explanation: &'static str,
    sql: &'static str,
}

impl Fixed {
    fn published(self) -> Published {
        Published {
            key: self.key.to_owned(),
            title: self.title.to_owned(),
            kind: self.kind,
            explanation: self.explanation.to_owned(),
            relation: Relation { sql: self.sql, of: None },
        }
    }
}

const FIXED: [Fixed; 4] = [
    Fixed {
        key: "region",
        title: "Region",
        kind: FactType::Word,
        explanation: "Where the contact belongs; its regional manager decides on it.",
        sql: "select c.contact_id, r.name as text, null::bigint as number, null::text[] as labels
              from contact c join region r on r.company_id = c.company_id and r.region_id = c.region_id
              where c.company_id = {company}",
    },
    Fixed {
        key: "specialty",
        title: "Specialty",
        kind: FactType::Word,
        explanation: "What the contact works in; definitions choose their contacts by it.",
        sql: "select c.contact_id, s.name as text, null::bigint as number, null::text[] as labels
              from contact c join specialty s on s.company_id = c.company_id and s.specialty_id = c.specialty_id
              where c.company_id = {company}",
    },
    Fixed {
        key: "owner",
        title: "Owner",
        kind: FactType::Person,
        explanation: "Who looks after the contact.",
        sql: "select c.contact_id, a.name as text, null::bigint as number, null::text[] as labels
              from contact c join account a on a.account_id = c.owner_id where c.company_id = {company}",
    },
    Fixed {
        key: "tags",
        title: "Tags",
        kind: FactType::Labels,
        explanation: "Free labels.",
        sql: "select c.contact_id, null::text as text, null::bigint as number, c.tags as labels
              from contact c where c.company_id = {company} and c.tags <> '{}'",
    },
];

fn measure((id, name): (Uuid, String)) -> Published {
    Published {
        key: format!("measure:{id}"),
        explanation: format!("The measure {name}, as it was loaded last."),
        title: name,
        kind: FactType::Number,
        relation: Relation {
            sql: "select v.contact_id, null::text as text, v.value as number, null::text[] as labels
                  from contact_measure v where v.company_id = {company} and v.measure_id = {of}",
            of: Some(id),
        },
    }
}
