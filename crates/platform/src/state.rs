//! What handlers share.

use crate::database::Database;
use crate::live::Live;
use axum::extract::FromRef;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use leptos::prelude::expect_context;
use sqlx::PgPool;
use std::sync::Arc;

/// What handlers share.
#[derive(Clone, Debug)]
pub struct AppState {
    /// Connections.
    pub pool: PgPool,
    /// A few more for what must not wait behind work: who is calling, signing in, probes.
    pub door: PgPool,
    /// What is told to open pages.
    pub live: Live,
    /// Migrations and the database's life; none in tests that bring their own pool.
    pub database: Option<Arc<Database>>,
    /// Proxies that are trusted to say who called.
    pub proxies: Arc<[IpNet]>,
    /// Cookies travel over HTTPS only.
    pub secure: bool,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// The one of the app, inside a server function or a page being rendered.
    pub fn get() -> Self {
        expect_context()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
