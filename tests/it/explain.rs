//! The queries that run on every click read what they need by an index. The SQL is taken from the source of the stores,
//! so what is explained is what runs. Each test has a database of its own.

use crate::support::{World, company, world};
use cutline_platform::database::{Database, DatabaseSettings, EACH_SESSION};
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use uuid::Uuid;

const READING: &str = include_str!("../../crates/planner/src/store/reading.rs");
const DECISIONS: &str = include_str!("../../crates/planner/src/store/decisions.rs");
const HISTORY: &str = include_str!("../../crates/planner/src/store/history.rs");

/// The SQL of the first `query!` after `function` in a store's source.
fn sql_of(source: &'static str, function: &str) -> &'static str {
    let body = source.split(&format!("async fn {function}(")).nth(1).unwrap();
    let macros = ["sqlx::query!(", "sqlx::query_scalar!("];
    // `columns` first reads the cycle's revision; the query meant is the one over items.
    let queries = body.match_indices("sqlx::query").map(|(at, _)| &body[at..]);
    for query in queries {
        let query = macros.iter().find_map(|name| query.strip_prefix(name)).unwrap().trim_start();
        let sql = match query.strip_prefix("r#\"") {
            Some(raw) => raw.split("\"#").next().unwrap(),
            None => query.strip_prefix('"').unwrap().split('"').next().unwrap(),
        };
        if ["item i", "audit_item t"].iter().any(|table| sql.contains(table)) {
            return sql;
        }
    }
    panic!("{function} has no query over items");
}

/// A company with 20,000 contacts in 40 regions and five cycles of all of them, beside another one of the same size.
struct Large {
    w: World,
    cycle: Uuid,
    region: Uuid,
    contact: Uuid,
}

async fn large(pool: &PgPool) -> Large {
    let (w, other) = (world(pool).await, company(pool, "Other", "other.example").await);
    for world in [&w, &other] {
        fill(pool, world).await;
    }
    for sql in [
        "analyze",
        "insert into audit_item (company_id, audit_id, seq, cycle_id, contact_id, status)
         select i.company_id, r.audit_id, i.seq, i.cycle_id, i.contact_id, i.status
         from item i
         join audit_record r on r.company_id = i.company_id and r.subject_id = i.cycle_id and r.revision = i.revision",
        "analyze audit_item",
    ] {
        sqlx::query(sql).execute(pool).await.unwrap();
    }
    let one = |sql: &'static str| sqlx::query_scalar::<_, Uuid>(sql).bind(w.company.0).fetch_one(pool);
    let cycle = one("select cycle_id from cycle where company_id = $1 and state <> 'transferred'").await.unwrap();
    let region = one("select region_id from region where company_id = $1 and code = 'R7'").await.unwrap();
    let contact = one("select contact_id from contact where company_id = $1 and external_id = 'X7'").await.unwrap();
    Large { w, cycle, region, contact }
}

async fn fill(pool: &PgPool, w: &World) {
    for sql in [
        "insert into region select $1, gen_random_uuid(), null, 'R' || n, 'Region ' || n from generate_series(1, 40) n
         where $2::uuid is not null and $3::uuid is not null",
        "insert into contact (company_id, contact_id, kind, external_id, name, region_id, specialty_id, owner_id)
         select $1, gen_random_uuid(), 'person', 'X' || n, 'Person ' || md5(n::text), r.region_id, s.specialty_id,
                case when n % 200 = 0 then $3::uuid end
         from generate_series(1, 20000) n
         join region r on r.company_id = $1 and r.code = 'R' || (n % 40 + 1)
         join specialty s on s.company_id = $1 and s.name = 'Cardiology'
         where $2::uuid is not null",
        "insert into cycle (company_id, cycle_id, definition_id, name, state, revision, next_seq)
         select $1, gen_random_uuid(), $2, 'Cycle ' || n, case n when 5 then 'collecting' else 'transferred' end, 1000, 20000
         from generate_series(1, 5) n where $3::uuid is not null",
        "insert into item (company_id, cycle_id, seq, contact_id, score, latest_score, revision)
         select $1, y.cycle_id, row_number() over (partition by y.cycle_id order by c.external_id) - 1, c.contact_id, 100, 100,
                row_number() over (partition by y.cycle_id order by c.external_id) % 1000
         from cycle y join contact c on c.company_id = y.company_id
         where y.company_id = $1 and $2::uuid is not null and $3::uuid is not null",
        "insert into audit_record (company_id, audit_id, command, subject_id, revision)
         select $1, gen_random_uuid(), 'accept', y.cycle_id, n from cycle y, generate_series(1, 1000) n
         where y.company_id = $1 and $2::uuid is not null and $3::uuid is not null",
    ] {
        sqlx::query(sql)
            .bind(w.company.0)
            .bind(w.definition.0)
            .bind(w.rep.actor.account.0)
            .execute(pool)
            .await
            .unwrap();
    }
}

/// The nodes of a plan: `Index Scan item by item_pkey`.
fn nodes(plan: &Value, into: &mut Vec<String>) {
    let text = |key: &str| plan.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    into.push(format!("{} {} by {}", text("Node Type"), text("Relation Name"), text("Index Name")));
    for child in plan.get("Plans").and_then(Value::as_array).into_iter().flatten() {
        nodes(child, into);
    }
}

type Bind = for<'q> fn(Query<'q, sqlx::Postgres, PgArguments>, &Large) -> Query<'q, sqlx::Postgres, PgArguments>;

