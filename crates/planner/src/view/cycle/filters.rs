//! Search, filters and grouping of the grid.

use super::board::Board;
use super::query_string::chosen_classes;
use crate::components::{ClassChip, StatusBadge};
use crate::planner::selection::within;
use cutline_domain::format::grouped;
use cutline_domain::ids::RegionId;
use cutline_domain::layout::Grouping;
use cutline_domain::{Class, Status};
use leptos::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(200);

/// The bar over the grid.
#[component]
pub fn Filters() -> impl IntoView {
    let board = Board::get();
    let changed = move || board.query.with(|query| query.live.changed_only);
    let toggle = move |_| board.change_query(false, |query| query.live.changed_only = !query.live.changed_only);
    view! {
        <div class="planner__filters" role="search" aria-label="Filter items">
            <Search/>
            <RegionFilter/>
            <ClassFilter/>
            <StatusFilter/>
            <button class="filter" aria-pressed=move || changed().to_string() on:click=toggle>"Changed only"</button>
            <div class="planner__view"><GroupBy/></div>
        </div>
    }
}

#[component]
fn Search() -> impl IntoView {
    let board = Board::get();
    let typed = RwSignal::new(board.query.with_untracked(|query| query.search.clone()));
    // Going back in the history changes the search from outside.
    Effect::new(move |_| {
        let search = board.query.with(|query| query.search.clone());
        if typed.with_untracked(|typed| typed.trim() != search) {
            typed.set(search);
        }
    });
    let ask = move |text: String| {
        typed.set(text.clone());
        set_timeout(
            move || {
                if typed.try_get_untracked().is_some_and(|now| now == text) {
                    board.change_query(true, |query| text.trim().clone_into(&mut query.search));
                }
            },
            REST,
        );
    };
    view! {
        <div class="search">
            <input class="input" type="search" id="item-search" placeholder="Search name or id" aria-label="Search name or id"
                prop:value=typed on:input=move |event| ask(event_target_value(&event))/>
            <span class="kbd" aria-hidden="true">"/"</span>
        </div>
    }
}

/// A filter button with its popover. `value`: what is chosen, empty for nothing.
#[component]
fn Popover(
    id: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] clear: Callback<()>,
    children: Children,
) -> impl IntoView {
    let set = move || value.with(|value| !value.is_empty());
    let shown = move || set().then(|| view! { " " <b>{value.get()}</b> });
    view! {
        <button class="filter" class=("filter--set", set) popovertarget=id>{label}{shown}</button>
        <div class="menu menu--wide" id=id popover aria-label=label>
            {children()}
            <div class="menu__foot">
                <button class="button button--ghost button--s" on:click=move |_| clear.run(())>"Clear"</button>
            </div>
        </div>
    }
}

#[component]
fn RegionFilter() -> impl IntoView {
    let board = Board::get();
    let value = Signal::derive(move || {
        board.cycle.with(|cycle| {
            board.query.with(|query| {
                let chosen = cycle.regions.iter().filter(|region| query.regions.contains(&region.id));
                chosen.map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ")
            })
        })
    });
    let find = RwSignal::new(String::new());
    let entries = Memo::new(move |_| tree(board));
    let shown = move || {
        let part = find.get().to_lowercase();
        let matches = |entry: &Entry| part.is_empty() || entry.name.to_lowercase().contains(&part);
        entries.with(|entries| entries.iter().filter(|entry| matches(entry)).cloned().collect::<Vec<_>>())
    };
    let toggle = move |id: RegionId| {
        board.change_query(false, |query| match query.regions.iter().position(|region| *region == id) {
            Some(at) => {
                query.regions.remove(at);
            }
            None => query.regions.push(id),
        });
    };
    let row = move |entry: Entry| {
        let id = entry.id;
        view! {
            <label class="menu__item" class=("menu__item--indent", entry.depth > 0)>
                <input class="checkbox" type="checkbox" prop:checked=move || board.query.with(|q| q.regions.contains(&id))
                    on:change=move |_| toggle(id)/>
                {entry.name}
                <span class="menu__end">{grouped(entry.items)}</span>
            </label>
        }
    };
    view! {
        <Popover id="f-region" label="Region" value clear=move |()| board.change_query(false, |q| q.regions.clear())>
            <div class="menu__search">
                <div class="search">
                    <input class="input" type="search" placeholder="Find a region" aria-label="Find a region"
                        prop:value=find on:input=move |event| find.set(event_target_value(&event))/>
                </div>
            </div>
            <div>
                <For each=shown key=|entry| (entry.id, entry.items) children=row/>
            </div>
        </Popover>
    }
}

/// A region in the filter: those that hold items, below the ones above them.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    id: RegionId,
    name: String,
    depth: usize,
    items: u32,
}

