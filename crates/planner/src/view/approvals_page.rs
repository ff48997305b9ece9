//! A regional manager's inbox: cycles with items of their regions, what is left of each, and what is decided.

use crate::api::overview;
use crate::model::{CycleSummary, DefinitionOverview, StatusCounts};
use cutline_domain::Permission;
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::planner::approval::CycleState;
use cutline_kit::parts::SignedIn;
use cutline_kit::parts::{EmptyState, ErrorState, Skeleton, When};
use leptos::prelude::*;
use leptos_meta::Title;

/// The inbox.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let signed_in = SignedIn::get();
    let decides = signed_in.may(Permission::Decide);
    let reach = signed_in.0.read_untracked().as_ref().map_or(0, |me| me.actor.scope.len() as u32);
    let definitions = Resource::new(|| (), |()| overview());
    let inbox = move || {
        Suspend::new(async move {
            match definitions.await {
                Ok(all) => view! { <Inbox all /> }.into_any(),
                Err(error) => {
                    let retry = move |()| definitions.refetch();
                    view! { <ErrorState title="The approvals could not be loaded" error retry /> }.into_any()
                }
            }
        })
    };
    view! {
        <Title text="Approvals" />
        <div class="page approvals">
            <header class="page__head">
                <h1 class="page__title">"Approvals"</h1>
                {decides
                    .then(|| view! { <span class="page__sub">{format!("Your {}", counted(reach, "region"))}</span> })}
            </header>
            <div class="page__body">
                {if decides {
                    view! { <Transition fallback=Loading>{inbox}</Transition> }.into_any()
                } else {
                    view! {
                        <EmptyState
                            icon="lock"
                            title="Approvals belong to the regions"
                            text="Regional managers decide here on the items of their regions. You can follow every \
                            decision in the planner."
                        >
                            <a class="button" href="/">
                                "Go to the planner"
                            </a>
                        </EmptyState>
                    }
                        .into_any()
                }}
            </div>
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let item = |_| {
        view! {
            <li class="inbox__item">
                <div>
                    <Skeleton width=220 class="inbox__skeleton" />
                    <Skeleton width=150 />
                </div>
                <div class="inbox__progress">
                    <Skeleton width=320 />
                </div>
                <div class="inbox__act">
                    <Skeleton width=90 class="inbox__skeleton--act" />
                </div>
            </li>
        }
    };
    view! {
        <div aria-busy="true">
            <p class="visually-hidden" role="status">
                "Loading approvals"
            </p>
            <h2 class="page__section">"Waiting for you"</h2>
            <ul class="inbox">{(0..3).map(item).collect_view()}</ul>
        </div>
    }
}

/// Whether a cycle has something for the viewer to decide.
fn is_waiting(cycle: &CycleSummary) -> bool {
    cycle.state == CycleState::Approving && cycle.items.in_progress > 0
}

#[component]
fn Inbox(all: Vec<DefinitionOverview>) -> impl IntoView {
    let mine = all.into_iter().filter_map(|one| {
        let cycle = one.cycle.filter(|cycle| cycle.items.total() > 0)?;
        Some((one.form.title(), cycle))
    });
    let (waiting, rest): (Vec<_>, Vec<_>) = mine.partition(|(_, cycle)| is_waiting(cycle));
    let decided: Vec<_> = rest
        .into_iter()
        .filter(|(_, cycle)| matches!(cycle.state, CycleState::Approving | CycleState::Transferred))
        .collect();
    let left: u32 = waiting.iter().map(|(_, cycle)| cycle.items.in_progress).sum();
    let cycles = waiting.len() as u32;
    let item = |(i, (title, cycle)): (usize, (String, CycleSummary))| view! { <Item title cycle first=i == 0 /> };
    let waiting = if waiting.is_empty() {
        view! {
            <EmptyState
                icon="check-circle"
                title="Nothing waits for you"
                text="When an admin enables a cycle for approval, the items of your regions appear here."
            >
                <a class="button" href="/">
                    "Go to the planner"
                </a>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <h2 class="page__section">
                "Waiting for you"<small>{counted(left, "item")}" in "{counted(cycles, "cycle")}</small>
            </h2>
            <ul class="inbox">{waiting.into_iter().enumerate().map(item).collect_view()}</ul>
        }
        .into_any()
    };
    let decided = (!decided.is_empty()).then(|| {
        view! {
            <h2 class="page__section inbox__second">"Decided"</h2>
            <ul class="inbox">{decided.into_iter().enumerate().map(item).collect_view()}</ul>
        }
    });
    view! {
        {waiting}
        {decided}
    }
}

#[component]
fn Item(title: String, cycle: CycleSummary, first: bool) -> impl IntoView {
    let (waits, items) = (is_waiting(&cycle), cycle.items);
    let href = format!("/cycles/{}", cycle.id);
    let part = |count: u32| format!("--share:{:.2}", f64::from(count) * 100.0 / f64::from(items.total().max(1)));
    let rejected = (items.rejected > 0).then(|| {
        view! { <span class="progress__part progress__part--rejected" style=part(items.rejected)></span> }
    });
    let act = if waits { format!("Decide {}", grouped(items.in_progress)) } else { "Look back".to_owned() };
    view! {
        <li class="inbox__item" class=("inbox__item--done", !waits)>
            <div>
                <a class="inbox__name" href=href.clone()>
                    {title.clone()}
                </a>
                <p class="inbox__sub">
                    <Since cycle />
                </p>
            </div>
            <div class="inbox__progress">
                <p class="inbox__line">
                    <Counts items waits />
                </p>
                <span class="progress" aria-hidden="true">
                    <span class="progress__part progress__part--accepted" style=part(items.accepted)></span>
                    {rejected}
                </span>
            </div>
            <div class="inbox__act">
                <a class="button" class=("button--primary", waits && first) href=href>
                    {act}
                    <span class="visually-hidden">": "{title}</span>
                </a>
            </div>
        </li>
    }
}

/// Which cycle it is, and since when it is where it stands.
#[component]
fn Since(cycle: CycleSummary) -> impl IntoView {
    let waits = is_waiting(&cycle);
    let CycleSummary { name, state, since, .. } = cycle;
    match state {
        CycleState::Approving if waits => view! {
            {name}
            " · opened "
            <When at=since />
        }
        .into_any(),
        CycleState::Transferred => view! {
            {name}
            " · transferred "
            <When at=since />
        }
        .into_any(),
        CycleState::Collecting | CycleState::Drafting | CycleState::Approving => view! {
            {name}
            " · waits for the Transfer"
        }
        .into_any(),
    }
}

/// What is left, and what was decided.
#[component]
fn Counts(items: StatusCounts, waits: bool) -> impl IntoView {
    let left = items.in_progress;
    let decisions = format!("{} accepted · {} rejected", grouped(items.accepted), grouped(items.rejected));
    if waits {
        view! {
            <span>
                <b>{grouped(left)}</b>
                " left of "
                {grouped(items.total())}
            </span>
            <span>{decisions}</span>
        }
        .into_any()
    } else {
        view! {
            <span>{decisions}</span>
            {(left > 0).then(|| view! { <span>{grouped(left)}" carried over"</span> })}
        }
        .into_any()
    }
}
