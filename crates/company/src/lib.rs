//! Companies and accounts: signing in and out, users with their roles and regions, the region tree.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

pub mod api;
pub mod model;
pub mod view;

#[cfg(feature = "ssr")]
mod email;
#[cfg(feature = "ssr")]
pub mod passwords;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
mod store;
