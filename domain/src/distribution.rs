//! Live counts under moving borders: how many items each class holds by status, and who moves from which class to which.
//!
//! Items are split into strata by (current class, status); each stratum keeps its scores sorted and, per border, how many
//! of its scores lie below. Moving a border then costs one search per stratum, galloping from where the border was: a
//! small step looks at a handful of scores, a jump at log₂ of the distance. Only the two classes beside the border change.

use crate::approval::Status;
use crate::borders::{Borders, Class};
use crate::score::Score;
use crate::snapshot::Columns;

/// Slots of current classes: one per class, and the last for "none".
const CURRENTS: usize = Class::MOST + 1;
/// Slot of contacts without a current class.
pub const NO_CURRENT: usize = Class::MOST;
const STATUSES: usize = 3;

/// Counts of all items under some borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// Scored items by proposed class and status.
    pub by_class: [[u32; STATUSES]; Class::MOST],
    /// Unscored items by status.
    pub unscored: [u32; STATUSES],
    /// Scored items by current class (the last row: none) and proposed class.
    pub moves: [[u32; Class::MOST]; CURRENTS],
}

impl Tally {
    /// Items of a class, whatever their status.
    pub fn class(&self, class: usize) -> u32 {
        self.by_class[class].iter().sum()
    }

    /// Items per class for the first `classes`.
    pub fn classes(&self, classes: usize) -> Vec<u32> {
        (0..classes).map(|class| self.class(class)).collect()
    }

    /// Scored and unscored items of a status.
    pub fn status(&self, status: Status) -> u32 {
        let scored: u32 = self.by_class.iter().map(|by_status| by_status[status.index()]).sum();
        scored + self.unscored[status.index()]
    }

    /// Scored items.
    pub fn scored(&self) -> u32 {
        self.by_class.iter().flatten().sum()
    }

    /// Scored and unscored items.
    pub fn total(&self) -> u32 {
        self.scored() + self.unscored.iter().sum::<u32>()
    }

    /// Scored items whose proposed class is above, and below, their current one.
    pub fn up_and_down(&self) -> (u32, u32) {
        let (mut up, mut down) = (0, 0);
        for (current, row) in self.moves[..NO_CURRENT].iter().enumerate() {
            up += row[current + 1..].iter().sum::<u32>();
            down += row[..current].iter().sum::<u32>();
        }
        (up, down)
    }

    /// Scored items per current class; the last entry counts those without one.
    pub fn currents(&self) -> [u32; CURRENTS] {
        self.moves.map(|row| row.iter().sum())
    }
}

#[derive(Clone, Debug)]
struct Stratum {
    current: usize,
    status: usize,
    /// Hundredths, ascending.
    scores: Vec<i64>,
    /// Per border: how many scores lie below it.
    cuts: Vec<usize>,
}

/// Items split into strata, with the counts under the present borders.
#[derive(Clone, Debug)]
pub struct Strata {
    strata: Vec<Stratum>,
    borders: Borders,
    tally: Tally,
}

impl Strata {
    /// Splits all items of a snapshot.
    pub fn new(columns: &Columns, borders: &Borders) -> Self {
        Self::of(columns, 0..columns.len() as u32, borders)
    }

    /// Splits some items, given by their index.
    pub fn of(columns: &Columns, items: impl IntoIterator<Item = u32>, borders: &Borders) -> Self {
        let mut cells: Vec<Vec<i64>> = vec![Vec::new(); CURRENTS * STATUSES];
        let mut tally = Tally::default();
        for index in items.into_iter().map(|i| i as usize) {
            let status = columns.status(index).index();
            match columns.score(index) {
                None => tally.unscored[status] += 1,
                Some(score) => {
                    let current = columns.current(index).map_or(NO_CURRENT, Class::index);
                    cells[current * STATUSES + status].push(score.hundredths());
                }
            }
        }
        let strata = cells.into_iter().enumerate().filter(|(_, scores)| !scores.is_empty()).map(|(cell, mut scores)| {
            scores.sort_unstable();
            Stratum { current: cell / STATUSES, status: cell % STATUSES, scores, cuts: Vec::new() }
        });
        let mut this = Self { strata: strata.collect(), borders: borders.clone(), tally };
        this.recount();
        this
    }

    /// The counts under the present borders.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Moves to other borders. Borders that stay cost nothing.
    pub fn set_borders(&mut self, borders: &Borders) {
        if borders.classes() != self.borders.classes() {
            self.borders = borders.clone();
            return self.recount();
        }
        let old: Vec<Score> = self.borders.values().to_vec();
        for (index, (was, is)) in old.iter().zip(borders.values()).enumerate() {
            if was != is {
                self.cut(index, is.hundredths());
            }
        }
        self.borders = borders.clone();
    }

    /// Moves one border's cut in every stratum; counts shift between the classes beside it. A border passing another one
    /// on the way leaves counts that wrap around until that one has moved too, so they are added with wrapping.
    fn cut(&mut self, index: usize, value: i64) {
        for stratum in &mut self.strata {
            let (from, to) = (stratum.cuts[index], gallop(&stratum.scores, stratum.cuts[index], value));
            if from == to {
                continue;
            }
            stratum.cuts[index] = to;
            let gained = (to as u32).wrapping_sub(from as u32);
            for (class, gain) in [(index, gained), (index + 1, 0u32.wrapping_sub(gained))] {
                let count = &mut self.tally.by_class[class][stratum.status];
                *count = count.wrapping_add(gain);
                let moved = &mut self.tally.moves[stratum.current][class];
                *moved = moved.wrapping_add(gain);
            }
        }
    }

    /// Counts everything from nothing, with one binary search per stratum and border.
    fn recount(&mut self) {
        self.tally = Tally { unscored: self.tally.unscored, ..Tally::default() };
        for stratum in &mut self.strata {
            let below = |border: &Score| stratum.scores.partition_point(|score| *score < border.hundredths());
            stratum.cuts = self.borders.values().iter().map(below).collect();
            let mut from = 0;
            for (class, to) in stratum.cuts.iter().copied().chain([stratum.scores.len()]).enumerate() {
                self.tally.by_class[class][stratum.status] += (to - from) as u32;
                self.tally.moves[stratum.current][class] += (to - from) as u32;
                from = to;
            }
        }
    }
}

/// How many of the ascending `scores` lie below `value`, searching outwards from `from` in doubling steps.
fn gallop(scores: &[i64], from: usize, value: i64) -> usize {
    let below = |score: &i64| *score < value;
    let mut step = 1;
    if scores.get(from).is_some_and(below) {
        let mut low = from + 1;
        while low + step <= scores.len() && below(&scores[low + step - 1]) {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(scores.len());
        low + scores[low..high].partition_point(below)
    } else {
        let mut high = from;
        while high >= step && !below(&scores[high - step]) {
            high -= step;
            step *= 2;
        }
        let low = high.saturating_sub(step);
        low + scores[low..high].partition_point(below)
    }
}
