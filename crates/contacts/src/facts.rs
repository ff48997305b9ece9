//! The registry: which facts there are about a company's contacts, and how each is read. Features publish, the app puts the
//! publishers together, and whoever shows, filters or counts facts asks here.

use crate::model::{FactType, keys};
use crate::relation::Relation;
use crate::store::{self, Measure};
use cutline_domain::base::ids::CompanyId;
use cutline_platform::Result;
use sqlx::PgConnection;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

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

/// A fact of every company.
struct Fixed {
    key: &'static str,
    title: &'static str,
    kind: FactType,
    explanation: &'static str,
    relation: Relation,
}

impl Fixed {
    fn published(self) -> Published {
        Published {
            key: self.key.to_owned(),
            title: self.title.to_owned(),
            kind: self.kind,
            explanation: self.explanation.to_owned(),
            relation: self.relation,
        }
    }
}

const FIXED: [Fixed; 4] = [
    Fixed {
        key: keys::REGION,
        title: "Region",
        kind: FactType::Word,
        explanation: "Where the contact belongs; its regional manager decides on it.",
        relation: store::REGION,
    },
    Fixed {
        key: keys::SPECIALTY,
        title: "Specialty",
        kind: FactType::Word,
        explanation: "What the contact works in; definitions choose their contacts by it.",
        relation: store::SPECIALTY,
    },
    Fixed {
        key: keys::OWNER,
        title: "Owner",
        kind: FactType::Person,
        explanation: "Who looks after the contact.",
        relation: store::OWNER,
    },
    Fixed {
        key: keys::TAGS,
        title: "Tags",
        kind: FactType::Labels,
        explanation: "Free labels.",
        relation: store::TAGS,
    },
];

fn measure(Measure { id, name }: Measure) -> Published {
    Published {
        key: keys::measure(id),
        explanation: format!("The measure {name}, as it was loaded last."),
        title: name,
        kind: FactType::Number,
        relation: store::measured(id),
    }
}
