//! Server functions of companies and accounts.

#![allow(missing_docs, reason = "the server macro writes structs whose fields are the documented arguments")]

use crate::model::{Person, PersonForm, RegionForm, RegionNode};
use cutline_domain::base::ids::{AccountId, IdempotencyKey, RegionId};
use cutline_wire::{AppError, Me};
use leptos::prelude::server;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use {
    crate::service,
    cutline_platform::http::{reply, with_caller},
    cutline_platform::{AppState, Error, session},
};

/// Who is signed in; nobody for `None`.
#[server(endpoint = "me", input = Json, output = Json)]
pub async fn who_am_i() -> Result<Option<Me>, AppError> {
    match session::caller().await {
        Ok(caller) => Ok(Some(caller.me)),
        Err(Error::Shown(AppError::SignedOut)) => Ok(None),
        Err(error) => reply(Err(error)),
    }
}

/// Signs in: a new session id, so that one planted before can't be used after.
#[server(endpoint = "sign-in", input = Json, output = Json)]
pub async fn sign_in(email: String, password: String) -> Result<(), AppError> {
    let pool = AppState::get().door;
    let from = service::From { address: session::peer_address().await, device: session::device().await };
    let proven = reply(service::sign_in(&pool, &email, password, &from).await)?;
    session::keep_device(&proven.device);
    reply(session::begin(proven.account, proven.credential).await)
}

/// Ends this session.
#[server(endpoint = "sign-out", input = Json, output = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    reply(session::end().await)
}

/// Ends every session of the account.
#[server(endpoint = "sign-out-everywhere", input = Json, output = Json)]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    with_caller(|pool, caller| async move { service::end_sessions(&pool, &caller).await }).await?;
    reply(session::end().await)
}

/// Everybody with a role in the company.
#[server(endpoint = "company/people", input = Json, output = Json)]
pub async fn people() -> Result<Vec<Person>, AppError> {
    with_caller(|pool, caller| async move { service::people(&pool, &caller).await }).await
}

/// Adds or changes somebody.
#[server(endpoint = "company/person/save", input = Json, output = Json)]
pub async fn save_person(form: PersonForm, key: IdempotencyKey) -> Result<AccountId, AppError> {
    with_caller(|pool, caller| async move { service::save_person(&pool, &caller, form, key).await }).await
}

/// The region tree.
#[server(endpoint = "company/regions", input = Json, output = Json)]
pub async fn regions() -> Result<Vec<RegionNode>, AppError> {
    with_caller(|pool, caller| async move { service::regions(&pool, &caller).await }).await
}

/// Adds or changes a region.
#[server(endpoint = "company/region/save", input = Json, output = Json)]
pub async fn save_region(form: RegionForm, key: IdempotencyKey) -> Result<RegionId, AppError> {
    with_caller(|pool, caller| async move { service::save_region(&pool, &caller, form, key).await }).await
}
