//! Live: whoever has something open learns within a second that it changed, and who else has it open.
//!
//! Whoever writes an audit record tells the others in the same transaction ([`tell`]): NOTIFY with company, subject and
//! revision, which PostgreSQL sends at the commit, or never. Each server has one connection that listens, and passes on
//! what it hears to the streams that are open here. A stream is told how things stand, never what happened: it can't lag
//! behind, and one that was cut off knows all with the first word of the next.
//!
//! Who has something open is told by the servers to each other in the same way, every so often. Nothing of it is stored:
//! a server that was killed isn't heard of any more, and there is no table in which its users would stay.

mod listening;
mod message;
mod places;
mod stream;

use crate::Result;
use crate::audit;
use crate::session::Held;
use axum::response::Response;
use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_wire::AppError;
use message::{CHANNEL, Message};
use places::{Place, Places};
use sqlx::{PgConnection, PgPool};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

/// The most streams of one server. Each holds a socket.
const MOST_STREAMS: usize = 2000;
/// The most streams of one session: browsers open six connections to a server that doesn't speak HTTP/2, and with all of
/// them listening nothing else would be answered.
const MOST_OF_A_SESSION: usize = 4;
/// The longest that a stop waits for streams to notice.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// What is watched: something with revisions, such as a cycle. Ids come from requests, so each company's are its own.
pub type Subject = (CompanyId, Uuid);

/// Tells every server that a subject changed, once the transaction is committed.
pub async fn tell(conn: &mut PgConnection, company: CompanyId, subject: audit::Subject) -> Result<()> {
    let message = Message::Changed { subject: (company, subject.id), revision: subject.revision };
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, message.text()?).execute(conn).await?;
    Ok(())
}

/// Tells every server that somebody's rights in a company may have become others, once the transaction is committed. Whoever's
/// did learns it, and nobody else.
pub async fn tell_of_rights(conn: &mut PgConnection, company: CompanyId) -> Result<()> {
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, Message::Rights { company }.text()?).execute(conn).await?;
    Ok(())
}

/// The streams of this server. Copied freely: it is a handle.
#[derive(Clone, Debug)]
pub struct Live(Arc<Hub>);

#[derive(Debug)]
struct Hub {
    /// This server among those that share the database.
    server: Uuid,
    /// Connections for short questions; the one that listens is its own.
    pool: PgPool,
    places: Mutex<Places>,
    /// Something is to be told to the other servers.
    news: Notify,
    streams: Arc<Semaphore>,
    begun: Once,
    stopping: watch::Sender<bool>,
}

impl Live {
    /// Streams over a database. Nothing listens before the first is opened.
    pub fn new(pool: PgPool) -> Self {
        Self(Arc::new(Hub {
            server: Uuid::now_v7(),
            pool,
            places: Mutex::default(),
            news: Notify::new(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            begun: Once::new(),
            stopping: watch::Sender::new(false),
        }))
    }

    /// Begins to watch a subject for somebody who may see it. What happens from now on will be told; so watch first, then
    /// look how it stands, then [answer](Watching::answer) with that.
    pub fn watch(&self, held: Held, subject: Uuid) -> Result<Watching> {
        let hub = &self.0;
        let key = (held.caller.company, subject);
        let Ok(permit) = hub.streams.clone().try_acquire_owned() else { return Err(too_many()) };
        if *hub.stopping.borrow() {
            return Err(AppError::Unavailable.into());
        }
        let place = hub.places().enter(key, &held.session, MOST_OF_A_SESSION).ok_or_else(too_many)?;
        let known = place.borrow().clone();
        hub.begun.call_once(|| listening::begin(hub.clone()));
        Ok(Watching {
            place,
            known,
            presence: Presence { hub: hub.clone(), key, account: None, held, _permit: permit },
        })
    }

    /// Ends every stream, and takes no more.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits until streams and listening have ended, though not for ever.
    pub async fn ended(&self) {
        let _ = tokio::time::timeout(STOP_PATIENCE, self.0.stopping.closed()).await;
    }
}

/// Waits for the stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without its sender there is nobody left to stream for.
    drop(stopping.wait_for(|stopping| *stopping).await);
}

fn too_many() -> crate::Error {
    AppError::Busy { by: None, seconds: 0 }.into()
}

impl Hub {
    fn places(&self) -> MutexGuard<'_, Places> {
        // What is kept stays whole whatever panics: each change is one assignment.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody watching, before it is known how things stand.
pub struct Watching {
    place: watch::Receiver<Place>,
    /// How it stood then.
    known: Place,
    presence: Presence,
}

impl Watching {
    /// The stream, which begins with the revision that the subject has; from now on its reader is among those who are here.
    pub fn answer(mut self, revision: u64) -> Response {
        self.presence.show();
        stream::answer(self.place, self.presence, stream::Told::of(revision, &self.known))
    }
}

/// A stream that is open; gone when dropped.
struct Presence {
    hub: Arc<Hub>,
    key: Subject,
    /// Who, once others may know.
    account: Option<AccountId>,
    held: Held,
    _permit: OwnedSemaphorePermit,
}

impl Presence {
    fn show(&mut self) {
        let account = self.held.caller.actor.account;
        self.account = Some(account);
        self.hub.places().show(self.key, account);
        self.hub.news.notify_one();
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.hub.places().leave(self.key, &self.held.session, self.account);
        self.hub.news.notify_one();
    }
}
