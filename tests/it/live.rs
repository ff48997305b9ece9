//! What open pages are told: two servers on one database, each with a router and a connection of its own that listens. Each
//! test has a database of its own.

use crate::support::accounts::{form, person, save_person};
use crate::support::http::{Browser, Stream, TestApp};
use crate::support::{World, accept, company, reject, world};
use axum::http::StatusCode;
use cutline::server::serve;
use cutline_company::model::{PersonForm, RegionForm};
use cutline_company::service as admin;
use cutline_domain::Role;
use cutline_domain::base::ids::{CycleId, IdempotencyKey};
use cutline_planner::model::Decide;
use cutline_wire::{AppError, Standing};
use serde_json::json;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Longer than a session is believed without a look at it.
const NOT_FRESH: Duration = Duration::from_millis(2100);

fn path(cycle: CycleId) -> String {
    format!("/api/cycles/{cycle}/live")
}

/// A stream that has told how things stand, at one of so many servers that listen; what they may have missed before is told
/// as well.
async fn open(browser: &mut Browser, cycle: CycleId, (pool, servers): (&PgPool, i64)) -> Stream {
    let answer = browser.stream(&path(cycle)).await;
    let mut stream = answer.unwrap_or_else(|answer| panic!("{}: {}", answer.status, answer.text()));
    assert!(stream.next().await.is_some());
    listen(pool, servers).await;
    while !stream.is_silent(700).await {}
    stream
}

/// Waits until what a stream tells is as wanted.
async fn told(stream: &mut Stream, wanted: impl Fn(&Standing) -> bool) {
    while let Some(standing) = stream.next().await {
        if wanted(&standing) {
            return;
        }
    }
    panic!("the stream ended");
}

async fn here(stream: &mut Stream, names: &[&str]) {
    told(stream, |standing| standing.here == names).await;
}

/// A decision made through a server.
async fn decide(w: &World, browser: &mut Browser, cycle: CycleId, id: &str) {
    let items = vec![w.items(cycle).await[id].seq.unsigned_abs()];
    let request = Decide { cycle, seen: w.seen(cycle).await, items, command: accept() };
    let answer = browser.post("planner/cycle/decide", json!({ "request": request })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json()["done"], 1);
}

/// How many connections listen.
async fn listening(pool: &PgPool) -> i64 {
    let count = sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
    );
    count.fetch_one(pool).await.unwrap()
}

/// Waits until so many listen.
async fn listen(pool: &PgPool, servers: i64) {
    for _ in 0..500 {
        if listening(pool).await == servers {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} listen, not {servers}", listening(pool).await);
}

/// Stops servers; the database can be dropped after it.
async fn stop(pool: &PgPool, servers: &[&TestApp]) {
    for server in servers {
        server.live.stop();
        server.live.ended().await;
    }
    listen(pool, 0).await;
}

async fn approving(w: &World) -> CycleId {
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "15"), ("C3", "NORTH", "", "25")]).await;
    w.approving("2026 H1", &[10, 20]).await
}

