//! The grid of items: a window of lines over a canvas as high as all of them, so that any number of items costs a screenful.

use super::board::Board;
use super::grid_keys;
use super::grid_row::{Line, SectionContent, Slot};
use super::{geometry, grid_row};
use crate::components::{EmptyState, Icon};
use cutline_domain::Status;
use cutline_domain::approval::ItemCommand;
use cutline_domain::format::grouped;
use cutline_domain::layout::{ClassSet, Layout, Line as Place, Sort, SortKey};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// Lines kept ready above and below the window.
const SPARE: u32 = 6;
/// Height of the column header, in pixels.
const HEAD: u32 = 30;

/// The window: which lines are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    first: u32,
    lines: u32,
}

/// The grid.
#[component]
pub fn Grid() -> impl IntoView {
    let board = Board::get();
    let grid: NodeRef<html::Div> = NodeRef::new();
    let scroll = RwSignal::new(0u32);
    let height = RwSignal::new(900u32);
    let measure = move || {
        if let Some(grid) = grid.get_untracked() {
            scroll.set(grid.scroll_top().max(0) as u32);
            height.set(grid.client_height().max(1) as u32);
        }
    };
    watch_size(grid, measure);
    let window = Memo::new(move |_| {
        let (from, height) = (scroll.get(), height.get());
        board.with_layout(|layout| {
            let first = geometry::line_at(layout, from).saturating_sub(SPARE);
            let last = geometry::line_at(layout, from + height) + SPARE;
            Window { first, lines: (last + 1 - first).min(layout.lines() - first.min(layout.lines())) }
        })
    });
    fetch_texts(board, window);
    let slots = Memo::new(move |_| window.get().lines);
    let first = Signal::derive(move || window.get().first);
    let canvas = move || board.with_layout(|layout| format!("--height:{}px", geometry::top(layout, layout.lines())));
    let active_id = move || format!("line-{}", board.active.get().saturating_sub(first.get()));
    let lines = Memo::new(move |_| board.with_layout(Layout::lines));
    let nothing = move || {
        (lines.get() == 0).then(|| {
            view! {
                <div class="grid__empty">
                    <EmptyState icon="search" title="No item matches" text="Nothing in this cycle passes the search and filters above.">
                        <button class="button button--primary" on:click=move |_| board.change_query(false, |query| {
                            query.search.clear();
                            query.regions.clear();
                            query.statuses.clear();
                            query.live = cutline_domain::layout::LiveFilter { classes: ClassSet::default(), changed_only: false };
                        })>"Clear the filters"</button>
                    </EmptyState>
                </div>
            }
        })
    };
    view! {
        <div class="grid" node_ref=grid role="treegrid" aria-label="Planner items" aria-multiselectable="true" tabindex="0"
            aria-rowcount=move || lines.get() + 1 aria-colcount="9" aria-activedescendant=active_id
            on:scroll=move |_| measure()
            on:keydown=move |event| grid_keys::pressed(board, grid, &event)>
            <ColumnHeads/>
            <div class="grid__sticky" aria-hidden="true"><Sticky scroll/></div>
            <div class="grid__canvas" role="rowgroup" style=canvas>
                <For each=move || 0..slots.get() key=|nr| *nr children=move |nr| view! { <Slot nr first/> }/>
            </div>
            {nothing}
        </div>
    }
}

