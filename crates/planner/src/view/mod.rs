//! The planner's pages.

mod approvals_page;
mod cycle;
mod cycles_page;
mod history;
mod microtargets;
mod pages;
mod status;

pub use pages::{ApprovalsRoute, CycleRoute, CyclesRoute, MicrotargetsRoute};
