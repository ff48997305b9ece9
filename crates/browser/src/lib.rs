//! The module that browsers load, and nothing else: it takes over the page that the server rendered.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]

/// Where the browser takes over. The code of the page that is being looked at is a chunk of its own and has to arrive first.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        // Nothing on the page answers any more, and a chunk that can't be fetched is a panic too: the document says so.
        cutline_kit::browser::window_event("cutline:stopped");
    }));
    wasm_bindgen_futures::spawn_local(async {
        let body = leptos::tachys::dom::body();
        leptos::mount::hydrate_from_async(body, cutline::shell::App).await.forget();
        cutline_kit::browser::window_event("cutline:hydrated");
    });
}
