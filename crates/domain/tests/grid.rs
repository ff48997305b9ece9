//! The grid's lines equal those of a plain model that writes every line down.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::base::ids::RegionId;
use cutline_domain::base::region::Region;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{ClassSet, GridQuery, Grouping, Heading, LiveFilter, Sort, SortKey, rows_in_order};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::planner::snapshot::Row;
use cutline_domain::table::layout::{Folds, Layout, Levels, Line};
use cutline_domain::{Borders, Class, Score};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::headers::check_headers;
use support::{borders, class, class_by_hand, columns, rows, score};

/// One line as somebody would describe it.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Section { head: Heading, items: u32, folded: bool },
    Group { class: Option<Class>, status: Status, items: u32, folded: bool },
    Row(u32),
}

#[derive(Clone, Debug, Default)]
struct Folded {
    sections: BTreeSet<Heading>,
    groups: BTreeSet<(Option<Class>, Status)>,
}

/// What a row is sorted by; `None` the lowest.
type Key = fn(&Row) -> Option<i64>;

/// What is asked of a layout.
#[derive(Clone, Debug)]
struct Asked {
    borders: Option<Borders>,
    classes: BTreeSet<Option<Class>>,
    changed_only: bool,
    grouping: Grouping,
}

impl Asked {
    fn live(&self) -> LiveFilter {
        let classes = self.classes.iter().fold(ClassSet::default(), |set, class| set.toggled(*class));
        LiveFilter { classes, changed_only: self.changed_only }
    }

    fn proposed(&self, row: &Row) -> Option<Class> {
        Some(class_by_hand(self.borders.as_ref()?, row.score?))
    }

    fn shows(&self, row: &Row) -> bool {
        let next = row.overridden.or(self.proposed(row));
        (self.classes.is_empty() || self.classes.contains(&self.proposed(row)))
            && (!self.changed_only || next.is_some() && next != row.current)
    }

    /// All lines, written down one by one.
    fn lines(&self, rows: &[Row], order: &[u32], folded: &Folded) -> Vec<Said> {
        let shown: Vec<u32> = order.iter().copied().filter(|i| self.shows(&rows[*i as usize])).collect();
        if self.grouping == Grouping::None {
            return shown.into_iter().map(Said::Row).collect();
        }
        let classes: Vec<Option<Class>> = (0..9).rev().map(|c| Some(Class(c))).chain([None]).collect();
        let statuses = [Status::InProgress, Status::Accepted, Status::Rejected];
        let heads: Vec<Heading> = match self.grouping {
            Grouping::StatusClass => statuses.map(Heading::Status).to_vec(),
            _ => classes.iter().copied().map(Heading::Class).collect(),
        };
        let mut lines = Vec::new();
        for head in heads {
            let pairs: Vec<(Option<Class>, Status)> = match head {
                Heading::Class(class) => statuses.map(|status| (class, status)).to_vec(),
                Heading::Status(status) => classes.iter().map(|class| (*class, status)).collect(),
            };
            let groups = pairs.into_iter().map(|(class, status)| {
                let is_in = |i: &u32| self.proposed(&rows[*i as usize]) == class && rows[*i as usize].status == status;
                (class, status, shown.iter().copied().filter(is_in).collect::<Vec<u32>>())
            });
            let groups: Vec<_> = groups.filter(|(_, _, items)| !items.is_empty()).collect();
            let items: usize = groups.iter().map(|(_, _, items)| items.len()).sum();
            if items == 0 {
                continue;
            }
            let closed = folded.sections.contains(&head);
            lines.push(Said::Section { head, items: items as u32, folded: closed });
            for (class, status, items) in groups.into_iter().filter(|_| !closed) {
                let closed = folded.groups.contains(&(class, status));
                lines.push(Said::Group { class, status, items: items.len() as u32, folded: closed });
                lines.extend(items.into_iter().filter(|_| !closed).map(Said::Row));
            }
        }
        lines
    }
}

