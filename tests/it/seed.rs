//! The demo company: what `cutline serve --demo` promises. Each test has a database of its own.

use crate::support::everything;
use crate::support::http::TestApp;
use axum::http::StatusCode;
use cutline::seed::large::{self, Size};
use cutline::seed::{Logins, SeedError, is_demo, seed};
use serde_json::json;
use sqlx::PgPool;

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn the_demo_shows_every_state_and_its_logins_work(pool: PgPool) {
    assert!(!is_demo(&pool).await.unwrap());
    let logins = seed(&pool).await.unwrap().to_string();
    assert!(is_demo(&pool).await.unwrap());
    let mut states: Vec<String> =
        sqlx::query_scalar("select state || ' ' || count(*) from cycle group by state order by 1")
            .fetch_all(&pool)
            .await
            .unwrap();
    states.sort();
    assert_eq!(states, ["approving 1", "drafting 1", "transferred 3"]);
    assert_eq!(count(&pool, "select count(*) from contact").await, 5400);
    assert!(count(&pool, "select count(*) from general_classification").await > 0);
    let sql = "select count(distinct status) from item i join cycle c using (company_id, cycle_id) where c.state = 'approving'";
    assert_eq!(count(&pool, sql).await, 3, "some in progress, some accepted, some rejected");
    // Every login that is printed, with the password that is printed.
    let password = logins.split("password ").nth(1).unwrap().split(':').next().unwrap();
    let app = TestApp::new(&pool);
    let emails: Vec<&str> = logins.split_whitespace().filter(|word| word.contains('@')).collect();
    assert!(emails.len() >= 5, "{logins}");
    for email in emails {
        let mut browser = app.browser();
        assert_eq!(browser.sign_in(email, password).await.status, StatusCode::OK, "{email}");
        assert_eq!(browser.me().await.as_deref(), Some(email));
        assert_eq!(browser.post("planner/overview", json!({})).await.status, StatusCode::OK, "{email}");
    }
    let before = everything(&pool).await;
    assert!(matches!(seed(&pool).await, Err(SeedError::NotEmpty)), "an existing company is left alone");
    assert_eq!(everything(&pool).await, before);
    assert_eq!(Logins.to_string(), logins);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_demo_is_the_same_every_time(pool: PgPool) {
    // What doesn't depend on ids and moments, of this database and of one more.
    let sql = "select md5(string_agg(c.external_id || c.name || coalesce(m.value::text, '') || coalesce(g.class_label, ''), ','
                      order by c.external_id, m.value, g.class_label))
               from contact c left join contact_measure m using (company_id, contact_id)
               left join general_classification g using (company_id, contact_id)";
    let mut sums = Vec::new();
    for _ in 0..2 {
        seed(&pool).await.unwrap();
        sums.push(sqlx::query_scalar::<_, String>(sql).fetch_one(&pool).await.unwrap());
        let tables: Vec<String> = sqlx::query_scalar(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename <> '_sqlx_migrations'",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let empty = format!("truncate {}", tables.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(empty)).execute(&pool).await.unwrap();
    }
    assert_eq!(sums[0], sums[1]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_company_of_any_size_is_made_as_asked(pool: PgPool) {
    let made = large::seed(&pool, Size { persons: 3000, items: 2000, rms: 3 }).await.unwrap();
    let told = made.to_string();
    for part in ["3,000 persons", "15 regions", "2,000 items", "rm3"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(count(&pool, "select count(*) from contact").await, 3000);
    let items = "select count(*) from item i join cycle c using (company_id, cycle_id) where c.state = ";
    let of = async |state: &str| -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("{items}'{state}'"))).fetch_one(&pool).await.unwrap()
    };
    assert_eq!((of("drafting").await, of("transferred").await), (2000, 2000));
    let sql = "select count(*) from item i join cycle c using (company_id, cycle_id)
               where c.state = 'drafting' and i.current_class is not null";
    assert_eq!(count(&pool, sql).await, 2000, "the round before gave each a class");
    // It looks like a company: uneven regions, a long tail, shares near plan, names that differ.
    let spread = "select max(n) - min(n) from (select count(*) as n from contact group by region_id) as of";
    assert!(count(&pool, spread).await > 100);
    let tail = "select (100 * percentile_cont(0.99) within group (order by value)
                        / percentile_cont(0.5) within group (order by value))::bigint from contact_measure";
    assert!(count(&pool, tail).await > 500, "the largest are many times the middle");
    assert!(count(&pool, "select count(distinct name) from contact").await > 1500);
    let top = "select count(*) from general_classification where class_label = 'A'";
    assert!((150..250).contains(&count(&pool, top).await), "planned are 10 %");
    let unordered = "select count(*) from (select contact_id < lag(contact_id) over (order by external_id) as down
                                           from contact) as c where down";
    assert_eq!(count(&pool, unordered).await, 0, "ids rise with the numbers");
    assert_eq!(crate::references::dangling(&pool).await, Vec::<String>::new());
    let app = TestApp::new(&pool);
    for email in told.split_whitespace().filter(|word| word.contains('@')) {
        let mut browser = app.browser();
        assert_eq!(browser.sign_in(email, "cutline-demo").await.status, StatusCode::OK, "{email}");
    }
    let again = large::seed(&pool, Size { persons: 1, items: 1, rms: 1 }).await;
    assert!(matches!(again, Err(SeedError::NotEmpty)));
}
