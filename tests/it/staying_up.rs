//! The program when its PostgreSQL dies, hangs or is told to stop, and when it is to stop itself. Real processes; every wait has
//! a bound, and none depends on how fast the machine is.

use crate::support::http::{Browser, TestApp};
use crate::support::place::{Place, all_in, answers, anything_runs_in};
use axum::http::StatusCode;
use cutline_platform::database::{Database, DatabaseSettings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Far longer than anything here takes on a machine that does something else too.
const LONG: Duration = Duration::from_mins(1);

/// Waits for something, for a bounded time.
async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !is().await {
        assert!(begin.elapsed() < LONG, "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn watched(place: &Place) -> (Arc<Database>, Browser) {
    let mut database = place.open().await;
    database.migrate().await.expect("migrated");
    database.watch();
    let database = Arc::new(database);
    let browser = TestApp::of(database.clone()).browser();
    (database, browser)
}

async fn is_ready(browser: &mut Browser) -> bool {
    browser.get("/readyz").await.status == StatusCode::OK
}

/// Ends a database that others may still hold.
async fn closed(database: Arc<Database>) {
    Arc::try_unwrap(database).expect("nobody else holds it").close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_comes_back_and_nobody_waits_meanwhile() {
    let place = Place::new();
    let (database, mut browser) = watched(&place).await;
    assert!(is_ready(&mut browser).await);
    // It can't come back before this is undone.
    let (settings, aside) = (place.data.join("cluster/postgresql.conf"), place.data.join("cluster/aside"));
    fs::rename(&settings, &aside).expect("its settings");
    place.kill_server();
    until("it is noticed", async || database.away().since().is_some()).await;
    let begin = Instant::now();
    for answer in [
        browser.post("me", json!({})).await,
        browser.sign_in("ada@example.com", "secret").await,
        browser.get("/api/cycles/x/snapshot").await,
        browser.get("/").await,
        browser.get("/readyz").await,
    ] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    }
    assert!(begin.elapsed() < Duration::from_secs(5), "at once, where a connection is waited for for ten seconds");
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK, "the process lives");
    let refused = browser.post("me", json!({})).await;
    assert_eq!((refused.header("retry-after"), refused.json()["status"].as_u64()), ("5", Some(503)));
    assert!(browser.get("/").await.text().contains("does not answer"), "the page says what is the matter");
    fs::rename(&aside, &settings).expect("its settings");
    until("it comes back", async || is_ready(&mut browser).await).await;
    assert_eq!(browser.post("me", json!({})).await.status, StatusCode::OK);
    // Once more, with nothing in its way, and with somebody who waits while it happens.
    let before = place.server();
    place.kill_server();
    until("it is another one", async || place.server().is_some_and(|server| Some(server) != before)).await;
    until("it comes back again", async || is_ready(&mut browser).await).await;
    drop(browser);
    closed(database).await;
    assert!(!anything_runs_in(&place.data));
}

/// Processes that stand still, until this is dropped.
struct Still(Vec<Pid>);

impl Still {
    fn stop(processes: Vec<Pid>) -> Self {
        let still = Self(processes);
        for process in &still.0 {
            kill(*process, Signal::SIGSTOP).expect("it stands still");
        }
        still
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        self.0.iter().for_each(|process| _ = kill(*process, Signal::SIGCONT));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_told_within_a_second_each_time() {
    let place = Place::new();
    let (database, mut browser) = watched(&place).await;
    assert!(is_ready(&mut browser).await);
    let still = Still::stop(all_in(&place.data.join("cluster")));
    // More often than the door has connections: one that hangs must not make the next one wait longer.
    for nr in 0..8 {
        let begin = Instant::now();
        assert!(!is_ready(&mut browser).await, "probe {nr}");
        assert!(begin.elapsed() < Duration::from_secs(1), "probe {nr} took {:?}", begin.elapsed());
    }
    until("it counts as away", async || database.away().since().is_some()).await;
    assert_eq!(browser.post("me", json!({})).await.status, StatusCode::SERVICE_UNAVAILABLE);
    drop(still);
    until("it goes on", async || is_ready(&mut browser).await).await;
    drop(browser);
    closed(database).await;
}

#[tokio::test]
async fn a_server_that_waits_for_its_last_connection_keeps_nobody_from_starting_or_stopping() {
    let place = Place::new();
    let embedded = place.start().await;
    let lasting = PgConnection::connect(embedded.url()).await.expect("a connection");
    place.signal_server(Signal::SIGTERM);
    let begin = Instant::now();
    let again = tokio::time::timeout(LONG, place.start()).await.expect("it starts in time, not after five minutes");
    assert!(answers(again.url()).await, "and takes connections");
    drop(lasting);
    let lasting = PgConnection::connect(again.url()).await.expect("a connection");
    place.signal_server(Signal::SIGTERM);
    embedded.stop().await.expect("the first leaves");
    again.stop().await.expect("the last one stops it, whoever is connected");
    assert!(begin.elapsed() < LONG, "{:?}", begin.elapsed());
    assert!(!anything_runs_in(&place.data));
    drop(lasting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_told_to_stop_under_a_running_program_is_there_again() {
    let place = Place::new();
    let (database, mut browser) = watched(&place).await;
    let before = place.server();
    place.signal_server(Signal::SIGTERM);
    until("another one runs", async || place.server().is_some_and(|server| Some(server) != before)).await;
    until("it answers", async || is_ready(&mut browser).await).await;
    drop(browser);
    closed(database).await;
    assert!(!anything_runs_in(&place.data));
}

#[tokio::test]
async fn who_uses_its_address_keeps_it_alive_like_any_other() {
    let place = Place::new();
    let owner = place.open().await;
    let url = owner.embedded_url().expect("ours").to_owned();
    let settings = DatabaseSettings { url: Some(url), ..DatabaseSettings::default() };
    let guest = Database::connect(&settings).await.expect("the same server");
    owner.close().await.expect("the one who started it leaves");
    let one: i32 = sqlx::query_scalar("select 1").fetch_one(guest.pool()).await.expect("it still runs");
    assert_eq!(one, 1);
    guest.close().await.expect("the last one leaves");
    assert!(!anything_runs_in(&place.data), "and it is stopped");
}

/// The program itself, serving.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(place: &Place) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
        command.env_remove("DATABASE_URL").env("CUTLINE_DATA_DIR", &place.data).args([
            "serve",
            "--addr",
            "127.0.0.1:0",
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once("ready on http://").map(|(_, at)| at.to_owned()));
        Self { child, address: ready.expect("it is ready") }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("a bound");
        stream
    }

    /// A request that is under way and doesn't end.
    fn endless(&self) -> TcpStream {
        let mut stream = self.connect();
        let head =
            "POST /api/me HTTP/1.1\r\nhost: cutline\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).expect("half a request");
        stream
    }

    fn signal(&self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).expect("the program gets it");
    }

    /// Its end, for which it has so long.
    async fn ended_within(&mut self, bound: Duration) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(begin.elapsed() < bound, "it still runs after {:?}", begin.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().expect("its log").read_to_string(&mut said).expect("text");
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_in_time_whoever_is_still_talking_and_the_log_of_a_first_start_is_quiet() {
    let place = Place::new();
    let mut program = Program::start(&place);
    let talking = program.endless();
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.signal();
    let status = program.ended_within(Duration::from_secs(31)).await;
    assert!(status.success(), "{status}");
    assert!(!anything_runs_in(&place.data), "its PostgreSQL has stopped with it");
    drop(talking);
    let said = program.said();
    assert!(said.lines().count() < 20 && !said.contains("slow statement") && !said.contains("ERROR"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_twice_it_ends_at_once() {
    let place = Place::new();
    let mut program = Program::start(&place);
    let talking = program.endless();
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.signal();
    tokio::time::sleep(Duration::from_millis(500)).await;
    program.signal();
    // Less than requests under way are given after the first one.
    let status = program.ended_within(Duration::from_secs(6)).await;
    assert_eq!(status.code(), Some(1));
    until("its PostgreSQL ends", async || !anything_runs_in(&place.data)).await;
    drop(talking);
    let embedded = place.start().await;
    assert!(answers(embedded.url()).await, "the data is whole");
    embedded.stop().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_or_never_finishes_is_not_waited_for() {
    let place = Place::new();
    let program = Program::start(&place);
    let (silent, mut slow) = (program.connect(), program.connect());
    slow.write_all(b"GET / HTTP/1.1\r\nhost: cut").expect("half a head");
    let ends = [silent, slow].map(|mut stream| {
        tokio::task::spawn_blocking(move || {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).map(|_| String::from_utf8_lossy(&rest).into_owned())
        })
    });
    for end in ends {
        let answer = end.await.expect("a thread").expect("the connection is closed, within the bound of its reader");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}
