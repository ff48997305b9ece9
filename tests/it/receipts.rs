//! One command sent twice, and keys used again. Each test has a database of its own.

use crate::support::{accept, beside, company, everything, form, override_to, three_classes, whole, world};
use cutline_domain::base::ids::IdempotencyKey;
use cutline_planner::model::{Decide, DefinitionForm, SaveBorders};
use cutline_planner::service;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_command_repeated_with_its_key_gets_its_first_answer(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "15")]).await;
    let key = IdempotencyKey::new();
    let open = || service::open_cycle(&pool, &w.admin, w.definition, "2026 H1", key);
    let (a, b) = tokio::join!(open(), open());
    let cycle = a.unwrap();
    assert_eq!(b.unwrap(), cycle);
    let cycle = cycle.cycle;
    let seen = w.seen(cycle).await;
    let start = || service::start_borders(&pool, &w.admin, cycle, seen);
    assert_eq!((start().await.unwrap(), start().await.unwrap()), (2, 2));
    let draft = w.request(cycle, whole(&[1, 2])).await;
    let save = || service::save_draft(&pool, &w.admin, draft.clone());
    assert_eq!((save().await.unwrap(), save().await.unwrap()), (1, 1));
    let borders = w.request(cycle, whole(&[10, 20])).await;
    let enable = || service::enable(&pool, &w.admin, borders.clone());
    assert_eq!((enable().await.unwrap(), enable().await.unwrap()), (4, 4));
    let command = Decide { cycle, seen: w.seen(cycle).await, items: vec![0], command: accept() };
    let decide = || service::decide(&pool, &w.north, command.clone());
    let first = decide().await.unwrap();
    let after = everything(&pool).await;
    assert_eq!(decide().await.unwrap(), first);
    assert_eq!(everything(&pool).await, after);
    let seen = w.seen(cycle).await;
    let reset = || service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), seen);
    assert_eq!((reset().await.unwrap(), reset().await.unwrap()), (1, 1));
    assert_eq!(w.revision(cycle).await, 6, "each was done once");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_belongs_to_one_command_of_one_person(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5")]).await;
    let other = company(&pool, "Other", "other.example").await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.seen(cycle).await;
    let decide = |by, command| service::decide(&pool, by, Decide { cycle, seen, items: vec![0], command });
    decide(&w.north, override_to(1, "Opinion leader")).await.unwrap();
    let before = everything(&pool).await;
    for reused in [
        decide(&w.north, accept()).await,
        decide(&w.north, override_to(2, "Opinion leader")).await,
        decide(&w.city, override_to(1, "Opinion leader")).await,
    ] {
        assert_eq!(beside(reused, ""), "This idempotency key was used for another command.");
    }
    assert_eq!(everything(&pool).await, before);
    let theirs = service::open_cycle(&pool, &other.admin, other.definition, "2026 H1", seen.key).await;
    assert!(theirs.is_ok(), "another company's keys are its own: {theirs:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_refused_command_may_be_repeated_with_its_key(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let bad = w.request(cycle, whole(&[10])).await;
    beside(service::save_draft(&pool, &w.admin, bad.clone()).await, "borders");
    let good = cutline_planner::model::SaveBorders { borders: whole(&[10, 20]), ..bad };
    assert_eq!(service::save_draft(&pool, &w.admin, good).await.unwrap(), 1);
}

/// What is said of a key that was used for something else.
const USED: &str = "This idempotency key was used for another command.";

#[sqlx::test(migrations = "./migrations")]
async fn a_key_used_again_for_something_else_does_nothing_and_says_so(pool: PgPool) {
    let w = world(&pool).await;
    let second = form("Respira", three_classes());
    let key = IdempotencyKey::new();
    let respira = service::save_definition(&pool, &w.admin, second.clone(), key).await.unwrap();
    assert_eq!(service::save_definition(&pool, &w.admin, second.clone(), key).await.unwrap(), respira, "once");
    let (one, two) = (w.drafting("One").await, w.open_for(respira, "Two").await);
    let draft = w.request(one, whole(&[1, 2])).await;
    service::save_draft(&pool, &w.admin, draft.clone()).await.unwrap();
    let before = everything(&pool).await;
    let third = DefinitionForm { product: "Dermalin".into(), ..second };
    assert_eq!(beside(service::save_definition(&pool, &w.admin, third, key).await, ""), USED);
    let other = SaveBorders { borders: whole(&[3, 4]), ..draft.clone() };
    assert_eq!(beside(service::save_draft(&pool, &w.admin, other).await, ""), USED);
    assert_eq!(everything(&pool).await, before);
    let seen = w.seen(two).await;
    service::start_borders(&pool, &w.admin, two, seen).await.unwrap();
    assert_eq!(beside(service::start_borders(&pool, &w.admin, one, seen).await, ""), USED, "another cycle");
}
