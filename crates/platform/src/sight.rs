//! How far somebody sees, as SQL takes it.

use cutline_domain::base::access::reach;
use cutline_domain::{Actor, Permission, Reach};
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
