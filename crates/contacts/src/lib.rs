//! Contacts, the base that all jobs share, and the registry of facts: what each feature publishes about a contact. People's
//! columns and filters, rules, reports, exports and a contact's profile read the registry; none of them knows the planner
//! or any other feature above.

pub mod model;

#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
pub mod relation;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
mod store;
