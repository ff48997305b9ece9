//! Whose an account is: its person's, in every company alike; what a company's admin may change of it; and passwords that were
//! given, which are good for nothing but setting one's own. Each test has a database of its own.

use crate::support::accounts::{
    NEW, NORTH, beside, change, form, joins, own_password, person, profile, records, save, save_person, taken,
};
use crate::support::http::{Browser, TestApp};
use crate::support::{PASSWORD, World, acting, company, everything, world};
use axum::http::{Method, StatusCode};
use cutline_company::model::{Keeper, PersonForm};
use cutline_domain::Role;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use serde_json::{Value, json};
use sqlx::PgPool;

/// An admin gives somebody a password.
async fn give(w: &World, who: &Caller, password: &str) -> Result<(), AppError> {
    save_person(w, PersonForm { password: password.into(), ..form(&person(w, who).await) }).await
}

#[sqlx::test(migrations = "./migrations")]
async fn a_password_that_was_given_lets_in_to_set_ones_own_and_nothing_else(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let app = TestApp::new(&pool);
    let mut before = app.signed_in(NORTH).await;
    give(&w, &w.north, "handed over").await.unwrap();
    assert_eq!(before.me().await, None, "signed out everywhere");
    let mut north = app.browser();
    taken(&north.sign_in(NORTH, "handed over").await);
    assert_eq!(north.post("me", json!({})).await.json()["password_is_given"], json!(true));
    let routes = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| (Method::POST, path.to_owned()));
    let open = ["/api/me", "/api/sign-in", "/api/sign-out", "/api/account/password/own"];
    let plain = ["snapshot", "changes/0", "search?q=Dr", "order/name", "export.xlsx"];
    let plain = plain.map(|route| (Method::GET, format!("/api/cycles/{cycle}/{route}")));
    let everything_else = routes.filter(|(_, path)| !open.contains(&path.as_str())).chain(plain);
    let mut tried = 0;
    for (method, path) in everything_else {
        let mut north = north.clone();
        let body = (method == Method::POST).then(|| arguments(&path, cycle.0).to_string());
        let answer = north.send(method, &path, body).await;
        assert_eq!(answer.status.as_u16(), 403, "{path}: {}", answer.text());
        assert!(answer.text().contains("one of your own"), "{path}: {}", answer.text());
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    assert!(beside(&own_password(&mut north, "handed over").await, "new").contains("Choose another"));
    assert!(beside(&own_password(&mut north, "too short").await, "new").contains("at least"));
    let mut second = app.browser();
    taken(&second.sign_in(NORTH, "handed over").await);
    taken(&own_password(&mut north, NEW).await);
    assert_eq!((north.me().await.as_deref(), second.me().await), (Some(NORTH), None), "this session goes on");
    assert_eq!(north.post("me", json!({})).await.json()["password_is_given"], json!(false));
    taken(&north.post("planner/overview", json!({})).await);
    assert_eq!(second.sign_in(NORTH, "handed over").await.status.as_u16(), 422);
    assert_eq!(
        own_password(&mut north, "yet another one").await.status.as_u16(),
        403,
        "the present one is asked from now on"
    );
    let text: String =
        sqlx::query_scalar("select string_agg(t::text, ' ') from audit_record t").fetch_one(&pool).await.unwrap();
    assert!(!text.contains("handed over") && !text.contains(NEW), "no password in the trail");
}

fn hired(email: &str) -> PersonForm {
    PersonForm {
        id: None,
        version: 0,
        name: "Mallory".into(),
        email: email.into(),
        role: Role::Rep,
        regions: Vec::new(),
        password: "a new password".into(),
    }
}

/// Arguments that each server function can read.
fn arguments(path: &str, cycle: uuid::Uuid) -> Value {
    let key = IdempotencyKey::new();
    let seen = json!({ "revision": 1, "key": key });
    let borders =
        json!({ "cycle": cycle, "seen": seen, "seen_draft": null, "borders": [1, 2], "planned": [5000, 3000, 2000] });
    let form = match path.rsplit("/api/").next().unwrap() {
        "account/profile/save" => json!({ "version": 0, "name": "x", "email": "x@y.example", "password": "" }),
        "account/password" => json!({ "present": "x", "new": "y" }),
        "company/person/save" => {
            json!({ "id": null, "version": 0, "name": "x", "email": "x@y.example", "role": "rep", "regions": [], "password": "" })
        }
        "company/region/save" => json!({ "id": null, "version": 0, "parent": null, "code": "x", "name": "x" }),
        _ => serde_json::to_value(crate::support::form("x", crate::support::three_classes())).unwrap(),
    };
    let request = if path.ends_with("decide") {
        json!({ "cycle": cycle, "seen": seen, "items": [0], "command": crate::support::accept() })
    } else {
        borders
    };
    json!({ "id": cycle, "items": [0], "item": 0, "typed": "CONFIRM", "accepted_only": true, "seen": seen, "form": form,
            "request": request, "definition": cycle, "name": "x", "handle": cycle, "key": key })
}

#[sqlx::test(migrations = "./migrations")]
async fn the_first_password_of_somebody_new_is_given_like_any_other(pool: PgPool) {
    let w = world(&pool).await;
    let app = TestApp::new(&pool);
    let bea = "bea@acme.example";
    save_person(&w, PersonForm { password: "handed over".into(), ..hired(bea) }).await.unwrap();
    let mut browser = app.browser();
    taken(&browser.sign_in(bea, "handed over").await);
    assert_eq!(browser.post("me", json!({})).await.json()["password_is_given"], json!(true));
    assert_eq!(browser.post("planner/overview", json!({})).await.status.as_u16(), 403);
    assert!(beside(&own_password(&mut browser, "handed over").await, "new").contains("Choose another"));
    taken(&own_password(&mut browser, NEW).await);
    taken(&browser.post("planner/overview", json!({})).await);
    assert_eq!(app.browser().sign_in(bea, "handed over").await.status.as_u16(), 422);
    let told: Value = sqlx::query_scalar("select after from audit_record where after ->> 'email' = $1")
        .bind(bea)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((&told["password"], told.to_string().contains("handed over")), (&json!("given"), false));
    // Who founded the company chose it, or reads it where the program runs.
    let mut admin = app.signed_in("admin@acme.example").await;
    assert_eq!(admin.post("me", json!({})).await.json()["password_is_given"], json!(false));
}

