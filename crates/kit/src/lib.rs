//! View parts that know no feature: small parts of pages, the grid of any table, borders on a desk, page furniture, and
//! what only a browser can do.

// Leptos views are deeply nested types.
#![recursion_limit = "512"]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

pub mod borders;
pub mod browser;
pub mod grid;
pub mod page;
pub mod parts;
