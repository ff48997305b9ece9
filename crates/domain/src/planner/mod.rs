//! The planner's rules: the approval cycle and its items, the columns of those items, what its grid shows, and the
//! replay that rebuilds a cycle from its audit.

pub mod approval;
pub mod grid;
mod item;
pub mod lines;
pub mod replay;
pub mod shown;
pub mod snapshot;
