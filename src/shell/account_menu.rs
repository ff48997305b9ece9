//! Who is signed in: their menu, with the theme and the ways out.

use cutline_company::api::{sign_out, sign_out_everywhere};
use cutline_domain::base::format::initials;
use cutline_kit::browser::{close_popover, go_to, remember, remembered, window_event};
use cutline_kit::parts::{Icon, use_toasts};
use cutline_wire::Me;
use leptos::prelude::*;

/// The menu at the foot of the rail.
#[component]
pub fn AccountMenu(me: Me) -> impl IntoView {
    let toasts = use_toasts();
    let leave = move |everywhere: bool| {
        leptos::task::spawn_local(async move {
            match if everywhere { sign_out_everywhere().await } else { sign_out().await } {
                Ok(()) => go_to("/sign-in"),
                Err(error) => toasts.bad("Not signed out", error.to_string()),
            }
        });
    };
    let letters = initials(&me.name);
    let role = format!("{} · {}", me.actor.role.title(), me.company_name);
    view! {
        <button class="rail__me" popovertarget="account" aria-label=format!("{}, account", me.name)>
            <span class="avatar" aria-hidden="true">
                {letters.clone()}
            </span>
        </button>
        <div class="menu menu--side" id="account" popover>
            <div class="menu__item">
                <span class="avatar" aria-hidden="true">
                    {letters}
                </span>
                <span class="menu__text">{me.name} <small>{role}</small></span>
            </div>
            <hr class="menu__rule" />
            <a class="menu__item" href="/profile" on:click=|_| close_popover("account")>
                <Icon name="person" />
                "Your profile"
            </a>
            <ThemeSwitch />
            <hr class="menu__rule" />
            <button class="menu__item" on:click=move |_| leave(false)>
                <Icon name="sign-out" />
                "Sign out"
            </button>
            <button class="menu__item" on:click=move |_| leave(true)>
                <Icon name="sign-out" />
                "Sign out everywhere"
            </button>
        </div>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    // After hydration, so that the first render is the same on both sides.
    Effect::new(move |_| {
        if let Some(theme) = remembered("cutline.theme") {
            chosen.set(theme);
        }
    });
    let choose = move |theme: &'static str| {
        chosen.set(theme.to_owned());
        remember("cutline.theme", theme);
        if let Some(root) = document().document_element() {
            let _ = if theme.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", theme)
            };
        }
        window_event("cutline:theme");
    };
    let option = move |(theme, title): (&'static str, &'static str)| {
        view! {
            <label class="segmented__item">
                <input
                    type="radio"
                    name="theme"
                    prop:checked=move || *chosen.read() == theme
                    on:change=move |_| choose(theme)
                />
                <span>{title}</span>
            </label>
        }
    };
    view! {
        <fieldset class="menu__segmented">
            <span aria-hidden="true">"Theme"</span>
            <legend class="visually-hidden">"Theme"</legend>
            <span class="segmented">
                {[("", "System"), ("light", "Light"), ("dark", "Dark")].map(option).collect_view()}
            </span>
        </fieldset>
    }
}
