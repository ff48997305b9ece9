//! Users and regions when two admins are at it at once: what counts or walks holds the lock it needs. Each test has a
//! database of its own.

use crate::support::{PASSWORD, Shown, World, acting, world};
use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service;
use cutline_domain::Role;
use cutline_domain::base::ids::RegionId;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// Tries enough to meet the moment between a check and its change, where there is one.
const ROUNDS: usize = 12;

fn person(caller: &Caller, role: Role) -> PersonForm {
    PersonForm {
        id: Some(caller.actor.account),
        name: caller.me.name.clone(),
        email: caller.me.email.clone(),
        role,
        regions: Vec::new(),
        password: String::new(),
    }
}

async fn save_role(w: &World, by: &Caller, whom: &Caller, role: Role) -> Result<(), AppError> {
    service::save_person(&w.pool, by, person(whom, role)).await.map(drop).shown()
}

#[sqlx::test(migrations = "./migrations")]
async fn two_admins_who_take_each_others_role_leave_one(pool: PgPool) {
    let w = world(&pool).await;
    let form = PersonForm {
        id: None,
        name: "Bea Admin".into(),
        email: "bea@acme.example".into(),
        role: Role::Admin,
        regions: Vec::new(),
        password: PASSWORD.into(),
    };
    let id = service::save_person(&pool, &w.admin, form).await.unwrap();
    let bea = acting(&pool, w.company, id).await;
    for round in 0..ROUNDS {
        let (a, b) =
            tokio::join!(save_role(&w, &w.admin, &bea, Role::Analyst), save_role(&w, &bea, &w.admin, Role::Analyst));
        assert!(a.is_ok() ^ b.is_ok(), "round {round}: of two at once one is refused: {a:?} {b:?}");
        let refused = a.and(b).unwrap_err();
        assert!(refused.beside("role").is_some_and(|message| message.contains("needs an admin")), "{refused:?}");
        let admins: i64 =
            sqlx::query_scalar("select count(*) from membership where role = 'admin'").fetch_one(&pool).await.unwrap();
        assert_eq!(admins, 1, "round {round}");
        sqlx::query("update membership set role = 'admin' where account_id = any($1)")
            .bind([w.admin.actor.account.0, id.0])
            .execute(&pool)
            .await
            .unwrap();
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn two_regions_moved_below_each_other_stay_a_tree(pool: PgPool) {
    let w = world(&pool).await;
    let (north, south) = (w.regions["NORTH"], w.regions["SOUTH"]);
    let below = |id: RegionId, parent: Option<RegionId>, code: &str| {
        let form = RegionForm { id: Some(id), parent, code: code.into(), name: code.into() };
        let (pool, admin) = (pool.clone(), w.admin.clone());
        async move { service::save_region(&pool, &admin, form).await.shown() }
    };
    for round in 0..ROUNDS {
        let (a, b) = tokio::join!(below(north, Some(south), "NORTH"), below(south, Some(north), "SOUTH"));
        assert!(a.is_ok() ^ b.is_ok(), "round {round}: of two at once one is refused: {a:?} {b:?}");
        let refused = a.and(b).unwrap_err();
        assert!(refused.beside("parent").is_some_and(|message| message.contains("below itself")), "{refused:?}");
        below(north, None, "NORTH").await.unwrap();
        below(south, None, "SOUTH").await.unwrap();
    }
    let tops: BTreeSet<RegionId> =
        service::regions(&pool, &w.admin).await.unwrap().iter().filter(|r| r.parent.is_none()).map(|r| r.id).collect();
    assert_eq!(tops, BTreeSet::from([north, south]));
}
