//! Page furniture: splitters between panes, the drawer beside a table, the command palette, and keys that work everywhere.

mod drawer;
mod lazy;
mod menus;
mod palette;
mod shortcuts;
mod splitter;

pub use drawer::Drawer;
pub use lazy::{Coming, Fetched, chunk, lazy_pages, missing};
pub use menus::MenuKeys;
pub use palette::{Command, Palette};
pub use shortcuts::{KeyList, KeysDialog, Shortcuts, focus_on};
pub use splitter::{Pane, Splitter};
