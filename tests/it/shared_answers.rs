//! Many who ask for the same: one answer is made and shared by all who may see it, and by nobody else. Each test has a database of
//! its own.

use crate::support::http::{Answer, TestApp};
use crate::support::{World, accept, world};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::snapshot::Columns;
use cutline_platform::pressure::{Room, shed};
use cutline_wire::AppError;
use http_body_util::BodyExt;
use serde_json::json;
use sqlx::PgPool;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tower::ServiceExt;

async fn with_items(pool: &PgPool) -> (World, CycleId, String) {
    let w = world(pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "SOUTH", "", "15")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    (w, cycle, format!("/api/cycles/{cycle}/snapshot"))
}

fn columns(answer: &Answer) -> Columns {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    Columns::decode(&answer.body).unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn two_hundred_readers_are_one_query_and_all_get_it(pool: PgPool) {
    let (_, _, snapshot) = with_items(&pool).await;
    let app = TestApp::new(&pool);
    let browser = app.signed_in("admin@acme.example").await;
    // Nobody can read the items while this is held.
    let mut held = pool.begin().await.unwrap();
    sqlx::query("lock table item in access exclusive mode").execute(&mut *held).await.unwrap();
    let mut reading = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let (mut browser, snapshot) = (browser.clone(), snapshot.clone());
        reading.spawn(async move { browser.get(&snapshot).await });
    }
    let waiting = async || -> i64 {
        let waiting = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        waiting.fetch_one(&pool).await.unwrap()
    };
    let begin = Instant::now();
    while waiting().await == 0 {
        assert!(begin.elapsed() < Duration::from_secs(30), "somebody reads");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(waiting().await, 1, "one reads for all");
    held.rollback().await.unwrap();
    let answers = reading.join_all().await;
    assert!(answers.iter().all(|answer| columns(answer).seqs == [0, 1]));
}

#[sqlx::test(migrations = "./migrations")]
async fn who_comes_first_may_leave_without_taking_it_from_the_others(pool: PgPool) {
    let (_, _, snapshot) = with_items(&pool).await;
    let browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let mut held = pool.begin().await.unwrap();
    sqlx::query("lock table item in access exclusive mode").execute(&mut *held).await.unwrap();
    let ask = |mut browser: crate::support::http::Browser| {
        let snapshot = snapshot.clone();
        tokio::spawn(async move { browser.get(&snapshot).await })
    };
    let first = ask(browser.clone());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = ask(browser.clone());
    tokio::time::sleep(Duration::from_millis(300)).await;
    first.abort();
    held.rollback().await.unwrap();
    let answer =
        tokio::time::timeout(Duration::from_secs(30), second).await.expect("it doesn't wait for ever").unwrap();
    assert_eq!(columns(&answer).seqs, [0, 1]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_shared_answer_is_of_its_reader_and_of_now(pool: PgPool) {
    let (w, cycle, snapshot) = with_items(&pool).await;
    let app = TestApp::new(&pool);
    let mut admin = app.signed_in("admin@acme.example").await;
    let (mut north, mut south) = (app.signed_in("north@acme.example").await, app.signed_in("south@acme.example").await);
    for _ in 0..2 {
        assert_eq!(columns(&admin.get(&snapshot).await).seqs, [0, 1]);
        assert_eq!(columns(&north.get(&snapshot).await).seqs, [0]);
        assert_eq!(columns(&south.get(&snapshot).await).seqs, [1]);
    }
    let before = columns(&admin.get(&snapshot).await);
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    let after = columns(&admin.get(&snapshot).await);
    assert_eq!(
        (after.revision, after.row(0).status),
        (before.revision + 1, cutline_domain::planner::approval::Status::Accepted)
    );
    // Items name regions by position: one that comes before the others moves them all, and the cycle's revision stays.
    let region = "insert into region (company_id, region_id, code, name) values ($1, '00000000-0000-0000-0000-000000000001', 'A', 'A')";
    sqlx::query(region).bind(w.company.0).execute(&pool).await.unwrap();
    let moved = columns(&admin.get(&snapshot).await);
    assert_eq!(moved.revision, after.revision);
    assert_eq!(moved.row(0).region, after.row(0).region + 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_cycle_that_is_over_follows_contacts_that_move(pool: PgPool) {
    let (w, cycle, snapshot) = with_items(&pool).await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    w.transfer(cycle, true).await.unwrap();
    let app = TestApp::new(&pool);
    let (mut north, mut south) = (app.signed_in("north@acme.example").await, app.signed_in("south@acme.example").await);
    assert_eq!(
        (columns(&north.get(&snapshot).await).seqs, columns(&south.get(&snapshot).await).seqs),
        (vec![0], vec![1])
    );
    let revision = w.revision(cycle).await;
    w.load(&[("C1", "SOUTH", "", "5")]).await;
    assert_eq!(w.revision(cycle).await, revision, "it is over");
    assert_eq!(columns(&north.get(&snapshot).await).seqs, [] as [u32; 0], "no longer theirs");
    assert_eq!(columns(&south.get(&snapshot).await).seqs, [0, 1]);
}

#[sqlx::test(migrations = "./migrations")]
async fn whoever_takes_it_compressed_gets_the_same(pool: PgPool) {
    let (_, _, snapshot) = with_items(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let plain = browser.get(&snapshot).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    browser.headers.push(("accept-encoding", "gzip, deflate".to_owned()));
    let packed = browser.get(&snapshot).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "accept-encoding"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn more_than_there_is_room_for_is_turned_away_at_once() {
    let done = Arc::new(Notify::new());
    let work = {
        let done = done.clone();
        move || async move { done.notified().await }
    };
    let app: Router = Router::new().route("/", get(work)).layer(from_fn_with_state(Room::of(2), shed));
    let ask = || app.clone().oneshot(Request::get("/").body(Body::empty()).unwrap());
    let (first, second) = (tokio::spawn(ask()), tokio::spawn(ask()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let refused = tokio::time::timeout(Duration::from_secs(5), ask()).await.expect("at once").unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"5".parse().unwrap()));
    let problem = refused.into_body().collect().await.unwrap().to_bytes();
    let problem: serde_json::Value = serde_json::from_slice(&problem).unwrap();
    assert!(problem["detail"].as_str().unwrap().ends_with("try again in a moment."), "{problem}");
    done.notify_waiters();
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    let next = tokio::spawn(ask());
    tokio::time::sleep(Duration::from_millis(200)).await;
    done.notify_waiters();
    assert_eq!(next.await.unwrap().unwrap().status(), StatusCode::OK, "there is room again");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_full_disk_is_called_that(pool: PgPool) {
    world(&pool).await;
    let mut admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
    for sql in [
        "create function full_disk() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$",
        "create trigger full_disk before insert on region for each row execute function full_disk()",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    let form = json!({ "id": null, "version": 0, "parent": null, "name": "West", "code": "WEST" });
    let path = "/api/company/region/save";
    let body = json!({ "key": uuid::Uuid::now_v7(), "form": form }).to_string();
    let answer = admin.send(Method::POST, path, Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.error()), (507, AppError::DiskFull));
    assert!(answer.error().to_string().contains("disk is full"));
}
