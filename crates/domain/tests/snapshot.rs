//! Snapshots come back as they were sent, stay small, and are refused when they are anything else.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::planner::grid::{Grouping, LiveFilter, strata};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::table::layout::{Folds, Layout};
use cutline_domain::{Borders, Score};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{columns, rows, score};

const HEADER: usize = 21;

/// Hundredths at and beyond what 32 bits hold.
fn wide() -> impl Strategy<Value = Score> {
    prop_oneof![
        (-Score::LIMIT..=Score::LIMIT).prop_map(Score::from_hundredths),
        Just(i64::from(i32::MIN)).prop_map(Score::from_hundredths),
        Just(i64::from(i32::MAX) + 1).prop_map(Score::from_hundredths),
        score(),
    ]
}

/// Hundredths up to the ends of what 32 bits hold beside "no score".
fn narrow() -> impl Strategy<Value = Score> {
    prop_oneof![
        3 => score(),
        1 => (i64::from(i32::MIN) + 1..=i64::from(i32::MAX)).prop_map(Score::from_hundredths),
        1 => Just(Score::from_hundredths(i64::from(i32::MIN) + 1)),
        1 => Just(Score::from_hundredths(i64::from(i32::MAX))),
    ]
}

fn of(rows: &[Row], revision: u64) -> Columns {
    let mut columns = columns(rows);
    columns.revision = revision;
    columns
}

