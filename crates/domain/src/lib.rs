//! The rules of Cutline, pure: no I/O, no clock, no framework. Compiled for the server and for the browser, so that the
//! preview somebody looks at and the record the server keeps come from the same functions.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

pub mod base;
pub mod borders;
pub mod planner;
pub mod table;

pub use base::access::{Actor, Permission, Reach, Role};
pub use base::number::{Percent, Score};
pub use borders::classes::{ClassForm, ClassScheme, ClassSpec};
pub use borders::{Borders, Class};
