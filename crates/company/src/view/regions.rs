//! The region tree: looking, adding, renaming, moving.

use super::region_tree::{TreeLine, lines};
use crate::api::{people, regions, save_region};
use crate::model::{Person, RegionForm, RegionNode};
use cutline_domain::base::format::counted;
use cutline_domain::base::ids::RegionId;
use cutline_kit::browser::focus;
use cutline_kit::parts::{
    Dialog, DialogFoot, EmptyState, ErrorState, FormError, Icon, SelectField, Skeleton, TextField, use_toasts,
};
use cutline_wire::AppError;
use leptos::prelude::*;
use std::collections::HashSet;

/// A region being added or changed, and the answer to it.
#[derive(Clone, Copy)]
struct Editing {
    open: RwSignal<bool>,
    form: RwSignal<RegionForm>,
    answer: RwSignal<Option<AppError>>,
}

impl Editing {
    fn new() -> Self {
        let blank = RegionForm { id: None, parent: None, code: String::new(), name: String::new() };
        Self { open: RwSignal::new(false), form: RwSignal::new(blank), answer: RwSignal::new(None) }
    }

    fn start(self, of: Option<&RegionNode>) {
        self.form.set(RegionForm {
            id: of.map(|region| region.id),
            parent: of.and_then(|region| region.parent),
            code: of.map(|region| region.code.clone()).unwrap_or_default(),
            name: of.map(|region| region.name.clone()).unwrap_or_default(),
        });
        self.answer.set(None);
        self.open.set(true);
    }
}

