//! What can be done with the selected items.

use super::board::Board;
use cutline_domain::planner::approval::{ItemCommand, Status};
use cutline_kit::grid::SelectionBar;
use leptos::prelude::*;

/// The bar over the grid.
#[component]
pub fn Selection() -> impl IntoView {
    let board = Board::get();
    let some = move |status: Status| {
        let (columns, selected) = (board.cycle.columns.read(), board.grid.selected.read());
        let mut items = selected.iter().filter_map(|seq| columns.index_of(*seq));
        items.any(|index| columns.status(index) == status)
    };
    let (open, accepted) = (Memo::new(move |_| some(Status::InProgress)), Memo::new(move |_| some(Status::Accepted)));
    let chosen = move || board.grid.chosen();
    let act = move |name: &'static str, key: &'static str, run: fn(Board, Vec<u32>)| {
        view! {
            <button
                class="button"
                aria-keyshortcuts=key
                aria-busy=move || (key == "A" && board.busy.get()).to_string()
                on:click=move |_| run(board, chosen())
            >
                {name}
                " "
                <span class="kbd" aria-hidden="true">
                    {key}
                </span>
            </button>
        }
    };
    view! {
        <SelectionBar source=board label="Decide selected items">
            <Show when=move || {
                open.get()
            }>
                {act("Accept", "A", |board, items| board.decide(items, ItemCommand::Accept))}
                {act("Override", "O", |board, items| board.asks.overriding(items))}
                {act("Reject", "R", |board, items| board.asks.reject(items))}
            </Show>
            <Show when=move || {
                accepted.get()
            }>{act("Withdraw", "W", |board, items| board.decide(items, ItemCommand::Withdraw))}</Show>
        </SelectionBar>
    }
}
