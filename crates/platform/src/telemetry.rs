//! Structured logs: readable on a terminal, JSON where `CUTLINE_LOG_FORMAT=json`.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `filter` in the syntax of `RUST_LOG`.
pub fn start(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (tests share a process) keeps the first.
    let _ = if json { logs.json().flatten_event(true).try_init() } else { logs.try_init() };
}
