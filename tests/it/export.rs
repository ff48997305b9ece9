//! The Excel export, fetched over HTTP and read back: the rows of the grid in its order, and the sheets that summarise
//! them. Each test has a database of its own.

use crate::support::http::{Answer, Browser, TestApp};
use crate::support::{World, accept, classes, override_to, reject, world};
use calamine::{Data, Range, Reader, Xlsx};
use cutline_domain::Class;
use cutline_domain::base::ids::{CycleId, IdempotencyKey};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::GridQuery;
use cutline_domain::planner::grid::{ClassSet, Grouping, LiveFilter, Sort, SortKey};
use cutline_planner::model::DefinitionForm;
use cutline_planner::service;
use sqlx::PgPool;
use std::fmt::Write;
use std::io::{Cursor, Read};

/// Approving under 10 and 20, the second round: A1 was A, A3 was B. A4 is exactly on the border of A, A6 has no score.
async fn second_round(pool: &PgPool) -> (World, CycleId) {
    let w = world(pool).await;
    w.load_contacts(
        "id,name,region,specialty\nA1,Delta,NORTH,Cardiology\nA2,Alpha,CITY,Geriatrics\nA3,Echo,SOUTH,Cardiology\n\
         A4,Bravo,NORTH,Cardiology\nA5,Charlie,SOUTH,Geriatrics\nA6,Foxtrot,CITY,Cardiology\n",
    )
    .await;
    w.load_measures("id,claims\nA1,25\nA2,5\nA3,15\nA4,20\nA5,7.25\nA6,1\n").await;
    let first = w.approving("2026 H1", &[6, 22]).await;
    w.decide(&w.north, first, &["A1"], accept()).await.unwrap();
    w.decide(&w.south, first, &["A3"], accept()).await.unwrap();
    w.transfer(first, true).await.unwrap();
    w.rescore("A6", "").await;
    let cycle = w.approving("2026 H2", &[10, 20]).await;
    w.decide(&w.north, cycle, &["A1"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["A2"], reject("Retires")).await.unwrap();
    w.decide(&w.south, cycle, &["A3"], override_to(2, "Opinion leader")).await.unwrap();
    w.decide(&w.south, cycle, &["A5"], accept()).await.unwrap();
    (w, cycle)
}

async fn fetch(browser: &mut Browser, cycle: CycleId, query: Option<&GridQuery>, borders: &str) -> Answer {
    let mut path = format!("/api/cycles/{cycle}/export.xlsx?{borders}");
    if let Some(query) = query {
        let json = serde_json::to_string(query).unwrap();
        path += "&view=";
        json.bytes().for_each(|byte| write!(path, "%{byte:02X}").unwrap());
    }
    let answer = browser.get(&path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    answer
}

fn book(answer: &Answer) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(answer.body.clone())).unwrap()
}

fn sheet(answer: &Answer, name: &str) -> Range<Data> {
    book(answer).worksheet_range(name).unwrap()
}

/// A sheet's cells: numbers as numbers (`#25`), texts as they are.
fn cells(answer: &Answer, name: &str) -> Vec<String> {
    let cell = |cell: &Data| match cell {
        Data::Float(number) => format!("#{number}"),
        Data::Int(number) => format!("#{number}"),
        Data::String(text) => text.clone(),
        Data::Empty => "-".into(),
        other => panic!("an unexpected cell: {other:?}"),
    };
    sheet(answer, name).rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect()
}

fn names(answer: &Answer) -> String {
    column(answer, "Items")
}

/// The first column of a sheet.
fn column(answer: &Answer, name: &str) -> String {
    let range = sheet(answer, name);
    range.rows().skip(1).map(|row| row[0].to_string()).collect::<Vec<_>>().join(" ")
}

#[sqlx::test(migrations = "./migrations")]
async fn every_column_of_every_item(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "").await;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type"), kind);
    let disposition = "attachment; filename=\"Cardiolin Primary care 2026 H2.xlsx\"";
    assert_eq!(answer.header("content-disposition"), disposition);
    assert_eq!(book(&answer).sheet_names(), ["Items", "Summary", "Moves", "Borders"]);
    let wanted = [
        "Name|Id|Specialty|Region|Claims|Current|Proposed|Override|Override reason|Status",
        "Bravo|A4|Cardiology|North|#20|-|A|-|-|In progress",
        "Delta|A1|Cardiology|North|#25|A|A|-|-|Accepted",
        "Echo|A3|Cardiology|South|#15|B|B|A|Opinion leader|In progress",
        "Charlie|A5|Geriatrics|South|#7.25|-|C|-|-|Accepted",
        "Alpha|A2|Geriatrics|City|#5|-|C|-|-|Rejected",
        "Foxtrot|A6|Cardiology|City|-|-|-|-|-|In progress",
    ];
    assert_eq!(cells(&answer, "Items"), wanted, "by class, then status, then score, as the grid begins");
}

