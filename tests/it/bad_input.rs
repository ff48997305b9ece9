//! Forms with something wrong in them: what is said, at which field, and all of it at once. Each test has a database of its own.

use crate::support::http::{Answer, Browser, TestApp};
use crate::support::{everything, form, three_classes, whole, world};
use axum::http::StatusCode;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_wire::AppError;
use serde_json::{Value, json};
use sqlx::PgPool;

/// Each fault with its field.
fn faults(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    match answer.error() {
        AppError::Invalid { faults } => {
            faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
        }
        other => panic!("not about the form: {other:?}"),
    }
}

async fn save(browser: &mut Browser, form: Value) -> Vec<String> {
    faults(&browser.post("planner/definition/save", json!({ "form": form, "key": IdempotencyKey::new() })).await)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_definition_says_all_that_is_wrong_with_it(pool: PgPool) {
    world(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let good = serde_json::to_value(form("Respira", three_classes())).unwrap();
    let before = everything(&pool).await;
    let number = "classes: A definition has 1 to 9 classes.";
    let one = |at: usize, part: &str, value: Value| {
        let mut form = good.clone();
        form["classes"][at][part] = value;
        form
    };
    let with = |field: &str, value: Value| {
        let mut form = good.clone();
        form[field] = value;
        form
    };
    let class = |nr: usize| json!({ "label": format!("K{nr}"), "planned": 1000 });
    for (bad, wanted) in [
        (with("classes", json!([])), number),
        (with("classes", (0..10).map(class).collect()), number),
        (one(1, "label", json!(" C ")), "classes.1.label: Two classes are labelled “C”."),
        (one(1, "label", json!("")), "classes.1.label: Every class needs a label."),
        (
            one(1, "label", json!("é".repeat(41))),
            &format!("classes.1.label: The label “{}…” is longer than 40 characters.", "é".repeat(40)),
        ),
        (one(1, "label", json!("a\0b")), "classes.1.label: A label or code has a character that can't be shown."),
        (one(2, "code", json!("C")), "classes.2.code: Two classes have the code “C”."),
        (one(2, "code", json!("ABCDE")), "classes.2.code: The code “ABCDE” is longer than 4 characters."),
        (one(0, "planned", json!(4999)), "classes: Planned shares total 99.99 %; they must total 100.00 %."),
        (one(0, "planned", json!(-1)), "classes.0.planned: Planned % of class “C” does not lie between 0 and 100."),
        (one(0, "planned", json!(10_001)), "classes.0.planned: Planned % of class “C” does not lie between 0 and 100."),
        (one(0, "colour", json!("blue")), "classes.0.colour: “blue” is not a colour like #2f55a4."),
        (
            one(0, "calls_per_year", json!(-3)),
            "classes.0.calls_per_year: Class “C” needs a whole number of calls per year, at most 9999, or none.",
        ),
        (
            one(1, "id", good["classes"][0]["id"].clone()),
            "classes.1.id: Class “B” stands for the same class as one below it.",
        ),
        (with("specialties", json!([])), "specialties: Choose at least one specialty."),
        (with("measure", json!("tons")), "measure: Choose one of the measures that were loaded."),
    ] {
        assert_eq!(save(&mut browser, bad).await, [wanted]);
    }
    let mut all = good.clone();
    all["product"] = json!(" ");
    all["measure"] = json!("tons");
    all["specialties"] = json!(["Alchemy", "Astrology"]);
    all["classes"][2]["label"] = json!("B");
    all["classes"][0]["planned"] = json!(1);
    let wanted = [
        "product: The product is missing.",
        "classes.2.label: Two classes are labelled “B”.",
        "classes: Planned shares total 50.01 %; they must total 100.00 %.",
        "measure: Choose one of the measures that were loaded.",
        "specialties: There is no specialty “Alchemy”.",
        "specialties: There is no specialty “Astrology”.",
    ];
    assert_eq!(save(&mut browser, all).await, wanted);
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn borders_and_plan_say_all_that_is_wrong_with_them(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let good = serde_json::to_value(w.request(cycle, whole(&[10, 20])).await).unwrap();
    assert_eq!((&good["borders"], &good["planned"]), (&json!([1000, 2000]), &json!([5000, 3000, 2000])));
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let before = everything(&pool).await;
    let plan = || json!([5000, 3000, 2000]);
    let number = "borders: This cycle has 3 classes, so 2 borders.";
    let order = "borders.1: Border 2 must be above the one below it: 10 is not above 20.";
    let total = "planned: Planned shares total 99.99 %; they must total 100.00 %.";
    for (borders, planned, wanted) in [
        (json!([2000, 1000]), plan(), vec![order]),
        (json!([1000, 1000]), plan(), vec!["borders.1: Border 2 must be above the one below it: 10 is not above 10."]),
        (json!([1000]), plan(), vec![number]),
        (json!([]), plan(), vec![number]),
        (json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), plan(), vec![number]),
        (json!([i64::MIN, 0]), plan(), vec!["borders.0: Border 1: this number is too large."]),
        (json!([1000, 2000]), json!([5000, 3000, 1999]), vec![total]),
        (
            json!([1000, 2000]),
            json!([5000, 5000]),
            vec!["planned: A planned share for each of the 3 classes is needed."],
        ),
        (
            json!([1000, 2000]),
            json!([-1, 10_001, 0]),
            vec![
                "planned.0: Planned share 1 does not lie between 0 and 100 %.",
                "planned.1: Planned share 2 does not lie between 0 and 100 %.",
            ],
        ),
        (json!([2000, 1000]), json!([5000, 3000, 1999]), vec![order, total]),
    ] {
        for endpoint in ["planner/cycle/save-draft", "planner/cycle/enable"] {
            let mut request = good.clone();
            (request["borders"], request["planned"]) = (borders.clone(), planned.clone());
            request["seen"]["key"] = json!(IdempotencyKey::new());
            assert_eq!(faults(&browser.post(endpoint, json!({ "request": request })).await), wanted, "{endpoint}");
        }
    }
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_letter_and_its_mark_are_one_text_with_the_letter_that_has_it(pool: PgPool) {
    let w = world(&pool).await;
    let mut browser = TestApp::new(&pool).signed_in("admin@acme.example").await;
    let mut two = serde_json::to_value(form("Respira", three_classes())).unwrap();
    two["classes"][0]["label"] = json!("Fidélité");
    two["classes"][1]["label"] = json!("Fide\u{301}lite\u{301}");
    assert_eq!(save(&mut browser, two.clone()).await, ["classes.1.label: Two classes are labelled “Fidélité”."]);
    two["classes"][0]["label"] = json!("Gold");
    two["product"] = json!("Respire\u{301}");
    let answer = browser.post("planner/definition/save", json!({ "form": two, "key": IdempotencyKey::new() })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let region =
        |code: &str| json!({ "id": null, "version": 0, "parent": null, "code": code, "name": "Zu\u{308}rich" });
    let add = async |browser: &mut Browser, code: &str| {
        browser.post("company/region/save", json!({ "form": region(code), "key": IdempotencyKey::new() })).await
    };
    assert_eq!(add(&mut browser, "ZÜRI").await.status, StatusCode::OK);
    assert_eq!(faults(&add(&mut browser, "ZU\u{308}RI").await), ["code: Another region has this short name."]);
    let kept: Vec<String> = sqlx::query_scalar(
        "select name from region where code = 'ZÜRI' union all select label from mt_class where label like 'Fid%'
         union all select name from product where name like 'Resp%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(kept, ["Zürich", "Fidélité", "Respiré"]);
    w.load_contacts("id,name,region,specialty\nC1,Zoë,NORTH,Cardiology\n").await;
    w.rescore("C1", "5").await;
    let cycle = w.open("2026 H1").await;
    let found = cutline_planner::service::search(&pool, &w.admin, cycle, "zoe\u{308}").await.unwrap();
    assert_eq!(found, [0], "what is searched for is written as what is kept");
}
