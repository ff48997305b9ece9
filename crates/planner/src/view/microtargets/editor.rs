//! The form of one definition.

use super::classes::Classes;
use super::conflict::Conflict;
use super::specialties::Specialties;
use super::typed::Typed;
use super::{Draft, Page, address};
use crate::api::{overview, save_definition};
use crate::model::DefinitionOverview;
use cutline_domain::base::ids::DefinitionId;
use cutline_domain::base::kind::Kind;
use cutline_domain::base::text::most;
use cutline_domain::planner::approval::CycleState;
use cutline_kit::parts::field::FormAnswer;
use cutline_kit::parts::toast::ToastSender;
use cutline_kit::parts::{FormError, Icon, SelectField, TextField, use_toasts};
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// A form and what saving it takes. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
struct Form {
    page: Page,
    draft: Draft,
    /// The state of the definition's cycle while that is open, which locks the form.
    state: Memo<Option<CycleState>>,
    changes: Memo<usize>,
    busy: RwSignal<bool>,
    toasts: ToastSender,
    /// Leads on to a new definition's own form.
    go_to: Callback<DefinitionId>,
}

impl Form {
    fn new(page: Page, draft: Draft) -> Self {
        let navigate = use_navigate();
        let in_place = || NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        Self {
            page,
            draft,
            state: Memo::new(move |_| page.open_state(draft.id)),
            changes: Memo::new(move |_| draft.changes()),
            busy: RwSignal::new(false),
            toasts: use_toasts(),
            go_to: Callback::new(move |id| navigate(&address(Some(id)), in_place())),
        }
    }

    fn is_locked(self) -> bool {
        self.state.read().is_some()
    }

    /// Whether there is nothing to save.
    fn is_saved(self) -> bool {
        self.draft.id.is_some() && self.changes.get() == 0
    }

    fn save(self) {
        if self.busy.get_untracked() || untrack(|| self.is_locked() || self.is_saved()) {
            return;
        }
        let Draft { id, typed, version, answer, key, .. } = self.draft;
        let sent = typed.get_untracked();
        let form = match sent.form(id, version.get_untracked()) {
            Ok(form) => form,
            Err(error) => return answer.set(Some(error)),
        };
        self.busy.set(true);
        answer.set(None);
        leptos::task::spawn_local(async move {
            let title = form.title();
            let key_of_this = key.of(&form);
            let result = Box::pin(save_definition(form, key_of_this)).await;
            key.answered(&result);
            match result {
                Ok(saved_as) => {
                    self.toasts.good_with("Microtarget saved", title);
                    match Box::pin(overview()).await {
                        Ok(all) => self.take_over(all, saved_as, &sent),
                        Err(error) => self.toasts.bad("The list could not be reloaded", error.to_string()),
                    }
                }
                Err(error @ AppError::Conflict { .. }) => self.refused(error, Box::pin(overview()).await.ok()),
                Err(error) => self.refused(error, None),
            }
            self.busy.set(false);
        });
    }

    /// Starts again from what was saved.
    fn take_over(self, all: Vec<DefinitionOverview>, saved_as: DefinitionId, sent: &Typed) {
        let form = all.iter().find(|one| one.id == saved_as).map(|one| one.form.clone());
        self.page.reload(all);
        // What was typed while it was being saved is not lost.
        let newer = Some(self.draft.typed.get_untracked()).filter(|typed| typed != sent);
        if let (Some(form), Some(now)) = (form, self.page.draft(Some(saved_as))) {
            now.reset(Typed::of(&form), form.version);
            if let Some(newer) = newer {
                now.typed.set(newer);
            }
        }
        if self.draft.id.is_none() {
            let blank = Typed::blank(&self.page.choices.read_value().measures);
            self.draft.reset(blank, 0);
            self.go_to.run(saved_as);
        }
    }

    /// Says why it was not saved. `all`: the definitions now, where somebody else changed them.
    fn refused(self, error: AppError, all: Option<Vec<DefinitionOverview>>) {
        let Draft { id, version, answer, theirs, .. } = self.draft;
        if let Some(all) = all {
            let now = all.iter().find(|one| Some(one.id) == id).map(|one| one.form.clone());
            theirs.set(now.filter(|now| now.version != version.get_untracked()));
            self.page.reload(all);
        }
        // Both versions say more than the message does.
        let shows_both = theirs.read_untracked().is_some();
        if !shows_both {
            answer.set(Some(error));
        }
    }
}

