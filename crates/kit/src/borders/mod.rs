//! Any borders on a desk: the histogram with its handles, the class table, fitting, the rings and the moves. A feature gives
//! a [`Desk`] and puts the parts where it wants them.

mod class_table;
mod desk;
mod echarts;
mod fit_menu;
mod histogram;
mod moves;
mod ring;
#[cfg(test)]
mod second_user;
mod undo;

pub use class_table::ClassTable;
pub use desk::{Desk, Note, Part, Subject};
pub use fit_menu::{FitMenu, ScaleSwitch, UndoRedo};
pub use histogram::Histogram;
pub use moves::Moves;
pub use ring::Rings;
pub use undo::Drawn;
