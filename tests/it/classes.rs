//! Classes from one cycle to the next: renamed, left out, come back; and those from before they had an identity. Each test has
//! a database of its own.

use crate::support::{World, accept, class_id, classes, form, override_to, world};
use cutline::server::registry;
use cutline_contacts::model::FactValue;
use cutline_domain::ClassForm;
use cutline_domain::base::ids::{ClassId, IdempotencyKey};
use cutline_domain::borders::classes::codes;
use cutline_planner::model::{DefinitionForm, Opened, SentDefinition};
use cutline_planner::service;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// After a first round: C1 is C and C3 is A; of C2 (B) somebody thought it should be A, and of C4 that it should be C.
async fn after_one_round(pool: &PgPool) -> World {
    let w = world(pool).await;
    let (north, low, middle, high) = ("NORTH", "5", "15", "25");
    w.load(&[("C1", north, "", low), ("C2", north, "", middle), ("C3", north, "", high), ("C4", north, "", middle)])
        .await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C1", "C3"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], override_to(2, "Opinion leader")).await.unwrap();
    w.decide(&w.north, cycle, &["C4"], override_to(0, "Quiet")).await.unwrap();
    w.transfer(cycle, true).await.unwrap();
    w
}

async fn stored(w: &World) -> DefinitionForm {
    service::overview(&w.pool, &w.admin).await.unwrap().remove(0).form
}

async fn save(w: &World, form: impl Into<SentDefinition>) {
    service::save_definition(&w.pool, &w.admin, form, IdempotencyKey::new()).await.unwrap();
}

async fn open(w: &World, name: &str) -> Opened {
    service::open_cycle(&w.pool, &w.admin, w.definition, name, IdempotencyKey::new()).await.unwrap()
}

