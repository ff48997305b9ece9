//! One page's stream: server-sent events, each a [`Standing`]. It ends with the session, with the rights of its reader, who is
//! told to look again then, and with the server.

use super::places::Place;
use super::{Presence, stopped};
use crate::Result;
use crate::session::Hold;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cutline_domain::base::ids::AccountId;
use cutline_wire::Standing;
use futures_util::stream::unfold;
use rand::Rng;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The longest that a stream goes on without a look at its session.
const LOOK: Duration = Duration::from_secs(15);
/// A session looked at so recently needs no look before the next event.
const FRESH: Duration = Duration::from_secs(2);
/// Shorter than what proxies allow a connection to be silent.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

struct Stream {
    place: watch::Receiver<Place>,
    stopping: watch::Receiver<bool>,
    presence: Presence,
    /// When the session was last found to hold.
    looked: Instant,
    /// What has been said.
    told: Told,
    /// The last has been said.
    over: bool,
}

/// What a stream's reader knows.
#[derive(Default)]
pub struct Told {
    begun: bool,
    revision: u64,
    missed: u64,
    rights: u64,
    here: Arc<[AccountId]>,
    names: Vec<String>,
}

impl Told {
    /// What is known of the subject before the first event: its revision, and how it stood before that was looked up.
    pub fn of(revision: u64, known: &Place) -> Self {
        Self { revision, missed: known.missed, rights: known.rights, ..Self::default() }
    }
}

/// The answer, which goes on until somebody ends it.
pub fn answer(place: watch::Receiver<Place>, presence: Presence, told: Told) -> Response {
    let stopping = presence.hub.stopping.subscribe();
    let stream = Stream { place, stopping, presence, looked: Instant::now(), told, over: false };
    let events = unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep events until it has a page full of them.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Stream {
    /// The next event; `None` when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        if !self.told.begun {
            self.told.begun = true;
            // Rights may have changed after they were read and before anything was watched.
            if let Err(last) = self.look().await {
                return last;
            }
            let place = self.place.borrow_and_update().clone();
            let standing = self.standing(&place).await?;
            // Not all at once, when a server has stopped under many.
            let retry = Duration::from_millis(rand::rng().random_range(1000..4000));
            return Some(Event::default().retry(retry).data(standing.text()));
        }
        loop {
            // Rights that changed during the last look are looked at once more, without waiting.
            let seen = self.place.borrow().rights == self.told.rights;
            if seen {
                tokio::select! {
                    () = stopped(&mut self.stopping) => return None,
                    changed = self.place.changed() => changed.ok()?,
                    () = tokio::time::sleep_until((self.looked + LOOK).into()) => {}
                }
            }
            let rights = self.place.borrow().rights;
            if (rights != self.told.rights || self.looked.elapsed() > FRESH)
                && let Err(last) = self.look().await
            {
                return last;
            }
            self.told.rights = rights;
            let place = self.place.borrow_and_update().clone();
            if self.is_news(&place) {
                return Some(Event::default().data(self.standing(&place).await?.text()));
            }
        }
    }

    fn is_news(&self, place: &Place) -> bool {
        let told = &self.told;
        place.revision.cast_unsigned() > told.revision || place.missed != told.missed || place.here != told.here
    }

    /// What is to be said, and said with that.
    async fn standing(&mut self, place: &Place) -> Option<Standing> {
        if place.here != self.told.here {
            self.told.names = self.kept(self.names(&place.here).await)?;
            self.told.here = place.here.clone();
        }
        let sure = self.told.missed == place.missed;
        self.told.missed = place.missed;
        self.told.revision = self.told.revision.max(place.revision.cast_unsigned());
        Some(Standing { revision: sure.then_some(self.told.revision), here: self.told.names.clone() })
    }

    /// Names of those who are here, without the reader's own.
    async fn names(&self, here: &[AccountId]) -> Result<Vec<String>> {
        let caller = &self.presence.held.caller;
        let others: Vec<_> = here.iter().filter(|account| **account != caller.actor.account).map(|id| id.0).collect();
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let names = sqlx::query_scalar!(
            "select a.name from account a join membership m on m.account_id = a.account_id
             where m.company_id = $1 and a.account_id = any($2) order by a.name, a.account_id",
            caller.company.0,
            &others
        );
        Ok(names.fetch_all(&self.presence.hub.pool).await?)
    }

    /// That whoever reads may still do so, as before; else what they are told last, if anything.
    async fn look(&mut self) -> std::result::Result<(), Option<Event>> {
        let hold = self.presence.held.hold(&self.presence.hub.pool).await;
        match self.kept(hold) {
            Some(Hold::Same) => {
                self.looked = Instant::now();
                Ok(())
            }
            // Their page looks again, and finds what they see now. The next stream is one of the rights they have then.
            Some(Hold::OtherRights) => {
                self.over = true;
                Err(Some(Event::default().data(Standing::default().text())))
            }
            Some(Hold::Ended) | None => Err(None),
        }
    }

    /// What can't be asked ends the stream: nobody is told more than they may know. Their page tries again.
    fn kept<T>(&self, result: Result<T>) -> Option<T> {
        result.inspect_err(|error| tracing::debug!(%error, subject = %self.presence.key.1, "a stream was ended")).ok()
    }
}
