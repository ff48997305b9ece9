//! The one connection that listens, and what is told to the other servers.

use super::message::{CHANNEL, Message};
use super::{Hub, stopped};
use crate::Result;
use rand::Rng;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};

/// How often the other servers are told who is here.
const BEAT: Duration = Duration::from_secs(15);
/// What is told comes back to whoever told it. A connection that brings nothing for so long is taken for dead.
const SILENCE: Duration = Duration::from_secs(50);
/// The longest between two tries to connect.
const PAUSE: Duration = Duration::from_secs(5);

/// Begins to listen and to tell, until the server stops.
pub fn begin(hub: Arc<Hub>) {
    tokio::spawn(until_stopped(hub.clone(), listen(hub.clone())));
    tokio::spawn(telling(hub));
}

async fn until_stopped(hub: Arc<Hub>, work: impl Future<Output = ()>) {
    let mut stopping = hub.stopping.subscribe();
    tokio::select! {
        () = work => {}
        () = stopped(&mut stopping) => {}
    }
}

/// Listens, again and again. Whatever was missed in between, everybody looks again once somebody listens.
async fn listen(hub: Arc<Hub>) {
    loop {
        let begin = Instant::now();
        if let Err(error) = heard(&hub).await {
            tracing::warn!(%error, "nobody learns of news at the moment");
        }
        // A connection that held for a while is made again at once, one that can't be had is not asked for in a loop.
        let pause = if begin.elapsed() > PAUSE { Duration::ZERO } else { PAUSE };
        let jitter = Duration::from_millis(rand::rng().random_range(100..1000));
        tokio::time::sleep(pause + jitter).await;
    }
}

/// Listens until the connection is lost.
async fn heard(hub: &Hub) -> Result<()> {
    // Of its own, so that it never takes one from those who work.
    let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let pool = pool.connect_lazy_with((*hub.pool.connect_options()).clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    hub.places().look_again();
    let mut last = Instant::now();
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(received) => {
                let Some(notification) = received? else { return Ok(()) };
                last = Instant::now();
                // What another version says is not for this one.
                if let Some(message) = Message::read(notification.payload()) {
                    hub.hear(message);
                }
            }
            Err(_) if hub.is_told(last) => return Ok(()),
            Err(_) => {}
        }
    }
}

impl Hub {
    fn hear(&self, message: Message) {
        let mut places = self.places();
        places.hear(message, self.server, Instant::now());
        if places.has_untold() {
            self.news.notify_one();
        }
    }

    /// Whether something was told since, which should have been heard.
    fn is_told(&self, since: Instant) -> bool {
        self.places().told().is_some_and(|told| told > since)
    }

    async fn send(&self, messages: Vec<Message>) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let texts = messages.iter().map(Message::text).collect::<Result<Vec<_>>>()?;
        sqlx::query!("select pg_notify($1, message) from unnest($2::text[]) message", CHANNEL, &texts)
            .execute(&self.pool)
            .await?;
        self.places().tell(Instant::now());
        Ok(())
    }
}

/// Tells the other servers who is here: when that changes, every so often, and in the end that nobody is.
async fn telling(hub: Arc<Hub>) {
    let mut stopping = hub.stopping.subscribe();
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (messages, last) = tokio::select! {
            () = stopped(&mut stopping) => (hub.places().farewell(hub.server), true),
            () = hub.news.notified() => (hub.places().untold(hub.server), false),
            _ = beats.tick() => (hub.places().all(hub.server, Instant::now()), false),
        };
        if let Err(error) = hub.send(messages).await {
            // The next beat tells all of it again.
            tracing::debug!(%error, "the other servers were not told who is here");
        }
        if last {
            return;
        }
    }
}
