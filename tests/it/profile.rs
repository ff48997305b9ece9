//! One's own account: name, e-mail address, password and sessions are their person's, asked for the password where it matters,
//! and passwords that were given are good for nothing but setting one's own. Each test has a database of its own.

use crate::support::http::{Answer, Browser, TestApp};
use crate::support::{PASSWORD, Shown, World, acting, company, everything, world};
use axum::http::{Method, StatusCode};
use cutline_company::model::{Keeper, Person, PersonForm};
use cutline_company::service as admin;
use cutline_domain::Role;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use serde_json::{Value, json};
use sqlx::PgPool;

const NORTH: &str = "north@acme.example";
const NEW: &str = "battery staple";

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::query(sql).execute(pool).await.unwrap();
}

/// A browser that says what it is.
async fn signed_in(app: &TestApp, email: &str, agent: &str) -> Browser {
    let mut browser = app.browser();
    browser.headers.push(("user-agent", agent.to_owned()));
    let answer = browser.sign_in(email, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    browser
}

async fn profile(browser: &mut Browser) -> Value {
    let answer = browser.post("account/profile", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

fn keyed(mut arguments: Value) -> Value {
    arguments["key"] = json!(IdempotencyKey::new());
    arguments
}

async fn save(browser: &mut Browser, version: i32, name: &str, email: &str, password: &str) -> Answer {
    let form = json!({ "version": version, "name": name, "email": email, "password": password });
    browser.post("account/profile/save", keyed(json!({ "form": form }))).await
}

async fn change(browser: &mut Browser, present: &str, new: &str) -> Answer {
    browser.post("account/password", keyed(json!({ "form": { "present": present, "new": new } }))).await
}

async fn own_password(browser: &mut Browser, password: &str) -> Answer {
    browser.post("account/password/own", keyed(json!({ "password": password }))).await
}

fn beside(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.text());
    answer.error().beside(field).unwrap_or_else(|| panic!("not beside {field}: {}", answer.text()))
}

fn taken(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

/// The person in the list of a company's admin.
async fn person(w: &World, who: &Caller) -> Person {
    let everybody = admin::people(&w.pool, &w.admin).await.unwrap();
    everybody.into_iter().find(|person| person.id == who.actor.account).unwrap()
}

fn form(person: &Person) -> PersonForm {
    let Person { id, name, email, role, regions, version, .. } = person.clone();
    PersonForm { id: Some(id), version, name, email, role, regions, password: String::new() }
}

async fn save_person(w: &World, form: PersonForm) -> Result<(), AppError> {
    admin::save_person(&w.pool, &w.admin, form, IdempotencyKey::new()).await.map(drop).shown()
}

async fn joins(pool: &PgPool, w: &World, who: &Caller) {
    sqlx::query("insert into membership (company_id, account_id, role) values ($1, $2, 'analyst')")
        .bind(w.company.0)
        .bind(who.actor.account.0)
        .execute(pool)
        .await
        .unwrap();
}

/// Audit records of a command, by company.
async fn records(pool: &PgPool, command: &str) -> Vec<(uuid::Uuid, Value, Value)> {
    sqlx::query_as("select company_id, before, after from audit_record where command = $1 order by company_id, audit_id")
        .bind(command)
        .fetch_all(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn another_name_is_taken_and_another_address_asks_for_the_password(pool: PgPool) {
    let w = world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in(NORTH).await;
    let is = profile(&mut north).await;
    assert_eq!((&is["name"], &is["email"], &is["version"]), (&json!("Nora North"), &json!(NORTH), &json!(0)));
    taken(&save(&mut north, 0, " Nora Northwood ", NORTH, "").await);
    assert_eq!(profile(&mut north).await["name"], json!("Nora Northwood"));
    let before = everything(&pool).await;
    let moved = "nora@acme.example";
    assert!(beside(&save(&mut north, 1, "Nora", moved, "").await, "password").contains("needed"));
    assert!(beside(&save(&mut north, 1, "Nora", moved, "not the password").await, "password").contains("not your"));
    assert!(beside(&save(&mut north, 1, "", "nora", PASSWORD).await, "email").contains("not an e-mail"));
    let taken_already = beside(&save(&mut north, 1, "Nora", "south@acme.example", PASSWORD).await, "email");
    assert_eq!(taken_already, "This e-mail address can\u{2019}t be used. Choose another one.");
    assert_eq!(everything(&pool).await, before, "what is refused changes nothing");
    taken(&save(&mut north, 1, "Nora", "Nora@Acme.example", PASSWORD).await);
    assert_eq!(north.me().await.as_deref(), Some(moved), "the session goes on");
    let mut again = TestApp::new(&pool).browser();
    assert_eq!(again.sign_in(NORTH, PASSWORD).await.status.as_u16(), 422);
    taken(&again.sign_in(moved, PASSWORD).await);
    let told = |name: &str, email: &str| json!({ "id": w.north.actor.account, "name": name, "email": email });
    let company = w.company.0;
    assert_eq!(
        records(&pool, "save profile").await.into_iter().map(|(_, before, after)| (before, after)).collect::<Vec<_>>(),
        [
            (told("Nora North", NORTH), told("Nora Northwood", NORTH)),
            (told("Nora Northwood", NORTH), told("Nora", moved)),
        ],
        "{company}"
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn a_profile_from_before_an_admins_change_shows_both_and_changes_nothing(pool: PgPool) {
    let w = world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in(NORTH).await;
    save_person(&w, PersonForm { name: "Nora Northwood".into(), ..form(&person(&w, &w.north).await) }).await.unwrap();
    let before = everything(&pool).await;
    let AppError::Conflict { theirs: Some(theirs), .. } = save(&mut north, 0, "Nora N.", NORTH, "").await.error() else {
        panic!("an older form was taken");
    };
    assert_eq!((theirs.version, theirs.differs), (1, vec![("Name".to_owned(), "Nora Northwood".to_owned())]));
    assert_eq!(everything(&pool).await, before);
    taken(&save(&mut north, 1, "Nora N.", NORTH, "").await);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_changed_password_asks_for_the_present_one_and_ends_every_other_session(pool: PgPool) {
    let w = world(&pool).await;
    let app = TestApp::new(&pool);
    let (mut here, mut there) = (app.signed_in(NORTH).await, app.signed_in(NORTH).await);
    let mut south = app.signed_in("south@acme.example").await;
    let before = everything(&pool).await;
    assert!(beside(&change(&mut here, "not the password", NEW).await, "present").contains("not your present"));
    assert!(beside(&change(&mut here, "", NEW).await, "present").contains("needed"));
    assert!(beside(&change(&mut here, PASSWORD, "too short").await, "new").contains("at least"));
    assert!(beside(&change(&mut here, PASSWORD, &"x".repeat(201)).await, "new").contains("at most"));
    assert!(beside(&change(&mut here, PASSWORD, PASSWORD).await, "new").contains("Choose another"));
    assert_eq!(everything(&pool).await, before);
    assert!(there.me().await.is_some(), "what is refused ends nothing");
    taken(&change(&mut here, PASSWORD, NEW).await);
    assert_eq!((here.me().await.as_deref(), there.me().await), (Some(NORTH), None));
    assert_eq!(south.me().await.as_deref(), Some("south@acme.example"), "others are as they were");
    taken(&here.post("planner/overview", json!({})).await);
    assert_eq!(profile(&mut here).await["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(there.sign_in(NORTH, PASSWORD).await.status.as_u16(), 422);
    taken(&there.sign_in(NORTH, NEW).await);
    let id = json!(w.north.actor.account);
    let told = vec![(w.company.0, json!({ "id": id }), json!({ "id": id, "password": "set" }))];
    assert_eq!(records(&pool, "change password").await, told);
    let text: String = sqlx::query_scalar("select string_agg(t::text, ' ') from audit_record t").fetch_one(&pool).await.unwrap();
    assert!(!text.contains(NEW) && !text.contains("argon2"), "no password in the trail");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_change_of_password_whose_answer_was_lost_is_answered_again(pool: PgPool) {
    world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in(NORTH).await;
    let asked = keyed(json!({ "form": { "present": PASSWORD, "new": NEW } }));
    taken(&north.post("account/password", asked.clone()).await);
    let after = everything(&pool).await;
    taken(&north.post("account/password", asked.clone()).await);
    assert_eq!(everything(&pool).await, after, "done once");
    let mut other = asked.clone();
    other["form"]["new"] = json!("another one altogether");
    assert!(beside(&north.post("account/password", other).await, "").contains("used for another command"));
    taken(&change(&mut north, NEW, "the third of them").await);
    taken(&north.post("account/password", asked).await);
    assert_eq!(north.me().await.as_deref(), Some(NORTH), "an answer from before doesn't take the session back to then");
}

#[sqlx::test(migrations = "./migrations")]
async fn an_open_page_is_no_way_to_guess_the_password(pool: PgPool) {
    world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in(NORTH).await;
    for nr in 0..5 {
        let answer = match nr % 2 {
            0 => change(&mut north, "not the password", NEW).await,
            _ => save(&mut north, 0, "Nora North", "nora@acme.example", "not the password").await,
        };
        assert_eq!(answer.status.as_u16(), 422, "{nr}: {}", answer.text());
    }
    let answer = change(&mut north, PASSWORD, NEW).await;
    assert!(matches!(answer.error(), AppError::Throttled { .. }), "even the right one waits: {}", answer.text());
    run(&pool, "update sign_in_attempt set at = at - interval '6 seconds'").await;
    taken(&change(&mut north, PASSWORD, NEW).await);
    taken(&change(&mut north, NEW, PASSWORD).await);
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/26.0 Mobile/15E148 Safari/604.1";

#[sqlx::test(migrations = "./migrations")]
async fn own_sessions_are_listed_and_each_can_be_ended(pool: PgPool) {
    world(&pool).await;
    let app = TestApp::new(&pool);
    let mut here = signed_in(&app, NORTH, FIREFOX).await;
    let mut phone = signed_in(&app, NORTH, SAFARI).await;
    let mut third = signed_in(&app, NORTH, "curl/8.5.0").await;
    let mut south = signed_in(&app, "south@acme.example", FIREFOX).await;
    let old = "insert into account_session (session_id, account_id, data, expires_at)
               select 'over', account_id, '{}', now() - interval '1 day' from account where email = 'north@acme.example'
               union all
               select 'before', account_id, '{\"credential\": 0}', now() + interval '1 day' from account
               where email = 'north@acme.example'";
    run(&pool, old).await;
    let list = profile(&mut here).await["sessions"].clone();
    let told: Vec<(&Value, bool)> =
        list.as_array().unwrap().iter().map(|s| (&s["browser"], s["here"].as_bool().unwrap())).collect();
    let (firefox, safari) = (json!("Firefox on Linux"), json!("Safari on iPhone"));
    let wanted = [(&Value::Null, false), (&safari, false), (&firefox, true)];
    assert_eq!(told, wanted, "used last first; none that is over or of a password before");
    assert!(!list.to_string().contains(&here.cookies["cutline_session"]), "a list is no place for cookies");
    let handle = |nr: usize| list[nr]["handle"].clone();
    let foreign = profile(&mut south).await["sessions"][0]["handle"].clone();
    let end = async |by: &mut Browser, handle: Value| {
        by.post("account/session/end", keyed(json!({ "handle": handle }))).await.status.as_u16()
    };
    assert_eq!(end(&mut here, foreign.clone()).await, 404, "somebody else's");
    assert_eq!(south.me().await.as_deref(), Some("south@acme.example"));
    assert_eq!(end(&mut here, handle(1)).await, 200);
    assert_eq!((phone.me().await, third.me().await.as_deref()), (None, Some(NORTH)));
    assert_eq!(end(&mut here, handle(1)).await, 404, "gone");
    let ended = here.post("account/sessions/end-others", keyed(json!({}))).await;
    assert_eq!(ended.text(), "3", "the third, and the two that were worth nothing");
    assert_eq!((here.me().await.as_deref(), third.me().await), (Some(NORTH), None));
    assert_eq!(profile(&mut here).await["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(south.me().await.as_deref(), Some("south@acme.example"));
}

#[sqlx::test(migrations = "./migrations")]
async fn when_a_session_was_last_used_is_known_to_minutes(pool: PgPool) {
    world(&pool).await;
    let mut north = TestApp::new(&pool).signed_in(NORTH).await;
    let seen = async || -> i32 {
        sqlx::query_scalar("select extract(epoch from now() - seen_at)::int from account_session")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    run(&pool, "update account_session set seen_at = now() - interval '4 minutes', began_at = now() - interval '1 day'").await;
    north.me().await;
    assert!(seen().await >= 240, "not written with every request");
    run(&pool, "update account_session set seen_at = now() - interval '6 minutes'").await;
    north.me().await;
    assert!(seen().await < 60, "but after five minutes");
    let session = profile(&mut north).await["sessions"][0].clone();
    let (began, last) = (session["began"].as_i64().unwrap(), session["seen"].as_i64().unwrap());
    assert!((last - began - 86_400_000).abs() < 60_000, "since a day: {session}");
}

/// An admin gives somebody a password.
async fn give(w: &World, who: &Caller, password: &str) -> Result<(), AppError> {
    save_person(w, PersonForm { password: password.into(), ..form(&person(w, who).await) }).await
}

#[sqlx::test(migrations = "./migrations")]
async fn a_password_that_was_given_lets_in_to_set_ones_own_and_nothing_else(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let app = TestApp::new(&pool);
    let mut before = app.signed_in(NORTH).await;
    give(&w, &w.north, "handed over").await.unwrap();
    assert_eq!(before.me().await, None, "signed out everywhere");
    let mut north = app.browser();
    taken(&north.sign_in(NORTH, "handed over").await);
    assert_eq!(north.post("me", json!({})).await.json()["password_is_given"], json!(true));
    let routes = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| (Method::POST, path.to_owned()));
    let open = ["/api/me", "/api/sign-in", "/api/sign-out", "/api/account/password/own"];
    let plain = ["snapshot", "changes/0", "search?q=Dr", "order/name", "export.xlsx"];
    let plain = plain.map(|route| (Method::GET, format!("/api/cycles/{cycle}/{route}")));
    let everything_else = routes.filter(|(_, path)| !open.contains(&path.as_str())).chain(plain);
    let mut tried = 0;
    for (method, path) in everything_else {
        let mut north = north.clone();
        let body = (method == Method::POST).then(|| arguments(&path, cycle.0).to_string());
        let answer = north.send(method, &path, body).await;
        assert_eq!(answer.status.as_u16(), 403, "{path}: {}", answer.text());
        assert!(answer.text().contains("one of your own"), "{path}: {}", answer.text());
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    assert!(beside(&own_password(&mut north, "handed over").await, "new").contains("Choose another"));
    assert!(beside(&own_password(&mut north, "too short").await, "new").contains("at least"));
    let mut second = app.browser();
    taken(&second.sign_in(NORTH, "handed over").await);
    taken(&own_password(&mut north, NEW).await);
    assert_eq!((north.me().await.as_deref(), second.me().await), (Some(NORTH), None), "this session goes on");
    assert_eq!(north.post("me", json!({})).await.json()["password_is_given"], json!(false));
    taken(&north.post("planner/overview", json!({})).await);
    assert_eq!(second.sign_in(NORTH, "handed over").await.status.as_u16(), 422);
    assert_eq!(own_password(&mut north, "yet another one").await.status.as_u16(), 403, "the present one is asked from now on");
    let text: String = sqlx::query_scalar("select string_agg(t::text, ' ') from audit_record t").fetch_one(&pool).await.unwrap();
    assert!(!text.contains("handed over") && !text.contains(NEW), "no password in the trail");
}

/// Arguments that each server function can read.
fn arguments(path: &str, cycle: uuid::Uuid) -> Value {
    let key = IdempotencyKey::new();
    let seen = json!({ "revision": 1, "key": key });
    let borders = json!({ "cycle": cycle, "seen": seen, "seen_draft": null, "borders": [1, 2], "planned": [5000, 3000, 2000] });
    let form = match path.rsplit("/api/").next().unwrap() {
        "account/profile/save" => json!({ "version": 0, "name": "x", "email": "x@y.example", "password": "" }),
        "account/password" => json!({ "present": "x", "new": "y" }),
        "company/person/save" => {
            json!({ "id": null, "version": 0, "name": "x", "email": "x@y.example", "role": "rep", "regions": [], "password": "" })
        }
        "company/region/save" => json!({ "id": null, "version": 0, "parent": null, "code": "x", "name": "x" }),
        _ => serde_json::to_value(crate::support::form("x", crate::support::three_classes())).unwrap(),
    };
    let request = if path.ends_with("decide") {
        json!({ "cycle": cycle, "seen": seen, "items": [0], "command": crate::support::accept() })
    } else {
        borders
    };
    json!({ "id": cycle, "items": [0], "item": 0, "typed": "CONFIRM", "accepted_only": true, "seen": seen, "form": form,
            "request": request, "definition": cycle, "name": "x", "handle": cycle, "key": key })
}

#[sqlx::test(migrations = "./migrations")]
async fn an_account_of_two_companies_is_its_persons_alone(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    let app = TestApp::new(&pool);
    joins(&pool, &other, &w.north).await;
    let mut north = app.signed_in(NORTH).await;
    for of in [&w, &other] {
        let now = person(of, &w.north).await;
        assert_eq!(now.keeper, Keeper::Themselves);
        let before = everything(&pool).await;
        for (field, theirs) in [
            ("name", PersonForm { name: "Mallory".into(), ..form(&now) }),
            ("email", PersonForm { email: "mallory@other.example".into(), ..form(&now) }),
            ("password", PersonForm { password: "a new password".into(), ..form(&now) }),
        ] {
            let refused = save_person(of, theirs).await.unwrap_err();
            assert!(refused.beside(field).is_some_and(|why| why.contains("another company")), "{field}: {refused:?}");
        }
        assert_eq!(everything(&pool).await, before);
    }
    let rep = PersonForm { role: Role::Rep, ..form(&person(&other, &w.north).await) };
    save_person(&other, rep).await.unwrap();
    assert_eq!(person(&other, &w.north).await.role, Role::Rep, "role and regions are the company's");
    assert_eq!(person(&w, &w.north).await.role, Role::RegionalManager, "each its own");
    assert_eq!(north.me().await.as_deref(), Some(NORTH));
    assert_eq!(person(&w, &w.south).await.keeper, Keeper::Company);
    let version = i32::try_from(profile(&mut north).await["version"].as_i64().unwrap()).unwrap();
    taken(&save(&mut north, version, "Nora Northwood", NORTH, "").await);
    taken(&change(&mut north, PASSWORD, NEW).await);
    for of in [&w, &other] {
        assert_eq!(person(of, &w.north).await.name, "Nora Northwood", "they are one person everywhere");
    }
    let mut both = [w.company.0, other.company.0];
    both.sort_unstable();
    for command in ["save profile", "change password"] {
        let companies: Vec<_> = records(&pool, command).await.into_iter().map(|(company, ..)| company).collect();
        assert_eq!(companies, both, "{command}: told to each company they work in");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn admins_change_their_own_account_on_their_profile_like_everybody(pool: PgPool) {
    let w = world(&pool).await;
    let now = person(&w, &w.admin).await;
    for (field, mine) in [
        ("name", PersonForm { name: "Ada".into(), ..form(&now) }),
        ("email", PersonForm { email: "ada@acme.example".into(), ..form(&now) }),
        ("password", PersonForm { password: "a new password".into(), ..form(&now) }),
    ] {
        let refused = save_person(&w, mine).await.unwrap_err();
        assert!(refused.beside(field).is_some_and(|why| why.contains("your profile")), "{field}: {refused:?}");
    }
    let mut admin = TestApp::new(&pool).signed_in("admin@acme.example").await;
    taken(&save(&mut admin, 0, "Ada", "ada@acme.example", PASSWORD).await);
    taken(&change(&mut admin, PASSWORD, NEW).await);
    taken(&admin.post("company/people", json!({})).await);
}

#[sqlx::test(migrations = "./migrations")]
async fn an_address_that_another_company_has_tells_nothing_and_changes_nothing(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    let hired = |email: &str| PersonForm {
        id: None,
        version: 0,
        name: "Mallory".into(),
        email: email.into(),
        role: Role::Rep,
        regions: Vec::new(),
        password: "a new password".into(),
    };
    let before = everything(&pool).await;
    let taken_there = save_person(&other, hired(NORTH)).await.unwrap_err();
    let words = "This e-mail address can\u{2019}t be used. Choose another one.";
    assert_eq!(taken_there, AppError::invalid("email", words), "neither who nor where");
    let moved = PersonForm { email: NORTH.into(), ..form(&person(&other, &other.south).await) };
    assert_eq!(save_person(&other, moved).await.unwrap_err(), taken_there);
    let taken_here = save_person(&w, hired(NORTH)).await.unwrap_err();
    assert_eq!(taken_here, AppError::invalid("email", "Somebody here has this e-mail address already."));
    assert_eq!(everything(&pool).await, before);
    assert_eq!(acting(&pool, w.company, w.north.actor.account).await.me.name, "Nora North");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_profile_page_and_a_password_of_ones_own_are_led_to(pool: PgPool) {
    let w = world(&pool).await;
    let app = TestApp::new(&pool);
    let mut north = app.signed_in(NORTH).await;
    let shown = north.get("/profile").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("Where you are signed in") && shown.text().contains("Change password"));
    give(&w, &w.north, "handed over").await.unwrap();
    taken(&north.sign_in(NORTH, "handed over").await);
    let page = async |north: &Browser, path: &str| {
        let mut north = north.clone();
        north.headers.push(("accept", "text/html".to_owned()));
        north.get(path).await
    };
    let led = page(&north, "/approvals").await;
    assert_eq!((led.status.as_u16(), led.header("location")), (302, "/sign-in?next=%2Fapprovals"));
    let shown = page(&north, "/sign-in?next=%2Fapprovals").await;
    assert!(shown.text().contains("A password of your own"), "{}", shown.text());
    taken(&own_password(&mut north, NEW).await);
    let back = page(&north, "/sign-in?next=%2Fapprovals").await;
    assert_eq!((back.status.as_u16(), back.header("location")), (302, "/approvals"));
}