/// The form.
#[component]
pub fn Editor(page: Page, draft: Draft) -> impl IntoView {
    let Draft { typed, answer, .. } = draft;
    let form = Form::new(page, draft);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    view! {
        <form class="settings__edit" on:submit=submit aria-label="Microtarget">
            <div class="settings__form">
                <Locked form />
                <FormError
                    answer
                    fields=&["product", "kind", "specialties_label", "specialties", "measure", "classes"]
                />
                <fieldset class="settings__fields" disabled=move || form.is_locked()>
                    <About page typed answer />
                    <Classes typed answer />
                </fieldset>
            </div>
            <Foot form />
        </form>
        <Conflict draft again=Callback::new(move |()| form.save()) />
    }
}

/// Why nothing can be changed, while that is so.
#[component]
fn Locked(form: Form) -> impl IntoView {
    move || {
        form.state.get().map(|state| {
            view! {
                <div class="banner">
                    <Icon name="lock" />
                    <p>
                        "A cycle is "{state.title()}
                        ". It plans with this definition, which can be changed again after its Transfer."
                    </p>
                </div>
            }
        })
    }
}

/// What isn't saved yet, and saving it.
#[component]
fn Foot(form: Form) -> impl IntoView {
    let unsaved = move || match form.changes.get() {
        0 => String::new(),
        1 => "1 change not saved".to_owned(),
        number => format!("{number} changes not saved"),
    };
    let discard = move |_| {
        form.draft.typed.set(form.draft.saved.get_untracked());
        form.draft.answer.set(None);
    };
    view! {
        <footer class="settings__foot">
            <span class="muted" role="status">
                {unsaved}
            </span>
            <span class="spacer"></span>
            <Show when=move || { form.changes.get() > 0 }>
                <button type="button" class="button" on:click=discard>
                    "Discard"
                </button>
            </Show>
            <Show when=move || !form.is_locked()>
                <button
                    class="button button--primary"
                    aria-disabled=move || form.is_saved().then_some("true")
                    aria-busy=move || form.busy.get().then_some("true")
                >
                    "Save"
                </button>
            </Show>
        </footer>
    }
}

/// What a definition is about.
#[component]
fn About(page: Page, typed: RwSignal<Typed>, answer: FormAnswer) -> impl IntoView {
    let choices = page.choices.get_value();
    let product = |product: &String| view! { <option value=product.clone()></option> };
    // A kind that came by the API must not be lost by looking at it here.
    let now = typed.read_untracked().kind;
    let offered = Kind::ALL.iter().filter(|kind| **kind != Kind::Group || **kind == now);
    let kinds = offered.map(|kind| (kind.as_str().to_owned(), kind.plural().to_owned())).collect::<Vec<_>>();
    let choose_kind = |typed: &mut Typed, text: String| {
        if let Ok(kind) = text.parse() {
            typed.kind = kind;
        }
    };
    let none = typed.read_untracked().measure.is_empty();
    let none = none.then(|| (String::new(), "Choose a measure".to_owned()));
    let measures = choices.measures.iter().map(|name| (name.clone(), format!("Measure: {name}")));
    let measures: Vec<_> = none.into_iter().chain(measures).collect();
    view! {
        <section class="settings__group">
            <h2>"Microtarget"</h2>
            <p>"Unique per product, specialty and kind."</p>
            <div class="form-grid">
                <TextField
                    id="product"
                    label="Product"
                    field="product"
                    answer
                    list="products"
                    most=most::PRODUCT
                    value=create_slice(typed, |typed| typed.product.clone(), |typed, text| typed.product = text)
                />
                <datalist id="products">{choices.products.iter().map(product).collect_view()}</datalist>
                <SelectField
                    id="kind"
                    label="Contact kind"
                    field="kind"
                    answer
                    options=kinds
                    value=create_slice(typed, |typed| typed.kind.as_str().to_owned(), choose_kind)
                />
                <TextField
                    id="specialties-label"
                    label="Name of the specialties together"
                    field="specialties_label"
                    answer
                    most=most::PRODUCT
                    hint=Some("Such as Primary care. Cycles are known by it.".to_owned())
                    value=create_slice(typed, |typed| typed.label.clone(), |typed, text| typed.label = text)
                />
                <SelectField
                    id="measure"
                    label="Score from"
                    field="measure"
                    answer
                    options=measures
                    value=create_slice(typed, |typed| typed.measure.clone(), |typed, text| typed.measure = text)
                />
                <div class="form-grid__wide">
                    <Specialties page typed answer />
                </div>
            </div>
        </section>
    }
}
