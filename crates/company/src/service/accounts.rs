//! The first company, and who works in it.

use super::{address, check_password, email_taken, managing, stale};
use crate::model::{Command, Keeper, Person, PersonForm};
use crate::{passwords, store};
use cutline_domain::base::ids::{AccountId, CompanyId, IdempotencyKey};
use cutline_domain::base::text::most;
use cutline_domain::{Permission, Role};
use cutline_platform::audit::Entry;
use cutline_platform::command::{self, Doing, Work};
use cutline_platform::session::{self, Caller};
use cutline_platform::{Error, Result, live};
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
        store::add_account(doing.conn, account, &email, &person, &hash, false).await?;
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

/// Adds or changes somebody. Name, e-mail address and password are a person's own: admins change those of somebody who works
/// in no other company, and a password they give is good for one sign-in.
pub async fn save_person(pool: &PgPool, caller: &Caller, form: PersonForm, key: IdempotencyKey) -> Result<AccountId> {
    saved(pool, caller, form, key, true).await
}

/// Adds somebody made up, whose password everybody may know: nobody is asked for one of their own.
pub async fn invent_person(pool: &PgPool, caller: &Caller, form: PersonForm) -> Result<AccountId> {
    saved(pool, caller, form, IdempotencyKey::new(), false).await
}

/// `given`: the password in the form is good for setting another and for nothing else.
async fn saved(
    pool: &PgPool,
    caller: &Caller,
    form: PersonForm,
    key: IdempotencyKey,
    given: bool,
) -> Result<AccountId> {
    // A receipt is kept for good, and a plain hash of a password would be guessed.
    let asked = PersonForm { password: passwords::blinded(&form.password), ..form.clone() };
    let ask = managing(Command::SavePerson, caller, key, &asked)?;
    caller.require(ask.permission)?;
    let form = checked(form)?;
    let id = form.id.unwrap_or_else(AccountId::new);
    // Hashing takes its time on purpose: before the transaction, which holds a connection.
    let hash = if form.password.is_empty() { None } else { Some(passwords::hash(form.password.clone()).await?) };
    let hash = hash.as_deref();
    command::run(pool, caller, ask, || {
        async |doing| {
            let company = doing.company();
            let before = seen(doing, caller, &form).await?;
            if id == caller.actor.account {
                doing.still_allowed().await?;
            }
            match (&before, hash) {
                (Some(_), hash) => change_account(doing, id, &form, hash, given).await?,
                (None, Some(hash)) => {
                    let added = store::add_account(doing.conn, id, &form.email, &form.name, hash, given).await;
                    added.map_err(email_taken)?;
                }
                (None, None) => return Err(Error::internal("somebody new has a password")),
            }
            store::save_membership(doing.conn, company, id, form.role, &form.regions).await.map_err(region_gone)?;
            // Somebody new has no page open.
            let is_known = before.is_some();
            let everybody = store::people(doing.conn, company).await?;
            let mut after = serde_json::to_value(everybody.into_iter().find(|person| person.id == id))?;
            if hash.is_some() {
                after["password"] = if given { "given" } else { "set" }.into();
            }
            let entry =
                Entry { before: before.map(serde_json::to_value).transpose()?, after: Some(after), ..Entry::default() };
            doing.record(entry).await?;
            if is_known {
                live::tell_of_rights(doing.conn, company).await?;
            }
            Ok(id)
        }
    })
    .await
}

/// The person as they are now, locked, if the form may replace that; nobody for somebody new.
async fn seen(doing: &mut Doing<'_>, caller: &Caller, form: &PersonForm) -> Result<Option<Person>> {
    let company = doing.company();
    // Whoever counts the admins must be the only one who changes them.
    store::lock_admins(doing.conn, company).await?;
    if let Some(id) = form.id
        && !store::lock_member(doing.conn, company, id).await?
    {
        return Err(AppError::not_found("This person").into());
    }
    let everybody = store::people(doing.conn, company).await?;
    if everybody.iter().any(|person| person.email == form.email && Some(person.id) != form.id) {
        return Err(AppError::invalid("email", "Somebody here has this e-mail address already.").into());
    }
    let Some(id) = form.id else { return Ok(None) };
    let now = everybody.into_iter().find(|person| person.id == id);
    let now = now.ok_or_else(|| AppError::not_found("This person"))?;
    if now.version != form.version {
        return Err(stale("person", now.version, differing(doing, &now, form).await?));
    }
    only_their_own(caller, &now, form)?;
    if now.role == Role::Admin && form.role != Role::Admin && store::other_admins(doing.conn, company, id).await? == 0 {
        let message = "The company needs an admin; make somebody else one first.";
        return Err(AppError::invalid("role", message).into());
    }
    Ok(Some(now))
}

/// Refuses what a person alone may change of their account.
fn only_their_own(caller: &Caller, now: &Person, form: &PersonForm) -> Result<()> {
    let (name, email) = (now.name != form.name, now.email != form.email);
    let why = match now.keeper {
        // There the present password is asked, which whoever found the page open doesn't know.
        _ if now.id == caller.actor.account => "This is your own account: change it on your profile.",
        Keeper::Themselves => "They work in another company too, so only they can change this, on their profile.",
        Keeper::Company => return Ok(()),
    };
    let mut faults = Faults::default();
    for (field, changes) in [("name", name), ("email", email), ("password", !form.password.is_empty())] {
        if changes {
            faults.add(field, why);
        }
    }
    Ok(faults.none()?)
}

/// What an admin changes of somebody's account.
async fn change_account(
    doing: &mut Doing<'_>,
    id: AccountId,
    form: &PersonForm,
    hash: Option<&str>,
    given: bool,
) -> Result<()> {
    store::rename(doing.conn, id, &form.email, &form.name).await.map_err(email_taken)?;
    if let Some(hash) = hash {
        store::set_password(doing.conn, id, hash, given).await?;
        // Whoever knew the one before is out.
        session::end_all(doing.conn, id).await?;
    }
    Ok(())
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

fn region_gone(error: sqlx::Error) -> Error {
    let gone = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation);
    if gone { AppError::invalid("regions", "One of these regions no longer exists.").into() } else { error.into() }
}

/// The form as it is kept: trimmed, and with regions for regional managers only.
fn checked(form: PersonForm) -> Result<PersonForm> {
    let mut faults = Faults::default();
    let name = faults.text("name", "The name", &form.name, most::PERSON);
    let email = address(&mut faults, &form.email);
    if form.id.is_none() || !form.password.is_empty() {
        check_password(&mut faults, "password", &form.password);
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
