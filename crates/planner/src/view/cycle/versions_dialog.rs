//! The border versions that were saved: who, when, what, and going back to one.

use super::board::Board;
use crate::api;
use crate::model::BorderVersion;
use cutline_domain::Percent;
use cutline_kit::borders::Drawn;
use cutline_kit::parts::{Dialog, EmptyState, ErrorState, Skeleton, When};
use leptos::prelude::*;

/// The versions, newest first.
#[component]
pub fn VersionsDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.versions;
    view! {
        <Dialog open wide=true title="Saved versions">
            <Versions />
        </Dialog>
    }
}

#[component]
fn Versions() -> impl IntoView {
    let board = Board::get();
    // Asked anew each time it is opened.
    let versions = LocalResource::new(move || api::versions(board.cycle.view.read_untracked().id));
    let list = move || {
        match versions.get() {
        None => view! { <Skeleton width=320 /> }.into_any(),
        Some(Err(error)) => {
            view! { <ErrorState title="The versions could not be fetched" error retry=move |()| versions.refetch() /> }
                .into_any()
        }
        Some(Ok(all)) if all.is_empty() => {
            view! { <EmptyState icon="history" title="Nothing saved yet" text="Every Save draft keeps a version here." /> }
                .into_any()
        }
        Some(Ok(all)) => {
            view! { <ol class="version-list">{all.into_iter().map(|version| view! { <Kept version /> }).collect_view()}</ol> }
                .into_any()
        }
    }
    };
    view! {
        <div class="dialog__body">
            // A boundary of its own: one around the dialog would take it off the page while it waits, and put it back not modal.
            <Suspense>{list}</Suspense>
        </div>
        <footer class="dialog__foot">
            <button type="button" class="button" data-focus="" on:click=move |_| board.asks.versions.set(false)>
                "Close"
            </button>
        </footer>
    }
}

/// One version.
#[component]
fn Kept(version: BorderVersion) -> impl IntoView {
    let board = Board::get();
    let BorderVersion { version: number, borders, planned, by, at } = version;
    let limits = borders.values().iter().rev().map(ToString::to_string).collect::<Vec<_>>().join(" · ");
    let shares = planned.iter().rev().map(Percent::to_string).collect::<Vec<_>>().join(" · ");
    let on_desk = {
        let borders = borders.clone();
        Memo::new(move |_| *board.desk.borders.read() == borders)
    };
    let restore = StoredValue::new(move || {
        board.desk.put(Drawn { borders: borders.clone(), planned: planned.iter().map(Percent::to_string).collect() });
        board.asks.versions.set(false);
    });
    let button = move || {
        let said = if board.cycle.drawing() { "Restore" } else { "Preview" };
        (!on_desk.get()).then(|| {
            view! {
                <button type="button" class="button button--s" on:click=move |_| restore.read_value()()>
                    {said}
                    <span class="visually-hidden">" version "{number}</span>
                </button>
            }
        })
    };
    view! {
        <li class="version-list__item">
            <div>
                <b>"Version "{number}</b>
                <span class="muted">" · "{by}" · "<When at exact=true /></span>
                <p class="num">{limits}</p>
                <p class="muted num">"planned "{shares}</p>
            </div>
            {button}
        </li>
    }
}
