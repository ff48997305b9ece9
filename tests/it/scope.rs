//! How far somebody sees: regional managers their regions and all below, reps their own contacts, everybody one company.
//! Each test has a database of its own.

use crate::support::Shown;
use crate::support::http::TestApp;
use crate::support::{World, accept, acting, company, everything, form, reject, three_classes, whole, world};
use cutline::server::registry;
use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service as admin;
use cutline_domain::Role;
use cutline_domain::base::ids::{CycleId, IdempotencyKey};
use cutline_domain::planner::grid::GridQuery;
use cutline_domain::planner::grid::SortKey;
use cutline_planner::model::{Decide, Skip};
use cutline_planner::service;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use serde_json::json;
use sqlx::PgPool;

/// C1 in North (the rep's), C2 in City, C3 in South (the rep's), C4 in South.
async fn four(pool: &PgPool) -> (World, CycleId) {
    let w = world(pool).await;
    w.load(&[
        ("C1", "NORTH", "rep", "5"),
        ("C2", "CITY", "north", "15"),
        ("C3", "SOUTH", "rep", "25"),
        ("C4", "SOUTH", "", "25"),
    ])
    .await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    (w, cycle)
}

#[sqlx::test(migrations = "./migrations")]
async fn everybody_reads_within_their_sight_only(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    for (who, sees) in [
        (&w.admin, vec![0, 1, 2, 3]),
        (&w.analyst, vec![0, 1, 2, 3]),
        (&w.north, vec![0, 1]),
        (&w.city, vec![1]),
        (&w.south, vec![2, 3]),
        (&w.rep, vec![0, 2]),
    ] {
        let name = &who.me.name;
        assert_eq!(service::snapshot(&pool, who, cycle).await.unwrap().seqs, sees, "{name}: snapshot");
        assert_eq!(service::changes(&pool, who, cycle, 0).await.unwrap().seqs, sees, "{name}: changes");
        assert_eq!(service::search(&pool, who, cycle, "Dr C").await.unwrap(), sees, "{name}: search");
        for key in [SortKey::Name, SortKey::Id, SortKey::Specialty] {
            assert_eq!(service::order(&pool, who, cycle, key).await.unwrap(), sees, "{name}: order by {key:?}");
        }
        let texts = service::texts(&pool, who, cycle, &[0, 1, 2, 3]).await.unwrap();
        assert_eq!(texts.iter().map(|text| text.seq).collect::<Vec<_>>(), sees, "{name}: texts");
        let export = service::export_rows(&pool, who, cycle, &GridQuery::default()).await.unwrap();
        assert_eq!((&export.columns.seqs, export.texts.len()), (&sees, sees.len()), "{name}: export");
        for item in 0..4 {
            let detail = service::detail(&pool, &registry(), who, cycle, item).await.shown();
            assert_eq!(detail.is_ok(), sees.contains(&item), "{name}: detail of {item}");
            assert!(detail.is_ok() || matches!(detail, Err(AppError::NotFound { .. })));
        }
        let overview = service::overview(&pool, who).await.unwrap();
        let items = overview[0].cycle.as_ref().unwrap().items.total();
        assert_eq!(items as usize, sees.len(), "{name}: overview");
        assert_eq!(overview[0].population as usize, sees.len(), "{name}: population");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn of_a_selection_only_what_is_in_scope_is_decided(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let outcome = w.decide(&w.north, cycle, &["C1", "C2", "C3", "C4"], accept()).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped), (2, vec![(2, Skip::OutOfScope), (3, Skip::OutOfScope)]));
    assert_eq!(
        w.briefs(cycle).await,
        ["C1 accepted -0-", "C2 accepted -1-", "C3 in_progress -2-", "C4 in_progress -2-"]
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn an_item_outside_the_scope_looks_like_one_that_is_not_there(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let decide = async |items: &[u32]| {
        let decide = Decide { cycle, seen: w.seen(cycle).await, items: items.to_vec(), command: accept() };
        service::decide(&pool, &w.north, decide).await.shown()
    };
    let before = everything(&pool).await;
    assert_eq!(decide(&[2]).await.unwrap_err(), decide(&[99]).await.unwrap_err());
    assert!(matches!(decide(&[2, 99]).await, Err(AppError::NotFound { .. })));
    assert_eq!(everything(&pool).await, before);
    let outcome = decide(&[99, 0, 2]).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped), (1, vec![(2, Skip::OutOfScope), (99, Skip::OutOfScope)]));
    let detail = async |item| service::detail(&pool, &registry(), &w.north, cycle, item).await.shown().unwrap_err();
    assert_eq!(detail(2).await, detail(99).await);
}

