//! SQL of accounts, memberships and regions.

use crate::model::{Person, RegionForm, RegionNode};
use cutline_domain::Role;
use cutline_domain::base::ids::{AccountId, CompanyId, RegionId};
use cutline_platform::Result;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// What an account proves itself with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub account: AccountId,
    /// Which, counted from 1.
    pub nr: i32,
    /// PHC string.
    pub hash: String,
}

/// The password of an account.
pub async fn credentials(conn: &mut PgConnection, email: &str) -> Result<Option<Credentials>> {
    let row = sqlx::query!("select account_id, credential, password_hash from account where email = $1", email);
    let row = row.fetch_optional(conn).await?;
    Ok(row.map(|row| Credentials { account: row.account_id.into(), nr: row.credential, hash: row.password_hash }))
}

/// Whom an attempt to sign in is for, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Network address.
    pub address: &'a str,
    /// A device that the account is known on.
    pub device: Option<&'a str>,
}

impl Place<'_> {
    /// What stands for the place beside the e-mail address. A network address holds no such letters.
    fn here(&self) -> String {
        let Some(device) = self.device else { return self.address.to_owned() };
        format!("device {}", hashed(device).map(|byte| byte.to_string()).join("."))
    }
}

fn hashed(device: &str) -> [u8; 32] {
    Sha256::digest(device).into()
}

/// Attempts of the last quarter of an hour that weren't taken back.
#[derive(Clone, Copy, Debug)]
pub struct Failures {
    /// For the e-mail address from this place.
    pub here: i64,
    /// For the e-mail address from everywhere but known devices.
    pub for_email: i64,
    /// From the network address, for all.
    pub from_address: i64,
    /// Seconds since the last from this place.
    pub since_here: i32,
    /// Seconds since the last of any.
    pub since: i32,
}

/// Makes attempts for an e-mail address wait for each other, until the transaction ends.
pub async fn hold_attempts(conn: &mut PgConnection, email: &str) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 1))", email).execute(conn).await?;
    Ok(())
}

/// Attempts that count for one more from a place.
pub async fn failures(conn: &mut PgConnection, place: Place<'_>) -> Result<Failures> {
    let row = sqlx::query!(
        r#"select count(*) filter (where email = $1 and address = $2) as "here!",
                  count(*) filter (where email = $1 and address not like 'device %') as "for_email!",
                  count(*) filter (where address = $2) as "from_address!",
                  coalesce(extract(epoch from now() - max(at) filter (where email = $1 and address = $2)), 0)::int
                      as "since_here!",
                  coalesce(extract(epoch from now() - max(at)), 0)::int as "since!"
           from sign_in_attempt
           where at > now() - interval '15 minutes' and (email = $1 or address = $2)"#,
        place.email,
        place.here()
    )
    .fetch_one(conn)
    .await?;
    Ok(Failures {
        here: row.here,
        for_email: row.for_email,
        from_address: row.from_address,
        since_here: row.since_here,
        since: row.since,
    })
}

