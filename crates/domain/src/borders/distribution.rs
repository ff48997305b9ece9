//! Live counts under moving borders: how many items each class holds by mark, and who moves from which class to which.
//! A mark is whatever a feature tells apart beside the class an item has now: the planner its statuses, others perhaps
//! nothing.
//!
//! Scored items stand in one line by score, each with its stratum: current class and mark. Every [`BLOCK`] items the
//! line notes how many of each stratum came before. Moving a border then costs one search, galloping from where the
//! border was, and one count of what lies between: item by item when that is little, else the difference of two notes.
//! A jump across the whole range costs hardly more than a step, and only the two classes beside the border change.

use crate::base::number::Score;
use crate::borders::{Borders, Class};
use std::ops::Range;

/// Slots of current classes: one per class, and the last for "none".
const CURRENTS: usize = Class::MOST + 1;
/// Slot of contacts without a current class.
pub const NO_CURRENT: usize = Class::MOST;
/// Marks that can be told apart.
pub const MARKS: usize = 3;

/// Counts of all items under some borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// Scored items by proposed class and mark.
    pub by_class: [[u32; MARKS]; Class::MOST],
    /// Unscored items by mark.
    pub unscored: [u32; MARKS],
    /// Scored items by current class (the last row: none) and proposed class.
    pub moves: [[u32; Class::MOST]; CURRENTS],
}

impl Tally {
    /// Items of a class, whatever their mark.
    pub fn class(&self, class: usize) -> u32 {
        self.by_class[class].iter().sum()
    }

    /// Items per class for the first `classes`.
    pub fn classes(&self, classes: usize) -> Vec<u32> {
        (0..classes).map(|class| self.class(class)).collect()
    }

    /// Scored and unscored items of a mark.
    pub fn marked(&self, mark: usize) -> u32 {
        let scored: u32 = self.by_class.iter().map(|by_mark| by_mark[mark]).sum();
        scored + self.unscored[mark]
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

/// Items between two notes: few enough to count one by one, enough to keep the notes small beside the scores.
const BLOCK: usize = 64;
/// Slots of strata: current class × mark, rounded up to whole vector registers.
const STRATA: usize = (CURRENTS * MARKS).next_power_of_two();
/// Scores share 64 bits with their stratum while they are sorted.
const STRATUM_BITS: u32 = STRATA.trailing_zeros();

/// Items per stratum.
type Counts = [u32; STRATA];

/// An item as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the borders cut; `None`: unscored.
    pub value: Option<Score>,
    /// The class it has now.
    pub current: Option<Class>,
    /// Its mark, below [`MARKS`].
    pub mark: u8,
}

/// Items split into strata, with the counts under the present borders.
#[derive(Clone, Debug)]
pub struct Strata {
    /// Hundredths, ascending.
    scores: Vec<i64>,
    /// The stratum of each score.
    stratum_of: Vec<u8>,
    /// Before each block, and after the last full one: how many of each stratum.
    notes: Vec<Counts>,
    borders: Borders,
    /// Per border: how many scores lie below it.
    cuts: [usize; Class::MOST - 1],
    tally: Tally,
}

impl Strata {
    /// Splits items, in any order.
    pub fn new(items: impl IntoIterator<Item = Entry>, borders: &Borders) -> Self {
        // No border lies beyond what still fits beside the stratum, so nothing is lost by staying within it.
        const FARTHEST: i64 = i64::MAX >> STRATUM_BITS;
        let mut tally = Tally::default();
        let mut line: Vec<i64> = Vec::new();
        for Entry { value, current, mark } in items {
            let mark = usize::from(mark);
            match value {
                None => tally.unscored[mark] += 1,
                Some(score) => {
                    let current = current.map_or(NO_CURRENT, Class::index);
                    let score = score.hundredths().clamp(-FARTHEST, FARTHEST);
                    line.push((score << STRATUM_BITS) + (current * MARKS + mark) as i64);
                }
            }
        }
        line.sort_unstable();
        let scores: Vec<i64> = line.iter().map(|item| item >> STRATUM_BITS).collect();
        let stratum_of: Vec<u8> = line.iter().map(|item| (item & (STRATA as i64 - 1)) as u8).collect();
        let notes = notes(&stratum_of);
        let mut this = Self { scores, stratum_of, notes, borders: borders.clone(), cuts: [0; Class::MOST - 1], tally };
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
            self.borders.clone_from(borders);
            return self.recount();
        }
        for (index, value) in borders.values().iter().enumerate() {
            if self.borders.values()[index] != *value {
                self.cut(index, *value);
            }
        }
        self.borders.clone_from(borders);
    }

