//! The grid's lines equal those of a plain model that writes every line down.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::layout::{ClassSet, Folds, Grouping, Layout, Line, LiveFilter, Sort, SortKey, sorted};
use cutline_domain::snapshot::Row;
use cutline_domain::{Borders, Class, Score, Status};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::{borders, class, class_by_hand, columns, rows, score};

/// A first-level header: class (inner `None`: no class) or status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Head {
    Class(Option<Class>),
    Status(Status),
}

/// One line as somebody would describe it.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Section { head: Head, items: u32, folded: bool },
    Group { class: Option<Class>, status: Status, items: u32, folded: bool },
    Row(u32),
}

#[derive(Clone, Debug, Default)]
struct Folded {
    sections: BTreeSet<Head>,
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
        let heads: Vec<Head> = match self.grouping {
            Grouping::StatusClass => statuses.map(Head::Status).to_vec(),
            _ => classes.iter().copied().map(Head::Class).collect(),
        };
        let mut lines = Vec::new();
        for head in heads {
            let pairs: Vec<(Option<Class>, Status)> = match head {
                Head::Class(class) => statuses.map(|status| (class, status)).to_vec(),
                Head::Status(status) => classes.iter().map(|class| (*class, status)).collect(),
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

fn head(layout: &Layout, section: usize) -> Head {
    let section = &layout.sections[section];
    section.status.map_or(Head::Class(section.class), Head::Status)
}

/// What the layout says, line by line; also that headers stand where they say they do.
fn said(layout: &Layout) -> Vec<Said> {
    let line = |at| match layout.line(at).unwrap() {
        Line::Section(s) => {
            let section = &layout.sections[s];
            assert_eq!(section.line, at);
            Said::Section { head: head(layout, s), items: section.items, folded: section.folded }
        }
        Line::Group(s, g) => {
            let (group, line, folded) = layout.sections[s].groups[g];
            assert_eq!(line, at);
            Said::Group { class: group.class, status: group.status, items: group.items, folded }
        }
        Line::Row(s, g, item) => {
            let (group, line, _) = &layout.sections[s].groups[g];
            let place = if layout.line(*line) == Some(Line::Group(s, g)) { at - line - 1 } else { at };
            assert_eq!(layout.rows(group)[place as usize], item, "the row is its group's");
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
        // One layout and one set of folds for all, as on the page.
        let (mut layout, mut folds, mut folded) = (Layout::default(), Folds::default(), Folded::default());
        for (asked, clicks) in several {
            let mut fill = |folds| {
                layout.fill(&columns, &order, asked.borders.as_ref(), asked.live(), asked.grouping, folds);
                layout.clone()
            };
            let before = fill(folds);
            prop_assert_eq!(said(&before), asked.lines(&rows, &order, &folded));
            for (section, group) in clicks {
                let Some(clicked) = before.sections.get(section).filter(|_| asked.grouping != Grouping::None) else { continue };
                if let Some((group, _, _)) = clicked.groups.get(group) {
                    folds = folds.toggled(clicked, Some(group));
                    let key = (group.class, group.status);
                    if !folded.groups.remove(&key) { folded.groups.insert(key); }
                } else {
                    folds = folds.toggled(clicked, None);
                    let key = head(&before, section);
                    if !folded.sections.remove(&key) { folded.sections.insert(key); }
                }
            }
            let after = fill(folds);
            prop_assert_eq!(said(&after), asked.lines(&rows, &order, &folded));
            prop_assert_eq!(after.line(after.lines()), None);
            // Folded or not, every shown item stands in the order exactly once.
            let mut shown: Vec<u32> = order.iter().copied().filter(|i| asked.shows(&rows[*i as usize])).collect();
            prop_assert_eq!(after.items as usize, shown.len());
            let mut ordered = after.order.clone();
            ordered.sort_unstable();
            shown.sort_unstable();
            prop_assert_eq!(ordered, shown);
        }
    }

    #[test]
    fn items_are_sorted_by_what_is_asked(rows in rows(score(), 120), descending: bool) {
        let columns = columns(&rows);
        let all: Vec<u32> = (0..rows.len() as u32).rev().collect();
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
            prop_assert_eq!(sorted(&columns, all.clone(), Sort { key: by, descending }), Some(expected), "{:?}", by);
        }
        for by in [SortKey::Name, SortKey::Id, SortKey::Specialty] {
            prop_assert_eq!(sorted(&columns, all.clone(), Sort { key: by, descending }), None);
        }
    }
}

#[test]
fn an_empty_layout_has_no_lines() {
    for grouping in Grouping::ALL {
        let mut layout = Layout::default();
        layout.fill(&columns(&[]), &[], None, LiveFilter::default(), grouping, Folds::default());
        assert_eq!((layout.lines(), layout.line(0), layout.items), (0, None, 0));
    }
}
