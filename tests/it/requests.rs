//! What every request passes: where it may come from, what refusals look like, headers, probes. Each test has a database
//! of its own.

use crate::support::http::{HOST, TestApp};
use crate::support::{PASSWORD, everything, world};
use axum::http::{Method, StatusCode};
use cutline_wire::AppError;
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::collections::BTreeSet;
use uuid::Uuid;

#[sqlx::test(migrations = "./migrations")]
async fn posts_from_other_sites_are_refused_whatever_they_ask(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let snapshot = format!("/api/cycles/{}/snapshot", w.open("2026 H1").await);
    let app = TestApp::new(&pool);
    let admin = app.signed_in("admin@acme.example").await;
    let before = everything(&pool).await;
    let endpoints: Vec<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert!(endpoints.len() >= 20, "{endpoints:?}");
    let cross = |site: &str| ("sec-fetch-site", site.to_owned());
    let origin = |origin: &str| ("origin", origin.to_owned());
    for header in [
        origin("https://evil.example"),
        origin(&format!("https://{HOST}.evil.example")),
        origin(&format!("https://{HOST}:8443")),
        origin("null"),
        origin(HOST),
        cross("cross-site"),
        cross("same-site"),
    ] {
        let mut browser = admin.clone();
        browser.headers.push(header.clone());
        for endpoint in &endpoints {
            let answer = browser.send(Method::POST, endpoint, Some("{}".into())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{endpoint} with {header:?}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        assert_eq!(browser.get(&snapshot).await.status, StatusCode::OK, "reading is harmless: {header:?}");
    }
    assert_eq!(everything(&pool).await, before);
    for header in
        [origin(&format!("http://{HOST}")), origin(&format!("https://{HOST}")), cross("same-origin"), cross("none")]
    {
        let mut browser = admin.clone();
        browser.headers.push(header.clone());
        assert_eq!(browser.me().await.as_deref(), Some("admin@acme.example"), "{header:?}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn other_methods_that_change_things_are_refused_from_other_sites(pool: PgPool) {
    let app = TestApp::new(&pool);
    let mut browser = app.browser();
    browser.headers.push(("origin", "https://evil.example".into()));
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(browser.send(method, "/api/me", None).await.status, StatusCode::FORBIDDEN);
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn refusals_of_routes_are_problems(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let app = TestApp::new(&pool);
    let (mut nobody, mut admin) = (app.browser(), app.signed_in("admin@acme.example").await);
    let routes = ["snapshot", "changes/0", "search?q=a", "order/name", "export.xlsx"];
    for route in routes {
        let answer = nobody.get(&format!("/api/cycles/{cycle}/{route}")).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (401, AppError::SignedOut), "{route}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{route}");
        let problem = answer.json();
        assert_eq!((&problem["status"], &problem["title"]), (&json!(401), &json!("Unauthorized")));
        assert_eq!(problem["detail"], "Your session has ended. Sign in to continue.");
    }
    let unknown = Uuid::now_v7();
    for (path, status) in [
        (format!("/api/cycles/{unknown}/snapshot"), 404),
        (format!("/api/cycles/{unknown}/export.xlsx"), 404),
        (format!("/api/cycles/{cycle}/export.xlsx?view=nonsense"), 422),
        (format!("/api/cycles/{cycle}/export.xlsx?borders=2,1"), 422),
        (format!("/api/cycles/{cycle}/export.xlsx?borders=one"), 422),
        ("/api/cycles/not-an-id/snapshot".to_owned(), 404),
        (format!("/api/cycles/{cycle}/changes/yesterday"), 404),
        (format!("/api/cycles/{cycle}/order/nothing"), 404),
        (format!("/api/cycles/{cycle}/search"), 422),
    ] {
        let answer = admin.get(&path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.json()["status"], status, "{path}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn refusals_of_server_functions_have_their_status_and_their_error(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let app = TestApp::new(&pool);
    let mut admin = app.signed_in("admin@acme.example").await;
    let seen = json!({ "revision": 2, "key": Uuid::now_v7() });
    let unknown = Uuid::now_v7();
    for (endpoint, body, status) in [
        ("planner/cycle/view", json!({ "id": unknown }), 404),
        ("planner/cycle/start-borders", json!({ "id": cycle, "seen": seen }), 409),
        ("planner/cycle/open", json!({ "definition": w.definition, "name": " ", "key": unknown }), 422),
        ("planner/cycle/view", json!({ "id": "not an id" }), 422),
        ("planner/cycle/view", json!({}), 422),
    ] {
        let answer = admin.post(endpoint, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{endpoint} {body}: {}", answer.text());
        assert_eq!(answer.error().status(), status, "{endpoint} {body}");
    }
    let borders = json!({ "request": { "cycle": cycle, "seen": seen, "seen_draft": null, "borders": [2, 1],
                                       "planned": [5000, 3000, 2000] } });
    let answer = admin.post("planner/cycle/save-draft", borders).await;
    assert_eq!(answer.status.as_u16(), 422, "borders that don't increase aren't borders: {}", answer.text());
    let answer = app.browser().post("planner/overview", json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.error()), (401, AppError::SignedOut));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_failure_of_ours_gives_its_reference_and_nothing_else(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut admin = app.signed_in("admin@acme.example").await;
    sqlx::query("alter table mt_class rename to gone").execute(&pool).await.unwrap();
    let answer = admin.post("planner/overview", json!({})).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let reference = answer.header("x-request-id").to_owned();
    assert_eq!(answer.error(), AppError::Internal { reference });
    assert!(!answer.text().contains("mt_class"), "{}", answer.text());
}

#[sqlx::test(migrations = "./migrations")]
async fn every_answer_is_guarded_and_numbered(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut browser = app.browser();
    let mut ids = BTreeSet::new();
    let answers = [
        browser.get("/healthz").await,
        browser.get("/api/cycles/x/snapshot").await,
        browser.post("me", json!({})).await,
        browser.sign_in("admin@acme.example", PASSWORD).await,
        browser.get("/no/such/page").await,
    ];
    for answer in answers {
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
        {
            assert_eq!(answer.header(name), value);
        }
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert_eq!(answer.header("cache-control"), "no-store");
        let id: Uuid = answer.header("x-request-id").parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        ids.insert(id);
    }
    assert_eq!(ids.len(), 5, "every request has its own");
    let theirs = Uuid::now_v7().to_string();
    browser.headers.push(("x-request-id", theirs.clone()));
    let answer = browser.get("/healthz").await;
    assert!(answer.header("x-request-id").len() == 36 && answer.header("x-request-id") != theirs, "and no other");
}

#[sqlx::test(migrations = "./migrations")]
async fn probes_say_whether_the_process_and_the_database_answer(pool: PgPool) {
    let mut browser = TestApp::new(&pool).browser();
    let answers = (browser.get("/healthz").await, browser.get("/readyz").await);
    assert_eq!((answers.0.status, answers.0.text().as_str()), (StatusCode::OK, "ok"));
    assert_eq!((answers.1.status, answers.1.text().as_str()), (StatusCode::OK, "ready"));
    pool.close().await;
    let answers = (browser.get("/healthz").await, browser.get("/readyz").await);
    assert_eq!(answers.0.status, StatusCode::OK, "alive, even without a database");
    assert_eq!(answers.1.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_body_that_is_too_large_is_not_read(pool: PgPool) {
    let mut browser = TestApp::new(&pool).browser();
    let body = json!({ "email": "a@b.c", "password": "x".repeat(17 << 20) }).to_string();
    let unannounced = browser.send(Method::POST, "/api/sign-in", Some(body.clone())).await;
    assert_eq!(unannounced.status.as_u16(), 413, "reading stops where it is too much: {}", unannounced.text());
    browser.headers.push(("content-length", body.len().to_string()));
    let announced = browser.send(Method::POST, "/api/sign-in", Some(body)).await;
    assert_eq!((announced.status, announced.error()), (StatusCode::PAYLOAD_TOO_LARGE, AppError::TooLarge));
}

#[sqlx::test(migrations = "./migrations")]
async fn addresses_and_methods_that_there_are_not_are_problems(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let app = TestApp::new(&pool);
    let mut admin = app.signed_in("admin@acme.example").await;
    let before = everything(&pool).await;
    let snapshot = format!("/api/cycles/{cycle}/snapshot");
    for (method, path, status) in [
        (Method::POST, "/api/nothing/here", 404),
        (Method::GET, "/api/nothing/here", 404),
        (Method::POST, "/api/cycles/x/nothing", 404),
        (Method::GET, "/api/planner/overview", 405),
        (Method::DELETE, "/api/planner/overview", 405),
        (Method::PUT, &snapshot, 405),
        (Method::POST, &snapshot, 405),
        (Method::PUT, "/favicon.svg", 405),
        (Method::DELETE, "/no/such/page", 405),
    ] {
        let answer = admin.send(method.clone(), path, None).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
    }
    assert_eq!(everything(&pool).await, before);
    let page = admin.get("/no/such/page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"), "people get a page");
}

/// Ways of asking that a kind of address has.
const READ: &[Method] = &[Method::GET, Method::HEAD];
const CALLED: &[Method] = &[Method::POST];
const NOTHING: &[Method] = &[];

#[sqlx::test(migrations = "./migrations")]
async fn every_way_of_asking_on_every_kind_of_address_is_answered_with_what_it_is(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let app = TestApp::new(&pool);
    let people = [("nobody", app.browser()), ("admin", app.signed_in("admin@acme.example").await)];
    let before = everything(&pool).await;
    let (page, route) = (format!("/cycles/{cycle}"), format!("/api/cycles/{cycle}/snapshot"));
    let kinds: [(&str, &[Method]); 12] = [
        ("/api/", NOTHING),
        ("/api/nothing", NOTHING),
        ("/api/cycles/x/y/z", NOTHING),
        ("/favicon.svg", READ),
        ("/", READ),
        ("/sign-in", READ),
        ("/control/users", READ),
        (page.as_str(), READ),
        ("/no/such/page", READ),
        ("/healthz", READ),
        (route.as_str(), READ),
        ("/api/planner/overview", CALLED),
    ];
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for (who, browser) in &people {
        for (path, ways) in kinds {
            for method in methods.iter().filter(|method| !ways.contains(method)) {
                let status = if ways.is_empty() { 404 } else { 405 };
                let answer = browser.clone().send(method.clone(), path, None).await;
                let asked = format!("{who}: {method} {path}");
                assert_eq!(answer.status.as_u16(), status, "{asked}");
                assert_eq!(answer.header("content-type"), "application/problem+json", "{asked}");
                assert_eq!(answer.header("allow").is_empty(), status != 405, "{asked}: {}", answer.header("allow"));
                if *method != Method::HEAD {
                    let problem = answer.json();
                    assert_eq!(problem["status"], status, "{asked}");
                    assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{asked}: {problem}");
                }
            }
        }
    }
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn text_that_cannot_be_kept_is_told_beside_its_field_wherever_it_comes_in(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let app = TestApp::new(&pool);
    let (mut admin, mut north) = (app.signed_in("admin@acme.example").await, app.signed_in("north@acme.example").await);
    let key = || json!(Uuid::now_v7());
    let person = |name: &str, email: &str| {
        json!({ "key": key(), "form": { "id": null, "version": 0, "name": name, "email": email, "role": "analyst",
                                        "regions": [], "password": PASSWORD } })
    };
    let region = |name: &str, code: &str| json!({ "key": key(), "form": { "id": null, "version": 0, "parent": null, "name": name, "code": code } });
    let reject = |reason: &str| {
        let seen = json!({ "revision": 3, "key": key() });
        json!({ "request": { "cycle": cycle, "seen": seen, "items": [0], "command": { "Reject": { "reason": reason } } } })
    };
    let open = |name: &str| json!({ "definition": w.definition, "name": name, "key": key() });
    let before = everything(&pool).await;
    let huge = "x".repeat(40_000);
    for bad in ["a\0b", "a\u{1b}[31mb", "a\u{202e}b", huge.as_str(), "\u{a0}", "\u{200b}"] {
        for (endpoint, body, field) in [
            ("company/person/save", person(bad, "new@acme.example"), "name"),
            ("company/person/save", person("New", bad), "email"),
            ("company/region/save", region(bad, "WEST"), "name"),
            ("company/region/save", region("West", bad), "code"),
            ("planner/cycle/open", open(bad), "name"),
        ] {
            let answer = admin.post(endpoint, body).await;
            let shown: String = bad.chars().take(20).collect();
            assert_eq!(answer.status.as_u16(), 422, "{endpoint} {shown:?}: {}", answer.text());
            assert!(answer.error().beside(field).is_some(), "{endpoint} {shown:?}: {}", answer.text());
        }
        let answer = north.post("planner/cycle/decide", reject(bad)).await;
        assert_eq!(answer.status.as_u16(), 409, "a rule refuses the reason: {}", answer.text());
    }
    for bad in ["%00", "%E2%80%AE"] {
        let answer = admin.get(&format!("/api/cycles/{cycle}/search?q=a{bad}b")).await;
        assert_eq!(answer.status.as_u16(), 422, "{bad}: {}", answer.text());
    }
    assert_eq!(everything(&pool).await, before);
    let both = admin.post("company/region/save", region(&huge, " ")).await.error();
    assert_eq!(both.beside("name").as_deref(), Some("The name has 40000 characters; at most 80 are kept."));
    assert_eq!(both.beside("code").as_deref(), Some("The short name is missing."), "everything at once");
}

#[sqlx::test(migrations = "./migrations")]
async fn whatever_is_at_work_the_door_answers(pool: PgPool) {
    world(&pool).await;
    let work = PgPoolOptions::new().max_connections(1).connect_with((*pool.connect_options()).clone()).await.unwrap();
    let app = TestApp::over(&work, &pool, false);
    let _at_work = work.acquire().await.unwrap();
    let began = std::time::Instant::now();
    let mut browser = app.signed_in("admin@acme.example").await;
    assert_eq!(browser.me().await.as_deref(), Some("admin@acme.example"));
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
    assert!(began.elapsed().as_secs() < 9, "nothing waited for the work to end, which takes ten seconds to give up");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_crowd_at_the_door_makes_no_server_look_dead(pool: PgPool) {
    let narrow = || PgPoolOptions::new().max_connections(1).connect_lazy_with((*pool.connect_options()).clone());
    let (work, door) = (narrow(), narrow());
    let app = TestApp::over(&work, &door, false);
    let _crowd = (work.acquire().await.unwrap(), door.acquire().await.unwrap());
    let probed = async |probes: usize| {
        let mut answers = tokio::task::JoinSet::new();
        for _ in 0..probes {
            let mut browser = app.browser();
            answers.spawn(async move {
                let began = std::time::Instant::now();
                (browser.get("/readyz").await.status, began.elapsed().as_secs())
            });
        }
        assert_eq!(answers.join_all().await, vec![(StatusCode::OK, 0); probes], "ready, and said within a second");
    };
    probed(1).await;
    probed(200).await;
    // Its connection may be ended like any other.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and query ilike '%_sqlx_migrations%' and pid <> pg_backend_pid()";
    sqlx::query(end).execute(&pool).await.unwrap();
    probed(1).await;
}
