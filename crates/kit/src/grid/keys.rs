//! The grid by keyboard: arrows move, Space chooses, letters are the feature's. The focus stays on the grid; the active line
//! is told through `aria-activedescendant`, which survives rows being recycled.

use super::geometry;
use super::source::Source;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

/// Ids of the rows shown that are chosen with all.
pub fn sweepable<S: Source>(source: S) -> Vec<u32> {
    source.state().with_layout(|layout| {
        let swept = layout.shown().into_iter().filter(|position| source.is_swept(*position));
        swept.filter_map(|position| source.id(position)).collect()
    })
}

/// Chooses every row from the choice's edge nearest to `at`.
pub fn extend_to<S: Source>(source: S, at: u32) {
    let state = source.state();
    let ids = state.with_layout_untracked(|layout| {
        let selected = state.selected.read_untracked();
        let is_chosen = |row: u32| source.id(row).is_some_and(|id| selected.contains(&id));
        let chosen = layout.rows_on(0..layout.lines()).filter(|(_, row)| is_chosen(*row)).map(|(line, _)| line);
        let from = chosen.min_by_key(|line| line.abs_diff(at)).unwrap_or(at);
        let rows = layout.rows_on(from.min(at)..from.max(at) + 1).map(|(_, row)| row);
        rows.filter(|row| source.is_swept(*row)).filter_map(|row| source.id(row)).collect::<Vec<u32>>()
    });
    state.selected.update(|selected| selected.extend(ids));
}

/// The rows a letter acts on: the chosen ones, else the one the keyboard is on.
pub fn meant<S: Source>(source: S) -> Vec<u32> {
    let state = source.state();
    let chosen = state.chosen();
    if !chosen.is_empty() {
        return chosen;
    }
    let active = state.row_on(state.active.get_untracked());
    active.and_then(|position| source.id(position)).into_iter().collect()
}

/// Handles a key pressed in the grid.
pub fn pressed<S: Source>(source: S, grid: NodeRef<html::Div>, event: &KeyboardEvent) {
    let state = source.state();
    let at = state.active.get_untracked();
    let command = event.ctrl_key() || event.meta_key();
    let key = event.key();
    if let Some(to) = target(source, at, &key) {
        event.prevent_default();
        state.active.set(to);
        reveal(source, grid, to);
        // What is open beside the grid follows the keyboard.
        if untrack(|| source.is_open())
            && let Some(id) = state.row_on(to).and_then(|position| source.id(position))
        {
            source.open(id);
        }
        if event.shift_key() && matches!(key.as_str(), "ArrowDown" | "ArrowUp") {
            extend_to(source, to);
        }
        return;
    }
    let choosing = untrack(|| source.choosing());
    let handled = match key.as_str() {
        "ArrowLeft" | "ArrowRight" => {
            state.fold(at);
            true
        }
        " " => {
            choose(source, at, choosing);
            true
        }
        "Enter" => {
            match state.row_on(at).and_then(|position| source.id(position)) {
                Some(id) => source.open(id),
                None => state.fold(at),
            }
            false
        }
        "Escape" => {
            if !source.close() {
                state.clear();
            }
            false
        }
        "a" if command && choosing => {
            let all = untrack(|| sweepable(source));
            state.selected.update(|selected| selected.extend(all));
            true
        }
        letter if !command => source.letter(letter, meant(source)),
        _ => false,
    };
    if handled {
        event.prevent_default();
    }
}

/// The line a key leads to; nothing for keys that don't move, and for arrows that fold.
pub fn target<S: Source>(source: S, at: u32, key: &str) -> Option<u32> {
    source.state().with_layout_untracked(|layout| {
        let last = layout.lines().saturating_sub(1);
        let to = match key {
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + 12,
            "PageUp" => at.saturating_sub(12),
            "Home" => 0,
            "End" => last,
            "ArrowLeft" if layout.is_folded(at) == Some(false) => return None,
            "ArrowLeft" => layout.header_of(at).unwrap_or(at),
            "ArrowRight" if layout.is_folded(at) == Some(true) => return None,
            "ArrowDown" | "ArrowRight" => at + 1,
            _ => return None,
        };
        Some(to.min(last))
    })
}

fn choose<S: Source>(source: S, at: u32, choosing: bool) {
    let state = source.state();
    match state.row_on(at) {
        Some(position) if choosing && source.can_choose(&source.row(position)) => {
            if let Some(id) = source.id(position) {
                state.toggle(id);
            }
        }
        Some(_) => {}
        None => state.fold(at),
    }
}

/// Scrolls so that a line can be seen below the column and group headers.
fn reveal<S: Source>(source: S, grid: NodeRef<html::Div>, at: u32) {
    let Some(grid) = grid.get_untracked() else { return };
    let (top, height) = source.state().with_layout_untracked(|layout| {
        (geometry::top(layout, at) as i32, layout.line(at).map_or(0, geometry::height) as i32)
    });
    let headers = (geometry::HEAD + geometry::SECTION) as i32;
    let seen = grid.client_height() - headers;
    if top - geometry::SECTION as i32 <= grid.scroll_top() {
        grid.set_scroll_top((top - geometry::SECTION as i32).max(0));
    } else if top + height > grid.scroll_top() + seen {
        grid.set_scroll_top(top + height - seen);
    }
}
