//! The planner's rules: the approval cycle, the columns of a cycle's items, what its grid shows, and the replay that
//! rebuilds a cycle from its audit.

pub mod approval;
pub mod grid;
pub mod replay;
pub mod snapshot;
