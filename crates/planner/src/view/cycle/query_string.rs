//! The grid's view in the URL, so that back, reload and sharing work: `?q=novak&region=CA,NV&class=A,B&status=accepted`.

use crate::planner::model::{CycleView, GridQuery};
use cutline_domain::layout::{Grouping, LiveFilter, Sort, SortKey};
use cutline_domain::{Class, ClassScheme, Status};
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;

/// Stands for "no class" among the classes.
const UNSCORED: &str = "unscored";

/// Reads the view; what it doesn't know it leaves out.
pub fn read(params: &ParamsMap, cycle: &CycleView) -> GridQuery {
    let list = |key: &str| -> Vec<String> {
        let text = params.get(key).unwrap_or_default();
        text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut live = LiveFilter { changed_only: params.get("changed").is_some(), ..LiveFilter::default() };
    for label in list("class") {
        match cycle.scheme.by_label(&label) {
            Some(class) => live.classes = live.classes.toggled(Some(class)),
            None if label == UNSCORED => live.classes = live.classes.toggled(None),
            None => {}
        }
    }
    let codes = list("region");
    GridQuery {
        search: params.get("q").unwrap_or_default(),
        regions: cycle.regions.iter().filter(|region| codes.contains(&region.code)).map(|region| region.id).collect(),
        statuses: list("status").iter().filter_map(|status| status.parse().ok()).collect(),
        live,
        sort: params.get("sort").and_then(|text| sort(&text)).unwrap_or_default(),
        grouping: match params.get("group").as_deref() {
            Some("status") => Grouping::StatusClass,
            Some("none") => Grouping::None,
            _ => Grouping::ClassStatus,
        },
    }
}

const KEYS: [(&str, SortKey); 8] = [
    ("name", SortKey::Name),
    ("id", SortKey::Id),
    ("specialty", SortKey::Specialty),
    ("region", SortKey::Region),
    ("score", SortKey::Score),
    ("current", SortKey::Current),
    ("override", SortKey::Override),
    ("status", SortKey::Status),
];

fn sort(text: &str) -> Option<Sort> {
    let (descending, name) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    KEYS.iter().find(|(key, _)| *key == name).map(|(_, key)| Sort { key: *key, descending })
}

/// Writes the view as a query string with its question mark; empty for the plain view.
pub fn write(query: &GridQuery, cycle: &CycleView) -> String {
    let plain = GridQuery::default();
    let mut parts = Vec::new();
    let mut part = |key: &str, value: String| parts.push(format!("{key}={}", Url::escape(&value)));
    if !query.search.is_empty() {
        part("q", query.search.clone());
    }
    if !query.regions.is_empty() {
        let codes = cycle.regions.iter().filter(|region| query.regions.contains(&region.id));
        part("region", codes.map(|region| region.code.as_str()).collect::<Vec<_>>().join(","));
    }
    if !query.live.classes.is_empty() {
        part("class", chosen_classes(query, &cycle.scheme).join(","));
    }
    if !query.statuses.is_empty() {
        let statuses: Vec<&str> = query.statuses.iter().map(|status: &Status| status.as_str()).collect();
        part("status", statuses.join(","));
    }
    if query.live.changed_only {
        part("changed", "only".to_owned());
    }
    match query.grouping {
        Grouping::ClassStatus => {}
        Grouping::StatusClass => part("group", "status".to_owned()),
        Grouping::None => part("group", "none".to_owned()),
    }
    if query.sort != plain.sort
        && let Some((key, _)) = KEYS.iter().find(|(_, key)| *key == query.sort.key)
    {
        part("sort", format!("{}{key}", if query.sort.descending { "-" } else { "" }));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// Labels of the classes a filter holds, highest first.
pub fn chosen_classes(query: &GridQuery, scheme: &ClassScheme) -> Vec<String> {
    if query.live.classes.is_empty() {
        return Vec::new();
    }
    let classes = (0..scheme.len() as u8).rev().map(Class).map(Some).chain([None]);
    let chosen = classes.filter(|class| query.live.classes.holds(*class));
    chosen.map(|class| class.map_or(UNSCORED, |class| scheme.label(class)).to_owned()).collect()
}