#[sqlx::test(migrations = "./migrations")]
async fn what_a_transfer_did_is_counted_within_sight(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    w.load(&[("C5", "SOUTH", "", "5"), ("C6", "NORTH", "rep", "5")]).await;
    w.decide(&w.north, cycle, &["C1", "C2"], accept()).await.unwrap();
    w.decide(&w.south, cycle, &["C3"], accept()).await.unwrap();
    w.decide(&w.south, cycle, &["C4"], reject("Retires")).await.unwrap();
    let whole = w.transfer(cycle, true).await.unwrap();
    let told = async |who: &Caller| {
        let manifest = service::view(&pool, who, cycle).await.unwrap().manifest.unwrap();
        assert_eq!((manifest.at, &manifest.by), (whole.at, &whole.by));
        (manifest.transferred, manifest.changed, manifest.rejected, manifest.carried_over)
    };
    for who in [&w.admin, &w.analyst] {
        assert_eq!(told(who).await, (vec![1, 1, 1], 3, 1, 2), "{}", who.me.name);
    }
    assert_eq!(told(&w.north).await, (vec![1, 1, 0], 2, 0, 1));
    assert_eq!(told(&w.city).await, (vec![0, 1, 0], 1, 0, 0));
    assert_eq!(told(&w.south).await, (vec![0, 0, 1], 1, 1, 1));
    assert_eq!(told(&w.rep).await, (vec![1, 0, 1], 2, 0, 1));
    let export = service::export_rows(&pool, &w.city, cycle, &GridQuery::default()).await.unwrap();
    assert_eq!(export.view.manifest.unwrap().transferred, [0, 1, 0], "an export says no more");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_page_learns_that_its_readers_sight_became_another(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let everybody = [&w.admin, &w.analyst, &w.rep, &w.north, &w.city, &w.south];
    let sights = async || {
        let mut sights = Vec::new();
        for who in everybody {
            let now = acting(&pool, w.company, who.actor.account).await;
            sights.push(service::view(&pool, &now, cycle).await.unwrap().sight);
        }
        sights
    };
    let changed = |a: &[[i64; 2]], b: &[[i64; 2]]| a.iter().zip(b).map(|(a, b)| a != b).collect::<Vec<_>>();
    let revision = w.revision(cycle).await;
    let first = sights().await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    assert_eq!(sights().await, first, "work on the cycle is no matter");
    // City moves below South, and back: not even then is it as if nothing had been.
    let city = |version, below: &str| RegionForm {
        id: Some(w.regions["CITY"]),
        version,
        parent: Some(w.regions[below]),
        code: "CITY".into(),
        name: "City".into(),
    };
    let move_city = async |version, below| {
        admin::save_region(&pool, &w.admin, city(version, below), IdempotencyKey::new()).await.unwrap();
    };
    move_city(1, "SOUTH").await;
    let moved = sights().await;
    assert_eq!(changed(&first, &moved), [false, false, false, true, true, true], "whose sight regions bound");
    let south = acting(&pool, w.company, w.south.actor.account).await;
    assert_eq!(service::snapshot(&pool, &south, cycle).await.unwrap().seqs, [1, 2, 3]);
    assert!(service::changes(&pool, &south, cycle, revision + 1).await.unwrap().is_empty(), "no item says so");
    move_city(2, "NORTH").await;
    let back = sights().await;
    assert_eq!(changed(&first, &back), [false, false, false, true, true, true]);
    assert_eq!(changed(&moved, &back), [false, false, false, true, true, true]);
    // Sam gets North besides; then the rep becomes an analyst.
    let person = |who: &Caller, local: &str, role, regions| PersonForm {
        id: Some(who.actor.account),
        version: 1,
        name: who.me.name.clone(),
        email: format!("{local}@acme.example"),
        role,
        regions,
        password: String::new(),
    };
    let both = vec![w.regions["NORTH"], w.regions["SOUTH"]];
    let sam = person(&w.south, "south", Role::RegionalManager, both);
    admin::save_person(&pool, &w.admin, sam, IdempotencyKey::new()).await.unwrap();
    let assigned = sights().await;
    assert_eq!(changed(&back, &assigned), [false, false, false, false, false, true], "nobody else's");
    let rex = person(&w.rep, "rep", Role::Analyst, Vec::new());
    admin::save_person(&pool, &w.admin, rex, IdempotencyKey::new()).await.unwrap();
    assert_eq!(changed(&assigned, &sights().await), [false, false, true, false, false, false]);
}

#[sqlx::test(migrations = "./migrations")]
async fn scope_follows_the_contact(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    w.load_contacts("id,region\nC1,SOUTH\n").await;
    assert!(matches!(w.decide(&w.north, cycle, &["C1"], accept()).await, Err(AppError::NotFound { .. })));
    assert_eq!(w.decide(&w.south, cycle, &["C1"], accept()).await.unwrap().done, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn rights_that_are_taken_away_are_gone_with_the_next_request(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in("north@acme.example").await;
    let person = |role, regions, version| PersonForm {
        id: Some(w.north.actor.account),
        version,
        name: "Nora North".into(),
        email: "north@acme.example".into(),
        role,
        regions,
        password: String::new(),
    };
    let seqs = |answer: crate::support::http::Answer| {
        cutline_domain::planner::snapshot::Columns::decode(&answer.body).unwrap().seqs
    };
    let path = format!("/api/cycles/{cycle}/snapshot");
    assert_eq!(seqs(north.get(&path).await), [0, 1]);
    let south = person(Role::RegionalManager, vec![w.regions["SOUTH"]], 1);
    admin::save_person(&pool, &w.admin, south, IdempotencyKey::new()).await.unwrap();
    assert_eq!(seqs(north.get(&path).await), [2, 3]);
    let analyst = person(Role::Analyst, vec![w.regions["SOUTH"]], 2);
    admin::save_person(&pool, &w.admin, analyst, IdempotencyKey::new()).await.unwrap();
    assert_eq!(seqs(north.get(&path).await), [0, 1, 2, 3]);
    let seen = w.seen(cycle).await;
    let decide = json!({ "request": Decide { cycle, seen, items: vec![2], command: accept() } });
    assert_eq!(north.post("planner/cycle/decide", decide).await.status.as_u16(), 403);
    for sql in
        ["update contact set owner_id = null where owner_id = $1", "delete from membership where account_id = $1"]
    {
        sqlx::query(sql).bind(w.north.actor.account.0).execute(&pool).await.unwrap();
    }
    assert_eq!(north.get(&path).await.status.as_u16(), 401, "no role anywhere: nobody");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_new_region_below_is_in_scope_at_once(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let parent = Some(w.regions["CITY"]);
    let quarter = RegionForm { id: None, version: 1, parent, code: "QUARTER".into(), name: "Quarter".into() };
    admin::save_region(&pool, &w.admin, quarter, IdempotencyKey::new()).await.unwrap();
    w.load(&[("C5", "QUARTER", "", "5")]).await;
    for (who, may) in [(&w.north, true), (&w.city, true), (&w.south, false)] {
        let now = acting(&pool, w.company, who.actor.account).await;
        let sees = service::snapshot(&pool, &now, cycle).await.unwrap().seqs.contains(&4);
        assert_eq!(sees, may, "{}", who.me.name);
    }
}

/// Every use case that names a cycle or a definition, by somebody of another company.
async fn trespass(pool: &PgPool, w: &World, cycle: CycleId, by: &Caller) -> Vec<AppError> {
    let seen = w.seen(cycle).await;
    let borders = w.request(cycle, whole(&[1, 2])).await;
    let decide = Decide { cycle, seen, items: vec![0], command: accept() };
    let key = IdempotencyKey::new();
    let changed = cutline_planner::model::DefinitionForm {
        id: Some(w.definition),
        version: 1,
        ..form("Cardiolin", three_classes())
    };
    vec![
        service::texts(pool, by, cycle, &[0, 1, 2, 3]).await.shown().unwrap_err(),
        service::search(pool, by, cycle, "Dr").await.shown().unwrap_err(),
        service::order(pool, by, cycle, SortKey::Name).await.shown().unwrap_err(),
        service::view(pool, by, cycle).await.shown().unwrap_err(),
        service::snapshot(pool, by, cycle).await.shown().unwrap_err(),
        service::changes(pool, by, cycle, 0).await.shown().unwrap_err(),
        service::detail(pool, &registry(), by, cycle, 0).await.shown().unwrap_err(),
        service::export_rows(pool, by, cycle, &GridQuery::default()).await.shown().unwrap_err(),
        service::open_cycle(pool, by, w.definition, "2026 H2", key).await.shown().unwrap_err(),
        service::save_definition(pool, by, changed, IdempotencyKey::new()).await.shown().unwrap_err(),
        service::start_borders(pool, by, cycle, seen).await.shown().unwrap_err(),
        service::save_draft(pool, by, borders.clone()).await.shown().unwrap_err(),
        service::enable(pool, by, borders).await.shown().unwrap_err(),
        service::reset(pool, by, cycle, "CONFIRM".into(), seen).await.shown().unwrap_err(),
        service::transfer(pool, by, cycle, true, seen).await.shown().unwrap_err(),
        service::decide(pool, by, decide).await.shown().unwrap_err(),
    ]
}

#[sqlx::test(migrations = "./migrations")]
async fn another_company_sees_and_touches_nothing(pool: PgPool) {
    let (w, cycle) = four(&pool).await;
    let other = company(&pool, "Other", "other.example").await;
    let before = everything(&pool).await;
    let refused = Box::pin(trespass(&pool, &w, cycle, &other.admin)).await;
    let (decide, rest) = refused.split_last().unwrap();
    assert!(rest.iter().all(|error| matches!(error, AppError::NotFound { .. })), "{rest:?}");
    assert!(matches!(decide, AppError::Forbidden { .. }), "an admin doesn't decide anywhere: {decide:?}");
    let decide = trespass_by_manager(&pool, &w, cycle, &other.north).await;
    assert!(matches!(decide, AppError::NotFound { .. }), "{decide:?}");
    assert_eq!(everything(&pool).await, before);
    for by in [&other.north, &other.rep] {
        for refused in [
            service::texts(&pool, by, cycle, &[0]).await.shown().map(drop),
            service::search(&pool, by, cycle, "Dr").await.shown().map(drop),
            service::order(&pool, by, cycle, SortKey::Name).await.shown().map(drop),
        ] {
            assert!(matches!(refused, Err(AppError::NotFound { .. })), "{}: {refused:?}", by.me.name);
        }
    }
    let theirs = service::overview(&pool, &other.admin).await.unwrap();
    assert!(theirs.iter().all(|definition| definition.id != w.definition && definition.population == 0));
    assert!(admin::people(&pool, &other.admin).await.unwrap().iter().all(|p| p.email.ends_with("@other.example")));
    assert!(admin::regions(&pool, &other.admin).await.unwrap().iter().all(|r| r.contacts == 0));
}

async fn trespass_by_manager(pool: &PgPool, w: &World, cycle: CycleId, by: &Caller) -> AppError {
    let decide = Decide { cycle, seen: w.seen(cycle).await, items: vec![0], command: accept() };
    service::decide(pool, by, decide).await.shown().unwrap_err()
}

#[sqlx::test(migrations = "./migrations")]
async fn people_and_regions_of_another_company_are_out_of_reach(pool: PgPool) {
    let (w, _) = four(&pool).await;
    let other = company(&pool, "Other", "other.example").await;
    let before = everything(&pool).await;
    let stolen = PersonForm {
        id: Some(w.north.actor.account),
        version: 1,
        name: "Mallory".into(),
        email: "mallory@other.example".into(),
        role: Role::Analyst,
        regions: Vec::new(),
        password: "a new password".into(),
    };
    let got = admin::save_person(&pool, &other.admin, stolen.clone(), IdempotencyKey::new()).await.shown();
    assert!(matches!(got, Err(AppError::NotFound { .. })), "{got:?}");
    let regions = vec![w.regions["NORTH"]];
    let hired = PersonForm { id: None, version: 1, role: Role::RegionalManager, regions, ..stolen };
    let got = admin::save_person(&pool, &other.admin, hired, IdempotencyKey::new()).await.shown();
    assert!(got.as_ref().is_err_and(|error| error.beside("regions").is_some()), "{got:?}");
    let below =
        RegionForm { id: None, version: 1, parent: Some(w.regions["NORTH"]), code: "X".into(), name: "X".into() };
    let got = admin::save_region(&pool, &other.admin, below, IdempotencyKey::new()).await.shown();
    assert!(got.as_ref().is_err_and(|error| error.beside("parent").is_some()), "{got:?}");
    let renamed =
        RegionForm { id: Some(w.regions["NORTH"]), version: 1, parent: None, code: "X".into(), name: "X".into() };
    let got = admin::save_region(&pool, &other.admin, renamed, IdempotencyKey::new()).await.shown();
    assert!(matches!(got, Err(AppError::NotFound { .. })), "{got:?}");
    assert_eq!(everything(&pool).await, before);
}
