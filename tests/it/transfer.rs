//! Transfer: the one step that makes classes official. What blocks it, what it writes, that it happens whole or not at
//! all, and once. Each test has a database of its own.

use crate::support::{Shown, is_refused};
use crate::support::{World, accept, everything, override_to, reject, whole, world};
use cutline_domain::base::ids::CycleId;
use cutline_domain::planner::approval::{CycleState, Refusal};
use cutline_planner::service;
use cutline_wire::AppError;
use cutline_wire::Seen;
use sqlx::PgPool;

/// An approving cycle: accepted C1 (C), C2 (overridden to A), rejected C3, undecided C4, C5, S1.
async fn half_decided(pool: &PgPool) -> (World, CycleId) {
    let w = world(pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "CITY", "", "5"), ("C3", "NORTH", "", "15"), ("C4", "NORTH", "", "15")])
        .await;
    w.load(&[("C5", "NORTH", "", "25"), ("S1", "SOUTH", "", "25")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C2"], override_to(2, "Opinion leader")).await.unwrap();
    w.decide(&w.north, cycle, &["C1", "C2"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C3"], reject("Retires")).await.unwrap();
    (w, cycle)
}

/// The history of official classes: contact, before, after.
async fn history(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', external_id, coalesce(class_before, '-'), class_label, c.name)
         from general_classification_history join contact using (company_id, contact_id)
         join cycle c using (company_id, cycle_id) order by at, 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn items_in_progress_block_it_and_are_counted_per_region(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let before = everything(&pool).await;
    let refused = w.transfer(cycle, false).await.unwrap_err();
    let details = vec![("North".to_owned(), 2), ("South".to_owned(), 1)];
    let (code, message) = ("still_in_progress".into(), Refusal::StillInProgress(3).to_string());
    assert_eq!(refused, AppError::Refused { code, message, details });
    assert_eq!(everything(&pool).await, before);
    assert!(w.official().await.is_empty(), "nothing is official before a Transfer");
}

#[sqlx::test(migrations = "./migrations")]
async fn two_regions_of_one_name_are_two(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    sqlx::query("update region set name = 'North'").execute(&pool).await.unwrap();
    let AppError::Refused { details, .. } = w.transfer(cycle, false).await.unwrap_err() else { panic!("transferred") };
    assert_eq!(details, [("North".to_owned(), 2), ("North".to_owned(), 1)]);
}

#[sqlx::test(migrations = "./migrations")]
async fn it_makes_exactly_the_accepted_final_classes_official(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    assert!(w.official().await.is_empty());
    let manifest = w.transfer(cycle, true).await.unwrap();
    assert_eq!(manifest.transferred, [1, 0, 1]);
    assert_eq!((manifest.changed, manifest.rejected, manifest.carried_over), (2, 1, 3));
    assert_eq!((manifest.by.as_str(), manifest.borders.clone()), ("Ada Admin", whole(&[10, 20])));
    assert_eq!(w.official().await, ["C1 C", "C2 A"], "an override wins over the proposed class");
    assert_eq!(history(&pool).await, ["C1 - C 2026 H1", "C2 - A 2026 H1"]);
    let view = service::view(&pool, &w.admin, cycle).await.unwrap();
    assert_eq!((view.state, view.manifest), (CycleState::Transferred, Some(manifest)));
}

#[sqlx::test(migrations = "./migrations")]
async fn what_was_not_accepted_waits_in_the_next_cycle(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    w.decide(&w.north, cycle, &["C4"], override_to(0, "Quiet")).await.unwrap();
    w.transfer(cycle, true).await.unwrap();
    let (one, done) = (w.items(cycle).await, w.state(cycle).await);
    let next = w.open("2026 H2").await;
    let wanted = [
        "C1 in_progress 0--",
        "C2 in_progress 2--",
        "C3 in_progress ---",
        "C4 in_progress ---",
        "C5 in_progress ---",
        "S1 in_progress ---",
    ];
    assert_eq!(w.briefs(next).await, wanted, "everybody In progress, with the class that is official now");
    let items = w.items(next).await;
    let suggested = (items["C4"].suggested_class, items["C4"].suggested_reason.as_deref());
    assert_eq!(suggested, (Some(0), Some("Quiet")), "an override not yet accepted is offered again");
    assert_eq!(items["C2"].suggested_class, None, "an accepted one is done with");
    assert_eq!((w.items(cycle).await, w.state(cycle).await), (one, done), "the old cycle stays as it was");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_carried_over_item_stays_even_when_it_left_the_population(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    w.transfer(cycle, true).await.unwrap();
    w.load_contacts("id,region,specialty\nC1,NORTH,Dermatology\nC4,NORTH,Dermatology\n").await;
    w.rescore("C5", "").await;
    let next = w.open("2026 H2").await;
    let items: Vec<(String, Option<i64>)> = w.items(next).await.into_iter().map(|(id, row)| (id, row.score)).collect();
    let wanted = [("C2", Some(500)), ("C3", Some(1500)), ("C4", Some(1500)), ("C5", None), ("S1", Some(2500))];
    assert_eq!(items, wanted.map(|(id, score)| (id.to_owned(), score)), "C1 was accepted and left; C4 and C5 wait");
}

#[sqlx::test(migrations = "./migrations")]
async fn the_next_round_says_what_it_changed_from(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    w.transfer(cycle, true).await.unwrap();
    let next = w.approving("2026 H2", &[4, 30]).await;
    w.decide(&w.north, next, &["C1", "C3", "C4", "C5"], accept()).await.unwrap();
    w.decide(&w.north, next, &["C2"], reject("Stays")).await.unwrap();
    w.decide(&w.south, next, &["S1"], accept()).await.unwrap();
    let manifest = w.transfer(next, false).await.unwrap();
    assert_eq!((manifest.transferred, manifest.changed, manifest.rejected), (vec![0, 5, 0], 5, 1));
    assert_eq!(w.official().await, ["C1 B", "C2 A", "C3 B", "C4 B", "C5 B", "S1 B"], "a rejected one keeps its class");
    let wanted = ["C1 C B 2026 H2", "C3 - B 2026 H2", "C4 - B 2026 H2", "C5 - B 2026 H2", "S1 - B 2026 H2"];
    assert_eq!(history(&pool).await[2..], wanted);
    let third = w.approving("2027 H1", &[4, 30]).await;
    w.decide(&w.north, third, &["C1"], accept()).await.unwrap();
    let since = || async {
        let sql = "select since::text from general_classification join contact using (company_id, contact_id)
                   where external_id = 'C1'";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&pool).await.unwrap()
    };
    let before = since().await;
    let manifest = w.transfer(third, true).await.unwrap();
    assert_eq!((manifest.transferred[1], manifest.changed), (1, 0), "B again is no change");
    assert_eq!(since().await, before, "and it is B since it became B");
}

#[sqlx::test(migrations = "./migrations")]
async fn it_happens_whole_or_not_at_all(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let seen = w.seen(cycle).await;
    // The last thing a Transfer writes fails: everything before it must be gone too.
    for sql in [
        "create function fail() returns trigger language plpgsql as $$ begin raise exception 'no space left'; end $$",
        "create trigger fail before insert on command_receipt for each row execute function fail()",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    let before = everything(&pool).await;
    let failed = service::transfer(&pool, &w.admin, cycle, true, seen).await.shown();
    assert!(matches!(failed, Err(AppError::Internal { .. })), "{failed:?}");
    assert_eq!(everything(&pool).await, before);
    sqlx::query("drop trigger fail on command_receipt").execute(&pool).await.unwrap();
    service::transfer(&pool, &w.admin, cycle, true, seen).await.unwrap();
    assert_eq!(w.official().await, ["C1 C", "C2 A"], "the same command, repeated, works once the fault is gone");
}

#[sqlx::test(migrations = "./migrations")]
async fn repeated_it_answers_the_same_and_does_nothing(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let seen = w.seen(cycle).await;
    let first = service::transfer(&pool, &w.admin, cycle, true, seen).await.unwrap();
    let after = everything(&pool).await;
    assert_eq!(service::transfer(&pool, &w.admin, cycle, true, seen).await.unwrap(), first);
    assert_eq!(everything(&pool).await, after);
    let again = w.transfer(cycle, true).await;
    assert!(matches!(&again, Err(error) if is_refused(error, "wrong_state")), "{again:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn two_at_once_transfer_once(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let seen = w.seen(cycle).await;
    let same = || service::transfer(&pool, &w.admin, cycle, true, seen);
    let (a, b, c) = tokio::join!(same(), same(), same());
    let [a, b, c] = [a, b, c].map(|answer| answer.unwrap());
    assert_eq!((&a, &b), (&b, &c), "one command sent three times at once gets one answer");
    assert_eq!(a.transferred, [1, 0, 1]);
    assert_eq!(history(&pool).await.len(), 2);
    let records: i64 = sqlx::query_scalar("select count(*) from audit_record where command = 'transfer'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(records, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn two_people_at_once_transfer_once(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let revision = w.revision(cycle).await;
    let mine = || service::transfer(&pool, &w.admin, cycle, true, Seen::at(revision));
    let (a, b) = tokio::join!(mine(), mine());
    let (done, refused): (Vec<_>, Vec<_>) = [a.shown(), b.shown()].into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 1));
    assert!(matches!(&refused[0], Err(error) if is_refused(error, "wrong_state")), "{refused:?}");
    assert_eq!(history(&pool).await.len(), 2);
}

#[sqlx::test(migrations = "./migrations")]
async fn numbers_that_changed_while_it_was_confirmed_are_shown_first(pool: PgPool) {
    let (w, cycle) = half_decided(&pool).await;
    let seen = w.seen(cycle).await;
    w.decide(&w.north, cycle, &["C4"], accept()).await.unwrap();
    let before = everything(&pool).await;
    let stale = service::transfer(&pool, &w.admin, cycle, true, seen).await.shown();
    assert!(matches!(stale, Err(AppError::Conflict { .. })), "{stale:?}");
    assert_eq!(everything(&pool).await, before);
}
