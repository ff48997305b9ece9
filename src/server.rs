//! The server's router: every feature's routes put together, and the layers all requests pass.

use crate::pages;
use crate::shell::{App, document};
use crate::site::Site;
use crate::stopping::GRACE;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, Request, StatusCode, Uri, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, get};
use axum::{Extension, Router};
use axum_server::Handle;
use cutline_contacts::facts::{OwnFacts, Registry};
use cutline_kit::browser::set_assets;
use cutline_planner::facts::ClassFacts;
use cutline_platform::http::{self, RequestIds, USUAL_HEADERS};
use cutline_platform::live::Live;
use cutline_platform::pressure::{self, Room};
use cutline_platform::{AppState, session, telemetry};
use leptos::WasmSplitManifest;
use leptos::prelude::{ArcStoredValue, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

/// The longest that a caller may take to say what they want.
const HEADERS_PATIENCE: Duration = Duration::from_secs(10);

/// Everything that features publish about contacts.
pub fn registry() -> Registry {
    Registry::new(vec![Box::new(OwnFacts), Box::new(ClassFacts)])
}

/// The script that fetches chunks, as `tools/split` names it.
const SPLIT_LINK: &str = "__wasm_split.______________________.js";

/// The whole application.
pub fn router(mut state: AppState, site: Arc<Site>) -> Router {
    telemetry::follow_rendering();
    state.leptos.site_pkg_dir = site.pkg().to_owned().into();
    set_assets(site.assets());
    let context = {
        let (state, registry) = (state.clone(), registry());
        let chunks = site.chunks().unwrap_or_default();
        let chunks = (format!("/{}", site.pkg()), chunks, SPLIT_LINK.to_owned());
        move || {
            provide_context(state.clone());
            provide_context(registry.clone());
            provide_context(WasmSplitManifest(ArcStoredValue::new(chunks.clone())));
            pages::provide_decisions();
        }
    };
    let page = {
        let options = state.leptos.clone();
        move || document(options.clone())
    };
    let files = {
        // Not from a folder, whatever leptos's settings say: the site is all that is served.
        let not_found = render_app_async_with_context(context.clone(), page.clone());
        let site = site.clone();
        move |request: Request<axum::body::Body>| {
            let (site, not_found) = (site.clone(), not_found.clone());
            async move {
                if !matches!(*request.method(), Method::GET | Method::HEAD) {
                    return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
                }
                let path = request.uri().path();
                match site.answer(path, request.headers()) {
                    Some(file) => file,
                    // Pages have one address each, and what is decided about them goes by it.
                    None if path.len() > 1 && path.ends_with('/') => one_address(request.uri()).into_response(),
                    None => not_found(request).await,
                }
            }
        }
    };
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), context, page)
        .route_layer(from_fn_with_state(state.clone(), pages::decided));
    let app = Router::new()
        .merge(cutline_planner::rest::routes())
        // leptos adds a route for each server function; these are all other addresses.
        .route("/api/", any(|| std::future::ready(StatusCode::NOT_FOUND)))
        .route("/api/{*nothing}", any(|| std::future::ready(StatusCode::NOT_FOUND)))
        .merge(pages)
        .fallback(files)
        // leptos adds a route of its own for each server function, so this concerns all routes.
        .layer(from_fn(http::server_fn_status))
        .layer(session::layer(state.door.clone(), state.secure))
        .layer(from_fn_with_state(state.clone(), pressure::while_present))
        .layer(from_fn(http::same_origin))
        .layer(DefaultBodyLimit::max(pressure::LARGEST_BODY))
        .layer(from_fn_with_state(Room::default(), pressure::shed))
        .layer(from_fn(http::problems));
    let probes = Router::new()
        .route("/healthz", get(http::health))
        .route("/readyz", get(http::ready))
        .route("/version", get(version))
        .layer(Extension(site))
        .layer(from_fn(http::problems));
    guarded(probes.merge(app)).with_state(state)
}

/// Serves until `stop`. Then requests under way may end, within a bound; streams don't end by themselves, so they are
/// ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    live: Live,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener.into_std()?)?
        .http1_only()
        .handle(handle.clone())
        .first_request_timeout(HEADERS_PATIENCE);
    server.http_builder().http1().header_read_timeout(HEADERS_PATIENCE);
    let serving = server.serve(router.into_make_service_with_connect_info::<SocketAddr>());
    let ending = async {
        stop.await;
        live.stop();
        handle.graceful_shutdown(Some(GRACE));
        std::future::pending::<()>().await;
    };
    let result = tokio::select! {
        result = serving => result,
        () = ending => Ok(()),
    };
    live.ended().await;
    result
}

/// The layers that every answer passes, outermost last: security headers, compression, panics, the request's id and log line.
fn guarded(app: Router<AppState>) -> Router<AppState> {
    let app = USUAL_HEADERS
        .into_iter()
        .fold(app, |app, (name, value)| app.layer(SetResponseHeaderLayer::if_not_present(name, value)))
        .layer(from_fn(http::with_policy));
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
        .layer(SetRequestIdLayer::new(id.clone(), RequestIds))
        // Ids are ours: one that a caller brings could be anybody's.
        .layer(axum::middleware::map_request(move |mut request: Request<axum::body::Body>| {
            request.headers_mut().remove(&id);
            std::future::ready(request)
        }))
}

/// Leads to the address without its last slash.
fn one_address(uri: &Uri) -> Redirect {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    // One slash at its beginning: two would lead to another host.
    Redirect::permanent(&format!("/{}{query}", uri.path().trim_matches('/')))
}

/// Which version of the site this server has, for pages that may be older.
async fn version(Extension(site): Extension<Arc<Site>>) -> String {
    site.version().to_owned()
}