/// Explains a query with its parameters, and demands that it uses these indexes and reads no table of rows whole.
async fn assert_by_index(pool: &PgPool, large: &Large, sql: &str, bind: Bind, indexes: &[&str]) {
    let explain = sqlx::AssertSqlSafe(format!("explain (format json) {sql}"));
    let row = bind(sqlx::query(explain), large).fetch_one(pool).await.unwrap();
    let plan: Value = sqlx::Row::get(&row, 0);
    let mut all = Vec::new();
    nodes(&plan[0]["Plan"], &mut all);
    for index in indexes {
        assert!(all.iter().any(|node| node.ends_with(&format!(" by {index}"))), "{index} is not used: {all:#?}");
    }
    for table in ["item", "contact", "audit_record", "audit_item"] {
        assert!(!all.contains(&format!("Seq Scan {table} by -")), "{table} is read whole: {all:#?}");
    }
}

const NOBODY: Option<Uuid> = None;
const EVERYWHERE: Option<Vec<Uuid>> = None;

#[sqlx::test(migrations = "./migrations")]
async fn what_runs_on_every_click_runs_by_an_index(pool: PgPool) {
    let large = large(&pool).await;
    // Changes since the last revision: about 20 of 20,000 items, which the audit trail names.
    let since: Bind = |query, at| query.bind(at.w.company.0).bind(at.cycle).bind(998i64);
    let sql = sql_of(READING, "touched");
    assert_by_index(&pool, &large, sql, since, &["audit_record_by_subject", "audit_item_pkey"]).await;
    let changes: Bind = |query, at| {
        let query = query.bind(at.w.company.0).bind(at.cycle).bind(EVERYWHERE).bind(NOBODY);
        query.bind(Some(998i64)).bind(Some((0..20).map(|i| i * 1000 - 1).skip(1).collect::<Vec<i32>>()))
    };
    let sql = sql_of(READING, "columns");
    assert_by_index(&pool, &large, sql, changes, &["item_pkey", "contact_pkey"]).await;
    // The snapshot of one region of forty, and of a rep's contacts.
    let region: Bind = |query, at| {
        let query = query.bind(at.w.company.0).bind(at.cycle).bind(Some(vec![at.region])).bind(NOBODY);
        query.bind(None::<i64>).bind(None::<Vec<i32>>)
    };
    assert_by_index(&pool, &large, sql, region, &["contact_by_region"]).await;
    let own: Bind = |query, at| {
        let rep = Some(at.w.rep.actor.account.0);
        let query = query.bind(at.w.company.0).bind(at.cycle).bind(EVERYWHERE).bind(rep);
        query.bind(None::<i64>).bind(None::<Vec<i32>>)
    };
    assert_by_index(&pool, &large, sql, own, &["contact_by_owner"]).await;
    // The texts of the rows in view.
    let rows: Bind = |query, at| {
        let seqs: Vec<i32> = (500..560).collect();
        query.bind(at.w.company.0).bind(at.cycle).bind(Some(seqs)).bind(EVERYWHERE).bind(NOBODY)
    };
    assert_by_index(&pool, &large, sql_of(READING, "texts"), rows, &["item_pkey", "contact_pkey"]).await;
    // A search for part of a name.
    let search: Bind =
        |query, at| query.bind(at.w.company.0).bind(at.cycle).bind("%abcdef%").bind(EVERYWHERE).bind(NOBODY);
    assert_by_index(&pool, &large, sql_of(READING, "search"), search, &["contact_search"]).await;
    // A decision on some items.
    let decide: Bind = |query, at| query.bind(at.w.company.0).bind(at.cycle).bind(vec![7i32, 8, 9]);
    assert_by_index(&pool, &large, sql_of(DECISIONS, "lock"), decide, &["item_pkey", "contact_pkey"]).await;
    // What happened to one contact, in any of its cycles.
    let history: Bind =
        |query, at| query.bind(at.w.company.0).bind(at.contact).bind(vec!["reset cycle".to_owned()]).bind("transfer");
    let indexes = ["item_company_id_cycle_id_contact_id_key", "audit_item_by_contact"];
    assert_by_index(&pool, &large, sql_of(HISTORY, "of_contact"), history, &indexes).await;
    // What one item is about.
    let about: Bind = |query, at| query.bind(at.w.company.0).bind(at.cycle).bind(7i32).bind(EVERYWHERE).bind(NOBODY);
    assert_by_index(&pool, &large, sql_of(HISTORY, "about"), about, &["item_pkey", "contact_pkey"]).await;
}

