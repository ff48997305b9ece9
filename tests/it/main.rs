//! The server tests: the whole program on real PostgreSQL, a database per test, by what they are about.

#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "tests")]

mod accounts;
mod approve_all;
mod audit;
mod bad_input;
mod classes;
mod company;
mod conflicts;
mod cycle;
mod embedded_postgres;
mod explain;
mod export;
mod facts;
mod live;
mod load;
mod load_at_size;
mod load_file;
mod pages;
mod permissions;
mod profile;
mod receipts;
mod references;
mod requests;
mod scope;
mod seed;
mod shared_answers;
mod sign_in;
mod site;
mod snapshot;
mod sql_equals_domain;
mod staying_up;
mod support;
mod transfer;
mod waiting;
