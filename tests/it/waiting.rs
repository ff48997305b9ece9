//! Commands that wait for others, and who doesn't have to: what they find after it, what they are told, and what is left when
//! they are given up. Each test has a database of its own.

use crate::support::accounts::{NEW, NORTH, change, form, own_password, person, save_person, taken};
use crate::support::http::TestApp;
use crate::support::{PASSWORD, Shown, accept, everything, is_refused, whole, world};
use cutline_company::model::PersonForm;
use cutline_company::service as admin;
use cutline_domain::Role;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_planner::model::{Decide, SaveBorders};
use cutline_planner::service;
use cutline_wire::{AppError, Seen};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, Executor, PgPool};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

#[sqlx::test(migrations = "./migrations")]
async fn who_waited_for_an_enable_finds_the_cycle_as_it_left_it(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "15")]).await;
    let cycle = w.drafting("2026 H1").await;
    for round in 0..5 {
        if round > 0 {
            service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), w.seen(cycle).await).await.unwrap();
        }
        let request = w.request(cycle, whole(&[10, 20])).await;
        let (a, b) = (SaveBorders { seen: Seen::at(request.seen.revision), ..request.clone() }, request);
        let enable = |request| service::enable(&pool, &w.admin, request);
        let (a, b) = tokio::join!(enable(a), enable(b));
        let (done, refused): (Vec<_>, Vec<_>) = [a.shown(), b.shown()].into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1);
        let refused = refused.into_iter().next().unwrap().unwrap_err();
        assert!(is_refused(&refused, "wrong_state"), "{refused:?}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_cycle_opened_while_a_load_is_under_way_waits_for_its_scores(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    // A load half-way: it holds the contacts, and its new measure is not committed yet.
    let mut load = pool.begin().await.unwrap();
    assert!(cutline_contacts::service::hold(&mut load, w.company).await.unwrap());
    sqlx::query("update contact_measure set value = 5000").execute(&mut *load).await.unwrap();
    let open = tokio::spawn({
        let (pool, admin, definition) = (pool.clone(), w.admin.clone(), w.definition);
        async move { service::open_cycle(&pool, &admin, definition, "2026 H1", IdempotencyKey::new()).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!open.is_finished(), "it would join with the score of before");
    load.commit().await.unwrap();
    let cycle = open.await.unwrap().unwrap().cycle;
    assert_eq!(w.items(cycle).await["C1"].latest_score, Some(5000));
}

#[sqlx::test(migrations = "./migrations")]
async fn who_waits_for_another_program_is_told_so_in_the_end(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.open("2026 H1").await;
    let seen = w.seen(cycle).await;
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select 1 from cycle for update").execute(&mut *held).await.unwrap();
    let before = Instant::now();
    let refused = service::start_borders(&pool, &w.admin, cycle, seen).await.shown().unwrap_err();
    assert!(matches!(refused, AppError::Busy { .. }), "{refused:?}");
    assert_eq!((refused.status(), refused.retry_after().is_some()), (503, true));
    assert!(before.elapsed().as_secs() >= 9, "it waited first");
}

#[sqlx::test(migrations = "./migrations")]
async fn who_lost_the_right_while_waiting_does_nothing(pool: PgPool) {
    lost_while_waiting(&pool, pool.clone()).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn nor_where_the_database_shows_each_transaction_only_what_was_before_it(pool: PgPool) {
    let strict = PgPoolOptions::new().after_connect(|conn, _| {
        Box::pin(async move { conn.execute("set default_transaction_isolation = 'repeatable read'").await.map(|_| ()) })
    });
    let strict = strict.connect_with((*pool.connect_options()).clone()).await.unwrap();
    lost_while_waiting(&pool, strict).await;
}

/// A decision that waits for the cycle, by a manager whose role is taken away meanwhile. `by`: the pool it is done with.
async fn lost_while_waiting(pool: &PgPool, by: PgPool) {
    let w = world(pool).await;
    w.load(&[("C1", "SOUTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.seen(cycle).await;
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select 1 from cycle for update").execute(&mut *held).await.unwrap();
    let deciding = tokio::spawn({
        let south = w.south.clone();
        async move {
            let request = Decide { cycle, seen, items: vec![0], command: accept() };
            service::decide(&by, &south, request).await.shown()
        }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    sqlx::query("update membership set role = 'analyst' where account_id = $1")
        .bind(w.south.actor.account.0)
        .execute(pool)
        .await
        .unwrap();
    let before = everything(pool).await;
    held.rollback().await.unwrap();
    let refused = deciding.await.unwrap();
    assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
    assert_eq!(everything(pool).await, before);
}

/// The same database with one connection: a command that asked for a second would wait for itself.
fn narrow(pool: &PgPool) -> PgPool {
    PgPoolOptions::new().max_connections(1).connect_lazy_with((*pool.connect_options()).clone())
}

#[sqlx::test(migrations = "./migrations")]
async fn a_command_needs_no_connection_beside_its_own(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let one = narrow(&pool);
    service::start_borders(&one, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    service::enable(&one, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.unwrap();
    // Nor do those that are about the caller's own password.
    let app = TestApp::over(&one, &one, false);
    let mut north = app.signed_in(NORTH).await;
    taken(&change(&mut north, PASSWORD, NEW).await);
    save_person(&w, PersonForm { password: "handed over".into(), ..form(&person(&w, &w.north).await) }).await.unwrap();
    taken(&north.sign_in(NORTH, "handed over").await);
    taken(&own_password(&mut north, PASSWORD).await);
    assert_eq!(north.me().await.as_deref(), Some(NORTH));
}

#[sqlx::test(migrations = "./migrations")]
async fn an_admin_may_give_up_the_role_unless_it_was_taken_meanwhile(pool: PgPool) {
    let w = world(&pool).await;
    save_person(&w, PersonForm { role: Role::Admin, ..form(&person(&w, &w.analyst).await) }).await.unwrap();
    let own = PersonForm { role: Role::Analyst, ..form(&person(&w, &w.admin).await) };
    let role = async || person(&w, &w.admin).await.role;
    let set = |role: &'static str| {
        sqlx::query("update membership set role = $2 where account_id = $1").bind(w.admin.actor.account.0).bind(role)
    };
    let mut held = pool.begin().await.unwrap();
    set("rep").execute(&mut *held).await.unwrap();
    let saving = tokio::spawn({
        let (pool, ada, own) = (pool.clone(), w.admin.clone(), own.clone());
        async move { admin::save_person(&pool, &ada, own, IdempotencyKey::new()).await.shown() }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!saving.is_finished(), "it waits for who changes the same");
    held.commit().await.unwrap();
    let refused = saving.await.unwrap();
    assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
    assert_eq!(role().await, Role::Rep, "it stays as the other left it");
    set("admin").execute(&pool).await.unwrap();
    admin::save_person(&narrow(&pool), &w.admin, own, IdempotencyKey::new()).await.unwrap();
    assert_eq!(role().await, Role::Analyst);
}

/// A future that is given up after being looked at so many times: at each place, in turn, where it waits.
struct GivenUp<F> {
    future: Pin<Box<F>>,
    after: usize,
}

impl<F: Future> Future for GivenUp<F> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        if self.after == 0 {
            return Poll::Ready(false);
        }
        self.after -= 1;
        let done = self.future.as_mut().poll(cx).is_ready();
        if done || self.after == 0 { Poll::Ready(done) } else { Poll::Pending }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_request_given_up_anywhere_leaves_no_transaction_behind(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.drafting("2026 H1").await;
    // Looked at from outside: a connection of the pool would be looked at, and mended, by using it.
    let mut outside = sqlx::PgConnection::connect_with(&pool.connect_options()).await.unwrap();
    let mut given_up = [0, 0];
    for after in 1..40 {
        let request = w.request(cycle, whole(&[10, 20])).await;
        let read = GivenUp { future: Box::pin(service::changes(&pool, &w.admin, cycle, 0)), after };
        given_up[0] += usize::from(!read.await);
        assert_eq!(left_behind(&mut outside).await, Vec::<String>::new(), "a read given up after {after}");
        let write = GivenUp { future: Box::pin(service::save_draft(&pool, &w.admin, request)), after };
        given_up[1] += usize::from(!write.await);
        assert_eq!(left_behind(&mut outside).await, Vec::<String>::new(), "a command given up after {after}");
    }
    assert!(given_up.iter().all(|times| *times > 2), "they were given up under way: {given_up:?}");
}

/// What connections do that are inside a transaction in which nothing goes on, once everything had the time to end.
async fn left_behind(outside: &mut sqlx::PgConnection) -> Vec<String> {
    tokio::time::sleep(Duration::from_millis(30)).await;
    let left = sqlx::query_scalar(
        "select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    );
    left.fetch_all(outside).await.unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn opening_during_a_load_leaves_connections_to_others(pool: PgPool) {
    let w = world(&pool).await;
    let mut load = pool.begin().await.unwrap();
    cutline_contacts::service::hold(&mut load, w.company).await.unwrap();
    let mut waiting = tokio::task::JoinSet::new();
    for nr in 0..20 {
        let (pool, admin, definition) = (pool.clone(), w.admin.clone(), w.definition);
        waiting.spawn(async move {
            service::open_cycle(&pool, &admin, definition, &format!("Cycle {nr}"), IdempotencyKey::new()).await.shown()
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let reading = service::overview(&pool, &w.admin);
    let read = tokio::time::timeout(Duration::from_secs(3), reading).await;
    assert!(read.is_ok_and(|all| all.is_ok()), "who reads doesn't wait for who waits");
    load.commit().await.unwrap();
    let opened = waiting.join_all().await.into_iter().flatten().count();
    assert_eq!(opened, 1, "a definition has one open cycle");
}
