//! What the page shows and offers before the server has answered, against the rules that the server asks.

#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use cutline_domain::base::ids::RegionId;
use cutline_domain::base::region::Region;
use cutline_domain::planner::approval::{CycleCommand, Item, ItemCommand, Override, Stage, Status, decide, step};
use cutline_domain::planner::grid::{
    ClassSet, GridQuery, Grouping, LiveFilter, Sort, SortKey, approvable, decided, forecast, rows_in_order,
};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::planner::shown::{Shown, approvable_under};
use cutline_domain::planner::snapshot::Row;
use cutline_domain::table::layout::{Folds, Layout};
use cutline_domain::{Borders, Class};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;
use support::{borders, columns, rows, score};

/// A row as the server has it while it is approved under `frozen`.
fn item(row: &Row, frozen: &Borders) -> Item {
    let overridden = row.overridden.map(|class| Override { class, reason: "given".into() });
    Item { overridden, status: row.status, ..Item::joining(row.score, row.current, Some(frozen)) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What the page offers is what the server would do: both are asked about the same items.
    #[test]
    fn approve_all_offers_exactly_what_can_be_accepted(rows in rows(score(), 60), borders in borders(0..=8)) {
        let columns = columns(&rows);
        let shown: Vec<u32> = (0..rows.len() as u32).rev().collect();
        let accepted: Vec<u32> = rows
            .iter()
            .filter(|row| decide(&Stage::Approving(borders.clone()), item(row, &borders), &ItemCommand::Accept).is_ok())
            .map(|row| row.seq)
            .collect();
        prop_assert_eq!(approvable(&columns, &shown), accepted);
    }

    /// The page lays out, sorted, grouped and folded, and offers what it shows; the server has the query alone.
    #[test]
    fn the_query_comes_to_the_items_that_the_page_offers(
        rows in rows(score(), 60),
        borders in borders(0..=8),
        chosen in btree_set(0usize..5, 0..3),
        statuses in btree_set(0usize..3, 0..3),
        classes in vec(option::weighted(0.8, 0u8..9), 0..4),
        current in vec(option::weighted(0.8, 0u8..9), 0..3),
        every in option::of(1usize..4),
        (changed_only, descending, key, grouping) in (any::<bool>(), any::<bool>(), 0usize..8, 0usize..3),
    ) {
        let columns = columns(&rows);
        let named = |name: &str| Region { id: RegionId::new(), parent: None, code: name.into(), name: name.into() };
        let mut regions: Vec<Region> = ["a", "b", "c", "d", "e"].map(named).into();
        regions[4].parent = Some(regions[1].id);
        let all = ClassSet::default();
        let query = GridQuery {
            search: "asked of the server".into(),
            regions: chosen.iter().map(|at| regions[*at].id).collect(),
            statuses: statuses.iter().map(|at| Status::ALL[*at]).collect(),
            current: current.into_iter().fold(all, |set, class| set.toggled(class.map(Class))),
            live: LiveFilter { classes: classes.iter().fold(all, |set, class| set.toggled(class.map(Class))), changed_only },
            sort: Sort { key: <SortKey as strum::VariantArray>::VARIANTS[key], descending },
            grouping: Grouping::ALL[grouping],
        };
        let found: Option<Vec<u32>> = every.map(|every| rows.iter().step_by(every).map(|row| row.seq).collect());
        let order: Vec<u32> = rows.iter().rev().map(|row| row.seq).collect();
        let sorted = rows_in_order(&columns, &regions, &query, found.as_deref(), Some(&order)).unwrap();
        let mut layout = Layout::default();
        let folds = Folds::default().toggled(query.grouping.levels(), 8, None);
        let how = (query.live, query.grouping);
        let table = Table { columns: &columns, items: 1, sorted: &Arc::new(sorted), borders: Some(&borders), how };
        lay_out(&mut layout, &mut Laid::default(), table, &folds);
        let offered = approvable(&columns, &layout.shown());
        let shown = Shown::of(query.clone(), &offered);
        let there = approvable_under(&columns, &regions, &query, found.as_deref(), &borders);
        prop_assert_eq!(&there, &offered);
        prop_assert!(shown.is(&there));
        if let Some((_, fewer)) = there.split_first() {
            prop_assert!(!shown.is(fewer), "a page that shows others is told");
        }
    }

    /// What is shown before the server has answered is what it will answer, where it does what was asked.
    #[test]
    fn a_decision_shows_at_once_what_the_rules_make_of_it(
        rows in rows(score(), 40),
        borders in borders(1..=8),
        class in 0u8..9,
    ) {
        let stage = Stage::Approving(borders.clone());
        let reason = "Retires".to_owned();
        for command in [
            ItemCommand::Accept,
            ItemCommand::Reject { reason: reason.clone() },
            ItemCommand::Override { class: Class(class.min(borders.classes() as u8 - 1)), reason },
            ItemCommand::Withdraw,
        ] {
            for row in &rows {
                let shown = decided(*row, &command);
                match decide(&stage, item(row, &borders), &command) {
                    Err(_) => prop_assert_eq!(shown, *row, "refused: {:?}", command),
                    Ok(after) => {
                        prop_assert_eq!(shown.status, after.status, "{:?}", command);
                        prop_assert_eq!(shown.overridden, after.overridden.as_ref().map(|o| o.class));
                        let answers = matches!(command, ItemCommand::Override { .. });
                        prop_assert_eq!(shown.suggested, row.suggested && !answers, "an override answers a suggestion");
                    }
                }
            }
        }
    }

    #[test]
    fn a_transfer_is_foretold_as_it_will_be(rows in rows(score(), 60), borders in borders(0..=8)) {
        let foretold = forecast(&columns(&rows), &borders, 5);
        let classes = borders.classes();
        let having = |wanted: &dyn Fn(&Row, &Item) -> bool| {
            rows.iter().filter(|row| wanted(row, &item(row, &borders))).count() as u32
        };
        let waits = |row: &Row, item: &Item| row.status == Status::InProgress && item.final_class().is_some();
        for class in 0..classes {
            let this = Some(Class(class as u8));
            let gets = having(&|row, item| row.status == Status::Accepted && item.final_class() == this);
            prop_assert_eq!(foretold.classes[class], (gets, having(&|row, _| row.current == this)));
        }
        for region in 0..5u16 {
            let blocks = having(&|row, item| row.region == region && waits(row, item));
            prop_assert_eq!(foretold.blocking[usize::from(region)], blocks);
        }
        let in_progress = foretold.blocking.iter().sum();
        let transfer = CycleCommand::Transfer { accepted_only: false, in_progress };
        let step = step(&Stage::Approving(borders.clone()), &transfer);
        prop_assert_eq!(step.is_ok(), having(&waits) == 0);
        let unscored = having(&|row, item| row.status == Status::InProgress && item.final_class().is_none());
        prop_assert_eq!(foretold.unscored, unscored);
    }
}
