//! Use cases of accounts: sign-in with its throttle, people, regions, and the first company.

use super::model::{Person, PersonForm, RegionForm, RegionNode};
use super::{passwords, store};
use crate::platform::audit::{self, Entry};
use crate::platform::error::AppError;
use crate::platform::session::Caller;
use cutline_domain::ids::{AccountId, CompanyId, RegionId};
use cutline_domain::{Permission, Role};
use sqlx::PgPool;

/// Failures of one e-mail address before waiting begins, and from one address.
const FREE_FAILURES: (i64, i64) = (5, 30);
/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 300;

/// Checks credentials. Failed attempts are slowed down per e-mail address and per network address: after a few, each
/// doubles the wait. Throttled attempts aren't even checked.
pub async fn sign_in(pool: &PgPool, email: &str, password: String, address: &str) -> Result<AccountId, AppError> {
    let email = email.trim().to_lowercase();
    let mut conn = pool.acquire().await?;
    let (by_email, by_address, since) = store::failures(&mut conn, &email, address).await?;
    let beyond = (by_email - FREE_FAILURES.0).max(by_address - FREE_FAILURES.1);
    if beyond >= 0 {
        let wait = LONGEST_WAIT.min(5 << beyond.min(10)) - i64::from(since);
        if wait > 0 {
            return Err(AppError::Throttled { seconds: wait as u32 });
        }
    }
    let known = store::credentials(&mut conn, &email).await?;
    let (id, hash) = known.unzip();
    let matches = passwords::verify(password, hash).await?;
    let Some(id) = id.filter(|_| matches) else {
        store::add_failure(&mut conn, &email, address).await?;
        // One message for both, so that it doesn't tell which addresses have accounts.
        return Err(AppError::invalid("password", "E-mail address or password is wrong."));
    };
    store::clear_failures(&mut conn, &email).await?;
    Ok(id)
}

/// Makes a company with its first admin.
pub async fn found_company(
    pool: &PgPool,
    name: &str,
    admin: (&str, &str, String),
) -> Result<(CompanyId, AccountId), AppError> {
    let (email, person, password) = admin;
    let hash = passwords::hash(password).await?;
    let (company, account) = (CompanyId::new(), AccountId::new());
    let mut tx = pool.begin().await?;
    store::add_company(&mut tx, company, name).await?;
    store::save_account(&mut tx, account, &email.to_lowercase(), person, Some(&hash)).await?;
    store::save_membership(&mut tx, company, account, Role::Admin, &[]).await?;
    let after = serde_json::json!({ "name": name, "admin": email });
    let entry = Entry { by: Some(account), command: "found company", after: Some(after), ..Entry::default() };
    audit::record(&mut tx, company, entry).await?;
    tx.commit().await?;
    Ok((company, account))
}

/// Whether anything was set up yet.
pub async fn is_founded(pool: &PgPool) -> Result<bool, AppError> {
    store::has_company(&mut *pool.acquire().await?).await
}

/// Everybody with a role in the company.
pub async fn people(pool: &PgPool, caller: &Caller) -> Result<Vec<Person>, AppError> {
    caller.require(Permission::ManagePeople)?;
    store::people(&mut *pool.acquire().await?, caller.company).await
}

