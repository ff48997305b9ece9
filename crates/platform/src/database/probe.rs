//! What probes ask the database, over a connection that nothing else uses: a crowd of people at the door, or a pool full of work,
//! makes no server look dead.

use super::MIGRATOR;
use super::error::NO_TABLE;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Who probes gives up after a second or so; an answer comes before that.
const PATIENCE: Duration = Duration::from_millis(800);

/// A way to the database for probes alone. Copied freely: it is a handle.
#[derive(Clone, Debug)]
pub struct Probe(Arc<Way>);

#[derive(Debug)]
struct Way {
    /// Nothing of it is used but that it knows where the database is, also after that moved.
    pool: PgPool,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    connection: Option<PgConnection>,
    /// When the database was asked last, and what it said.
    last: Option<(Instant, Option<bool>)>,
}

impl Probe {
    /// To the database of a pool. Nothing is connected before the first question.
    pub fn new(pool: &PgPool) -> Self {
        Self(Arc::new(Way { pool: pool.clone(), line: Mutex::default() }))
    }

    /// Whether every change that this program knows has been made; `None` when the database doesn't answer, which is said within
    /// a second. A database that is ahead counts too: while a new version is rolled out, the old one goes on answering.
    pub async fn is_migrated(&self) -> Option<bool> {
        tokio::time::timeout(PATIENCE, self.ask(Instant::now())).await.ok().flatten()
    }

    /// What the database says after somebody `came`. However many come at once, one asks for all who wait.
    async fn ask(&self, came: Instant) -> Option<bool> {
        // A server that has closed its pool is ending.
        if self.0.pool.is_closed() {
            return None;
        }
        let mut line = self.0.line.lock().await;
        if let Some((_, said)) = line.last.filter(|(asked, _)| *asked >= came) {
            return said;
        }
        let asked = Instant::now();
        let said = line.ask(&self.0.pool.connect_options()).await;
        line.last = Some((asked, said.as_ref().ok().copied()));
        said.inspect_err(|error| tracing::debug!(%error, "a probe got no answer")).ok()
    }
}

impl Line {
    async fn ask(&mut self, options: &PgConnectOptions) -> sqlx::Result<bool> {
        // Taken out while it is asked: of a question that is given up the answer is still to come.
        if let Some(connection) = self.connection.take()
            && let Ok(said) = self.over(connection).await
        {
            return Ok(said);
        }
        // A connection that was ended alone is no sign of anything.
        self.over(PgConnection::connect_with(options).await?).await
    }

    async fn over(&mut self, mut connection: PgConnection) -> sqlx::Result<bool> {
        let said = is_migrated(&mut connection).await?;
        self.connection = Some(connection);
        Ok(said)
    }
}

async fn is_migrated(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let applied = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(connection).await;
    let applied: Vec<i64> = match applied {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_TABLE) => Vec::new(),
        applied => applied?,
    };
    let mut known = MIGRATOR.iter().filter(|change| change.migration_type.is_up_migration());
    Ok(known.all(|change| applied.contains(&change.version)))
}
