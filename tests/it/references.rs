//! Rows written by the hundred thousand have no foreign keys that are checked one by one (`migrations/0005_size.sql`, `0008_loads.sql`); this checks
//! all of them at once, after everything that writes such rows.

use cutline::seed::seed;
use sqlx::PgPool;

/// Table, its columns, the table they refer to and its columns, after the company's.
const REFERENCES: [(&str, &str, &str, &str); 17] = [
    ("item", "cycle_id", "cycle", "cycle_id"),
    ("item", "contact_id", "contact", "contact_id"),
    ("item", "decided_by", "membership", "account_id"),
    ("audit_item", "audit_id", "audit_record", "audit_id"),
    ("audit_item", "cycle_id, seq, contact_id", "item", "cycle_id, seq, contact_id"),
    ("general_classification", "definition_id", "mt_definition", "definition_id"),
    ("general_classification", "contact_id", "contact", "contact_id"),
    ("general_classification", "cycle_id", "cycle", "cycle_id"),
    ("general_classification_history", "definition_id, cycle_id", "cycle", "definition_id, cycle_id"),
    ("general_classification_history", "contact_id", "contact", "contact_id"),
    ("contact", "company_id", "company", "company_id"),
    ("contact", "region_id", "region", "region_id"),
    ("contact", "specialty_id", "specialty", "specialty_id"),
    ("contact", "owner_id", "membership", "account_id"),
    ("contact_move", "contact_id", "contact", "contact_id"),
    ("contact_measure", "measure_id", "measure", "measure_id"),
    ("contact_measure", "contact_id", "contact", "contact_id"),
];

/// Rows that refer to nothing, by table and columns.
pub async fn dangling(pool: &PgPool) -> Vec<String> {
    let mut found = Vec::new();
    for (table, columns, to, theirs) in REFERENCES {
        let filled =
            columns.split(", ").map(|column| format!("{column} is not null")).collect::<Vec<_>>().join(" and ");
        let sql = format!(
            "select count(*) from (select company_id, {columns} from {table} where {filled}
                                   except select company_id, {theirs} from {to}) as lost"
        );
        let lost: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
        if lost > 0 {
            found.push(format!("{lost} of {table} ({columns})"));
        }
    }
    found
}

#[sqlx::test(migrations = "./migrations")]
async fn every_row_refers_to_one_that_is_there(pool: PgPool) {
    seed(&pool).await.unwrap();
    assert_eq!(dangling(&pool).await, Vec::<String>::new());
    // And it would be found.
    let sql = "update item set contact_id = gen_random_uuid() where seq = 0 and cycle_id = (select cycle_id from cycle limit 1)";
    sqlx::query(sql).execute(&pool).await.unwrap();
    assert_eq!(dangling(&pool).await.len(), 2);
}
