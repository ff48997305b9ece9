//! Users and regions when two admins are at it at once: what counts or walks holds the lock it needs. Each test has a
//! database of its own.

use crate::support::{PASSWORD, Shown, World, acting, company, everything, world};
use cutline_company::model::{Person, PersonForm, ProfileForm, RegionForm, RegionNode};
use cutline_company::service;
use cutline_domain::Role;
use cutline_domain::base::ids::{IdempotencyKey, RegionId};
use cutline_platform::session::Caller;
use cutline_wire::{AppError, Theirs};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::collections::BTreeSet;

/// Tries enough to meet the moment between a check and its change, where there is one.
const ROUNDS: usize = 12;

/// The form of somebody as they are now.
async fn person(w: &World, who: &Caller) -> PersonForm {
    let everybody = service::people(&w.pool, &w.admin).await.unwrap();
    let now = everybody.into_iter().find(|person| person.id == who.actor.account).unwrap();
    let Person { id, name, email, role, regions, version, .. } = now;
    PersonForm { id: Some(id), version, name, email, role, regions, password: String::new() }
}

async fn save(w: &World, by: &Caller, form: PersonForm) -> Result<(), AppError> {
    service::save_person(&w.pool, by, form, IdempotencyKey::new()).await.map(drop).shown()
}

/// The form of a region as it is now.
async fn region(w: &World, id: RegionId) -> RegionForm {
    let all = service::regions(&w.pool, &w.admin).await.unwrap();
    let RegionNode { id, parent, code, name, version, .. } = all.into_iter().find(|region| region.id == id).unwrap();
    RegionForm { id: Some(id), version, parent, code, name }
}

async fn save_region(w: &World, form: RegionForm) -> Result<(), AppError> {
    service::save_region(&w.pool, &w.admin, form, IdempotencyKey::new()).await.map(drop).shown()
}

/// What somebody else saved, for whoever is refused because of it.
fn theirs(refused: Result<(), AppError>) -> Theirs {
    match refused {
        Err(AppError::Conflict { theirs: Some(theirs), .. }) => theirs,
        other => panic!("not refused for a newer version: {other:?}"),
    }
}

