//! What crosses between page and server and belongs to no feature: the error a person may see, who is signed in, the
//! heading every command carries, moments, and what an open page is told.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop where it fails"))]

mod error;
mod live;
mod me;
mod told;

pub use error::{AppError, Fault, Faults, Theirs};
pub use live::Standing;
pub use me::{Me, Moment, Seen};
