//! The embedded Postgres against real programs: starting, sharing, surviving crashes, stopping, and the messages
//! when something is wrong. The choice of folders and the reading of versions are tested next to their code.

use crate::support::place::{Place, account, answers, anything_runs_in};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use cutline_platform::database::embedded::{EmbeddedError, EmbeddedPostgres, EmbeddedSettings};
use cutline_platform::database::{Database, DatabaseError, DatabaseSettings, Probe};
use sqlx::{Connection, PgConnection};

/// A process of the server's account that has nothing to do with the cluster.
struct Stranger(Child);

impl Stranger {
    fn new() -> Self {
        let mut command = Command::new("sleep");
        if let Some(postgres) = account() {
            command.uid(postgres.uid.as_raw()).gid(postgres.gid.as_raw());
        }
        Self(command.arg("60").current_dir("/").spawn().expect("a stranger"))
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn two_users_share_a_server_and_the_last_one_stops_it() {
    let place = Place::new();
    let (first, second) = tokio::join!(place.start(), place.start());
    assert_eq!(first.url(), second.url());
    let (url, server) = (first.url().to_owned(), place.server());
    first.stop().await.expect("the first leaves");
    assert!(answers(&url).await, "the second still uses the server");
    assert_eq!(place.server(), server);
    second.stop().await.expect("the second leaves");
    assert!(!anything_runs_in(&place.data));
    assert!(!place.pid_file().exists());
}

#[tokio::test]
async fn settings_and_data_survive_a_restart_and_no_port_is_open() {
    let place = Place::new();
    let database = place.open().await;
    sqlx::query("CREATE TABLE kept (n int)").execute(database.pool()).await.expect("a table");
    database.close().await.expect("closed");
    assert!(!anything_runs_in(&place.data));

    let database = place.open().await;
    let setting = async |name: &str| -> String {
        let query = sqlx::query_scalar("SELECT current_setting($1)").bind(name);
        query.fetch_one(database.pool()).await.expect("a setting")
    };
    sqlx::query("SELECT n FROM kept").fetch_all(database.pool()).await.expect("the table is kept");
    assert_eq!(setting("listen_addresses").await, "");
    assert_eq!(setting("shared_buffers").await, "256MB");
    assert_eq!(setting("server_encoding").await, "UTF8");
    assert_eq!(setting("TimeZone").await, "UTC");
    assert_eq!(setting("jit").await, "off");
    database.close().await.expect("closed");
}

#[tokio::test]
async fn the_folder_of_the_socket_is_private() {
    let place = Place::new();
    let embedded = place.start().await;
    let mode = |path: PathBuf| fs::metadata(path).expect("a folder").permissions().mode() & 0o777;
    assert_eq!(mode(place.data.clone()), 0o700);
    assert_eq!(mode(place.data.join("socket")), 0o700);
    assert_eq!(mode(place.data.join("cluster")), 0o700);
    embedded.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let place = Place::new();
    let embedded = place.start().await;
    let mut busy = PgConnection::connect(embedded.url()).await.expect("a connection");
    let work = tokio::spawn(async move {
        let until = "clock_timestamp() < statement_timestamp() + interval '3 seconds'";
        let work = format!("DO $$ BEGIN WHILE {until} LOOP END LOOP; END $$");
        sqlx::raw_sql(sqlx::AssertSqlSafe(work)).execute(&mut busy).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    place.kill_server();
    // At once, while a child of the killed server is too busy to notice.
    let again = place.start().await;
    work.await.expect("the task ends").ok();
    assert!(answers(again.url()).await);
    embedded.stop().await.expect("the first leaves");
    assert!(answers(again.url()).await, "the first was not the last");
    again.stop().await.expect("the last leaves");
    assert!(!anything_runs_in(&place.data));
}

#[tokio::test]
async fn stopping_after_the_server_was_killed_is_no_error() {
    let place = Place::new();
    let embedded = place.start().await;
    place.kill_server();
    embedded.stop().await.expect("nothing left to stop");
}

#[tokio::test]
async fn a_server_left_by_a_killed_cutline_is_adopted() {
    let place = Place::new();
    let embedded = place.start().await;
    let server = place.server();
    // What a SIGKILL does to us: no destructor runs and the locks go with the process.
    for lock in ["start.lock", "cluster.lock"] {
        fs::remove_file(place.data.join(lock)).expect("a lock file");
    }
    let heir = place.start().await;
    assert_eq!(place.server(), server, "the same server goes on");
    heir.stop().await.expect("the heir stops it");
    assert!(!anything_runs_in(&place.data));
    embedded.stop().await.expect("nothing left to stop");
}

#[tokio::test]
async fn files_left_by_a_machine_that_lost_power_block_nothing() {
    let place = Place::new();
    let embedded = place.start().await;
    let pid_file = fs::read_to_string(place.pid_file()).expect("a pid file");
    embedded.stop().await.expect("stopped");

    // After the reboot another process of the same account has the number of the server.
    let mut stranger = Stranger::new();
    let (_, rest) = pid_file.split_once('\n').expect("lines");
    let socket_lock = place.data.join("socket/.s.PGSQL.5432.lock");
    for path in [place.pid_file(), socket_lock] {
        fs::write(&path, format!("{}\n{rest}", stranger.0.id())).expect("a stale file");
        if let Some(postgres) = account() {
            chown(&path, Some(postgres.uid.as_raw()), Some(postgres.gid.as_raw())).expect("its owner");
        }
    }
    fs::create_dir(place.data.join("cluster.new-0123")).expect("half a cluster");

    let embedded = place.start().await;
    assert!(answers(embedded.url()).await);
    embedded.stop().await.expect("stopped");
    assert!(stranger.0.try_wait().expect("a child").is_none(), "the stranger was left alone");
}

#[tokio::test]
async fn half_a_cluster_is_thrown_away() {
    let place = Place::new();
    fs::create_dir_all(place.data.join("cluster.new-0123/base")).expect("half a cluster");
    if let Some(postgres) = account() {
        chown(&place.data, Some(postgres.uid.as_raw()), None).expect("its owner");
    }
    let embedded = place.start().await;
    assert!(!place.data.join("cluster.new-0123").exists());
    embedded.stop().await.expect("stopped");
}

#[tokio::test]
async fn an_early_return_stops_the_server() {
    let place = Place::new();
    drop(place.start().await);
    assert!(!anything_runs_in(&place.data));
}

#[tokio::test]
async fn paths_that_sockets_and_shells_cant_take_work() {
    for name in [format!("long-{}", "x".repeat(120)), "a b,c'd\"e$(f)`g`ü".to_owned()] {
        let place = Place::named(&name);
        let embedded = place.start().await;
        let socket_dir = fs::read_to_string(place.pid_file()).expect("a pid file");
        let socket_dir = PathBuf::from(socket_dir.lines().nth(4).expect("its folder"));
        assert!(!socket_dir.starts_with(&place.data), "{}", socket_dir.display());
        assert!(UnixStream::connect(socket_dir.join(".s.PGSQL.5432")).is_ok());
        assert!(answers(embedded.url()).await);
        embedded.stop().await.expect("stopped");
        fs::remove_dir(socket_dir).expect("an empty folder for the socket");
    }
}

#[tokio::test]
async fn a_swept_away_socket_gets_the_server_restarted() {
    let place = Place::new();
    let embedded = place.start().await;
    fs::remove_file(place.data.join("socket/.s.PGSQL.5432")).expect("the socket");
    let again = place.start().await;
    assert!(answers(again.url()).await);
    embedded.stop().await.expect("the first leaves");
    again.stop().await.expect("the last leaves");
    assert!(!anything_runs_in(&place.data));
}

#[tokio::test]
async fn wrong_programs_and_foreign_versions_are_explained() {
    let place = Place::new();
    let settings = EmbeddedSettings { pg_bin: Some(place.data.join("bin")), ..place.settings() };
    let error = EmbeddedPostgres::start(&settings).await.expect_err("no programs there");
    assert!(matches!(error, EmbeddedError::WrongFolder { .. }), "{error}");
    assert!(!place.data.exists(), "nothing was made");

    fs::create_dir_all(place.data.join("cluster")).expect("a cluster");
    fs::write(place.data.join("cluster/PG_VERSION"), "13\n").expect("its version");
    let error = EmbeddedPostgres::start(&place.settings()).await.expect_err("another version");
    assert!(matches!(error, EmbeddedError::OtherVersion { cluster: 13, .. }), "{error}");
    assert!(error.to_string().contains("CUTLINE_PG_BIN"), "{error}");
}

#[tokio::test]
async fn old_programs_are_refused() {
    let place = Place::named("bin");
    fs::create_dir(&place.data).expect("a folder");
    for program in ["initdb", "pg_ctl", "postgres"] {
        let path = place.data.join(program);
        fs::write(&path, "#!/bin/sh\necho 'postgres (PostgreSQL) 14.11'\n").expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    let data_dir = Some(place.data.join("data"));
    let settings = EmbeddedSettings { pg_bin: Some(place.data.clone()), data_dir };
    let error = EmbeddedPostgres::start(&settings).await.expect_err("too old");
    assert!(matches!(error, EmbeddedError::TooOld { major: 14, .. }), "{error}");
}

#[tokio::test]
async fn a_folder_that_the_account_cant_enter_or_that_is_anothers_is_explained() {
    let Some(_) = account() else { return }; // only root runs the server as someone else
    let place = Place::named("closed/data");
    let closed = place.data.parent().expect("a parent");
    fs::create_dir(closed).expect("a folder");
    fs::set_permissions(closed, fs::Permissions::from_mode(0o700)).expect("permissions");
    let error = EmbeddedPostgres::start(&place.settings()).await.expect_err("out of reach");
    assert!(matches!(error, EmbeddedError::OutOfReach { .. }), "{error}");

    let place = Place::new();
    fs::create_dir(&place.data).expect("a folder");
    fs::write(place.data.join("letter"), "mine").expect("a file");
    let error = EmbeddedPostgres::start(&place.settings()).await.expect_err("someone's folder");
    assert!(matches!(error, EmbeddedError::ForeignFolder { .. }), "{error}");
}

#[tokio::test]
async fn refusals_of_a_server_are_told_apart() {
    let place = Place::new();
    let database = place.open().await;
    let url = database.embedded_url().expect("ours").to_owned();
    sqlx::raw_sql("CREATE ROLE ada LOGIN PASSWORD 'right'").execute(database.pool()).await.expect("a user");
    fs::write(place.data.join("cluster/pg_hba.conf"), "local all ada scram-sha-256\nlocal all cutline trust\n")
        .expect("who may connect");
    sqlx::query("SELECT pg_reload_conf()").execute(database.pool()).await.expect("a reload");
    tokio::time::sleep(Duration::from_millis(500)).await;

    let refusal = async |url: String| {
        let settings = DatabaseSettings { url: Some(url), ..DatabaseSettings::default() };
        let error = Database::connect(&settings).await.expect_err("a refusal");
        assert!(!error.to_string().contains("s3cret") && !error.to_string().contains('\n'), "{error}");
        error
    };
    let error = refusal(url.replace("cutline@", "ada:s3cret@")).await;
    assert!(matches!(error, DatabaseError::WrongPassword { .. }), "{error}");
    let error = refusal(url.replace("cutline@", "eve:s3cret@")).await;
    assert!(matches!(error, DatabaseError::NotLetIn { .. }), "{error}");
    let error = refusal(url.replace("/cutline?", "/absent?")).await;
    assert!(matches!(error, DatabaseError::NoSuchDatabase { .. }), "{error}");
    let error = refusal("postgres://ada:s3cret@localhost/x?host=%2Fnowhere".into()).await;
    assert!(matches!(error, DatabaseError::Unreachable { .. }), "{error}");
    let error = refusal("postgres://ada:s3cret@127.0.0.1:1/x".into()).await;
    assert!(matches!(error, DatabaseError::Unreachable { .. }), "{error}");

    let right = Some(url.replace("cutline@", "ada:right@"));
    let settings = DatabaseSettings { url: right, ..DatabaseSettings::default() };
    let theirs = Database::connect(&settings).await.expect("the right password");
    assert_eq!(theirs.embedded_url(), None, "nothing was started");
    let error = theirs.migrate().await.expect_err("not the owner");
    assert!(matches!(error, DatabaseError::MayNotMigrate { .. }), "{error}");
    theirs.close().await.expect("closed");
    assert!(answers(&url).await, "a server that isn't ours goes on");
    database.close().await.expect("closed");
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused_and_still_ready() {
    let place = Place::new();
    let database = place.open().await;
    let probe = Probe::new(database.pool());
    assert_eq!(probe.is_migrated().await, Some(false), "nothing is there yet");
    database.migrate().await.expect("migrated");
    assert_eq!(probe.is_migrated().await, Some(true));
    database.migrate().await.expect("nothing to do");
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                  VALUES (99990101000000, 'from the future', true, '', 0)";
    sqlx::query(insert).execute(database.pool()).await.expect("a change");
    let error = database.migrate().await.expect_err("newer");
    assert!(matches!(error, DatabaseError::DatabaseNewer { version: 99_990_101_000_000 }), "{error}");
    let again = database.migrate().await.expect_err("and again, without waiting for a forgotten lock");
    assert!(matches!(again, DatabaseError::DatabaseNewer { .. }), "{again}");
    assert_eq!(probe.is_migrated().await, Some(true), "the old program goes on answering");
    database.close().await.expect("closed");
}
