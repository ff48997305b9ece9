//! What one border move costs: all class counts, their shares and the migration matrix, ready to be shown. The same data
//! and moves as in `crossfilter.mjs`, which reads the checksums written here and compares.
#![allow(missing_docs, reason = "criterion's macros write functions without any")]

use criterion::{Criterion, criterion_group, criterion_main};
use cutline_domain::base::format::shares;
use cutline_domain::borders::distribution::{NO_CURRENT, Strata, Tally};
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::grid::strata;
use cutline_domain::planner::snapshot::{Columns, Row};
use cutline_domain::{Borders, Class, Score};
use std::collections::BTreeMap;
use std::hint::black_box;

const CLASSES: usize = 4;
const SIZES: [u32; 3] = [10_000, 200_000, 1_000_000];

/// xorshift32 (Marsaglia 2003): the same numbers in Rust and JavaScript.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

/// About log-normal whole scores with many ties: two to the power of a sum of eight bytes, in whole numbers throughout.
fn items(count: u32) -> Columns {
    let mut random = Random(0x9e37_79b9);
    let row = |seq| {
        let bell: u32 = [random.next(), random.next()].iter().flat_map(|r| r.to_le_bytes()).map(u32::from).sum();
        let score = ((1 << (bell >> 7)) * (128 + (bell & 127))) >> 7;
        let chance = random.next();
        // Seven in ten are where last year's borders put them, the rest anywhere or new.
        let last_year = [150, 500, 1500].iter().filter(|border| **border <= score).count() as u32;
        let current = if (chance >> 4) % 10 < 7 { last_year } else { (chance >> 8) % 5 };
        Row {
            seq,
            score: (!chance.is_multiple_of(20)).then(|| Score::whole(i64::from(score))),
            region: 0,
            current: (current < 4).then_some(Class(current as u8)),
            overridden: None,
            status: [Status::InProgress, Status::InProgress, Status::Accepted, Status::Rejected]
                [(chance >> 16) as usize % 4],
            score_changed: false,
            suggested: false,
        }
    };
    (0..count).map(row).collect()
}

/// Where a border goes, one move after the other.
struct Moves {
    name: &'static str,
    border: usize,
    start: [u32; CLASSES - 1],
    to: Vec<u32>,
}

fn moves(columns: &Columns) -> [Moves; 2] {
    let mut scores: Vec<u32> =
        (0..columns.len()).filter_map(|i| columns.score(i)).map(|score| (score.hundredths() / 100) as u32).collect();
    scores.sort_unstable();
    let start = [40, 70, 90].map(|percent| scores[scores.len() * percent / 100]);
    let range = scores[scores.len() - 1] - scores[0];
    let step = (range / 1000).max(1);
    let mut random = Random(7);
    let mut at = start[1];
    let walk = |_| {
        let by = 1 + random.next() % step;
        let up = random.next() & 1 == 1;
        at = if (up || at < start[0] + 1 + by) && at + by < start[2] { at + by } else { at - by };
        at
    };
    let steps = (0..1024).map(walk).collect();
    let mut random = Random(11);
    let jumps = (0..256).map(|i| start[1] + 1 + (i % 2) * (range / 2) + random.next() % step).collect();
    [
        Moves { name: "small steps", border: 1, start, to: steps },
        Moves { name: "half-range jumps", border: 2, start, to: jumps },
    ]
}

/// Everything that is shown, as one number: class counts, shares, then the matrix by current class ("none" last).
fn checksum(sum: u32, tally: &Tally) -> u32 {
    let counts = tally.classes(CLASSES);
    let matrix =
        [0, 1, 2, 3, NO_CURRENT].into_iter().flat_map(|current| tally.moves[current][..CLASSES].iter().copied());
    let shown = counts.iter().copied().chain(shares(&counts)).chain(matrix);
    shown.fold(sum, |sum, value| (sum ^ value).wrapping_mul(16_777_619))
}

fn recompute(criterion: &mut Criterion) {
    let mut checksums: BTreeMap<String, u32> = BTreeMap::new();
    for size in SIZES {
        let columns = items(size);
        for moves in moves(&columns) {
            let whole = |values: [u32; 3]| values.iter().map(|v| Score::whole(i64::from(*v))).collect();
            let mut borders = Borders::new(whole(moves.start)).unwrap_or_else(|error| panic!("{error}"));
            let mut strata = strata(&columns, 0..columns.len() as u32, &borders);
            let mut go = |strata: &mut Strata, to: u32| {
                borders = borders.moved(moves.border, Score::whole(i64::from(to)), 1);
                strata.set_borders(&borders);
            };
            let sum = moves.to.iter().fold(0x811c_9dc5, |sum, to| {
                go(&mut strata, *to);
                checksum(sum, strata.tally())
            });
            checksums.insert(format!("{size} {}", moves.name), sum);
            let mut next = moves.to.iter().cycle();
            criterion.benchmark_group(moves.name).bench_function(size.to_string(), |bencher| {
                bencher.iter(|| {
                    go(&mut strata, next.next().copied().unwrap_or_default());
                    let tally = black_box(strata.tally());
                    let counts: [u32; CLASSES] = std::array::from_fn(|class| tally.class(class));
                    shares(&counts)
                });
            });
        }
    }
    if let Some(path) = std::env::var_os("CUTLINE_CHECKSUMS") {
        let json = serde_json::to_string(&checksums).unwrap_or_default();
        std::fs::write(&path, json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

criterion_group!(benches, recompute);
criterion_main!(benches);
