//! The cycle's items as the grid shows them.

use super::board::Board;
use super::heading::{Head, HeadContent, head};
use crate::model::RowText;
use crate::view::status::StatusBadge;
use cutline_domain::Class;
use cutline_domain::base::format::capitalised;
use cutline_domain::planner::approval::{ItemCommand, Status};
use cutline_domain::planner::grid::{ClassSet, LiveFilter, SortKey};
use cutline_domain::planner::snapshot::Row;
use cutline_domain::table::layout::Layout;
use cutline_kit::grid::{Column, Direction, GridState, RowSlot, Source};
use cutline_kit::parts::{ClassChip, EmptyState, Icon, MoveChips, Skeleton};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

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
        head(self, layout, section, group)
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
            let meant = matches!(key, "a" | "A" | "w" | "W" | "r" | "R" | "o" | "O");
            if meant && untrack(|| self.cycle.deciding()) {
                self.toasts.bad(
                    "Nothing was changed",
                    "Under a preview nothing is decided: go back to the saved borders first.",
                );
            }
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
