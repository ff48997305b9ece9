//! The page's commands as the palette finds them, and the list of its keys.

use super::board::Board;
use super::filters::SEARCH;
use cutline_domain::Permission;
use cutline_domain::borders::histogram::ScaleKind;
use cutline_domain::planner::approval::{CycleState, ItemCommand};
use cutline_domain::planner::grid::Grouping;
use cutline_kit::browser::go_to;
use cutline_kit::page::{Command, KeyList, KeysDialog, Palette, focus_on};
use leptos::prelude::*;

const KEYS: [KeyList; 4] = [
    (
        "Everywhere",
        &[("Command palette", &["Ctrl", "K"]), ("Search", &["/"]), ("This help", &["?"]), ("Close", &["Esc"])],
    ),
    (
        "Items",
        &[
            ("Move", &["↑", "↓"]),
            ("Open or close a group", &["←", "→"]),
            ("Select", &["Space"]),
            ("Extend the selection", &["Shift", "↓"]),
            ("Select all shown", &["Ctrl", "A"]),
            ("Details", &["Enter"]),
        ],
    ),
    ("Decide", &[("Accept", &["A"]), ("Override", &["O"]), ("Reject", &["R"]), ("Withdraw acceptance", &["W"])]),
    (
        "Borders",
        &[
            ("One step", &["←", "→"]),
            ("Ten steps", &["Shift", "→"]),
            ("Lowest, highest", &["Home", "End"]),
            ("Take a drag back", &["Esc"]),
            ("Undo, redo", &["Ctrl", "Z"]),
        ],
    ),
];

/// The palette, and the list of keys.
#[component]
pub fn CyclePalette() -> impl IntoView {
    let board = Board::get();
    let (palette, keys) = (board.asks.palette, board.asks.keys);
    view! {
        <Palette open=palette commands=move |()| commands(board) />
        <KeysDialog open=keys lists=&KEYS />
    }
}

/// What can be done here and now.
fn commands(board: Board) -> Vec<Command> {
    let mut out = Vec::new();
    if board.deciding() {
        deciding(board, &mut out);
    }
    if board.cycle.drawing() {
        out.push(Command::new("Save draft", "check", move || board.save_draft(None)));
        out.push(Command::new("Save and enable for approval", "check-circle", move || board.enable(None)));
    }
    if board.cycle.state() == CycleState::Approving && board.cycle.may(Permission::Transfer) {
        out.push(Command::new("Transfer…", "transfer", move || board.asks.transfer.set(true)));
        out.push(Command::new("Reset cycle…", "undo", move || board.asks.reset.set(true)));
    }
    if board.cycle.drawing() {
        out.push(Command::new("Undo", "undo", move || board.desk.undo()).with_key("Ctrl+Z"));
        out.push(Command::new("Redo", "redo", move || board.desk.redo()));
    }
    if board.previewing() {
        out.push(Command::new("Back to the saved borders", "undo", move || board.end_preview()));
    }
    out.push(Command::new("Saved versions of the borders…", "history", move || board.asks.versions.set(true)));
    let export = untrack(|| board.export_url(false));
    out.push(Command::new("Export to Excel, as filtered", "download", move || go_to(&export)));
    let cycle = board.cycle;
    out.push(Command::new("Changed only", "search", move || {
        cycle.change_query(false, |query| query.live.changed_only = !query.live.changed_only);
    }));
    for grouping in Grouping::ALL {
        out.push(Command::new(format!("Group by {}", grouping.title()), "columns", move || {
            cycle.change_query(false, |query| query.grouping = *grouping);
        }));
    }
    for scale in ScaleKind::ALL {
        out.push(Command::new(format!("{} scale", scale.title()), "chart", move || board.desk.scale.set(scale)));
    }
    out.push(Command::new("Search items", "search", || focus_on(SEARCH)).with_key("/"));
    out.push(Command::new("Keyboard", "keyboard", move || board.asks.keys.set(true)).with_key("?"));
    out.push(Command::new("All cycles", "chart", || go_to("/")));
    out
}

fn deciding(board: Board, out: &mut Vec<Command>) {
    let chosen = move || board.grid.chosen();
    if !chosen().is_empty() {
        let accept = move || board.decide(chosen(), ItemCommand::Accept);
        out.push(Command::new("Accept the selected items", "check", accept).with_key("A"));
        let overriding = move || board.asks.overriding(chosen());
        out.push(Command::new("Override the selected items", "edit", overriding).with_key("O"));
        let reject = move || board.asks.reject(chosen());
        out.push(Command::new("Reject the selected items", "cross", reject).with_key("R"));
    }
    out.push(Command::new("Approve all shown", "check-circle", move || board.approve_all()));
}