/// The tab.
#[component]
pub fn Regions() -> impl IntoView {
    // Two resources: on the server a fetcher has the request's context only until it first waits.
    let (tree, managers) = (Resource::new(|| (), |()| regions()), Resource::new(|| (), |()| people()));
    let retry = move |()| {
        tree.refetch();
        managers.refetch();
    };
    view! {
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let (regions, people) = (tree.await, managers.await);
                match regions.and_then(|regions| Ok((regions, people?))) {
                    Ok((regions, people)) => view! { <Loaded regions people /> }.into_any(),
                    Err(error) => {
                        view! {
                            <div class="page__body">
                                <ErrorState title="The regions could not be loaded" error retry />
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
    let row = |i: u32| {
        view! {
            <div class="tree__row" style=format!("--level:{}", u32::from(!i.is_multiple_of(4)))>
                <span class="tree__leaf"></span>
                <Skeleton width=120 />
                <span class="tree__end">
                    <Skeleton width=80 />
                </span>
            </div>
        }
    };
    view! {
        <div class="page__bar"></div>
        <div class="page__body" aria-busy="true">
            <p class="visually-hidden" role="status">
                "Loading regions"
            </p>
            <div class="tree">{(0..8).map(row).collect_view()}</div>
        </div>
    }
}

#[component]
fn Loaded(regions: Vec<RegionNode>, people: Vec<Person>) -> impl IntoView {
    let all = RwSignal::new(regions);
    let people = StoredValue::new(people);
    let editing = Editing::new();
    view! {
        <div class="page__bar">
            <span class="muted">{move || all.with(|all| counted(all.len() as u32, "region"))}</span>
            <div class="page__acts">
                <button class="button button--primary" on:click=move |_| editing.start(None)>
                    "Add region"
                </button>
            </div>
        </div>
        <div class="page__body">
            <Show
                when=move || all.with(|all| !all.is_empty())
                fallback=move || {
                    view! {
                        <EmptyState
                            icon="building"
                            title="No regions yet"
                            text="Contacts belong to regions, and regional managers decide for theirs. Regions come with the master data, or are added here."
                        >
                            <button class="button button--primary" on:click=move |_| editing.start(None)>
                                "Add region"
                            </button>
                        </EmptyState>
                    }
                }
            >
                <Tree all people editing />
                <p class="muted">
                    <small>
                        "Regions also come with the master data, by API or "<code>"cutline load"</code>
                        ". Managers are assigned under Users and roles."
                    </small>
                </p>
            </Show>
        </div>
        <Edit all editing />
    }
}

/// Names of those who manage a region themselves; `None` when nobody does, here or above.
fn managers(people: &[Person], line: &TreeLine) -> Option<String> {
    let of = |region: RegionId| people.iter().filter(move |person| person.regions.contains(&region));
    let covered = line.above.iter().any(|region| of(*region).next().is_some());
    let names: Vec<&str> = of(line.node.id).map(|person| person.name.as_str()).collect();
    (covered || !names.is_empty()).then(|| names.join(", "))
}

#[component]
fn Tree(all: RwSignal<Vec<RegionNode>>, people: StoredValue<Vec<Person>>, editing: Editing) -> impl IntoView {
    let closed = RwSignal::new(HashSet::<RegionId>::new());
    let shown = Memo::new(move |_| {
        let mut lines = all.with(|all| lines(all));
        closed.with(|closed| lines.retain(|line| !line.above.iter().any(|region| closed.contains(region))));
        lines
    });
    // The one line that Tab leads to.
    let current = RwSignal::new(None::<RegionId>);
    let is_current = move |id: RegionId| {
        let shown = shown.read();
        let known = current.get().filter(|id| shown.iter().any(|line| line.node.id == *id));
        known.or_else(|| shown.first().map(|line| line.node.id)) == Some(id)
    };
    let go = move |id: RegionId| {
        current.set(Some(id));
        focus(format!("region-{id}"));
    };
    let toggle = move |id: RegionId| {
        closed.update(|closed| {
            if !closed.remove(&id) {
                closed.insert(id);
            }
        });
    };
    let press = move |event: leptos::ev::KeyboardEvent, line: &TreeLine| {
        let lines = shown.read_untracked();
        let id = line.node.id;
        let at = lines.iter().position(|line| line.node.id == id).unwrap_or_default();
        let open = line.parent && closed.with_untracked(|closed| !closed.contains(&id));
        let next = match event.key().as_str() {
            "ArrowDown" => lines.get(at + 1),
            "ArrowUp" => at.checked_sub(1).and_then(|at| lines.get(at)),
            "Home" => lines.first(),
            "End" => lines.last(),
            "ArrowRight" if open => lines.get(at + 1),
            "ArrowLeft" if !open => line.above.last().and_then(|up| lines.iter().find(|line| line.node.id == *up)),
            "ArrowRight" | "ArrowLeft" if line.parent => {
                event.prevent_default();
                drop(lines);
                return toggle(id);
            }
            "Enter" => {
                event.prevent_default();
                return editing.start(Some(&line.node));
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.map(|line| line.node.id) {
            drop(lines);
            go(next);
        }
    };
    let row = move |line: TreeLine| {
        let id = line.node.id;
        let (name, code) = (line.node.name.clone(), line.node.code.clone());
        let managers = people.with_value(|people| managers(people, &line));
        let meta = managers.unwrap_or_else(|| "no manager yet".to_owned());
        let expanded =
            line.parent.then_some(move || closed.with(|closed| if closed.contains(&id) { "false" } else { "true" }));
        let twist = if line.parent {
            view! {
                <span class="icon-button icon-button--s tree__twist" on:click=move |_| toggle(id)>
                    <Icon name="chevron-down" />
                </span>
            }
            .into_any()
        } else {
            view! { <span class="tree__leaf"></span> }.into_any()
        };
        let node = line.node.clone();
        let edit = move |_| {
            current.set(Some(id));
            editing.start(Some(&node));
        };
        let contacts = counted(line.contacts, "contact");
        let (depth, code) = (line.depth, Some(code).filter(|code| *code != name));
        let words = [
            Some(name.clone()),
            code.clone(),
            Some(meta.clone()).filter(|meta| !meta.is_empty()),
            Some(contacts.clone()),
        ];
        let label = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
        view! {
            <div
                class="tree__row"
                role="treeitem"
                id=format!("region-{id}")
                prop:ariaLevel=(depth + 1).to_string()
                aria-expanded=expanded
                aria-label=label
                tabindex=move || if is_current(id) { "0" } else { "-1" }
                style=format!("--level:{depth}")
                on:focus=move |_| current.set(Some(id))
                on:keydown=move |event| press(event, &line)
            >
                {twist}
                <span class="tree__name">
                    {name.clone()}
                    {code
                        .map(|code| {
                            view! {
                                " "
                                <small class="muted">{code}</small>
                            }
                        })}
                </span>
                <span class="tree__meta">{meta}</span>
                <span class="tree__end">
                    {contacts}
                    <button
                        class="icon-button icon-button--s"
                        tabindex="-1"
                        aria-label=format!("Edit {name}")
                        on:click=edit
                    >
                        <Icon name="edit" />
                    </button>
                </span>
            </div>
        }
    };
    let key = |line: &TreeLine| {
        (line.node.id, line.node.name.clone(), line.node.code.clone(), line.above.clone(), line.parent)
    };
    view! {
        <div class="tree" role="tree" aria-label="Regions">
            <For each=move || shown.get() key=key children=row />
        </div>
    }
}

#[component]
fn Edit(all: RwSignal<Vec<RegionNode>>, editing: Editing) -> impl IntoView {
    let Editing { open, form, answer } = editing;
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let form = form.get_untracked();
            let name = form.name.trim().to_owned();
            match save_region(form).await {
                Ok(id) => {
                    open.set(false);
                    toasts.good(format!("{name} saved"));
                    match regions().await {
                        Ok(regions) => {
                            all.set(regions);
                            focus(format!("region-{id}"));
                        }
                        Err(error) => toasts.bad("The list could not be reloaded", error.to_string()),
                    }
                }
                Err(error) => answer.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let title = Signal::derive(move || {
        if form.with(|form| form.id.is_some()) { "Edit region" } else { "Add region" }.to_owned()
    });
    let body = move || {
        let own = form.with_untracked(|form| form.id);
        // A region can't lie below itself.
        let places = all.with_untracked(|all| lines(all));
        let places = places
            .into_iter()
            .filter(|line| Some(line.node.id) != own && !own.is_some_and(|own| line.above.contains(&own)));
        let indented = |line: TreeLine| {
            (line.node.id.to_string(), format!("{}{}", "\u{2003}".repeat(line.depth as usize), line.node.name))
        };
        let options = std::iter::once((String::new(), "None, it is at the top".to_owned())).chain(places.map(indented));
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
                options=options.collect()
                value=create_slice(
                    form,
                    |form| form.parent.map(|parent| parent.to_string()).unwrap_or_default(),
                    |form, parent: String| form.parent = parent.parse().ok(),
                )
            />
        }
    };
    view! {
        <Dialog open title>
            <form class="dialog__form" on:submit=submit>
                <div class="dialog__body">{body()}</div>
                <DialogFoot open act="Save" busy />
            </form>
        </Dialog>
    }
}
