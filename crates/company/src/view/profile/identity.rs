//! Name and e-mail address.

use crate::api::{own_profile, save_profile};
use crate::model::{Profile, ProfileForm};
use cutline_domain::base::text::most;
use cutline_kit::browser::go_to;
use cutline_kit::parts::edited_form::{EditedForm, Versioned, merge};
use cutline_kit::parts::{FormError, TextField, use_toasts};
use leptos::prelude::*;

impl Versioned for ProfileForm {
    fn follow(&mut self, version: i32) {
        self.version = version;
    }

    fn merge(&mut self, base: &Self, theirs: &Self) {
        merge(&mut self.name, &base.name, &theirs.name);
        merge(&mut self.email, &base.email, &theirs.email);
        self.version = theirs.version;
    }
}

fn form_of(profile: Profile) -> ProfileForm {
    let Profile { name, email, version, .. } = profile;
    ProfileForm { version, name, email, password: String::new() }
}

/// The form. Another e-mail address asks for the password.
#[component]
pub fn Identity(name: String, email: String, version: i32) -> impl IntoView {
    let (name_before, email_before) = (StoredValue::new(name.clone()), StoredValue::new(email.clone()));
    let edited = EditedForm::new(ProfileForm { version, name, email, password: String::new() });
    edited.start(edited.form.get_untracked());
    let form = edited.form;
    let moves = Memo::new(move |_| form.read().email.trim().to_lowercase() != *email_before.read_value());
    let toasts = use_toasts();
    let save = async |sent: ProfileForm, key| {
        let version = save_profile(sent.clone(), key).await?;
        Ok(ProfileForm { version, password: String::new(), ..sent })
    };
    let saved = async move |now: ProfileForm| {
        if now.name.trim() != *name_before.read_value() {
            // The frame around the page says the name too.
            return go_to("/profile");
        }
        email_before.set_value(now.email.trim().to_lowercase());
        edited.start(now);
        toasts.good("Profile saved");
    };
    let now = async || own_profile().await.ok().map(form_of);
    view! {
        <section class="profile__part" aria-labelledby="profile-identity">
            <h2 class="profile__title" id="profile-identity">
                "Name and e-mail"
            </h2>
            <form class="profile__form" method="post" on:submit=move |event| edited.submit(&event, save, saved, now)>
                <Fields edited moves />
                <div>
                    <button class="button button--primary" aria-busy=move || edited.busy.get().then_some("true")>
                        "Save"
                    </button>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Fields(edited: EditedForm<ProfileForm>, moves: Memo<bool>) -> impl IntoView {
    let EditedForm { form, answer, .. } = edited;
    let hint = Signal::stored(Some("Another e-mail address is what you sign in with from then on.".to_owned()));
    view! {
        <FormError answer fields=&["name", "email", "password"] />
        <TextField
            id="profile-name"
            label="Name"
            field="name"
            answer
            most=most::PERSON
            autocomplete="name"
            value=create_slice(form, |form| form.name.clone(), |form, name| form.name = name)
        />
        <TextField
            id="profile-email"
            label="E-mail"
            field="email"
            answer
            most=most::EMAIL
            autocomplete="username"
            value=create_slice(form, |form| form.email.clone(), |form, email| form.email = email)
        />
        <Show when=move || moves.get()>
            <TextField
                id="profile-password"
                label="Your password"
                field="password"
                answer
                kind="password"
                hint
                autocomplete="current-password"
                value=create_slice(form, |form| form.password.clone(), |form, password| form.password = password)
            />
        </Show>
    }
}
