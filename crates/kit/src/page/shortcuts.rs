//! Keys that work wherever the focus is, unless something is being typed; and the list of all keys.

use crate::browser::is_typing;
use crate::parts::Dialog;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Puts the focus on an element that is on the page already.
pub fn focus_on(id: &str) {
    use leptos::wasm_bindgen::JsCast;
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Listens for the keys of a page: Ctrl-K or ⌘-K, `/` and `?`. Shows nothing.
#[component]
pub fn Shortcuts(
    /// The command palette.
    palette: RwSignal<bool>,
    /// The list of keys.
    keys: RwSignal<bool>,
    /// Id of the search field.
    search: &'static str,
) -> impl IntoView {
    let pressed = move |event: KeyboardEvent| {
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "k" | "K" if command => palette.update(|open| *open = !*open),
            "/" if !command && !is_typing(&event) => focus_on(search),
            "?" if !command && !is_typing(&event) => keys.set(true),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, pressed);
        on_cleanup(move || listener.remove());
    });
}

/// What keys do: a title, then each thing with its keys.
pub type KeyList = (&'static str, &'static [(&'static str, &'static [&'static str])]);

/// The list of keys.
#[component]
pub fn KeysDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What they do, by what they are for.
    lists: &'static [KeyList],
) -> impl IntoView {
    let line = |(what, keys): &(&'static str, &'static [&'static str])| {
        view! {
            <div>
                <dt>{*what}</dt>
                <dd>{keys.iter().map(|key| view! { <kbd class="kbd">{*key}</kbd> }).collect_view()}</dd>
            </div>
        }
    };
    let list = move |(title, keys): &KeyList| {
        view! {
            <section>
                <h3 class="keys__head">{*title}</h3>
                <dl class="keys__list">{keys.iter().map(line).collect_view()}</dl>
            </section>
        }
    };
    view! {
        <Dialog open wide=true title="Keyboard">
            <div class="dialog__body">
                <div class="keys">{lists.iter().map(list).collect_view()}</div>
            </div>
        </Dialog>
    }
}
