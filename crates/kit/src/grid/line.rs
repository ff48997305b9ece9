//! One line of the grid: a header or an item. A slot stays where it is and shows whatever line the window puts there; only
//! what differs is touched.

use super::board::Board;
use super::geometry;
use crate::components::chip::status_look;
use crate::components::{ClassChip, Icon, MoveChips, Skeleton, StatusBadge};
use crate::planner::model::RowText;
use cutline_domain::approval::ItemCommand;
use cutline_domain::format::{grouped, shares, signed_tenths, tenths};
use cutline_domain::layout::{Layout, Line as Place};
use cutline_domain::snapshot::Row;
use cutline_domain::{Class, Status};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// What a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A first-level header.
    Section {
        class: Option<Class>,
        status: Option<Status>,
        items: u32,
        /// Tenths of a percent of all items shown, and of plan for classes.
        share: u32,
        planned: Option<u32>,
        folded: bool,
    },
    /// A second-level header.
    Group { class: Option<Class>, status: Status, by_status: bool, items: u32, folded: bool },
    /// An item and its proposed class.
    Item { row: Row, proposed: Option<Class> },
}

impl Line {
    /// A first-level header as shown.
    pub fn section(board: Board, layout: &Layout, index: usize) -> Self {
        let section = &layout.sections[index];
        let counts: Vec<u32> = layout.sections.iter().map(|section| section.items).collect();
        let planned = section.class.map(|class| board.planned_tenths()[class.index()]);
        Self::Section {
            class: section.class,
            status: section.status,
            items: section.items,
            share: shares(&counts)[index],
            planned,
            folded: section.folded,
        }
    }

