//! Cutline: a segmentation and targeting planner. See docs/ARCHITECTURE.md for the house; product words are explained in
//! README.md.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]

pub mod admin;
pub mod app;
pub mod components;
pub mod contacts;
pub mod planner;
pub mod platform;

#[cfg(feature = "ssr")]
pub mod commands;
#[cfg(feature = "ssr")]
pub mod seed;
#[cfg(feature = "ssr")]
pub mod server;

/// Where the browser takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    app::window_event("cutline:hydrated");
}
