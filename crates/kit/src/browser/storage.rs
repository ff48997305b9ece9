//! What is remembered on this device.

/// Something remembered on this device.
#[cfg(feature = "hydrate")]
pub fn remembered(key: &str) -> Option<String> {
    leptos::prelude::window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Nothing is remembered on the server.
#[cfg(not(feature = "hydrate"))]
pub fn remembered(_: &str) -> Option<String> {
    None
}

/// Remembers something on this device.
#[cfg(feature = "hydrate")]
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        // A full or forbidden storage costs a convenience, nothing else.
        let _ = storage.set_item(key, value);
    }
}

/// Remembers it no longer.
#[cfg(feature = "hydrate")]
pub fn forget(key: &str) {
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        let _ = storage.remove_item(key);
    }
}

/// Nothing is remembered on the server.
#[cfg(not(feature = "hydrate"))]
pub fn forget(_: &str) {}

/// Nothing is remembered on the server.
#[cfg(not(feature = "hydrate"))]
pub fn remember(_: &str, _: &str) {}
