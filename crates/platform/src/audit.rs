//! Writes audit records. Always inside the command's own transaction: no change without its record, no record without
//! its change.

use crate::platform::error::AppError;
use cutline_domain::ids::{AccountId, AuditId, CompanyId, CycleId};
use serde_json::Value;
use sqlx::PgConnection;

/// One audit record: who, what, before, after, why. When is the transaction's time.
#[derive(Debug, Default)]
pub struct Entry<'a> {
    /// Who; nobody for the program itself.
    pub by: Option<AccountId>,
    /// The command's name.
    pub command: &'a str,
    /// The cycle, and the revision the command gave it.
    pub cycle: Option<(CycleId, i64)>,
    /// The reason given.
    pub reason: Option<&'a str>,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// Writes a record and gives its id, for details that refer to it.
pub async fn record(conn: &mut PgConnection, company: CompanyId, entry: Entry<'_>) -> Result<AuditId, AppError> {
    let id = AuditId::new();
    let (cycle, revision) = entry.cycle.unzip();
    sqlx::query!(
        "insert into audit_record (company_id, audit_id, account_id, command, cycle_id, revision, reason, before, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        company.0,
        id.0,
        entry.by.map(|account| account.0),
        entry.command,
        cycle.map(|cycle| cycle.0),
        revision,
        entry.reason,
        entry.before,
        entry.after,
    )
    .execute(conn)
    .await?;
    Ok(id)
}
