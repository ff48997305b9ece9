//! A page that is older than the server notices, and offers to reload.

use cutline_kit::browser::{assets, fetch_text};
use cutline_kit::parts::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks which version the server has, when somebody comes back to the page.
#[component]
pub fn NewerVersion() -> impl IntoView {
    let newer = RwSignal::new(false);
    let ask = move || {
        let mine = &assets().version;
        if mine.is_empty() || newer.get_untracked() {
            return;
        }
        spawn_local(async move {
            // A server that can't be reached says nothing about versions.
            if let Ok(theirs) = fetch_text("/version").await {
                newer.set(theirs != *mine);
            }
        });
    };
    Effect::new(move |_| {
        let focus = window_event_listener(leptos::ev::focus, move |_| ask());
        on_cleanup(move || focus.remove());
    });
    let reload = |_| {
        let _ = location().reload();
    };
    view! {
        <Show when=move || newer.get()>
            <div class="newer" role="status">
                <Icon name="info" />
                <p>
                    <b>"Cutline was updated."</b>
                    " Reload when it suits you; what you typed and haven't saved would be lost."
                </p>
                <button class="button button--primary" on:click=reload>
                    "Reload"
                </button>
            </div>
        </Show>
    }
}