    fn at(board: Board, layout: &Layout, at: u32) -> Option<Self> {
        Some(match layout.line(at)? {
            Place::Section(section) => Self::section(board, layout, section),
            Place::Group(section, group) => {
                let by_status = layout.sections[section].status.is_some();
                let (group, _, folded) = layout.sections[section].groups[group];
                Self::Group { class: group.class, status: group.status, by_status, items: group.items, folded }
            }
            Place::Row(_, _, index) => {
                let row = board.columns.with(|columns| columns.row(index as usize));
                let proposed = board.borders.with(|borders| row.score.map(|score| borders.class_of(score)));
                Self::Item { row, proposed }
            }
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Section,
    Group,
    Item,
}

/// A place in the window. `first`: the line of number 0.
#[component]
pub fn Slot(nr: u32, first: Signal<u32>) -> impl IntoView {
    let board = Board::get();
    let at = Memo::new(move |_| first.get() + nr);
    let line = Memo::new(move |_| board.with_layout(|layout| Line::at(board, layout, at.get())));
    let kind = Memo::new(move |_| {
        line.get().map(|line| match line {
            Line::Section { .. } => Kind::Section,
            Line::Group { .. } => Kind::Group,
            Line::Item { .. } => Kind::Item,
        })
    });
    let place = Memo::new(move |_| board.with_layout(|layout| geometry::top(layout, at.get().min(layout.lines()))));
    let style = Signal::derive(move || format!("--y:{}px", place.get()));
    let line = Signal::derive(move || line.get());
    move || match kind.get()? {
        Kind::Section => Some(view! { <Header nr at line style sub=false/> }.into_any()),
        Kind::Group => Some(view! { <Header nr at line style sub=true/> }.into_any()),
        Kind::Item => Some(view! { <Item nr at line style/> }.into_any()),
    }
}

fn is_active(board: Board, at: Memo<u32>) -> impl Fn() -> Option<&'static str> + Copy {
    move || (board.active.get() == at.get()).then_some("")
}

#[component]
fn Header(nr: u32, at: Memo<u32>, line: Signal<Option<Line>>, style: Signal<String>, sub: bool) -> impl IntoView {
    let board = Board::get();
    let open = move || {
        let folded = matches!(line.get(), Some(Line::Section { folded: true, .. } | Line::Group { folded: true, .. }));
        (!folded).to_string()
    };
    let content = Signal::derive(move || line.get());
    let toggle = move |_: MouseEvent| {
        board.active.set(at.get_untracked());
        super::grid_keys::fold(board, at.get_untracked());
    };
    view! {
        <div class="grid__group" class=("grid__group--sub", sub) role="row" id=format!("line-{nr}")
            prop:ariaLevel=if sub { "2" } else { "1" } aria-expanded=open aria-rowindex=move || at.get() + 2
            data-active=is_active(board, at) style=style on:click=toggle>
            <span class="grid__cellwide" role="gridcell" aria-colspan="9">
                {move || content.get().map(|line| view! { <SectionContent line=Signal::stored(line)/> })}
            </span>
        </div>
    }
}

/// What a header says.
#[component]
pub fn SectionContent(line: Signal<Line>) -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let named = move |class: Option<Class>| {
        let name = class.map_or_else(
            || "Unscored".to_owned(),
            |class| labels.with_value(|labels| format!("Class {}", labels[class.index()])),
        );
        view! { <ClassChip class=class labels/><b>{name}</b> }
    };
    let status = move |status: Status| {
        let (icon, look) = status_look(status);
        view! { <span class=format!("status status--{look}")><Icon name=icon/>{status.title()}</span> }
    };
    let content = match line.get_untracked() {
        Line::Section { class, status: Some(first), items, share, .. } if class.is_none() => view! {
            {status(first)}<b>{grouped(items)}</b><span class="grid__share">{tenths(share)}"%"</span>
        }
        .into_any(),
        Line::Section { class, items, share, planned, .. } => {
            let plan = planned.map(|planned| {
                let delta = share.cast_signed() - planned.cast_signed();
                view! {
                    <span class="grid__share">{tenths(share)}"% of plan "{tenths(planned)}"%"</span>
                    <span class="grid__delta">{signed_tenths(delta)}</span>
                }
            });
            view! { {named(class)}<b>{grouped(items)}</b>{plan} }.into_any()
        }
        Line::Group { class, by_status: true, items, .. } => {
            view! { {named(class)}<span>{grouped(items)}</span> }.into_any()
        }
        Line::Group { status: own, items, .. } => view! { {status(own)}<span>{grouped(items)}</span> }.into_any(),
        Line::Item { .. } => ().into_any(),
    };
    view! {
        <span class="grid__twist" aria-hidden="true"><Icon name="chevron-down"/></span>
        {content}
    }
}

#[component]
fn Item(nr: u32, at: Memo<u32>, line: Signal<Option<Line>>, style: Signal<String>) -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let item = Memo::new(move |before: Option<&Option<(Row, Option<Class>)>>| match line.get() {
        Some(Line::Item { row, proposed }) => Some((row, proposed)),
        // A slot about to become a header keeps its last item until it is gone.
        _ => before.copied().flatten(),
    });
    let row = move || item.get().map(|(row, _)| row);
    let seq = Memo::new(move |_| row().map_or(u32::MAX, |row| row.seq));
    let text = Memo::new(move |_| board.texts.with(|texts| texts.get(&seq.get()).cloned()));
    let chosen = Memo::new(move |_| board.selected.with(|selected| selected.contains(&seq.get())));
    let status = Memo::new(move |_| row().map_or(Status::InProgress, |row| row.status));
    let current = Memo::new(move |_| row().and_then(|row| row.current));
    let proposed = Memo::new(move |_| item.get().and_then(|(_, proposed)| proposed));
    let overridden = Memo::new(move |_| row().and_then(|row| row.overridden));
    let region = Memo::new(move |_| row().map_or(u16::MAX, |row| row.region));
    let changed = Memo::new(move |_| row().is_some_and(|row| row.score_changed));
    let score = Memo::new(move |_| row().and_then(|row| row.score));
    let region_name = move || {
        board.cycle.with(|cycle| cycle.regions.get(usize::from(region.get())).map(|region| region.code.clone()))
    };
    let value = move || match score.get() {
        Some(score) => score.to_string().into_any(),
        None => view! { <span class="muted">"unscored"</span> }.into_any(),
    };
    let name = move || text.with(|text| text.as_ref().map_or_else(String::new, |text| text.name.clone()));
    let cell = move |width: u32, read: fn(&RowText) -> &str| {
        move || match text.get() {
            Some(text) => read(&text).to_owned().into_any(),
            None => view! { <Skeleton width/> }.into_any(),
        }
    };
    let click = move |event: MouseEvent| {
        board.active.set(at.get_untracked());
        if event.shift_key() && board.deciding() {
            super::grid_keys::extend_to(board, at.get_untracked());
        }
    };
    let open = move |_: MouseEvent| board.detail.set(Some(seq.get_untracked()));
    let check = move |event: MouseEvent| {
        event.stop_propagation();
        board.active.set(at.get_untracked());
        super::grid_keys::toggle(board, seq.get_untracked());
    };
    let selectable = move || board.deciding() && status.get() != Status::Rejected;
    view! {
        <div class="grid__row" class=("grid__row--rejected", move || status.get() == Status::Rejected) role="row"
            id=format!("line-{nr}") prop:ariaLevel="3" aria-rowindex=move || at.get() + 2
            aria-selected=move || chosen.get().to_string() data-active=is_active(board, at) style=style on:click=click
            on:dblclick=open on:mouseenter=move |_| board.hover.set(Some(at.get_untracked()))>
            <span class="grid__cell grid__cell--check" role="gridcell">
                {move || selectable().then(|| view! {
                    <input class="checkbox" type="checkbox" tabindex="-1" aria-label=move || format!("Select {}", name())
                        prop:checked=chosen on:click=check/>
                })}
            </span>
            <span class="grid__cell grid__cell--name" role="gridcell" on:click=open>{cell(110, |text| &text.name)}</span>
            <span class="grid__cell grid__cell--id" role="gridcell">{cell(60, |text| &text.external_id)}</span>
            <span class="grid__cell grid__cell--specialty" role="gridcell">{cell(90, |text| &text.specialty)}</span>
            <span class="grid__cell" role="gridcell">{region_name}</span>
            <span class="grid__cell grid__cell--num" role="gridcell">{value}</span>
            <span class="grid__cell grid__cell--move" role="gridcell"><MoveChips from=current to=proposed labels/></span>
            <span class="grid__cell grid__cell--override" role="gridcell">
                <OverrideCell overridden text labels/>
            </span>
            <span class="grid__cell grid__cell--status" role="gridcell">
                {move || view! { <StatusBadge status=status.get()/> }}
                {move || changed.get().then(|| view! { <span class="grid__since"><Icon name="info"/>"score changed since"</span> })}
                <RowActions seq at status/>
            </span>
        </div>
    }
}

