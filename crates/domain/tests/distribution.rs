//! Live counts equal a plain count over all items, wherever borders go.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::borders::distribution::{Entry, NO_CURRENT, Strata, Tally};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::{strata, with_status};
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::{Borders, Class, Score};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{borders, class_by_hand, columns, rows, score};

fn all(columns: &Columns, borders: &Borders) -> Strata {
    strata(columns, 0..columns.len() as u32, borders)
}

/// Every item looked at, one after the other.
fn count(rows: &[Row], borders: &Borders) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let Some(score) = row.score else {
            tally.unscored[row.status as usize] += 1;
            continue;
        };
        let class = class_by_hand(borders, score).index();
        tally.by_class[class][row.status as usize] += 1;
        tally.moves[row.current.map_or(NO_CURRENT, Class::index)][class] += 1;
    }
    tally
}

fn scored(score: i64, current: u8, status: Status, seq: u32) -> Row {
    Row {
        seq,
        score: Some(Score::whole(score)),
        region: 0,
        current: Some(Class(current)),
        overridden: None,
        status,
        score_changed: false,
        suggested: false,
    }
}

/// What a test does to borders.
#[derive(Clone, Debug)]
enum Step {
    /// One border, as when dragged.
    Drag(usize, Score),
    /// All of them, and perhaps their number.
    Set(Borders),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0usize..8, score()).prop_map(|(index, to)| Step::Drag(index, to)),
        1 => borders(0..=8).prop_map(Step::Set),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn counts_follow_every_move(rows in rows(score(), 700), start in borders(0..=8), steps in vec(step(), 1..25)) {
        let mut strata = all(&columns(&rows), &start);
        prop_assert_eq!(strata.tally(), &count(&rows, &start));
        let mut borders = start;
        for step in steps {
            borders = match step {
                Step::Drag(index, to) if index < borders.values().len() => borders.moved(index, to, 1),
                Step::Drag(..) => borders,
                Step::Set(borders) => borders,
            };
            strata.set_borders(&borders);
            prop_assert_eq!(strata.tally(), &count(&rows, &borders), "after {:?}", borders);
        }
    }

    /// As many borders as before, all of them elsewhere: they pass one another on the way.
    #[test]
    fn borders_may_cross_on_the_way(rows in rows(score(), 500), sets in vec(borders(4), 2..10)) {
        let mut strata = all(&columns(&rows), &sets[0]);
        for borders in &sets[1..] {
            strata.set_borders(borders);
            prop_assert_eq!(strata.tally(), &count(&rows, borders));
        }
    }

    #[test]
    fn some_items_are_counted_as_if_there_were_no_others(
        rows in rows(score(), 300),
        start in borders(3),
        every in 1usize..5,
    ) {
        let some: Vec<u32> = (0..rows.len() as u32).step_by(every).collect();
        let picked: Vec<Row> = rows.iter().copied().step_by(every).collect();
        let picked_strata = strata(&columns(&rows), some.iter().rev().copied(), &start);
        prop_assert_eq!(picked_strata.tally(), &count(&picked, &start));
    }

    #[test]
    fn sums_agree_with_items(rows in rows(score(), 200), start in borders(0..=8)) {
        let strata = all(&columns(&rows), &start);
        let tally = strata.tally();
        let having = |wanted: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count() as u32;
        let class = |row: &Row| row.score.map(|score| class_by_hand(&start, score));
        prop_assert_eq!(tally.total(), rows.len() as u32);
        prop_assert_eq!(tally.scored(), having(&|row| row.score.is_some()));
        for status in Status::ALL {
            prop_assert_eq!(with_status(tally, *status), having(&|row| row.status == *status));
        }
        let of_class = |c: usize| having(&|row| class(row) == Some(Class(c as u8)));
        let classes: Vec<u32> = (0..start.classes()).map(of_class).collect();
        prop_assert_eq!(tally.classes(start.classes()), classes);
        prop_assert_eq!(tally.currents()[NO_CURRENT], having(&|row| row.score.is_some() && row.current.is_none()));
        prop_assert_eq!(tally.currents()[2], having(&|row| row.score.is_some() && row.current == Some(Class(2))));
        let up = having(&|row| row.current.is_some() && class(row).is_some_and(|c| Some(c) > row.current));
        let down = having(&|row| class(row).is_some() && class(row) < row.current);
        prop_assert_eq!(tally.up_and_down(), (up, down));
    }
}

#[test]
fn up_and_down_leave_out_who_had_no_class() {
    let mut newcomer = scored(5, 0, Status::InProgress, 9);
    newcomer.current = None;
    let rows = [
        scored(5, 0, Status::InProgress, 1),
        scored(5, 0, Status::Rejected, 2),
        scored(5, 1, Status::Accepted, 3),
        scored(1, 2, Status::Accepted, 4),
        newcomer,
    ];
    let borders = Borders::new(vec![Score::whole(3), Score::whole(9)]).unwrap();
    assert_eq!(all(&columns(&rows), &borders).tally().up_and_down(), (2, 1));
}

#[test]
fn all_borders_may_jump_over_everything() {
    let rows: Vec<Row> =
        (0..500).map(|i| scored(i / 3, (i % 4) as u8, Status::ALL[i as usize % 3], i as u32)).collect();
    let at = |values: [i64; 3]| Borders::new(values.map(Score::whole).to_vec()).unwrap();
    let mut strata = all(&columns(&rows), &at([1, 2, 3]));
    for values in [[100, 120, 140], [-3, -2, -1], [500, 501, 502], [0, 80, 166], [0, 81, 167], [1, 2, 3]] {
        strata.set_borders(&at(values));
        assert_eq!(strata.tally(), &count(&rows, &at(values)), "{values:?}");
    }
}

/// Borders near and far, from anywhere to anywhere, over more items than are ever counted one by one.
#[test]
fn a_border_may_go_from_anywhere_to_anywhere() {
    let row = |i: i64| scored(i / 2, (i % 9) as u8, Status::ALL[(i / 9) as usize % 3], i as u32);
    let rows: Vec<Row> = (0..260).map(row).collect();
    let at = |value| Borders::new(vec![Score::whole(value)]).unwrap();
    let columns = columns(&rows);
    let starts = [-1, 0, 1, 31, 32, 33, 63, 64, 65, 100, 128, 129, 130, 200];
    let starts = starts.map(|from| (from, all(&columns, &at(from))));
    for to in -1..132 {
        let expected = count(&rows, &at(to));
        for (from, start) in &starts {
            let mut strata = start.clone();
            strata.set_borders(&at(to));
            assert_eq!(strata.tally(), &expected, "{from} to {to}");
        }
    }
}

#[test]
fn scores_beyond_every_border_are_counted_too() {
    let entry = |hundredths| Entry { value: Some(Score::from_hundredths(hundredths)), current: None, mark: 1 };
    let ends = [i64::MIN, -Score::LIMIT, -1, 0, Score::LIMIT, i64::MAX];
    let borders = Borders::new([-Score::LIMIT, 0, Score::LIMIT].map(Score::from_hundredths).to_vec()).unwrap();
    let strata = Strata::new(ends.map(entry), &borders);
    assert_eq!(strata.tally().classes(4), [1, 2, 1, 2]);
    assert_eq!(strata.tally().marked(1), 6);
}

#[test]
fn nothing_is_counted_of_nothing() {
    let borders = Borders::new(vec![Score::whole(1)]).unwrap();
    let mut strata = all(&Columns::default(), &borders);
    strata.set_borders(&borders.moved(0, Score::whole(7), 1));
    assert_eq!(strata.tally(), &Tally::default());
}
