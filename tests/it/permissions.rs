//! Who may do what, how far: every server function and route × every role, and every decision × region, against tables
//! written from product.md. What is refused changes nothing and leaves no audit record. Each test has a database of its
//! own.

use crate::support::http::{Browser, TestApp};
use crate::support::{World, accept, everything, form, override_to, reject, three_classes, whole, withdraw, world};
use axum::http::Method;
use cutline_domain::Permission;
use cutline_domain::base::ids::{CycleId, DefinitionId, IdempotencyKey};
use cutline_domain::planner::approval::CycleState;
use cutline_domain::planner::approval::ItemCommand;
use cutline_domain::planner::grid::GridQuery;
use cutline_domain::planner::shown::Shown;
use cutline_planner::service;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Commands and who may give them: admin, regional manager (on an item in scope), rep (on an own contact), analyst.
#[rustfmt::skip]
const TABLE: [(&str, [bool; 4]); 36] = [
    ("planner/overview",            [true,  true,  true,  true]),
    ("planner/choices",             [true,  false, false, false]),
    ("planner/definition/save",     [true,  false, false, false]),
    ("planner/cycle/open",          [true,  false, false, false]),
    ("planner/cycle/view",          [true,  true,  true,  true]),
    ("planner/cycle/versions",      [true,  true,  true,  true]),
    ("planner/cycle/start-borders", [true,  false, false, false]),
    ("planner/cycle/save-draft",    [true,  false, false, false]),
    ("planner/cycle/enable",        [true,  false, false, false]),
    ("planner/cycle/decide accept",   [false, true,  false, false]),
    ("planner/cycle/decide reject",   [false, true,  false, false]),
    ("planner/cycle/decide override", [false, true,  false, false]),
    ("planner/cycle/decide withdraw", [false, true,  false, false]),
    ("planner/cycle/decide all",      [false, true,  false, false]),
    ("planner/cycle/decide shown",    [false, true,  false, false]),
    ("planner/cycle/reset",         [true,  false, false, false]),
    ("planner/cycle/transfer",      [true,  false, false, false]),
    ("planner/cycle/texts",         [true,  true,  true,  true]),
    ("planner/cycle/item",          [true,  true,  true,  true]),
    ("snapshot",                    [true,  true,  true,  true]),
    ("changes/0",                   [true,  true,  true,  true]),
    ("search?q=Dr",                 [true,  true,  true,  true]),
    ("order/name",                  [true,  true,  true,  true]),
    ("export.xlsx",                 [true,  true,  true,  true]),
    ("company/people",             [true,  false, false, false]),
    ("company/person/save",        [true,  false, false, false]),
    ("company/person/save change", [true,  false, false, false]),
    ("company/regions",            [true,  false, false, false]),
    ("company/region/save",        [true,  false, false, false]),
    ("company/region/save change", [true,  false, false, false]),
    ("account/profile",               [true,  true,  true,  true]),
    ("account/profile/save",          [true,  true,  true,  true]),
    ("account/password",              [true,  true,  true,  true]),
    ("account/password/own",          [true,  true,  true,  true]),
    ("account/session/end",           [true,  true,  true,  true]),
    ("account/sessions/end-others",   [true,  true,  true,  true]),
];

/// What changes nothing but is for some only. What is for all changes nothing either, but for what is one's own.
const ONLY_READ: [&str; 3] = ["planner/choices", "company/people", "company/regions"];

/// What anybody may call, signed in or not.
const PUBLIC: [&str; 4] = ["me", "sign-in", "sign-out", "sign-out-everywhere"];

/// Contacts: C1 in North, the rep's own; C2 in City; C3 in South.
async fn people_and_contacts(pool: &PgPool) -> World {
    let w = world(pool).await;
    w.load(&[("C1", "NORTH", "rep", "5"), ("C2", "CITY", "", "15"), ("C3", "SOUTH", "", "25")]).await;
    w
}

