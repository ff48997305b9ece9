//! People: who has which role, and which regions a regional manager decides for.

mod edit_person;

use crate::api::{people, regions};
use crate::model::{Person, RegionNode};
use cutline_domain::Role;
use cutline_domain::base::format::initials;
use cutline_kit::parts::SignedIn;
use cutline_kit::parts::search::{matches, search_of_url};
use cutline_kit::parts::{EmptyState, ErrorState, Icon, SearchBox, Skeleton};
use edit_person::{EditPerson, Editing};
use leptos::prelude::*;

/// The tab.
#[component]
pub fn People() -> impl IntoView {
    // Two resources: on the server a fetcher has the request's context only until it first waits.
    let (everybody, places) = (Resource::new(|| (), |()| people()), Resource::new(|| (), |()| regions()));
    let retry = move |()| {
        everybody.refetch();
        places.refetch();
    };
    let search = search_of_url();
    view! {
        <Transition fallback=move || {
            view! { <Loading search /> }
        }>
            {move || Suspend::new(async move {
                let (people, regions) = (everybody.await, places.await);
                match people.and_then(|people| Ok((people, regions?))) {
                    Ok((people, regions)) => view! { <Loaded people regions search /> }.into_any(),
                    Err(error) => {
                        view! {
                            <div class="page__body">
                                <ErrorState title="The people could not be loaded" error retry />
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
fn Heading() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col">"Name"</th>
                <th scope="col">"E-mail"</th>
                <th scope="col">"Role"</th>
                <th scope="col">"Regions"</th>
                <th scope="col">
                    <span class="visually-hidden">"Edit"</span>
                </th>
            </tr>
        </thead>
    }
}

#[component]
fn Loading(search: RwSignal<String>) -> impl IntoView {
    let row = |_| {
        view! {
            <tr>
                <td>
                    <Skeleton width=150 />
                </td>
                <td>
                    <Skeleton width=190 />
                </td>
                <td>
                    <Skeleton width=90 />
                </td>
                <td>
                    <Skeleton width=120 />
                </td>
                <td></td>
            </tr>
        }
    };
    view! {
        <div class="page__bar" role="search">
            <SearchBox label="Search people" search />
        </div>
        <div class="page__body" aria-busy="true">
            <p class="visually-hidden" role="status">
                "Loading people"
            </p>
            <table class="table">
                <Heading />
                <tbody>{(0..8).map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Names of somebody's regions, or how far they see without any.
fn reach(person: &Person, regions: &[RegionNode]) -> String {
    let name = |id| regions.iter().find(|region| region.id == id).map(|region| region.name.as_str());
    match person.role {
        Role::RegionalManager => person.regions.iter().filter_map(|id| name(*id)).collect::<Vec<_>>().join(", "),
        Role::Rep => "own contacts".to_owned(),
        Role::Admin | Role::Analyst => "all".to_owned(),
    }
}

#[component]
fn Loaded(people: Vec<Person>, regions: Vec<RegionNode>, search: RwSignal<String>) -> impl IntoView {
    let all = RwSignal::new(people);
    let regions = StoredValue::new(regions);
    let me = SignedIn::get().0.read_untracked().as_ref().map(|me| me.actor.account);
    let editing = Editing::new(me);
    let shown = Memo::new(move |_| {
        let (text, regions) = (search.read(), regions.read_value());
        let fits = |person: &&Person| {
            let reach = reach(person, &regions);
            matches(&text, &format!("{} {} {} {reach}", person.name, person.email, person.role.title()))
        };
        all.read().iter().filter(fits).cloned().collect::<Vec<_>>()
    });
    let row = move |person: Person| {
        let (reach, you) = (reach(&person, &regions.read_value()), me == Some(person.id));
        view! { <Row person reach you editing /> }
    };
    let key =
        |person: &Person| (person.id, person.name.clone(), person.email.clone(), person.role, person.regions.clone());
    view! {
        <div class="page__bar" role="search">
            <SearchBox label="Search people" search />
            <div class="page__acts">
                <button class="button button--primary" on:click=move |_| editing.start(None)>
                    "Add person"
                </button>
            </div>
        </div>
        <div class="page__body">
            <table class="table table--open">
                <Heading />
                <tbody>
                    <For each=move || shown.get() key=key children=row />
                </tbody>
            </table>
            <Show when=move || shown.read().is_empty()>
                <EmptyState
                    icon="search"
                    title="Nobody matches"
                    text="Names, e-mail addresses, roles and regions are searched."
                >
                    <button class="button" on:click=move |_| search.set(String::new())>
                        "Clear the search"
                    </button>
                </EmptyState>
            </Show>
        </div>
        <EditPerson all regions editing />
    }
}

#[component]
fn Row(person: Person, reach: String, you: bool, editing: Editing) -> impl IntoView {
    let Person { id, name, email, role, .. } = person.clone();
    let class = if role == Role::RegionalManager { "" } else { "muted" };
    let you = you.then(|| view! { <span class="tag">"you"</span> });
    let person = StoredValue::new(person);
    let edit = move || editing.start(Some(&person.read_value()));
    view! {
        <tr on:click=move |_| edit()>
            <th scope="row">
                <span class="person">
                    <span class="avatar avatar--s" aria-hidden="true">
                        {initials(&name)}
                    </span>
                    <span class="table__name">{name.clone()}</span>
                    {you}
                </span>
            </th>
            <td class="muted">{email}</td>
            <td>{role.title()}</td>
            <td class=class>{reach}</td>
            <td class="num">
                <button
                    class="icon-button icon-button--s"
                    id=format!("edit-{id}")
                    aria-label=format!("Edit {name}")
                    on:click=move |event| {
                        event.stop_propagation();
                        edit();
                    }
                >
                    <Icon name="edit" />
                </button>
            </td>
        </tr>
    }
}
