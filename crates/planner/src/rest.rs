//! The planner's plain HTTP routes: binary columns for the grid, what open pages are told, and the Excel export. Refusals are problem+json.

use crate::export;
use crate::service;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::grid::{GridQuery, SortKey};
use cutline_domain::{Borders, Score};
use cutline_platform::http::{Checked, takes_encoding};
use cutline_platform::session::{Caller, Held};
use cutline_platform::workbook::MEDIA_TYPE;
use cutline_platform::{AppState, Result, pressure, telemetry};
use cutline_wire::AppError;
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/cycles/{id}/snapshot", get(snapshot))
        .route("/api/cycles/{id}/changes/{since}", get(changes))
        .route("/api/cycles/{id}/live", get(live))
        .route("/api/cycles/{id}/search", get(search))
        .route("/api/cycles/{id}/order/{key}", get(order))
        .route("/api/cycles/{id}/export.xlsx", get(export_xlsx))
}

fn binary(bytes: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes.into()).into_response()
}

fn numbers(seqs: &[u32]) -> Response {
    binary(seqs.iter().flat_map(|seq| seq.to_le_bytes()).collect::<Vec<u8>>())
}

async fn snapshot(
    State(app): State<AppState>,
    caller: Caller,
    Checked(Path(id)): Checked<Path<Uuid>>,
    headers: HeaderMap,
) -> Result<Response> {
    let packed = service::packed_snapshot(&app.pool, &caller, CycleId(id)).await?;
    let mut response = if takes_encoding(&headers, "gzip") {
        let mut response = binary(packed.gzip);
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        binary(packed.plain)
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

async fn changes(
    State(app): State<AppState>,
    caller: Caller,
    Checked(Path((id, since))): Checked<Path<(Uuid, u64)>>,
) -> Result<Response> {
    Ok(binary(service::changes(&app.pool, &caller, CycleId(id), since).await?.encode()))
}

async fn live(State(app): State<AppState>, held: Held, Checked(Path(id)): Checked<Path<Uuid>>) -> Result<Response> {
    // Watched first: what happens while the revision is looked up is told after it.
    let watching = app.live.watch(held.clone(), id)?;
    Ok(watching.answer(service::revision(&app.pool, &held.caller, CycleId(id)).await?))
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

async fn search(
    State(app): State<AppState>,
    caller: Caller,
    Checked(Path(id)): Checked<Path<Uuid>>,
    Checked(Query(search)): Checked<Query<Search>>,
) -> Result<Response> {
    Ok(numbers(&service::search(&app.pool, &caller, CycleId(id), &search.q).await?))
}

async fn order(
    State(app): State<AppState>,
    caller: Caller,
    Checked(Path((id, key))): Checked<Path<(Uuid, SortKey)>>,
) -> Result<Response> {
    Ok(numbers(&service::order(&app.pool, &caller, CycleId(id), key).await?))
}

#[derive(Deserialize)]
struct Export {
    /// [`GridQuery`] as JSON; everything when absent.
    view: Option<String>,
    /// Borders being previewed, in hundredths, separated by commas; the cycle's own when absent.
    borders: Option<String>,
}

async fn export_xlsx(
    State(app): State<AppState>,
    caller: Caller,
    Checked(Path(id)): Checked<Path<Uuid>>,
    Checked(Query(export)): Checked<Query<Export>>,
) -> Result<Response> {
    let query: GridQuery = match &export.view {
        Some(json) => {
            serde_json::from_str(json).map_err(|_| AppError::invalid("view", "The view could not be read."))?
        }
        None => GridQuery::default(),
    };
    let preview = export.borders.as_deref().map(parse_borders).transpose()?;
    let (name, file) = {
        let _turn = pressure::report().await?;
        let rows = service::export_rows(&app.pool, &caller, CycleId(id), &query).await?;
        let name = export::file_name(&rows.view, preview.as_ref());
        (name, telemetry::blocking(move || export::workbook(&rows, &query, preview)).await??)
    };
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response())
}

fn parse_borders(text: &str) -> Result<Borders> {
    let values: std::result::Result<Vec<Score>, _> =
        text.split(',').filter(|part| !part.is_empty()).map(|part| part.parse().map(Score::from_hundredths)).collect();
    let values = values.map_err(|_| AppError::invalid("borders", "Borders are whole hundredths."))?;
    Borders::new(values).map_err(|error| AppError::invalid("borders", error).into())
}
