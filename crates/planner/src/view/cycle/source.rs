//! The cycle's items as the grid shows them.

use super::board::Board;
use crate::model::RowText;
use crate::view::status::{StatusBadge, status_look};
use cutline_domain::base::format::{capitalised, grouped, shares, signed_tenths, tenths};
use cutline_domain::planner::approval::{ItemCommand, Status};
use cutline_domain::planner::grid::{ClassSet, Heading, LiveFilter, SortKey};
use cutline_domain::planner::snapshot::Row;
use cutline_domain::table::layout::Layout;
use cutline_domain::{Class, Percent};
use cutline_kit::grid::{Column, Direction, GridState, RowSlot, Source};
use cutline_kit::parts::{ClassChip, EmptyState, Icon, MoveChips, Skeleton};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// What a header shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    about: Heading,
    items: u32,
    /// For first-level headers.
    share: Option<Share>,
}

/// What part of the items shown a header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    /// Tenths of a percent.
    tenths: u32,
    /// Of which items, where it isn't all of the company's.
    of: Option<&'static str>,
    /// The company's plan for a class, in tenths that add up and as typed; none to compare with under a filter.
    plan: Option<(u32, Percent)>,
}

impl Source for Board {
    /// An item and its proposed class.
    type Row = (Row, Option<Class>);
    type Heading = Option<Head>;

    fn label(self) -> &'static str {
        "Planner items"
    }

    fn state(self) -> GridState {
        self.grid
    }

    fn columns(self) -> Vec<Column> {
        let measure = capitalised(&self.cycle.view.read_untracked().measure);
        let column = |(key, title, class): (SortKey, String, &'static str)| Column {
            title,
            class,
            direction: Signal::derive(move || {
                let sort = self.cycle.query.read().sort;
                match (sort.key == key, sort.descending) {
                    (false, _) => Direction::None,
                    (true, false) => Direction::Up,
                    (true, true) => Direction::Down,
                }
            }),
            // A first click sorts numbers and classes from the top, texts from A.
            sort: Callback::new(move |()| {
                let first_down = matches!(key, SortKey::Score | SortKey::Current | SortKey::Override);
                self.cycle.change_query(false, |query| query.sort = query.sort.clicked(key, first_down));
            }),
        };
        let columns = [
            (SortKey::Name, "Name".to_owned(), ""),
            (SortKey::Id, "Id".to_owned(), ""),
            (SortKey::Specialty, "Specialty".to_owned(), "grid__cell--specialty"),
            (SortKey::Region, "Region".to_owned(), ""),
            (SortKey::Score, measure, "grid__cell--num"),
            (SortKey::Current, "Current → proposed".to_owned(), "grid__cell--move"),
            (SortKey::Override, "Override".to_owned(), ""),
            (SortKey::Status, "Status".to_owned(), ""),
        ];
        columns.map(column).to_vec()
    }

    fn row(self, position: u32) -> Self::Row {
        let row = self.cycle.columns.read().row(position as usize);
        (row, row.score.map(|score| self.desk.borders.read().class_of(score)))
    }

    fn id(self, position: u32) -> Option<u32> {
        self.cycle.columns.read_untracked().seqs.get(position as usize).copied()
    }

    fn name(self, id: u32) -> String {
        self.cycle.texts.read().get(&id).map_or_else(String::new, |text| text.name.clone())
    }

    fn is_muted(self, (row, _): &Self::Row) -> bool {
        row.status == Status::Rejected
    }

    fn cells(self, slot: RowSlot<Self::Row>) -> AnyView {
        view! { <Cells board=self row=slot /> }.into_any()
    }

    fn heading(self, layout: &Layout, section: usize, group: Option<usize>) -> Self::Heading {
        let grouping = self.cycle.query.read().grouping;
        let this = &layout.sections[section];
        if let Some(group) = group {
            let group = &this.groups[group];
            return Some(Head { about: grouping.group(group.slot)?, items: group.items, share: None });
        }
        let about = grouping.section(this.slot)?;
        let counts: Vec<u32> = layout.sections.iter().map(|section| section.items).collect();
        let filtered = self.cycle.query.read().is_filtered();
        let plan = match about {
            Heading::Class(Some(class)) if !filtered => {
                let tenths = self.desk.planned_tenths().and_then(|all| all.get(class.index()).copied());
                tenths.zip(self.desk.planned_shares().and_then(|all| all.get(class.index()).copied()))
            }
            Heading::Class(_) | Heading::Status(_) => None,
        };
        let of = if filtered { Some("of those shown") } else { self.cycle.of_whom() };
        let share = Share { tenths: shares(&counts).get(section).copied()?, of, plan };
        Some(Head { about, items: this.items, share: Some(share) })
    }

    fn heading_view(self, heading: Self::Heading) -> AnyView {
        heading.map(|head| view! { <HeadContent board=self head /> }).into_any()
    }

    fn choosing(self) -> bool {
        self.deciding()
    }

    fn can_choose(self, (row, _): &Self::Row) -> bool {
        row.status != Status::Rejected
    }

    fn is_swept(self, position: u32) -> bool {
        self.cycle.columns.read().status(position as usize) == Status::InProgress
    }

    fn open(self, id: u32) {
        self.cycle.detail.set(Some(id));
    }

    fn is_open(self) -> bool {
        self.cycle.detail.read().is_some()
    }

    fn close(self) -> bool {
        let was_open = self.cycle.detail.read_untracked().is_some();
        if was_open {
            self.cycle.detail.set(None);
        }
        was_open
    }

    fn letter(self, key: &str, meant: Vec<u32>) -> bool {
        if !untrack(|| self.deciding()) {
            return false;
        }
        match key {
            "a" | "A" => self.decide(meant, ItemCommand::Accept),
            "w" | "W" => self.decide(meant, ItemCommand::Withdraw),
            "r" | "R" => self.asks.reject(meant),
            "o" | "O" => self.asks.overriding(meant),
            _ => return false,
        }
        true
    }

    fn in_view(self, positions: Vec<u32>) {
        let texts = self.cycle.texts.read_untracked();
        let seqs = positions.into_iter().filter_map(|position| self.id(position));
        let missing: Vec<u32> = seqs.filter(|seq| !texts.contains_key(seq)).collect();
        self.fetch_texts(missing);
    }

    fn nothing(self) -> AnyView {
        let clear = move |_| {
            self.cycle.change_query(false, |query| {
                query.search.clear();
                query.regions.clear();
                query.statuses.clear();
                query.current = ClassSet::default();
                query.live = LiveFilter::default();
            });
        };
        view! {
            <EmptyState
                icon="search"
                title="No item matches"
                text="Nothing in this cycle passes the search and filters above."
            >
                <button class="button button--primary" on:click=clear>
                    "Clear the filters"
                </button>
            </EmptyState>
        }
        .into_any()
    }
}

