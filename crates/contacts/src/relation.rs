//! How a fact is read: the SQL relation that gives it for every contact of a company.

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