fn tree(board: Board) -> Vec<Entry> {
    board.cycle.with(|cycle| {
        let regions = &cycle.regions;
        let mut own = vec![0u32; regions.len()];
        board.columns.with(|columns| {
            for region in &columns.regions {
                if let Some(count) = own.get_mut(usize::from(*region)) {
                    *count += 1;
                }
            }
        });
        let mut children: HashMap<Option<RegionId>, Vec<usize>> = HashMap::new();
        for (i, region) in regions.iter().enumerate() {
            children.entry(region.parent).or_default().push(i);
        }
        for below in children.values_mut() {
            below.sort_by_key(|i| &regions[*i].name);
        }
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(usize, usize)> = children.get(&None).into_iter().flatten().rev().map(|i| (*i, 0)).collect();
        while let Some((i, depth)) = open.pop() {
            if !seen.insert(i) {
                continue;
            }
            let inside = within(regions, &[regions[i].id]);
            let items: u32 = own.iter().zip(inside).filter(|(_, inside)| *inside).map(|(count, _)| count).sum();
            if items > 0 {
                out.push(Entry { id: regions[i].id, name: regions[i].name.clone(), depth, items });
            }
            let below = children.get(&Some(regions[i].id)).into_iter().flatten();
            open.extend(below.rev().map(|child| (*child, depth + 1)));
        }
        out
    })
}

#[component]
fn ClassFilter() -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let value = Signal::derive(move || {
        board.cycle.with(|cycle| board.query.with(|q| chosen_classes(q, &cycle.scheme).join(", ")))
    });
    let classes = board.cycle.with_untracked(|cycle| cycle.scheme.len());
    let row = move |class: Option<Class>| {
        let chosen = move || board.query.with(|q| !q.live.classes.is_empty() && q.live.classes.holds(class));
        let count = move || {
            board
                .tally
                .with(|tally| class.map_or_else(|| tally.unscored.iter().sum(), |class| tally.class(class.index())))
        };
        let toggle = move |_| board.change_query(false, |q| q.live.classes = q.live.classes.toggled(class));
        let name = class.map_or_else(
            || "Unscored".to_owned(),
            |class| labels.with_value(|labels| format!("Class {}", labels[class.index()])),
        );
        view! {
            <label class="menu__item">
                <input class="checkbox" type="checkbox" prop:checked=chosen on:change=toggle/>
                <ClassChip class=class labels/>
                {name}
                <span class="menu__end">{move || grouped(count())}</span>
            </label>
        }
    };
    view! {
        <Popover id="f-class" label="Class" value clear=move |()| board.change_query(false, |q| q.live.classes = cutline_domain::layout::ClassSet::default())>
            {(0..classes as u8).rev().map(Class).map(Some).chain([None]).map(row).collect_view()}
        </Popover>
    }
}

#[component]
fn StatusFilter() -> impl IntoView {
    let board = Board::get();
    let value = Signal::derive(move || {
        board.query.with(|q| q.statuses.iter().map(|status| status.title()).collect::<Vec<_>>().join(", "))
    });
    let row = move |status: Status| {
        let toggle = move |_| {
            board.change_query(false, |q| match q.statuses.iter().position(|s| *s == status) {
                Some(at) => {
                    q.statuses.remove(at);
                }
                None => q.statuses.push(status),
            });
        };
        view! {
            <label class="menu__item">
                <input class="checkbox" type="checkbox" prop:checked=move || board.query.with(|q| q.statuses.contains(&status))
                    on:change=toggle/>
                <StatusBadge status/>
                <span class="menu__end">{move || grouped(board.tally.with(|tally| tally.status(status)))}</span>
            </label>
        }
    };
    view! {
        <Popover id="f-status" label="Status" value clear=move |()| board.change_query(false, |q| q.statuses.clear())>
            {Status::ALL.iter().copied().map(row).collect_view()}
        </Popover>
    }
}

#[component]
fn GroupBy() -> impl IntoView {
    let board = Board::get();
    let now = move || board.query.with(|query| query.grouping);
    let item = move |grouping: Grouping| {
        view! {
            <button class="menu__item" role="menuitemradio" aria-checked=move || (now() == grouping).to_string()
                popovertarget="f-group" popovertargetaction="hide"
                on:click=move |_| board.change_query(false, |query| query.grouping = grouping)>
                {grouping.title()}
            </button>
        }
    };
    view! {
        <button class="filter filter--set" popovertarget="f-group">"Group by "<b>{move || now().title()}</b></button>
        <div class="menu menu--end" id="f-group" popover role="menu" aria-label="Group by">
            {Grouping::ALL.map(item).collect_view()}
        </div>
    }
}
