//! One cycle's page: grid, border editor and rings, all computed in the browser from one snapshot.

mod asks;
mod board;
mod commands;
mod conflict_dialog;
mod decision_dialogs;
mod drawer;
mod drawing;
mod editor;
mod filters;
mod header;
mod heading;
mod live;
mod palette;
mod query_string;
mod refresh;
mod reset_dialog;
mod selection;
mod skeleton;
mod source;
mod state;
mod transfer_dialog;
mod versions_dialog;

use crate::api;
use crate::model::CycleView;
use board::Board;
use cutline_domain::Permission;
use cutline_domain::base::ids::CycleId;
use cutline_kit::borders::{Moves, Rings};
use cutline_kit::grid::Grid;
use cutline_kit::page::{Pane, Shortcuts, Splitter, chunk};
use cutline_kit::parts::class_colour::RampStyle;
use cutline_kit::parts::{EmptyState, ErrorState, Waiting};
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// The page at `/cycles/:id`.
#[component]
pub fn CyclePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<CycleId>().ok()));
    let cycle = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::cycle(id).await,
                None => Err(AppError::not_found("This cycle")),
            }
        },
    );
    view! {
        <Suspense fallback=|| {
            view! { <skeleton::PageSkeleton /> }
        }>
            {move || Suspend::new(async move {
                match cycle.await {
                    Ok(view) => view! { <Planner view /> }.into_any(),
                    Err(error) => {
                        view! {
                            <Title text="Planner" />
                            <ErrorState title="The cycle could not be opened" error retry=move |()| cycle.refetch() />
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// What the page shows below its head.
#[derive(Clone, PartialEq)]
enum Body {
    Loading,
    Failed(AppError),
    Empty,
    Items,
}

#[component]
fn Planner(view: CycleView) -> impl IntoView {
    let title = format!("{} · {}", view.product, view.name);
    let scheme = view.scheme.clone();
    let board = Board::new(view);
    provide_context(board);
    provide_context(board.desk);
    board.load();
    let lower = Pane::new("cutline.lower", 200, 650, 332);
    // What is shown changes with these and nothing else: a decision must not build the grid anew under the keyboard.
    let body = Memo::new(move |_| match &*board.cycle.loaded.read() {
        None => Body::Loading,
        Some(Err(error)) => Body::Failed(error.clone()),
        Some(Ok(())) if board.cycle.columns.read().is_empty() => Body::Empty,
        Some(Ok(())) => Body::Items,
    });
    let content = move || match body.get() {
        Body::Loading => view! { <skeleton::BodySkeleton /> }.into_any(),
        Body::Failed(error) => view! {
            <div class="planner__upper">
                <ErrorState title="The items could not be loaded" error retry=move |()| board.fetch_items() />
            </div>
        }
        .into_any(),
        Body::Empty => view! { <Nothing /> }.into_any(),
        Body::Items => view! { <Panes lower /> }.into_any(),
    };
    view! {
        <Title text=title />
        <RampStyle scheme />
        <div
            class="planner"
            class=("planner--aside", move || board.cycle.detail.read().is_some())
            style=move || lower.property("--lower-h")
            aria-busy=move || board.cycle.loaded.read().is_none().to_string()
        >
            <header::Header />
            <drawing::Notices />
            {content}
            <Waiting busy=board.busy />
        </div>
        <Asides />
    }
}

chunk! {
    /// What lies over or beside the page when it is asked for: the drawer, the dialogs, the palette.
    fn asides(_page: ()), preload preload_asides {
        view! {
            <drawer::ItemDrawer />
            <decision_dialogs::RejectDialog />
            <decision_dialogs::OverrideDialog />
            <reset_dialog::ResetDialog />
            <transfer_dialog::TransferDialog />
            <conflict_dialog::ConflictDialog />
            <versions_dialog::VersionsDialog />
            <palette::CyclePalette />
        }
        .into_any()
    }
}

/// Whether the code of the asides is there, fetched if it wasn't.
#[cfg(feature = "hydrate")]
async fn asides_fetched() -> bool {
    preload_asides().await.is_ok()
}

#[cfg(not(feature = "hydrate"))]
fn asides_fetched() -> std::future::Ready<bool> {
    std::future::ready(true)
}

/// The asides, once one of them is asked for. Their code isn't part of the first load; it comes when the page has rested for a
/// moment, so that it is there even if the network isn't any more.
#[component]
fn Asides() -> impl IntoView {
    const REST: Duration = Duration::from_secs(2);
    let board = Board::get();
    let (palette, keys) = (board.asks.palette, board.asks.keys);
    Effect::new(move |_| {
        let early = move || spawn_local(async move { _ = asides_fetched().await });
        set_timeout(early, REST);
    });
    let there = RwSignal::new(false);
    Effect::new(move |_| {
        let asked = board.asks.any_open() || board.cycle.detail.read().is_some();
        if asked && !there.get_untracked() {
            spawn_local(async move {
                if asides_fetched().await {
                    there.set(true);
                } else {
                    board.asks.close_all();
                    board.cycle.detail.set(None);
                    board.toasts.bad("This could not be opened", AppError::Unreachable.to_string());
                }
            });
        }
    });
    let content = move || Suspend::new(async move { asides(()).await.ok() });
    view! {
        <Shortcuts palette keys search=filters::SEARCH />
        <Show when=move || there.get()>
            <Suspense>{content}</Suspense>
        </Show>
    }
}

/// A cycle without items within sight: why that may be, and what to do next.
#[component]
fn Nothing() -> impl IntoView {
    let board = Board::get();
    let text = if board.cycle.may(Permission::ManageDefinitions) {
        "Every contact of the microtarget's specialties that has its measure becomes an item here. Load contacts and their measures with \
        `cutline load`: they join this cycle by themselves. Or see whether the microtarget names the specialties you meant."
    } else {
        "Every contact of the microtarget's specialties that has its measure becomes an item here. None of them is within your view: ask an admin \
        which regions and contacts are yours."
    };
    let next = if board.cycle.may(Permission::ManageDefinitions) {
        view! {
            <a class="button button--primary" href="/control/microtargets">
                "See the microtarget"
            </a>
        }
    } else {
        view! {
            <a class="button button--primary" href="/">
                "Go to the planner"
            </a>
        }
    };
    view! {
        <div class="planner__upper">
            <EmptyState icon="contacts" title="No items yet" text>
                {next}
            </EmptyState>
        </div>
    }
}

/// Filters and grid; editor and rings for those who look at the whole.
#[component]
fn Panes(lower: Pane) -> impl IntoView {
    let board = Board::get();
    view! {
        <filters::Filters />
        <div class="planner__upper">
            <Grid source=board />
            <selection::Selection />
        </div>
        {board.cycle.draws().then(|| view! { <Lower lower /> })}
    }
}

/// Editor and rings.
#[component]
fn Lower(lower: Pane) -> impl IntoView {
    let many = Board::get().desk.classes() >= 6;
    let pie = Pane::new("cutline.pie", 320, 700, 470);
    view! {
        <Splitter pane=lower row=true label="Height of the lower pane" />
        <div class="lower" class=("lower--many", many) style=move || pie.property("--pie-w")>
            <editor::Editor />
            <Splitter pane=pie label="Width of the chart pane" />
            <section class="panel pie" aria-labelledby="pie-title">
                <div class="panel__head">
                    <h2 class="panel__title" id="pie-title">
                        "Planned versus current"
                    </h2>
                    <div class="panel__end legend" aria-hidden="true">
                        <span class="legend__item">
                            <i class="legend__key"></i>
                            "current"
                        </span>
                        <span class="legend__item">
                            <i class="legend__key legend__key--planned"></i>
                            "planned"
                        </span>
                    </div>
                </div>
                <div class="pie__body">
                    <Rings />
                    <Moves title="Moves, current → proposed" />
                </div>
            </section>
        </div>
    }
}
