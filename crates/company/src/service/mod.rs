//! Use cases of companies and accounts.

mod accounts;
mod regions;
mod sign_in;

pub use accounts::{FirstAdmin, company_named, found_company, is_founded, people, save_person};
pub use regions::{regions, save_region};
pub use sign_in::{From, Proven, end_sessions, sign_in};

use crate::model::Command;
use cutline_domain::Permission;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_platform::command::Ask;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Theirs};
use serde::Serialize;

/// A command of an admin. People and regions share locks, so a company's are changed one after the other.
fn managing<R: Serialize>(command: Command, caller: &Caller, key: IdempotencyKey, request: &R) -> Result<Ask> {
    Ask::once(command.into(), Permission::ManagePeople, caller.company.0, key, request)
}

/// Refuses a form that was filled in from an older version, with what it is now.
fn stale(what: &str, version: i32, differs: Vec<(String, String)>) -> Error {
    let message = format!("Somebody else changed this {what} since you opened it.");
    AppError::Conflict { message, theirs: Some(Theirs { version, differs }) }.into()
}

/// Whether an error says that a value is taken already.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
