//! What crosses between page and server and belongs to no feature: the error a person may see, who is signed in, the
//! heading every command carries, and moments.

mod error;
mod me;

pub use error::{AppError, Fault, Faults, Theirs};
pub use me::{Me, Moment, Seen};
