//! The module that browsers load, and nothing else: it takes over the page that the server rendered.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]

use cutline_kit::browser::window_event;

/// Where the browser takes over. The code of the page that is being looked at is a chunk of its own and has to arrive first; then
/// the page is taken over in one go, which is why the ways to do it step by step are left out of the module (`tools/split`).
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        // Nothing on the page answers any more: the document says so.
        window_event("cutline:stopped");
    }));
    wasm_bindgen_futures::spawn_local(async {
        let path = leptos::prelude::location().pathname().unwrap_or_default();
        if !cutline::shell::code_fetched(&path).await {
            return window_event("cutline:stopped");
        }
        leptos::mount::hydrate_from(leptos::tachys::dom::body(), cutline::shell::App).forget();
        window_event("cutline:hydrated");
    });
}
