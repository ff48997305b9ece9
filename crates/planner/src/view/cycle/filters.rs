//! Search, filters and grouping of the planner's grid.

use super::board::Board;
use super::query_string::{NEW, UNSCORED, chosen_classes};
use crate::view::status::StatusBadge;
use cutline_domain::Class;
use cutline_domain::base::ids::RegionId;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{ClassSet, Grouping};
use cutline_kit::grid::filters::{Choice, GroupBy, Popover, RegionFilter, Search, Toggle, region_entries};
use cutline_kit::parts::ClassChip;
use leptos::prelude::*;

/// Id of the search field.
pub const SEARCH: &str = "item-search";

/// The bar over the grid.
#[component]
pub fn Filters() -> impl IntoView {
    let cycle = Board::get().cycle;
    let now = Signal::derive(move || cycle.query.read().search.clone());
    let ask = move |text: String| cycle.change_query(true, |query| query.search = text);
    let changed = Signal::derive(move || cycle.query.read().live.changed_only);
    let toggle = move |()| cycle.change_query(false, |query| query.live.changed_only = !query.live.changed_only);
    let grouping = Signal::derive(move || cycle.query.read().grouping);
    let group = move |grouping: Grouping| cycle.change_query(false, |query| query.grouping = grouping);
    view! {
        <div class="planner__filters" role="search" aria-label="Filter items">
            <Search id=SEARCH label="Search name or id" now ask />
            <Regions />
            <Classes current=false />
            <Classes current=true />
            <Statuses />
            <Toggle label="Changed only" on=changed toggle />
            <div class="planner__view">
                <GroupBy ways=Grouping::ALL title=Grouping::title now=grouping choose=group />
            </div>
        </div>
    }
}

/// Takes out of a list what is in it, else puts it in.
fn turn<T: PartialEq>(list: &mut Vec<T>, value: T) {
    match list.iter().position(|known| *known == value) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(value),
    }
}

#[component]
fn Regions() -> impl IntoView {
    let cycle = Board::get().cycle;
    let value = Signal::derive(move || {
        let (view, query) = (cycle.view.read(), cycle.query.read());
        let chosen = view.regions.iter().filter(|region| query.regions.contains(&region.id));
        chosen.map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ")
    });
    let entries = Memo::new(move |_| {
        let view = cycle.view.read();
        let mut own = vec![0u32; view.regions.len()];
        for region in &cycle.columns.read().regions {
            if let Some(count) = own.get_mut(usize::from(*region)) {
                *count += 1;
            }
        }
        region_entries(&view.regions, &own)
    });
    let chosen = Signal::derive(move || cycle.query.read().regions.clone());
    let toggle = move |id: RegionId| cycle.change_query(false, |query| turn(&mut query.regions, id));
    let clear = move |()| cycle.change_query(false, |query| query.regions.clear());
    view! { <RegionFilter entries chosen value toggle clear /> }
}

/// Classes that borders give, or that items have now.
#[component]
fn Classes(current: bool) -> impl IntoView {
    let board = Board::get();
    let cycle = board.cycle;
    let labels = board.desk.subject.labels;
    let (id, label, none, without) =
        if current { ("f-current", "Current", NEW, "New") } else { ("f-class", "Class", UNSCORED, "Unscored") };
    let classes = move || {
        let query = cycle.query.read();
        if current { query.current } else { query.live.classes }
    };
    let change = move |to: ClassSet| {
        cycle.change_query(false, |query| {
            let classes = if current { &mut query.current } else { &mut query.live.classes };
            *classes = to;
        });
    };
    let value = Signal::derive(move || chosen_classes(classes(), none, &cycle.view.read().scheme).join(", "));
    // By position, and last those without one.
    let held = Memo::new(move |_| {
        let columns = cycle.columns.read();
        let mut held = vec![0u32; Class::MOST + 1];
        for index in 0..columns.len() {
            let class = columns.current(index).map_or(Class::MOST, Class::index);
            if let Some(count) = held.get_mut(class) {
                *count += 1;
            }
        }
        held
    });
    let row = move |class: Option<Class>| {
        let chosen = Signal::derive(move || !classes().is_empty() && classes().holds(class));
        let count = Signal::derive(move || {
            let tally = board.desk.tally.read();
            match class {
                _ if current => held.read().get(class.map_or(Class::MOST, Class::index)).copied().unwrap_or_default(),
                Some(class) => tally.class(class.index()),
                None => tally.unscored.iter().sum(),
            }
        });
        let toggle = move |()| change(untrack(classes).toggled(class));
        let name = class.map_or_else(|| without.to_owned(), |class| format!("Class {}", board.desk.label(class)));
        view! {
            <Choice chosen count toggle>
                <ClassChip class=class labels />
                {name}
            </Choice>
        }
    };
    let all = cycle.view.read_untracked().scheme.highest_first().map(Some).chain([None]);
    let clear = move |()| change(ClassSet::default());
    view! {
        <Popover id label value clear>
            {all.map(row).collect_view()}
        </Popover>
    }
}

#[component]
fn Statuses() -> impl IntoView {
    let board = Board::get();
    let cycle = board.cycle;
    let value = Signal::derive(move || {
        cycle.query.read().statuses.iter().map(|status| status.title()).collect::<Vec<_>>().join(", ")
    });
    let row = move |status: Status| {
        let chosen = Signal::derive(move || cycle.query.read().statuses.contains(&status));
        let count = Signal::derive(move || board.with_status(status));
        let toggle = move |()| cycle.change_query(false, |query| turn(&mut query.statuses, status));
        view! {
            <Choice chosen count toggle>
                <StatusBadge status />
            </Choice>
        }
    };
    let clear = move |()| cycle.change_query(false, |query| query.statuses.clear());
    view! {
        <Popover id="f-status" label="Status" value clear>
            {Status::ALL.iter().copied().map(row).collect_view()}
        </Popover>
    }
}
