//! The grid of any table of any size: a window of lines over a canvas as high as all of them, so that a million rows cost a
//! screenful. A feature gives a [`Source`]: columns, what a row and a header show, what can be chosen and what keys do.

mod geometry;
mod keys;
mod line;
#[cfg(test)]
mod second_user;
mod source;
mod state;
mod view;

pub mod filters;
pub mod query_string;

pub use source::{Column, Direction, RowSlot, Source};
pub use state::GridState;
pub use view::{Grid, SelectionBar};
