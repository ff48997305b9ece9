//! Sign-in, one's own profile, and the company's pages of the Control Center.

mod once;
mod own_password;
mod pages;
mod people;
mod profile;
mod region_tree;
mod regions;
mod sign_in_page;

pub use pages::{PeopleRoute, ProfileRoute, RegionsRoute, SignInRoute};
