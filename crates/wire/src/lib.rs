//! What crosses between page and server and belongs to no feature: the error a person may see, who is signed in, the
//! heading every command carries, and moments.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

mod error;
mod me;
mod told;

pub use error::{AppError, Fault, Faults, Theirs};
pub use me::{Me, Moment, Seen};
