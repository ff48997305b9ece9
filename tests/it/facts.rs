//! What features publish about contacts, and what the registry reads of it. Each test has a database of its own.

use crate::support::{Shown, World, accept, company, form, three_classes, world};
use cutline::server::registry;
use cutline_contacts::model::{Fact, FactType, FactValue};
use cutline_contacts::service::facts;
use cutline_domain::Score;
use cutline_domain::base::ids::{CompanyId, ContactId, IdempotencyKey};
use cutline_planner::service;
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn contact(w: &World, id: &str) -> ContactId {
    let sql = "select contact_id from contact where company_id = $1 and external_id = $2";
    let row: Uuid = sqlx::query_scalar(sql).bind(w.company.0).bind(id).fetch_one(&w.pool).await.unwrap();
    row.into()
}

async fn of(w: &World, company: CompanyId, id: ContactId) -> Vec<Fact> {
    facts(&mut w.pool.acquire().await.unwrap(), &registry(), company, id).await.shown().unwrap()
}

fn named<'a>(facts: &'a [Fact], title: &str) -> &'a Fact {
    facts.iter().find(|fact| fact.title == title).unwrap_or_else(|| panic!("no fact {title}: {facts:?}"))
}

fn text(text: &str) -> FactValue {
    FactValue::Text(text.to_owned())
}

#[sqlx::test(migrations = "./migrations")]
async fn region_specialty_owner_tags_and_each_measure(pool: PgPool) {
    let w = world(&pool).await;
    w.load_contacts("id,region,specialty,owner,tags\nC1,CITY,Cardiology,rep@acme.example,key; new\nC2,SOUTH,,,\n")
        .await;
    w.load_measures("id,claims,visits\nC1,12.5,-3\nC2,,7\n").await;
    let all = of(&w, w.company, contact(&w, "C1").await).await;
    let keys: BTreeSet<&str> = all.iter().map(|fact| fact.key.as_str()).collect();
    assert_eq!(keys.len(), all.len(), "each key is there once: {all:?}");
    assert!(all.iter().all(|fact| !fact.explanation.is_empty()));
    for (title, kind, value) in [
        ("Region", FactType::Word, Some(text("City"))),
        ("Specialty", FactType::Word, Some(text("Cardiology"))),
        ("Owner", FactType::Person, Some(text("Rex Rep"))),
        ("Tags", FactType::Labels, Some(FactValue::Labels(vec!["key".to_owned(), "new".to_owned()]))),
        ("claims", FactType::Number, Some(FactValue::Number(Score::from_hundredths(1250)))),
        ("visits", FactType::Number, Some(FactValue::Number(Score::from_hundredths(-300)))),
        ("Class for Cardiolin", FactType::Class, None),
    ] {
        let fact = named(&all, title);
        assert_eq!((fact.kind, &fact.value), (kind, &value), "{title}");
    }
    let other = of(&w, w.company, contact(&w, "C2").await).await;
    assert_eq!(named(&other, "Region").value, Some(text("South")));
    for title in ["Specialty", "Owner", "Tags", "claims"] {
        assert_eq!(named(&other, title).value, None, "{title}: what a contact doesn't have has no value");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn the_class_for_a_definition_once_transfer_made_it_official(pool: PgPool) {
    let w = world(&pool).await;
    service::save_definition(&pool, &w.admin, form("Respira", three_classes()), IdempotencyKey::new()).await.unwrap();
    w.load(&[("C1", "NORTH", "", "25"), ("C2", "NORTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let (c1, c2) = (contact(&w, "C1").await, contact(&w, "C2").await);
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    assert_eq!(named(&of(&w, w.company, c1).await, "Class for Cardiolin").value, None, "accepted, not transferred");
    w.transfer(cycle, true).await.unwrap();
    let after = of(&w, w.company, c1).await;
    assert_eq!(named(&after, "Class for Cardiolin").value, Some(text("A")));
    assert_eq!(named(&after, "Class for Respira").value, None, "another definition");
    assert_eq!(named(&of(&w, w.company, c2).await, "Class for Cardiolin").value, None, "another contact");
}

#[sqlx::test(migrations = "./migrations")]
async fn another_company_knows_nothing_of_a_contact(pool: PgPool) {
    let w = world(&pool).await;
    let other = company(&pool, "Bolt", "bolt.example").await;
    w.load_contacts("id,region,specialty,tags\nC1,CITY,Cardiology,key\n").await;
    w.load_measures("id,claims\nC1,5\n").await;
    let all = of(&w, other.company, contact(&w, "C1").await).await;
    assert!(!all.is_empty() && all.iter().all(|fact| fact.value.is_none()), "{all:?}");
}
