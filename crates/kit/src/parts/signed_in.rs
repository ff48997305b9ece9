//! Who is signed in, known to everything below the frame.

use cutline_domain::Permission;
use cutline_wire::Me;
use leptos::prelude::*;

/// Who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn(pub Signal<Option<Me>>);

impl SignedIn {
    /// The one of the page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Whether they may do something at all, as far as the page knows; the server decides.
    pub fn may(self, permission: Permission) -> bool {
        self.0.read().as_ref().is_some_and(|me| me.actor.may(permission))
    }
}
