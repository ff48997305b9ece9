//! Fitting borders, and the scale they are seen on.

use super::desk::{Desk, Note};
use crate::parts::Icon;
use cutline_domain::borders::fit::Method;
use cutline_domain::borders::histogram::ScaleKind;
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