/// Counts an attempt, and forgets old ones.
pub async fn add_attempt(conn: &mut PgConnection, place: Place<'_>) -> Result<()> {
    sqlx::query!("delete from sign_in_attempt where at < now() - interval '1 day'").execute(&mut *conn).await?;
    sqlx::query!("insert into sign_in_attempt (email, address) values ($1, $2)", place.email, place.here())
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back the attempts of somebody who signed in: from that address, and from that device.
pub async fn forgive(conn: &mut PgConnection, account: AccountId, place: Place<'_>) -> Result<()> {
    let device = place.device.map(|_| place.here()).unwrap_or_default();
    sqlx::query!(
        "delete from sign_in_attempt s using account a
         where a.account_id = $1 and s.email = a.email and s.address in ($2, $3)",
        account.0,
        place.address,
        device
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether somebody signed in on a device before.
pub async fn is_known(conn: &mut PgConnection, account: AccountId, device: &str) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists(select 1 from known_device where account_id = $1 and device = $2
                         and used_at > now() - interval '1 year') as "e!""#,
        account.0,
        &hashed(device)
    );
    Ok(known.fetch_one(conn).await?)
}

/// Remembers that somebody signed in on a device: the twenty that were used last.
pub async fn know_device(conn: &mut PgConnection, account: AccountId, device: &str) -> Result<()> {
    sqlx::query!(
        "insert into known_device (account_id, device) values ($1, $2)
         on conflict (account_id, device) do update set used_at = now()",
        account.0,
        &hashed(device)
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from known_device where account_id = $1 and device not in
             (select device from known_device where account_id = $1 order by used_at desc limit 20)",
        account.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a company.
pub async fn add_company(conn: &mut PgConnection, id: CompanyId, name: &str) -> Result<()> {
    sqlx::query!("insert into company (company_id, name) values ($1, $2)", id.0, name).execute(conn).await?;
    Ok(())
}

/// The oldest company with a name.
pub async fn company_named(conn: &mut PgConnection, name: &str) -> Result<Option<CompanyId>> {
    let id = sqlx::query_scalar!("select company_id from company where name = $1 order by company_id limit 1", name);
    Ok(id.fetch_optional(conn).await?.map(Into::into))
}

/// Whether there is any company.
pub async fn has_company(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists(select 1 from company) as "e!""#).fetch_one(conn).await?)
}

/// Adds an account or changes the one with this id; `password_hash` none keeps the old one.
pub async fn save_account(
    conn: &mut PgConnection,
    id: AccountId,
    email: &str,
    name: &str,
    password_hash: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into account (account_id, email, name, password_hash) values ($1, $2, $3, coalesce($4, ''))
         on conflict (account_id) do update
         set email = $2, name = $3, password_hash = coalesce($4, account.password_hash),
             credential = account.credential + case when $4::text is null then 0 else 1 end,
             version = account.version
                 + case when (account.email, account.name) is distinct from ($2, $3) or $4 is not null then 1 else 0 end",
        id.0,
        email,
        name,
        password_hash
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets role and regions.
pub async fn save_membership(
    conn: &mut PgConnection,
    company: CompanyId,
    account: AccountId,
    role: Role,
    regions: &[RegionId],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into membership (company_id, account_id, role) values ($1, $2, $3)
         on conflict (company_id, account_id) do update set role = $3, version = membership.version + 1",
        company.0,
        account.0,
        role.as_str()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from region_assignment where company_id = $1 and account_id = $2", company.0, account.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into region_assignment (company_id, account_id, region_id) select $1, $2, unnest($3::uuid[])",
        company.0,
        account.0,
        &regions.iter().map(|region| region.0).collect::<Vec<_>>()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody with a role in a company, by name.
pub async fn people(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<Person>> {
    let rows = sqlx::query!(
        r#"select a.account_id, a.name, a.email, m.role, m.version + a.version as "version!",
                  array(select region_id from region_assignment r
                        where r.company_id = m.company_id and r.account_id = m.account_id) as "regions!"
           from membership m join account a on a.account_id = m.account_id
           where m.company_id = $1 order by a.name"#,
        company.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Person {
                id: row.account_id.into(),
                name: row.name,
                email: row.email,
                role: row.role.parse()?,
                regions: row.regions.into_iter().map(Into::into).collect(),
                version: row.version,
            })
        })
        .collect()
}

/// Locks the admins of a company, in one order for all who do.
pub async fn lock_admins(conn: &mut PgConnection, company: CompanyId) -> Result<()> {
    sqlx::query!(
        "select account_id from membership where company_id = $1 and role = 'admin' order by account_id
         for no key update",
        company.0
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Admins of a company other than `account`.
pub async fn other_admins(conn: &mut PgConnection, company: CompanyId, account: AccountId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "n!" from membership where company_id = $1 and role = 'admin' and account_id <> $2"#,
        company.0,
        account.0
    );
    Ok(count.fetch_one(conn).await?)
}

/// The region tree, by name, with the contacts directly in each.
pub async fn regions(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<RegionNode>> {
    let rows = sqlx::query!(
        r#"select r.region_id, r.parent_id, r.code, r.name, r.version, count(c.contact_id) as "contacts!"
           from region r left join contact c on c.company_id = r.company_id and c.region_id = r.region_id
           where r.company_id = $1 group by r.region_id, r.parent_id, r.code, r.name, r.version order by r.name"#,
        company.0
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| RegionNode {
            id: row.region_id.into(),
            parent: row.parent_id.map(Into::into),
            code: row.code,
            name: row.name,
            contacts: row.contacts as u32,
            version: row.version,
        })
        .collect())
}

/// Locks the region tree of a company, in one order for all who do.
pub async fn lock_regions(conn: &mut PgConnection, company: CompanyId) -> Result<()> {
    sqlx::query!("select region_id from region where company_id = $1 order by region_id for no key update", company.0)
        .fetch_all(conn)
        .await?;
    Ok(())
}

/// Whether `region` lies at or below `ancestor`.
pub async fn is_below(
    conn: &mut PgConnection,
    company: CompanyId,
    region: RegionId,
    ancestor: RegionId,
) -> Result<bool> {
    let below = sqlx::query_scalar!(
        r#"with recursive up as (
               select region_id, parent_id from region where company_id = $1 and region_id = $2
               union
               select r.region_id, r.parent_id from region r join up on r.region_id = up.parent_id where r.company_id = $1
           )
           select exists(select 1 from up where region_id = $3) as "e!""#,
        company.0,
        region.0,
        ancestor.0
    );
    Ok(below.fetch_one(conn).await?)
}

/// Adds or changes a region.
pub async fn save_region(
    conn: &mut PgConnection,
    company: CompanyId,
    id: RegionId,
    form: &RegionForm,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into region (company_id, region_id, parent_id, code, name) values ($1, $2, $3, $4, $5)
         on conflict (company_id, region_id) do update set parent_id = $3, code = $4, name = $5, version = region.version + 1",
        company.0,
        id.0,
        form.parent.map(|parent| parent.0),
        form.code,
        form.name
    )
    .execute(conn)
    .await?;
    Ok(())
}
