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
pub use clock::{Written, ago, decimal_comma, now, this_month, written};
pub use fetch::{fetch_bytes, fetch_numbers, fetch_text};
pub use live::listen;
pub use pointer::{capture, place_in, point_in};
pub use size::watch_size;
pub use storage::{forget, remember, remembered};

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

/// Closes a popover, when a choice in it leads somewhere else.
pub fn close_popover(id: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let element = leptos::prelude::document().get_element_by_id(id);
        if let Some(element) = element.as_ref().and_then(|element| element.dyn_ref::<web_sys::HtmlElement>()) {
            // Closed already is the only way this fails.
            let _ = element.hide_popover();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
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

/// Moves the focus among what a selector finds in an element, round and round; `None`: to the first.
#[cfg(feature = "hydrate")]
pub fn walk(within: &leptos::web_sys::Element, selector: &str, by: Option<i32>) {
    use wasm_bindgen::JsCast;
    let Ok(found) = within.query_selector_all(selector) else { return };
    let all: Vec<_> = (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into::<leptos::web_sys::HtmlElement>().ok())
        .filter(|element| element.offset_parent().is_some())
        .collect();
    let now = leptos::prelude::document().active_element();
    let at = now.and_then(|now| all.iter().position(|element| **element == now));
    let to = match (at, by) {
        (Some(at), Some(by)) => (at as i32 + by).rem_euclid(all.len() as i32) as usize,
        _ => 0,
    };
    if let Some(element) = all.get(to) {
        let _ = element.focus();
    }
}

/// Nothing has the focus on the server.
#[cfg(not(feature = "hydrate"))]
pub fn walk(_: &leptos::web_sys::Element, _: &str, _: Option<i32>) {}

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

/// A number as it is typed in the browser's language, read.
pub fn typed<T: std::str::FromStr>(text: &str) -> Result<T, T::Err> {
    if decimal_comma() { cutline_domain::base::number::with_point(text).parse() } else { text.parse() }
}

/// Whether a key press belongs to where text is typed, or to a dialog that lies over the page.
pub fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    let typed = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog";
    target.is_some_and(|at| at.closest(typed).ok().flatten().is_some())
}
