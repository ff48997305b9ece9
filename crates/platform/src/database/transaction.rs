//! Transactions that somebody who leaves can't cut off half-begun.

use crate::{Result, telemetry};
use sqlx::{PgPool, Postgres, SqlStr, Transaction};

/// Begins a transaction with `how`.
///
/// sqlx counts a transaction only when its beginning was answered. A request that is given up in between would put a
/// connection back that is inside a transaction nobody knows of, and whoever gets it next would read and write there. So the
/// beginning is carried to its end in a task of its own; dropped after that, the transaction is rolled back.
pub async fn begin(pool: &PgPool, how: &'static str) -> Result<Transaction<'static, Postgres>> {
    let conn = pool.acquire().await?;
    let beginning = Transaction::begin(conn, Some(SqlStr::from_static(how)));
    Ok(tokio::spawn(telemetry::carried(beginning)).await??)
}
