//! One item in full: its contact, its score between the borders, and everything that happened to it.

use super::board::Board;
use crate::components::{ErrorState, Icon, MoveChips, Skeleton, StatusBadge};
use crate::planner::api;
use crate::planner::model::{HistoryEntry, ItemDetail};
use cutline_domain::Status;
use cutline_domain::approval::ItemCommand;
use leptos::prelude::*;

/// The drawer at the right.
#[component]
pub fn Drawer() -> impl IntoView {
    let board = Board::get();
    move || board.detail.get().map(|seq| view! { <Open seq/> })
}

#[component]
fn Open(seq: u32) -> impl IntoView {
    let board = Board::get();
    // Asked again when the item changes.
    let revision =
        Memo::new(move |_| board.columns.with(|columns| columns.index_of(seq).map(|index| columns.row(index))));
    let id = board.cycle.with_untracked(|cycle| cycle.id);
    let detail = LocalResource::new(move || {
        revision.track();
        api::item(id, seq)
    });
    let close = move || board.detail.set(None);
    let step = move |by: i64| {
        let next = untrack(|| {
            board.with_layout(|layout| {
                board.columns.with(|columns| {
                    let index = columns.index_of(seq)? as u32;
                    let at = layout.order.iter().position(|i| *i == index)? as i64 + by;
                    let next = layout.order.get(usize::try_from(at).ok()?)?;
                    columns.seqs.get(*next as usize).copied()
                })
            })
        });
        if let Some(next) = next {
            board.detail.set(Some(next));
        }
    };
    let content = move || match detail.get() {
        None => {
            view! { <div class="drawer__body"><Skeleton width=180/><Skeleton width=240/><Skeleton width=200/></div> }
                .into_any()
        }
        Some(Err(error)) => {
            view! { <ErrorState title="This item could not be shown" error retry=move |()| detail.refetch()/> }
                .into_any()
        }
        Some(Ok(detail)) => view! { <Content seq detail/> }.into_any(),
    };
    let title = move || detail.get().and_then(Result::ok).map_or_else(String::new, |detail| detail.text.name.clone());
    let sub = move || {
        detail.get().and_then(Result::ok).map(|detail| {
            let text = &detail.text;
            [text.external_id.as_str(), text.specialty.as_str(), detail.region.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        })
    };
    view! {
        <aside class="drawer" aria-label="Item" on:keydown=move |event| if event.key() == "Escape" { close() }>
            <header class="drawer__head">
                <div class="drawer__who"><h2 class="drawer__title">{title}</h2><p class="drawer__sub">{sub}</p></div>
                <button class="icon-button" aria-label="Previous item" on:click=move |_| step(-1)><Icon name="arrow-up"/></button>
                <button class="icon-button" aria-label="Next item" on:click=move |_| step(1)><Icon name="arrow-down"/></button>
                <button class="icon-button" aria-label="Close" on:click=move |_| close()><Icon name="cross"/></button>
            </header>
            {content}
        </aside>
    }
}

#[component]
fn Content(seq: u32, detail: ItemDetail) -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let row = Memo::new(move |_| board.columns.with(|columns| columns.index_of(seq).map(|index| columns.row(index))));
    let current = Signal::derive(move || row.get().and_then(|row| row.current));
    let proposed = Signal::derive(move || {
        let score = row.get().and_then(|row| row.score)?;
        Some(board.borders.with(|borders| borders.class_of(score)))
    });
    let status = move || row.get().map_or(Status::InProgress, |row| row.status);
    let measure = board.cycle.with_untracked(|cycle| cycle.measure.clone());
    let score =
        move || row.get().and_then(|row| row.score).map_or_else(|| "unscored".to_owned(), |score| score.to_string());
    let latest = detail.latest_score;
    let since = move || {
        row.get().filter(|row| row.score_changed).map(|_| {
            let text = latest.map_or_else(|| "none".to_owned(), |score| score.to_string());
            view! { <dt>"Score changed since"</dt><dd>{text}</dd> }
        })
    };
    let measures = detail.measures.iter().filter(|(name, _)| *name != measure).map(|(name, value)| {
        view! { <dt>{super::grid_row::capitalised(name)}</dt><dd>{value.to_string()}</dd> }
    });
    let measures = measures.collect_view();
    let reason = detail.text.decision_reason.clone().or_else(|| detail.text.override_reason.clone());
    view! {
        <div class="drawer__body">
            <div class="subject">
                {move || view! { <StatusBadge status=status()/> }}
                <MoveChips from=current to=proposed labels/>
            </div>
            {reason.map(|reason| view! { <p class="timeline__quote">{reason}</p> })}
            <section class="drawer__section">
                <h3>"Score"</h3>
                <dl class="facts"><dt>{super::grid_row::capitalised(&measure)}</dt><dd>{score}</dd>{since}{measures}</dl>
            </section>
            <section class="drawer__section">
                <h3>"Contact"</h3>
                <dl class="facts">
                    <dt>"Region"</dt><dd>{detail.region.clone()}</dd>
                    <dt>"Owner"</dt><dd>{detail.owner.clone().unwrap_or_else(|| "nobody".to_owned())}</dd>
                    <dt>"External id"</dt><dd>{detail.text.external_id.clone()}</dd>
                </dl>
            </section>
            <section class="drawer__section">
                <h3>"History"</h3>
                <ol class="timeline">{detail.history.into_iter().map(entry).collect_view()}</ol>
            </section>
        </div>
        {move || (board.deciding() && status() != Status::Rejected).then(|| view! { <Decisions seq status=status()/> })}
    }
}

#[component]
fn Decisions(seq: u32, status: Status) -> impl IntoView {
    let board = Board::get();
    let buttons = if status == Status::Accepted {
        view! {
            <button class="button" on:click=move |_| board.decide(vec![seq], ItemCommand::Withdraw)>"Withdraw acceptance"</button>
        }
        .into_any()
    } else {
        view! {
            <button class="button button--primary" on:click=move |_| board.decide(vec![seq], ItemCommand::Accept)>"Accept"</button>
            <button class="button" on:click=move |_| board.dialogs.ask_override(vec![seq])>"Override"</button>
            <button class="button" on:click=move |_| board.dialogs.ask_reject(vec![seq])>"Reject"</button>
        }
        .into_any()
    };
    view! { <footer class="drawer__foot">{buttons}</footer> }
}

fn entry(entry: HistoryEntry) -> impl IntoView {
    let (icon, class) = match entry.what.as_str() {
        what if what.starts_with("Accepted") => ("check-circle", "accepted"),
        what if what.starts_with("Official") => ("check-circle", "accepted"),
        what if what.starts_with("Rejected") => ("cross-circle", "rejected"),
        what if what.starts_with("Joined") => ("plus", "joined"),
        _ => ("clock", "progress"),
    };
    let by = if entry.by.is_empty() { "Cutline".to_owned() } else { entry.by };
    view! {
        <li class=format!("timeline__item timeline__item--{class}")>
            <Icon name=icon/>
            <div>
                {entry.what}
                <div class="timeline__when">{format!("{by} · {} · {}", entry.at, entry.cycle)}</div>
                {entry.reason.map(|reason| view! { <p class="timeline__quote">{reason}</p> })}
            </div>
        </li>
    }
}
