//! A regional manager's inbox: cycles with items of their regions, what is left of each, and what is decided.

use crate::api::overview;
use crate::model::{CycleSummary, DefinitionOverview};
use cutline_domain::Permission;
use cutline_domain::base::format::counted;
use cutline_domain::base::format::grouped;
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
    let reach = signed_in.0.with_untracked(|me| me.as_ref().map_or(0, |me| me.actor.scope.len() as u32));
    let definitions = Resource::new(|| (), |()| overview());
    let inbox = move || {
        Suspend::new(async move {
            match definitions.await {
                Ok(all) => view! { <Inbox all /> }.into_any(),
                Err(error) => view! { <ErrorState title="The approvals could not be loaded" error retry=move |()| definitions.refetch() /> }
                .into_any(),
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
                            text="Regional managers decide here on the items of their regions. You can follow every decision in the planner."
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

#[component]
fn Inbox(all: Vec<DefinitionOverview>) -> impl IntoView {
    let mine = all.into_iter().filter_map(|one| {
        let cycle = one.cycle.filter(|cycle| cycle.items() > 0)?;
        Some((one.form.title(), cycle))
    });
    let is_waiting = |cycle: &CycleSummary| cycle.state == CycleState::Approving && cycle.statuses[0] > 0;
    let (waiting, rest): (Vec<_>, Vec<_>) = mine.partition(|(_, cycle)| is_waiting(cycle));
    let decided: Vec<_> = rest
        .into_iter()
        .filter(|(_, cycle)| matches!(cycle.state, CycleState::Approving | CycleState::Transferred))
        .collect();
    let left: u32 = waiting.iter().map(|(_, cycle)| cycle.statuses[0]).sum();
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
    let [left, accepted, rejected] = cycle.statuses;
    let all = cycle.items();
    let href = format!("/cycles/{}", cycle.id);
    let part = |count: u32| format!("--share:{:.2}", f64::from(count) * 100.0 / f64::from(all.max(1)));
    let decisions = format!("{} accepted · {} rejected", grouped(accepted), grouped(rejected));
    let waits = cycle.state == CycleState::Approving && left > 0;
    let since = view! { <When at=cycle.since /> };
    let name = cycle.name.clone();
    let (sub, line, act) = if waits {
        (
            view! {
                {name}
                " · open since "
                {since}
            }
            .into_any(),
            view! {
                <span>
                    <b>{grouped(left)}</b>
                    " left of "
                    {grouped(all)}
                </span>
                <span>{decisions}</span>
            }
            .into_any(),
            format!("Decide {}", grouped(left)),
        )
    } else {
        let sub = match cycle.state {
            CycleState::Transferred => view! {
                {name}
                " · transferred "
                {since}
            }
            .into_any(),
            CycleState::Collecting | CycleState::Drafting | CycleState::Approving => view! {
                {name}
                " · waits for the Transfer"
            }
            .into_any(),
        };
        let carried = (left > 0).then(|| view! { <span>{grouped(left)}" carried over"</span> });
        (
            sub,
            view! {
                <span>{decisions}</span>
                {carried}
            }
            .into_any(),
            "Look back".to_owned(),
        )
    };
    view! {
        <li class="inbox__item" class=("inbox__item--done", !waits)>
            <div>
                <a class="inbox__name" href=href.clone()>
                    {title.clone()}
                </a>
                <p class="inbox__sub">{sub}</p>
            </div>
            <div class="inbox__progress">
                <p class="inbox__line">{line}</p>
                <span class="progress" aria-hidden="true">
                    <span class="progress__part progress__part--accepted" style=part(accepted)></span>
                    {(rejected > 0)
                        .then(|| {
                            view! { <span class="progress__part progress__part--rejected" style=part(rejected)></span> }
                        })}
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
