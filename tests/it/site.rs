//! What is served beside pages and commands: the site's files, compressed and kept for good, and nothing else of the disk.
//! Pages say what they may run.

use crate::support::http::TestApp;
use axum::http::{Method, StatusCode};
use cutline::site::Site;
use sqlx::PgPool;
use std::fs;

#[sqlx::test(migrations = "./migrations")]
async fn no_file_of_the_folder_it_runs_in_is_served(pool: PgPool) {
    let mut browser = TestApp::new(&pool).browser();
    for path in ["/Cargo.toml", "/src/main.rs", "/migrations/0001_foundation.sql", "/../Cargo.toml", "/.git/HEAD"] {
        // The tests run in the project's folder, so the files are there to be found.
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        assert!(answer.text().contains("Not found"), "{path} is answered with a page");
    }
    assert!(fs::exists("Cargo.toml").unwrap() && fs::exists("src/main.rs").unwrap());
}

#[sqlx::test(migrations = "./migrations")]
async fn files_are_compressed_and_kept_for_good(pool: PgPool) {
    let site = Site::carried().unwrap();
    let style = site.assets().files.get("cutline.css").cloned().expect("built with its site: scripts/build.sh site");
    let mut browser = TestApp::new(&pool).browser();
    let plain = browser.get(&format!("/{style}")).await;
    assert_eq!((plain.status, plain.header("content-type")), (StatusCode::OK, "text/css"));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    for (encoding, smaller) in [("br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("gzip, deflate, br", "br")] {
        let mut browser = browser.clone();
        browser.headers.push(("accept-encoding", encoding.to_owned()));
        let answer = browser.get(&format!("/{style}")).await;
        assert_eq!(answer.header("content-encoding"), smaller, "asked for {encoding}");
        assert!(answer.body.len() * 2 < plain.body.len(), "{} of {}", answer.body.len(), plain.body.len());
    }
    let module = format!("/{}/cutline_bg.wasm", site.pkg());
    assert_eq!(browser.get(&module).await.header("content-type"), "application/wasm");
    for hidden in [format!("/{style}.br"), format!("/{style}.gz"), "/site.json".to_owned()] {
        assert_eq!(browser.get(&hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    assert_eq!(browser.send(Method::POST, &format!("/{style}"), None).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_page_can_tell_that_it_is_older_than_the_server(pool: PgPool) {
    let mut browser = TestApp::new(&pool).browser();
    let answer = browser.get("/version").await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let version = Site::carried().unwrap().version().to_owned();
    assert!(!version.is_empty());
    assert_eq!(answer.text(), version);
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains(&version), "the page knows which version it is");
}

#[sqlx::test(migrations = "./migrations")]
async fn scripts_in_a_page_carry_the_nonce_of_that_answer(pool: PgPool) {
    let mut browser = TestApp::new(&pool).browser();
    let mut nonces = Vec::new();
    for path in ["/sign-in", "/no/such/page", "/sign-in"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        let scripts = policy.split(';').map(str::trim).find(|part| part.starts_with("script-src")).unwrap();
        assert!(!scripts.contains("unsafe-inline"), "{scripts}");
        let nonce = scripts.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
        assert!(nonce.len() >= 16, "{nonce}");
        let page = answer.text();
        let inline = page.matches("<script").count();
        assert!(inline >= 3, "theme, early clicks, hydration: {inline}");
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            let named = tag.contains(&format!("nonce=\"{nonce}\""));
            assert!(named || tag.contains("src="), "{path}: <script{tag}>");
        }
        nonces.push(nonce);
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "each answer has its own");
    let policy = browser.get("/healthz").await.header("content-security-policy").to_owned();
    assert!(!policy.contains("nonce") && !policy.contains("script-src 'unsafe"), "{policy}");
}
