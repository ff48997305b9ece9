//! The mark: three classes and the line that cuts them.

use leptos::prelude::*;

/// The mark. Decorative: what stands beside or around it names it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect fill="var(--brand-1)" x="1" y="15" width="5.5" height="8" rx="1"></rect>
            <rect fill="var(--brand-2)" x="8" y="9" width="5.5" height="14" rx="1"></rect>
            <rect fill="var(--brand-3)" x="17" y="3" width="6" height="20" rx="1"></rect>
            <rect class="logo__cut" x="14.5" width="1.5" height="24" rx=".5"></rect>
        </svg>
    }
}
