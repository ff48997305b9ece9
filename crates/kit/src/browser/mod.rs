//! The few things only a browser can do, with harmless stand-ins while the server renders: binary fetches, local
//! storage, focus.

use crate::platform::error::AppError;

/// Fetches bytes. Refusals come back as the error the server sent.
#[cfg(feature = "hydrate")]
pub async fn fetch_bytes(url: &str) -> Result<Vec<u8>, AppError> {
    #[derive(serde::Deserialize)]
    struct Problem {
        error: AppError,
    }
    let response = gloo_net::http::Request::get(url).send().await.map_err(|_| AppError::Unreachable)?;
    if response.ok() {
        return response.binary().await.map_err(|_| AppError::Unreachable);
    }
    Err(response.json::<Problem>().await.map_or(AppError::Unreachable, |problem| problem.error))
}

/// Only pages in a browser fetch.
#[cfg(not(feature = "hydrate"))]
pub async fn fetch_bytes(_: &str) -> Result<Vec<u8>, AppError> {
    Err(AppError::Unreachable)
}

/// A list of numbers, as the planner's routes send them.
pub async fn fetch_numbers(url: &str) -> Result<Vec<u32>, AppError> {
    let bytes = fetch_bytes(url).await?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect())
}

/// Something remembered on this device.
#[cfg(feature = "hydrate")]
pub fn remembered(key: &str) -> Option<String> {
    leptos::prelude::window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Nothing is remembered on the server.
#[cfg(not(feature = "hydrate"))]
pub fn remembered(_: &str) -> Option<String> {
    None
}

/// Remembers something on this device.
#[cfg(feature = "hydrate")]
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        // A full or forbidden storage costs a convenience, nothing else.
        let _ = storage.set_item(key, value);
    }
}

/// Nothing is remembered on the server.
#[cfg(not(feature = "hydrate"))]
pub fn remember(_: &str, _: &str) {}

/// Leaves for another page, loading it anew.
pub fn go_to(url: &str) {
    #[cfg(feature = "hydrate")]
    let _ = leptos::prelude::window().location().set_href(url);
    #[cfg(not(feature = "hydrate"))]
    let _ = url;
}

/// Puts the focus on the element with an id, once what is being drawn is drawn.
pub fn focus(id: String) {
    #[cfg(feature = "hydrate")]
    leptos::prelude::request_animation_frame(move || {
        use wasm_bindgen::JsCast;
        let element = leptos::prelude::document().get_element_by_id(&id);
        if let Some(element) = element.as_ref().and_then(|element| element.dyn_ref::<web_sys::HtmlElement>()) {
            let _ = element.focus();
        }
    });
    #[cfg(not(feature = "hydrate"))]
    drop(id);
}

/// Random bytes from the browser, fit for secrets; none where it has no such source.
#[cfg(feature = "hydrate")]
pub fn random_bytes(number: u32) -> Option<Vec<u8>> {
    use wasm_bindgen::JsCast;
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let fill = js_sys::Reflect::get(&crypto, &"getRandomValues".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let bytes = js_sys::Uint8Array::new_with_length(number);
    fill.call1(&crypto, &bytes).ok()?;
    Some(bytes.to_vec())
}

/// Only a browser is asked.
#[cfg(not(feature = "hydrate"))]
pub fn random_bytes(_: u32) -> Option<Vec<u8>> {
    None
}

/// Year and month of today on this device; not for the first render, which must be the same on both sides.
#[cfg(feature = "hydrate")]
pub fn this_month() -> Option<(u32, u32)> {
    let now = js_sys::Date::new_0();
    Some((now.get_full_year(), now.get_month() + 1))
}

/// The server's clock says nothing about the user's day.
#[cfg(not(feature = "hydrate"))]
pub fn this_month() -> Option<(u32, u32)> {
    None
}
