//! The planner, job 1: MT definitions, their cycles, and the page where an admin sets borders, regional managers decide,
//! and one Transfer makes the classes official.

pub mod api;
pub mod model;
pub mod selection;
pub mod view;

#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod rest;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
mod store;
