//! Microtarget definitions: the list, and the form of the one that the URL names. What was typed into one stays while
//! another is looked at.

mod class_row;
mod classes;
mod conflict;
mod editor;
mod specialties;
mod typed;

use crate::api::{definition_choices, overview};
use crate::model::{Choices, DefinitionForm, DefinitionOverview, SentDefinition};
use cutline_domain::base::ids::DefinitionId;
use cutline_domain::planner::approval::CycleState;
use cutline_kit::parts::edited_form::AskKey;
use cutline_kit::parts::field::FormAnswer;
use cutline_kit::parts::{EmptyState, ErrorState, Icon, Skeleton};
use editor::Editor;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::collections::HashMap;
use typed::Typed;

/// A definition on the page: what is saved, and what stands in its form. `None` is the one not saved yet.
#[derive(Clone, Copy)]
struct Draft {
    id: Option<DefinitionId>,
    saved: RwSignal<Typed>,
    typed: RwSignal<Typed>,
    version: RwSignal<i32>,
    answer: FormAnswer,
    /// What somebody else saved meanwhile.
    theirs: RwSignal<Option<DefinitionForm>>,
    /// Saving the same twice saves it once.
    key: AskKey<SentDefinition>,
}

impl Draft {
    fn new(id: Option<DefinitionId>, typed: Typed, version: i32) -> Self {
        Self {
            id,
            saved: RwSignal::new(typed.clone()),
            typed: RwSignal::new(typed),
            version: RwSignal::new(version),
            answer: RwSignal::new(None),
            theirs: RwSignal::new(None),
            key: AskKey::default(),
        }
    }

    /// Starts again from what is saved.
    fn reset(self, saved: Typed, version: i32) {
        self.saved.set(saved.clone());
        self.typed.set(saved);
        self.version.set(version);
        self.answer.set(None);
    }

    fn changes(self) -> usize {
        self.typed.read().changes(&self.saved.read())
    }
}

/// Everything the tab works on.
#[derive(Clone, Copy)]
struct Page {
    all: RwSignal<Vec<DefinitionOverview>>,
    choices: StoredValue<Choices>,
    drafts: StoredValue<HashMap<Option<DefinitionId>, Draft>>,
    /// Outlives the forms, so that drafts made later do too.
    owner: StoredValue<Owner>,
}

