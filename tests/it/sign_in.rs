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
use cutline_platform::session::{ACCOUNT, PostgresSessions};
use cutline_wire::AppError;
use serde_json::json;
use sqlx::PgPool;
use std::net::SocketAddr;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

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

/// A browser that connects from an address.
fn from(app: &TestApp, address: &str) -> Browser {
    let mut browser = app.browser();
    browser.address = Some(address.parse::<SocketAddr>().unwrap());
    browser
}

#[sqlx::test(migrations = "./migrations")]
async fn failures_elsewhere_lock_nobody_out(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    fail(&mut from(&app, "203.0.113.7:1"), NORTH, 5).await;
    assert!(throttled(&from(&app, "203.0.113.7:2").sign_in(NORTH, PASSWORD).await), "there it waits");
    assert_eq!(from(&app, "203.0.113.8:1").sign_in(NORTH, PASSWORD).await.status, StatusCode::OK, "here it doesn't");
    let invented = "insert into sign_in_attempt (email, address)
                    select 'guess' || n || '@acme.example', '203.0.113.9' from generate_series(1, 30) n";
    run(&pool, invented).await;
    let proxied = from(&app, "203.0.113.9:1").sign_in("south@acme.example", PASSWORD).await;
    assert_eq!(proxied.status, StatusCode::OK, "thirty invented failures behind one address: {}", proxied.text());
}

#[sqlx::test(migrations = "./migrations")]
async fn guessing_that_is_spread_out_is_slowed_down_but_for_known_devices(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut known = from(&app, "203.0.113.7:1");
    assert_eq!(known.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
    let attack = "insert into sign_in_attempt (email, address)
                  select 'north@acme.example', '198.51.100.' || n from generate_series(1, 60) n";
    run(&pool, attack).await;
    assert!(throttled(&from(&app, "203.0.113.8:1").sign_in(NORTH, PASSWORD).await), "from anywhere new it waits");
    known.cookies.remove(SESSION);
    known.address = Some("203.0.113.99:1".parse().unwrap());
    assert_eq!(known.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK, "a known device doesn't, wherever it is");
    known.cookies.insert("cutline_device".into(), "made-up".into());
    assert!(throttled(&known.sign_in(NORTH, PASSWORD).await), "one made up is none");
    let spray = "insert into sign_in_attempt (email, address)
                 select 'guess' || n || '@acme.example', '203.0.113.9' from generate_series(1, 300) n";
    run(&pool, spray).await;
    assert!(throttled(&from(&app, "203.0.113.9:1").sign_in("south@acme.example", PASSWORD).await));
}

#[sqlx::test(migrations = "./migrations")]
async fn of_any_number_at_once_only_the_free_ones_are_hashed(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let mut browser = app.browser();
        tries.spawn(async move { browser.sign_in(NORTH, "not the password").await.status.as_u16() });
    }
    let mut statuses = tries.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 25, "{statuses:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn what_nobody_can_sign_in_with_is_refused_without_work(pool: PgPool) {
    world(&pool).await;
    let mut browser = TestApp::new(&pool).browser();
    let long = format!("{}@acme.example", "x".repeat(6000));
    let endless = "x".repeat(100_000);
    for (email, password) in [("a\0b@acme.example", "x"), (long.as_str(), "x"), (NORTH, endless.as_str())] {
        for _ in 0..7 {
            let answer = browser.sign_in(email, password).await;
            assert_eq!(answer.error(), AppError::invalid("password", "E-mail address or password is wrong."));
        }
    }
    assert_eq!(browser.sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_trusted_proxy_says_who_called(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let through = |caller: &str| {
        let mut browser = from(&app, "10.1.2.3:1");
        browser.headers.push(("x-forwarded-for", caller.to_owned()));
        browser
    };
    fail(&mut through("203.0.113.7"), NORTH, 5).await;
    assert!(throttled(&through("203.0.113.7").sign_in(NORTH, PASSWORD).await));
    assert!(
        throttled(&through("6.6.6.6, 203.0.113.7").sign_in(NORTH, PASSWORD).await),
        "what callers write is no matter"
    );
    assert_eq!(through("203.0.113.8").sign_in(NORTH, PASSWORD).await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn sessions_that_are_over_are_dropped_and_an_account_has_so_many(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let old = "insert into account_session (session_id, account_id, data, expires_at)
               select 'old' || n || account_id, account_id, '{}', now() - interval '1 day' from account, generate_series(1, 3) n";
    let used = "insert into account_session (session_id, account_id, data, expires_at)
                select 'used' || n, account_id, '{}', now() + n * interval '1 minute'
                from account, generate_series(1, 40) n where email = 'north@acme.example'";
    run(&pool, old).await;
    run(&pool, used).await;
    let mut north = app.signed_in(NORTH).await;
    assert_eq!(north.me().await.as_deref(), Some(NORTH));
    let left: Vec<String> = sqlx::query_scalar("select session_id from account_session order by expires_at")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!((left.len(), left[0].as_str()), (20, "used22"), "those used last stay");
}

#[sqlx::test(migrations = "./migrations")]
async fn sessions_that_are_over_are_dropped_so_many_at_a_time(pool: PgPool) {
    world(&pool).await;
    let old = "insert into account_session (session_id, account_id, data, expires_at)
               select 'old' || n, account_id, '{}', now() - interval '1 day'
               from account, generate_series(1, 1200) n where email = 'south@acme.example'";
    run(&pool, old).await;
    let app = TestApp::new(&pool);
    let left = async || -> i64 {
        sqlx::query_scalar("select count(*) from account_session where expires_at <= now()")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    for wanted in [700, 200, 0, 0] {
        app.signed_in(NORTH).await;
        assert_eq!(left().await, wanted, "no sign-in waits for a long clearing");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn sessions_that_begin_at_once_are_counted_together(pool: PgPool) {
    let w = world(&pool).await;
    let store = PostgresSessions(pool.clone());
    let mut beginning = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let (store, account) = (store.clone(), w.north.actor.account);
        beginning.spawn(async move {
            let data = [(ACCOUNT.to_owned(), json!(account))].into();
            let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::days(1);
            store.create(&mut Record { id: Id::default(), data, expiry_date }).await.unwrap();
        });
    }
    beginning.join_all().await;
    let sessions: i64 = sqlx::query_scalar("select count(*) from account_session").fetch_one(&pool).await.unwrap();
    assert_eq!(sessions, 20);
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

#[sqlx::test(migrations = "./migrations")]
async fn admins_change_their_own_role(pool: PgPool) {
    let w = world(&pool).await;
    let mut admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
    run(&pool, "update membership set role = 'admin'").await;
    let form = json!({ "id": w.admin.actor.account, "version": 1, "name": "Ada Admin", "email": "admin@acme.example",
                       "role": "analyst", "regions": [], "password": "" });
    let answer = admin.post("company/person/save", json!({ "key": IdempotencyKey::new(), "form": form })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(admin.post("company/people", json!({})).await.status, StatusCode::FORBIDDEN, "no admin any more");
}