#[component]
fn Cells(board: Board, row: RowSlot<(Row, Option<Class>)>) -> impl IntoView {
    let labels = board.desk.subject.labels;
    let slot = row;
    let row = move || slot.row.read().as_ref().map(|(row, _)| *row);
    let text = Memo::new(move |_| board.cycle.texts.read().get(&slot.id.get()).cloned());
    let status = Memo::new(move |_| row().map_or(Status::InProgress, |row| row.status));
    let current = Memo::new(move |_| row().and_then(|row| row.current));
    let proposed = Memo::new(move |_| slot.row.read().as_ref().and_then(|(_, proposed)| *proposed));
    let overridden = Memo::new(move |_| row().and_then(|row| row.overridden));
    let region = Memo::new(move |_| row().map(|row| usize::from(row.region)));
    let changed = Memo::new(move |_| row().is_some_and(|row| row.score_changed));
    let score = Memo::new(move |_| row().and_then(|row| row.score));
    let region_name = move || {
        region.get().and_then(|region| board.cycle.view.read().regions.get(region).map(|region| region.code.clone()))
    };
    let value = move || match score.get() {
        Some(score) => score.to_string().into_any(),
        None => view! { <span class="muted">"unscored"</span> }.into_any(),
    };
    let cell = move |width: u32, read: fn(&RowText) -> &str| {
        move || match text.get() {
            Some(text) => read(&text).to_owned().into_any(),
            None => view! { <Skeleton width /> }.into_any(),
        }
    };
    // Under a preview the class that counts stays in sight.
    let counts = Memo::new(move |_| {
        let saved = board.previewing().then(|| board.cycle.saved_borders()).flatten()?;
        Some(saved.class_of(score.get()?)).filter(|class| Some(*class) != proposed.get())
    });
    let counts_as = move || {
        counts.get().map(|class| {
            view! { <span class="grid__counts">"counts as " <ClassChip class=Some(class) labels /></span> }
        })
    };
    let open = move |_: MouseEvent| board.cycle.detail.set(Some(slot.id.get_untracked()));
    let since = move || {
        changed.get().then(|| {
            view! {
                <span class="grid__since">
                    <Icon name="info" />
                    "score changed since"
                </span>
            }
        })
    };
    view! {
        <span class="grid__cell grid__cell--name" role="gridcell" on:click=open>
            {cell(110, |text| &text.name)}
            <Icon name="chevron-down" class="grid__open" />
        </span>
        <span class="grid__cell grid__cell--id" role="gridcell">
            {cell(60, |text| &text.external_id)}
        </span>
        <span class="grid__cell grid__cell--specialty" role="gridcell">
            {cell(90, |text| &text.specialty)}
        </span>
        <span class="grid__cell grid__cell--region" role="gridcell">
            {region_name}
        </span>
        <span class="grid__cell grid__cell--num" role="gridcell">
            {value}
        </span>
        <span class="grid__cell grid__cell--move" role="gridcell">
            <MoveChips from=current to=proposed labels />
            {counts_as}
        </span>
        <span class="grid__cell grid__cell--override" role="gridcell">
            <OverrideCell board overridden text />
        </span>
        <span class="grid__cell grid__cell--status" role="gridcell">
            {move || view! { <StatusBadge status=status.get() /> }}
            {since}
            <RowActions board seq=slot.id at=slot.at status />
        </span>
    }
}

