//! What every request passes through: request ids, logs, limits, security headers, the origin check; and the health
//! probes. Routes of features are put together in [`crate::server`].

use crate::platform::database::Database;
use crate::platform::error::AppError;
use crate::platform::session::{self, Caller};
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use sqlx::PgPool;
use std::sync::Arc;
use tower_http::request_id::{MakeRequestId, RequestId};

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    /// Connections.
    pub pool: PgPool,
    /// Migrations and the database's life; none in tests that bring their own pool.
    pub database: Option<Arc<Database>>,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request being handled.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Gives every request a version 7 id, so that logs sort by time.
#[derive(Clone, Copy, Debug)]
pub struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}

/// Makes the request id known to [`request_id`] while the request is handled.
pub async fn with_request_id(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    REQUEST_ID.scope(id.unwrap_or_default().to_owned(), next.run(request)).await
}

/// Refuses state-changing requests that a page of another origin makes the browser send. Browsers always send `Origin`
/// with them; programs that send none carry no cookies of a victim.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let foreign = |origin: &HeaderValue| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
        origin.is_none() || origin != host
    };
    let cross_site = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if !safe && (cross_site || headers.get(header::ORIGIN).is_some_and(foreign)) {
        return AppError::forbidden("This request came from another site, so nothing was done.").into_response();
    }
    next.run(request).await
}

/// Security headers that are the same for every answer. Scripts and styles are our own; `wasm-unsafe-eval` lets the
/// browser compile our module, and leptos starts it by an inline script.
pub const SECURITY_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// `/healthz`: the process answers.
pub async fn health() -> &'static str {
    "ok"
}

/// `/readyz`: the database answers and has every migration.
pub async fn ready(State(state): State<AppState>) -> Response {
    let answers = sqlx::query("select 1").execute(&state.pool).await.is_ok();
    let migrated = match &state.database {
        Some(database) => database.is_migrated().await.unwrap_or(false),
        None => true,
    };
    match (answers, migrated) {
        (true, true) => "ready".into_response(),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response(),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are missing").into_response(),
    }
}

/// An extractor whose refusal is a problem like every other.
#[derive(Clone, Copy, Debug)]
pub struct Checked<E>(pub E);

impl<S, E> FromRequestParts<S> for Checked<E>
where
    S: Send + Sync,
    E: FromRequestParts<S>,
    AppError: From<E::Rejection>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        Ok(Self(E::from_request_parts(parts, state).await?))
    }
}

/// Runs a server function's body for whoever is calling, and gives a refusal its HTTP status.
pub async fn with_caller<T, F>(body: impl FnOnce(PgPool, Caller) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    // Contexts are read before the first await: while a page is rendered they are gone after it.
    let (pool, options) = (session::state().pool, use_context::<ResponseOptions>());
    let result = match session::caller().await {
        Ok(caller) => body(pool, caller).await,
        Err(error) => Err(error),
    };
    with_status(options, result)
}

/// Gives a refusal its HTTP status, inside a server function.
pub fn reply<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    with_status(use_context::<ResponseOptions>(), result)
}

fn with_status<T>(options: Option<ResponseOptions>, result: Result<T, AppError>) -> Result<T, AppError> {
    if let (Err(error), Some(options)) = (&result, options) {
        write_status(&options, error);
    }
    result
}

/// Gives an error its HTTP status, if a server function is answering.
pub fn set_status(error: &AppError) {
    if let Some(options) = use_context::<ResponseOptions>() {
        write_status(&options, error);
    }
}

fn write_status(options: &ResponseOptions, error: &AppError) {
    if let Ok(status) = StatusCode::from_u16(error.status()) {
        options.set_status(status);
    }
}
