//! Adding and changing somebody.

use crate::api::{people, save_person};
use crate::model::{Keeper, Person, PersonForm, RegionNode, SHORTEST_PASSWORD};
use crate::view::region_tree::{TreeLine, lines};
use cutline_domain::Role;
use cutline_domain::base::format::grouped;
use cutline_domain::base::ids::AccountId;
use cutline_domain::base::text::most;
use cutline_kit::browser::{focus, random_bytes};
use cutline_kit::parts::edited_form::{EditedForm, Versioned, merge};
use cutline_kit::parts::field::{FormAnswer, beside, forget};
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::{Dialog, DialogFoot, FieldError, FormError, SelectField, TextField, use_toasts};
use leptos::prelude::*;

/// Somebody being added or changed.
#[derive(Clone, Copy)]
pub struct Editing {
    edited: EditedForm<PersonForm>,
    /// Whether the password was made here and is shown.
    made: RwSignal<bool>,
    /// Who edits.
    me: StoredValue<Option<AccountId>>,
    /// Why name, e-mail address and password are only theirs to change, if they are.
    theirs: RwSignal<Option<&'static str>>,
}

impl Editing {
    /// Nobody yet.
    pub fn new(me: Option<AccountId>) -> Self {
        let edited = EditedForm::new(form_of(None));
        Self { edited, made: RwSignal::new(false), me: StoredValue::new(me), theirs: RwSignal::new(None) }
    }

    /// Opens the dialog for somebody, or for somebody new.
    pub fn start(self, of: Option<&Person>) {
        self.made.set(false);
        self.theirs.set(of.and_then(|person| match person.keeper {
            _ if self.me.get_value() == Some(person.id) => {
                Some("This is your own account: name, e-mail and password are changed on your profile.")
            }
            Keeper::Themselves => {
                Some("They work in another company too: name, e-mail and password are changed on their own profile.")
            }
            Keeper::Company => None,
        }));
        self.edited.start(form_of(of));
    }
}

impl Versioned for PersonForm {
    fn follow(&mut self, version: i32) {
        self.version = version;
    }

    fn merge(&mut self, base: &Self, theirs: &Self) {
        merge(&mut self.name, &base.name, &theirs.name);
        merge(&mut self.email, &base.email, &theirs.email);
        merge(&mut self.role, &base.role, &theirs.role);
        merge(&mut self.regions, &base.regions, &theirs.regions);
        self.version = theirs.version;
    }
}

fn form_of(person: Option<&Person>) -> PersonForm {
    PersonForm {
        id: person.map(|person| person.id),
        version: person.map_or(0, |person| person.version),
        name: person.map(|person| person.name.clone()).unwrap_or_default(),
        email: person.map(|person| person.email.clone()).unwrap_or_default(),
        role: person.map_or(Role::Rep, |person| person.role),
        regions: person.map(|person| person.regions.clone()).unwrap_or_default(),
        password: String::new(),
    }
}

/// Sixteen of 32 characters that are hard to mistake for one another: 80 random bits.
fn new_password() -> Option<String> {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    Some(random_bytes(16)?.into_iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

/// The dialog.
#[component]
pub fn EditPerson(
    /// Everybody, read anew after saving.
    all: RwSignal<Vec<Person>>,
    /// Every region.
    regions: StoredValue<Vec<RegionNode>>,
    /// Who is edited.
    editing: Editing,
) -> impl IntoView {
    let edited = editing.edited;
    let EditedForm { open, form, busy, .. } = edited;
    let toasts = use_toasts();
    let save = async |sent: PersonForm, key| {
        let name = sent.name.trim().to_owned();
        Ok((save_person(sent, key).await?, name))
    };
    let saved = async move |(id, name)| {
        toasts.good(format!("{name} saved"));
        reload(all, id, toasts).await;
    };
    let now = async move || {
        let id = form.read_untracked().id;
        all.set(people().await.ok()?);
        all.read_untracked().iter().find(|person| Some(person.id) == id).map(|person| form_of(Some(person)))
    };
    let submit = move |event| edited.submit(&event, save, saved, now);
    let title = Signal::derive(move || {
        let title = if form.read().id.is_none() { "Add person" } else { "Edit person" };
        title.to_owned()
    });
    view! {
        <Dialog open title>
            <form class="dialog__form" on:submit=submit>
                <div class="dialog__body">
                    <Fields regions editing />
                </div>
                <DialogFoot open act="Save" busy />
            </form>
        </Dialog>
    }
}

fn choose_role(form: &mut PersonForm, chosen: String) {
    if let Ok(role) = chosen.parse() {
        form.role = role;
    }
}

#[component]
fn Fields(regions: StoredValue<Vec<RegionNode>>, editing: Editing) -> impl IntoView {
    let EditedForm { form, answer, .. } = editing.edited;
    let is_manager = Memo::new(move |_| form.read().role == Role::RegionalManager);
    let role = create_slice(form, |form| form.role.as_str().to_owned(), choose_role);
    let roles = Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.title().to_owned()));
    let theirs = editing.theirs;
    view! {
        <FormError answer fields=&["name", "email", "role", "regions", "password"] />
        <Show when=move || theirs.read().is_none() fallback=move || view! { <Theirs editing /> }>
            <Own editing />
        </Show>
        <SelectField id="person-role" label="Role" field="role" answer value=role options=roles.collect() />
        <Show when=move || is_manager.get()>
            <RegionChoice regions form answer />
        </Show>
        <Show when=move || theirs.read().is_none()>
            <Password editing />
        </Show>
    }
}

