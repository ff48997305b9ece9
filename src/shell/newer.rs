//! A page that is older than the server notices, and offers to reload: when somebody comes back to it, goes to another
//! page, or leaves it open.

use cutline_kit::browser::{assets, fetch_text};
use cutline_kit::parts::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How often a page that is left open asks.
const EVERY: Duration = Duration::from_mins(5);

/// Asks which version the server has.
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
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        // The page as it comes from the server is no older than it.
        if before.is_some() {
            ask();
        }
    });
    Effect::new(move |_| {
        let focus = window_event_listener(leptos::ev::focus, move |_| ask());
        let timer = set_interval_with_handle(ask, EVERY);
        on_cleanup(move || {
            focus.remove();
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
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