/// Current and suggested class of each item, by external id.
async fn offered(w: &World, opened: Opened) -> Vec<String> {
    let class = |class: Option<i16>| class.map_or("-".into(), |class| class.to_string());
    let items = w.items(opened.cycle).await;
    items
        .iter()
        .map(|(id, item)| format!("{id} {}{}", class(item.current_class), class(item.suggested_class)))
        .collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn a_renamed_class_is_the_same_class(pool: PgPool) {
    let w = after_one_round(&pool).await;
    let mut sent: SentDefinition = stored(&w).await.into();
    // A is called otherwise and stands below B; a new class takes its old name.
    sent.classes[2].label = "Key opinion leader".into();
    sent.classes[2].code = String::new();
    sent.classes.swap(1, 2);
    sent.classes[2].planned -= 1000;
    let new = ClassForm { id: None, planned: 1000, ..sent.classes[2].clone() };
    sent.classes.push(ClassForm { label: "A".into(), code: "A".into(), ..new });
    save(&w, sent).await;
    let scheme = stored(&w).await.classes;
    let named: Vec<_> = scheme.classes().iter().map(|class| (class.code.as_str(), class.id)).collect();
    assert_eq!(named[..3], [("C", class_id("C")), ("KOL", class_id("A")), ("B", class_id("B"))]);
    let since = || async {
        let sql = "select since::text from general_classification join contact using (company_id, contact_id)
                   where external_id = 'C3'";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&pool).await.unwrap()
    };
    let before = since().await;
    let next = open(&w, "2026 H2").await;
    assert_eq!((next.items, next.dropped), (4, 0));
    assert_eq!(offered(&w, next).await, ["C1 0-", "C2 -1", "C3 1-", "C4 -0"]);
    let seq = w.items(next.cycle).await["C3"].seq.unsigned_abs();
    let facts = service::detail(&pool, &registry(), &w.admin, next.cycle, seq).await.unwrap().facts;
    let class = facts.into_iter().find(|fact| fact.key.starts_with("class:")).unwrap();
    assert_eq!(class.value, Some(FactValue::Text("Key opinion leader".into())), "by today's name");
    let seen = w.seen(next.cycle).await;
    service::start_borders(&pool, &w.admin, next.cycle, seen).await.unwrap();
    let request = w.request(next.cycle, crate::support::whole(&[10, 30, 40])).await;
    service::enable(&pool, &w.admin, request).await.unwrap();
    w.decide(&w.north, next.cycle, &["C1", "C2", "C3", "C4"], accept()).await.unwrap();
    let manifest = w.transfer(next.cycle, false).await.unwrap();
    assert_eq!((manifest.transferred, manifest.changed), (vec![1, 3, 0, 0], 2), "renamed is not changed");
    assert_eq!(w.official().await[2], "C3 Key opinion leader");
    assert_eq!(since().await, before, "and C3 is in it since it was called A");
}

#[sqlx::test(migrations = "./migrations")]
async fn suggestions_of_a_class_that_is_gone_are_counted_when_the_cycle_opens(pool: PgPool) {
    let w = after_one_round(&pool).await;
    save(&w, DefinitionForm { classes: classes(&[("C", 5000), ("B", 5000)]), ..stored(&w).await }).await;
    let next = open(&w, "2026 H2").await;
    assert_eq!((next.items, next.dropped), (4, 1));
    assert_eq!(offered(&w, next).await, ["C1 0-", "C2 --", "C3 --", "C4 -0"]);
    let told: serde_json::Value = sqlx::query_scalar("select after from audit_record where subject_id = $1")
        .bind(next.cycle.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!((&told["items"], &told["dropped"]), (&4.into(), &1.into()));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_class_that_comes_back_is_the_one_that_was_called_so(pool: PgPool) {
    let w = after_one_round(&pool).await;
    save(&w, DefinitionForm { classes: classes(&[("C", 5000), ("B", 5000)]), ..stored(&w).await }).await;
    // As a program sends it that knows no ids.
    let mut sent: SentDefinition = stored(&w).await.into();
    sent.classes = SentDefinition::from(form("", classes(&[("A", 2000), ("New", 3000), ("C", 5000)]))).classes;
    sent.classes.iter_mut().for_each(|class| (class.id, class.code) = (None, String::new()));
    save(&w, sent).await;
    let ids: Vec<ClassId> = stored(&w).await.classes.classes().iter().map(|class| class.id).collect();
    assert_eq!((ids[0], ids[2]), (class_id("A"), class_id("C")));
    assert!(![class_id("A"), class_id("B"), class_id("C")].contains(&ids[1]), "B is not New");
    let next = open(&w, "2026 H2").await;
    assert_eq!(
        (next.dropped, offered(&w, next).await),
        (0, ["C1 2-", "C2 -0", "C3 0-", "C4 -2"].map(String::from).to_vec())
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn two_definitions_may_call_their_classes_alike(pool: PgPool) {
    let w = after_one_round(&pool).await;
    save(&w, form("Respira", classes(&[("A", 10_000)]))).await;
    let next = open(&w, "2026 H2").await;
    assert_eq!(offered(&w, next).await, ["C1 0-", "C2 -2", "C3 2-", "C4 -0"]);
}

/// Runs the migrations whose names `chosen` takes.
async fn migrate(pool: &PgPool, chosen: impl Fn(&str) -> bool) {
    let files: BTreeMap<String, _> = std::fs::read_dir("migrations")
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name().into_string().unwrap(), file.path()))
        .collect();
    for (_, path) in files.into_iter().filter(|(name, _)| chosen(name)) {
        let sql = std::fs::read_to_string(path).unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
    }
}

/// Labels as they were before they had codes.
fn labels(random: &mut ChaCha8Rng) -> Vec<&'static str> {
    const LABELS: [&str; 18] = [
        "A",
        "B",
        "Prem",
        "Premium",
        "Premises",
        "Key opinion",
        "Kind old",
        "KO",
        "KO2",
        "KO3",
        "K.O. (rest)",
        "C++",
        "-----",
        "------",
        "Low",
        "low",
        "very low",
        "a b c d e f",
    ];
    let number = random.random_range(1..=9);
    LABELS.choose_multiple(random, number).copied().collect()
}

#[sqlx::test(migrations = false)]
async fn classes_from_before_get_an_identity_by_label_and_the_code_the_program_gives(pool: PgPool) {
    let name = "0007_classes.sql";
    migrate(&pool, |file| file < name).await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let [company, product, measure] = [1, 2, 3].map(Uuid::from_u128);
    let execute = async |sql: &'static str, ids: &[Uuid], text: Option<&str>, position: i16| {
        let mut query = sqlx::query(sql);
        for id in ids {
            query = query.bind(*id);
        }
        if let Some(text) = text {
            query = query.bind(text.to_owned()).bind(position);
        }
        query.execute(&pool).await.unwrap();
    };
    execute("insert into company (company_id, name) values ($1, 'Old')", &[company], None, 0).await;
    execute("insert into product values ($1, $2, 'P')", &[company, product], None, 0).await;
    execute("insert into measure values ($1, $2, 'claims')", &[company, measure], None, 0).await;
    let mut schemes = BTreeMap::new();
    for nr in 0..40u128 {
        let [definition, cycle] = [100 + nr, 200 + nr].map(Uuid::from_u128);
        let sql =
            "insert into mt_definition (company_id, definition_id, product_id, kind, specialties_label, measure_id)
                   values ($1, $2, $3, 'person', 'S', $4)";
        execute(sql, &[company, definition, product, measure], None, 0).await;
        let sql = "insert into cycle (company_id, cycle_id, definition_id, name, state) values ($1, $2, $3, 'C', 'transferred')";
        execute(sql, &[company, cycle, definition], None, 0).await;
        let (now, before) = (labels(&mut random), labels(&mut random));
        for (position, label) in now.iter().enumerate() {
            let sql =
                "insert into mt_class (company_id, definition_id, label, position, planned) values ($1, $2, $3, $4, 0)";
            execute(sql, &[company, definition], Some(label), position as i16).await;
        }
        for (position, label) in before.iter().enumerate() {
            let sql =
                "insert into cycle_class (company_id, cycle_id, label, position, planned) values ($1, $2, $3, $4, 0)";
            execute(sql, &[company, cycle], Some(label), position as i16).await;
        }
        schemes.insert(definition, [now, before]);
    }
    migrate(&pool, |file| file >= name).await;
    let mut ids = BTreeSet::new();
    for (definition, [now, before]) in schemes {
        let read = async |sql: &'static str| -> Vec<(Uuid, String, String)> {
            sqlx::query_as(sql).bind(definition).fetch_all(&pool).await.unwrap()
        };
        let of_it = read("select class_id, label, code from mt_class where definition_id = $1 order by position").await;
        let of_cycle = read(
            "select class_id, label, code from cycle_class join cycle using (company_id, cycle_id)
             where definition_id = $1 order by position",
        )
        .await;
        for (labels, rows) in [(now, &of_it), (before, &of_cycle)] {
            let wanted = codes(&labels.iter().map(|label| (*label, "")).collect::<Vec<_>>());
            assert_eq!(rows.iter().map(|row| row.2.clone()).collect::<Vec<_>>(), wanted, "{labels:?}");
        }
        let by_label: BTreeMap<_, _> = of_it.iter().map(|(id, label, _)| (label, id)).collect();
        for (id, label, _) in &of_cycle {
            assert!(by_label.get(label).is_none_or(|known| *known == id), "{label} is one class");
        }
        let own: BTreeSet<_> = of_it.iter().chain(&of_cycle).map(|row| row.0).collect();
        let called: BTreeSet<_> = of_it.iter().chain(&of_cycle).map(|row| &row.1).collect();
        assert_eq!(own.len(), called.len());
        assert!(ids.is_disjoint(&own), "no definition shares a class with another");
        ids.extend(own);
    }
}