/// A definition of its own, and a cycle of it in the state a command is for.
async fn stage(w: &World, product: &str, command: &str) -> (DefinitionId, Option<CycleId>) {
    let definition = service::save_definition(&w.pool, &w.admin, form(product, three_classes()), IdempotencyKey::new())
        .await
        .unwrap();
    let state = match command.split(' ').next().unwrap() {
        "planner/cycle/open" => return (definition, None),
        "planner/cycle/start-borders" => CycleState::Collecting,
        "planner/cycle/save-draft" | "planner/cycle/enable" => CycleState::Drafting,
        _ => CycleState::Approving,
    };
    let cycle = w.open_for(definition, "2026 H1").await;
    if state >= CycleState::Drafting {
        service::start_borders(&w.pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    }
    if state >= CycleState::Approving {
        service::enable(&w.pool, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.unwrap();
    }
    if command.ends_with("withdraw") {
        w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    }
    (definition, Some(cycle))
}

/// The request a page would send.
async fn request(
    w: &World,
    product: &str,
    command: &str,
    at: (DefinitionId, Option<CycleId>),
    by: &str,
) -> (Method, String, Value) {
    let (definition, cycle) = at;
    let seen = match cycle {
        Some(cycle) => serde_json::to_value(w.seen(cycle).await).unwrap(),
        None => Value::Null,
    };
    let key = IdempotencyKey::new();
    let borders = async || serde_json::to_value(w.request(cycle.unwrap(), whole(&[10, 20])).await).unwrap();
    let decide = |items: &[u32], command: ItemCommand| json!({ "request": { "cycle": cycle, "seen": seen, "items": items, "command": command } });
    let person = |id: Option<_>, local: &str, role: &str| {
        json!({ "key": key, "form": { "id": id, "version": 1, "name": "Somebody", "email": format!("{local}@{}", w.domain), "role": role,
                          "regions": [], "password": if id.is_none() { crate::support::PASSWORD } else { "" } } })
    };
    let region = |id: Option<_>, code: &str| json!({ "key": key, "form": { "id": id, "version": 1, "parent": null, "code": code, "name": code } });
    let body = match command {
        "planner/overview" | "planner/choices" | "company/people" | "company/regions" | "account/profile" => json!({}),
        "account/profile/save" => {
            let email = format!("{by}@{}", w.domain);
            let version: i32 = sqlx::query_scalar("select version from account where email = $1")
                .bind(&email)
                .fetch_one(&w.pool)
                .await
                .unwrap();
            json!({ "form": { "version": version, "name": "Somebody", "email": email, "password": "" }, "key": key })
        }
        "account/password" => {
            json!({ "form": { "present": crate::support::PASSWORD, "new": "battery staple" }, "key": key })
        }
        "account/password/own" => json!({ "password": "correct battery", "key": key }),
        "account/session/end" => json!({ "handle": other_session(w, by).await, "key": key }),
        "account/sessions/end-others" => json!({ "key": key }),
        "planner/definition/save" => json!({ "form": form(&format!("{product} new"), three_classes()), "key": key }),
        "planner/cycle/open" => json!({ "definition": definition, "name": "2026", "key": key }),
        "planner/cycle/view" | "planner/cycle/versions" => json!({ "id": cycle }),
        "planner/cycle/start-borders" => json!({ "id": cycle, "seen": seen }),
        "planner/cycle/save-draft" | "planner/cycle/enable" => json!({ "request": borders().await }),
        "planner/cycle/decide accept" => decide(&[0], accept()),
        "planner/cycle/decide reject" => decide(&[0], reject("Retires")),
        "planner/cycle/decide override" => decide(&[0], override_to(1, "Quiet")),
        "planner/cycle/decide withdraw" => decide(&[0], withdraw()),
        "planner/cycle/decide all" => decide(&[0, 1], accept()),
        "planner/cycle/decide shown" => {
            let mut body = decide(&[], accept());
            body["shown"] = json!(Shown::of(GridQuery::default(), &[0, 1]));
            body
        }
        "planner/cycle/reset" => json!({ "id": cycle, "typed": "CONFIRM", "seen": seen }),
        "planner/cycle/transfer" => json!({ "id": cycle, "accepted_only": true, "seen": seen }),
        "planner/cycle/texts" => json!({ "id": cycle, "items": [0] }),
        "planner/cycle/item" => json!({ "id": cycle, "item": 0 }),
        "company/person/save" => person(None, "new", "analyst"),
        "company/person/save change" => person(Some(w.analyst.actor.account), "analyst", "rep"),
        "company/region/save" => region(None, "WEST"),
        "company/region/save change" => region(Some(w.regions["SOUTH"]), "SOUTH2"),
        route => return (Method::GET, format!("/api/cycles/{}/{route}", cycle.unwrap()), Value::Null),
    };
    (Method::POST, format!("/api/{}", command.split(' ').next().unwrap()), body)
}

/// A session of somebody's beside the one they call from.
async fn other_session(w: &World, by: &str) -> Uuid {
    sqlx::query_scalar(
        "insert into account_session (session_id, account_id, data, expires_at)
         select gen_random_uuid()::text, account_id, '{}', now() + interval '1 day' from account where email = $1
         returning handle",
    )
    .bind(format!("{by}@{}", w.domain))
    .fetch_one(&w.pool)
    .await
    .unwrap()
}

/// Who is tried, in the order of the table's columns.
const ROLES: [&str; 4] = ["admin", "north", "rep", "analyst"];

async fn browsers(pool: &PgPool, w: &World) -> [Browser; 4] {
    let app = TestApp::new(pool);
    let mut all = Vec::new();
    for local in ROLES {
        all.push(app.signed_in(&format!("{local}@{}", w.domain)).await);
    }
    all.try_into().ok().unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn every_command_by_every_role(pool: PgPool) {
    let w = people_and_contacts(&pool).await;
    let mut browsers = browsers(&pool, &w).await;
    for (nr, (command, may)) in TABLE.iter().enumerate() {
        let product = format!("Product {nr}");
        let at = stage(&w, &product, command).await;
        let own = command.starts_with("account/") && *command != "account/profile";
        let reads = (may.iter().all(|may| *may) && !own) || ONLY_READ.contains(command);
        if *command == "account/password/own" {
            sqlx::query("update account set password_is_given = true").execute(&pool).await.unwrap();
        }
        // Who may not goes first, so that they find the state in which the command is possible.
        for allowed in [false, true] {
            for (who, browser) in browsers.iter_mut().enumerate().filter(|(who, _)| may[*who] == allowed) {
                let (method, path, body) = request(&w, &product, command, at, ROLES[who]).await;
                let before = everything(&pool).await;
                let body = (method == Method::POST).then(|| body.to_string());
                let answer = browser.send(method, &path, body).await;
                let wanted = if allowed { 200 } else { 403 };
                assert_eq!(answer.status.as_u16(), wanted, "{command} by role {who}: {}", answer.text());
                let changed = everything(&pool).await != before;
                assert_eq!(changed, allowed && !reads, "{command} by role {who}");
            }
        }
    }
}

#[test]
fn the_table_has_every_server_function() {
    let named: BTreeSet<String> = TABLE
        .iter()
        .map(|(command, _)| *command)
        .chain(PUBLIC)
        .map(|command| format!("/api/{}", command.split(' ').next().unwrap()))
        .collect();
    let missing: Vec<&str> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path)
        .filter(|path| !named.contains(*path))
        .collect();
    assert!(missing.is_empty(), "say in the table who may call {missing:?}");
    let known = leptos::server_fn::axum::server_fn_paths().count();
    assert!(known >= 20, "only {known} server functions are known, so this test proves nothing");
}

#[sqlx::test(migrations = "./migrations")]
async fn signed_out_nothing_but_the_public_can_be_called(pool: PgPool) {
    let w = people_and_contacts(&pool).await;
    let mut nobody = TestApp::new(&pool).browser();
    for (nr, (command, _)) in TABLE.iter().enumerate() {
        let product = format!("Product {nr}");
        let at = stage(&w, &product, command).await;
        let (method, path, body) = request(&w, &product, command, at, "north").await;
        let before = everything(&pool).await;
        let body = (method == Method::POST).then(|| body.to_string());
        let answer = nobody.send(method, &path, body).await;
        assert_eq!(answer.status.as_u16(), 401, "{command}: {}", answer.text());
        assert_eq!(everything(&pool).await, before, "{command}");
    }
}

/// Who may decide on items of North, City (below North), South. Where a regional manager may not, the item isn't there for them.
#[rustfmt::skip]
const SCOPES: [(&str, [bool; 3]); 6] = [
    ("admin",   [false, false, false]),
    ("north",   [true,  true,  false]),
    ("city",    [false, true,  false]),
    ("south",   [false, false, true]),
    ("rep",     [false, false, false]),
    ("analyst", [false, false, false]),
];

#[sqlx::test(migrations = "./migrations")]
async fn every_decision_by_everybody_in_every_region(pool: PgPool) {
    let w = world(&pool).await;
    let regions = ["NORTH", "CITY", "SOUTH"];
    let commands = [accept(), reject("Retires"), override_to(1, "Quiet"), withdraw()];
    let id = |who: &str, region: &str, command: usize| format!("{who}-{region}-{command}");
    let mut ids = Vec::new();
    for (who, _) in SCOPES {
        for region in regions {
            ids.extend((0..commands.len()).map(|command| (id(who, region, command), region)));
        }
    }
    // All are the rep's own: owning a contact gives no right to decide.
    w.load(&ids.iter().map(|(id, region)| (id.as_str(), *region, "rep", "5")).collect::<Vec<_>>()).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    for (accepted, region) in ids.iter().filter(|(id, _)| id.ends_with('3')) {
        let by = if *region == "SOUTH" { &w.south } else { &w.north };
        w.decide(by, cycle, &[accepted.as_str()], accept()).await.unwrap();
    }
    for (who, may) in SCOPES {
        let caller = match who {
            "admin" => &w.admin,
            "north" => &w.north,
            "city" => &w.city,
            "south" => &w.south,
            "rep" => &w.rep,
            _ => &w.analyst,
        };
        for (region, may) in regions.into_iter().zip(may) {
            for (nr, command) in commands.iter().enumerate() {
                let before = everything(&pool).await;
                let got = w.decide(caller, cycle, &[&id(who, region, nr)], command.clone()).await;
                assert_eq!(
                    got.as_ref().map(|outcome| outcome.done).ok(),
                    may.then_some(1),
                    "{who} {region} {command:?}"
                );
                if let Err(error) = got {
                    let wanted = if caller.actor.may(Permission::Decide) { 404 } else { 403 };
                    assert_eq!(error.status(), wanted, "{who} {region}: {error:?}");
                    assert_eq!(everything(&pool).await, before, "{who} {region} {command:?}");
                }
            }
        }
    }
}
