//! Contacts, the base that all jobs share: who they are, where they belong, what is measured about them.

#[cfg(feature = "ssr")]
pub mod load;
#[cfg(feature = "ssr")]
pub mod load_command;
#[cfg(feature = "ssr")]
pub mod service_load;
#[cfg(feature = "ssr")]
mod store_load;
