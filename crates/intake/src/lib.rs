//! Loads: CSV files into contacts and measures, each one transaction that does everything or nothing, in memory that doesn't
//! grow with the file. `input` is what is read, `file` what its lines say, `staging` streams them into the database, `bad_lines`
//! keeps those that can't be loaded and `rejects` writes them out. The use cases are in `service`, SQL is in `store`, the command
//! line's flags in `command`, what a person at a terminal sees meanwhile in `progress`. `invented` makes up contacts and
//! measures instead of reading them.

pub mod bad_lines;
pub mod command;
pub mod error;
pub mod file;
pub mod input;
pub mod invented;
pub mod progress;
mod rejects;
pub mod service;
mod staging;
mod store;
