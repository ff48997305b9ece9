//! The demo company: what `cutline serve --demo` promises. Each test has a database of its own.

use crate::support::everything;
use crate::support::http::TestApp;
use axum::http::StatusCode;
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
