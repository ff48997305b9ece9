//! The planner, job 1: MT definitions, their cycles, and the page where an admin sets borders, regional managers decide,
//! and one Transfer makes the classes official.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

pub mod api;
pub mod model;
pub mod view;

#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
pub mod rest;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
mod store;
