//! Sizes of elements, as they change.

use leptos::html;
use leptos::prelude::*;

/// Calls `changed` when an element has its first size and whenever that changes, until the page part goes.
#[cfg(feature = "hydrate")]
pub fn watch_size(element: NodeRef<html::Div>, changed: impl Fn() + Copy + 'static) {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        changed();
        let called = Closure::<dyn Fn()>::new(changed);
        if let Ok(observer) = web_sys::ResizeObserver::new(called.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, called));
            on_cleanup(move || {
                kept.with_value(|(observer, _)| observer.disconnect());
                kept.dispose();
            });
        }
    });
}

/// Nothing has a size on the server.
#[cfg(not(feature = "hydrate"))]
pub fn watch_size(_: NodeRef<html::Div>, _: impl Fn() + Copy + 'static) {}
