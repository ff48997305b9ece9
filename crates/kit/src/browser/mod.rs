//! The few things only a browser can do, with harmless stand-ins while the server renders: binary fetches, local storage,
//! focus, the pointer, sizes, the clock.

mod assets;
mod clock;
mod fetch;
mod live;
mod pointer;
mod size;
mod storage;

pub use assets::{Assets, META, asset, assets, set_assets};
pub use clock::{Written, ago, now, this_month, written};
pub use fetch::{fetch_bytes, fetch_numbers, fetch_text};
pub use live::listen;
pub use pointer::{capture, place_in};
pub use size::watch_size;
pub use storage::{remember, remembered};

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

/// Puts the focus on the first element that a selector finds, if there is one.
pub fn focus_first(selector: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let found = leptos::prelude::document().query_selector(selector).ok().flatten();
        if let Some(element) = found.as_ref().and_then(|element| element.dyn_ref::<web_sys::HtmlElement>()) {
            let _ = element.focus();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = selector;
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

/// Tells scripts and drawings of the page what happened.
pub fn window_event(name: &str) {
    #[cfg(feature = "hydrate")]
    if let Ok(event) = web_sys::Event::new(name) {
        let _ = leptos::prelude::window().dispatch_event(&event);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = name;
}

/// Whether a key press belongs to where text is typed, or to a dialog that lies over the page.
pub fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    let typed = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog";
    target.is_some_and(|at| at.closest(typed).ok().flatten().is_some())
}
