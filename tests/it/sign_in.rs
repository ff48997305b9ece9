//! Signing in and out as browsers do it: what is said of a wrong password, the throttle, the session and its cookie. Each
//! test has a database of its own.

use crate::support::Shown;
use crate::support::http::{Answer, Browser, TestApp};
use crate::support::{PASSWORD, world};
use axum::http::StatusCode;
use cutline_company::model::PersonForm;
use cutline_company::service as admin;
use cutline_domain::Role;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_wire::AppError;
use serde_json::json;
use sqlx::PgPool;
use std::net::SocketAddr;

const NORTH: &str = "north@acme.example";
const SESSION: &str = "cutline_session";

fn throttled(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS && matches!(answer.error(), AppError::Throttled { .. })
}

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::query(sql).execute(pool).await.unwrap();
}

async fn fail(browser: &mut Browser, email: &str, times: usize) {
    for nr in 0..times {
        let answer = browser.sign_in(email, "not the password").await;
        assert_eq!(answer.status.as_u16(), 422, "failure {nr}: {}", answer.text());
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_session_begins_with_the_right_password(pool: PgPool) {
    world(&pool).await;
    let mut browser = TestApp::new(&pool).browser();
    assert_eq!(browser.me().await, None);
    assert!(browser.cookies.is_empty(), "who only looks gets no session");
    let answer = browser.sign_in(" North@Acme.Example ", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(browser.me().await.as_deref(), Some(NORTH));
    let me = browser.post("me", json!({})).await.json();
    assert_eq!((&me["company_name"], &me["actor"]["role"]), (&json!("Acme"), &json!("regional_manager")));
    assert_eq!(me["actor"]["scope"].as_array().unwrap().len(), 2, "North and City");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_wrong_password_doesnt_tell_whether_there_is_an_account(pool: PgPool) {
    world(&pool).await;
    let mut browser = TestApp::new(&pool).browser();
    let known = browser.sign_in(NORTH, "not the password").await;
    let unknown = browser.sign_in("nobody@acme.example", PASSWORD).await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (422, 422));
    assert_eq!(known.text(), unknown.text());
    assert_eq!(known.error(), AppError::invalid("password", "E-mail address or password is wrong."));
    assert!(browser.cookies.is_empty());
}

#[sqlx::test(migrations = "./migrations")]
async fn guessing_is_slowed_down_per_account(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut browser = app.browser();
    fail(&mut browser, NORTH, 5).await;
    let answer = browser.sign_in(NORTH, PASSWORD).await;
    assert!(throttled(&answer), "even the right password waits: {}", answer.text());
    assert!(matches!(answer.error(), AppError::Throttled { seconds: 1..=5 }), "{}", answer.text());
    let mut other = app.browser();
    assert_eq!(other.sign_in("south@acme.example", PASSWORD).await.status, StatusCode::OK, "others don't wait");
    let mut elsewhere = app.browser();
    elsewhere.address = Some("203.0.113.7:40000".parse().unwrap());
    assert!(throttled(&elsewhere.sign_in(NORTH, PASSWORD).await), "from wherever");
    run(&pool, "update sign_in_attempt set at = at - interval '6 seconds'").await;
    fail(&mut browser, NORTH, 1).await;
    run(&pool, "update sign_in_attempt set at = at - interval '6 seconds'").await;
    assert!(throttled(&browser.sign_in(NORTH, PASSWORD).await), "the next wait is twice as long");
    run(&pool, "update sign_in_attempt set at = at - interval '5 seconds'").await;
    assert_eq!(browser.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
    fail(&mut browser, NORTH, 5).await;
    assert!(throttled(&browser.sign_in(NORTH, PASSWORD).await), "signing in forgave the failures, once");
    run(&pool, "update sign_in_attempt set at = at - interval '16 minutes'").await;
    fail(&mut browser, NORTH, 5).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn guessing_is_slowed_down_per_network_address(pool: PgPool) {
    world(&pool).await;
    run(
        &pool,
        "insert into sign_in_attempt (email, address) select 'guess' || n, '203.0.113.7' from generate_series(1, 30) n",
    )
    .await;
    let app = TestApp::new(&pool);
    let from = |address: &str| {
        let mut browser = app.browser();
        browser.address = Some(address.parse::<SocketAddr>().unwrap());
        browser
    };
    assert!(throttled(&from("203.0.113.7:1").sign_in(NORTH, PASSWORD).await));
    assert_eq!(from("203.0.113.8:1").sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_session_id_is_a_new_one_after_signing_in(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut victim = app.signed_in(NORTH).await;
    let planted = victim.cookies[SESSION].clone();
    victim.sign_in("south@acme.example", PASSWORD).await;
    assert_ne!(victim.cookies[SESSION], planted);
    assert_eq!(victim.me().await.as_deref(), Some("south@acme.example"));
    let mut attacker = app.browser();
    attacker.cookies.insert(SESSION.into(), planted);
    assert_eq!(attacker.me().await, None, "the old id is worth nothing");
    // An id the attacker made up: as long as real ones, and unknown.
    let made_up = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let mut victim = app.browser();
    victim.cookies.insert(SESSION.into(), made_up.clone());
    assert_eq!(victim.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
    assert_ne!(victim.cookies[SESSION], made_up);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites(pool: PgPool) {
    world(&pool).await;
    let cookie =
        |answer: &Answer| answer.header("set-cookie").split("; ").skip(1).map(str::to_owned).collect::<Vec<_>>();
    let plain = TestApp::new(&pool).browser().sign_in(NORTH, PASSWORD).await;
    let attributes = cookie(&plain);
    for wanted in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.iter().any(|attribute| attribute == wanted), "{wanted}: {attributes:?}");
    }
    assert!(!attributes.iter().any(|attribute| attribute == "Secure" || attribute.starts_with("Domain")));
    let secure = TestApp::with_cookies(&pool, true).browser().sign_in(NORTH, PASSWORD).await;
    assert!(cookie(&secure).iter().any(|attribute| attribute == "Secure"), "{:?}", cookie(&secure));
}

#[sqlx::test(migrations = "./migrations")]
async fn signing_out_ends_this_session(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let (mut here, mut there) = (app.signed_in(NORTH).await, app.signed_in(NORTH).await);
    let copy = here.clone();
    assert_eq!(here.post("sign-out", json!({})).await.status, StatusCode::OK);
    assert!(!here.cookies.contains_key(SESSION), "the browser is told to forget it");
    assert_eq!((here.me().await, copy.clone().me().await), (None, None), "and it would be worth nothing");
    assert_eq!(there.me().await.as_deref(), Some(NORTH));
    let sessions: i64 = sqlx::query_scalar("select count(*) from account_session").fetch_one(&pool).await.unwrap();
    assert_eq!(sessions, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn signing_out_everywhere_ends_all_sessions_of_the_account(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let (mut here, mut there) = (app.signed_in(NORTH).await, app.signed_in(NORTH).await);
    let mut other = app.signed_in("south@acme.example").await;
    assert_eq!(here.post("sign-out-everywhere", json!({})).await.status, StatusCode::OK);
    assert_eq!((here.me().await, there.me().await), (None, None));
    assert_eq!(other.me().await.as_deref(), Some("south@acme.example"));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_new_password_ends_the_sessions_begun_with_the_old_one(pool: PgPool) {
    let w = world(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in(NORTH).await;
    let form = |password: &str, version| PersonForm {
        id: Some(w.north.actor.account),
        version,
        name: "Nora North".into(),
        email: NORTH.into(),
        role: Role::RegionalManager,
        regions: vec![w.regions["NORTH"]],
        password: password.into(),
    };
    admin::save_person(&pool, &w.admin, form("", 1), IdempotencyKey::new()).await.unwrap();
    assert_eq!(north.me().await.as_deref(), Some(NORTH), "an empty password keeps the old one");
    let short = admin::save_person(&pool, &w.admin, form("too short", 2), IdempotencyKey::new()).await;
    assert!(short.shown().unwrap_err().beside("password").is_some());
    admin::save_person(&pool, &w.admin, form("battery staple", 2), IdempotencyKey::new()).await.unwrap();
    assert_eq!(north.me().await, None);
    assert_eq!(north.sign_in(NORTH, PASSWORD).await.status.as_u16(), 422);
    assert_eq!(north.sign_in(NORTH, "battery staple").await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_session_ends_two_weeks_after_its_last_use(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in(NORTH).await;
    // As if signed in ten days ago: the session has four days left, until it is used again.
    let ago = "update account_session set expires_at = expires_at - interval '10 days',
               data = case when data ? 'renewed' then jsonb_set(data, '{renewed}', to_jsonb((data->>'renewed')::bigint - 10)) else data end";
    run(&pool, ago).await;
    let answer = north.post("planner/overview", json!({})).await;
    assert!(answer.header("set-cookie").contains("Max-Age=1209600"), "the cookie lives on: {:?}", answer.headers);
    let left: i32 = sqlx::query_scalar("select extract(day from min(expires_at) - now())::int from account_session")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(left >= 13, "{left} days left");
    let answer = north.post("planner/overview", json!({})).await;
    assert_eq!(answer.header("set-cookie"), "", "renewed once a day, not with every request");
    run(&pool, "update account_session set expires_at = now() - interval '1 second'").await;
    assert_eq!(north.post("planner/overview", json!({})).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(north.me().await, None);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_session_that_begins_while_the_password_changes_ends_with_the_old_one(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in(NORTH).await;
    // The password is another one, and this session was begun with the old one after all sessions were ended.
    run(&pool, "update account set credential = credential + 1 where email = 'north@acme.example'").await;
    assert_eq!(north.me().await, None);
    assert_eq!(north.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
    assert_eq!(north.me().await.as_deref(), Some(NORTH), "the one it is now");
}
