//! Sign-in, and the company's pages of the Control Center.

mod pages;
mod people;
mod region_tree;
mod regions;
mod sign_in_page;

pub use pages::{PeopleRoute, RegionsRoute, SignInRoute};
