//! The search field above a list: `/` leads to it, and the URL keeps what was typed.

use crate::browser::is_typing;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::location::Url;

/// What the URL says is searched for. Changing it changes the URL in place, so that back leads away from the page.
pub fn search_of_url() -> RwSignal<String> {
    let search = RwSignal::new(use_query_map().read_untracked().get("q").unwrap_or_default());
    let (navigate, path) = (use_navigate(), use_location().pathname);
    Effect::new(move |earlier: Option<String>| {
        let text = search.get();
        if earlier.is_some_and(|earlier| earlier != text) {
            let path = path.get_untracked();
            let url = if text.is_empty() { path } else { format!("{path}?q={}", Url::escape(&text)) };
            navigate(&url, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        text
    });
    search
}

/// Whether a text contains every word searched for.
pub fn matches(search: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// The search field.
#[component]
pub fn SearchBox(
    /// What it searches, its label and placeholder.
    label: &'static str,
    /// What is searched for.
    search: RwSignal<String>,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented());
            // A skeleton that was replaced keeps its field, off the page.
            let shown = input.get_untracked().filter(|input| input.is_connected());
            if let Some(input) = shown.filter(|_| event.key() == "/" && plain && !is_typing(&event)) {
                event.prevent_default();
                let _ = input.focus();
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <div class="search">
            <input
                node_ref=input
                class="input"
                type="search"
                placeholder=label
                aria-label=label
                aria-keyshortcuts="/"
                value=search.get_untracked()
                prop:value=search
                on:input=move |event| search.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        search.set(String::new());
                    }
                }
            />
            <span class="kbd" aria-hidden="true">
                "/"
            </span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_found() {
        assert!(matches("card prim", "Cardiolin · Primary care"));
        assert!(matches("", "anything"));
        assert!(!matches("card neuro", "Cardiolin · Primary care"));
    }
}
