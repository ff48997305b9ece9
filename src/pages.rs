//! What is decided about a page before its first byte. Pages are sent while they are made; by the time a part of one finds out
//! that nobody is signed in, or that there is no such cycle, its status may have left. So who asks, and whether there is what
//! they ask for, comes first.

use crate::shell;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cutline_domain::base::ids::CycleId;
use cutline_planner::service::may_open;
use cutline_platform::session::Caller;
use cutline_platform::{AppState, Error, Result};
use cutline_wire::AppError;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use leptos_router::components::provide_server_redirect;
use leptos_router::location::Url;

/// The one page for whoever isn't signed in.
const SIGN_IN: &str = "/sign-in";

/// Leads whoever isn't signed in to the sign-in and everybody to where a page is now, and gives a page that says why it can't be
/// shown the status of what it says.
pub async fn decided(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (path, reads) = (request.uri().path(), matches!(*request.method(), Method::GET | Method::HEAD));
    if !reads || path == SIGN_IN || path.starts_with("/api/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let (verdict, path) = (verdict(&state, &mut parts).await, parts.uri.path_and_query().cloned());
    let refusal = match verdict {
        Err(Error::Shown(AppError::SignedOut)) => {
            let next = path.map_or_else(|| "/".to_owned(), |path| path.to_string());
            return found(&format!("{SIGN_IN}?next={}", Url::escape(&next)));
        }
        Err(error) => Some(error.shown()),
        Ok(Some(place)) => return found(&place),
        Ok(None) => None,
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(error) = refusal {
        *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
    }
    response
}

/// Whether who asks may see what they ask for, or where it leads them. Who that is stays with the request.
async fn verdict(state: &AppState, parts: &mut Parts) -> Result<Option<String>> {
    let caller = Caller::asking(parts, state).await?;
    if caller.me.password_is_given {
        // There they set one of their own; nothing else is for them before.
        return Err(AppError::SignedOut.into());
    }
    parts.extensions.insert(caller.clone());
    let path = parts.uri.path().trim_end_matches('/');
    if let Some(id) = path.strip_prefix("/cycles/") {
        let id: CycleId = id.parse().map_err(|_| AppError::not_found("This cycle"))?;
        return may_open(&state.door, &caller, id).await.map(|()| None);
    }
    Ok(shell::way(path, parts.uri.query().unwrap_or_default(), &caller.actor)?)
}

fn found(place: &str) -> Response {
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static(SIGN_IN));
    (StatusCode::FOUND, [(header::LOCATION, place)]).into_response()
}

/// For a page that is about to be rendered: how it leads elsewhere. leptos's own way gives a redirect its status only where HTML
/// was asked for by name, and an empty page to everybody else.
pub fn provide_decisions() {
    let options = use_context::<ResponseOptions>();
    provide_server_redirect(move |place| {
        if let (Some(options), Ok(place)) = (&options, HeaderValue::from_str(place)) {
            options.insert_header(header::LOCATION, place);
            options.set_status(StatusCode::FOUND);
        }
    });
}
