//! SQL of companies, memberships and regions; of accounts and of signing in in rooms of their own.

mod accounts;
mod sign_in;

pub use accounts::{Account, account, add_account, companies_of, lock_account, lock_member, rename, set_password};
pub use sign_in::{
    Credentials, Place, add_attempt, credentials, failures, forgive, hold_attempts, is_known, know_device,
};

use crate::model::{Keeper, Person, RegionForm, RegionNode};
use cutline_domain::Role;
use cutline_domain::base::ids::{AccountId, CompanyId, RegionId};
use cutline_platform::Result;
use sqlx::PgConnection;

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
                        where r.company_id = m.company_id and r.account_id = m.account_id) as "regions!",
                  exists(select 1 from membership o
                         where o.account_id = m.account_id and o.company_id <> m.company_id) as "elsewhere!"
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
                keeper: if row.elsewhere { Keeper::Themselves } else { Keeper::Company },
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
