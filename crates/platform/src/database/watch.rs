//! Whether the database answers. It is asked twice a second over a connection of its own, so that a request doesn't have to
//! find out by waiting; and our own PostgreSQL, when it died or was told to stop, is started again.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::watch;

use super::embedded::Keeper;
use crate::error::AWAY;

/// How often it is asked.
const PULSE: Duration = Duration::from_millis(500);
/// A server that says nothing for so long is as good as none.
const SILENCE: Duration = Duration::from_secs(5);
/// Pauses between attempts to get it back, from the first to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// Whether the database is away, as far as is known; everybody who is told shares it.
#[derive(Clone, Debug)]
pub struct Away(watch::Sender<Option<Instant>>);

impl Default for Away {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Away {
    /// Since when it is away.
    pub fn since(&self) -> Option<Instant> {
        *self.0.borrow()
    }

    /// Waits until it is away.
    pub async fn begins(&self) {
        // The sender is ours, so it isn't gone before we are.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    fn set(&self, since: Option<Instant>) {
        self.0.send_replace(since);
    }
}

/// Somebody who watches.
#[derive(Debug)]
pub(super) struct Watch {
    pools: [PgPool; 2],
    keeper: Option<Keeper>,
    away: Away,
    connection: Option<PgConnection>,
}

impl Watch {
    pub(super) const fn new(pools: [PgPool; 2], keeper: Option<Keeper>, away: Away) -> Self {
        Self { pools, keeper, away, connection: None }
    }

    /// Watches for ever.
    pub(super) async fn keep(mut self) {
        loop {
            match self.pulse().await {
                Ok(()) => tokio::time::sleep(PULSE).await,
                Err(reason) => {
                    let since = Instant::now();
                    self.away.set(Some(since));
                    let said = self.keeper.as_ref().map(Keeper::last_words);
                    tracing::error!(reason, said, "the database does not answer; requests are answered with 503");
                    self.get_back().await;
                    self.away.set(None);
                    tracing::info!(after = ?since.elapsed(), "the database answers again");
                }
            }
        }
    }

    /// Tries to get it back until it answers, with growing pauses.
    async fn get_back(&mut self) {
        let (mut pause, longest) = PAUSES;
        loop {
            self.revive().await;
            if self.pulse().await.is_ok() {
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    async fn revive(&self) {
        let Some(keeper) = &self.keeper else { return };
        match keeper.revive().await {
            // Whoever starts it decides on where its socket is.
            Ok(socket_dir) => self.pools.iter().for_each(|pool| {
                pool.set_connect_options((*pool.connect_options()).clone().socket(&socket_dir));
            }),
            Err(error) => tracing::error!(%error, "the embedded PostgreSQL is not back; it is tried again"),
        }
    }

    /// Asks whether it is there.
    async fn pulse(&mut self) -> Result<(), String> {
        if self.keeper.as_ref().is_some_and(Keeper::is_told_to_stop) {
            return Err("it was told to stop".to_owned());
        }
        let first = self.ask().await;
        // A connection that was ended alone is no sign of anything.
        let answer = if first.is_err() && self.connection.take().is_some() { self.ask().await } else { first };
        self.connection = self.connection.take().filter(|_| answer.is_ok());
        answer
    }

    async fn ask(&mut self) -> Result<(), String> {
        let options = self.pools[0].connect_options();
        let connection = &mut self.connection;
        let asking = async {
            match connection {
                Some(connection) => connection.ping().await,
                None => PgConnection::connect_with(&options).await.map(|new| *connection = Some(new)),
            }
        };
        match tokio::time::timeout(SILENCE, asking).await {
            Ok(Ok(())) => Ok(()),
            // A refusal, such as that there are too many connections, is an answer.
            Ok(Err(sqlx::Error::Database(error))) if !error.code().is_some_and(|code| AWAY.contains(&&*code)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => {
                self.connection = None;
                Err(format!("it has said nothing for {} seconds", SILENCE.as_secs()))
            }
        }
    }
}
