//! What is wrong with each bad line, in words.

use crate::bad_lines::{BadLine, BadLines, Found};
use crate::error::LoadError;
use crate::file::fault;
use crate::store::staging::{self, Bad};
use futures_util::TryStreamExt;
use sqlx::PgConnection;

/// The bad lines that were found, which are `count`, with their reasons.
pub async fn reasons(conn: &mut PgConnection, count: u64, id_column: &str) -> Result<BadLines, LoadError> {
    if count == 0 {
        return Ok(BadLines::default());
    }
    let mut found = Found::none().map_err(LoadError::Kept)?;
    let mut lines = staging::bad(conn);
    while let Some(bad) = lines.try_next().await? {
        let line = BadLine { number: bad.line.unsigned_abs(), reason: reason(bad, id_column) };
        found.add(&line).map_err(LoadError::Kept)?;
    }
    found.all().map_err(LoadError::Kept)
}

fn reason(bad: Bad, id_column: &str) -> String {
    let Bad { external_id, faults, first_line, contact, owner, region, specialty, .. } = bad;
    let twice = external_id.zip(first_line);
    let twice = twice.map(|(id, first)| fault(id_column, &id, &format!("is already on line {first}")));
    let contact = contact.map(|id| format!("there is no contact “{id}”"));
    let owner =
        owner.map(|owner| format!("“{owner}” is not the e-mail address of a rep or regional manager of this company"));
    let region =
        region.map(|region| format!("there is no region with the code “{region}”; --create-missing creates it"));
    let specialty =
        specialty.map(|specialty| format!("there is no specialty “{specialty}”; --create-missing creates it"));
    [twice, faults, contact, owner, region, specialty].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
