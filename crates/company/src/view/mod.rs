//! Sign-in and settings.

mod microtargets;
mod people;
mod region_tree;
mod regions;
mod settings_page;
mod sign_in_page;

pub use settings_page::SettingsPage;
pub use sign_in_page::SignInPage;
