//! The planner's view in the URL: `?q=novak&region=CA,NV&class=A,B&status=accepted`.

use crate::model::CycleView;
use cutline_domain::ClassScheme;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{ClassSet, GridQuery, Grouping, HIGHEST_FIRST, LiveFilter};
use cutline_kit::grid::query_string::{Writer, list, sort, sort_text, text};
use leptos_router::params::ParamsMap;

/// Stands for "no class" among the classes that borders give.
pub const UNSCORED: &str = "unscored";
/// And among those that items have now.
pub const NEW: &str = "new";

/// Reads the view; what it doesn't know it leaves out.
pub fn read(params: &ParamsMap, cycle: &CycleView) -> GridQuery {
    let mut live = LiveFilter { changed_only: params.get("changed").is_some(), ..LiveFilter::default() };
    live.classes = classes(params, "class", UNSCORED, cycle);
    let codes = list(params, "region");
    GridQuery {
        search: text(params, "q"),
        regions: cycle.regions.iter().filter(|region| codes.contains(&region.code)).map(|region| region.id).collect(),
        statuses: list(params, "status").iter().filter_map(|status| status.parse().ok()).collect(),
        current: classes(params, "current", NEW, cycle),
        live,
        sort: params.get("sort").and_then(|text| sort(&text)).unwrap_or(HIGHEST_FIRST),
        grouping: match params.get("group").as_deref() {
            Some("status") => Grouping::StatusClass,
            Some("none") => Grouping::None,
            _ => Grouping::ClassStatus,
        },
    }
}

/// The classes that a key names.
fn classes(params: &ParamsMap, key: &str, none: &str, cycle: &CycleView) -> ClassSet {
    let mut classes = ClassSet::default();
    for label in list(params, key) {
        // The word goes first: a class that is called so can still be chosen in the page.
        match cycle.scheme.named(&label) {
            _ if label == none => classes = classes.toggled(None),
            Some(class) => classes = classes.toggled(Some(class)),
            None => {}
        }
    }
    classes
}

/// Writes the view as a query string with its question mark; empty for the plain view.
pub fn write(query: &GridQuery, cycle: &CycleView) -> String {
    let mut out = Writer::default();
    out.text("q", &query.search);
    let chosen = cycle.regions.iter().filter(|region| query.regions.contains(&region.id));
    out.list("region", chosen.map(|region| &region.code));
    out.list("class", chosen_classes(query.live.classes, UNSCORED, &cycle.scheme));
    out.list("current", chosen_classes(query.current, NEW, &cycle.scheme));
    out.list("status", query.statuses.iter().map(|status: &Status| status.as_str()));
    out.text("changed", if query.live.changed_only { "only" } else { "" });
    out.text(
        "group",
        match query.grouping {
            Grouping::ClassStatus => "",
            Grouping::StatusClass => "status",
            Grouping::None => "none",
        },
    );
    if query.sort != HIGHEST_FIRST {
        out.text("sort", &sort_text(query.sort.key.as_str(), query.sort.descending));
    }
    out.finish()
}

/// Codes of the classes a filter holds, highest first; `none` for "no class".
pub fn chosen_classes(chosen: ClassSet, none: &str, scheme: &ClassScheme) -> Vec<String> {
    if chosen.is_empty() {
        return Vec::new();
    }
    let classes = scheme.highest_first().map(Some).chain([None]);
    let chosen = classes.filter(|class| chosen.holds(*class));
    chosen.map(|class| class.map_or(none, |class| scheme.code(class)).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_domain::base::ids::{ClassId, CycleId, RegionId};
    use cutline_domain::base::kind::Kind;
    use cutline_domain::base::region::Region;
    use cutline_domain::planner::approval::CycleState;
    use cutline_domain::planner::grid::{Sort, SortKey};
    use cutline_domain::{Class, ClassSpec, Percent};
    use leptos_router::location::Url;
    use proptest::prelude::*;
    use strum::VariantArray;

    fn cycle() -> CycleView {
        let class = |(label, planned): (&str, u32)| ClassSpec {
            id: ClassId::new(),
            label: label.into(),
            code: String::new(),
            colour: None,
            planned: Percent::from_hundredths(planned).unwrap(),
            calls_per_year: None,
        };
        let region = |code: &str| Region { id: RegionId::new(), parent: None, code: code.into(), name: code.into() };
        CycleView {
            id: CycleId::new(),
            name: "2026 H2".into(),
            product: "Cardiolin".into(),
            specialties_label: "Primary care".into(),
            kind: Kind::Person,
            measure: "claims".into(),
            state: CycleState::Approving,
            revision: 3,
            scheme: ClassScheme::new([("C, low", 5000), ("50%", 3000), ("A&=?", 2000)].map(class).to_vec()).unwrap(),
            draft: None,
            frozen: None,
            regions: ["CA", "N,V", "O%R", "%2C"].map(region).to_vec(),
            manifest: None,
            sight: [1, 0],
        }
    }

    fn params(query: &str) -> ParamsMap {
        let mut map = ParamsMap::new();
        for (key, value) in query.trim_start_matches('?').split('&').filter_map(|part| part.split_once('=')) {
            map.insert(key.to_owned(), Url::unescape(value));
        }
        map
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            search in "[ -~é]{0,12}", regions in proptest::sample::subsequence(vec![0usize, 1, 2, 3], 0..=4),
            classes in proptest::sample::subsequence(vec![None, Some(0u8), Some(1), Some(2)], 0..=3),
            current in proptest::sample::subsequence(vec![None, Some(0u8), Some(1), Some(2)], 0..=3),
            statuses in proptest::sample::subsequence(Status::ALL.to_vec(), 0..=3), changed_only: bool,
            key in proptest::sample::select(SortKey::VARIANTS.to_vec()), descending: bool,
            grouping in proptest::sample::select(Grouping::ALL.to_vec()),
        ) {
            let cycle = cycle();
            let set = |classes: Vec<Option<u8>>| {
                classes.into_iter().fold(ClassSet::default(), |set, class| set.toggled(class.map(Class)))
            };
            let query = GridQuery {
                search,
                regions: regions.into_iter().map(|at| cycle.regions[at].id).collect(),
                statuses,
                current: set(current),
                live: LiveFilter { classes: set(classes), changed_only },
                sort: Sort { key, descending },
                grouping,
            };
            let text = write(&query, &cycle);
            prop_assert_eq!(read(&params(&text), &cycle), query, "{}", text);
        }
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let cycle = cycle();
        let labelled = read(&params("?class=C~c%20low"), &cycle);
        assert_eq!(write(&labelled, &cycle), "?class=CL", "a class in an older address goes by its label");
        let text = "?region=XX,CA&class=Z&status=done,accepted&sort=shoe&group=moon";
        let read = read(&params(text), &cycle);
        assert_eq!(write(&read, &cycle), "?region=CA&status=accepted");
        assert_eq!(write(&GridQuery::default(), &cycle), "");
    }
}
