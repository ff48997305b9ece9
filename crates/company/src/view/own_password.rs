//! Setting a password of one's own, for whoever signed in with one that they were given. Until then nothing else works.

use super::once::Once;
use crate::api::{set_own_password, sign_out};
use crate::model::SHORTEST_PASSWORD;
use cutline_domain::base::text::most;
use cutline_kit::browser::go_to;
use cutline_kit::parts::{FormError, Logo, TextField};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn OwnPassword(
    /// Who signed in.
    name: String,
    /// Where to go afterwards.
    next: StoredValue<String>,
) -> impl IntoView {
    let (once, password) = (Once::new(), RwSignal::new(String::new()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        once.send(password.get_untracked(), set_own_password, async move |()| go_to(&next.get_value()));
    };
    let leave = move |_| {
        leptos::task::spawn_local(async move {
            match sign_out().await {
                Ok(()) => go_to("/sign-in"),
                Err(error) => once.answer.set(Some(error)),
            }
        });
    };
    let Once { answer, busy, .. } = once;
    let hint =
        Signal::stored(Some(format!("At least {SHORTEST_PASSWORD} characters, and not the one you were given.")));
    view! {
        <Title text="Your own password" />
        <main class="sign-in">
            <div class="sign-in__card">
                <div class="sign-in__brand">
                    <Logo />
                    "Cutline"
                </div>
                <h1 class="sign-in__title">"A password of your own"</h1>
                <p>
                    {format!("{name}, the password you signed in with was given to you. Set one that only you know.")}
                </p>
                <form class="sign-in__form" method="post" on:submit=submit>
                    <FormError answer fields=&["new"] />
                    <TextField
                        id="own-password"
                        label="New password"
                        field="new"
                        answer
                        kind="password"
                        most=most::PASSWORD
                        hint
                        autocomplete="new-password"
                        value=(password.into(), SignalSetter::map(move |text| password.set(text)))
                    />
                    <button class="button button--primary button--block" aria-busy=move || busy.get().then_some("true")>
                        "Set password"
                    </button>
                    <button type="button" class="button button--block" on:click=leave>
                        "Sign out"
                    </button>
                </form>
            </div>
            <p class="sign-in__foot">"Segmentation planning, decided openly."</p>
        </main>
    }
}
