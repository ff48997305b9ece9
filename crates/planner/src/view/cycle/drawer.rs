//! One item in full: its contact, its score between the borders, and everything that happened to it.

use super::board::Board;
use crate::api;
use crate::model::ItemDetail;
use crate::view::history::Entry;
use crate::view::status::StatusBadge;
use cutline_contacts::model::{Fact, FactType, FactValue, keys};
use cutline_domain::base::format::capitalised;
use cutline_domain::planner::approval::{ItemCommand, Status};
use cutline_kit::grid::Source;
use cutline_kit::page::Drawer;
use cutline_kit::parts::{ErrorState, MoveChips, Skeleton};
use leptos::prelude::*;

/// The drawer, while an item is shown.
#[component]
pub fn ItemDrawer() -> impl IntoView {
    let board = Board::get();
    move || board.cycle.detail.get().map(|seq| view! { <Open seq /> })
}

#[component]
fn Open(seq: u32) -> impl IntoView {
    let board = Board::get();
    // Asked again when the item changes.
    let row = Memo::new(move |_| board.cycle.row(seq));
    let id = board.cycle.view.read_untracked().id;
    // A decision shows before it is made; its history is there with the revision it gave.
    let revision = Memo::new(move |_| board.cycle.columns.read().revision);
    let detail = LocalResource::new(move || {
        row.track();
        revision.track();
        api::item(id, seq)
    });
    let content = move || match detail.get() {
        None => view! {
            <div class="drawer__body">
                <Skeleton width=180 />
                <Skeleton width=240 />
                <Skeleton width=200 />
            </div>
        }
        .into_any(),
        Some(Err(error)) => {
            view! { <ErrorState title="This item could not be shown" error retry=move |()| detail.refetch() /> }
                .into_any()
        }
        Some(Ok(detail)) => view! { <Content seq detail /> }.into_any(),
    };
    let known = move || detail.get().and_then(Result::ok);
    let title = Signal::derive(move || known().map_or_else(String::new, |detail| detail.text.name));
    let sub = Signal::derive(move || known().map_or_else(String::new, |detail| subtitle(&detail)));
    view! {
        <Drawer
            label="Item"
            title
            sub
            pressed=Callback::new(move |key: String| pressed(board, seq, &key))
            step=move |by| step(board, seq, by)
            close=move |()| board.cycle.detail.set(None)
        >
            // A boundary of its own: while the next item is on its way, the last one stays and so does the rest of the page.
            <Transition>{content}</Transition>
        </Drawer>
    }
}

/// What the grid's letters do, for the item shown.
fn pressed(board: Board, seq: u32, key: &str) -> bool {
    match key {
        "ArrowDown" => step(board, seq, 1),
        "ArrowUp" => step(board, seq, -1),
        letter => return board.letter(letter, vec![seq]),
    }
    true
}

/// Goes on to the item shown before or after.
fn step(board: Board, seq: u32, by: i64) {
    let next = board.grid.with_layout_untracked(|layout| {
        let columns = board.cycle.columns.read();
        let index = columns.index_of(seq)? as u32;
        let shown = layout.shown();
        let at = shown.iter().position(|i| *i == index)? as i64 + by;
        let next = shown.get(usize::try_from(at).ok()?)?;
        columns.seqs.get(*next as usize).copied()
    });
    if let Some(next) = next {
        board.cycle.detail.set(Some(next));
        board.grid.go_to(|position| board.id(position) == Some(next));
    }
}