fn told(theirs: &Theirs) -> Vec<(&str, &str)> {
    theirs.differs.iter().map(|(what, is)| (what.as_str(), is.as_str())).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn two_admins_who_take_each_others_role_leave_one(pool: PgPool) {
    let w = world(&pool).await;
    let form = PersonForm {
        id: None,
        version: 1,
        name: "Bea Admin".into(),
        email: "bea@acme.example".into(),
        role: Role::Admin,
        regions: Vec::new(),
        password: PASSWORD.into(),
    };
    let id = service::save_person(&pool, &w.admin, form, IdempotencyKey::new()).await.unwrap();
    let bea = acting(&pool, w.company, id).await;
    for round in 0..ROUNDS {
        let demoted = |form: PersonForm| PersonForm { role: Role::Analyst, ..form };
        let (one, two) = (demoted(person(&w, &bea).await), demoted(person(&w, &w.admin).await));
        let (a, b) = tokio::join!(save(&w, &w.admin, one), save(&w, &bea, two));
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
    let below = async |id, parent| RegionForm { parent, ..region(&w, id).await };
    for round in 0..ROUNDS {
        let (one, two) = (below(north, Some(south)).await, below(south, Some(north)).await);
        let (a, b) = tokio::join!(save_region(&w, one), save_region(&w, two));
        assert!(a.is_ok() ^ b.is_ok(), "round {round}: of two at once one is refused: {a:?} {b:?}");
        let refused = a.and(b).unwrap_err();
        assert!(refused.beside("parent").is_some_and(|message| message.contains("below itself")), "{refused:?}");
        save_region(&w, below(north, None).await).await.unwrap();
        save_region(&w, below(south, None).await).await.unwrap();
    }
    let tops: BTreeSet<RegionId> =
        service::regions(&pool, &w.admin).await.unwrap().iter().filter(|r| r.parent.is_none()).map(|r| r.id).collect();
    assert_eq!(tops, BTreeSet::from([north, south]));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_form_from_before_somebody_elses_change_shows_both_and_changes_nothing(pool: PgPool) {
    let w = world(&pool).await;
    let stale = person(&w, &w.north).await;
    let region_id = w.regions["CITY"];
    let stale_region = region(&w, region_id).await;
    let newer = PersonForm { name: "Nora Northwood".into(), regions: vec![w.regions["SOUTH"]], ..stale.clone() };
    save(&w, &w.admin, newer).await.unwrap();
    save_region(&w, RegionForm { parent: None, name: "Old City".into(), ..stale_region.clone() }).await.unwrap();
    let before = everything(&pool).await;
    let mine = PersonForm { email: "nora@acme.example".into(), ..stale };
    let now = theirs(save(&w, &w.admin, mine.clone()).await);
    let differs = [("Name", "Nora Northwood"), ("E-mail", "north@acme.example"), ("Regions", "South")];
    assert_eq!((now.version, told(&now)), (3, differs.to_vec()));
    let mine_too = RegionForm { code: "TOWN".into(), ..stale_region };
    let region_now = theirs(save_region(&w, mine_too.clone()).await);
    let differs = [("Name", "Old City"), ("Short name", "CITY"), ("Lies in", "none, it is at the top")];
    assert_eq!(told(&region_now), differs);
    assert_eq!(everything(&pool).await, before);
    save(&w, &w.admin, PersonForm { version: now.version, ..mine }).await.unwrap();
    save_region(&w, RegionForm { version: region_now.version, ..mine_too }).await.unwrap();
    assert_eq!(person(&w, &w.north).await.email, "nora@acme.example", "knowingly it may be replaced");
    assert_eq!(region(&w, region_id).await.code, "TOWN");
}

#[sqlx::test(migrations = "./migrations")]
async fn admins_who_save_each_other_at_once_never_fail_for_it(pool: PgPool) {
    let w = world(&pool).await;
    for round in 0..ROUNDS {
        let forms = [person(&w, &w.north).await, person(&w, &w.south).await, person(&w, &w.north).await];
        let [a, b, c] = forms.map(|form| save(&w, &w.admin, PersonForm { name: format!("Name {round}"), ..form }));
        let (a, b, c) = tokio::join!(a, b, c);
        assert!(b.is_ok(), "{b:?}");
        assert!(a.is_ok() ^ c.is_ok(), "of two for one person one wins: {a:?} {c:?}");
        theirs(if a.is_ok() { c } else { a });
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_change_made_in_another_company_is_noticed_too(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    sqlx::query("insert into membership (company_id, account_id, role) values ($1, $2, 'analyst')")
        .bind(other.company.0)
        .bind(w.north.actor.account.0)
        .execute(&pool)
        .await
        .unwrap();
    let stale = person(&other, &w.north).await;
    let newer = ProfileForm {
        version: 0,
        name: "Nora Northwood".into(),
        email: "north@acme.example".into(),
        password: String::new(),
    };
    let from = service::From::default();
    service::save_profile(&pool, &w.north, newer, &from, IdempotencyKey::new()).await.unwrap();
    let now = theirs(save(&other, &other.admin, PersonForm { role: Role::Rep, ..stale }).await);
    assert_eq!(told(&now), [("Name", "Nora Northwood"), ("Role", "Analyst")]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_receipt_tells_passwords_apart_and_gives_none_away(pool: PgPool) {
    let w = world(&pool).await;
    let form = PersonForm {
        id: None,
        version: 0,
        name: "Bea Rep".into(),
        email: "bea@acme.example".into(),
        role: Role::Rep,
        regions: Vec::new(),
        password: "first password".into(),
    };
    let key = IdempotencyKey::new();
    let first = service::save_person(&pool, &w.admin, form.clone(), key).await.unwrap();
    assert_eq!(service::save_person(&pool, &w.admin, form.clone(), key).await.unwrap(), first, "once");
    let other = PersonForm { password: "other password".into(), ..form.clone() };
    let refused = service::save_person(&pool, &w.admin, other, key).await.shown().unwrap_err();
    assert!(refused.beside("").is_some_and(|message| message.contains("used for another command")), "{refused:?}");
    let plain: [u8; 32] = Sha256::digest(serde_json::to_vec(&form).unwrap()).into();
    let kept: i64 = sqlx::query_scalar("select count(*) from command_receipt where asked = $1")
        .bind(plain.as_slice())
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kept, 0, "a plain hash of a password can be guessed");
}
