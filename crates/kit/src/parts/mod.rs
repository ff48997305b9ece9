//! Reusable parts of pages; they know no feature.

pub mod chip;
pub mod class_colour;
pub mod connection;
pub mod dialog;
pub mod edited_form;
pub mod field;
pub mod icon;
pub mod logo;
pub mod search;
pub mod signed_in;
pub mod state;
pub mod toast;
pub mod way;
pub mod when;

pub use chip::{ClassChip, ClassName, MoveChips};
pub use connection::{Connection, ConnectionBanner};
pub use dialog::Dialog;
pub use field::{DialogFoot, FormError, SelectField, TextField};
pub use icon::Icon;
pub use logo::Logo;
pub use search::SearchBox;
pub use signed_in::SignedIn;
pub use state::{EmptyState, ErrorState, FieldError, Skeleton, Waiting};
pub use toast::{Toasts, use_toasts};
pub use way::Way;
pub use when::When;
