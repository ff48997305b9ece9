//! Server functions of companies and accounts.

#![allow(missing_docs, reason = "the server macro writes structs whose fields are the documented arguments")]

use crate::model::{PasswordForm, Person, PersonForm, Profile, ProfileForm, RegionForm, RegionNode};
use cutline_domain::base::ids::{AccountId, IdempotencyKey, RegionId, SessionHandle};
use cutline_wire::{AppError, Me};
use leptos::prelude::server;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use {
    crate::service,
    cutline_platform::http::{reply, with_caller, with_newcomer},
    cutline_platform::{AppState, Error, session},
};

/// Who is signed in; nobody for `None`.
#[server(endpoint = "me", input = Json, output = Json)]
pub async fn who_am_i() -> Result<Option<Me>, AppError> {
    match session::newcomer().await {
        Ok(caller) => Ok(Some(caller.me)),
        Err(Error::Shown(AppError::SignedOut)) => Ok(None),
        Err(error) => reply(Err(error)),
    }
}

/// Signs in: a new session id, so that one planted before can't be used after.
#[server(endpoint = "sign-in", input = Json, output = Json)]
pub async fn sign_in(email: String, password: String) -> Result<(), AppError> {
    let pool = AppState::get().door;
    let proven = reply(service::sign_in(&pool, &email, password, &from().await).await)?;
    session::keep_device(&proven.device);
    reply(session::begin(proven.account, proven.credential).await)
}

/// Where the caller is.
#[cfg(feature = "ssr")]
async fn from() -> service::From {
    service::From { address: session::peer_address().await, device: session::device().await }
}

/// Ends this session.
#[server(endpoint = "sign-out", input = Json, output = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    reply(session::end().await)
}

/// Ends every session of the account.
#[server(endpoint = "sign-out-everywhere", input = Json, output = Json)]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    with_caller(|pool, caller| async move { service::sign_out_everywhere(&pool, &caller).await }).await?;
    reply(session::end().await)
}

/// The caller's own account.
#[server(endpoint = "account/profile", input = Json, output = Json)]
pub async fn own_profile() -> Result<Profile, AppError> {
    with_caller(|pool, caller| async move { service::profile(&pool, &caller).await }).await
}

/// Changes the caller's name and e-mail address.
#[server(endpoint = "account/profile/save", input = Json, output = Json)]
pub async fn save_profile(form: ProfileForm, key: IdempotencyKey) -> Result<i32, AppError> {
    let from = from().await;
    with_caller(|pool, caller| async move { service::save_profile(&pool, &caller, form, &from, key).await }).await
}

/// Changes the caller's password.
#[server(endpoint = "account/password", input = Json, output = Json)]
pub async fn change_password(form: PasswordForm, key: IdempotencyKey) -> Result<(), AppError> {
    let from = from().await;
    let now =
        with_caller(|pool, caller| async move { service::change_password(&pool, &caller, form, &from, key).await });
    reply(session::go_on(now.await?).await)
}

/// Sets a password of one's own in place of one that somebody gave.
#[server(endpoint = "account/password/own", input = Json, output = Json)]
pub async fn set_own_password(password: String, key: IdempotencyKey) -> Result<(), AppError> {
    let now =
        with_newcomer(|pool, caller| async move { service::set_own_password(&pool, &caller, password, key).await });
    reply(session::go_on(now.await?).await)
}

/// Ends one of the caller's sessions.
#[server(endpoint = "account/session/end", input = Json, output = Json)]
pub async fn end_session(handle: SessionHandle, key: IdempotencyKey) -> Result<(), AppError> {
    with_caller(|pool, caller| async move { service::end_session(&pool, &caller, handle, key).await }).await
}

/// Ends all of the caller's sessions but this one.
#[server(endpoint = "account/sessions/end-others", input = Json, output = Json)]
pub async fn end_other_sessions(key: IdempotencyKey) -> Result<u32, AppError> {
    with_caller(|pool, caller| async move { service::end_other_sessions(&pool, &caller, key).await }).await
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
