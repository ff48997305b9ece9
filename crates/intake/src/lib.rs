//! Loads: CSV files into contacts and measures, each one transaction that does everything or nothing. What a file says is
//! read in `file`, its bad lines are written by `rejects`, the use cases are in `service`, SQL is in `store`, and the command
//! line's flags in `command`. `invented` makes up contacts and measures instead of reading them.

pub mod command;
pub mod error;
pub mod file;
pub mod invented;
mod rejects;
pub mod service;
mod store;
