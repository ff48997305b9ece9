//! The server's router: every feature's routes put together, and the layers all requests pass.

use crate::app::{App, shell};
use crate::planner;
use crate::platform::http::{self, AppState, RequestIds, SECURITY_HEADERS};
use crate::platform::session;
use axum::http::{HeaderName, Request, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, extract::State};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

/// The largest request body: a decision on a million items fits.
const LARGEST_BODY: usize = 16 << 20;

/// The whole application. `secure`: session cookies travel over HTTPS only.
pub fn router(state: AppState, secure: bool) -> Router {
    let context = {
        let state = state.clone();
        move || provide_context(state.clone())
    };
    let page = {
        let options = state.leptos.clone();
        move || shell(options.clone())
    };
    let server_fns = {
        let context = context.clone();
        move |State(_): State<AppState>, request: Request<axum::body::Body>| {
            let context = context.clone();
            async move { handle_server_fns_with_context(context, request).await }
        }
    };
    let app = Router::new()
        .merge(planner::rest::routes())
        .route("/api/{*endpoint}", axum::routing::post(server_fns))
        .leptos_routes_with_context(&state, generate_route_list(App), context, page)
        .fallback(files)
        .layer(session::layer(state.pool.clone(), secure))
        .layer(from_fn(http::same_origin))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY));
    let app = Router::new().route("/healthz", get(http::health)).route("/readyz", get(http::ready)).merge(app);
    let app = SECURITY_HEADERS
        .into_iter()
        .fold(app, |app, (name, value)| app.layer(SetResponseHeaderLayer::if_not_present(name, value)));
    let id = HeaderName::from_static("x-request-id");
    let span = |request: &Request<_>| {
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        // The path only: a query may hold what somebody searched for.
        tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
    };
    app.layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(from_fn(http::with_request_id))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(DefaultOnResponse::new().level(Level::INFO)))
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(SetRequestIdLayer::new(id, RequestIds))
        .with_state(state)
}

/// Files of the site; what isn't one is the app's "not found" page.
async fn files(State(state): State<AppState>, request: Request<axum::body::Body>) -> Response {
    let path = request.uri().path().to_owned();
    let serve = leptos_axum::file_and_error_handler_with_context::<AppState, _>(
        {
            let state = state.clone();
            move || provide_context(state.clone())
        },
        shell,
    );
    let mut response = serve(request.uri().clone(), State(state), request).await.into_response();
    if path.starts_with("/fonts/") || path.starts_with("/pkg/") {
        // Names don't change with content, so browsers must ask; the answer is a 304 when nothing did.
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    }
    response
}
