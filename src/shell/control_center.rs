//! The Control Center: a tree of everything that is set up, with a search. A feature's pages appear here once they work, for
//! those who may use them; under 1100 px the tree is a menu.

use cutline_domain::base::ids::DefinitionId;
use cutline_domain::{Actor, Permission};
use cutline_kit::page::{chunk, lazy_pages};
use cutline_kit::parts::search::matches;
use cutline_kit::parts::{EmptyState, Icon, SignedIn};
#[cfg(feature = "ssr")]
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::{A, Outlet, Redirect};
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

/// A page of the Control Center.
#[derive(Clone, Copy)]
struct Entry {
    group: &'static str,
    path: &'static str,
    title: &'static str,
    /// What else it is searched by.
    words: &'static str,
    needs: Permission,
}

/// The tree, group after group.
const ENTRIES: [Entry; 3] = [
    Entry {
        group: "Company",
        path: "/control/regions",
        title: "Regions",
        words: "tree areas territories",
        needs: Permission::ManagePeople,
    },
    Entry {
        group: "Company",
        path: "/control/users",
        title: "Users and roles",
        words: "people accounts admins managers reps analysts passwords permissions",
        needs: Permission::ManagePeople,
    },
    Entry {
        group: "Planning",
        path: "/control/microtargets",
        title: "Microtargets",
        words: "definitions classes products specialties planned calls colours",
        needs: Permission::ManageDefinitions,
    },
];

fn allowed(actor: &Actor) -> impl Iterator<Item = Entry> {
    ENTRIES.into_iter().filter(|entry| actor.may(entry.needs))
}

/// Where the Control Center begins for somebody; nothing for those who can't use any of it.
pub fn start(actor: &Actor) -> Option<&'static str> {
    allowed(actor).next().map(|entry| entry.path)
}

fn mine() -> Vec<Entry> {
    let me = SignedIn::get().0;
    me.read_untracked().as_ref().map(|me| allowed(&me.actor).collect()).unwrap_or_default()
}

/// `/control` itself: on to the first page that somebody may use.
#[component]
pub fn ControlStart() -> impl IntoView {
    mine().first().map(|entry| view! { <Redirect path=entry.path options=in_place() /> })
}

/// A redirect that leaves no trace in the history, so that back leads on.
fn in_place() -> NavigateOptions {
    NavigateOptions { replace: true, ..NavigateOptions::default() }
}

/// Where a page is now that had its address before there was a Control Center.
fn new_place(page: Option<&str>, id: Option<DefinitionId>) -> String {
    match (page, id) {
        (Some("people"), _) => "/control/users".to_owned(),
        (Some("regions"), _) => "/control/regions".to_owned(),
        (Some("microtargets"), Some(id)) => format!("/control/microtargets?id={id}"),
        (Some("microtargets"), None) => "/control/microtargets".to_owned(),
        _ => "/control".to_owned(),
    }
}

/// What is known of an address under `/control` or `/settings` before the page is made: where it leads, if anywhere, or that it
/// isn't there for somebody.
#[cfg(feature = "ssr")]
pub fn way(path: &str, query: &str, actor: &Actor) -> Result<Option<String>, AppError> {
    if let Some(page) = path.strip_prefix("/settings/") {
        let id = query.split('&').find_map(|part| part.strip_prefix("id=")?.parse().ok());
        return Ok(Some(new_place(Some(page), id)));
    }
    let Some(start) = start(actor) else {
        return Err(AppError::forbidden("The Control Center is for admins."));
    };
    match path {
        "/control" => Ok(Some(start.to_owned())),
        path if allowed(actor).any(|entry| entry.path == path) => Ok(None),
        _ => Err(AppError::not_found("This page")),
    }
}

/// Addresses from before there was a Control Center; of their query only the microtarget matters.
#[component]
pub fn OldSettings() -> impl IntoView {
    let params = use_params_map();
    let id = use_query_map().read_untracked().get("id").and_then(|id| id.parse::<DefinitionId>().ok());
    let to = new_place(params.read_untracked().get("page").as_deref(), id);
    view! { <Redirect path=to options=in_place() /> }
}

/// An address that no page has.
#[component]
pub fn NoSuchPage() -> impl IntoView {
    view! {
        <EmptyState icon="search" title="There is no such page here" text="Choose one from the list.">
            <a class="button button--primary" href="/control">
                "Go to the Control Center"
            </a>
        </EmptyState>
    }
}

