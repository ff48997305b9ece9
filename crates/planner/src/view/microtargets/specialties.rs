//! The specialties that contacts of the kind have, and those chosen before, with their numbers.

use super::Page;
use super::typed::Typed;
use crate::model::SpecialtyChoice;
use cutline_domain::base::format::grouped;
use cutline_domain::base::kind::Kind;
use cutline_kit::parts::FieldError;
use cutline_kit::parts::field::{FormAnswer, beside, forget};
use leptos::prelude::*;

/// A specialty as it is offered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Offered {
    name: String,
    contacts: u32,
}

/// What can be chosen and what is. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
struct Choosing {
    typed: RwSignal<Typed>,
    answer: FormAnswer,
    offered: Memo<Vec<Offered>>,
}

impl Choosing {
    fn new(page: Page, typed: RwSignal<Typed>, answer: FormAnswer) -> Self {
        let kind = Memo::new(move |_| typed.read().kind);
        let saved = typed.read_untracked().specialties.clone();
        let offered = Memo::new(move |_| {
            let contacts = |specialty: &SpecialtyChoice| match kind.get() {
                Kind::Institution => specialty.institutions,
                Kind::Person | Kind::Group => specialty.persons,
            };
            let offer = |specialty: &SpecialtyChoice| {
                let (name, contacts) = (specialty.name.clone(), contacts(specialty));
                (contacts > 0 || saved.contains(&name)).then_some(Offered { name, contacts })
            };
            page.choices.read_value().specialties.iter().filter_map(offer).collect::<Vec<_>>()
        });
        Self { typed, answer, offered }
    }

    fn is_chosen(self, name: &str) -> bool {
        self.typed.read().specialties.contains(name)
    }

    /// Contacts of each one that is offered and chosen.
    fn chosen(self) -> Vec<u32> {
        let (offered, typed) = (self.offered.read(), self.typed.read());
        let chosen = offered.iter().filter(|one| typed.specialties.contains(&one.name));
        chosen.map(|one| one.contacts).collect()
    }

    fn all_chosen(self) -> bool {
        self.chosen().len() == self.offered.read().len()
    }

    /// Chooses some, or takes them out.
    fn choose(self, names: Vec<String>, on: bool) {
        self.typed.update(|typed| {
            if on {
                typed.specialties.extend(names);
            } else {
                typed.specialties.retain(|name| !names.contains(name));
            }
        });
        forget(self.answer, "specialties");
    }
}

/// The specialties.
#[component]
pub fn Specialties(page: Page, typed: RwSignal<Typed>, answer: FormAnswer) -> impl IntoView {
    let message = beside(answer, "specialties");
    let choosing = Choosing::new(page, typed, answer);
    let all = move || choosing.all_chosen();
    let choose_all = move |event| {
        let names = choosing.offered.read_untracked().iter().map(|one| one.name.clone()).collect();
        choosing.choose(names, event_target_checked(&event));
    };
    let contacts = move || {
        let sum: u32 = choosing.chosen().into_iter().sum();
        format!("{} {}", grouped(sum), typed.read().kind.plural())
    };
    let line = move |offered: Offered| view! { <Line offered choosing /> };
    view! {
        <fieldset class="field" aria-describedby=move || message.read().is_some().then_some("specialties-error")>
            <legend class="field__label">"Specialties"</legend>
            <div class="checks">
                <label class="checks__item checks__all">
                    <input
                        class="checkbox"
                        type="checkbox"
                        checked=untrack(all)
                        prop:checked=all
                        prop:indeterminate=move || { !choosing.chosen().is_empty() && !all() }
                        on:change=choose_all
                    />
                    <span>"All"</span>
                    <span class="muted">{contacts}</span>
                </label>
                <For each=move || choosing.offered.get() key=Clone::clone children=line />
            </div>
            <FieldError id="specialties-error" message />
        </fieldset>
    }
}

#[component]
fn Line(offered: Offered, choosing: Choosing) -> impl IntoView {
    let Offered { name, contacts } = offered;
    let key = StoredValue::new(name.clone());
    let is_chosen = move || choosing.is_chosen(&key.read_value());
    let toggle = move |event| choosing.choose(vec![key.get_value()], event_target_checked(&event));
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
            <span class="muted">{grouped(contacts)}</span>
        </label>
    }
}