#[component]
fn OverrideCell(
    overridden: Memo<Option<Class>>,
    text: Memo<Option<Arc<RowText>>>,
    labels: crate::components::chip::Labels,
) -> impl IntoView {
    let suggested = move || text.with(|text| text.as_ref().and_then(|text| text.suggested).map(Class));
    let reason = move || text.with(|text| text.as_ref().and_then(|text| text.override_reason.clone()));
    move || {
        match (overridden.get(), suggested()) {
        (Some(class), _) => view! {
            <ClassChip class=Some(class) labels/><span class="grid__reason" title=reason>{reason}</span>
        }
        .into_any(),
        (None, Some(class)) => view! {
            <span class="muted">"suggested"</span><ClassChip class=Some(class) labels/><span class="grid__reason" title=reason>{reason}</span>
        }
        .into_any(),
        (None, None) => ().into_any(),
    }
    }
}

/// The decisions of a row under the pointer, while nothing is selected.
#[component]
fn RowActions(seq: Memo<u32>, at: Memo<u32>, status: Memo<Status>) -> impl IntoView {
    let board = Board::get();
    let hovered = Memo::new(move |_| {
        board.hover.get() == Some(at.get())
            && board.deciding()
            && status.get() == Status::InProgress
            && board.selected.with(std::collections::BTreeSet::is_empty)
    });
    let one = move || vec![seq.get_untracked()];
    let act = move |run: fn(Board, Vec<u32>)| {
        move |event: MouseEvent| {
            event.stop_propagation();
            run(board, one());
        }
    };
    move || {
        hovered.get().then(|| view! {
            <span class="grid__acts">
                <button class="icon-button icon-button--s" tabindex="-1" aria-label="Accept" data-tip="Accept"
                    on:click=act(|board, items| board.decide(items, ItemCommand::Accept))><Icon name="check"/></button>
                <button class="icon-button icon-button--s" tabindex="-1" aria-label="Override" data-tip="Override"
                    on:click=act(|board, items| board.dialogs.ask_override(items))><Icon name="edit"/></button>
                <button class="icon-button icon-button--s" tabindex="-1" aria-label="Reject" data-tip="Reject" data-tip-at="left"
                    on:click=act(|board, items| board.dialogs.ask_reject(items))><Icon name="cross"/></button>
            </span>
        })
    }
}

/// With a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