/// Postgres plans a statement it has seen five times without looking at its parameters, if it expects that to be no
/// worse. One statement serves snapshots and changes, so the changes must not be read by a plan made for snapshots.
#[sqlx::test(migrations = "./migrations")]
async fn changes_are_read_by_index_after_many_snapshots_too(pool: PgPool) {
    let large = large(&pool).await;
    let mut conn = pool.acquire().await.unwrap();
    sqlx::query(EACH_SESSION).execute(&mut *conn).await.unwrap();
    let prepare = format!("prepare changes as {}", sql_of(READING, "columns"));
    sqlx::query(sqlx::AssertSqlSafe(prepare)).execute(&mut *conn).await.unwrap();
    let (company, cycle) = (large.w.company, large.cycle);
    let execute = |since: &str| format!("execute changes ('{company}', '{cycle}', null, null, {since})");
    for _ in 0..7 {
        sqlx::query(sqlx::AssertSqlSafe(execute("null, null"))).execute(&mut *conn).await.unwrap();
    }
    let explain = sqlx::AssertSqlSafe(format!("explain (format json) {}", execute("998, '{999, 1999, 2999}'")));
    let row = sqlx::query(explain).fetch_one(&mut *conn).await.unwrap();
    let mut all = Vec::new();
    nodes(&sqlx::Row::get::<Value, _>(&row, 0)[0]["Plan"], &mut all);
    assert!(all.iter().any(|node| node.ends_with(" by item_pkey")), "{all:#?}");
}

#[tokio::test]
async fn the_program_plans_each_execution() {
    let settings = DatabaseSettings { url: std::env::var("DATABASE_URL").ok(), ..DatabaseSettings::default() };
    let database = Database::connect(&settings).await.unwrap();
    let mode: String = sqlx::query_scalar("show plan_cache_mode").fetch_one(database.pool()).await.unwrap();
    assert_eq!(mode, "force_custom_plan");
}
