//! The rules of Cutline, pure: no I/O, no clock, no framework. Compiled for the server and for the browser, so that the
//! preview somebody looks at and the record the server keeps come from the same functions.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

pub mod access;
pub mod approval;
pub mod audit;
pub mod borders;
pub mod classes;
pub mod colour;
pub mod distribution;
pub mod fit;
pub mod format;
pub mod histogram;
pub mod ids;
pub mod layout;
pub mod score;
pub mod snapshot;

pub use access::{Actor, Permission, Reach, Role};
pub use approval::{CycleState, Refusal, Status};
pub use borders::{Borders, Class};
pub use classes::{ClassScheme, ClassSpec};
pub use score::{Percent, Score};
