//! How far somebody sees, as SQL takes it.

use crate::Result;
use crate::session::Caller;
use cutline_domain::base::access::reach;
use cutline_domain::{Actor, Permission, Reach};
use sqlx::PgConnection;
use uuid::Uuid;

/// The contacts of these regions, or of this owner; all when both are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sight {
    /// Regions within sight, in the order of their ids.
    pub regions: Option<Vec<Uuid>>,
    /// Owner of the contacts within sight.
    pub owner: Option<Uuid>,
}

impl Sight {
    /// Numbers that become others whenever what somebody sees may have: their role and regions count up, and for whom regions
    /// bound it, every change of the company's tree. What they saw before can't be told from item to item then: a region that
    /// comes into sight changes no item.
    pub async fn version(conn: &mut PgConnection, caller: &Caller) -> Result<[i64; 2]> {
        let bounded = Self::of(&caller.actor).regions.is_some();
        let row = sqlx::query!(
            r#"select version::bigint as "own!",
                      case when $3 then (select coalesce(sum(version), 0)::bigint from region where company_id = $1)
                           else 0 end as "tree!"
               from membership where company_id = $1 and account_id = $2"#,
            caller.company.0,
            caller.actor.account.0,
            bounded
        );
        let row = row.fetch_one(conn).await?;
        Ok([row.own, row.tree])
    }

    /// Whether that is the whole company.
    pub const fn is_everything(&self) -> bool {
        self.regions.is_none() && self.owner.is_none()
    }

    /// What an actor may see.
    pub fn of(actor: &Actor) -> Self {
        Self::under(actor, Permission::View)
    }

    /// What a permission of an actor reaches.
    pub fn under(actor: &Actor, permission: Permission) -> Self {
        match reach(actor.role, permission) {
            Reach::Company => Self::default(),
            Reach::Scope => {
                let mut regions: Vec<Uuid> = actor.scope.iter().map(|region| region.0).collect();
                regions.sort_unstable();
                Self { regions: Some(regions), owner: None }
            }
            Reach::Own => Self { regions: None, owner: Some(actor.account.0) },
            Reach::Nothing => Self { regions: Some(Vec::new()), owner: None },
        }
    }
}
