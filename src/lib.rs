//! Cutline: a segmentation and targeting planner. See docs/ARCHITECTURE.md for the house; product words are explained in
//! README.md.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]

pub mod shell;

#[cfg(feature = "ssr")]
pub mod commands;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod seed;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
mod stopping;
