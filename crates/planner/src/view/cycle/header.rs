//! The page's head: what is planned, where it stands, and the next step for whoever is looking.

use super::board::Board;
use super::live::Here;
use crate::view::status::{StatusBadge, Stepper};
use cutline_domain::Permission;
use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::{CycleState, Status};
use cutline_kit::parts::{Icon, When};
use leptos::prelude::*;

/// Title, state, counts and actions.
#[component]
pub fn Header() -> impl IntoView {
    let board = Board::get();
    let cycle = board.cycle.view;
    let what = move || {
        let c = cycle.read();
        format!("· {} · {}", c.specialties_label, c.kind.plural())
    };
    let counts = move || {
        let counted = matches!(board.cycle.state(), CycleState::Approving | CycleState::Transferred);
        (counted && matches!(*board.cycle.loaded.read(), Some(Ok(())))).then(|| {
            let badge = |status: Status| {
                let count = Signal::derive(move || board.with_status(status));
                view! { <StatusBadge status count /> }
            };
            view! { <div class="planner__counts">{Status::ALL.iter().copied().map(badge).collect_view()}</div> }
        })
    };
    view! {
        <header class="planner__head">
            <h1 class="planner__title">
                <b>{move || cycle.read().product.clone()}</b>
                <span class="planner__what" title=what>
                    {what}
                </span>
                <span>"· "{move || cycle.read().name.clone()}</span>
            </h1>
            <Stepper state=Signal::derive(move || board.cycle.state()) />
            {counts}
            <div class="planner__acts">
                <Here />
                <a
                    class="button"
                    role="button"
                    download=""
                    href=move || board.export_url(false)
                    title="Excel, as filtered: same columns, order and groups"
                >
                    "Export"
                </a>
                <More />
                <NextStep />
            </div>
        </header>
        <Banner />
    }
}

#[component]
fn More() -> impl IntoView {
    let board = Board::get();
    view! {
        <button class="icon-button" popovertarget="more" aria-label="More about this cycle">
            <Icon name="more" />
        </button>
        <div class="menu menu--end menu--wide" id="more" popover aria-label="More about this cycle">
            <a class="menu__item" download="" href=move || board.export_url(true)>
                <Icon name="file" />
                <span class="menu__text">"Excel, everything"<small>"all items and the summary sheets"</small></span>
            </a>
            <button class="menu__item" on:click=move |_| board.asks.keys.set(true)>
                <Icon name="keyboard" />
                "Keyboard"
                <span class="menu__end">
                    <span class="kbd">"?"</span>
                </span>
            </button>
            <hr class="menu__rule" />
            <p class="menu__note">
                <Icon name="info" />
                <span>
                    "There is no import of classes. A class changes here by a decision, and becomes official by \
                    Transfer."
                </span>
            </p>
        </div>
    }
}

#[component]
fn NextStep() -> impl IntoView {
    let board = Board::get();
    let busy = move || board.busy.get().to_string();
    move || match board.cycle.state() {
        CycleState::Collecting if board.cycle.may(Permission::StartBorders) => view! {
            <button class="button button--primary" aria-busy=busy on:click=move |_| board.start_borders()>
                "Start borders"
            </button>
        }
        .into_any(),
        CycleState::Approving if board.cycle.may(Permission::Transfer) => view! {
            <button class="button" on:click=move |_| board.asks.reset.set(true)>
                "Reset cycle"
            </button>
            <button class="button button--primary" on:click=move |_| board.asks.transfer.set(true)>
                "Transfer"
            </button>
        }
        .into_any(),
        CycleState::Approving if board.cycle.may(Permission::Decide) => view! { <ApproveAll /> }.into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn ApproveAll() -> impl IntoView {
    let board = Board::get();
    // Nothing is counted under a preview, where nothing can be approved.
    let count = Memo::new(move |_| if board.previewing() { 0 } else { board.approvable().len() });
    let approve = move |_| {
        if count.get() > 0 && untrack(|| board.deciding()) {
            board.approve_all();
        }
    };
    // The number is decoration for the eye; the button is called by what it does.
    view! {
        <button
            class="button button--primary"
            aria-busy=move || board.busy.get().to_string()
            aria-disabled=move || (count.get() == 0).to_string()
            on:click=approve
            title="Accepts exactly the items In progress that the grid shows"
        >
            "Approve all"
            <span aria-hidden="true">" "{move || grouped(count.get() as u64)}</span>
        </button>
    }
}

/// What a finished cycle did.
#[component]
fn Banner() -> impl IntoView {
    let board = Board::get();
    move || {
        board.cycle.view.read().manifest.clone().map(|manifest| {
            let official: u32 = manifest.transferred.iter().sum();
            view! {
                <div class="banner banner--good banner--strip" role="status">
                    <Icon name="check-circle" />
                    <p>
                        <b>"Transferred on "<When at=manifest.at exact=true />" by "{manifest.by}"."</b>
                        " "
                        {grouped(official)}
                        " classes became official, "
                        {grouped(manifest.rejected)}
                        " were rejected and kept theirs, "
                        {grouped(manifest.carried_over)}
                        " carry over."
                    </p>
                </div>
            }
        })
    }
}
