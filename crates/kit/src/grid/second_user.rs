//! A second user of the grid beside the planner: cities by continent. One level of headers, other columns, ids that aren't
//! positions, and rows that can't all be chosen. What it needs is what any feature needs.

use super::keys::{extend_to, meant, sweepable, target};
use super::query_string::{self, Writer};
use super::{Column, Direction, Grid, GridState, RowSlot, SelectionBar, Source};
use cutline_domain::table::layout::{Layout, Levels};
use cutline_domain::table::query::Sort;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use std::str::FromStr;
use std::sync::Arc;

struct City {
    name: &'static str,
    continent: u16,
    thousands: u32,
    capital: bool,
}

const fn city(name: &'static str, continent: u16, thousands: u32, capital: bool) -> City {
    City { name, continent, thousands, capital }
}

const CITIES: [City; 6] = [
    city("Oslo", 1, 717, true),
    city("Lagos", 0, 15_946, false),
    city("Lyon", 1, 522, false),
    city("Nairobi", 0, 4_397, true),
    city("Porto", 1, 231, false),
    city("Quito", 2, 2_011, true),
];
const CONTINENTS: [&str; 3] = ["Africa", "Europe", "South America"];
/// A continent's header is folded by its place.
fn fold_of(continent: u16, _: Option<u16>) -> u32 {
    u32::from(continent)
}

const BY_CONTINENT: Levels = Levels::one(3, fold_of);

#[derive(Clone, Copy)]
struct Atlas {
    state: GridState,
    largest_first: RwSignal<bool>,
    least: RwSignal<u32>,
    opened: RwSignal<Option<u32>>,
}

impl Atlas {
    fn new() -> Self {
        let (largest_first, least) = (RwSignal::new(false), RwSignal::new(0));
        let state = GridState::new(move |layout, folds| {
            let mut order: Vec<u32> = (0..CITIES.len() as u32).collect();
            if largest_first.get() {
                order.sort_by_key(|at| std::cmp::Reverse(CITIES[*at as usize].thousands));
            }
            let least = least.get();
            let cell = |at: u32| {
                let city = &CITIES[at as usize];
                (city.thousands >= least).then(|| BY_CONTINENT.cell(city.continent, 0))
            };
            layout.fill(&Arc::new(order), cell, BY_CONTINENT, folds);
        });
        Self { state, largest_first, least, opened: RwSignal::new(None) }
    }
}

impl Source for Atlas {
    type Row = u32;
    type Heading = (&'static str, u32);

    fn label(self) -> &'static str {
        "Cities"
    }

    fn state(self) -> GridState {
        self.state
    }

    fn columns(self) -> Vec<Column> {
        let largest_first = self.largest_first;
        let sorted = move || if largest_first.get() { Direction::Down } else { Direction::None };
        let people = Column {
            title: "People".to_owned(),
            class: "grid__cell--num",
            direction: Signal::derive(sorted),
            sort: Callback::new(move |()| largest_first.set(true)),
        };
        let name = Column {
            title: "City".to_owned(),
            class: "",
            direction: Signal::stored(Direction::None),
            sort: Callback::new(|()| ()),
        };
        vec![name, people]
    }

    fn row(self, position: u32) -> u32 {
        position
    }

    fn id(self, position: u32) -> Option<u32> {
        CITIES.get(position as usize).map(|_| 100 + position)
    }

    fn name(self, id: u32) -> String {
        CITIES[id as usize - 100].name.to_owned()
    }

    fn is_muted(self, row: &u32) -> bool {
        CITIES[*row as usize].thousands < 500
    }

    fn cells(self, slot: RowSlot<u32>) -> AnyView {
        let city = move || slot.row.get().map(|at| &CITIES[at as usize]);
        view! {
            <span role="gridcell">{move || city().map(|city| city.name)}</span>
            <span role="gridcell">{move || city().map(|city| city.thousands)}</span>
        }
        .into_any()
    }

    fn heading(self, layout: &Layout, section: usize, _: Option<usize>) -> Self::Heading {
        let section = &layout.sections[section];
        (CONTINENTS[section.slot as usize], section.items)
    }

    fn heading_view(self, (continent, cities): Self::Heading) -> AnyView {
        view! { <b>{format!("{continent} has {cities}")}</b> }.into_any()
    }

    fn choosing(self) -> bool {
        true
    }

    fn can_choose(self, row: &u32) -> bool {
        !CITIES[*row as usize].capital
    }

    fn is_swept(self, position: u32) -> bool {
        !CITIES[position as usize].capital
    }

    fn open(self, id: u32) {
        self.opened.set(Some(id));
    }

    fn is_open(self) -> bool {
        self.opened.read().is_some()
    }

    fn close(self) -> bool {
        self.opened.try_update(Option::take).flatten().is_some()
    }

    fn letter(self, key: &str, meant: Vec<u32>) -> bool {
        key == "x" && !meant.is_empty()
    }

    fn in_view(self, _: Vec<u32>) {}

    fn nothing(self) -> AnyView {
        view! { <p>"No city is that large"</p> }.into_any()
    }
}

fn with_atlas<T>(test: impl FnOnce(Atlas) -> T) -> T {
    Owner::new().with(|| test(Atlas::new()))
}

/// The page as a server sends it, without the marks that hydration needs.
fn html(view: impl IntoView + 'static) -> String {
    view.into_any().to_html().replace("<!>", "")
}