/// Measures whenever the grid's size changes; the splitter, the window and the first layout all come through here.
#[cfg(feature = "hydrate")]
fn watch_size(grid: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    Effect::new(move |_| {
        let Some(element) = grid.get() else { return };
        measure();
        let changed = Closure::<dyn Fn()>::new(measure);
        if let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, changed));
            on_cleanup(move || {
                kept.with_value(|(observer, _)| observer.disconnect());
                kept.dispose();
            });
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn watch_size(_: NodeRef<html::Div>, _: impl Fn() + Copy + 'static) {}

/// Fetches the texts of rows that come into view, once scrolling or dragging rests.
fn fetch_texts(board: Board, window: Memo<Window>) {
    const REST: Duration = Duration::from_millis(60);
    let asked = StoredValue::new(0u32);
    Effect::new(move |_| {
        let window = window.get();
        board.filled.get();
        let ticket = asked.get_value() + 1;
        asked.set_value(ticket);
        let missing = move || {
            board.texts.with_untracked(|texts| {
                board.columns.with_untracked(|columns| {
                    untrack(|| {
                        board.with_layout(|layout| {
                            let from = window.first.saturating_sub(window.lines);
                            let lines = (from..window.first + 2 * window.lines).filter_map(|at| layout.line(at));
                            let seqs = lines.filter_map(|line| match line {
                                Place::Row(_, _, index) => columns.seqs.get(index as usize).copied(),
                                _ => None,
                            });
                            seqs.filter(|seq| !texts.contains_key(seq)).collect::<Vec<u32>>()
                        })
                    })
                })
            })
        };
        set_timeout(
            move || {
                if asked.try_get_value() == Some(ticket) {
                    board.fetch_texts(missing());
                }
            },
            REST,
        );
    });
}

#[component]
fn ColumnHeads() -> impl IntoView {
    let board = Board::get();
    let measure = board.cycle.with_untracked(|cycle| grid_row::capitalised(&cycle.measure));
    let head = move |(key, title, class): (SortKey, String, &'static str)| {
        let sort = move || board.query.with(|query| query.sort);
        let direction = move || match sort() {
            Sort { key: now, descending: true } if now == key => "descending",
            Sort { key: now, .. } if now == key => "ascending",
            _ => "none",
        };
        let arrow = move || {
            (sort().key == key).then(|| {
                if sort().descending {
                    view! { <Icon name="arrow-down"/> }
                } else {
                    view! { <Icon name="arrow-up"/> }
                }
            })
        };
        // A first click sorts numbers and classes from the top, texts from A.
        let first_down = matches!(key, SortKey::Score | SortKey::Current | SortKey::Override);
        let click = move |_| {
            board.change_query(false, |query| {
                let descending = if query.sort.key == key { !query.sort.descending } else { first_down };
                query.sort = Sort { key, descending };
            });
        };
        view! {
            <span class=format!("grid__cell {class}") role="columnheader" aria-sort=direction>
                <button class="grid__sort" tabindex="-1" on:click=click>{title}{arrow}</button>
            </span>
        }
    };
    let heads = [
        (SortKey::Name, "Name".to_owned(), ""),
        (SortKey::Id, "Id".to_owned(), ""),
        (SortKey::Specialty, "Specialty".to_owned(), "grid__cell--specialty"),
        (SortKey::Region, "Region".to_owned(), ""),
        (SortKey::Score, measure, "grid__cell--num"),
        (SortKey::Current, "Current → proposed".to_owned(), "grid__cell--move"),
        (SortKey::Override, "Override".to_owned(), ""),
        (SortKey::Status, "Status".to_owned(), ""),
    ];
    let all = Memo::new(move |_| grid_keys::selectable(board));
    let chosen =
        move || all.with(|all| !all.is_empty() && board.selected.with(|s| all.iter().all(|seq| s.contains(seq))));
    let choose = move |_| {
        let on = !untrack(chosen);
        board.selected.update(|selected| {
            all.with_untracked(|all| {
                if on {
                    selected.extend(all.iter().copied());
                } else {
                    for seq in all {
                        selected.remove(seq);
                    }
                }
            });
        });
    };
    view! {
        <div role="rowgroup" class="grid__heads">
            <div class="grid__row grid__row--head" role="row" aria-rowindex="1">
                <span class="grid__cell grid__cell--check" role="columnheader">
                    {move || board.deciding().then(|| view! {
                        <input class="checkbox" type="checkbox" tabindex="-1" aria-label="Select all shown" prop:checked=chosen on:change=choose/>
                    })}
                    <span class="visually-hidden">"Selection"</span>
                </span>
                {heads.map(head).collect_view()}
            </div>
        </div>
    }
}

/// The header of the group a scroll is inside, kept in view.
#[component]
fn Sticky(scroll: RwSignal<u32>) -> impl IntoView {
    let board = Board::get();
    let line = Memo::new(move |_| {
        let from = scroll.get();
        board.with_layout(|layout| {
            let section = match layout.line(geometry::line_at(layout, from))? {
                Place::Section(section) if from == geometry::top(layout, layout.sections[section].line) => {
                    return None;
                }
                Place::Section(section) | Place::Group(section, _) | Place::Row(section, ..) => section,
            };
            (layout.lines() != layout.items).then(|| Line::section(board, layout, section))
        })
    });
    move || {
        line.get().map(|line| view! {
            <div class="grid__group"><span class="grid__cellwide"><SectionContent line=Signal::stored(line)/></span></div>
        })
    }
}

/// What can be done with the selection.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let board = Board::get();
    let count = Memo::new(move |_| board.selected.with(std::collections::BTreeSet::len));
    let accepted = Memo::new(move |_| {
        board.columns.with(|columns| {
            board.selected.with(|selected| {
                let mut items = selected.iter().filter_map(|seq| columns.index_of(*seq));
                items.any(|index| columns.status(index) == Status::Accepted)
            })
        })
    });
    let busy = move || board.busy.get().to_string();
    let chosen = move || board.selected.with_untracked(|selected| selected.iter().copied().collect::<Vec<u32>>());
    move || {
        (count.get() > 0 && board.deciding()).then(|| view! {
            <div class="selection" role="toolbar" aria-label="Decide selected items">
                <span class="selection__count" role="status">{move || grouped(count.get() as u64)}" selected"</span>
                <button class="button" aria-keyshortcuts="A" aria-busy=busy on:click=move |_| board.decide(chosen(), ItemCommand::Accept)>
                    "Accept "<span class="kbd" aria-hidden="true">"A"</span>
                </button>
                <button class="button" aria-keyshortcuts="O" on:click=move |_| board.dialogs.ask_override(chosen())>
                    "Override "<span class="kbd" aria-hidden="true">"O"</span>
                </button>
                <button class="button" aria-keyshortcuts="R" on:click=move |_| board.dialogs.ask_reject(chosen())>
                    "Reject "<span class="kbd" aria-hidden="true">"R"</span>
                </button>
                {move || accepted.get().then(|| view! {
                    <button class="button" aria-keyshortcuts="W" on:click=move |_| board.decide(chosen(), ItemCommand::Withdraw)>
                        "Withdraw "<span class="kbd" aria-hidden="true">"W"</span>
                    </button>
                })}
                <button class="icon-button" aria-label="Clear the selection" on:click=move |_| board.selected.update(std::collections::BTreeSet::clear)>
                    <Icon name="cross"/>
                </button>
            </div>
        })
    }
}

/// Height of the column header: what a scroll into view must leave free.
pub const fn head_height() -> u32 {
    HEAD
}
