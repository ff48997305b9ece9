//! The form of one definition.

use super::classes::Classes;
use super::conflict::Conflict;
use super::typed::Typed;
use super::{Draft, Page, address};
use crate::api::{overview, save_definition};
use crate::model::DefinitionOverview;
use crate::model::SpecialtyChoice;
use cutline_domain::base::format::grouped;
use cutline_domain::base::kind::Kind;
use cutline_kit::parts::field::{FormAnswer, beside, forget};
use cutline_kit::parts::{FieldError, FormError, Icon, SelectField, TextField, use_toasts};
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The form.
#[component]
pub fn Editor(page: Page, draft: Draft) -> impl IntoView {
    let Draft { id, typed, saved, version, answer, theirs } = draft;
    let busy = RwSignal::new(false);
    let (toasts, navigate) = (use_toasts(), StoredValue::new(use_navigate()));
    let state = Memo::new(move |_| page.open_state(id));
    let locked = move || state.get().is_some();

    let done = move |all: Vec<DefinitionOverview>, saved_as, sent: &Typed| {
        let form = all.iter().find(|one| one.id == saved_as).map(|one| one.form.clone());
        page.reload(all);
        // What was typed while it was being saved is not lost.
        let newer = Some(typed.get_untracked()).filter(|typed| typed != sent);
        if let (Some(form), Some(now)) = (form, page.draft(Some(saved_as))) {
            now.reset(Typed::of(&form), form.version);
            if let Some(newer) = newer {
                now.typed.set(newer);
            }
        }
        if id.is_none() {
            draft.reset(page.choices.with_value(|choices| Typed::blank(&choices.measures)), 0);
            let in_place = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate.with_value(|navigate| navigate(&address(Some(saved_as)), in_place));
        }
    };
    let refused = move |error: AppError, all: Option<Vec<DefinitionOverview>>| {
        if let Some(all) = all {
            let now = all.iter().find(|one| Some(one.id) == id).map(|one| one.form.clone());
            theirs.set(now.filter(|now| now.version != version.get_untracked()));
            page.reload(all);
        }
        // Both versions say more than the message does.
        if theirs.with_untracked(Option::is_none) {
            answer.set(Some(error));
        }
    };
    let changes = Memo::new(move |_| draft.changes());
    let nothing = move || id.is_some() && changes.get() == 0;
    let save = move || {
        if busy.get_untracked() || state.get_untracked().is_some() || untrack(nothing) {
            return;
        }
        let sent = typed.get_untracked();
        let form = match sent.form(id, version.get_untracked()) {
            Ok(form) => form,
            Err(error) => return answer.set(Some(error)),
        };
        busy.set(true);
        answer.set(None);
        leptos::task::spawn_local(async move {
            let title = form.title();
            match Box::pin(save_definition(form)).await {
                Ok(saved_as) => {
                    toasts.good_with("Microtarget saved", title);
                    match Box::pin(overview()).await {
                        Ok(all) => done(all, saved_as, &sent),
                        Err(error) => toasts.bad("The list could not be reloaded", error.to_string()),
                    }
                }
                Err(error @ AppError::Conflict { .. }) => refused(error, Box::pin(overview()).await.ok()),
                Err(error) => refused(error, None),
            }
            busy.set(false);
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    let unsaved = move || match changes.get() {
        0 => String::new(),
        1 => "1 change not saved".to_owned(),
        number => format!("{number} changes not saved"),
    };
    let discard = move |_| {
        typed.set(saved.get_untracked());
        answer.set(None);
    };
    let why_locked = move || {
        state.get().map(|state| {
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
    };
    view! {
        <form class="settings__edit" on:submit=submit aria-label="Microtarget">
            <div class="settings__form">
                {why_locked}
                <FormError
                    answer
                    fields=&["product", "kind", "specialties_label", "specialties", "measure", "classes"]
                /> <fieldset class="settings__fields" disabled=locked>
                    <About page typed answer />
                    <Classes typed answer />
                </fieldset>
            </div>
            <footer class="settings__foot">
                <span class="muted" role="status">
                    {unsaved}
                </span>
                <span class="spacer"></span>
                <Show when=move || { changes.get() > 0 }>
                    <button type="button" class="button" on:click=discard>
                        "Discard"
                    </button>
                </Show>
                <Show when=move || !locked()>
                    <button
                        class="button button--primary"
                        aria-disabled=move || nothing().then_some("true")
                        aria-busy=move || busy.get().then_some("true")
                    >
                        "Save"
                    </button>
                </Show>
            </footer>
        </form>
        <Conflict draft again=Callback::new(move |()| save()) />
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
    let none = typed.with_untracked(|typed| typed.measure.is_empty());
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

/// The specialties that contacts of the kind have, and those chosen before, with their numbers.
#[component]
fn Specialties(page: Page, typed: RwSignal<Typed>, answer: FormAnswer) -> impl IntoView {
    let message = beside(answer, "specialties");
    let kind = Memo::new(move |_| typed.read().kind);
    let saved = typed.with_untracked(|typed| typed.specialties.clone());
    let offered = Memo::new(move |_| {
        let number = |specialty: &SpecialtyChoice| match kind.get() {
            Kind::Institution => specialty.institutions,
            Kind::Person | Kind::Group => specialty.persons,
        };
        let choices = page.choices.read_value();
        let counted = choices.specialties.iter().map(|specialty| (specialty.name.clone(), number(specialty)));
        counted.filter(|(name, number)| *number > 0 || saved.contains(name)).collect::<Vec<_>>()
    });
    let chosen = move |name: &str| typed.with(|typed| typed.specialties.contains(name));
    let number_chosen = move || offered.with(|offered| offered.iter().filter(|(name, _)| chosen(name)).count());
    let all = move || number_chosen() == offered.with(Vec::len);
    let choose_all = move |event| {
        let on = event_target_checked(&event);
        let offered = offered.get_untracked();
        typed.update(|typed| {
            for (name, _) in offered {
                if on {
                    typed.specialties.insert(name)
                } else {
                    typed.specialties.remove(&name)
                };
            }
        });
        forget(answer, "specialties");
    };
    let contacts = move || {
        let sum: u32 = offered.with(|offered| offered.iter().filter(|(name, _)| chosen(name)).map(|one| one.1).sum());
        format!("{} {}", grouped(sum), kind.get().plural())
    };
    let line = move |(name, number): (String, u32)| {
        let key = StoredValue::new(name.clone());
        let is_chosen = move || key.with_value(|name| chosen(name));
        let toggle = move |event| {
            let on = event_target_checked(&event);
            typed.update(|typed| {
                let name = key.get_value();
                if on {
                    typed.specialties.insert(name)
                } else {
                    typed.specialties.remove(&name)
                };
            });
            forget(answer, "specialties");
        };
        view! {
            <label class="checks__item">
                <input
                    class="checkbox"
                    type="checkbox"
                    checked=untrack(is_chosen)
                    prop:checked=is_chosen
                    on:change=toggle
                />
                <span>{name}</span>
                <span class="muted">{grouped(number)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=move || message.with(Option::is_some).then_some("specialties-error")>
            <legend class="field__label">"Specialties"</legend>
            <div class="checks">
                <label class="checks__item checks__all">
                    <input
                        class="checkbox"
                        type="checkbox"
                        checked=untrack(all)
                        prop:checked=all
                        prop:indeterminate=move || { number_chosen() > 0 && !all() }
                        on:change=choose_all
                    />
                    <span>"All"</span>
                    <span class="muted">{contacts}</span>
                </label>
                <For each=move || offered.get() key=Clone::clone children=line />
            </div>
            <FieldError id="specialties-error" message />
        </fieldset>
    }
}
