//! The grid's frame: the scrolled window, column headers, the header kept in view, and the bar for what is chosen.

use super::geometry;
use super::keys::{pressed, sweepable};
use super::line::{HeadingContent, Slot};
use super::source::{Column, Direction, Source};
use crate::browser::{walk, watch_size};
use crate::parts::{Connection, Icon};
use cutline_domain::base::format::grouped;
use cutline_domain::table::layout::{Layout, Line as Place};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;
use std::collections::BTreeSet;
use std::time::Duration;

/// Lines kept ready above and below the window.
const SPARE: u32 = 6;

/// The window: which lines are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    first: u32,
    lines: u32,
}

/// The grid over a source.
#[component]
pub fn Grid<S: Source>(
    /// What it shows.
    source: S,
) -> impl IntoView {
    let state = source.state();
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
        state.with_layout(|layout| {
            let first = geometry::line_at(layout, from).saturating_sub(SPARE);
            let last = geometry::line_at(layout, from + height) + SPARE;
            Window { first, lines: (last + 1 - first).min(layout.lines() - first.min(layout.lines())) }
        })
    });
    tell_view(source, window);
    let active_id = move || format!("line-{}", state.active.get().saturating_sub(window.get().first));
    let lines = Memo::new(move |_| state.with_layout(Layout::lines));
    let heads = source.columns();
    let columns = heads.len() + 1;
    let nothing = move || (lines.get() == 0).then(|| view! { <div class="grid__empty">{source.nothing()}</div> });
    view! {
        <div
            class="grid"
            node_ref=grid
            role="treegrid"
            aria-label=source.label()
            aria-multiselectable="true"
            tabindex="0"
            aria-rowcount=move || lines.get() + 1
            aria-colcount=columns
            aria-activedescendant=active_id
            on:scroll=move |_| measure()
            on:keydown=move |event| pressed(source, grid, &event)
        >
            <ColumnHeads source heads />
            <div class="grid__sticky" aria-hidden="true">
                <Sticky source scroll />
            </div>
            <Canvas source window columns />
            {nothing}
        </div>
    }
}

/// As high as all lines, with those in view where they belong.
#[component]
fn Canvas<S: Source>(source: S, window: Memo<Window>, columns: usize) -> impl IntoView {
    let state = source.state();
    let slots = Memo::new(move |_| window.get().lines);
    let first = Signal::derive(move || window.get().first);
    let height = move || state.with_layout(|layout| format!("--height:{}px", geometry::top(layout, layout.lines())));
    // One thing moves while scrolling, and no style of a line changes.
    let moved = move || {
        let at = state.with_layout(|layout| geometry::top(layout, first.get().min(layout.lines())));
        format!("transform:translateY({at}px)")
    };
    view! {
        <div class="grid__canvas" role="presentation" style=height>
            <div class="grid__window" role="rowgroup" style=moved>
                <For
                    each=move || 0..slots.get()
                    key=|nr| *nr
                    children=move |nr| view! { <Slot source nr first columns /> }
                />
            </div>
        </div>
    }
}

/// Tells the source which rows are in view, and a window above and below, once scrolling or dragging rests.
fn tell_view<S: Source>(source: S, window: Memo<Window>) {
    const REST: Duration = Duration::from_millis(60);
    let state = source.state();
    let asked = StoredValue::new(0u32);
    let connection = use_context::<Connection>();
    Effect::new(move |_| {
        let window = window.get();
        state.with_layout(|_| ());
        // What could not be fetched without a connection is asked for again.
        connection.map(Connection::returned);
        let ticket = asked.get_value() + 1;
        asked.set_value(ticket);
        let near = move || {
            let from = window.first.saturating_sub(window.lines);
            let lines = from..window.first + 2 * window.lines;
            state.with_layout_untracked(|layout| layout.rows_on(lines).map(|(_, row)| row).collect())
        };
        set_timeout(
            move || {
                // The page may have been left meanwhile.
                if asked.try_get_value() == Some(ticket) {
                    source.in_view(near());
                }
            },
            REST,
        );
    });
}

