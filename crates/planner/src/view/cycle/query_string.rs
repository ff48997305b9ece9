//! The planner's view in the URL: `?q=novak&region=CA,NV&class=A,B&status=accepted`.

use crate::model::CycleView;
use cutline_domain::ClassScheme;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{GridQuery, Grouping, HIGHEST_FIRST, LiveFilter};
use cutline_kit::grid::query_string::{Writer, list, sort, sort_text, text};
use leptos_router::params::ParamsMap;

/// Stands for "no class" among the classes.
const UNSCORED: &str = "unscored";

/// Reads the view; what it doesn't know it leaves out.
pub fn read(params: &ParamsMap, cycle: &CycleView) -> GridQuery {
    let mut live = LiveFilter { changed_only: params.get("changed").is_some(), ..LiveFilter::default() };
    for label in list(params, "class") {
        match cycle.scheme.by_label(&label) {
            Some(class) => live.classes = live.classes.toggled(Some(class)),
            None if label == UNSCORED => live.classes = live.classes.toggled(None),
            None => {}
        }
    }
    let codes = list(params, "region");
    GridQuery {
        search: text(params, "q"),
        regions: cycle.regions.iter().filter(|region| codes.contains(&region.code)).map(|region| region.id).collect(),
        statuses: list(params, "status").iter().filter_map(|status| status.parse().ok()).collect(),
        live,
        sort: params.get("sort").and_then(|text| sort(&text)).unwrap_or(HIGHEST_FIRST),
        grouping: match params.get("group").as_deref() {
            Some("status") => Grouping::StatusClass,
            Some("none") => Grouping::None,
            _ => Grouping::ClassStatus,
        },
    }
}

/// Writes the view as a query string with its question mark; empty for the plain view.
pub fn write(query: &GridQuery, cycle: &CycleView) -> String {
    let mut out = Writer::default();
    out.text("q", &query.search);
    let chosen = cycle.regions.iter().filter(|region| query.regions.contains(&region.id));
    out.list("region", chosen.map(|region| &region.code));
    out.list("class", chosen_classes(query, &cycle.scheme));
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

/// Labels of the classes a filter holds, highest first.
pub fn chosen_classes(query: &GridQuery, scheme: &ClassScheme) -> Vec<String> {
    if query.live.classes.is_empty() {
        return Vec::new();
    }
    let classes = scheme.highest_first().map(Some).chain([None]);
    let chosen = classes.filter(|class| query.live.classes.holds(*class));
    chosen.map(|class| class.map_or(UNSCORED, |class| scheme.label(class)).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_domain::base::ids::{CycleId, RegionId};
    use cutline_domain::base::kind::Kind;
    use cutline_domain::base::region::Region;
    use cutline_domain::planner::approval::CycleState;
    use cutline_domain::planner::grid::{ClassSet, Sort, SortKey};
    use cutline_domain::{Class, ClassSpec, Percent};
    use leptos_router::location::Url;
    use proptest::prelude::*;
    use strum::VariantArray;

    fn cycle() -> CycleView {
        let class = |(label, planned): (&str, u32)| ClassSpec {
            label: label.into(),
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
            scheme: ClassScheme::new([("C, low", 5000), ("50%", 3000), ("A&B=?", 2000)].map(class).to_vec()).unwrap(),
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
            statuses in proptest::sample::subsequence(Status::ALL.to_vec(), 0..=3), changed_only: bool,
            key in proptest::sample::select(SortKey::VARIANTS.to_vec()), descending: bool,
            grouping in proptest::sample::select(Grouping::ALL.to_vec()),
        ) {
            let cycle = cycle();
            let classes = classes.into_iter().fold(ClassSet::default(), |set, class| set.toggled(class.map(Class)));
            let query = GridQuery {
                search,
                regions: regions.into_iter().map(|at| cycle.regions[at].id).collect(),
                statuses,
                live: LiveFilter { classes, changed_only },
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
        let text = "?region=XX,CA&class=Z&status=done,accepted&sort=shoe&group=moon";
        let read = read(&params(text), &cycle);
        assert_eq!(write(&read, &cycle), "?region=CA&status=accepted");
        assert_eq!(write(&GridQuery::default(), &cycle), "");
    }
}
