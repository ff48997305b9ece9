//! The sign-in page.

use super::own_password::OwnPassword;
use crate::api::{sign_in, who_am_i};
use cutline_kit::browser::go_to;
use cutline_kit::parts::field::{FormAnswer, beside};
use cutline_kit::parts::{FieldError, FormError, Logo};
use cutline_wire::AppError;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

/// Where to go after signing in: a place on this site, else the start page.
fn destination(next: Option<String>) -> String {
    // Browsers read `//host` and `/\host` as another site, and leave out control characters before they read.
    let stays = |next: &String| {
        next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.chars().any(char::is_control)
    };
    next.filter(stays).unwrap_or_else(|| "/".to_owned())
}

/// Sign-in, for whoever isn't, and a password of their own for whoever did with one that they were given.
#[component]
pub fn SignInPage() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| who_am_i());
    let next = StoredValue::new(destination(use_query_map().read_untracked().get("next")));
    view! {
        <Title text="Sign in" />
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(Some(me)) if me.password_is_given => view! { <OwnPassword name=me.name next /> }.into_any(),
                    Ok(Some(_)) => view! { <Redirect path=next.get_value() /> }.into_any(),
                    Ok(None) | Err(_) => view! { <SignIn next /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SignIn(next: StoredValue<String>) -> impl IntoView {
    // Read when submitting: what a password manager filled in before the page came alive raised no event.
    let (email, password): (NodeRef<html::Input>, NodeRef<html::Input>) = (NodeRef::new(), NodeRef::new());
    let answer = RwSignal::new(None::<AppError>);
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(email), Some(field)) = (email.get_untracked(), password.get_untracked()) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        answer.set(None);
        leptos::task::spawn_local(async move {
            match sign_in(email.value(), field.value()).await {
                // Stays busy until the next page is there.
                Ok(()) => go_to(&next.get_value()),
                Err(error) => {
                    answer.set(Some(error));
                    busy.set(false);
                    let _ = field.focus();
                    field.select();
                }
            }
        });
    };
    view! {
        <main class="sign-in">
            <div class="sign-in__card">
                <div class="sign-in__brand">
                    <Logo />
                    "Cutline"
                </div>
                <h1 class="sign-in__title visually-hidden">"Sign in"</h1>
                // Posting keeps the password out of the URL should somebody submit before the page came alive.
                <form class="sign-in__form" method="post" on:submit=submit>
                    <FormError answer fields=&["password"] />
                    <div class="field">
                        <label class="field__label" for="email">
                            "E-mail"
                        </label>
                        <input
                            node_ref=email
                            class="input"
                            id="email"
                            type="email"
                            autocomplete="username"
                            required
                            autofocus
                        />
                    </div>
                    <Password input=password answer />
                    <button class="button button--primary button--block" aria-busy=move || busy.get().then_some("true")>
                        "Sign in"
                    </button>
                </form>
            </div>
            <p class="sign-in__foot">"Segmentation planning, decided openly."</p>
        </main>
    }
}

#[component]
fn Password(input: NodeRef<html::Input>, answer: FormAnswer) -> impl IntoView {
    let message = beside(answer, "password");
    view! {
        <div class="field">
            <label class="field__label" for="password">
                "Password"
            </label>
            <input
                node_ref=input
                class="input"
                id="password"
                type="password"
                autocomplete="current-password"
                required
                aria-invalid=move || message.read().is_some().then_some("true")
                aria-describedby=move || message.read().is_some().then_some("password-error")
            />
            <FieldError id="password-error" message />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::destination;

    #[test]
    fn leads_nowhere_but_here() {
        let to = |next: &str| destination(Some(next.to_owned()));
        assert_eq!(to("/cycles/1?class=2"), "/cycles/1?class=2");
        for elsewhere in
            ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "", "/\t/evil.example"]
        {
            assert_eq!(to(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(destination(None), "/");
    }
}
