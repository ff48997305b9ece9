//! Whoever waits for a subject (a cycle, a company's people) waits here, without a connection: a busy cycle would otherwise
//! hold every connection of the pool, and with them everybody else. Who leaves is out of the queue; who waits too long, or
//! finds too many before them, is told what is going on.
//!
//! Other processes are waited for in PostgreSQL, by one command a subject at a time.

use crate::{Error, Result};
use cutline_domain::base::ids::CompanyId;
use cutline_wire::AppError;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use uuid::Uuid;

/// The longest that anybody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that wait for one subject.
const LONGEST_QUEUE: usize = 32;
/// The most commands that are done at once. Each holds a connection, also while it waits for a lock that another process has;
/// the rest of the pool is for whoever reads.
const AT_ONCE: usize = 12;

static AT_WORK: Semaphore = Semaphore::const_new(AT_ONCE);

/// What is waited for. Ids come from requests, so a company's queue is its own.
pub type Subject = (CompanyId, Uuid);

/// A subject with somebody at it.
#[derive(Debug)]
struct Place {
    turn: Arc<Semaphore>,
    /// Who is at it, and since when.
    holder: Option<(String, Instant)>,
    /// Those who wait, and the one at it.
    present: usize,
}

static PLACES: LazyLock<Mutex<HashMap<Subject, Place>>> = LazyLock::new(Mutex::default);

fn places() -> MutexGuard<'static, HashMap<Subject, Place>> {
    // What is kept stays whole whatever panics: each change is one assignment.
    PLACES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Somebody in the queue; leaves it when dropped.
#[derive(Debug)]
struct Presence(Subject);

impl Drop for Presence {
    fn drop(&mut self) {
        let mut places = places();
        if let Some(place) = places.get_mut(&self.0) {
            place.present -= 1;
            if place.present == 0 {
                places.remove(&self.0);
            }
        }
    }
}

/// Somebody's turn at a subject, until dropped.
#[derive(Debug)]
pub struct Turn {
    _at_work: SemaphorePermit<'static>,
    // The permit before the presence: whoever is next has the place still.
    _permit: OwnedSemaphorePermit,
    presence: Presence,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(place) = places().get_mut(&self.presence.0) {
            place.holder = None;
        }
    }
}

/// Waits for the turn of `who` at a subject.
pub async fn turn(subject: Subject, who: &str) -> Result<Turn> {
    turn_within(PATIENCE, subject, who).await
}

async fn turn_within(patience: Duration, subject: Subject, who: &str) -> Result<Turn> {
    let (presence, turn) = enter(subject)?;
    let both = async { Ok::<_, AcquireError>((turn.acquire_owned().await?, AT_WORK.acquire().await?)) };
    let Ok(both) = tokio::time::timeout(patience, both).await else { return Err(busy(subject)) };
    let (permit, at_work) = both.map_err(Error::internal)?;
    if let Some(place) = places().get_mut(&subject) {
        place.holder = Some((who.to_owned(), Instant::now()));
    }
    Ok(Turn { _at_work: at_work, _permit: permit, presence })
}

fn enter(subject: Subject) -> Result<(Presence, Arc<Semaphore>)> {
    let mut places = places();
    let place =
        places.entry(subject).or_insert_with(|| Place { turn: Arc::new(Semaphore::new(1)), holder: None, present: 0 });
    if place.present > LONGEST_QUEUE {
        drop(places);
        return Err(busy(subject));
    }
    place.present += 1;
    Ok((Presence(subject), place.turn.clone()))
}

fn busy(subject: Subject) -> Error {
    let by = places().get(&subject).and_then(|place| place.holder.clone());
    let (by, seconds) = by.map(|(who, since)| (who, since.elapsed().as_secs() as u32)).unzip();
    AppError::Busy { by, seconds: seconds.unwrap_or(0) }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_is_at_it_and_the_others_learn_who_and_since_when() {
        let subject = (CompanyId::new(), Uuid::now_v7());
        let ada = turn(subject, "Ada").await.expect("nobody is there");
        assert!(turn((subject.0, Uuid::now_v7()), "Ben").await.is_ok(), "another subject is free");
        assert!(turn((CompanyId::new(), subject.1), "Ben").await.is_ok(), "another company has its own");
        let refused = turn_within(Duration::from_millis(20), subject, "Ben").await.expect_err("Ada is at it").shown();
        assert!(matches!(&refused, AppError::Busy { by: Some(by), .. } if by == "Ada"), "{refused:?}");
        let (ben, ()) = tokio::join!(turn(subject, "Ben"), async { drop(ada) });
        assert!(ben.is_ok());
        drop(ben);
        assert!(!places().contains_key(&subject), "an empty queue is gone");
    }

    #[tokio::test]
    async fn a_queue_ends_somewhere_and_who_leaves_makes_room() {
        let subject = (CompanyId::new(), Uuid::now_v7());
        let ada = turn(subject, "Ada").await.expect("nobody is there");
        let mut waiting: Vec<_> = (0..LONGEST_QUEUE).map(|_| Box::pin(turn(subject, "Ben"))).collect();
        for one in &mut waiting {
            assert!(tokio::time::timeout(Duration::from_millis(1), one).await.is_err(), "still waits");
        }
        let before = Instant::now();
        assert!(turn(subject, "Cid").await.is_err());
        assert!(before.elapsed() < Duration::from_secs(5), "is told at once");
        waiting.pop();
        let (next, ()) = tokio::join!(turn(subject, "Dan"), async {
            drop(waiting);
            drop(ada);
        });
        assert!(next.is_ok());
    }
}