/// What the layout says, line by line; also that headers stand where they say they do.
fn said(layout: &Layout, grouping: Grouping) -> Vec<Said> {
    let both = |section: u16, group: u16| match (grouping.section(section), grouping.group(group)) {
        (Some(Heading::Class(class)), Some(Heading::Status(status)))
        | (Some(Heading::Status(status)), Some(Heading::Class(class))) => (class, status),
        other => panic!("no group: {other:?}"),
    };
    let line = |at| match layout.line(at).unwrap() {
        Line::Section(s) => {
            let section = &layout.sections[s];
            assert_eq!(section.line, at);
            let head = grouping.section(section.slot).unwrap();
            Said::Section { head, items: section.items, folded: section.folded }
        }
        Line::Group(s, g) => {
            let group = layout.sections[s].groups[g];
            assert_eq!(group.line, at);
            let (class, status) = both(layout.sections[s].slot, group.slot);
            Said::Group { class, status, items: group.items, folded: group.folded }
        }
        Line::Row(s, g, item) => {
            let group = &layout.sections[s].groups[g];
            let place = if layout.line(group.line) == Some(Line::Group(s, g)) { at - group.line - 1 } else { at };
            assert!(place < group.items, "the row is its group's");
            Said::Row(item)
        }
    };
    (0..layout.lines()).map(line).collect()
}