/// The texts in the order in which they stand on the page.
fn in_order(page: &str, texts: &[&str]) {
    let places: Vec<usize> =
        texts.iter().map(|text| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"))).collect();
    assert!(places.is_sorted(), "{texts:?} stand at {places:?}");
}

#[test]
fn it_shows_its_own_columns_headers_and_rows() {
    with_atlas(|atlas| {
        let page = html(view! { <Grid source=atlas /> });
        in_order(
            &page,
            &["City", "People", "Africa has 2", "Lagos", "Nairobi", "Europe has 3", "Oslo", "Lyon", "Porto"],
        );
        in_order(&page, &["South America has 1", "Quito"]);
        assert!(page.contains(r#"aria-label="Cities""#), "{page}");
        // Nine lines and the column headers; checkbox, city and people.
        assert!(page.contains(r#"aria-rowcount="10""#) && page.contains(r#"aria-colcount="3""#), "{page}");
        assert_eq!(page.matches("grid__row--muted").count(), 1, "Porto is set back");
        let boxes = ["Lagos", "Lyon", "Porto"].map(|name| format!("Select {name}"));
        assert_eq!(page.matches("Select ").count(), boxes.len() + 1, "one each, and one for all");
        assert!(boxes.iter().all(|label| page.contains(label)), "{page}");
    });
}

#[test]
fn sorting_and_filtering_are_the_features_own() {
    with_atlas(|atlas| {
        atlas.columns()[1].sort.run(());
        atlas.least.set(500);
        let page = html(view! { <Grid source=atlas /> });
        in_order(&page, &["Lagos", "Nairobi", "Europe has 2", "Oslo", "Lyon", "Quito"]);
        assert!(page.contains("descending") && !page.contains("Porto"), "{page}");
        atlas.least.set(20_000);
        let page = html(view! { <Grid source=atlas /> });
        assert!(page.contains("No city is that large") && !page.contains("Africa"), "{page}");
    });
}

#[test]
fn folding_hides_a_continents_rows_and_keys_walk_what_is_left() {
    with_atlas(|atlas| {
        let lines = || atlas.state.with_layout(Layout::lines);
        assert_eq!((lines(), atlas.state.row_on(0), atlas.state.row_on(1)), (9, None, Some(1)));
        assert_eq!((target(atlas, 0, "ArrowDown"), target(atlas, 0, "End")), (Some(1), Some(8)));
        assert_eq!(target(atlas, 2, "ArrowLeft"), Some(0), "from a row to its header");
        assert_eq!(target(atlas, 0, "ArrowLeft"), None, "which then folds");
        atlas.state.fold(0);
        assert_eq!((lines(), atlas.state.row_on(1)), (7, None));
        assert_eq!(target(atlas, 0, "ArrowRight"), None, "and unfolds");
        assert_eq!((target(atlas, 0, "ArrowUp"), target(atlas, 6, "ArrowDown")), (Some(0), Some(6)), "the ends hold");
        assert_eq!(target(atlas, 0, "x"), None);
        let page = html(view! { <Grid source=atlas /> });
        assert!(!page.contains("Lagos") && page.contains(r#"aria-expanded="false""#), "{page}");
        atlas.state.fold(0);
        assert_eq!(lines(), 9);
    });
}

#[test]
fn rows_are_chosen_by_id_and_only_those_that_can_be() {
    with_atlas(|atlas| {
        assert_eq!(sweepable(atlas), [101, 102, 104], "all but the capitals, as shown");
        atlas.state.active.set(2);
        assert_eq!(meant(atlas), [103], "the row the keyboard is on");
        atlas.state.toggle(102);
        assert_eq!(meant(atlas), [102], "the chosen one goes before");
        // From Lyon on line 5 up to Lagos on line 1: Oslo and Nairobi between are capitals.
        extend_to(atlas, 1);
        assert_eq!(atlas.state.chosen(), [101, 102]);
        let bar = || {
            view! {
                <SelectionBar source=atlas label="Chosen cities">
                    "Visit"
                </SelectionBar>
            }
        };
        assert!(html(bar()).contains('2') && html(bar()).contains("Visit"));
        atlas.largest_first.set(true);
        assert_eq!(atlas.state.chosen(), [101, 102], "rows keep being chosen when they move");
        atlas.state.clear();
        assert!(!html(bar()).contains("Visit"), "nothing chosen, no bar");
        atlas.state.active.set(0);
        assert_eq!(meant(atlas), [0u32; 0], "a header is no row");
    });
}

#[derive(Debug, PartialEq, Eq)]
struct People;

impl FromStr for People {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        (text == "people").then_some(Self).ok_or(())
    }
}

#[test]
fn its_view_travels_in_the_address() {
    let mut writer = Writer::default();
    writer.text("q", "São Paulo & more 100%25 ~c");
    writer.text("nothing", "");
    writer.list("continent", ["Africa, north", "100 % Europe", "%2C"]);
    writer.text("sort", &query_string::sort_text("people", true));
    let address = writer.finish();
    assert!(address.starts_with("?q=") && !address.contains("nothing"), "{address}");
    let mut params = ParamsMap::new();
    for pair in address[1..].split('&') {
        let (key, value) = pair.split_once('=').unwrap();
        params.insert(key.to_owned(), leptos_router::location::Url::unescape(value));
    }
    assert_eq!(query_string::text(&params, "q"), "São Paulo & more 100%25 ~c");
    assert_eq!(query_string::list(&params, "continent"), ["Africa, north", "100 % Europe", "%2C"]);
    let sort = query_string::sort::<People>(&params.get("sort").unwrap());
    assert_eq!(sort, Some(Sort { key: People, descending: true }));
    assert_eq!(query_string::sort::<People>("size"), None, "an unknown key is no order");
    assert_eq!(Writer::default().finish(), "");
}
