//! Adding and changing a region.

use crate::api::{regions, save_region};
use crate::model::{RegionForm, RegionNode};
use crate::view::region_tree::{TreeLine, lines};
use cutline_domain::base::ids::RegionId;
use cutline_domain::base::text::most;
use cutline_kit::browser::focus;
use cutline_kit::parts::edited_form::{EditedForm, Versioned, merge};
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::{Dialog, DialogFoot, FormError, SelectField, TextField, use_toasts};
use leptos::prelude::*;

/// A region being added or changed.
#[derive(Clone, Copy)]
pub struct Editing(EditedForm<RegionForm>);

impl Editing {
    /// None yet.
    pub fn new() -> Self {
        Self(EditedForm::new(form_of(None)))
    }

    /// Opens the dialog for a region, or for a new one.
    pub fn start(self, of: Option<&RegionNode>) {
        self.0.start(form_of(of));
    }
}

impl Versioned for RegionForm {
    fn follow(&mut self, version: i32) {
        self.version = version;
    }

    fn merge(&mut self, base: &Self, theirs: &Self) {
        merge(&mut self.name, &base.name, &theirs.name);
        merge(&mut self.code, &base.code, &theirs.code);
        merge(&mut self.parent, &base.parent, &theirs.parent);
        self.version = theirs.version;
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
    let edited = editing.0;
    let EditedForm { open, form, busy, .. } = edited;
    let toasts = use_toasts();
    let save = async |sent: RegionForm, key| {
        let name = sent.name.trim().to_owned();
        Ok((save_region(sent, key).await?, name))
    };
    let saved = async move |(id, name)| {
        toasts.good(format!("{name} saved"));
        reload(all, id, toasts).await;
    };
    let now = async move || {
        let id = form.read_untracked().id;
        all.set(regions().await.ok()?);
        all.read_untracked().iter().find(|region| Some(region.id) == id).map(|region| form_of(Some(region)))
    };
    let submit = move |event| edited.submit(&event, save, saved, now);
    let title = Signal::derive(move || {
        let title = if form.read().id.is_some() { "Edit region" } else { "Add region" };
        title.to_owned()
    });
    view! {
        <Dialog open title>
            <form class="dialog__form" on:submit=submit>
                <div class="dialog__body">
                    <Fields all edited />
                </div>
                <DialogFoot open act="Save" busy />
            </form>
        </Dialog>
    }
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
fn Fields(all: RwSignal<Vec<RegionNode>>, edited: EditedForm<RegionForm>) -> impl IntoView {
    let EditedForm { form, answer, .. } = edited;
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
            most=most::REGION
            value=create_slice(form, |form| form.name.clone(), |form, name| form.name = name)
        />
        <TextField
            id="region-code"
            label="Short name"
            field="code"
            answer
            most=most::REGION_CODE
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