/// Does with columns what the page does; must not stop anywhere.
fn use_all(columns: &Columns) {
    let borders = Borders::new(vec![Score::whole(3), Score::whole(900)]).unwrap();
    let mut strata = strata(columns, 0..columns.len() as u32, &borders);
    strata.set_borders(&borders.moved(0, Score::whole(5), 1));
    assert_eq!(strata.tally().total() as usize, columns.len());
    let all = Arc::new((0..columns.len() as u32).collect());
    let (mut layout, mut laid) = (Layout::default(), Laid::default());
    let how = (LiveFilter::default(), Grouping::ClassStatus);
    for borders in [&borders, &borders.moved(1, Score::whole(6), 1)] {
        let table = Table { columns, items: 1, sorted: &all, borders: Some(borders), how };
        lay_out(&mut layout, &mut laid, table, &Folds::default());
    }
    assert_eq!(layout.items as usize, columns.len());
    let rows: Vec<Row> = (0..columns.len()).map(|i| columns.row(i)).collect();
    let mut again = of(&rows, columns.revision);
    again.gone.clone_from(&columns.gone);
    assert_eq!(again, *columns, "what is read can be sent again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn narrow_scores_come_back_in_twelve_bytes_an_item(rows in rows(narrow(), 120), revision: u64) {
        let sent = of(&rows, revision);
        let bytes = sent.encode();
        prop_assert!(bytes.len() <= HEADER + 12 * rows.len());
        let read = Columns::decode(&bytes).unwrap();
        prop_assert_eq!((0..read.len()).map(|i| read.row(i)).collect::<Vec<_>>(), rows);
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn wide_scores_come_back_in_sixteen(rows in rows(wide(), 80), revision: u64) {
        let sent = of(&rows, revision);
        let bytes = sent.encode();
        prop_assert!(bytes.len() <= HEADER + 16 * rows.len());
        let read = Columns::decode(&bytes).unwrap();
        prop_assert_eq!((0..read.len()).map(|i| read.row(i)).collect::<Vec<_>>(), rows);
        prop_assert_eq!(read.revision, revision);
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_refused(rows in rows(wide(), 12), more in 1usize..40) {
        let mut bytes = of(&rows, 3).encode();
        for length in 0..bytes.len() {
            prop_assert!(Columns::decode(&bytes[..length]).is_err(), "{} of {} bytes", length, bytes.len());
        }
        bytes.resize(bytes.len() + more, 0);
        prop_assert!(Columns::decode(&bytes).is_err());
    }

    /// Damage may go unnoticed, as there is no checksum, but what is read is sound or nothing.
    #[test]
    fn damaged_bytes_never_stop_the_page(
        rows in rows(narrow(), 20),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = of(&rows, 3).encode();
        for (at, to) in damage {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if let Ok(read) = Columns::decode(&bytes) {
            use_all(&read);
        }
    }

    #[test]
    fn arbitrary_bytes_never_stop_the_page(
        tail in prop::collection::vec(any::<u8>(), 0..200),
        items in 0u32..20,
        gone in 0u32..4,
        wide: bool,
    ) {
        let mut bytes = b"CUT2\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend_from_slice(&items.to_le_bytes());
        bytes.extend_from_slice(&gone.to_le_bytes());
        bytes.push(if wide { 8 } else { 4 });
        bytes.extend_from_slice(&tail);
        if let Ok(read) = Columns::decode(&bytes) {
            use_all(&read);
        }
        prop_assert!(Columns::decode(&tail).is_err());
    }

    #[test]
    fn merging_is_rebuilding(old in rows(wide(), 60), newer in rows(wide(), 60), revision: u64) {
        let mut merged = of(&old, 1);
        merged.merge(&of(&newer, revision));
        let all: BTreeMap<u32, Row> = old.iter().chain(&newer).map(|row| (row.seq, *row)).collect();
        let rebuilt: Vec<Row> = all.into_values().collect();
        prop_assert_eq!(&merged, &of(&rebuilt, revision));
        for (index, row) in rebuilt.iter().enumerate() {
            prop_assert_eq!(merged.index_of(row.seq), Some(index));
        }
        prop_assert_eq!(merged.index_of(u32::MAX), None);
    }

    #[test]
    fn what_is_gone_from_sight_is_left_out(
        old in rows(wide(), 60),
        newer in rows(wide(), 60),
        gone in prop::collection::btree_set(0u32..200, 0..60),
    ) {
        let newer: Vec<Row> = newer.into_iter().filter(|row| !gone.contains(&row.seq)).collect();
        let mut changes = of(&newer, 9);
        changes.gone = gone.iter().copied().collect();
        prop_assert_eq!(&Columns::decode(&changes.encode()).unwrap(), &changes);
        let mut merged = of(&old, 1);
        merged.merge(&changes);
        let all: BTreeMap<u32, Row> = old.iter().chain(&newer).map(|row| (row.seq, *row)).collect();
        let stay: Vec<Row> = all.into_values().filter(|row| !gone.contains(&row.seq)).collect();
        prop_assert_eq!(merged, of(&stay, 9));
    }
}

/// Three plain items, and where their columns begin.
fn three() -> Vec<u8> {
    let row = |seq| Row {
        seq,
        score: Some(Score::whole(5)),
        region: 1,
        current: None,
        overridden: None,
        status: cutline_domain::planner::approval::Status::InProgress,
        score_changed: false,
        suggested: false,
    };
    columns(&[1, 2, 3].map(row)).encode()
}

fn with(at: usize, byte: u8) -> bool {
    let mut bytes = three();
    bytes[at] = byte;
    Columns::decode(&bytes).is_ok()
}

#[test]
fn columns_begin_without_items_at_a_revision() {
    let none = Columns::at(7);
    assert_eq!((none.revision, none.len(), none.is_empty()), (7, 0, true));
    assert!(!Columns::decode(&three()).unwrap().is_empty());
}

#[test]
fn what_the_rest_could_not_handle_is_refused() {
    let (classes, marks) = (HEADER + 30, HEADER + 33);
    assert!(with(classes, 0x99) && !with(classes, 0xa0) && !with(classes + 2, 0x0a), "classes beyond the ninth");
    assert!(with(marks, 0b1110) && !with(marks, 0b11) && !with(marks + 2, 0x10), "a fourth status, unknown marks");
    assert!(!with(0, b'X') && !with(3, b'1') && !with(20, 5), "not a snapshot of this version");
    assert!(!with(HEADER + 4, 1) && !with(HEADER + 4, 3), "numbers not increasing");
    assert!(!with(15, 0xff) && !with(12, 2) && !with(12, 4) && !with(16, 1), "another number of items than sent");
}