#[component]
fn ColumnHeads<S: Source>(source: S, heads: Vec<Column>) -> impl IntoView {
    let state = source.state();
    let head = |(at, column): (usize, Column)| {
        let Column { title, class, direction, sort } = column;
        let told = move || match direction.get() {
            Direction::None => "none",
            Direction::Up => "ascending",
            Direction::Down => "descending",
        };
        let arrow = move || match direction.get() {
            Direction::None => None,
            Direction::Up => Some(view! { <Icon name="arrow-up" /> }),
            Direction::Down => Some(view! { <Icon name="arrow-down" /> }),
        };
        view! {
            <span class=format!("grid__cell {class}") role="columnheader" aria-sort=told>
                <button class="grid__sort" tabindex=if at == 0 { "0" } else { "-1" } on:click=move |_| sort.run(())>
                    {title}
                    {arrow}
                </button>
            </span>
        }
    };
    // One stop for the Tab key; arrows walk along the heads, and down into the rows.
    let walked = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => Some(1),
            "ArrowLeft" => Some(-1),
            "Home" => None,
            // The grid would take these for its rows; what works everywhere works here too.
            "Enter" | " " | "ArrowDown" | "ArrowUp" | "End" | "PageDown" | "PageUp" => return event.stop_propagation(),
            letter if letter.len() == 1 && !event.ctrl_key() && !event.meta_key() && !matches!(letter, "/" | "?") => {
                return event.stop_propagation();
            }
            _ => return,
        };
        event.stop_propagation();
        event.prevent_default();
        if let Some(heads) = event.current_target().and_then(|heads| heads.dyn_into::<Element>().ok()) {
            walk(&heads, ".grid__sort", by);
        }
    };
    let all = Memo::new(move |_| sweepable(source));
    let chosen = move || {
        let (all, selected) = (all.read(), state.selected.read());
        !all.is_empty() && all.iter().all(|id| selected.contains(id))
    };
    let choose = move |_| {
        let on = !untrack(chosen);
        state.selected.update(|selected| {
            for id in all.read_untracked().iter() {
                if on {
                    selected.insert(*id)
                } else {
                    selected.remove(id)
                };
            }
        });
    };
    let checkbox = move || {
        source.choosing().then(|| {
            view! {
                <input
                    class="checkbox"
                    type="checkbox"
                    tabindex="-1"
                    aria-label="Select all shown"
                    prop:checked=chosen
                    on:change=choose
                />
            }
        })
    };
    view! {
        <div role="rowgroup" class="grid__heads" on:keydown=walked>
            <div class="grid__row grid__row--head" role="row" aria-rowindex="1">
                <span class="grid__cell grid__cell--check" role="columnheader">
                    {checkbox}
                    <span class="visually-hidden">"Selection"</span>
                </span>
                {heads.into_iter().enumerate().map(head).collect_view()}
            </div>
        </div>
    }
}

/// The header of the group a scroll is inside, kept in view.
#[component]
fn Sticky<S: Source>(source: S, scroll: RwSignal<u32>) -> impl IntoView {
    let state = source.state();
    let heading = Memo::new(move |_| {
        let from = scroll.get();
        state.with_layout(|layout| {
            let section = match layout.line(geometry::line_at(layout, from))? {
                Place::Section(section) if from == geometry::top(layout, layout.sections[section].line) => {
                    return None;
                }
                Place::Section(section) | Place::Group(section, _) | Place::Row(section, ..) => section,
            };
            (!layout.is_flat()).then(|| source.heading(layout, section, None))
        })
    });
    move || {
        heading.get().map(|heading| {
            view! {
                <div class="grid__group">
                    <span class="grid__cellwide">
                        <HeadingContent source heading />
                    </span>
                </div>
            }
        })
    }
}

/// What can be done with the chosen rows: how many, the feature's buttons, and choosing nothing.
#[component]
pub fn SelectionBar<S: Source>(
    /// The grid's source.
    source: S,
    /// What assistive technology calls it.
    label: &'static str,
    /// The buttons.
    children: ChildrenFn,
) -> impl IntoView {
    let state = source.state();
    let count = Memo::new(move |_| state.selected.read().len());
    let shown = move || count.get() > 0 && source.choosing();
    let children = StoredValue::new(children);
    view! {
        <Show when=shown>
            <div class="selection" role="toolbar" aria-label=label>
                <span class="selection__count" role="status">
                    {move || grouped(count.get() as u64)}
                    " selected"
                </span>
                {children.read_value()()}
                <button
                    class="icon-button"
                    aria-label="Clear the selection"
                    on:click=move |_| state.selected.update(BTreeSet::clear)
                >
                    <Icon name="cross" />
                </button>
            </div>
        </Show>
    }
}
