//! The application as browsers meet it: the real router, requests, cookies.

use super::PASSWORD;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use cutline::server::router;
use cutline::site::Site;
use cutline_platform::AppState;
use cutline_platform::database::Database;
use cutline_wire::AppError;
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;

/// What browsers say of where they are.
pub const HOST: &str = "cutline.test";

/// The application over a test's database.
#[derive(Clone)]
pub struct TestApp(Router);

impl TestApp {
    pub fn new(pool: &PgPool) -> Self {
        Self::with_cookies(pool, false)
    }

    /// `secure`: cookies over HTTPS only.
    pub fn with_cookies(pool: &PgPool, secure: bool) -> Self {
        Self::over(pool, pool, secure)
    }

    /// `door`: connections for who is calling, signing in and probes.
    pub fn over(pool: &PgPool, door: &PgPool, secure: bool) -> Self {
        Self::with(pool.clone(), door.clone(), None, secure)
    }

    /// Over a database of its own, which may go away.
    pub fn of(database: Arc<Database>) -> Self {
        Self::with(database.pool().clone(), database.door().clone(), Some(database), false)
    }

    fn with(pool: PgPool, door: PgPool, database: Option<Arc<Database>>, secure: bool) -> Self {
        let leptos = LeptosOptions::builder().output_name("cutline").build();
        let site = Arc::new(Site::carried().unwrap());
        let proxies = ["10.0.0.0/8".parse().unwrap()].into();
        Self(router(AppState { pool, door, database, proxies, secure, leptos }, site))
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser { app: self.0.clone(), cookies: BTreeMap::new(), headers: Vec::new(), address: None }
    }

    /// A browser in which somebody signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{email}: {}", answer.text());
        browser
    }
}

/// A browser: keeps cookies, sends the headers browsers send.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub cookies: BTreeMap<String, String>,
    /// More headers to send.
    pub headers: Vec<(&'static str, String)>,
    /// Where it connects from.
    pub address: Option<SocketAddr>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The error of a server function, or inside the problem of a REST route.
    pub fn error(&self) -> AppError {
        let mut json = self.json();
        let error = json.get_mut("error").map(Value::take).unwrap_or(json);
        serde_json::from_value(error).unwrap()
    }

    /// Numbers of items, four bytes each.
    pub fn numbers(&self) -> Vec<u32> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.body.chunks(4).map(|chunk| u32::from_le_bytes(chunk.try_into().unwrap())).collect()
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Calls a server function: `sign-in` with its arguments by name.
    pub async fn post(&mut self, endpoint: &str, arguments: Value) -> Answer {
        self.send(Method::POST, &format!("/api/{endpoint}"), Some(arguments.to_string())).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("sign-in", json!({ "email": email, "password": password })).await
    }

    /// Who the server takes this browser for.
    pub async fn me(&mut self) -> Option<String> {
        let answer = self.post("me", json!({})).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json().get("email").map(|email| email.as_str().unwrap().to_owned())
    }

    pub async fn send(&mut self, method: Method, path: &str, json: Option<String>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        if json.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(address));
        }
        let request = request.body(json.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            if value.is_empty() || attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
