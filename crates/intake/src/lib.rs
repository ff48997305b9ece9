//! Loads: CSV files into contacts and measures, each one transaction that does everything or nothing. What a file says is
//! read in `file`, the use cases are in `service`, SQL is in `store`, and the command line's flags in `command`.

pub mod command;
pub mod file;
pub mod service;
mod store;
