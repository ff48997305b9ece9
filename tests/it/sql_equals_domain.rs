//! The classes that SQL gives (enabling, joining and rescoring are single statements over all items) are those the domain
//! gives, for any number of classes, scores on borders, below zero and at the limits. Each test has a database of its own.

use crate::support::{World, form, world};
use cutline_domain::base::ids::{ClassId, CycleId, IdempotencyKey};
use cutline_domain::{Borders, ClassScheme, ClassSpec, Percent, Score};
use cutline_planner::model::SaveBorders;
use cutline_planner::service;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::fmt::Write;

/// `k` classes that share 100 % as evenly as hundredths allow.
fn even(k: u32) -> ClassScheme {
    let spec = |i: u32| ClassSpec {
        id: ClassId::new(),
        label: format!("K{i}"),
        code: String::new(),
        colour: None,
        planned: Percent::from_hundredths(10_000 / k + if i == 0 { 10_000 % k } else { 0 }).unwrap(),
        calls_per_year: None,
    };
    ClassScheme::new((0..k).map(spec).collect()).unwrap()
}

/// Hundredths of every size: around zero, around the border values, at the limits.
fn value(random: &mut ChaCha8Rng, borders: &Borders) -> i64 {
    let value = match random.random_range(0..8) {
        0 | 1 => borders.values().choose(random).map_or(0, |border| border.hundredths()),
        2 => borders.values().choose(random).map_or(0, |border| border.hundredths() - 1),
        3 => borders.values().choose(random).map_or(0, |border| border.hundredths() + 1),
        4 => *[0, -1, 1, Score::LIMIT, -Score::LIMIT, i64::from(i32::MAX), i64::from(i32::MIN)].choose(random).unwrap(),
        5 => random.random_range(-Score::LIMIT..=Score::LIMIT),
        _ => random.random_range(-3000..3000),
    };
    value.clamp(-Score::LIMIT, Score::LIMIT)
}

fn borders(random: &mut ChaCha8Rng, classes: u32) -> Borders {
    let mut values = BTreeSet::new();
    while values.len() + 1 < classes as usize {
        values.insert(match random.random_range(0..4) {
            0 => random.random_range(-Score::LIMIT..=Score::LIMIT),
            1 => *[0, -1, 1, Score::LIMIT, -Score::LIMIT].choose(random).unwrap(),
            _ => random.random_range(-3000..3000),
        });
    }
    Borders::new(values.into_iter().map(Score::from_hundredths).collect()).unwrap()
}

/// New scores, or none, for contacts `from..to`.
async fn score(w: &World, random: &mut ChaCha8Rng, borders: &Borders, contacts: std::ops::Range<usize>) {
    let mut csv = String::from("id,claims\n");
    for contact in contacts {
        if random.random_range(0..10) == 0 {
            writeln!(csv, "C{contact},").unwrap();
        } else {
            let value = value(random, borders);
            let sign = if value < 0 { "-" } else { "" };
            writeln!(csv, "C{contact},{sign}{}.{:02}", value.abs() / 100, value.abs() % 100).unwrap();
        }
    }
    w.load_measures(&csv).await;
}

/// That every item in progress has the class the domain gives, and that there are items enough to tell.
async fn assert_classes(w: &World, cycle: CycleId, borders: &Borders, at_least: usize) {
    let items = w.items(cycle).await;
    assert!(items.values().filter(|row| row.score.is_some()).count() >= at_least, "too few items to prove anything");
    for row in items.values() {
        let wanted = row.score.map(|score| i16::from(borders.class_of(Score::from_hundredths(score)).0));
        assert_eq!(row.proposed_class, wanted, "{:?} under {borders:?}", row.score);
        assert_eq!(row.score, row.latest_score);
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn for_any_number_of_classes(pool: PgPool) {
    let w = world(&pool).await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut contacts = 0;
    for classes in 1..=9 {
        let borders = borders(&mut random, classes);
        let mut csv = String::from("id,region,specialty\n");
        for contact in contacts..contacts + 60 {
            writeln!(csv, "C{contact},NORTH,Cardiology").unwrap();
        }
        w.load_contacts(&csv).await;
        score(&w, &mut random, &borders, 0..contacts + 40).await;
        let product = format!("Product {classes}");
        let definition =
            service::save_definition(&pool, &w.admin, form(&product, even(classes)), IdempotencyKey::new())
                .await
                .unwrap();
        let cycle = w.open_for(definition, "2026 H1").await;
        service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
        let request = SaveBorders { borders: borders.clone(), ..w.request(cycle, borders.clone()).await };
        service::enable(&pool, &w.admin, request).await.unwrap();
        assert_classes(&w, cycle, &borders, 30).await;
        let enabled = w.items(cycle).await.len();
        // The rest join under the frozen borders; the first ones get new scores, or lose them.
        score(&w, &mut random, &borders, 0..contacts + 60).await;
        assert!(w.items(cycle).await.len() > enabled, "nobody joined");
        assert_classes(&w, cycle, &borders, 40).await;
        contacts += 60;
        w.transfer(cycle, true).await.unwrap();
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn for_many_scores_at_once(pool: PgPool) {
    const MANY: usize = 2000;
    let w = world(&pool).await;
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut csv = String::from("id,region,specialty\n");
    for contact in 0..MANY {
        writeln!(csv, "C{contact},NORTH,Cardiology").unwrap();
    }
    w.load_contacts(&csv).await;
    for classes in [9, 4, 7] {
        let borders = borders(&mut random, classes);
        score(&w, &mut random, &borders, 0..MANY).await;
        let product = format!("Product {classes}");
        let definition =
            service::save_definition(&pool, &w.admin, form(&product, even(classes)), IdempotencyKey::new())
                .await
                .unwrap();
        let cycle = w.open_for(definition, "2026 H1").await;
        service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
        service::enable(&pool, &w.admin, w.request(cycle, borders.clone()).await).await.unwrap();
        assert_classes(&w, cycle, &borders, MANY * 8 / 10).await;
        w.transfer(cycle, true).await.unwrap();
    }
}
