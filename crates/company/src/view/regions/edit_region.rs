//! Adding and changing a region.

use crate::api::{regions, save_region};
use crate::model::{RegionForm, RegionNode};
use crate::view::region_tree::{TreeLine, lines};
use cutline_domain::base::ids::{IdempotencyKey, RegionId};
use cutline_kit::browser::focus;
use cutline_kit::parts::field::{FormAnswer, merge};
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::{Dialog, DialogFoot, FormError, SelectField, TextField, use_toasts};
use cutline_wire::AppError;
use leptos::prelude::*;

/// A region being added or changed, and the answer to it.
#[derive(Clone, Copy)]
pub struct Editing {
    open: RwSignal<bool>,
    form: RwSignal<RegionForm>,
    answer: FormAnswer,
    /// What the form was filled in from.
    base: StoredValue<RegionForm>,
    /// The same for a repetition after no answer, so that it is done once.
    key: StoredValue<IdempotencyKey>,
}

impl Editing {
    /// None yet.
    pub fn new() -> Self {
        let blank = form_of(None);
        Self {
            open: RwSignal::new(false),
            form: RwSignal::new(blank.clone()),
            answer: RwSignal::new(None),
            base: StoredValue::new(blank),
            key: StoredValue::new(IdempotencyKey::new()),
        }
    }

    /// Opens the dialog for a region, or for a new one.
    pub fn start(self, of: Option<&RegionNode>) {
        self.form.set(form_of(of));
        self.base.set_value(form_of(of));
        self.key.set_value(IdempotencyKey::new());
        self.answer.set(None);
        self.open.set(true);
    }
}

/// The dialog.
#[component]
pub fn EditRegion(
    /// Every region, read anew after saving.
    all: RwSignal<Vec<RegionNode>>,
    /// What is edited.
    editing: Editing,
) -> impl IntoView {
    let Editing { open, form, answer, .. } = editing;
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        answer.set(None);
        leptos::task::spawn_local(async move {
            let sent = form.get_untracked();
            let name = sent.name.trim().to_owned();
            match save_region(sent, editing.key.get_value()).await {
                Ok(id) => {
                    open.set(false);
                    toasts.good(format!("{name} saved"));
                    reload(all, id, toasts).await;
                }
                Err(error) => {
                    if !error.is_unanswered() {
                        editing.key.set_value(IdempotencyKey::new());
                    }
                    if let AppError::Conflict { theirs: Some(theirs), .. } = &error {
                        // Saved again, it knowingly comes after theirs.
                        form.update(|form| form.version = theirs.version);
                        take_theirs(all, editing).await;
                    }
                    answer.set(Some(error));
                }
            }
            busy.set(false);
        });
    };
    let title = Signal::derive(move || {
        let title = if form.read().id.is_some() { "Edit region" } else { "Add region" };
        title.to_owned()
    });
    view! {
        <Dialog open title>
            <form class="dialog__form" on:submit=submit>
                <div class="dialog__body">
                    <Fields all editing />
                </div>
                <DialogFoot open act="Save" busy />
            </form>
        </Dialog>
    }
}

/// Takes in what somebody else saved meanwhile: into the list, and into the form what was not changed here.
async fn take_theirs(all: RwSignal<Vec<RegionNode>>, editing: Editing) {
    let Ok(regions) = regions().await else { return };
    let id = editing.form.read_untracked().id;
    let now = regions.iter().find(|region| Some(region.id) == id).cloned();
    all.set(regions);
    let Some(now) = now else { return };
    let (theirs, base) = (form_of(Some(&now)), editing.base.get_value());
    editing.form.update(|mine| {
        merge(&mut mine.name, &base.name, &theirs.name);
        merge(&mut mine.code, &base.code, &theirs.code);
        merge(&mut mine.parent, &base.parent, &theirs.parent);
        mine.version = theirs.version;
    });
    editing.base.set_value(theirs);
}

fn form_of(region: Option<&RegionNode>) -> RegionForm {
    RegionForm {
        id: region.map(|region| region.id),
        version: region.map_or(0, |region| region.version),
        parent: region.and_then(|region| region.parent),
        code: region.map(|region| region.code.clone()).unwrap_or_default(),
        name: region.map(|region| region.name.clone()).unwrap_or_default(),
    }
}

async fn reload(all: RwSignal<Vec<RegionNode>>, saved: RegionId, toasts: ToastSender) {
    match regions().await {
        Ok(regions) => {
            all.set(regions);
            focus(format!("region-{saved}"));
        }
        Err(error) => toasts.bad("The list could not be reloaded", error.to_string()),
    }
}

/// The id of the region above, as the choice has it; empty for none.
fn parent(form: &RegionForm) -> String {
    form.parent.map_or_else(String::new, |parent| parent.to_string())
}

fn choose_parent(form: &mut RegionForm, chosen: String) {
    if chosen.is_empty() {
        form.parent = None;
    } else if let Ok(parent) = chosen.parse() {
        form.parent = Some(parent);
    }
}

#[component]
fn Fields(all: RwSignal<Vec<RegionNode>>, editing: Editing) -> impl IntoView {
    let Editing { form, answer, .. } = editing;
    let own = form.read_untracked().id;
    // A region can't lie below itself.
    let may_hold = |line: &TreeLine| Some(line.node.id) != own && own.is_none_or(|own| !line.above.contains(&own));
    let place = |line: TreeLine| {
        (line.node.id.to_string(), format!("{}{}", "\u{2003}".repeat(line.depth as usize), line.node.name))
    };
    let none = (String::new(), "None, it is at the top".to_owned());
    let places = lines(&all.read_untracked()).into_iter().filter(may_hold).map(place);
    let options: Vec<_> = std::iter::once(none).chain(places).collect();
    view! {
        <FormError answer fields=&["name", "code", "parent"] />
        <TextField
            id="region-name"
            label="Name"
            field="name"
            answer
            focus=true
            value=create_slice(form, |form| form.name.clone(), |form, name| form.name = name)
        />
        <TextField
            id="region-code"
            label="Short name"
            field="code"
            answer
            hint=Some("Unique in the company; loads name regions by it.".to_owned())
            value=create_slice(form, |form| form.code.clone(), |form, code| form.code = code)
        />
        <SelectField
            id="region-parent"
            label="Lies in"
            field="parent"
            answer
            options
            value=create_slice(form, parent, choose_parent)
        />
    }
}
