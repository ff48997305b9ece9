//! Menus by keyboard: ↓ opens one from its button, arrows, Home and End walk through it. The browser does the rest: Escape
//! closes it and gives the focus back.

use crate::browser::{is_typing, walk};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

/// What can be walked to in a menu.
const ITEMS: &str = ".menu__item:not(div), input, button";

/// Listens for the keys of menus. Shows nothing.
#[component]
pub fn MenuKeys() -> impl IntoView {
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, |event| {
            if pressed(&event).is_some() {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Does what a key does in a menu, or on the button of one.
fn pressed(event: &KeyboardEvent) -> Option<()> {
    let at = event.target()?.dyn_into::<Element>().ok()?;
    let key = event.key();
    if is_typing(event) && key != "ArrowDown" {
        return None;
    }
    if let Some(menu) = at.closest(".menu[popover]").ok()? {
        // Among radio buttons arrows choose.
        let radio = at.matches("input[type=radio]").ok()?;
        let by = match key.as_str() {
            "ArrowDown" if !radio => Some(1),
            "ArrowUp" if !radio => Some(-1),
            "Home" if !radio => None,
            _ => return None,
        };
        walk(&menu, ITEMS, by);
        return Some(());
    }
    let button = at.closest("button[popovertarget]").ok()??;
    if key != "ArrowDown" {
        return None;
    }
    let menu = document().get_element_by_id(&button.get_attribute("popovertarget")?)?;
    if !menu.matches(":popover-open").ok()? {
        button.dyn_into::<HtmlElement>().ok()?.click();
    }
    walk(&menu, ITEMS, None);
    Some(())
}