/// Adds or changes somebody.
pub async fn save_person(pool: &PgPool, caller: &Caller, form: PersonForm) -> Result<AccountId, AppError> {
    caller.require(Permission::ManagePeople)?;
    let (name, email) = (form.name.trim().to_owned(), form.email.trim().to_lowercase());
    if name.is_empty() || name.chars().count() > 100 {
        return Err(AppError::invalid("name", "A name of 1 to 100 characters is needed."));
    }
    if !email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')) {
        return Err(AppError::invalid("email", "This is not an e-mail address."));
    }
    let new = form.id.is_none();
    if (new || !form.password.is_empty()) && form.password.chars().count() < passwords::SHORTEST {
        let message = format!("A password has at least {} characters.", passwords::SHORTEST);
        return Err(AppError::invalid("password", message));
    }
    let regions = if form.role == Role::RegionalManager { form.regions.as_slice() } else { &[] };
    if form.role == Role::RegionalManager && regions.is_empty() {
        return Err(AppError::invalid("regions", "A regional manager needs at least one region."));
    }
    let id = form.id.unwrap_or_default();
    let hash = if form.password.is_empty() { None } else { Some(passwords::hash(form.password.clone()).await?) };
    let mut tx = pool.begin().await?;
    let everybody = store::people(&mut tx, caller.company).await?;
    let before = everybody.into_iter().find(|person| person.id == id);
    if !new && before.is_none() {
        return Err(AppError::not_found("This person"));
    }
    let loses_admin = before.as_ref().is_some_and(|p| p.role == Role::Admin) && form.role != Role::Admin;
    if loses_admin && store::other_admins(&mut tx, caller.company, id).await? == 0 {
        return Err(AppError::invalid("role", "The company needs an admin; make somebody else one first."));
    }
    store::save_account(&mut tx, id, &email, &name, hash.as_deref()).await.map_err(|error| {
        let taken = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if taken { AppError::invalid("email", "This e-mail address has an account already.") } else { error.into() }
    })?;
    store::save_membership(&mut tx, caller.company, id, form.role, regions).await.map_err(|error| {
        let unknown = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation);
        if unknown { AppError::invalid("regions", "One of these regions no longer exists.") } else { error.into() }
    })?;
    let after = Person { id, name, email, role: form.role, regions: regions.to_vec() };
    let entry = Entry {
        by: Some(caller.actor.account),
        command: "save person",
        before: before.map(serde_json::to_value).transpose()?,
        after: Some(serde_json::to_value(after)?),
        ..Entry::default()
    };
    audit::record(&mut tx, caller.company, entry).await?;
    tx.commit().await?;
    if hash.is_some() && !new {
        // Whoever knew the old password is out.
        crate::platform::session::end_all(pool, id).await?;
    }
    Ok(id)
}

/// The region tree.
pub async fn regions(pool: &PgPool, caller: &Caller) -> Result<Vec<RegionNode>, AppError> {
    caller.require(Permission::ManagePeople)?;
    store::regions(&mut *pool.acquire().await?, caller.company).await
}

/// Adds or changes a region.
pub async fn save_region(pool: &PgPool, caller: &Caller, form: RegionForm) -> Result<RegionId, AppError> {
    caller.require(Permission::ManagePeople)?;
    let form = RegionForm { code: form.code.trim().to_owned(), name: form.name.trim().to_owned(), ..form };
    if form.name.is_empty() || form.name.chars().count() > 80 {
        return Err(AppError::invalid("name", "A name of 1 to 80 characters is needed."));
    }
    if form.code.is_empty() || form.code.chars().count() > 40 {
        return Err(AppError::invalid("code", "A short name of 1 to 40 characters is needed."));
    }
    let id = form.id.unwrap_or_default();
    let mut tx = pool.begin().await?;
    if let Some(parent) = form.parent
        && store::is_below(&mut tx, caller.company, parent, id).await?
    {
        return Err(AppError::invalid("parent", "A region can't lie below itself."));
    }
    let all = store::regions(&mut tx, caller.company).await?;
    if form.parent.is_some_and(|parent| all.iter().all(|region| region.id != parent)) {
        return Err(AppError::invalid("parent", "The region above no longer exists."));
    }
    let before = all.into_iter().find(|region| region.id == id);
    if form.id.is_some() && before.is_none() {
        return Err(AppError::not_found("This region"));
    }
    store::save_region(&mut tx, caller.company, id, &form).await.map_err(|error| {
        let taken = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if taken { AppError::invalid("code", "Another region has this short name.") } else { error.into() }
    })?;
    let entry = Entry {
        by: Some(caller.actor.account),
        command: "save region",
        before: before.map(serde_json::to_value).transpose()?,
        after: Some(serde_json::to_value(&form)?),
        ..Entry::default()
    };
    audit::record(&mut tx, caller.company, entry).await?;
    tx.commit().await?;
    Ok(id)
}
