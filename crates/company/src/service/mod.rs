//! Use cases of companies and accounts.

mod accounts;
mod regions;
mod sign_in;

pub use accounts::{FirstAdmin, company_named, found_company, is_founded, people, save_person};
pub use regions::{regions, save_region};
pub use sign_in::{end_sessions, sign_in};

use crate::model::Command;
use cutline_domain::Permission;
use cutline_platform::command::Ask;

/// A command of an admin.
fn managing(command: Command) -> Ask {
    Ask { name: command.into(), permission: Permission::ManagePeople, key: None }
}

/// Whether an error says that a value is taken already.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
