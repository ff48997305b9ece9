//! What the grid reads over HTTP: snapshot, changes, search and orders. Each test has a database of its own.

use crate::support::http::{Answer, Browser, TestApp};
use crate::support::{World, accept, override_to, reject, whole, world};
use cutline_company::model::RegionForm;
use cutline_company::service as admin;
use cutline_domain::base::ids::{CycleId, IdempotencyKey};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::{Class, Score};
use cutline_planner::service;
use serde_json::json;
use sqlx::PgPool;

const HEADER: usize = 21;

/// Approving under 10 and 20, decided in every way; C4 has no score, C5's changed after its acceptance.
async fn approving(pool: &PgPool) -> (World, CycleId, Browser) {
    let w = world(pool).await;
    w.load(&[
        ("C1", "NORTH", "", "5"),
        ("C2", "CITY", "", "15"),
        ("C3", "SOUTH", "", "25.5"),
        ("C4", "SOUTH", "", "1"),
    ])
    .await;
    w.load(&[("C5", "NORTH", "", "20")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.rescore("C4", "").await;
    w.decide(&w.north, cycle, &["C1", "C5"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], reject("Retires")).await.unwrap();
    w.decide(&w.south, cycle, &["C3"], override_to(0, "Quiet")).await.unwrap();
    w.rescore("C5", "-7").await;
    let browser = TestApp::new(pool).signed_in("analyst@acme.example").await;
    (w, cycle, browser)
}

fn columns(answer: &Answer) -> Columns {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    Columns::decode(&answer.body).unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn a_snapshot_tells_every_item_in_twelve_bytes(pool: PgPool) {
    let (w, cycle, mut browser) = approving(&pool).await;
    let answer = browser.get(&format!("/api/cycles/{cycle}/snapshot")).await;
    assert_eq!(answer.body.len(), HEADER + 5 * 12);
    assert_eq!(answer.header("cache-control"), "no-store");
    let shown = columns(&answer);
    assert_eq!(shown.revision, w.revision(cycle).await);
    let regions = service::view(&pool, &w.analyst, cycle).await.unwrap().regions;
    let region = |code: &str| regions.iter().position(|region| region.code == code).unwrap() as u16;
    let row = |seq, score: Option<i64>, code: &str, status| Row {
        seq,
        score: score.map(Score::from_hundredths),
        region: region(code),
        current: None,
        overridden: None,
        status,
        score_changed: false,
        suggested: false,
    };
    let wanted = [
        row(0, Some(500), "NORTH", Status::Accepted),
        row(1, Some(1500), "CITY", Status::Rejected),
        Row { overridden: Some(Class(0)), ..row(2, Some(2550), "SOUTH", Status::InProgress) },
        row(3, None, "SOUTH", Status::InProgress),
        Row { score_changed: true, ..row(4, Some(2000), "NORTH", Status::Accepted) },
    ];
    assert_eq!((0..shown.len()).map(|i| shown.row(i)).collect::<Vec<_>>(), wanted);
    w.transfer(cycle, true).await.unwrap();
    let next = w.open("2026 H2").await;
    let shown = columns(&browser.get(&format!("/api/cycles/{next}/snapshot")).await);
    let now: Vec<_> =
        (0..5).map(|i| shown.row(i)).map(|r| (r.current.map(|c| c.0), r.overridden, r.suggested)).collect();
    assert_eq!(
        now,
        [(Some(0), None, false), (None, None, false), (None, None, true), (None, None, false), (Some(2), None, false)]
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn a_score_beyond_thirty_two_bits_widens_the_snapshot_and_nothing_else(pool: PgPool) {
    let (w, cycle, mut browser) = approving(&pool).await;
    w.rescore("C3", "9000000000000").await;
    let answer = browser.get(&format!("/api/cycles/{cycle}/snapshot")).await;
    assert_eq!(answer.body.len(), HEADER + 5 * 16);
    let shown = columns(&answer);
    let scores: Vec<_> = (0..5).map(|i| shown.score(i).map(Score::hundredths)).collect();
    assert_eq!(scores, [Some(500), Some(1500), Some(Score::LIMIT), None, Some(2000)]);
}

#[sqlx::test(migrations = "./migrations")]
async fn changes_bring_an_older_snapshot_up_to_date(pool: PgPool) {
    let (w, cycle, mut browser) = approving(&pool).await;
    let mut held = columns(&browser.get(&format!("/api/cycles/{cycle}/snapshot")).await);
    let none = columns(&browser.get(&format!("/api/cycles/{cycle}/changes/{}", held.revision)).await);
    assert_eq!((none.len(), none.revision), (0, held.revision));
    w.decide(&w.south, cycle, &["C3"], accept()).await.unwrap();
    w.rescore("C4", "12").await;
    w.load(&[("C0", "CITY", "", "1")]).await;
    let changed = columns(&browser.get(&format!("/api/cycles/{cycle}/changes/{}", held.revision)).await);
    assert_eq!(changed.seqs, [2, 3, 5]);
    held.merge(&changed);
    let fresh = columns(&browser.get(&format!("/api/cycles/{cycle}/snapshot")).await);
    assert_eq!(held, fresh);
    let all = columns(&browser.get(&format!("/api/cycles/{cycle}/changes/0")).await);
    assert_eq!(all, fresh, "since the beginning everything changed");
    service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), w.seen(cycle).await).await.unwrap();
    held.merge(&columns(&browser.get(&format!("/api/cycles/{cycle}/changes/{}", held.revision)).await));
    assert_eq!(held, columns(&browser.get(&format!("/api/cycles/{cycle}/snapshot")).await), "a Reset changes all");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_region_added_later_leaves_the_places_of_the_others(pool: PgPool) {
    let (w, cycle, mut browser) = approving(&pool).await;
    let path = format!("/api/cycles/{cycle}/snapshot");
    let before = columns(&browser.get(&path).await);
    let first = RegionForm { id: None, version: 1, parent: None, code: "AAA".into(), name: "Aaa".into() };
    admin::save_region(&pool, &w.admin, first, IdempotencyKey::new()).await.unwrap();
    assert_eq!(columns(&browser.get(&path).await), before);
}

#[sqlx::test(migrations = "./migrations")]
async fn search_takes_what_is_typed_literally(pool: PgPool) {
    let w = world(&pool).await;
    w.load_contacts(
        "id,name,region,specialty\nA-1,50% Clinic,NORTH,Cardiology\nA_2,500 Clinic,NORTH,Cardiology\n\
         A-3,Back\\slash,SOUTH,Cardiology\nB_4,Zoë Ö'Neill,SOUTH,Cardiology\nAx5,Plain,CITY,Cardiology\n",
    )
    .await;
    w.load_measures("id,claims\nA-1,1\nA_2,1\nA-3,1\nB_4,1\nAx5,1\n").await;
    let cycle = w.open("2026 H1").await;
    let items = w.items(cycle).await;
    let mut browser = TestApp::new(&pool).signed_in("analyst@acme.example").await;
    for (typed, wanted) in [
        ("50%25", vec!["A-1"]),
        ("%25", vec!["A-1"]),
        ("_", vec!["A_2", "B_4"]),
        ("a_", vec!["A_2"]),
        ("%5C", vec!["A-3"]),
        ("clinic", vec!["A-1", "A_2"]),
        ("CLIN", vec!["A-1", "A_2"]),
        ("ax5", vec!["Ax5"]),
        ("zo%C3%AB", vec!["B_4"]),
        ("%27", vec!["B_4"]),
        ("+plain+", vec!["Ax5"]),
        ("nothing+like+it", vec![]),
    ] {
        let mut wanted: Vec<u32> = wanted.into_iter().map(|id| items[id].seq.unsigned_abs()).collect();
        wanted.sort_unstable();
        assert_eq!(browser.get(&format!("/api/cycles/{cycle}/search?q={typed}")).await.numbers(), wanted, "{typed}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn orders_are_by_the_text_they_name(pool: PgPool) {
    let w = world(&pool).await;
    w.load_contacts(
        "id,name,region,specialty\nA1,Cora,NORTH,Geriatrics\nA2,Abel,CITY,Cardiology\nA3,Bea,SOUTH,Geriatrics\n\
         A4,Abel,SOUTH,Cardiology\n",
    )
    .await;
    w.load_measures("id,claims\nA4,1\n").await;
    let cycle = w.open("2026 H1").await;
    w.load_measures("id,claims\nA1,1\nA2,1\nA3,1\n").await;
    let mut browser = TestApp::new(&pool).signed_in("analyst@acme.example").await;
    let ids: Vec<(u32, String)> =
        w.items(cycle).await.into_values().map(|row| (row.seq.unsigned_abs(), row.external_id)).collect();
    for (key, wanted) in [
        ("name", "A4 A2 A3 A1"),
        ("id", "A1 A2 A3 A4"),
        // Within a specialty in the order of joining: A4 came first.
        ("specialty", "A4 A2 A1 A3"),
    ] {
        let order = browser.get(&format!("/api/cycles/{cycle}/order/{key}")).await.numbers();
        let named: Vec<&str> =
            order.iter().map(|seq| ids.iter().find(|(is, _)| is == seq).unwrap().1.as_str()).collect();
        assert_eq!(named.join(" "), wanted, "{key}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn texts_come_for_the_rows_asked_for(pool: PgPool) {
    let (w, cycle, mut browser) = approving(&pool).await;
    let answer = browser.post("planner/cycle/texts", json!({ "id": cycle, "items": [2, 1, 99] })).await;
    let wanted = json!([
        { "seq": 1, "name": "Dr C2", "external_id": "C2", "specialty": "Cardiology", "override_reason": null,
          "suggested": null, "decision_reason": "Retires" },
        { "seq": 2, "name": "Dr C3", "external_id": "C3", "specialty": "Cardiology", "override_reason": "Quiet",
          "suggested": null, "decision_reason": null },
    ]);
    assert_eq!(answer.json(), wanted);
    let many: Vec<u32> = (0..1001).collect();
    let answer = browser.post("planner/cycle/texts", json!({ "id": cycle, "items": many })).await;
    assert_eq!(answer.status.as_u16(), 422);
    service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), w.seen(cycle).await).await.unwrap();
    let answer = browser.post("planner/cycle/texts", json!({ "id": cycle, "items": [2] })).await;
    assert_eq!((&answer.json()[0]["suggested"], &answer.json()[0]["override_reason"]), (&json!(0), &json!("Quiet")));
    service::enable(&pool, &w.admin, w.request(cycle, whole(&[1, 2])).await).await.unwrap();
}
