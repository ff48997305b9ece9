//! Contacts that join open cycles, that move, and measures that change under them.

use crate::model::Command;
use crate::store::{cycles, items};
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_platform::Result;
use cutline_platform::audit::{self, Entry, Subject};
use sqlx::PgConnection;

/// Brings every open cycle of a company up to date with its contacts and measures: new contacts join as items in
/// progress (under the frozen borders, if there are any), new measures rescore, and an item whose contact this transaction
/// changed (another region, owner, name) counts as changed: nobody has been shown it as it is now. Part of the caller's
/// transaction.
pub async fn population_changed(conn: &mut PgConnection, company: CompanyId, by: Option<AccountId>) -> Result<()> {
    for id in cycles::open(conn, company).await? {
        let cycle = cycles::lock(conn, company, id).await?;
        let (next, state) = (cycle.revision + 1, cycle.stage.state());
        let joined = items::join_population(conn, company, id, cycle.stage.frozen(), next).await?;
        let rescored = items::rescore(conn, company, id, cycle.stage.frozen(), next).await?;
        let moved = items::touch_moved(conn, company, id, next).await?;
        if joined == 0 && rescored == 0 && moved == 0 {
            continue;
        }
        let revision = cycles::advance(conn, company, id, state).await?;
        let entry = Entry {
            by,
            command: Command::PopulationChanged.into(),
            subject: Some(Subject { id: id.0, revision }),
            before: Some(serde_json::json!({ "state": state, "revision": cycle.revision })),
            after: Some(serde_json::json!({
                "state": state, "revision": revision, "joined": joined, "rescored": rescored, "moved": moved
            })),
            ..Entry::default()
        };
        let audit = audit::record(conn, company, entry).await?;
        items::trail(conn, company, id, audit, revision).await?;
    }
    Ok(())
}