/// Name and e-mail address of somebody who works nowhere else.
#[component]
fn Own(editing: Editing) -> impl IntoView {
    let EditedForm { form, answer, .. } = editing.edited;
    view! {
        <TextField
            id="person-name"
            label="Name"
            field="name"
            answer
            focus=true
            most=most::PERSON
            value=create_slice(form, |form| form.name.clone(), |form, name| form.name = name)
        />
        <TextField
            id="person-email"
            label="E-mail"
            field="email"
            answer
            most=most::EMAIL
            value=create_slice(form, |form| form.email.clone(), |form, email| form.email = email)
        />
    }
}

/// Name and e-mail address as they are, and why they can't be changed here.
#[component]
fn Theirs(editing: Editing) -> impl IntoView {
    let (form, why) = (editing.edited.form, editing.theirs);
    view! {
        <div class="field">
            <span class="field__label">"Name and e-mail"</span>
            <p>{move || format!("{}, {}", form.read().name, form.read().email)}</p>
            <p class="field__hint">{why}</p>
        </div>
    }
}

async fn reload(all: RwSignal<Vec<Person>>, saved: AccountId, toasts: ToastSender) {
    match people().await {
        Ok(people) => {
            all.set(people);
            focus(format!("edit-{saved}"));
        }
        Err(error) => toasts.bad("The list could not be reloaded", error.to_string()),
    }
}

#[component]
fn Password(editing: Editing) -> impl IntoView {
    let (EditedForm { form, answer, .. }, made) = (editing.edited, editing.made);
    let kind = Signal::derive(move || if made.get() { "text" } else { "password" });
    // The dialog is built anew for everybody.
    let new = form.read_untracked().id.is_none();
    let hint = Signal::derive(move || {
        Some(if made.get() {
            "Hand it over now: it is not shown again.".to_owned()
        } else if new {
            format!("At least {SHORTEST_PASSWORD} characters. It lets them in once, to set their own.")
        } else {
            "Leave it empty to keep theirs. This one signs them out everywhere and lets them in once, to set their own."
                .to_owned()
        })
    });
    let make = move |_| {
        if let Some(password) = new_password() {
            form.update(|form| form.password = password);
            forget(answer, "password");
            made.set(true);
        }
    };
    view! {
        <div class="field-with">
            <TextField
                id="person-password"
                label="One-time password"
                field="password"
                answer
                kind
                most=most::PASSWORD
                hint
                autocomplete="new-password"
                value=create_slice(form, |form| form.password.clone(), |form, password| form.password = password)
            />
            <button type="button" class="button" on:click=make>
                "Generate"
            </button>
        </div>
    }
}

/// The region tree with a box for each. A region brings all below it along.
#[component]
fn RegionChoice(
    regions: StoredValue<Vec<RegionNode>>,
    form: RwSignal<PersonForm>,
    answer: FormAnswer,
) -> impl IntoView {
    let message = beside(answer, "regions");
    let line = move |line: TreeLine| view! { <RegionBox line form answer /> };
    view! {
        <fieldset class="field" aria-describedby=move || message.read().is_some().then_some("person-regions-error")>
            <legend class="field__label">"Regions, with all below"</legend>
            <div class="checks checks--tree">{lines(&regions.read_value()).into_iter().map(line).collect_view()}</div>
            <FieldError id="person-regions-error" message />
        </fieldset>
    }
}

/// The box of one region; chosen for good where one above is.
#[component]
fn RegionBox(line: TreeLine, form: RwSignal<PersonForm>, answer: FormAnswer) -> impl IntoView {
    let TreeLine { node, depth, contacts, above, .. } = line;
    let id = node.id;
    let chosen = move || form.read().regions.contains(&id);
    let brought = Memo::new(move |_| {
        let form = form.read();
        above.iter().any(|id| form.regions.contains(id))
    });
    let toggle = move |event| {
        let on = event_target_checked(&event);
        form.update(|form| {
            form.regions.retain(|region| *region != id);
            if on {
                form.regions.push(id);
            }
        });
        forget(answer, "regions");
    };
    view! {
        <label class="checks__item" style=format!("--level:{depth}")>
            <input
                class="checkbox"
                type="checkbox"
                prop:checked=move || brought.get() || chosen()
                disabled=move || brought.get()
                on:change=toggle
            />
            {node.name}
            <span class="muted">{grouped(contacts)}</span>
        </label>
    }
}
