//! What people change of their own account: name, e-mail address, password, and where they are signed in.

use super::sign_in::{From, proven};
use super::{address, check_password, email_taken, stale};
use crate::model::{Command, OwnSession, PasswordForm, Profile, ProfileForm};
use crate::passwords;
use crate::store::{self, Account};
use cutline_domain::Permission;
use cutline_domain::base::ids::{IdempotencyKey, SessionHandle};
use cutline_domain::base::text::most;
use cutline_platform::Result;
use cutline_platform::audit::{self, Entry};
use cutline_platform::command::{self, Ask, Doing};
use cutline_platform::session::{self, Caller};
use cutline_wire::{AppError, Faults};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;

/// A command of somebody on their own account. Theirs are done one after the other.
fn own<R: Serialize>(command: Command, caller: &Caller, key: IdempotencyKey, request: &R) -> Result<Ask> {
    Ask::once(command.into(), Permission::OwnAccount, caller.actor.account.0, key, request)
}

/// Somebody's own account.
pub async fn profile(pool: &PgPool, caller: &Caller) -> Result<Profile> {
    caller.require(Permission::OwnAccount)?;
    let mut conn = pool.acquire().await?;
    let Account { name, email, version, .. } = store::account(&mut conn, caller.actor.account).await?;
    let sessions = session::of_account(&mut conn, caller.actor.account).await?.into_iter();
    let sessions = sessions.map(|session::OwnSession { handle, browser, began, seen }| OwnSession {
        here: caller.here() == Some(handle),
        handle,
        browser,
        began,
        seen,
    });
    Ok(Profile { name, email, version, sessions: sessions.collect() })
}

/// Changes name and e-mail address, and gives the version they are then. Another address is signed in with from then on, so it
/// asks for the password.
pub async fn save_profile(
    pool: &PgPool,
    caller: &Caller,
    form: ProfileForm,
    from: &From,
    key: IdempotencyKey,
) -> Result<i32> {
    let asked = ProfileForm { password: passwords::blinded(&form.password), ..form.clone() };
    let ask = own(Command::SaveProfile, caller, key, &asked)?;
    if let Some(version) = command::given(pool, caller, &ask).await? {
        return Ok(version);
    }
    let form = checked(form)?;
    let moves = form.email != caller.me.email;
    let proof = if moves { Some(prove(pool, caller, "password", &form.password, from).await?) } else { None };
    command::run(pool, caller, ask, || {
        async |doing| {
            let now = store::lock_account(doing.conn, caller.actor.account).await?;
            if now.version != form.version {
                return Err(stale("account", now.version, differing(&now, &form)));
            }
            if now.email != form.email && proof != Some(now.credential) {
                return Err(changed_meanwhile().into());
            }
            let renamed = store::rename(doing.conn, caller.actor.account, &form.email, &form.name).await;
            let version = renamed.map_err(email_taken)?;
            let told = |name: &str, email: &str| json!({ "id": caller.actor.account, "name": name, "email": email });
            let (before, after) = (told(&now.name, &now.email), told(&form.name, &form.email));
            record(doing, caller, Command::SaveProfile, [Some(before), Some(after)]).await?;
            Ok(version)
        }
    })
    .await
}

/// Changes the password, which ends every other session, and gives which of the account's passwords the new one is.
pub async fn change_password(
    pool: &PgPool,
    caller: &Caller,
    form: PasswordForm,
    from: &From,
    key: IdempotencyKey,
) -> Result<i32> {
    let asked = PasswordForm { present: passwords::blinded(&form.present), new: passwords::blinded(&form.new) };
    let ask = own(Command::ChangePassword, caller, key, &asked)?;
    if let Some(credential) = command::given(pool, caller, &ask).await? {
        return Ok(credential);
    }
    let mut faults = Faults::default();
    check_password(&mut faults, "new", &form.new);
    faults.none()?;
    let proof = prove(pool, caller, "present", &form.present, from).await?;
    if form.new == form.present {
        return Err(AppError::invalid("new", "This is the present one. Choose another.").into());
    }
    let hash = passwords::hash(form.new).await?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let now = store::lock_account(doing.conn, caller.actor.account).await?;
            if now.credential != proof {
                return Err(changed_meanwhile().into());
            }
            take_password(doing, caller, Command::ChangePassword, &hash).await
        }
    })
    .await
}

/// Sets a password of one's own in place of one that somebody gave, and gives which of the account's passwords it is. The one
/// given was proved when this session began.
pub async fn set_own_password(pool: &PgPool, caller: &Caller, password: String, key: IdempotencyKey) -> Result<i32> {
    let ask = own(Command::SetOwnPassword, caller, key, &passwords::blinded(&password))?;
    if let Some(credential) = command::given(pool, caller, &ask).await? {
        return Ok(credential);
    }
    let mut faults = Faults::default();
    check_password(&mut faults, "new", &password);
    faults.none()?;
    let given = store::credentials(&mut *pool.acquire().await?, &caller.me.email).await?;
    if passwords::verify(password.clone(), given.map(|given| given.hash)).await? {
        return Err(AppError::invalid("new", "This is the one you were given. Choose another.").into());
    }
    let hash = passwords::hash(password).await?;
    command::run(pool, caller, ask, || {
        async |doing| {
            if !store::lock_account(doing.conn, caller.actor.account).await?.password_is_given {
                let message = "Your password is your own already. Change it on your profile.";
                return Err(AppError::forbidden(message).into());
            }
            take_password(doing, caller, Command::SetOwnPassword, &hash).await
        }
    })
    .await
}

