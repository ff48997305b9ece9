//! Loads: CSV files into contacts and measures, each one transaction that does everything or nothing. What a file says is
//! read in `file`, its bad lines are written by `rejects`, the use cases are in `service`, SQL is in `store`, and the command
//! line's flags in `command`.

pub mod command;
pub mod error;
pub mod file;
mod rejects;
pub mod service;
mod store;
