//! Tables of any size: which rows are shown, in which order, in which groups, and the lines that make. What a row is,
//! only the feature knows.

mod cells;
pub mod layout;
pub mod query;
pub mod selection;
