//! The region tree: looking, adding, renaming, moving.

mod edit_region;
mod tree;

use crate::api::{people, regions};
use crate::model::{Person, RegionNode};
use cutline_domain::base::format::counted;
use cutline_kit::parts::{EmptyState, ErrorState, Skeleton};
use edit_region::{EditRegion, Editing};
use leptos::prelude::*;
use tree::Tree;

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
            <span class="muted">{move || counted(all.read().len() as u32, "region")}</span>
            <div class="page__acts">
                <button class="button button--primary" on:click=move |_| editing.start(None)>
                    "Add region"
                </button>
            </div>
        </div>
        <div class="page__body">
            <Show when=move || !all.read().is_empty() fallback=move || view! { <Nothing editing /> }>
                <Tree all people editing />
                <p class="muted">
                    <small>
                        "Regions also come with the master data, by API or "<code>"cutline load"</code>
                        ". Managers are assigned under Users and roles."
                    </small>
                </p>
            </Show>
        </div>
        <EditRegion all editing />
    }
}

#[component]
fn Nothing(editing: Editing) -> impl IntoView {
    view! {
        <EmptyState
            icon="building"
            title="No regions yet"
            text="Contacts belong to regions, and regional managers decide for theirs. Regions come with the \
            master data, or are added here."
        >
            <button class="button button--primary" on:click=move |_| editing.start(None)>
                "Add region"
            </button>
        </EmptyState>
    }
}
