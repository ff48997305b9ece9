//! Structured logs (readable on a terminal, JSON where `CUTLINE_LOG_JSON` is set), and the id by which a request is found in
//! them.

use tracing_subscriber::EnvFilter;

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

/// Starts logging to standard error. `filter` in the syntax of `RUST_LOG`.
pub fn start(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (tests share a process) keeps the first.
    let _ = if json { logs.json().flatten_event(true).try_init() } else { logs.try_init() };
}