#[sqlx::test(migrations = "./migrations")]
async fn an_account_of_two_companies_is_its_persons_alone(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    let app = TestApp::new(&pool);
    joins(&pool, &other, &w.north).await;
    let mut north = app.signed_in(NORTH).await;
    for of in [&w, &other] {
        let now = person(of, &w.north).await;
        assert_eq!(now.keeper, Keeper::Themselves);
        let before = everything(&pool).await;
        for (field, theirs) in [
            ("name", PersonForm { name: "Mallory".into(), ..form(&now) }),
            ("email", PersonForm { email: "mallory@other.example".into(), ..form(&now) }),
            ("password", PersonForm { password: "a new password".into(), ..form(&now) }),
        ] {
            let refused = save_person(of, theirs).await.unwrap_err();
            assert!(refused.beside(field).is_some_and(|why| why.contains("another company")), "{field}: {refused:?}");
        }
        assert_eq!(everything(&pool).await, before);
    }
    let rep = PersonForm { role: Role::Rep, ..form(&person(&other, &w.north).await) };
    save_person(&other, rep).await.unwrap();
    assert_eq!(person(&other, &w.north).await.role, Role::Rep, "role and regions are the company's");
    assert_eq!(person(&w, &w.north).await.role, Role::RegionalManager, "each its own");
    assert_eq!(north.me().await.as_deref(), Some(NORTH));
    assert_eq!(person(&w, &w.south).await.keeper, Keeper::Company);
    let version = i32::try_from(profile(&mut north).await["version"].as_i64().unwrap()).unwrap();
    taken(&save(&mut north, version, "Nora Northwood", NORTH, "").await);
    taken(&change(&mut north, PASSWORD, NEW).await);
    for of in [&w, &other] {
        assert_eq!(person(of, &w.north).await.name, "Nora Northwood", "they are one person everywhere");
    }
    let mut both = [w.company.0, other.company.0];
    both.sort_unstable();
    for command in ["save profile", "change password"] {
        let companies: Vec<_> = records(&pool, command).await.into_iter().map(|(company, ..)| company).collect();
        assert_eq!(companies, both, "{command}: told to each company they work in");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn admins_change_their_own_account_on_their_profile_like_everybody(pool: PgPool) {
    let w = world(&pool).await;
    let now = person(&w, &w.admin).await;
    for (field, mine) in [
        ("name", PersonForm { name: "Ada".into(), ..form(&now) }),
        ("email", PersonForm { email: "ada@acme.example".into(), ..form(&now) }),
        ("password", PersonForm { password: "a new password".into(), ..form(&now) }),
    ] {
        let refused = save_person(&w, mine).await.unwrap_err();
        assert!(refused.beside(field).is_some_and(|why| why.contains("your profile")), "{field}: {refused:?}");
    }
    let mut admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
    taken(&save(&mut admin, 0, "Ada", "ada@acme.example", PASSWORD).await);
    taken(&change(&mut admin, PASSWORD, NEW).await);
    taken(&admin.post("company/people", json!({})).await);
}

#[sqlx::test(migrations = "./migrations")]
async fn an_address_that_another_company_has_tells_nothing_and_changes_nothing(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    let before = everything(&pool).await;
    let taken_there = save_person(&other, hired(NORTH)).await.unwrap_err();
    let words = "This e-mail address can\u{2019}t be used. Choose another one.";
    assert_eq!(taken_there, AppError::invalid("email", words), "neither who nor where");
    let moved = PersonForm { email: NORTH.into(), ..form(&person(&other, &other.south).await) };
    assert_eq!(save_person(&other, moved).await.unwrap_err(), taken_there);
    let taken_here = save_person(&w, hired(NORTH)).await.unwrap_err();
    assert_eq!(taken_here, AppError::invalid("email", "Somebody here has this e-mail address already."));
    assert_eq!(everything(&pool).await, before);
    assert_eq!(acting(&pool, w.company, w.north.actor.account).await.me.name, "Nora North");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_profile_page_and_a_password_of_ones_own_are_led_to(pool: PgPool) {
    let w = world(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in(NORTH).await;
    let shown = north.get("/profile").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("Where you are signed in") && shown.text().contains("Change password"));
    give(&w, &w.north, "handed over").await.unwrap();
    taken(&north.sign_in(NORTH, "handed over").await);
    let page = async |north: &Browser, path: &str| {
        let mut north = north.clone();
        north.headers.push(("accept", "text/html".to_owned()));
        north.get(path).await
    };
    let led = page(&north, "/approvals").await;
    assert_eq!((led.status.as_u16(), led.header("location")), (302, "/sign-in?next=%2Fapprovals"));
    let shown = page(&north, "/sign-in?next=%2Fapprovals").await;
    assert!(shown.text().contains("A password of your own"), "{}", shown.text());
    taken(&own_password(&mut north, NEW).await);
    let back = page(&north, "/sign-in?next=%2Fapprovals").await;
    assert_eq!((back.status.as_u16(), back.header("location")), (302, "/approvals"));
}