fn asked() -> impl Strategy<Value = Asked> {
    let classes = prop_oneof![2 => Just(BTreeSet::new()), 1 => btree_set(option::weighted(0.8, class()), 1..6)];
    (option::weighted(0.9, borders(0..=8)), classes, proptest::bool::weighted(0.3), 0usize..3).prop_map(
        |(borders, classes, changed_only, grouping)| Asked {
            borders,
            classes,
            changed_only,
            grouping: Grouping::ALL[grouping],
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn lines_are_those_of_the_model(
        (rows, order) in rows(score(), 80).prop_flat_map(|rows| {
            let all: Vec<u32> = (0..rows.len() as u32).collect();
            let most = all.len();
            (Just(rows), proptest::sample::subsequence(all, 0..=most).prop_shuffle())
        }),
        several in vec((asked(), vec((0usize..10, 0usize..11), 0..6)), 1..4),
    ) {
        let columns = columns(&rows);
        let sorted = Arc::new(order.clone());
        // One layout and one set of folds for all, as on the page.
        let (mut layout, mut folds, mut folded) = (Layout::default(), Folds::default(), Folded::default());
        let mut laid = Laid::default();
        for (asked, clicks) in several {
            let mut fill = |folds: &Folds| {
                let how = (asked.live(), asked.grouping);
                let borders = asked.borders.as_ref();
                let table = Table { columns: &columns, items: 1, sorted: &sorted, borders, how };
                lay_out(&mut layout, &mut laid, table, folds);
                layout.clone()
            };
            let before = fill(&folds);
            prop_assert_eq!(said(&before, asked.grouping), asked.lines(&rows, &order, &folded));
            for (section, group) in clicks {
                let sections = if asked.grouping == Grouping::None { &[] } else { before.sections.as_slice() };
                let Some(clicked) = sections.get(section) else { continue };
                let head = asked.grouping.section(clicked.slot).unwrap();
                if let Some(group) = clicked.groups.get(group) {
                    folds = folds.toggled(before.levels, clicked.slot, Some(group.slot));
                    let key = match (head, asked.grouping.group(group.slot)) {
                        (Heading::Class(class), Some(Heading::Status(status)))
                        | (Heading::Status(status), Some(Heading::Class(class))) => (class, status),
                        other => panic!("no group: {other:?}"),
                    };
                    if !folded.groups.remove(&key) { folded.groups.insert(key); }
                } else {
                    folds = folds.toggled(before.levels, clicked.slot, None);
                    if !folded.sections.remove(&head) { folded.sections.insert(head); }
                }
            }
            let after = fill(&folds);
            prop_assert_eq!(said(&after, asked.grouping), asked.lines(&rows, &order, &folded));
            prop_assert_eq!(after.line(after.lines()), None);
            check_headers(&after)?;
            let on_lines = (0..after.lines()).filter_map(|at| match after.line(at) {
                Some(Line::Row(_, _, row)) => Some((at, row)),
                _ => None,
            });
            let (on_lines, lines) = (on_lines.collect::<Vec<_>>(), after.lines());
            prop_assert_eq!(after.rows_on(0..lines).collect::<Vec<_>>(), on_lines.clone());
            let some = lines / 3..lines - lines / 4;
            let within: Vec<_> = on_lines.into_iter().filter(|(at, _)| some.contains(at)).collect();
            prop_assert_eq!(after.rows_on(some).collect::<Vec<_>>(), within);
            // Folded or not, every shown item stands in the order exactly once.
            let mut shown: Vec<u32> = order.iter().copied().filter(|i| asked.shows(&rows[*i as usize])).collect();
            prop_assert_eq!(after.items as usize, shown.len());
            let mut ordered = after.shown();
            ordered.sort_unstable();
            shown.sort_unstable();
            prop_assert_eq!(ordered, shown);
        }
    }

    #[test]
    fn a_border_that_moves_leaves_the_lines_of_a_new_layout(
        rows in rows(score(), 400),
        moves in vec((borders(3..=3), proptest::bool::weighted(0.1)), 1..8),
        asked in asked(),
        decided in any::<proptest::sample::Index>(),
    ) {
        let mut columns = columns(&rows);
        let sorted = Arc::new((0..rows.len() as u32).rev().collect::<Vec<u32>>());
        let (mut layout, mut laid, mut items) = (Layout::default(), Laid::default(), 1);
        let how = (asked.live(), asked.grouping);
        for (borders, decides) in moves {
            if decides && !columns.is_empty() {
                let index = decided.index(columns.len());
                columns.set(index, Row { status: Status::Accepted, ..columns.row(index) });
                items += 1;
            }
            let table = Table { columns: &columns, items, sorted: &sorted, borders: Some(&borders), how };
            lay_out(&mut layout, &mut laid, table, &Folds::default());
            let mut new = Layout::default();
            lay_out(&mut new, &mut Laid::default(), table, &Folds::default());
            prop_assert_eq!(said(&layout, asked.grouping), said(&new, asked.grouping));
        }
    }

    #[test]
    fn items_are_sorted_by_what_is_asked(rows in rows(score(), 120), descending: bool) {
        let columns = columns(&rows);
        let regions: Vec<Region> = ["a", "b", "c", "d", "e"].map(region).into();
        let asked = |key| GridQuery { sort: Sort { key, descending }, ..GridQuery::default() };
        let keys: [(SortKey, Key); 5] = [
            (SortKey::Score, |row| row.score.map(Score::hundredths)),
            (SortKey::Region, |row| Some(i64::from(row.region))),
            (SortKey::Current, |row| row.current.map(|class| i64::from(class.0))),
            (SortKey::Override, |row| row.overridden.map(|class| i64::from(class.0))),
            (SortKey::Status, |row| Status::ALL.iter().position(|status| *status == row.status).map(|at| at as i64)),
        ];
        for (by, key) in keys {
            let mut expected: Vec<u32> = (0..rows.len() as u32).collect();
            // A stable sort leaves equal ones in the order of their numbers, whichever way it goes.
            expected.sort_by(|a, b| {
                let (a, b) = (key(&rows[*a as usize]), key(&rows[*b as usize]));
                if descending { b.cmp(&a) } else { a.cmp(&b) }
            });
            prop_assert_eq!(rows_in_order(&columns, &regions, &asked(by), None, None), Some(expected), "{:?}", by);
        }
        // Texts are only at the server: its order is taken as it is, and without one there is none.
        let order: Vec<u32> = rows.iter().rev().map(|row| row.seq).collect();
        let mut shown: Vec<u32> = (0..rows.len() as u32).rev().collect();
        if descending { shown.reverse(); }
        for by in [SortKey::Name, SortKey::Id, SortKey::Specialty] {
            prop_assert_eq!(rows_in_order(&columns, &regions, &asked(by), None, Some(&order)), Some(shown.clone()));
            prop_assert_eq!(rows_in_order(&columns, &regions, &asked(by), None, None), None);
        }
    }

    #[test]
    fn only_what_passes_the_filters_is_shown(
        rows in rows(score(), 60),
        chosen in btree_set(0usize..5, 0..3),
        statuses in btree_set(0usize..3, 0..3),
        every in 1usize..4,
    ) {
        let columns = columns(&rows);
        let regions: Vec<Region> = ["a", "b", "c", "d", "e"].map(region).into();
        let found: Vec<u32> = rows.iter().step_by(every).map(|row| row.seq).collect();
        let query = GridQuery {
            regions: chosen.iter().map(|at| regions[*at].id).collect(),
            statuses: statuses.iter().map(|at| Status::ALL[*at]).collect(),
            ..GridQuery::default()
        };
        let passes = |row: &Row| {
            (chosen.is_empty() || chosen.contains(&usize::from(row.region)))
                && (query.statuses.is_empty() || query.statuses.contains(&row.status))
                && found.contains(&row.seq)
        };
        let mut shown = rows_in_order(&columns, &regions, &query, Some(&found), None).unwrap();
        shown.sort_unstable();
        let expected: Vec<u32> = (0..rows.len() as u32).filter(|i| passes(&rows[*i as usize])).collect();
        prop_assert_eq!(shown, expected);
    }
}

/// A snapshot may be newer than the list of regions beside it.
#[test]
fn an_unknown_region_is_shown_unless_regions_are_chosen() {
    let row = |seq: u32, region| Row {
        seq,
        score: None,
        region,
        current: None,
        overridden: None,
        status: Status::InProgress,
        score_changed: false,
        suggested: false,
    };
    let columns = columns(&[row(1, 0), row(2, 1)]);
    let known = [region("a")];
    let shown = |regions| {
        rows_in_order(&columns, &known, &GridQuery { regions, ..GridQuery::default() }, None, None).unwrap().len()
    };
    assert_eq!((shown(vec![]), shown(vec![known[0].id])), (2, 1));
}

fn region(name: &str) -> Region {
    Region { id: RegionId::new(), parent: None, code: name.into(), name: name.into() }
}

/// Another table than the planner's: one level of as many groups as there are, and no second one.
#[test]
fn one_level_of_headers_folds_by_its_own_keys() {
    let levels = Levels::one(4, |section, _| u32::from(section));
    let cell_of = |row: u32| (row != 7).then(|| levels.cell((row % 3) as u16 + 1, 0));
    let mut layout = Layout::default();
    let order: Arc<Vec<u32>> = Arc::new((0..9).collect());
    layout.fill(&order, cell_of, levels, &Folds::default());
    let lines = |layout: &Layout| (0..layout.lines()).map(|at| layout.line(at).unwrap()).collect::<Vec<_>>();
    let rows = |section, rows: &[u32]| rows.iter().map(|row| Line::Row(section, 0, *row)).collect::<Vec<_>>();
    let wanted = [
        vec![Line::Section(0)],
        rows(0, &[0, 3, 6]),
        vec![Line::Section(1)],
        rows(1, &[1, 4]),
        vec![Line::Section(2)],
        rows(2, &[2, 5, 8]),
    ];
    assert_eq!(lines(&layout), wanted.concat());
    assert_eq!(
        layout.sections.iter().map(|section| section.slot).collect::<Vec<_>>(),
        [1, 2, 3],
        "empty ones are left out"
    );
    assert_eq!((layout.header_of(6), layout.header_of(4), layout.headers_before(6)), (Some(4), None, (2, 0)));
    let folds = layout.toggled(&Folds::default(), 4).unwrap();
    assert_eq!(layout.toggled(&folds, 5), None, "a row has nothing to fold");
    layout.fill(&order, cell_of, levels, &folds);
    assert_eq!(
        lines(&layout),
        [wanted[0].clone(), wanted[1].clone(), wanted[2].clone(), wanted[4].clone(), wanted[5].clone()].concat()
    );
    assert_eq!((layout.is_folded(4), layout.is_folded(0), layout.is_folded(1)), (Some(true), Some(false), None));
    assert_eq!((layout.items, layout.lines()), (8, 9));
}

#[test]
fn what_is_offered_has_names_of_its_own() {
    let titles: BTreeSet<&str> = Grouping::ALL.iter().map(|grouping| grouping.title()).collect();
    assert!(titles.len() == Grouping::ALL.len() && !titles.contains(""));
    for key in <SortKey as strum::VariantArray>::VARIANTS {
        assert_eq!(key.as_str().parse(), Ok(*key));
    }
    let none = ClassSet::default();
    assert!(none.is_empty() && !none.toggled(None).is_empty() && none.toggled(None).toggled(None).is_empty());
}

#[test]
fn an_empty_layout_has_no_lines() {
    for grouping in Grouping::ALL {
        let mut layout = Layout::default();
        let (columns, sorted) = (columns(&[]), Arc::default());
        let how = (LiveFilter::default(), *grouping);
        let table = Table { columns: &columns, items: 1, sorted: &sorted, borders: None, how };
        lay_out(&mut layout, &mut Laid::default(), table, &Folds::default());
        assert_eq!((layout.lines(), layout.line(0), layout.items), (0, None, 0));
    }
}
