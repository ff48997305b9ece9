//! Times of the database, as they cross the wire.

use crate::Result;
use cutline_wire::Moment;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A time to the millisecond.
pub fn moment(at: OffsetDateTime) -> Moment {
    // Milliseconds of any year that PostgreSQL knows fit into 64 bits.
    Moment((at.unix_timestamp_nanos() / 1_000_000) as i64)
}

/// The transaction's time, as PostgreSQL's `now()` gives it: the one clock of everything that a command writes.
pub async fn now(conn: &mut PgConnection) -> Result<Moment> {
    Ok(moment(sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn milliseconds_since_1970() {
        assert_eq!(moment(datetime!(2026-11-22 14:05:01.0019 +1)), Moment(1_795_352_701_001));
    }
}
