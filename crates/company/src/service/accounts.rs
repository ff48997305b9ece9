//! The first company, and who works in it.

use super::{is_taken, managing, stale};
use crate::model::{Command, Person, PersonForm, SHORTEST_PASSWORD};
use crate::{email, passwords, store};
use cutline_domain::base::ids::{AccountId, CompanyId, IdempotencyKey};
use cutline_domain::base::text::most;
use cutline_domain::{Permission, Role};
use cutline_platform::audit::Entry;
use cutline_platform::command::{self, Doing, Work};
use cutline_platform::session::{self, Caller};
use cutline_platform::{Error, Result};
use cutline_wire::{AppError, Faults};
use sqlx::PgPool;

/// Who begins a company.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// Makes a company with its first admin.
pub async fn found_company(pool: &PgPool, name: &str, admin: FirstAdmin) -> Result<(CompanyId, AccountId)> {
    let mut faults = Faults::default();
    let name = faults.text("company", "The name of the company", name, most::COMPANY);
    let email = address(&mut faults, &admin.email);
    let person = faults.text("name", "The name", &admin.name, most::PERSON);
    faults.none()?;
    let hash = passwords::hash(admin.password).await?;
    let (company, account) = (CompanyId::new(), AccountId::new());
    let work = Work { name: Command::FoundCompany.into(), company, by: Some(account) };
    command::run_unattended(pool, work, async |doing| {
        store::add_company(doing.conn, company, &name).await?;
        store::save_account(doing.conn, account, &email, &person, Some(&hash)).await?;
        store::save_membership(doing.conn, company, account, Role::Admin, &[]).await?;
        let after = serde_json::json!({ "name": name, "admin": email });
        doing.record(Entry { after: Some(after), ..Entry::default() }).await?;
        Ok((company, account))
    })
    .await
}

/// Whether anything was set up yet.
pub async fn is_founded(pool: &PgPool) -> Result<bool> {
    store::has_company(&mut *pool.acquire().await?).await
}

/// The company with a name; the oldest, if several have it.
pub async fn company_named(pool: &PgPool, name: &str) -> Result<Option<CompanyId>> {
    store::company_named(&mut *pool.acquire().await?, name).await
}

/// Everybody with a role in the company.
pub async fn people(pool: &PgPool, caller: &Caller) -> Result<Vec<Person>> {
    caller.require(Permission::ManagePeople)?;
    store::people(&mut *pool.acquire().await?, caller.company).await
}

/// Adds or changes somebody.
pub async fn save_person(pool: &PgPool, caller: &Caller, form: PersonForm, key: IdempotencyKey) -> Result<AccountId> {
    // A receipt is kept for good, and a plain hash of a password would be guessed.
    let asked = PersonForm { password: passwords::blinded(&form.password), ..form.clone() };
    let ask = managing(Command::SavePerson, caller, key, &asked)?;
    caller.require(ask.permission)?;
    let form = checked(form)?;
    let new = form.id.is_none();
    let id = form.id.unwrap_or_else(AccountId::new);
    // Hashing takes its time on purpose: before the transaction, which holds a connection.
    let hash = if form.password.is_empty() { None } else { Some(passwords::hash(form.password.clone()).await?) };
    let hash = hash.as_deref();
    command::run(pool, caller, ask, || {
        async |doing| {
            let company = doing.company();
            // Whoever counts the admins must be the only one who changes them.
            store::lock_admins(doing.conn, company).await?;
            let everybody = store::people(doing.conn, company).await?;
            let before = everybody.into_iter().find(|person| person.id == id);
            if !new && before.is_none() {
                return Err(AppError::not_found("This person").into());
            }
            if let Some(now) = before.as_ref().filter(|now| now.version != form.version) {
                return Err(stale("person", now.version, differing(doing, now, &form).await?));
            }
            let loses_admin = before.as_ref().is_some_and(|p| p.role == Role::Admin) && form.role != Role::Admin;
            if loses_admin && store::other_admins(doing.conn, company, id).await? == 0 {
                let message = "The company needs an admin; make somebody else one first.";
                return Err(AppError::invalid("role", message).into());
            }
            store::save_account(doing.conn, id, &form.email, &form.name, hash).await.map_err(email_taken)?;
            store::save_membership(doing.conn, company, id, form.role, &form.regions).await.map_err(region_gone)?;
            let everybody = store::people(doing.conn, company).await?;
            let mut after = serde_json::to_value(everybody.into_iter().find(|person| person.id == id))?;
            if hash.is_some() {
                after["password"] = "set".into();
            }
            let entry =
                Entry { before: before.map(serde_json::to_value).transpose()?, after: Some(after), ..Entry::default() };
            doing.record(entry).await?;
            if hash.is_some() && !new {
                // Whoever knew the old password is out.
                session::end_all(doing.conn, id).await?;
            }
            Ok(id)
        }
    })
    .await
}

/// What a person is now, where the form says something else.
async fn differing(doing: &mut Doing<'_>, now: &Person, form: &PersonForm) -> Result<Vec<(String, String)>> {
    let company = doing.company();
    let regions = store::regions(doing.conn, company).await?;
    let name = |id| regions.iter().find(|region| region.id == id).map(|region| region.name.as_str());
    let names: Vec<&str> = now.regions.iter().filter_map(|id| name(*id)).collect();
    let mut differs = Vec::new();
    let mut tell = |is: bool, what: &str, theirs: &str| {
        if is {
            differs.push((what.to_owned(), theirs.to_owned()));
        }
    };
    tell(now.name != form.name, "Name", &now.name);
    tell(now.email != form.email, "E-mail", &now.email);
    tell(now.role != form.role, "Role", now.role.title());
    let mut theirs = now.regions.clone();
    theirs.sort_unstable();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    tell(theirs != form.regions, "Regions", &names);
    Ok(differs)
}

fn email_taken(error: sqlx::Error) -> Error {
    if is_taken(&error) {
        return AppError::invalid("email", "This e-mail address has an account already.").into();
    }
    error.into()
}

fn region_gone(error: sqlx::Error) -> Error {
    let gone = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation);
    if gone { AppError::invalid("regions", "One of these regions no longer exists.").into() } else { error.into() }
}

/// An e-mail address of a form as it is kept.
fn address(faults: &mut Faults, text: &str) -> String {
    email::checked(text).unwrap_or_else(|fault| {
        faults.add("email", fault);
        String::new()
    })
}

/// The form as it is kept: trimmed, and with regions for regional managers only.
fn checked(form: PersonForm) -> Result<PersonForm> {
    let mut faults = Faults::default();
    let name = faults.text("name", "The name", &form.name, most::PERSON);
    let email = address(&mut faults, &form.email);
    let password_needed = form.id.is_none() || !form.password.is_empty();
    let length = form.password.chars().count();
    if password_needed && length < SHORTEST_PASSWORD {
        faults.add("password", format!("A password has at least {SHORTEST_PASSWORD} characters."));
    }
    if length > most::PASSWORD {
        faults.add("password", format!("A password has at most {} characters.", most::PASSWORD));
    }
    let mut regions = if form.role == Role::RegionalManager { form.regions } else { Vec::new() };
    regions.sort_unstable();
    regions.dedup();
    if form.role == Role::RegionalManager && regions.is_empty() {
        faults.add("regions", "A regional manager needs at least one region.");
    }
    faults.none()?;
    Ok(PersonForm { name, email, regions, ..form })
}
