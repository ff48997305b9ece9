//! SQL of accounts, which are no company's.

use cutline_domain::base::ids::{AccountId, CompanyId};
use cutline_platform::Result;
use sqlx::PgConnection;

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Grows with every change of name, e-mail address or password.
    pub version: i32,
    /// Which password it has, counted from 1.
    pub credential: i32,
    /// Whether somebody gave them that password.
    pub password_is_given: bool,
}

/// An account.
pub async fn account(conn: &mut PgConnection, id: AccountId) -> Result<Account> {
    let account = sqlx::query_as!(
        Account,
        "select name, email, version, credential, password_is_given from account where account_id = $1",
        id.0
    );
    Ok(account.fetch_one(conn).await?)
}

/// Locks an account for a change by its owner.
pub async fn lock_account(conn: &mut PgConnection, id: AccountId) -> Result<Account> {
    let account = sqlx::query_as!(
        Account,
        "select name, email, version, credential, password_is_given from account where account_id = $1
         for no key update",
        id.0
    );
    Ok(account.fetch_one(conn).await?)
}

/// Locks the account of somebody in a company; false when nobody there has it. Until the transaction ends they join no other
/// company: a membership refers to the account.
pub async fn lock_member(conn: &mut PgConnection, company: CompanyId, id: AccountId) -> Result<bool> {
    let locked = sqlx::query!(
        "select a.account_id from membership m join account a on a.account_id = m.account_id
         where m.company_id = $1 and m.account_id = $2 for update of a",
        company.0,
        id.0
    );
    Ok(locked.fetch_optional(conn).await?.is_some())
}

/// Adds an account. `given`: its password is by somebody else.
pub async fn add_account(
    conn: &mut PgConnection,
    id: AccountId,
    email: &str,
    name: &str,
    password_hash: &str,
    given: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into account (account_id, email, name, password_hash, password_is_given) values ($1, $2, $3, $4, $5)",
        id.0,
        email,
        name,
        password_hash,
        given
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives an account this e-mail address and name, and says which version it is then.
pub async fn rename(conn: &mut PgConnection, id: AccountId, email: &str, name: &str) -> sqlx::Result<i32> {
    let version = sqlx::query_scalar!(
        "update account set email = $2, name = $3,
                version = version + case when (email, name) is distinct from ($2, $3) then 1 else 0 end
         where account_id = $1 returning version",
        id.0,
        email,
        name
    );
    version.fetch_one(conn).await
}

/// Gives an account a password, and says which of its passwords that is. `given`: by somebody else.
pub async fn set_password(conn: &mut PgConnection, id: AccountId, password_hash: &str, given: bool) -> Result<i32> {
    let credential = sqlx::query_scalar!(
        "update account set password_hash = $2, password_is_given = $3, credential = credential + 1,
                -- One's own new password changes nothing that a form shows.
                version = version + case when $3 then 1 else 0 end
         where account_id = $1 returning credential",
        id.0,
        password_hash,
        given
    );
    Ok(credential.fetch_one(conn).await?)
}

/// The companies an account works in.
pub async fn companies_of(conn: &mut PgConnection, id: AccountId) -> Result<Vec<CompanyId>> {
    let ids = sqlx::query_scalar!("select company_id from membership where account_id = $1 order by company_id", id.0);
    Ok(ids.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}