/// Ends one of the caller's sessions.
pub async fn end_session(pool: &PgPool, caller: &Caller, which: SessionHandle, key: IdempotencyKey) -> Result<()> {
    let ask = own(Command::EndSession, caller, key, &which)?;
    command::run(pool, caller, ask, || {
        async |doing| {
            if !session::end_one(doing.conn, caller.actor.account, which).await? {
                return Err(AppError::not_found("This session").into());
            }
            record(doing, caller, Command::EndSession, [Some(json!({ "session": which })), None]).await
        }
    })
    .await
}

/// Ends every session of the caller but the one they call from, and gives how many those were.
pub async fn end_other_sessions(pool: &PgPool, caller: &Caller, key: IdempotencyKey) -> Result<u32> {
    let ask = own(Command::EndOtherSessions, caller, key, &())?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let ended = session::end_others(doing.conn, caller.actor.account, caller.here()).await?;
            record(doing, caller, Command::EndOtherSessions, [None, Some(json!({ "ended": ended }))]).await?;
            Ok(ended)
        }
    })
    .await
}

/// Ends every session of the caller, on all devices, and gives how many those were.
pub async fn sign_out_everywhere(pool: &PgPool, caller: &Caller) -> Result<u32> {
    // Whoever asks again has no session to ask with, so nobody keeps a key for it.
    let ask = own(Command::SignOutEverywhere, caller, IdempotencyKey::new(), &())?;
    command::run(pool, caller, ask, || {
        async |doing| {
            let ended = session::end_others(doing.conn, caller.actor.account, None).await?;
            record(doing, caller, Command::SignOutEverywhere, [None, Some(json!({ "ended": ended }))]).await?;
            Ok(ended)
        }
    })
    .await
}

/// That whoever calls knows the password of their account, and which of its passwords that is. Counts as an attempt to sign
/// in does: a page that was left open is no way to guess.
async fn prove(pool: &PgPool, caller: &Caller, field: &str, password: &str, from: &From) -> Result<i32> {
    if password.is_empty() {
        return Err(AppError::invalid(field, "Your present password is needed for this.").into());
    }
    match proven(pool, &caller.me.email, password.to_owned(), from).await? {
        Some((known, _)) if known.account == caller.actor.account => Ok(known.nr),
        _ => Err(AppError::invalid(field, "This is not your present password.").into()),
    }
}

fn changed_meanwhile() -> AppError {
    AppError::conflict("Your password changed meanwhile. Nothing was done; try again with the new one.")
}

/// Gives the caller's account, which is locked, a password of their own. Every session but this one ends.
async fn take_password(doing: &mut Doing<'_>, caller: &Caller, command: Command, hash: &str) -> Result<i32> {
    let account = caller.actor.account;
    doing.still_allowed().await?;
    let credential = store::set_password(doing.conn, account, hash, false).await?;
    session::keep_only(doing.conn, account, caller.here(), credential).await?;
    let told = json!({ "id": account });
    record(doing, caller, command, [Some(told), Some(json!({ "id": account, "password": "set" }))]).await?;
    Ok(credential)
}

/// The record of a change of somebody's own account, what it was and what it became: in every company they work in, since it is
/// one account in all of them.
async fn record(
    doing: &mut Doing<'_>,
    by: &Caller,
    command: Command,
    [before, after]: [Option<Value>; 2],
) -> Result<()> {
    let entry = || Entry {
        by: Some(by.actor.account),
        command: command.into(),
        before: before.clone(),
        after: after.clone(),
        ..Entry::default()
    };
    let here = doing.company();
    doing.record(entry()).await?;
    for company in store::companies_of(doing.conn, by.actor.account).await? {
        if company != here {
            audit::record(doing.conn, company, entry()).await?;
        }
    }
    Ok(())
}

/// What the account is now, where the form says something else.
fn differing(now: &Account, form: &ProfileForm) -> Vec<(String, String)> {
    let fields = [("Name", &now.name, &form.name), ("E-mail", &now.email, &form.email)];
    let differs = fields.into_iter().filter(|(_, now, form)| now != form);
    differs.map(|(what, now, _)| (what.to_owned(), now.clone())).collect()
}

/// The form as it is kept.
fn checked(form: ProfileForm) -> Result<ProfileForm> {
    let mut faults = Faults::default();
    let name = faults.text("name", "The name", &form.name, most::PERSON);
    let email = address(&mut faults, &form.email);
    faults.none()?;
    Ok(ProfileForm { name, email, ..form })
}
