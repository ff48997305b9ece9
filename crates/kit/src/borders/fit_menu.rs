//! Fitting borders, and the scale they are seen on.

use super::desk::{Desk, Note};
use super::undo::Steps;
use crate::browser::is_typing;
use crate::parts::Icon;
use cutline_domain::borders::fit::Method;
use cutline_domain::borders::histogram::ScaleKind;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The ways of fitting. What a fit could not do goes into `note`.
#[component]
pub fn FitMenu(
    /// Where the page says what the last fit could not do.
    note: RwSignal<Option<Note>>,
) -> impl IntoView {
    let desk = Desk::get();
    let id = desk.id("fit");
    let item = |method: Method| {
        let hint = (method == Method::Plan).then(|| view! { <small>"shares as close to plan as ties allow"</small> });
        view! {
            <button
                class="menu__item"
                role="menuitem"
                popovertarget=id.clone()
                popovertargetaction="hide"
                on:click=move |_| note.set(desk.fit(method))
            >
                <span class="menu__text">{method.title()} {hint}</span>
            </button>
        }
    };
    view! {
        <button class="button button--ghost" popovertarget=id.clone()>
            "Fit to plan"
            <Icon name="chevron-down" class="icon--s" />
        </button>
        <div class="menu menu--up" id=id.clone() popover role="menu" aria-label="Fit to plan">
            {Method::ALL.map(item).collect_view()}
        </div>
    }
}

/// Takes steps back and does them again; by Ctrl+Z and Ctrl+Shift+Z wherever nothing is being typed.
#[component]
pub fn UndoRedo() -> impl IntoView {
    let desk = Desk::get();
    let key = move |event: KeyboardEvent| {
        let command = event.ctrl_key() || event.meta_key();
        if !command || is_typing(&event) || !desk.may_edit.get_untracked() {
            return;
        }
        match (event.key().as_str(), event.shift_key()) {
            ("z", false) => desk.undo(),
            ("z" | "Z", true) | ("y", false) => desk.redo(),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, key);
        on_cleanup(move || listener.remove());
    });
    let button = move |name: &'static str, icon: &'static str, can: fn(&Steps) -> bool, run: fn(Desk)| {
        view! {
            <button
                class="icon-button icon-button--s"
                aria-label=name
                title=name
                aria-disabled=move || (!can(&desk.steps.read())).to_string()
                on:click=move |_| run(desk)
            >
                <Icon name=icon />
            </button>
        }
    };
    view! {
        {button("Undo (Ctrl+Z)", "undo", Steps::can_undo, Desk::undo)}
        {button("Redo (Ctrl+Shift+Z)", "redo", Steps::can_redo, Desk::redo)}
    }
}

/// Linear, log or quantile.
#[component]
pub fn ScaleSwitch() -> impl IntoView {
    let desk = Desk::get();
    let scale = desk.scale;
    let option = move |kind: ScaleKind| {
        view! {
            <label class="segmented__item">
                <input
                    type="radio"
                    name=desk.id("scale")
                    prop:checked=move || scale.get() == kind
                    on:change=move |_| scale.set(kind)
                />
                <span>{kind.title()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="panel__end">
            <legend class="visually-hidden">"Scale"</legend>
            <span class="segmented">{ScaleKind::ALL.map(option).collect_view()}</span>
        </fieldset>
    }
}
