//! The planner's pages.

mod approvals_page;
mod cycle;
mod cycles_page;
pub mod ramp;

pub use approvals_page::ApprovalsPage;
pub use cycle::CyclePage;
pub use cycles_page::CyclesPage;
