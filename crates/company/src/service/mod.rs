//! Use cases of companies and accounts.

mod accounts;
mod profile;
mod regions;
mod sign_in;

pub use accounts::{FirstAdmin, company_named, found_company, invent_person, is_founded, people, save_person};
pub use profile::{
    change_password, end_other_sessions, end_session, profile, save_profile, set_own_password, sign_out_everywhere,
};
pub use regions::{regions, save_region};
pub use sign_in::{From, Proven, sign_in};

use crate::email;
use crate::model::{Command, SHORTEST_PASSWORD};
use cutline_domain::Permission;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_domain::base::text::most;
use cutline_platform::command::Ask;
use cutline_platform::session::Caller;
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Faults, Theirs};
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

/// An e-mail address of a form as it is kept.
fn address(faults: &mut Faults, text: &str) -> String {
    email::checked(text).unwrap_or_else(|fault| {
        faults.add("email", fault);
        String::new()
    })
}

/// What is wrong with a password that somebody is to have.
fn check_password(faults: &mut Faults, field: &str, password: &str) {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        faults.add(field, format!("A password has at least {SHORTEST_PASSWORD} characters."));
    }
    if length > most::PASSWORD {
        faults.add(field, format!("A password has at most {} characters.", most::PASSWORD));
    }
}

/// An e-mail address that an account has already. Whose, and in which company, is nobody's business.
fn email_taken(error: sqlx::Error) -> Error {
    if is_taken(&error) {
        return AppError::invalid("email", "This e-mail address can\u{2019}t be used. Choose another one.").into();
    }
    error.into()
}

/// Whether an error says that a value is taken already.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