chunk! {
    /// Shows the frame of the pages under `/control`; its code comes with the first of them.
    fn control(_page: ()), preload preload_control {
        view! { <ControlCenter /> }.into_any()
    }
}

lazy_pages! { control, preload preload_control;
    /// The frame of the pages under `/control`.
    ControlRoute => (),
}

#[component]
fn ControlCenter() -> impl IntoView {
    let entries = mine();
    if entries.is_empty() {
        return view! { <NotForYou /> }.into_any();
    }
    let company = SignedIn::get().0.read_untracked().as_ref().map(|me| me.company_name.clone());
    let location = use_location().pathname;
    let path = Memo::new(move |_| location.read().trim_end_matches('/').to_owned());
    let entries = StoredValue::new(entries);
    let here = Memo::new(move |_| entries.read_value().iter().position(|entry| entry.path == *path.read()));
    let title = move || here.get().map_or("Control Center", |at| entries.read_value()[at].title);
    // A page that exists but isn't for this user looks like one that doesn't.
    let known = Memo::new(move |_| {
        let path = path.read();
        here.get().is_some() || !ENTRIES.iter().any(|entry| entry.path == *path)
    });
    // On the server the title is asked for once more when the document's head is written, and by then a part of the page that
    // was made twice may have been given up: no signal of it may be read there.
    let heading = if cfg!(feature = "ssr") { TextProp::from(untrack(title)) } else { TextProp::from(title) };
    view! {
        <Title text=heading />
        <div class="page settings">
            <header class="page__head">
                <h1 class="page__title">"Control Center"</h1>
                <span class="page__sub">{company}</span>
            </header>
            <div class="control">
                <Tree entries path />
                <section class="control__page" aria-label=title>
                    <Show when=move || known.get() fallback=|| view! { <NoSuchPage /> }>
                        <Outlet />
                    </Show>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// The tree with its search; a menu where there is no room for it.
#[component]
fn Tree(entries: StoredValue<Vec<Entry>>, path: Memo<String>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let shown =
        move |entry: &Entry| matches(&search.read(), &format!("{} {} {}", entry.group, entry.title, entry.words));
    let link = move |entry: Entry| {
        view! {
            <li>
                <A
                    href=entry.path
                    attr:class="control__link"
                    on:click=move |_| search.set(String::new())
                    attr:aria-current=move || (*path.read() == entry.path).then_some("page")
                >
                    {entry.title}
                </A>
            </li>
        }
    };
    let groups = move || {
        let all: Vec<Entry> = entries.read_value().iter().filter(|entry| shown(entry)).copied().collect();
        let groups = all.chunk_by(|a, b| a.group == b.group).map(|group| {
            view! {
                <section class="control__group">
                    <h2 class="control__title">{group[0].group}</h2>
                    <ul>{group.iter().copied().map(link).collect_view()}</ul>
                </section>
            }
        });
        groups.collect_view()
    };
    let nothing = move || {
        let none = !entries.read_value().iter().any(shown);
        none.then(|| view! { <p class="control__none muted">"Nothing is called that."</p> })
    };
    let now = move || {
        let entries = entries.read_value();
        let entry = entries.iter().find(|entry| entry.path == *path.read());
        entry.map_or_else(|| "Control Center".to_owned(), |entry| format!("{} › {}", entry.group, entry.title))
    };
    view! {
        <button class="button control__menu" popovertarget="control-tree">
            {now}
            <Icon name="chevron-down" />
        </button>
        <nav class="control__tree" id="control-tree" popover aria-label="Control Center">
            <div class="search control__search">
                <input
                    class="input"
                    type="search"
                    placeholder="Find a setting"
                    aria-label="Find a setting"
                    prop:value=search
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </div>
            {groups}
            {nothing}
        </nav>
    }
}

#[component]
fn NotForYou() -> impl IntoView {
    view! {
        <Title text="Control Center" />
        <div class="page settings">
            <header class="page__head">
                <h1 class="page__title">"Control Center"</h1>
            </header>
            <div class="page__body">
                <EmptyState
                    icon="lock"
                    title="The Control Center is for admins"
                    text="Microtargets, users and regions are changed by an admin of your company."
                >
                    <a class="button" href="/">
                        "Go to the planner"
                    </a>
                </EmptyState>
            </div>
        </div>
    }
}