#[sqlx::test(migrations = "./migrations")]
async fn a_decision_at_one_server_is_told_at_the_other_within_a_second(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let (one, two) = (TestApp::new(&pool), TestApp::new(&pool));
    let mut north = one.signed_in("north@acme.example").await;
    let mut ada = two.signed_in("admin@acme.example").await;
    ada.headers.push(("accept-encoding", "gzip, br".into()));
    let mut stream = open(&mut ada, cycle, (&pool, 1)).await;
    for (name, value) in [("content-type", "text/event-stream"), ("cache-control", "no-store")] {
        assert_eq!(stream.headers[name], value);
    }
    assert!(!stream.headers.contains_key("content-encoding"), "what compresses waits for more");
    for id in ["C1", "C2", "C3"] {
        let before = Instant::now();
        decide(&w, &mut north, cycle, id).await;
        let revision = Some(w.revision(cycle).await);
        told(&mut stream, |standing| standing.revision == revision).await;
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    }
    // A load changes the cycle without a command of its own.
    w.load(&[("C4", "NORTH", "", "35")]).await;
    let revision = Some(w.revision(cycle).await);
    told(&mut stream, |standing| standing.revision == revision).await;
    // What is refused changes nothing, and is not told.
    assert!(w.decide(&w.north, cycle, &["C1"], reject("")).await.is_err());
    assert!(stream.is_silent(300).await);
    assert_eq!(listening(&pool).await, 1, "only where a page is open somebody listens");
    stop(&pool, &[&one, &two]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn other_companies_and_managers_without_an_item_are_told_nothing(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let other = company(&pool, "Umbra", "umbra.example").await;
    let own = other.open("2026 H1").await;
    let app = TestApp::new(&pool);
    let mut nobody = app.browser();
    let refused = nobody.stream(&path(cycle)).await.err().unwrap();
    assert_eq!((refused.status, refused.error()), (StatusCode::UNAUTHORIZED, AppError::SignedOut));
    let mut stranger = app.signed_in("admin@umbra.example").await;
    let mut strangers = open(&mut stranger, own, (&pool, 1)).await;
    let mut admin = app.signed_in("admin@acme.example").await;
    let mut stream = open(&mut admin, cycle, (&pool, 1)).await;
    let mut refused = vec![stranger];
    // Nothing of the cycle is in the South, in the City, or the rep's own.
    for local in ["south", "city", "rep"] {
        refused.push(app.signed_in(&format!("{local}@acme.example")).await);
    }
    for browser in &mut refused {
        let answer = browser.stream(&path(cycle)).await.err().unwrap();
        assert_eq!((answer.status, answer.error()), (StatusCode::NOT_FOUND, AppError::not_found("This cycle")));
    }
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    let revision = Some(w.revision(cycle).await);
    told(&mut stream, |standing| standing.revision == revision && standing.here.is_empty()).await;
    assert!(strangers.is_silent(300).await);
    assert!(stream.is_silent(300).await, "who was refused is not here");
    stop(&pool, &[&app]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_stream_ends_with_its_session_and_with_what_it_might_see(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let app = TestApp::new(&pool);
    let mut out = app.signed_in("analyst@acme.example").await;
    let mut moved = app.signed_in("north@acme.example").await;
    let mut stays = app.signed_in("admin@acme.example").await;
    let (mut ends, mut ends_too, mut goes_on) = (
        open(&mut out, cycle, (&pool, 1)).await,
        open(&mut moved, cycle, (&pool, 1)).await,
        open(&mut stays, cycle, (&pool, 1)).await,
    );
    while !ends.is_silent(300).await {}
    assert_eq!(out.post("sign-out-everywhere", json!({})).await.status, StatusCode::OK);
    sqlx::query("update membership set role = 'analyst' where account_id = $1")
        .bind(w.north.actor.account.0)
        .execute(&pool)
        .await
        .unwrap();
    tokio::time::sleep(NOT_FRESH).await;
    w.rescore("C1", "7").await;
    let revision = w.revision(cycle).await;
    for ended in [&mut ends, &mut ends_too] {
        while let Some(standing) = ended.next().await {
            assert!(standing.revision < Some(revision), "told after the end: {standing:?}");
        }
    }
    told(&mut goes_on, |standing| standing.revision == Some(revision) && standing.here.is_empty()).await;
    stop(&pool, &[&app]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_stream_ends_with_its_session_even_when_nothing_happens(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let app = TestApp::new(&pool);
    let mut ada = app.signed_in("admin@acme.example").await;
    let mut stream = open(&mut ada, cycle, (&pool, 1)).await;
    sqlx::query("delete from account_session").execute(&pool).await.unwrap();
    let before = Instant::now();
    assert_eq!(stream.within(20).await, None, "the session is looked at every so often");
    assert!(before.elapsed() > Duration::from_secs(5), "it wasn't ended by anything else");
    stop(&pool, &[&app]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn whose_rights_became_others_is_told_to_look_again_within_a_second_and_nobody_else_is(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let (one, two) = (TestApp::new(&pool), TestApp::new(&pool));
    let mut ada = one.signed_in("admin@acme.example").await;
    let mut analyst = one.signed_in("analyst@acme.example").await;
    let mut north = two.signed_in("north@acme.example").await;
    let mut adas = open(&mut ada, cycle, (&pool, 1)).await;
    let mut analysts = open(&mut analyst, cycle, (&pool, 1)).await;
    let mut norths = open(&mut north, cycle, (&pool, 2)).await;
    let looks_again = async |stream: &mut Stream| {
        let before = Instant::now();
        assert_eq!(stream.next().await, Some(Standing::default()), "look again, and no more than that");
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
        assert_eq!(stream.next().await, None, "the next stream is one of the rights they have then");
    };
    let goes_on = async |stream: &mut Stream| {
        while !stream.is_silent(500).await {}
        w.rescore("C1", &format!("{}", w.revision(cycle).await)).await;
        let revision = Some(w.revision(cycle).await);
        told(stream, |standing| {
            assert!(standing.revision.is_some(), "whose rights are the same has nothing to look for");
            standing.revision == revision
        })
        .await;
    };
    // The City is no part of the North any more.
    let city =
        RegionForm { id: Some(w.regions["CITY"]), version: 1, parent: None, code: "CITY".into(), name: "City".into() };
    admin::save_region(&pool, &w.admin, city, IdempotencyKey::new()).await.unwrap();
    looks_again(&mut norths).await;
    goes_on(&mut analysts).await;
    // A regional manager from now on, with the right to look as before.
    let regions = vec![w.regions["NORTH"]];
    let ann = PersonForm { role: Role::RegionalManager, regions, ..form(&person(&w, &w.analyst).await) };
    save_person(&w, ann).await.unwrap();
    looks_again(&mut analysts).await;
    goes_on(&mut adas).await;
    stop(&pool, &[&one, &two]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn who_is_here_is_known_at_every_server_each_once_and_without_oneself(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let (one, two) = (TestApp::new(&pool), TestApp::new(&pool));
    let mut ada = one.signed_in("admin@acme.example").await;
    let mut north = two.signed_in("north@acme.example").await;
    let mut adas = open(&mut ada, cycle, (&pool, 1)).await;
    let mut norths = open(&mut north, cycle, (&pool, 2)).await;
    here(&mut adas, &["Nora North"]).await;
    // Whoever comes later is told by the servers who was here before; her other tab, at either server, is still her.
    let mut elsewhere = two.signed_in("admin@acme.example").await;
    let mut other_tab = elsewhere.stream(&path(cycle)).await.ok().unwrap();
    here(&mut other_tab, &["Nora North"]).await;
    let mut analyst = one.signed_in("analyst@acme.example").await;
    let mut analysts = analyst.stream(&path(cycle)).await.ok().unwrap();
    here(&mut analysts, &["Ada Admin", "Nora North"]).await;
    here(&mut norths, &["Ada Admin", "Ann Analyst"]).await;
    drop(adas);
    drop(analysts);
    here(&mut norths, &["Ada Admin"]).await;
    drop(other_tab);
    here(&mut norths, &[]).await;
    stop(&pool, &[&one, &two]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn who_listens_again_after_a_lost_connection_has_everybody_look_again(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let app = TestApp::new(&pool);
    let mut ada = app.signed_in("admin@acme.example").await;
    let mut stream = open(&mut ada, cycle, (&pool, 1)).await;
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query ilike 'listen%'",
    )
    .execute(&pool)
    .await
    .unwrap();
    told(&mut stream, |standing| standing.revision.is_none()).await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    let revision = Some(w.revision(cycle).await);
    told(&mut stream, |standing| standing.revision == revision).await;
    stop(&pool, &[&app]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_session_has_few_streams_and_who_leaves_makes_room(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let app = TestApp::new(&pool);
    let mut ada = app.signed_in("admin@acme.example").await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(ada.stream(&path(cycle)).await.ok().unwrap());
    }
    let refused = ada.stream(&path(cycle)).await.err().unwrap();
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers.contains_key("retry-after"));
    let mut another = app.signed_in("admin@acme.example").await;
    assert!(another.stream(&path(cycle)).await.is_ok(), "another session has its own");
    streams.pop();
    streams.push(ada.stream(&path(cycle)).await.ok().unwrap());
    drop(streams);
    stop(&pool, &[&app]).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_server_that_stops_ends_its_streams_and_is_not_held_up_by_them(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let (app, other) = (TestApp::new(&pool), TestApp::new(&pool));
    let ada = app.signed_in("admin@acme.example").await;
    let mut north = other.signed_in("north@acme.example").await;
    let mut norths = open(&mut north, cycle, (&pool, 1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, app.router(), app.live.clone(), async {
        let _ = stopped.await;
    }));
    let mut client = TcpStream::connect(address).await.unwrap();
    let cookie = format!("cutline_session={}", ada.cookies["cutline_session"]);
    let request = format!("GET {} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n", path(cycle));
    client.write_all(request.as_bytes()).await.unwrap();
    here(&mut norths, &["Ada Admin"]).await;
    let before = Instant::now();
    stopping.send(()).unwrap();
    let mut told = String::new();
    client.read_to_string(&mut told).await.unwrap();
    assert!(told.contains("text/event-stream") && told.contains("data: "), "{told}");
    assert!(told.ends_with("0\r\n\r\n"), "the stream ended in order");
    serving.await.unwrap().unwrap();
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    // A server that says goodbye is believed at once.
    here(&mut norths, &[]).await;
    let mut late = app.signed_in("admin@acme.example").await;
    assert_eq!(late.stream(&path(cycle)).await.err().unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
    stop(&pool, &[&other]).await;
}
