//! The drawer at the right: one thing in full, beside the table it stands in.

use crate::parts::Icon;
use leptos::prelude::*;

/// The drawer's frame. Escape closes it; other keys are the feature's.
#[component]
pub fn Drawer(
    /// What assistive technology calls it: `Item`.
    label: &'static str,
    /// Name of what it shows; empty until that is known.
    #[prop(into)]
    title: Signal<String>,
    /// A line below the name.
    #[prop(into)]
    sub: Signal<String>,
    /// A key pressed in it; whether it did something.
    pressed: Callback<String, bool>,
    /// Goes on to the row before (−1) or after (1).
    #[prop(into)]
    step: Callback<i64>,
    /// Closes it.
    #[prop(into)]
    close: Callback<()>,
    /// Body and foot.
    children: Children,
) -> impl IntoView {
    let lower = label.to_lowercase();
    view! {
        <aside
            class="drawer"
            aria-label=label
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close.run(());
                } else if !event.ctrl_key() && !event.meta_key() && pressed.run(event.key()) {
                    event.prevent_default();
                }
            }
        >
            <header class="drawer__head">
                <div class="drawer__who">
                    <h2 class="drawer__title">{title}</h2>
                    <p class="drawer__sub">{sub}</p>
                </div>
                <button class="icon-button" aria-label=format!("Previous {lower}") on:click=move |_| step.run(-1)>
                    <Icon name="arrow-up" />
                </button>
                <button class="icon-button" aria-label=format!("Next {lower}") on:click=move |_| step.run(1)>
                    <Icon name="arrow-down" />
                </button>
                <button class="icon-button" aria-label="Close" on:click=move |_| close.run(())>
                    <Icon name="cross" />
                </button>
            </header>
            {children()}
        </aside>
    }
}
