//! Idempotency: a command repeated with the same key (a double click, a retry after a lost reply) gets the first answer
//! again and does nothing.

use crate::platform::error::AppError;
use cutline_domain::ids::{AccountId, CompanyId, IdempotencyKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;

/// The answer already given to `key`, if any. Holds a lock on the key until the transaction ends, so that the same
/// command sent twice at once is done once.
pub async fn answered<T: DeserializeOwned>(
    conn: &mut PgConnection,
    company: CompanyId,
    by: AccountId,
    command: &str,
    key: IdempotencyKey,
) -> Result<Option<T>, AppError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::text, 0))", key.to_string())
        .execute(&mut *conn)
        .await?;
    let receipt = sqlx::query!(
        r#"select account_id, command, response from command_receipt where company_id = $1 and idempotency_key = $2"#,
        company.0,
        key.0
    )
    .fetch_optional(conn)
    .await?;
    match receipt {
        None => Ok(None),
        Some(receipt) if receipt.account_id == by.0 && receipt.command == command => {
            Ok(Some(serde_json::from_value(receipt.response)?))
        }
        Some(_) => Err(AppError::invalid("", "This idempotency key was used for another command.")),
    }
}

/// Keeps the answer given to `key`.
pub async fn answer<T: Serialize>(
    conn: &mut PgConnection,
    company: CompanyId,
    by: AccountId,
    command: &str,
    key: IdempotencyKey,
    response: &T,
) -> Result<(), AppError> {
    sqlx::query!(
        "insert into command_receipt (company_id, idempotency_key, account_id, command, response)
         values ($1, $2, $3, $4, $5)",
        company.0,
        key.0,
        by.0,
        command,
        serde_json::to_value(response)?
    )
    .execute(conn)
    .await?;
    Ok(())
}
