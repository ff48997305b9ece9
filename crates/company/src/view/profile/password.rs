//! Changing the password.

use crate::api::change_password;
use crate::model::{OwnSession, PasswordForm, SHORTEST_PASSWORD};
use crate::view::once::Once;
use cutline_domain::base::text::most;
use cutline_kit::parts::{FormError, TextField, use_toasts};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The form. A new password ends every other session.
#[component]
pub fn NewPassword(sessions: RwSignal<Vec<OwnSession>>) -> impl IntoView {
    let (once, form) = (Once::new(), RwSignal::new(PasswordForm::default()));
    let toasts = use_toasts();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let changed = async move |()| {
            form.set(PasswordForm::default());
            sessions.update(|sessions| sessions.retain(|session| session.here));
            toasts.good_with("Password changed", "Everywhere else you are signed out.");
        };
        once.send(form.get_untracked(), change_password, changed);
    };
    let Once { answer, busy, .. } = once;
    let hint = format!("At least {SHORTEST_PASSWORD} characters. It signs you out everywhere else.");
    view! {
        <section class="profile__part" aria-labelledby="profile-new-password">
            <h2 class="profile__title" id="profile-new-password">
                "Password"
            </h2>
            <form class="profile__form" method="post" on:submit=submit>
                <FormError answer fields=&["present", "new"] />
                <TextField
                    id="password-present"
                    label="Present password"
                    field="present"
                    answer
                    kind="password"
                    autocomplete="current-password"
                    value=create_slice(form, |form| form.present.clone(), |form, present| form.present = present)
                />
                <TextField
                    id="password-new"
                    label="New password"
                    field="new"
                    answer
                    kind="password"
                    most=most::PASSWORD
                    hint=Signal::stored(Some(hint))
                    autocomplete="new-password"
                    value=create_slice(form, |form| form.new.clone(), |form, new| form.new = new)
                />
                <div>
                    <button class="button button--primary" aria-busy=move || busy.get().then_some("true")>
                        "Change password"
                    </button>
                </div>
            </form>
        </section>
    }
}
