//! One's own profile: name, e-mail address, password and sessions, asked for the password where it matters. Each test has a
//! database of its own.

use crate::support::accounts::{
    NEW, NORTH, beside, change, form, joins, keyed, person, profile, records, save, save_person, taken,
};
use crate::support::http::{Browser, TestApp};
use crate::support::{PASSWORD, company, everything, world};
use axum::http::StatusCode;
use cutline_company::model::PersonForm;
use cutline_wire::AppError;
use serde_json::{Value, json};
use sqlx::PgPool;

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
    let AppError::Conflict { theirs: Some(theirs), .. } = save(&mut north, 0, "Nora N.", NORTH, "").await.error()
    else {
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
    let text: String =
        sqlx::query_scalar("select string_agg(t::text, ' ') from audit_record t").fetch_one(&pool).await.unwrap();
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
               select 'over', account_id, '{}'::jsonb, now() - interval '1 day' from account where email = 'north@acme.example'
               union all
               select 'before', account_id, '{\"credential\": 0}'::jsonb, now() + interval '1 day' from account
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
async fn who_ends_sessions_is_in_the_audit_of_each_company_they_work_in(pool: PgPool) {
    let (w, other) = (world(&pool).await, company(&pool, "Other", "other.example").await);
    joins(&pool, &other, &w.north).await;
    let app = TestApp::new(&pool);
    let (mut here, _) = (app.signed_in(NORTH).await, app.signed_in(NORTH).await);
    let sessions = profile(&mut here).await["sessions"].clone();
    let there = sessions.as_array().unwrap().iter().find(|session| session["here"] == json!(false)).unwrap();
    let there = json!(there["handle"]);
    taken(&here.post("account/session/end", keyed(json!({ "handle": there }))).await);
    let _ = (app.signed_in(NORTH).await, app.signed_in(NORTH).await);
    taken(&here.post("account/sessions/end-others", keyed(json!({}))).await);
    taken(&here.post("sign-out-everywhere", json!({})).await);
    assert_eq!(here.me().await, None);
    let mut both = [w.company.0, other.company.0];
    both.sort_unstable();
    for (command, before, after) in [
        ("end session", Some(json!({ "session": there })), None),
        ("end other sessions", None, Some(json!({ "ended": 2 }))),
        ("sign out everywhere", None, Some(json!({ "ended": 1 }))),
    ] {
        let told: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_array(company_id, account_id, before, after) from audit_record where command = $1
             order by company_id",
        )
        .bind(command)
        .fetch_all(&pool)
        .await
        .unwrap();
        assert_eq!(told, both.map(|company| json!([company, w.north.actor.account, before, after])), "{command}");
    }
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
    run(
        &pool,
        "update account_session set seen_at = now() - interval '4 minutes', began_at = now() - interval '1 day'",
    )
    .await;
    north.me().await;
    assert!(seen().await >= 240, "not written with every request");
    run(&pool, "update account_session set seen_at = now() - interval '6 minutes'").await;
    north.me().await;
    assert!(seen().await < 60, "but after five minutes");
    let session = profile(&mut north).await["sessions"][0].clone();
    let (began, last) = (session["began"].as_i64().unwrap(), session["seen"].as_i64().unwrap());
    assert!((last - began - 86_400_000).abs() < 60_000, "since a day: {session}");
}
