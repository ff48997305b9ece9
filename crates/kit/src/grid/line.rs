//! One line of the grid: a header or a row. A slot stays where it is and shows whatever line the window puts there; only
//! what differs is touched.

use super::keys::extend_to;
use super::source::{RowSlot, Source};
use crate::parts::Icon;
use cutline_domain::table::layout::{Layout, Line as Place};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// What a line shows.
#[derive(Clone, PartialEq)]
enum Line<H, R> {
    Header { heading: H, sub: bool, folded: bool },
    Row { position: u32, row: R },
}

fn line<S: Source>(source: S, layout: &Layout, at: u32) -> Option<Line<S::Heading, S::Row>> {
    Some(match layout.line(at)? {
        Place::Section(section) => {
            let folded = layout.sections[section].folded;
            Line::Header { heading: source.heading(layout, section, None), sub: false, folded }
        }
        Place::Group(section, group) => {
            let folded = layout.sections[section].groups[group].folded;
            Line::Header { heading: source.heading(layout, section, Some(group)), sub: true, folded }
        }
        Place::Row(_, _, position) => Line::Row { position, row: source.row(position) },
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Section,
    Group,
    Row,
}

/// A place in the window. `first`: the line of number 0. `columns`: with the one of checkboxes.
#[component]
pub fn Slot<S: Source>(source: S, nr: u32, first: Signal<u32>, columns: usize) -> impl IntoView {
    let state = source.state();
    let at = Memo::new(move |_| first.get() + nr);
    let line = Memo::new(move |_| state.with_layout(|layout| line(source, layout, at.get())));
    let kind = Memo::new(move |_| match &*line.read() {
        Some(Line::Header { sub: false, .. }) => Some(Kind::Section),
        Some(Line::Header { sub: true, .. }) => Some(Kind::Group),
        Some(Line::Row { .. }) => Some(Kind::Row),
        None => None,
    });
    move || match kind.get()? {
        Kind::Section => Some(view! { <Header source nr at line columns sub=false /> }.into_any()),
        Kind::Group => Some(view! { <Header source nr at line columns sub=true /> }.into_any()),
        Kind::Row => Some(view! { <Row source nr at line /> }.into_any()),
    }
}

type Shown<S> = Memo<Option<Line<<S as Source>::Heading, <S as Source>::Row>>>;

#[component]
fn Header<S: Source>(source: S, nr: u32, at: Memo<u32>, line: Shown<S>, columns: usize, sub: bool) -> impl IntoView {
    let state = source.state();
    let open = move || (!matches!(&*line.read(), Some(Line::Header { folded: true, .. }))).to_string();
    let heading = Memo::new(move |_| match &*line.read() {
        Some(Line::Header { heading, .. }) => Some(heading.clone()),
        _ => None,
    });
    let toggle = move |_: MouseEvent| {
        state.active.set(at.get_untracked());
        state.fold(at.get_untracked());
    };
    view! {
        <div
            class="grid__group"
            class=("grid__group--sub", sub)
            role="row"
            id=format!("line-{nr}")
            prop:ariaLevel=if sub { "2" } else { "1" }
            aria-expanded=open
            aria-rowindex=move || at.get() + 2
            data-active=move || (state.active.get() == at.get()).then_some("")
            on:click=toggle
        >
            <span class="grid__cellwide" role="gridcell" aria-colspan=columns>
                {move || heading.get().map(|heading| view! { <HeadingContent source heading /> })}
            </span>
        </div>
    }
}

/// What a header says, behind its twist.
#[component]
pub fn HeadingContent<S: Source>(source: S, heading: S::Heading) -> impl IntoView {
    view! {
        <span class="grid__twist" aria-hidden="true">
            <Icon name="chevron-down" />
        </span>
        {source.heading_view(heading)}
    }
}

#[component]
fn Row<S: Source>(source: S, nr: u32, at: Memo<u32>, line: Shown<S>) -> impl IntoView {
    let state = source.state();
    let row = Memo::new(move |before: Option<&Option<S::Row>>| match &*line.read() {
        Some(Line::Row { row, .. }) => Some(row.clone()),
        // A slot about to become a header keeps its last row until it is gone.
        _ => before.cloned().flatten(),
    });
    let id = Memo::new(move |before: Option<&u32>| {
        let now = match &*line.read() {
            Some(Line::Row { position, .. }) => source.id(*position),
            _ => None,
        };
        now.or(before.copied()).unwrap_or(u32::MAX)
    });
    let chosen = Memo::new(move |_| state.selected.read().contains(&id.get()));
    let is_muted = Memo::new(move |_| row.read().as_ref().is_some_and(|row| source.is_muted(row)));
    let can_choose =
        Memo::new(move |_| source.choosing() && row.read().as_ref().is_some_and(|row| source.can_choose(row)));
    let click = move |event: MouseEvent| {
        state.active.set(at.get_untracked());
        if event.shift_key() && untrack(|| source.choosing()) {
            extend_to(source, at.get_untracked());
        }
    };
    let check = move |event: MouseEvent| {
        event.stop_propagation();
        state.active.set(at.get_untracked());
        state.toggle(id.get_untracked());
    };
    let checkbox = move || {
        can_choose.get().then(|| {
            view! {
                <input
                    class="checkbox"
                    type="checkbox"
                    tabindex="-1"
                    aria-label=move || format!("Select {}", source.name(id.get()))
                    prop:checked=chosen
                    on:click=check
                />
            }
        })
    };
    view! {
        <div
            class="grid__row"
            class=("grid__row--muted", is_muted)
            role="row"
            id=format!("line-{nr}")
            prop:ariaLevel="3"
            aria-rowindex=move || at.get() + 2
            aria-selected=move || chosen.get().to_string()
            data-active=move || (state.active.get() == at.get()).then_some("")
            on:click=click
            on:dblclick=move |_| source.open(id.get_untracked())
            on:mouseenter=move |_| state.hover.set(Some(at.get_untracked()))
        >
            <span class="grid__cell grid__cell--check" role="gridcell">
                {checkbox}
            </span>
            {source.cells(RowSlot { row, id, at })}
        </div>
    }
}
