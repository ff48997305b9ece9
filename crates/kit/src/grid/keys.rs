//! The grid by keyboard: arrows move, Space selects, letters decide. The focus stays on the grid; the active line is told
//! through `aria-activedescendant`, which survives rows being recycled.

use super::board::Board;
use super::{geometry, grid};
use cutline_domain::Status;
use cutline_domain::approval::ItemCommand;
use cutline_domain::layout::{Layout, Line};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

/// Numbers of the items shown that can be selected.
pub fn selectable(board: Board) -> Vec<u32> {
    board.with_layout(|layout| {
        board.columns.with(|columns| {
            let open = |index: &u32| columns.status(*index as usize) == Status::InProgress;
            layout.order.iter().filter(|index| open(index)).map(|index| columns.seqs[*index as usize]).collect()
        })
    })
}

/// Selects an item, or takes it out.
pub fn toggle(board: Board, seq: u32) {
    board.selected.update(|selected| {
        if !selected.remove(&seq) {
            selected.insert(seq);
        }
    });
}

fn line_at(board: Board, at: u32) -> Option<Line> {
    untrack(|| board.with_layout(|layout| layout.line(at)))
}

/// The number and status of the item on a line.
fn item_at(board: Board, at: u32) -> Option<(u32, Status)> {
    match line_at(board, at)? {
        Line::Row(_, _, index) => board.columns.with_untracked(|columns| {
            let index = index as usize;
            columns.seqs.get(index).map(|seq| (*seq, columns.status(index)))
        }),
        _ => None,
    }
}

/// Selects every item from the selection's edge nearest to `at`.
pub fn extend_to(board: Board, at: u32) {
    let lines: Vec<u32> = untrack(|| {
        board.with_layout(|layout| {
            (0..layout.lines())
                .filter(|line| {
                    item_at(board, *line).is_some_and(|(seq, _)| board.selected.with_untracked(|s| s.contains(&seq)))
                })
                .collect()
        })
    });
    let from = lines.into_iter().min_by_key(|line| line.abs_diff(at)).unwrap_or(at);
    let items: Vec<u32> = (from.min(at)..=from.max(at))
        .filter_map(|line| item_at(board, line))
        .filter(|(_, status)| *status == Status::InProgress)
        .map(|(seq, _)| seq)
        .collect();
    board.selected.update(|selected| selected.extend(items));
}

/// Folds or unfolds the header on a line.
pub fn fold(board: Board, at: u32) {
    let folds = board.folds.get_untracked();
    let next = untrack(|| {
        board.with_layout(|layout| match layout.line(at)? {
            Line::Section(section) => Some(folds.toggled(&layout.sections[section], None)),
            Line::Group(section, group) => {
                let section = &layout.sections[section];
                Some(folds.toggled(section, Some(&section.groups[group].0)))
            }
            Line::Row(..) => None,
        })
    });
    if let Some(next) = next {
        board.folds.set(next);
    }
}

fn is_folded(layout: &Layout, at: u32) -> Option<bool> {
    match layout.line(at)? {
        Line::Section(section) => Some(layout.sections[section].folded),
        Line::Group(section, group) => Some(layout.sections[section].groups[group].2),
        Line::Row(..) => None,
    }
}

/// The header a line belongs to.
fn header_of(layout: &Layout, at: u32) -> Option<u32> {
    match layout.line(at)? {
        Line::Section(_) => None,
        Line::Group(section, _) => Some(layout.sections[section].line),
        Line::Row(section, group, _) => {
            (layout.lines() != layout.items).then(|| layout.sections[section].groups[group].1)
        }
    }
}

/// The items a letter acts on: the selection, else the active item.
fn meant(board: Board) -> Vec<u32> {
    let selected: Vec<u32> = board.selected.with_untracked(|selected| selected.iter().copied().collect());
    if !selected.is_empty() {
        return selected;
    }
    item_at(board, board.active.get_untracked()).map(|(seq, _)| seq).into_iter().collect()
}

/// Handles a key pressed in the grid.
pub fn pressed(board: Board, grid: NodeRef<html::Div>, event: &KeyboardEvent) {
    let at = board.active.get_untracked();
    let last = untrack(|| board.with_layout(Layout::lines)).saturating_sub(1);
    let command = event.ctrl_key() || event.meta_key();
    let go = |to: u32| {
        event.prevent_default();
        board.active.set(to.min(last));
        reveal(board, grid, to.min(last));
    };
    match event.key().as_str() {
        "ArrowDown" => {
            go(at + 1);
            if event.shift_key() {
                extend_to(board, at + 1);
            }
        }
        "ArrowUp" => {
            go(at.saturating_sub(1));
            if event.shift_key() {
                extend_to(board, at.saturating_sub(1));
            }
        }
        "PageDown" => go(at + 12),
        "PageUp" => go(at.saturating_sub(12)),
        "Home" => go(0),
        "End" => go(last),
        "ArrowLeft" => match untrack(|| board.with_layout(|layout| (is_folded(layout, at), header_of(layout, at)))) {
            (Some(false), _) => fold(board, at),
            (_, Some(header)) => go(header),
            _ => {}
        },
        "ArrowRight" => {
            if untrack(|| board.with_layout(|layout| is_folded(layout, at))) == Some(true) {
                fold(board, at);
            } else {
                go(at + 1);
            }
        }
        " " => {
            event.prevent_default();
            match item_at(board, at) {
                Some((seq, status)) if board.deciding() && status != Status::Rejected => toggle(board, seq),
                Some(_) => {}
                None => fold(board, at),
            }
        }
        "Enter" => match item_at(board, at) {
            Some((seq, _)) => board.detail.set(Some(seq)),
            None => fold(board, at),
        },
        "Escape" => board.selected.update(std::collections::BTreeSet::clear),
        "a" if command && untrack(|| board.deciding()) => {
            event.prevent_default();
            let all = untrack(|| selectable(board));
            board.selected.update(|selected| selected.extend(all));
        }
        key if !command && untrack(|| board.deciding()) => match key {
            "a" | "A" => board.decide(meant(board), ItemCommand::Accept),
            "w" | "W" => board.decide(meant(board), ItemCommand::Withdraw),
            "r" | "R" => {
                event.prevent_default();
                board.dialogs.ask_reject(meant(board));
            }
            "o" | "O" => {
                event.prevent_default();
                board.dialogs.ask_override(meant(board));
            }
            _ => {}
        },
        _ => {}
    }
}

/// Scrolls so that a line can be seen below the column and group headers.
fn reveal(board: Board, grid: NodeRef<html::Div>, at: u32) {
    let Some(grid) = grid.get_untracked() else { return };
    let (top, height) = untrack(|| {
        board.with_layout(|layout| {
            (geometry::top(layout, at) as i32, layout.line(at).map_or(0, geometry::height) as i32)
        })
    });
    let headers = (grid::head_height() + geometry::SECTION) as i32;
    let seen = grid.client_height() - headers;
    if top - geometry::SECTION as i32 <= grid.scroll_top() {
        grid.set_scroll_top((top - geometry::SECTION as i32).max(0));
    } else if top + height > grid.scroll_top() + seen {
        grid.set_scroll_top(top + height - seen);
    }
}
