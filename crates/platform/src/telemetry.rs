//! Structured logs (readable on a terminal, JSON where `CUTLINE_LOG_JSON` is set), and the id by which a request is found in
//! them. It goes along with a request's work wherever that is done: in tasks, on threads that may block, and in a page that is
//! still being written when its first bytes have left.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::JoinError;
use tracing::{Instrument, Span};
use tracing_subscriber::EnvFilter;

/// What is logged unless said otherwise. Slow statements would be whole pages of SQL, on a first start for example.
pub const USUAL: &str = "warn,cutline=info,tower_http=info,sqlx::query=error";

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request being handled.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Makes a request's id known to [`request_id`] while it is handled.
pub async fn within_request<T>(id: String, handling: impl Future<Output = T>) -> T {
    REQUEST_ID.scope(id, handling).await
}

/// Work for a task of its own, which takes along the request that it belongs to.
pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let (id, work) = (request_id(), work.in_current_span());
    async move {
        match id {
            Some(id) => REQUEST_ID.scope(id, work).await,
            None => work.await,
        }
    }
}

/// Does work that blocks on a thread of its own, and takes along the request that it belongs to.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let (id, span) = (request_id(), Span::current());
    let work = move || span.in_scope(work);
    tokio::task::spawn_blocking(move || match id {
        Some(id) => REQUEST_ID.sync_scope(id, work),
        None => work(),
    })
    .await
}

/// The rest of an answer that is written while it is sent, as part of the request that it answers.
struct Rest {
    id: String,
    span: Span,
    body: Body,
}

impl HttpBody for Rest {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { id, span, body } = &mut *self;
        REQUEST_ID.sync_scope(id.clone(), || span.in_scope(|| Pin::new(body).poll_frame(cx)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body, written as part of the request of that id.
pub fn body_of_request(id: String, body: Body) -> Body {
    Body::new(Rest { id, span: Span::current(), body })
}

/// Runs what pages start while they are rendered.
struct Tasks;

impl CustomExecutor for Tasks {
    fn spawn(&self, work: PinnedFuture<()>) {
        tokio::spawn(carried(work));
    }

    fn spawn_local(&self, work: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(carried(work));
    }

    fn poll_local(&self) {}
}

/// Has rendering take along the request's id. To be called before anything is rendered; later calls change nothing.
pub fn follow_rendering() {
    // Refused where it was done before.
    let _ = Executor::init_custom_executor(Tasks);
}

/// Starts logging to standard error. `filter` in the syntax of `RUST_LOG`.
pub fn start(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (tests share a process) keeps the first.
    let _ = if json { logs.json().flatten_event(true).try_init() } else { logs.try_init() };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_known_wherever_its_work_is_done() {
        follow_rendering();
        let found = within_request("r1".to_owned(), async {
            let (tell, told) = tokio::sync::oneshot::channel();
            Executor::spawn(async move { tell.send(request_id()).expect("somebody listens") });
            let task = tokio::spawn(carried(async { request_id() }));
            [told.await.ok().flatten(), task.await.ok().flatten(), blocking(request_id).await.ok().flatten()]
        });
        assert_eq!(found.await, [(); 3].map(|()| Some("r1".to_owned())));
        assert_eq!(request_id(), None, "and nowhere else");
        let written = futures_body();
        assert_eq!(axum::body::to_bytes(body_of_request("r2".to_owned(), written), 100).await.expect("text"), "r2");
    }

    /// A body that is written when it is read.
    fn futures_body() -> Body {
        struct Written(bool);
        impl HttpBody for Written {
            type Data = Bytes;
            type Error = axum::Error;
            fn poll_frame(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
                let first = !std::mem::replace(&mut self.0, true);
                Poll::Ready(first.then(|| Ok(Frame::data(request_id().unwrap_or_default().into()))))
            }
        }
        Body::new(Written(false))
    }
}
