//! Filters over a grid: a search that rests while typing, buttons with popovers, a tree of regions, and what to group by.

use crate::parts::Icon;
use cutline_domain::base::format::grouped;
use cutline_domain::base::ids::RegionId;
use cutline_domain::base::region::{Region, alphabetical, within};
use leptos::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How long typing must rest before anybody is asked.
const REST: Duration = Duration::from_millis(200);

/// The search field. `/` leads to it where the page says so ([`crate::page::Shortcuts`]).
#[component]
pub fn Search(
    /// Id of the input.
    id: &'static str,
    /// Its label and placeholder.
    label: &'static str,
    /// What is searched for now.
    #[prop(into)]
    now: Signal<String>,
    /// Searches for something else.
    #[prop(into)]
    ask: Callback<String>,
) -> impl IntoView {
    let typed = RwSignal::new(now.get_untracked());
    // Going back in the history changes the search from outside.
    Effect::new(move |_| {
        let search = now.get();
        if typed.read_untracked().trim() != search {
            typed.set(search);
        }
    });
    let input = move |text: String| {
        typed.set(text.clone());
        set_timeout(
            move || {
                if typed.try_get_untracked().is_some_and(|now| now == text) {
                    ask.run(text.trim().to_owned());
                }
            },
            REST,
        );
    };
    view! {
        <div class="search">
            <input
                class="input"
                type="search"
                id=id
                placeholder=label
                aria-label=label
                prop:value=typed
                on:input=move |event| input(event_target_value(&event))
            />
            <span class="kbd" aria-hidden="true">
                "/"
            </span>
        </div>
    }
}

/// A filter button with its popover.
#[component]
pub fn Popover(
    /// Id of the popover, unique on the page.
    id: &'static str,
    /// What it filters by.
    label: &'static str,
    /// What is chosen, empty for nothing.
    #[prop(into)]
    value: Signal<String>,
    /// Chooses nothing.
    #[prop(into)]
    clear: Callback<()>,
    /// The choices.
    children: Children,
) -> impl IntoView {
    let set = move || !value.read().is_empty();
    let shown = move || {
        set().then(|| {
            view! {
                " "
                <b>{value.get()}</b>
            }
        })
    };
    view! {
        <button class="filter" class=("filter--set", set) popovertarget=id>
            {label}
            {shown}
        </button>
        <div class="menu menu--wide" id=id popover aria-label=label>
            {children()}
            <div class="menu__foot">
                <button class="button button--ghost button--s" on:click=move |_| clear.run(())>
                    "Clear"
                </button>
            </div>
        </div>
    }
}

/// A region in the filter: those that hold rows, below the ones above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionEntry {
    /// Which.
    pub id: RegionId,
    /// Its name.
    pub name: String,
    /// 0 for those that lie in none.
    pub depth: usize,
    /// Rows in it and in all below.
    pub items: u32,
}

/// The regions that hold rows, each after the one it lies in, by name. `own`: rows directly in each, by its position.
pub fn region_entries(regions: &[Region], own: &[u32]) -> Vec<RegionEntry> {
    let mut children: HashMap<Option<RegionId>, Vec<usize>> = HashMap::new();
    for i in alphabetical(regions) {
        children.entry(regions[i].parent).or_default().push(i);
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
            out.push(RegionEntry { id: regions[i].id, name: regions[i].name.clone(), depth, items });
        }
        let below = children.get(&Some(regions[i].id)).into_iter().flatten();
        open.extend(below.rev().map(|child| (*child, depth + 1)));
    }
    out
}

/// The filter by region.
#[component]
pub fn RegionFilter(
    /// The regions offered.
    entries: Memo<Vec<RegionEntry>>,
    /// The regions chosen.
    #[prop(into)]
    chosen: Signal<Vec<RegionId>>,
    /// Names of the chosen ones.
    #[prop(into)]
    value: Signal<String>,
    /// Chooses a region, or takes it out.
    #[prop(into)]
    toggle: Callback<RegionId>,
    /// Chooses none.
    #[prop(into)]
    clear: Callback<()>,
    /// Id of the popover, unique on the page.
    #[prop(default = "f-region")]
    id: &'static str,
) -> impl IntoView {
    let find = RwSignal::new(String::new());
    let shown = move || {
        let part = find.read().to_lowercase();
        let matches = |entry: &&RegionEntry| part.is_empty() || entry.name.to_lowercase().contains(&part);
        entries.read().iter().filter(matches).cloned().collect::<Vec<_>>()
    };
    let row = move |entry: RegionEntry| {
        let region = entry.id;
        view! {
            <label class="menu__item" class=("menu__item--indent", entry.depth > 0)>
                <input
                    class="checkbox"
                    type="checkbox"
                    prop:checked=move || chosen.read().contains(&region)
                    on:change=move |_| toggle.run(region)
                />
                {entry.name}
                <span class="menu__end">{grouped(entry.items)}</span>
            </label>
        }
    };
    view! {
        <Popover id label="Region" value clear>
            <div class="menu__search">
                <div class="search">
                    <input
                        class="input"
                        type="search"
                        placeholder="Find a region"
                        aria-label="Find a region"
                        prop:value=find
                        on:input=move |event| find.set(event_target_value(&event))
                    />
                </div>
            </div>
            <div>
                <For each=shown key=|entry| (entry.id, entry.items) children=row />
            </div>
        </Popover>
    }
}

/// One of the choices of a filter.
#[component]
pub fn Choice(
    /// Whether it is chosen.
    #[prop(into)]
    chosen: Signal<bool>,
    /// How many rows it concerns.
    #[prop(into)]
    count: Signal<u32>,
    /// Chooses it, or takes it out.
    #[prop(into)]
    toggle: Callback<()>,
    /// What it is called.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="menu__item">
            <input class="checkbox" type="checkbox" prop:checked=chosen on:change=move |_| toggle.run(()) />
            {children()}
            <span class="menu__end">{move || grouped(count.get())}</span>
        </label>
    }
}

/// What to group by: a menu of a few ways.
#[component]
pub fn GroupBy<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The ways, as offered.
    ways: &'static [T],
    /// What each is called.
    title: fn(T) -> &'static str,
    /// The one in force.
    now: Signal<T>,
    /// Groups in another way.
    #[prop(into)]
    choose: Callback<T>,
    /// Id of the menu, unique on the page.
    #[prop(default = "f-group")]
    id: &'static str,
) -> impl IntoView {
    let item = move |way: T| {
        view! {
            <button
                class="menu__item"
                role="menuitemradio"
                aria-checked=move || (now.get() == way).to_string()
                popovertarget=id
                popovertargetaction="hide"
                on:click=move |_| choose.run(way)
            >
                {title(way)}
            </button>
        }
    };
    view! {
        <button class="filter filter--set" popovertarget=id>
            "Group by "
            <b>{move || title(now.get())}</b>
        </button>
        <div class="menu menu--end" id=id popover role="menu" aria-label="Group by">
            {ways.iter().copied().map(item).collect_view()}
        </div>
    }
}

/// A switch among the filters.
#[component]
pub fn Toggle(
    /// What it filters by.
    label: &'static str,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Turns it around.
    #[prop(into)]
    toggle: Callback<()>,
    /// An icon before the label.
    #[prop(optional)]
    icon: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button class="filter" aria-pressed=move || on.get().to_string() on:click=move |_| toggle.run(())>
            {icon.map(|name| view! { <Icon name /> })}
            {label}
        </button>
    }
}
