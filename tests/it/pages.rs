//! The status of pages: decided before the first byte, however often and by whomever they are asked for. Each test has a
//! database of its own.

use crate::support::http::{Answer, Browser, TestApp};
use crate::support::world;
use axum::http::StatusCode;
use sqlx::PgPool;
use uuid::Uuid;

/// How often each page is asked for: what depends on who is faster shows in some of them.
const TIMES: usize = 12;

/// The answers to a page asked for again and again, several at a time, by browsers and by programs.
async fn asked(browser: &Browser, path: &str) -> Vec<Answer> {
    let mut asking = tokio::task::JoinSet::new();
    for nr in 0..TIMES {
        let (mut browser, path) = (browser.clone(), path.to_owned());
        if nr % 2 == 0 {
            browser.headers.push(("accept", "text/html,application/xhtml+xml".to_owned()));
        }
        asking.spawn(async move { browser.get(&path).await });
    }
    asking.join_all().await
}

async fn leads_to(browser: &Browser, path: &str, place: &str) {
    for answer in asked(browser, path).await {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, place), "{path}");
    }
}

async fn shows(browser: &Browser, path: &str, status: u16, text: &str) {
    for answer in asked(browser, path).await {
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("location"), "", "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}: people get a page");
        assert!(answer.text().contains(text), "{path} doesn't say {text}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn who_is_not_signed_in_is_led_to_the_sign_in_and_back(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.open("2026 H1").await;
    let app = TestApp::new(&pool);
    let nobody = app.browser();
    leads_to(&nobody, "/", "/sign-in?next=%2F").await;
    leads_to(&nobody, "/approvals", "/sign-in?next=%2Fapprovals").await;
    leads_to(&nobody, "/control", "/sign-in?next=%2Fcontrol").await;
    leads_to(&nobody, "/control/users", "/sign-in?next=%2Fcontrol%2Fusers").await;
    leads_to(&nobody, "/settings/people", "/sign-in?next=%2Fsettings%2Fpeople").await;
    let unknown = Uuid::now_v7().to_string();
    for id in [cycle.to_string(), unknown, "nonsense".to_owned()] {
        let next = format!("/sign-in?next=%2Fcycles%2F{}%3Fq%3Da", id.replace('-', "%2D"));
        leads_to(&nobody, &format!("/cycles/{id}?q=a"), &next).await;
    }
    shows(&nobody, "/sign-in?next=/approvals", 200, "Sign in").await;
    let admin = app.signed_in("admin@acme.example").await;
    leads_to(&admin, "/sign-in?next=%2Fapprovals", "/approvals").await;
    leads_to(&admin, "/sign-in?next=https://evil.example", "/").await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_is_not_there_or_not_for_somebody_says_so_in_its_status(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let app = TestApp::new(&pool);
    let (admin, north) = (app.signed_in("admin@acme.example").await, app.signed_in("north@acme.example").await);
    for known in ["/".to_owned(), "/control/users".to_owned(), format!("/cycles/{cycle}")] {
        shows(&admin, &known, 200, "<main").await;
    }
    shows(&north, "/approvals", 200, "Approvals").await;
    let unknown = format!("/cycles/{}", Uuid::now_v7());
    for missing in [unknown.as_str(), "/cycles/nonsense", "/cycles/00000000-0000-0000-0000-000000000000"] {
        shows(&admin, missing, 404, "was not found").await;
    }
    shows(&admin, "/no/such/page", 404, "This page does not exist").await;
    shows(&admin, "/control/nothing", 404, "There is no such page here").await;
    shows(&admin, "/approvals", 403, "Approvals belong to the regions").await;
    shows(&north, "/control/users", 403, "The Control Center is for admins").await;
    leads_to(&admin, "/control", "/control/regions").await;
    leads_to(&admin, "/settings/people", "/control/users").await;
    let theirs = crate::support::company(&pool, "Other", "other.example").await.open("2026 H1").await;
    shows(&admin, &format!("/cycles/{theirs}"), 404, "was not found").await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_failure_while_a_page_is_made_has_the_request_it_belongs_to(pool: PgPool) {
    world(&pool).await;
    let admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
    sqlx::query("alter table mt_class rename to gone").execute(&pool).await.unwrap();
    for path in ["/", "/control/microtargets"] {
        for answer in asked(&admin, path).await {
            let reference = answer.header("x-request-id").to_owned();
            assert!(answer.text().contains(&format!("report {reference}")), "{path} names {reference}");
        }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn whose_page_is_being_made_is_nobody_elses_identity(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let (admin, nobody) = (app.signed_in("admin@acme.example").await, app.browser());
    let north = app.signed_in("north@acme.example").await;
    let mut asking = tokio::task::JoinSet::new();
    for nr in 0..120 {
        let (mut admin, mut nobody, mut north) = (admin.clone(), nobody.clone(), north.clone());
        asking.spawn(async move {
            match nr % 3 {
                0 => drop(admin.get("/").await),
                1 => assert_eq!(nobody.me().await, None, "nobody is signed in"),
                _ => assert_eq!(north.me().await.as_deref(), Some("north@acme.example")),
            }
        });
    }
    asking.join_all().await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_page_has_one_address(pool: PgPool) {
    world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in("north@acme.example").await;
    for (asked, place) in
        [("/control/", "/control"), ("/profile/?a=b", "/profile?a=b"), ("//evil.example/", "/evil.example")]
    {
        let answer = north.get(asked).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (308, place), "{asked}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn pages_are_whole_on_several_threads(pool: PgPool) {
    world(&pool).await;
    let options = pool.connect_options();
    // Parts of a page are made by whichever thread is free; a test has one, the program has several.
    let asked = tokio::task::spawn_blocking(move || {
        let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        threads.block_on(async move {
            let pool = PgPool::connect_with((*options).clone()).await.unwrap();
            let admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let mut admin = admin.clone();
                asking.spawn(async move {
                    for _ in 0..300 {
                        let answer = admin.get("/control/users").await;
                        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
                    }
                });
            }
            asking.join_all().await;
        });
    });
    asked.await.unwrap();
}
