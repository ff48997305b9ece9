//! The application as browsers meet it: the real router, requests, cookies.

use super::PASSWORD;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use cutline::server::router;
use cutline::site::Site;
use cutline_platform::AppState;
use cutline_platform::database::{Database, Probe};
use cutline_platform::live::Live;
use cutline_wire::{AppError, Standing};
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// What browsers say of where they are.
pub const HOST: &str = "cutline.test";

/// The application over a test's database.
#[derive(Clone)]
pub struct TestApp {
    router: Router,
    pub live: Live,
}

impl TestApp {
    pub fn new(pool: &PgPool) -> Self {
        Self::with_cookies(pool, false)
    }

    /// `secure`: cookies over HTTPS only.
    pub fn with_cookies(pool: &PgPool, secure: bool) -> Self {
        Self::over(pool, pool, secure)
    }

    /// `door`: connections for who is calling and signing in.
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
        let live = Live::new(door.clone());
        let probe = Probe::new(&door);
        let state = AppState { pool, door, probe, live: live.clone(), database, proxies, secure, leptos };
        Self { router: router(state, site), live }
    }

    /// The router, to be served.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser { app: self.router.clone(), cookies: BTreeMap::new(), headers: Vec::new(), address: None }
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
        let response = self.ask(method, path, json).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Opens a stream of server-sent events, or gets the refusal.
    pub async fn stream(&mut self, path: &str) -> Result<Stream, Answer> {
        let (parts, body) = self.ask(Method::GET, path, None).await.into_parts();
        if parts.status != StatusCode::OK {
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            return Err(Answer { status: parts.status, headers: parts.headers, body });
        }
        Ok(Stream { headers: parts.headers, body, came: String::new() })
    }

    async fn ask(&mut self, method: Method, path: &str, json: Option<String>) -> Response {
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
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            if value.is_empty() || attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}

/// A stream that is open.
pub struct Stream {
    pub headers: HeaderMap,
    body: Body,
    /// What came and wasn't read yet.
    came: String,
}

impl Stream {
    /// What is told next; `None` when the stream has ended. Panics when nothing comes for long.
    pub async fn next(&mut self) -> Option<Standing> {
        self.within(10).await
    }

    /// [`next`](Self::next), for which so many seconds are long.
    pub async fn within(&mut self, seconds: u64) -> Option<Standing> {
        let next = tokio::time::timeout(Duration::from_secs(seconds), self.told());
        next.await.expect("something is told, or the stream ends")
    }

    /// Whether nothing is told for a while.
    pub async fn is_silent(&mut self, millis: u64) -> bool {
        tokio::time::timeout(Duration::from_millis(millis), self.told()).await.is_err()
    }

    async fn told(&mut self) -> Option<Standing> {
        loop {
            if let Some((event, rest)) = self.came.split_once("\n\n") {
                let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
                let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
                let (told, rest) = (lines.join("\n"), rest.to_owned());
                let is_comment = lines.is_empty();
                self.came = rest;
                if is_comment {
                    continue;
                }
                return Some(Standing::read(&told));
            }
            let frame = self.body.frame().await?.expect("a body that goes on");
            self.came.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }
}
