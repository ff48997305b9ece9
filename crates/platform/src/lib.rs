//! What every feature stands on at the server and knows no feature itself: errors, sessions, the database, audit, commands,
//! HTTP, what is told to open pages, workbooks.

pub mod audit;
pub mod clock;
pub mod command;
pub mod database;
pub mod error;
pub mod http;
pub mod live;
pub mod pressure;
pub mod session;
pub mod sight;
pub mod state;
pub mod telemetry;
pub mod workbook;

pub use error::{Error, Result};
pub use state::AppState;