#[component]
fn OverrideCell(board: Board, overridden: Memo<Option<Class>>, text: Memo<Option<Arc<RowText>>>) -> impl IntoView {
    let labels = board.desk.subject.labels;
    let suggested = move || text.read().as_ref().and_then(|text| text.suggested).map(Class);
    let reason = move || text.read().as_ref().and_then(|text| text.override_reason.clone());
    let chip = move |class: Class| {
        view! {
            <ClassChip class=Some(class) labels />
            <span class="grid__reason" title=reason>
                {reason}
            </span>
        }
    };
    move || match (overridden.get(), suggested()) {
        (Some(class), _) => chip(class).into_any(),
        (None, Some(class)) => view! {
            <span class="muted">"suggested"</span>
            {chip(class)}
        }
        .into_any(),
        (None, None) => ().into_any(),
    }
}

/// The decisions of a row under the pointer, while nothing is selected.
#[component]
fn RowActions(board: Board, seq: Memo<u32>, at: Memo<u32>, status: Memo<Status>) -> impl IntoView {
    let hovered = Memo::new(move |_| {
        board.grid.hover.get() == Some(at.get())
            && board.deciding()
            && status.get() == Status::InProgress
            && board.grid.selected.read().is_empty()
    });
    let act = move |run: fn(Board, Vec<u32>)| {
        move |event: MouseEvent| {
            event.stop_propagation();
            run(board, vec![seq.get_untracked()]);
        }
    };
    let button =
        move |name: &'static str, icon: &'static str, place: Option<&'static str>, run: fn(Board, Vec<u32>)| {
            view! {
                <button
                    class="icon-button icon-button--s"
                    tabindex="-1"
                    aria-label=name
                    data-tip=name
                    data-tip-at=place
                    on:click=act(run)
                >
                    <Icon name=icon />
                </button>
            }
        };
    move || {
        hovered.get().then(|| {
            view! {
                <span class="grid__acts">
                    {button("Accept", "check", None, |board, items| board.decide(items, ItemCommand::Accept))}
                    {button("Override", "edit", None, |board, items| board.asks.overriding(items))}
                    {button("Reject", "cross", Some("left"), |board, items| board.asks.reject(items))}
                </span>
            }
        })
    }
}

#[component]
fn HeadContent(board: Board, head: Head) -> impl IntoView {
    let labels = board.desk.subject.labels;
    let name = match head.about {
        Heading::Class(class) => {
            let name =
                class.map_or_else(|| "Unscored".to_owned(), |class| format!("Class {}", board.desk.label(class)));
            view! {
                <ClassChip class=class labels />
                <b>{name}</b>
            }
            .into_any()
        }
        Heading::Status(status) => {
            let (icon, look) = status_look(status);
            view! {
                <span class=format!("status status--{look}")>
                    <Icon name=icon />
                    {status.title()}
                </span>
            }
            .into_any()
        }
    };
    let items = grouped(head.items);
    let numbers = match (head.share, head.about) {
        (None, _) => view! { <span>{items}</span> }.into_any(),
        (Some(Share { tenths: share, of, plan: Some((planned, typed)) }), _) => {
            let said = match of {
                None => format!("{}% of plan {typed}%", tenths(share)),
                Some(of) => format!("{}% {of}, company plan {typed}%", tenths(share)),
            };
            let delta = of.is_none().then(|| signed_tenths(share.cast_signed() - planned.cast_signed()));
            view! {
                <b>{items}</b>
                <span class="grid__share">{said}</span>
                <span class="grid__delta">{delta}</span>
            }
            .into_any()
        }
        (Some(Share { of: None, .. }), Heading::Class(None)) => view! { <b>{items}</b> }.into_any(),
        (Some(Share { tenths: share, of, plan: None }), _) => view! {
            <b>{items}</b>
            <span class="grid__share">{tenths(share)} "% " {of}</span>
        }
        .into_any(),
    };
    view! {
        {name}
        {numbers}
    }
}
