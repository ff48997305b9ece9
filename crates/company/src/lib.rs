//! Accounts and the company: signing in and out, people with their roles and regions, the region tree.

pub mod api;
pub mod model;
pub mod view;

#[cfg(feature = "ssr")]
pub mod passwords;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
mod store;
