//! Contacts that join open cycles, and measures that change under them.

use crate::planner::store::{cycles, items};
use crate::platform::audit::{self, Entry};
use crate::platform::error::AppError;
use cutline_domain::ids::{AccountId, CompanyId};
use sqlx::PgConnection;

/// Brings every open cycle of a company up to date with its contacts and measures: new contacts join as items in
/// progress (under the frozen borders, if there are any), new measures rescore. Part of the caller's transaction.
pub async fn population_changed(
    conn: &mut PgConnection,
    company: CompanyId,
    by: Option<AccountId>,
) -> Result<(), AppError> {
    for id in cycles::open(conn, company).await? {
        let cycle = cycles::lock(conn, company, id).await?;
        let next = cycle.revision + 1;
        let joined = items::join_population(conn, company, id, cycle.frozen.as_ref(), next).await?;
        let rescored = items::rescore(conn, company, id, cycle.frozen.as_ref(), next).await?;
        if joined == 0 && rescored == 0 {
            continue;
        }
        let revision = cycles::advance(conn, company, id, cycle.state).await?;
        let entry = Entry {
            by,
            command: "population changed",
            cycle: Some((id, revision)),
            before: Some(serde_json::json!({ "state": cycle.state, "revision": cycle.revision })),
            after: Some(serde_json::json!({
                "state": cycle.state, "revision": revision, "joined": joined, "rescored": rescored
            })),
            ..Entry::default()
        };
        let audit = audit::record(conn, company, entry).await?;
        items::trail(conn, company, id, audit, revision).await?;
    }
    Ok(())
}
