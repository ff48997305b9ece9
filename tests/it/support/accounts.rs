//! What tests of accounts share: a person's own account over HTTP, and people as an admin has them.

use super::http::{Answer, Browser};
use super::{Shown, World};
use axum::http::StatusCode;
use cutline_company::model::{Person, PersonForm};
use cutline_company::service as admin;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_platform::session::Caller;
use cutline_wire::AppError;
use serde_json::{Value, json};
use sqlx::PgPool;

pub const NORTH: &str = "north@acme.example";
/// A password that nobody has yet.
pub const NEW: &str = "battery staple";

pub async fn profile(browser: &mut Browser) -> Value {
    let answer = browser.post("account/profile", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

pub fn keyed(mut arguments: Value) -> Value {
    arguments["key"] = json!(IdempotencyKey::new());
    arguments
}

pub async fn save(browser: &mut Browser, version: i32, name: &str, email: &str, password: &str) -> Answer {
    let form = json!({ "version": version, "name": name, "email": email, "password": password });
    browser.post("account/profile/save", keyed(json!({ "form": form }))).await
}

pub async fn change(browser: &mut Browser, present: &str, new: &str) -> Answer {
    browser.post("account/password", keyed(json!({ "form": { "present": present, "new": new } }))).await
}

pub async fn own_password(browser: &mut Browser, password: &str) -> Answer {
    browser.post("account/password/own", keyed(json!({ "password": password }))).await
}

pub fn beside(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.text());
    answer.error().beside(field).unwrap_or_else(|| panic!("not beside {field}: {}", answer.text()))
}

pub fn taken(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

/// The person in the list of a company's admin.
pub async fn person(w: &World, who: &Caller) -> Person {
    let everybody = admin::people(&w.pool, &w.admin).await.unwrap();
    everybody.into_iter().find(|person| person.id == who.actor.account).unwrap()
}

pub fn form(person: &Person) -> PersonForm {
    let Person { id, name, email, role, regions, version, .. } = person.clone();
    PersonForm { id: Some(id), version, name, email, role, regions, password: String::new() }
}

pub async fn save_person(w: &World, form: PersonForm) -> Result<(), AppError> {
    admin::save_person(&w.pool, &w.admin, form, IdempotencyKey::new()).await.map(drop).shown()
}

pub async fn joins(pool: &PgPool, w: &World, who: &Caller) {
    sqlx::query("insert into membership (company_id, account_id, role) values ($1, $2, 'analyst')")
        .bind(w.company.0)
        .bind(who.actor.account.0)
        .execute(pool)
        .await
        .unwrap();
}

/// Audit records of a command, by company.
pub async fn records(pool: &PgPool, command: &str) -> Vec<(uuid::Uuid, Value, Value)> {
    sqlx::query_as(
        "select company_id, before, after from audit_record where command = $1 order by company_id, audit_id",
    )
    .bind(command)
    .fetch_all(pool)
    .await
    .unwrap()
}
