//! The planner's server functions: authenticate, call the service, nothing else. JSON in and out, explicit endpoints.

#![allow(missing_docs, reason = "the server macro writes structs whose fields are the documented arguments")]

use crate::model::{
    BorderVersion, Choices, CycleView, Decide, DefinitionOverview, ItemDetail, Manifest, Opened, Outcome, RowText,
    SentBorders, SentDefinition,
};
use cutline_domain::base::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::planner::shown::Shown;
use cutline_wire::AppError;
use cutline_wire::Seen;
use leptos::prelude::server;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use {
    crate::service, cutline_contacts::facts::Registry, cutline_platform::http::with_caller,
    leptos::prelude::expect_context,
};

/// Every definition with where its planning stands.
#[server(endpoint = "planner/overview", input = Json, output = Json)]
pub async fn overview() -> Result<Vec<DefinitionOverview>, AppError> {
    with_caller(|pool, caller| async move { service::overview(&pool, &caller).await }).await
}

/// What a definition can be made of.
#[server(endpoint = "planner/choices", input = Json, output = Json)]
pub async fn definition_choices() -> Result<Choices, AppError> {
    with_caller(|pool, caller| async move { service::choices(&pool, &caller).await }).await
}

/// Creates or changes a definition.
#[server(endpoint = "planner/definition/save", input = Json, output = Json)]
pub async fn save_definition(form: SentDefinition, key: IdempotencyKey) -> Result<DefinitionId, AppError> {
    with_caller(|pool, caller| async move { service::save_definition(&pool, &caller, form, key).await }).await
}

/// Opens a cycle.
#[server(endpoint = "planner/cycle/open", input = Json, output = Json)]
pub async fn open_cycle(definition: DefinitionId, name: String, key: IdempotencyKey) -> Result<Opened, AppError> {
    with_caller(|pool, caller| async move { service::open_cycle(&pool, &caller, definition, &name, key).await }).await
}

/// Everything about a cycle but its items.
#[server(endpoint = "planner/cycle/view", input = Json, output = Json)]
pub async fn cycle(id: CycleId) -> Result<CycleView, AppError> {
    with_caller(|pool, caller| async move { service::view(&pool, &caller, id).await }).await
}

/// Every border version of a cycle, newest first.
#[server(endpoint = "planner/cycle/versions", input = Json, output = Json)]
pub async fn versions(id: CycleId) -> Result<Vec<BorderVersion>, AppError> {
    with_caller(|pool, caller| async move { service::versions(&pool, &caller, id).await }).await
}

/// Collecting → Drafting.
#[server(endpoint = "planner/cycle/start-borders", input = Json, output = Json)]
pub async fn start_borders(id: CycleId, seen: Seen) -> Result<u64, AppError> {
    with_caller(|pool, caller| async move { service::start_borders(&pool, &caller, id, seen).await }).await
}

/// Keeps a border version.
#[server(endpoint = "planner/cycle/save-draft", input = Json, output = Json)]
pub async fn save_draft(request: SentBorders) -> Result<i32, AppError> {
    with_caller(|pool, caller| async move { service::save_draft(&pool, &caller, request).await }).await
}

/// Drafting → Approving.
#[server(endpoint = "planner/cycle/enable", input = Json, output = Json)]
pub async fn enable(request: SentBorders) -> Result<u64, AppError> {
    with_caller(|pool, caller| async move { service::enable(&pool, &caller, request).await }).await
}

/// Accept, reject, override or withdraw; with `shown`, accept what that filter shows; with `undo`, withdraw what the command that
/// made the revision seen accepted.
#[server(endpoint = "planner/cycle/decide", input = Json, output = Json)]
pub async fn decide_items(request: Decide, shown: Option<Shown>, undo: Option<bool>) -> Result<Outcome, AppError> {
    let undo = undo.unwrap_or_default();
    with_caller(|pool, caller| async move { service::decide_asked(&pool, &caller, request, shown, undo).await }).await
}

/// Approving → Drafting.
#[server(endpoint = "planner/cycle/reset", input = Json, output = Json)]
pub async fn reset(id: CycleId, typed: String, seen: Seen) -> Result<u32, AppError> {
    with_caller(|pool, caller| async move { service::reset(&pool, &caller, id, typed, seen).await }).await
}

/// Approving → Transferred.
#[server(endpoint = "planner/cycle/transfer", input = Json, output = Json)]
pub async fn transfer(id: CycleId, accepted_only: bool, seen: Seen) -> Result<Manifest, AppError> {
    with_caller(|pool, caller| async move { service::transfer(&pool, &caller, id, accepted_only, seen).await }).await
}

/// Texts of the rows in view.
#[server(endpoint = "planner/cycle/texts", input = Json, output = Json)]
pub async fn texts(id: CycleId, items: Vec<u32>) -> Result<Vec<RowText>, AppError> {
    with_caller(|pool, caller| async move { service::texts(&pool, &caller, id, &items).await }).await
}

/// One contact and what happened to it.
#[server(endpoint = "planner/cycle/item", input = Json, output = Json)]
pub async fn item(id: CycleId, item: u32) -> Result<ItemDetail, AppError> {
    let registry = expect_context::<Registry>();
    with_caller(|pool, caller| async move { service::detail(&pool, &registry, &caller, id, item).await }).await
}