#[sqlx::test(migrations = "./migrations")]
async fn the_sheets_that_summarise(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("analyst@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "").await;
    let wanted = [
        "Class|In progress|Accepted|Rejected|Total",
        "A|#1|#1|#0|#2",
        "B|#1|#0|#0|#1",
        "C|#0|#1|#1|#2",
        "Unscored|#1|#0|#0|#1",
        "Total|#3|#2|#1|#6",
    ];
    assert_eq!(cells(&answer, "Summary"), wanted);
    // Echo moves by its override; Foxtrot has nowhere to go; who was rejected keeps what it has, here nothing.
    let wanted = ["Current → final|A|B|C", "A|#1|#0|#0", "B|#1|#0|#0", "C|#0|#0|#0", "No class yet|#1|#0|#1"];
    assert_eq!(cells(&answer, "Moves"), wanted);
    let wanted =
        ["Class|From|Planned %|Now %|Count", "A|#20|#0.2|#0.4|#2", "B|#10|#0.3|#0.2|#1", "C|open|#0.5|#0.4|#2"];
    assert_eq!(cells(&answer, "Borders"), wanted);
}

#[sqlx::test(migrations = "./migrations")]
async fn rows_and_their_order_follow_the_grid(pool: PgPool) {
    let (w, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let sorted =
        |key, descending, grouping| GridQuery { sort: Sort { key, descending }, grouping, ..GridQuery::default() };
    let flat = |key, descending| sorted(key, descending, Grouping::None);
    let all = GridQuery::default;
    let classes = |class| LiveFilter { classes: ClassSet::default().toggled(class), changed_only: false };
    for (query, wanted) in [
        (flat(SortKey::Name, false), "Alpha Bravo Charlie Delta Echo Foxtrot"),
        (flat(SortKey::Name, true), "Foxtrot Echo Delta Charlie Bravo Alpha"),
        (flat(SortKey::Id, false), "Delta Alpha Echo Bravo Charlie Foxtrot"),
        (flat(SortKey::Specialty, false), "Delta Echo Bravo Foxtrot Alpha Charlie"),
        (flat(SortKey::Score, true), "Delta Bravo Echo Charlie Alpha Foxtrot"),
        (flat(SortKey::Region, false), "Alpha Foxtrot Delta Bravo Echo Charlie"),
        (flat(SortKey::Region, true), "Echo Charlie Delta Bravo Alpha Foxtrot"),
        (flat(SortKey::Status, false), "Echo Bravo Foxtrot Delta Charlie Alpha"),
        (sorted(SortKey::Score, true, Grouping::StatusClass), "Bravo Echo Foxtrot Delta Charlie Alpha"),
        (sorted(SortKey::Name, true, Grouping::ClassStatus), "Bravo Delta Echo Charlie Alpha Foxtrot"),
        (GridQuery { statuses: vec![Status::Accepted], ..all() }, "Delta Charlie"),
        (GridQuery { statuses: vec![Status::Rejected, Status::InProgress], ..all() }, "Bravo Echo Alpha Foxtrot"),
        (GridQuery { regions: vec![w.regions["NORTH"]], ..all() }, "Bravo Delta Alpha Foxtrot"),
        (GridQuery { regions: vec![w.regions["CITY"], w.regions["SOUTH"]], ..all() }, "Echo Charlie Alpha Foxtrot"),
        (GridQuery { search: "o".into(), ..all() }, "Bravo Echo Foxtrot"),
        (GridQuery { search: " a3 ".into(), ..all() }, "Echo"),
        (GridQuery { search: "%".into(), ..all() }, ""),
        (GridQuery { live: classes(Some(Class(2))), ..all() }, "Bravo Delta"),
        (GridQuery { live: classes(None), ..all() }, "Foxtrot"),
        (GridQuery { current: ClassSet::of(Some(Class(1))), ..all() }, "Echo"),
        (GridQuery { current: ClassSet::of(None), ..all() }, "Bravo Charlie Alpha Foxtrot"),
        (
            GridQuery { live: LiveFilter { changed_only: true, ..LiveFilter::default() }, ..all() },
            "Bravo Echo Charlie Alpha",
        ),
        (
            GridQuery {
                search: "o".into(),
                statuses: vec![Status::InProgress],
                regions: vec![w.regions["NORTH"]],
                ..flat(SortKey::Name, true)
            },
            "Foxtrot Bravo",
        ),
    ] {
        let answer = fetch(&mut browser, cycle, Some(&query), "").await;
        assert_eq!(names(&answer), wanted, "{query:?}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn sheets_count_what_is_filtered_only(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let query = GridQuery { statuses: vec![Status::Accepted], ..GridQuery::default() };
    let answer = fetch(&mut browser, cycle, Some(&query), "").await;
    assert_eq!(cells(&answer, "Summary")[5], "Total|#0|#2|#0|#2");
    assert_eq!(cells(&answer, "Moves")[1..], ["A|#1|#0|#0", "B|#0|#0|#0", "C|#0|#0|#0", "No class yet|#0|#0|#1"]);
    assert_eq!(cells(&answer, "Borders")[1], "A|#20|#0.2|#0.5|#1");
}

#[sqlx::test(migrations = "./migrations")]
async fn borders_being_previewed_are_exported_as_previewed(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "borders=500,2001").await;
    assert_eq!(
        book(&answer).sheet_names(),
        ["Items (preview)", "Summary (preview)", "Moves (preview)", "Borders (preview)"],
        "no sheet passes for what counts"
    );
    assert!(answer.header("content-disposition").ends_with("2026 H2 preview.xlsx\""));
    assert_eq!(
        cells(&answer, "Borders (preview)")[1..],
        ["A|#20.01|#0.2|#0.2|#1", "B|#5|#0.3|#0.8|#4", "C|open|#0.5|#0|#0"]
    );
    assert_eq!(column(&answer, "Items (preview)"), "Delta Bravo Echo Charlie Alpha Foxtrot");
    let wrong = browser.get(&format!("/api/cycles/{cycle}/export.xlsx?borders=500")).await;
    assert!(wrong.error().beside("borders").is_some(), "borders for other classes are none: {}", wrong.text());
    let same = fetch(&mut browser, cycle, None, "borders=1000,2000").await;
    assert_eq!(book(&same).sheet_names()[0], "Items", "those that count are no preview");
}

#[sqlx::test(migrations = "./migrations")]
async fn before_there_are_borders_there_are_only_the_items(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "").await;
    assert_eq!(book(&answer).sheet_names(), ["Items"]);
    assert_eq!(cells(&answer, "Items")[1], "Dr C1|C1|Cardiology|North|#5|-|-|-|-|In progress");
}

#[sqlx::test(migrations = "./migrations")]
async fn everybody_exports_what_they_see(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let app = TestApp::new(&pool);
    for (who, wanted, total) in [
        ("north", "Bravo Delta Alpha Foxtrot", "Total|#2|#1|#1|#4"),
        ("city", "Alpha Foxtrot", "Total|#1|#0|#1|#2"),
        ("south", "Echo Charlie", "Total|#1|#1|#0|#2"),
        ("rep", "", "Total|#0|#0|#0|#0"),
    ] {
        let mut browser = app.signed_in(&format!("{who}@acme.example")).await;
        let answer = fetch(&mut browser, cycle, None, "").await;
        assert_eq!((names(&answer).as_str(), cells(&answer, "Summary")[5].as_str()), (wanted, total), "{who}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn the_header_is_frozen_and_every_column_can_be_filtered(pool: PgPool) {
    let (_, cycle) = second_round(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let mut xml = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(xml.contains("<autoFilter ref=\"A1:J7\""), "ten columns, six rows below the header");
    let pane = xml.split("<pane ").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    assert!(pane.contains("ySplit=\"1\"") && pane.contains("state=\"frozen\""), "{pane}");
}

#[sqlx::test(migrations = "./migrations")]
async fn long_labels_stand_in_full_and_their_codes_over_narrow_columns(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "25")]).await;
    let labelled = classes(&[("Rest", 5000), ("Key opinion leader", 5000)]);
    let stored = service::overview(&pool, &w.admin).await.unwrap().remove(0).form;
    let form = DefinitionForm { classes: labelled, ..stored };
    service::save_definition(&pool, &w.admin, form, IdempotencyKey::new()).await.unwrap();
    let cycle = w.approving("2026 H1", &[10]).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let answer = fetch(&mut browser, cycle, None, "").await;
    let proposed: Vec<_> = sheet(&answer, "Items").rows().skip(1).map(|row| row[6].to_string()).collect();
    assert_eq!(proposed, ["Key opinion leader", "Rest"]);
    let wanted = ["Current → final|KOL|Rest", "Key opinion leader (KOL)|#0|#0", "Rest|#0|#0", "No class yet|#1|#1"];
    assert_eq!(cells(&answer, "Moves"), wanted);
    assert_eq!(column(&answer, "Borders"), "Key opinion leader Rest");
}