    /// Moves one border's cut; counts shift between the classes beside it. A border passing another one on the way
    /// leaves counts that wrap around until that one has moved too, so they are added with wrapping.
    fn cut(&mut self, index: usize, value: Score) {
        let from = self.cuts[index];
        let to = gallop(&self.scores, from, value.hundredths());
        self.cuts[index] = to;
        // What the class below gains the class above loses.
        let (gains, loses) = if from <= to { (index, index + 1) } else { (index + 1, index) };
        let moved = self.count(from.min(to)..from.max(to));
        self.tally.shift(&moved, Some(loses), gains);
    }

    /// Counts everything from nothing, with one binary search per border.
    fn recount(&mut self) {
        self.tally = Tally { unscored: self.tally.unscored, ..Tally::default() };
        self.cuts = [0; Class::MOST - 1];
        let classes = self.borders.classes();
        let mut from = 0;
        for class in 0..classes {
            let border = self.borders.values().get(class);
            let to = border.map_or(self.scores.len(), |b| self.scores.partition_point(|s| *s < b.hundredths()));
            if class + 1 < classes {
                self.cuts[class] = to;
            }
            let held = self.count(from..to);
            self.tally.shift(&held, None, class);
            from = to;
        }
    }

    /// The items of a stretch of the line, per stratum.
    fn count(&self, stretch: Range<usize>) -> Counts {
        if is_short(&stretch) {
            let mut counts = [0; STRATA];
            self.stratum_of[stretch].iter().for_each(|stratum| counts[usize::from(*stratum)] += 1);
            return counts;
        }
        let (before, up_to) = (self.before(stretch.start), self.before(stretch.end));
        std::array::from_fn(|stratum| up_to[stratum] - before[stratum])
    }

    /// The items before `end`: the nearest note, give or take the few items between.
    fn before(&self, end: usize) -> Counts {
        let nearest = nearest_note(end).min(self.notes.len() - 1);
        let note = nearest * BLOCK;
        let mut counts = self.notes[nearest];
        if note <= end {
            self.stratum_of[note..end].iter().for_each(|stratum| counts[usize::from(*stratum)] += 1);
        } else {
            self.stratum_of[end..note].iter().for_each(|stratum| counts[usize::from(*stratum)] -= 1);
        }
        counts
    }
}

impl Tally {
    /// Gives items to a class, and takes them from another if they were counted there.
    fn shift(&mut self, items: &Counts, loses: Option<usize>, gains: usize) {
        let mut by_mark = [0u32; MARKS];
        let mut by_current = [0u32; CURRENTS];
        for (current, strata) in items.as_chunks::<MARKS>().0.iter().take(CURRENTS).enumerate() {
            for (mark, items) in strata.iter().enumerate() {
                by_mark[mark] += items;
                by_current[current] += items;
            }
        }
        let add = |count: &mut u32, items: u32| *count = count.wrapping_add(items);
        let mut give = |class: usize, sign: u32| {
            let by_class = &mut self.by_class[class];
            by_class.iter_mut().zip(by_mark).for_each(|(count, items)| add(count, items.wrapping_mul(sign)));
            self.moves
                .iter_mut()
                .zip(by_current)
                .for_each(|(row, items)| add(&mut row[class], items.wrapping_mul(sign)));
        };
        give(gains, 1);
        if let Some(class) = loses {
            give(class, u32::MAX);
        }
    }
}

/// Whether to count a stretch item by item. For speed only: either way of counting gives the same.
fn is_short(stretch: &Range<usize>) -> bool {
    stretch.len() <= BLOCK
}

/// The note to count from. For speed only: from any other the count is the same.
fn nearest_note(end: usize) -> usize {
    (end + BLOCK / 2) / BLOCK
}

/// How many of each stratum stand before every block, and after the last full one.
fn notes(strata: &[u8]) -> Vec<Counts> {
    let mut sum = [0; STRATA];
    let mut notes = Vec::with_capacity(strata.len() / BLOCK + 1);
    notes.push(sum);
    for block in strata.as_chunks::<BLOCK>().0 {
        for stratum in block {
            sum[usize::from(*stratum)] += 1;
        }
        notes.push(sum);
    }
    notes
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