impl Page {
    fn new(all: Vec<DefinitionOverview>, choices: Choices) -> Self {
        let new = (None, Draft::new(None, Typed::blank(&choices.measures), 0));
        let known =
            all.iter().map(|one| (Some(one.id), Draft::new(Some(one.id), Typed::of(&one.form), one.form.version)));
        Self {
            drafts: StoredValue::new(known.chain([new]).collect()),
            all: RwSignal::new(all),
            choices: StoredValue::new(choices),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    fn draft(self, id: Option<DefinitionId>) -> Option<Draft> {
        self.drafts.read_value().get(&id).copied()
    }

    /// Takes over a list read anew; what is typed stays.
    fn reload(self, all: Vec<DefinitionOverview>) {
        for one in &all {
            if self.draft(Some(one.id)).is_none() {
                let make = || Draft::new(Some(one.id), Typed::of(&one.form), one.form.version);
                let draft = self.owner.read_value().with(make);
                self.drafts.update_value(|drafts| _ = drafts.insert(Some(one.id), draft));
            }
        }
        self.all.set(all);
    }

    /// The state of a definition's cycle while it is open.
    fn open_state(self, id: Option<DefinitionId>) -> Option<CycleState> {
        self.all.read().iter().find(|one| Some(one.id) == id).and_then(open_state)
    }
}

fn open_state(one: &DefinitionOverview) -> Option<CycleState> {
    one.cycle.as_ref().map(|cycle| cycle.state).filter(|state| *state != CycleState::Transferred)
}

/// The address of a definition's form.
fn address(id: Option<DefinitionId>) -> String {
    format!("/control/microtargets?id={}", id.map_or_else(|| "new".to_owned(), |id| id.to_string()))
}

/// The tab.
#[component]
pub fn Microtargets() -> impl IntoView {
    // Two resources: on the server a fetcher has the request's context only until it first waits.
    let definitions = Resource::new(|| (), |()| overview());
    let choices = Resource::new(|| (), |()| definition_choices());
    let retry = move |()| {
        definitions.refetch();
        choices.refetch();
    };
    view! {
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let (all, choices) = (definitions.await, choices.await);
                match all.and_then(|all| Ok((all, choices?))) {
                    Ok((all, choices)) => view! { <Loaded all choices /> }.into_any(),
                    Err(error) => {
                        view! {
                            <div class="page__body">
                                <ErrorState title="The microtargets could not be loaded" error retry />
                            </div>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let pick = |_| {
        view! {
            <li class="pick">
                <Skeleton width=120 class="settings__skeleton" />
                <Skeleton width=170 />
            </li>
        }
    };
    let field = |_| {
        view! {
            <div class="field">
                <Skeleton width=90 />
                <span class="input" aria-hidden="true"></span>
            </div>
        }
    };
    view! {
        <div class="settings__split" aria-busy="true">
            <div class="settings__list">
                <span class="button button--ghost settings__add">
                    <Skeleton width=120 />
                </span>
                <ul>{(0..4).map(pick).collect_view()}</ul>
            </div>
            <div class="settings__edit">
                <p class="visually-hidden" role="status">
                    "Loading microtargets"
                </p>
                <div class="settings__form">
                    <Skeleton width=110 />
                    <div class="form-grid">{(0..6).map(field).collect_view()}</div>
                </div>
                <footer class="settings__foot">
                    <span class="input" aria-hidden="true" style="visibility:hidden"></span>
                </footer>
            </div>
        </div>
    }
}

#[component]
fn Loaded(all: Vec<DefinitionOverview>, choices: Choices) -> impl IntoView {
    let page = Page::new(all, choices);
    let query = use_query_map();
    let selected = Memo::new(move |_| {
        let (wanted, all) = (query.read().get("id"), page.all.read());
        if wanted.as_deref() == Some("new") {
            return None;
        }
        let named = wanted.and_then(|id| all.iter().find(|one| one.id.to_string() == id));
        named.or(all.first()).map(|one| one.id)
    });
    let nothing_to_score = page.choices.read_value().measures.is_empty();
    view! {
        <div class="settings__split">
            <Picks page selected />
            {move || match page.draft(selected.get()) {
                Some(draft) if !nothing_to_score => view! { <Editor page draft /> }.into_any(),
                _ => view! { <NothingToScore /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn NothingToScore() -> impl IntoView {
    view! {
        <EmptyState
            icon="chart"
            title="No measures yet"
            text="A microtarget needs a measure to score by. Load contacts and their measures with `cutline load` or \
            the API, then define it here."
        />
    }
}

#[component]
fn Picks(page: Page, selected: Memo<Option<DefinitionId>>) -> impl IntoView {
    let link = move |id: Option<DefinitionId>| move || (selected.get() == id).then_some("true");
    let pick = move |one: DefinitionOverview| {
        let id = Some(one.id);
        let state = move || page.open_state(id).map(|state| view! { <span class="tag">{state.title()}</span> });
        let edited = move || {
            page.draft(id).filter(|draft| draft.changes() > 0).map(|_| view! { <span class="tag">"not saved"</span> })
        };
        view! {
            <li>
                <a class="pick" href=address(id) aria-current=link(id)>
                    <span class="pick__name">
                        {one.form.product.clone()}<span class="pick__tags">{edited}{state}</span>
                    </span>
                    <span class="pick__sub">{one.form.audience()}</span>
                </a>
            </li>
        }
    };
    let key = |one: &DefinitionOverview| (one.id, one.form.title());
    view! {
        <nav class="settings__list" aria-label="Microtargets">
            <a class="button button--ghost settings__add" href=address(None) aria-current=link(None)>
                <Icon name="plus" />
                "New microtarget"
            </a>
            <ul>
                <For each=move || page.all.get() key=key children=pick />
            </ul>
        </nav>
    }
}
