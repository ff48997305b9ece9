//! One's own profile: name and e-mail address, password, and where one is signed in.

mod identity;
mod password;
mod sessions;

use crate::api::own_profile;
use crate::model::Profile;
use cutline_kit::parts::{ErrorState, SignedIn, Skeleton};
use identity::Identity;
use leptos::prelude::*;
use leptos_meta::Title;
use password::NewPassword;
use sessions::Sessions;

/// The page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let mine = Resource::new(|| (), |()| own_profile());
    let me = SignedIn::get().0;
    let role = me.read_untracked().as_ref().map(|me| format!("{} · {}", me.actor.role.title(), me.company_name));
    let content = move || {
        Suspend::new(async move {
            match mine.await {
                Ok(profile) => view! { <Loaded profile /> }.into_any(),
                Err(error) => {
                    let retry = move |()| mine.refetch();
                    view! { <ErrorState title="Your profile could not be loaded" error retry /> }.into_any()
                }
            }
        })
    };
    view! {
        <Title text="Your profile" />
        <div class="page profile">
            <header class="page__head">
                <h1 class="page__title">"Your profile"</h1>
                <span class="page__sub">{role}</span>
            </header>
            <div class="page__body">
                <Transition fallback=Loading>{content}</Transition>
            </div>
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="profile__part" aria-busy="true">
            <p class="visually-hidden" role="status">
                "Loading your profile"
            </p>
            <Skeleton width=180 />
            <Skeleton width=320 />
            <Skeleton width=320 />
        </div>
    }
}

#[component]
fn Loaded(profile: Profile) -> impl IntoView {
    let Profile { name, email, version, sessions } = profile;
    let sessions = RwSignal::new(sessions);
    view! {
        <Identity name email version />
        <NewPassword sessions />
        <Sessions sessions />
    }
}
