//! Writes audit records. Always inside the command's own transaction: no change without its record, no record without
//! its change. Whoever has its subject open is told with it.

use crate::{Result, live};
use cutline_domain::base::ids::{AccountId, AuditId, CompanyId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a record is about: something with revisions, and the revision the command gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Which.
    pub id: Uuid,
    /// Its revision after the command.
    pub revision: i64,
}

/// One audit record: who, what, before, after, why. When is the transaction's time.
#[derive(Debug, Default)]
pub struct Entry<'a> {
    /// Who; nobody for the program itself.
    pub by: Option<AccountId>,
    /// The command's name.
    pub command: &'static str,
    /// What it is about, if that has revisions.
    pub subject: Option<Subject>,
    /// The reason given.
    pub reason: Option<&'a str>,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// Writes a record and gives its id, for details that refer to it.
pub async fn record(conn: &mut PgConnection, company: CompanyId, entry: Entry<'_>) -> Result<AuditId> {
    let id = AuditId::new();
    sqlx::query!(
        "insert into audit_record (company_id, audit_id, account_id, command, subject_id, revision, reason, before, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        company.0,
        id.0,
        entry.by.map(|account| account.0),
        entry.command,
        entry.subject.map(|subject| subject.id),
        entry.subject.map(|subject| subject.revision),
        entry.reason,
        entry.before,
        entry.after,
    )
    .execute(&mut *conn)
    .await?;
    if let Some(subject) = entry.subject {
        live::tell(conn, company, subject).await?;
    }
    Ok(id)
}