fn subtitle(detail: &ItemDetail) -> String {
    let region = detail.facts.iter().find(|fact| fact.key == keys::REGION).map_or_else(String::new, written);
    let parts = [detail.text.external_id.clone(), detail.text.specialty.clone(), region];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A fact's value in words; empty where there is none.
fn written(fact: &Fact) -> String {
    match &fact.value {
        None if fact.kind == FactType::Person => "nobody".to_owned(),
        None => String::new(),
        Some(FactValue::Text(text)) => text.clone(),
        Some(FactValue::Number(number)) => number.to_string(),
        Some(FactValue::Labels(labels)) => labels.join(", "),
    }
}

/// Facts as terms and descriptions; what the contact doesn't have is left out.
fn listed(facts: Vec<Fact>) -> impl IntoView {
    let fact = |fact: Fact| {
        let value = written(&fact);
        (!value.is_empty()).then(|| {
            view! {
                <dt title=fact.explanation>{capitalised(&fact.title)}</dt>
                <dd>{value}</dd>
            }
        })
    };
    facts.into_iter().map(fact).collect_view()
}

#[component]
fn Content(seq: u32, detail: ItemDetail) -> impl IntoView {
    let board = Board::get();
    let labels = board.desk.subject.labels;
    let row = Memo::new(move |_| board.cycle.row(seq));
    let current = Signal::derive(move || row.get().and_then(|row| row.current));
    let proposed = Signal::derive(move || {
        let score = row.get().and_then(|row| row.score)?;
        Some(board.desk.borders.read().class_of(score))
    });
    let status = move || row.get().map_or(Status::InProgress, |row| row.status);
    let reason = detail.text.decision_reason.clone().or_else(|| detail.text.override_reason.clone());
    let (numbers, others): (Vec<Fact>, Vec<Fact>) =
        detail.facts.into_iter().partition(|fact| fact.kind == FactType::Number);
    let entry = |entry| view! { <Entry entry /> };
    view! {
        <div class="drawer__body">
            <div class="subject">
                {move || view! { <StatusBadge status=status() /> }}
                <MoveChips from=current to=proposed labels full=true />
            </div>
            {reason.map(|reason| view! { <p class="timeline__quote">{reason}</p> })}
            <Score seq latest=detail.latest_score numbers />
            <section class="drawer__section">
                <h3>"Contact"</h3>
                <dl class="facts">{listed(others)} <dt>"External id"</dt> <dd>{detail.text.external_id}</dd></dl>
            </section>
            <section class="drawer__section">
                <h3>"History"</h3>
                <ol class="timeline">{detail.history.into_iter().map(entry).collect_view()}</ol>
            </section>
        </div>
        {move || {
            (board.deciding() && status() != Status::Rejected).then(|| view! { <Decisions seq status=status() /> })
        }}
    }
}

#[component]
fn Score(seq: u32, latest: Option<cutline_domain::Score>, numbers: Vec<Fact>) -> impl IntoView {
    let board = Board::get();
    let row = Memo::new(move |_| board.cycle.row(seq));
    let measure = board.cycle.view.read_untracked().measure.clone();
    // The cycle's own measure stands first, with the value that is decided by.
    let is_own = |fact: &Fact| keys::is_measure(&fact.key) && fact.title == measure;
    let others = numbers.into_iter().filter(|fact| !is_own(fact)).collect();
    let text = |score: Option<cutline_domain::Score>, none: &str| {
        score.map_or_else(|| none.to_owned(), |score| score.to_string())
    };
    let since = move || {
        row.get().filter(|row| row.score_changed).map(|_| {
            view! {
                <dt>"Score changed since"</dt>
                <dd>{text(latest, "none")}</dd>
            }
        })
    };
    view! {
        <section class="drawer__section">
            <h3>"Score"</h3>
            <dl class="facts">
                <dt>{capitalised(&measure)}</dt>
                <dd>{move || text(row.get().and_then(|row| row.score), "unscored")}</dd>
                {since}
                {listed(others)}
            </dl>
        </section>
    }
}

#[component]
fn Decisions(seq: u32, status: Status) -> impl IntoView {
    let board = Board::get();
    let buttons = if status == Status::Accepted {
        view! {
            <button class="button" on:click=move |_| board.decide(vec![seq], ItemCommand::Withdraw)>
                "Withdraw acceptance"
            </button>
        }
        .into_any()
    } else {
        view! {
            <button class="button button--primary" on:click=move |_| board.decide(vec![seq], ItemCommand::Accept)>
                "Accept"
            </button>
            <button class="button" on:click=move |_| board.asks.overriding(vec![seq])>
                "Override"
            </button>
            <button class="button" on:click=move |_| board.asks.reject(vec![seq])>
                "Reject"
            </button>
        }
        .into_any()
    };
    view! { <footer class="drawer__foot">{buttons}</footer> }
}
