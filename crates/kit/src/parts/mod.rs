//! Reusable parts of pages; they know no feature.

pub mod browser;
pub mod chip;
pub mod class_colour;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod logo;
pub mod search;
pub mod state;
pub mod toast;
pub mod words;

pub use chip::{ClassChip, MoveChips, StatusBadge, Stepper};
pub use dialog::Dialog;
pub use field::{DialogFoot, FormError, SelectField, TextField};
pub use icon::Icon;
pub use logo::Logo;
pub use search::SearchBox;
pub use state::{EmptyState, ErrorState, FieldError, Skeleton};
pub use toast::{Toasts, use_toasts};
