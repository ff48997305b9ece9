//! What is answered when a request can't be done now: more came than the server takes on, or the database is away. Both are
//! said at once; whoever asked knows when to come again, and nobody waits for what won't come.

use crate::state::AppState;
use crate::{Error, Result};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cutline_wire::AppError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The most bytes that somebody may send.
pub const LARGEST_BODY: usize = 16 << 20;
/// How long they may take to send them.
const BODY_PATIENCE: Duration = Duration::from_secs(30);
/// The most requests that are worked on at once. Each holds what it has read; most of them wait for a connection.
const MOST: usize = 256;
/// The most reports of a whole cycle that are made at once: each holds all of its items, and takes a core for a while.
const MOST_REPORTS: usize = 3;
/// The longest that anybody waits to begin one.
const REPORT_PATIENCE: Duration = Duration::from_secs(10);

static REPORTS: Semaphore = Semaphore::const_new(MOST_REPORTS);

/// Room for so many requests at once.
#[derive(Clone, Debug)]
pub struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Room {
    /// Room for `requests` at once.
    pub fn of(requests: usize) -> Self {
        Self(Arc::new(Semaphore::new(requests)))
    }
}

fn busy() -> Error {
    AppError::Busy { by: None, seconds: 0 }.into()
}

/// Turns requests away when there is no more room. Whoever is still sending takes none: a body is waited for outside, within
/// bounds.
pub async fn shed(State(room): State<Room>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Error::from(AppError::TooLarge).into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let request = Request::from_parts(parts, Body::from(body));
    match room.0.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => busy().into_response(),
    }
}

/// Answers whoever asks for data while the database is away, and who has begun to wait for it.
pub async fn while_present(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await; // pages say so themselves
    }
    tokio::select! {
        biased;
        () = state.absence() => Error::from(AppError::Unavailable).into_response(),
        response = next.run(request) => response,
    }
}

/// A turn at making a report of a whole cycle, until dropped.
pub async fn report() -> Result<SemaphorePermit<'static>> {
    match tokio::time::timeout(REPORT_PATIENCE, REPORTS.acquire()).await {
        Ok(turn) => turn.map_err(Error::internal),
        Err(_) => Err(busy()),
    }
}
