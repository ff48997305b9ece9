//! What handlers share.

use crate::Result;
use crate::database::{Database, Probe};
use crate::live::Live;
use axum::extract::FromRef;
use cutline_wire::AppError;
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
    /// A few more for what must not wait behind work: who is calling, signing in.
    pub door: PgPool,
    /// One that waits behind nothing, for probes.
    pub probe: Probe,
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

    /// That the database is there, as far as is known; nobody has to wait to find out that it isn't.
    pub fn present(&self) -> Result<()> {
        match self.database.as_ref().and_then(|database| database.away().since()) {
            Some(_) => Err(AppError::Unavailable.into()),
            None => Ok(()),
        }
    }

    /// Waits until the database is away.
    pub async fn absence(&self) {
        match &self.database {
            Some(database) => database.away().begins().await,
            None => std::future::pending().await,
        }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
