//! What every request passes through: request ids, limits, security headers, the origin check; the health probes; and
//! how a server function is run for whoever is calling.

use crate::error::PROBLEM;
use crate::session::{self, Caller};
use crate::state::AppState;
use crate::{Error, Result, telemetry};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cutline_wire::AppError;
use leptos::prelude::use_context;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::ResponseOptions;
use sqlx::PgPool;
use tower_http::request_id::{MakeRequestId, RequestId};

/// An error of ours is a sentence or two.
const LONGEST_ERROR: usize = 64 << 10;

/// Gives every request a version 7 id, so that logs sort by time.
#[derive(Clone, Copy, Debug)]
pub struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}

/// Makes the request id known to [`telemetry::request_id`] while the request is handled, to the last byte of a page.
pub async fn with_request_id(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let response = telemetry::within_request(id.clone(), next.run(request)).await;
    response.map(|body| telemetry::body_of_request(id, body))
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
        let error = AppError::forbidden("This request came from another site, so nothing was done.");
        return Error::from(error).into_response();
    }
    next.run(request).await
}

/// What a page may load and run: our own files, and inline scripts that carry the page's `nonce`. `wasm-unsafe-eval` lets
/// the browser compile our module.
pub fn content_security_policy(nonce: Option<&str>) -> String {
    let inline = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self'{inline} 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Headers of every answer that doesn't bring its own: what protects the page, and that nothing on the way keeps answers, which
/// are about people.
pub const USUAL_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Gives every answer that isn't a page the policy without inline scripts; pages bring their own.
pub async fn with_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(None)) {
        response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    response
}

/// Makes refusals of the router itself (no such address, no such method, too large a body) under `/api`, and wrong methods
/// anywhere, problems like all others.
pub async fn problems(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let ours = response.headers().contains_key(SERVER_FN_ERROR_HEADER)
        || response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM);
    let error = match response.status() {
        _ if ours => return response,
        StatusCode::NOT_FOUND if api => AppError::not_found("This address"),
        StatusCode::METHOD_NOT_ALLOWED => AppError::WrongMethod,
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge,
        // The session could not be kept; its layer says nothing more.
        StatusCode::INTERNAL_SERVER_ERROR if !response.headers().contains_key(header::CONTENT_TYPE) => {
            AppError::Unavailable
        }
        _ => return response,
    };
    let mut problem = Error::from(error).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    problem
}

/// `/healthz`: the process answers.
pub fn health() -> std::future::Ready<&'static str> {
    std::future::ready("ok")
}

/// `/readyz`: the database answers and has every migration.
pub async fn ready(State(state): State<AppState>) -> Response {
    let migrated = match state.present() {
        Ok(()) => state.probe.is_migrated().await,
        Err(_) => None,
    };
    match migrated {
        Some(true) => "ready".into_response(),
        Some(false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are missing").into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response(),
    }
}

/// Whether a browser takes an encoding; one with a weight of 0 is refused.
pub fn takes_encoding(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| {
        let mut parts = part.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|weight| weight.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)))
    })
}

/// An extractor whose refusal is a problem like every other.
#[derive(Clone, Copy, Debug)]
pub struct Checked<E>(pub E);

impl<S, E> FromRequestParts<S> for Checked<E>
where
    S: Send + Sync,
    E: FromRequestParts<S>,
    Error: From<E::Rejection>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Ok(Self(E::from_request_parts(parts, state).await?))
    }
}

/// Runs a server function's body for whoever is calling, and gives a refusal its HTTP status.
pub async fn with_caller<T, F>(body: impl FnOnce(PgPool, Caller) -> F) -> std::result::Result<T, AppError>
where
    F: Future<Output = Result<T>>,
{
    with(session::caller(), body).await
}

/// [`with_caller`], even with a password that they were given: for what leads to one of their own.
pub async fn with_newcomer<T, F>(body: impl FnOnce(PgPool, Caller) -> F) -> std::result::Result<T, AppError>
where
    F: Future<Output = Result<T>>,
{
    with(session::newcomer(), body).await
}

async fn with<T, F>(
    caller: impl Future<Output = Result<Caller>>,
    body: impl FnOnce(PgPool, Caller) -> F,
) -> std::result::Result<T, AppError>
where
    F: Future<Output = Result<T>>,
{
    // Contexts are read before the first await: while a page is rendered they are gone after it.
    let (pool, options) = (AppState::get().pool, use_context::<ResponseOptions>());
    let result = match caller.await {
        Ok(caller) => body(pool, caller).await,
        Err(error) => Err(error),
    };
    with_status(options, result)
}

/// Gives a refusal its HTTP status, inside a server function.
pub fn reply<T>(result: Result<T>) -> std::result::Result<T, AppError> {
    with_status(use_context::<ResponseOptions>(), result)
}

fn with_status<T>(options: Option<ResponseOptions>, result: Result<T>) -> std::result::Result<T, AppError> {
    result.map_err(|error| {
        let error = error.shown();
        if let Some(options) = options {
            options.set_status(status(&error));
            if let Some(seconds) = error.retry_after() {
                options.insert_header(header::RETRY_AFTER, seconds.into());
            }
        }
        error
    })
}

fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Gives an answer of a server function that was refused before its body ran (it could not be read) or after it (it could
/// not be written) the status of what it says. Bodies give their own.
pub async fn server_fn_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER)
        || response.status() != StatusCode::INTERNAL_SERVER_ERROR
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LONGEST_ERROR).await else {
        return Error::internal("the answer of a server function could not be read back").into_response();
    };
    let error = match serde_json::from_slice(&bytes) {
        Ok(AppError::Internal { reference }) if reference == AppError::UNTRACED => {
            Error::internal("a server function failed outside its body").shown()
        }
        Ok(error) => error,
        Err(error) => Error::from(error).shown(),
    };
    parts.status = status(&error);
    parts.headers.remove(header::CONTENT_LENGTH);
    match serde_json::to_vec(&error) {
        Ok(body) => Response::from_parts(parts, body.into()),
        Err(error) => Error::from(error).into_response(),
    }
}
