//! Fitting borders: where to cut so that the classes come closest to what is wanted. Ties always stay together, so a
//! cut can only lie before a distinct value; what ties make unreachable is reported.

use crate::base::number::{Percent, Score};
use crate::borders::{Borders, Class};
use serde::{Deserialize, Serialize};

/// Bins natural breaks are searched on; the search is quadratic in their number.
const JENKS_BINS: usize = 400;

/// A way of fitting borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Shares of items closest to the planned ones.
    Plan,
    /// The same share of items for every class.
    EqualShares,
    /// The same range of scores for every class.
    EqualIntervals,
    /// Shares of the total value closest to the planned ones.
    Pareto,
    /// Least variance within classes.
    Jenks,
}

impl Method {
    /// Every method, as offered.
    pub const ALL: [Self; 5] = [Self::Plan, Self::EqualShares, Self::EqualIntervals, Self::Pareto, Self::Jenks];

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Plan => "Fit to plan",
            Self::EqualShares => "Equal shares",
            Self::EqualIntervals => "Equal intervals",
            Self::Pareto => "Cumulative share of value (Pareto)",
            Self::Jenks => "Natural breaks (Jenks)",
        }
    }
}

/// A value so common that a border can't be put where the plan wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The border it holds up.
    pub border: usize,
    /// The value.
    pub value: Score,
    /// How many items have it.
    pub items: u32,
}

/// Fitted borders, and the ties that keep them from meeting the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The borders.
    pub borders: Borders,
    /// Why shares differ from plan.
    pub ties: Vec<Tie>,
}

/// Why nothing could be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Fewer distinct scores than classes.
    #[error("there are {distinct} distinct scores, too few to fill {classes} classes")]
    TooFewValues {
        /// Distinct scores.
        distinct: usize,
        /// Classes wanted.
        classes: usize,
    },
}

/// Distinct scores, ascending, with how many items have each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distinct(Vec<(Score, u32)>);

impl Distinct {
    /// Counts scores, in any order.
    pub fn new(scores: impl IntoIterator<Item = Score>) -> Self {
        let mut scores: Vec<Score> = scores.into_iter().collect();
        scores.sort_unstable();
        Self(scores.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect())
    }

    /// Value and count, ascending.
    pub fn values(&self) -> &[(Score, u32)] {
        &self.0
    }
}

/// Fits `planned.len()` classes.
pub fn fit(method: Method, scores: &Distinct, planned: &[Percent]) -> Result<Fit, FitError> {
    let planned = &planned[..planned.len().min(Class::MOST)];
    let classes = planned.len().max(1);
    let whole = Percent::WHOLE.hundredths();
    let plan: Vec<u32> = planned.iter().map(|share| share.hundredths()).collect();
    if scores.0.len() < classes {
        return Err(FitError::TooFewValues { distinct: scores.0.len(), classes });
    }
    match method {
        Method::Plan => Ok(by_weight(scores, |_, items| u64::from(items), &plan, whole)),
        // Equal parts, not percentages: thirds have no exact hundredths.
        Method::EqualShares => Ok(by_weight(scores, |_, items| u64::from(items), &vec![1; classes], classes as u32)),
        // A negative score adds no value, so it weighs nothing.
        Method::Pareto => {
            Ok(by_weight(scores, |score, items| score.hundredths().max(0) as u64 * u64::from(items), &plan, whole))
        }
        Method::EqualIntervals => equal_intervals(scores, classes),
        Method::Jenks => Ok(jenks(scores, classes)),
    }
}

/// The strictly increasing cuts whose cumulative weights lie closest, in total, to the cumulative `shares` of `whole`:
/// exact, by dynamic programming over distinct values, O(values × classes).
fn by_weight(scores: &Distinct, weight: impl Fn(Score, u32) -> u64, shares: &[u32], whole: u32) -> Fit {
    let values = scores.values();
    let mut below: Vec<u128> = Vec::with_capacity(values.len() + 1);
    below.push(0);
    for (score, items) in values {
        below.push(below[below.len() - 1] + u128::from(weight(*score, *items)));
    }
    let total = below[values.len()];
    let whole = u128::from(whole);
    // Everything is scaled by the whole so that targets stay whole numbers.
    let targets: Vec<u128> = shares[..shares.len().saturating_sub(1)]
        .iter()
        .scan(0u128, |sum, share| {
            *sum += u128::from(*share);
            Some(*sum * total)
        })
        .collect();
    let cuts = cheapest(values.len(), targets.len(), |border, cut| (below[cut] * whole).abs_diff(targets[border]));
    let ties = cuts.iter().zip(&targets).enumerate().filter_map(|(border, (cut, target))| {
        let missed_by = (below[*cut] * whole).abs_diff(*target);
        nearest_split(values, &below, whole, *target, missed_by).map(|(value, items)| Tie { border, value, items })
    });
    let ties = ties.collect();
    Fit { borders: at(scores, &cuts), ties }
}

/// The run of equal scores that keeps a border from `target`: were its items divisible, the border would stand between
/// two of them, closer than the `missed_by` it misses the target by now.
fn nearest_split(
    values: &[(Score, u32)],
    below: &[u128],
    whole: u128,
    target: u128,
    missed_by: u128,
) -> Option<(Score, u32)> {
    // A run that reaches no closer than the border stands holds no closer place either.
    let too_low = |least: u128| below.partition_point(|b| *b * whole <= least).saturating_sub(1);
    let first = target.checked_sub(missed_by).map_or(0, too_low);
    let end = below.partition_point(|b| *b * whole < target + missed_by);
    let mut closest = (missed_by, None);
    for (run, (value, items)) in values.iter().enumerate().take(end).skip(first) {
        let start = below[run] * whole;
        let item = (below[run + 1] - below[run]) * whole / u128::from(*items);
        if *items < 2 {
            continue;
        }
        // Not rounded: with the target inside this run every place outside it is more than an item away.
        // Where items weigh nothing any place will do.
        let place = target.saturating_sub(start).checked_div(item).unwrap_or_default();
        let distance = (start + place.clamp(1, u128::from(*items) - 1) * item).abs_diff(target);
        if distance < closest.0 {
            closest = (distance, Some((*value, *items)));
        }
    }
    closest.1
}

/// Strictly increasing cuts in 1..values (a cut lies before the value of that index) with the least total cost; of
/// equal ones the lowest. There must be more values than borders.
fn cheapest(values: usize, borders: usize, cost: impl Fn(usize, usize) -> u128) -> Vec<usize> {
    // totals[cut]: the least cost of the borders placed so far, the highest of them at `cut` or lower.
    let mut totals: Vec<u128> = vec![0; values];
    let mut choices: Vec<Vec<u32>> = Vec::with_capacity(borders);
    for border in 0..borders {
        // Below border + 1 there is no room for the borders before this one.
        let mut best = vec![u128::MAX; values];
        let mut choice = vec![0u32; values];
        for cut in border + 1..values {
            let here = totals[cut - 1] + cost(border, cut);
            let lower = (best[cut - 1], choice[cut - 1]);
            (best[cut], choice[cut]) = if here < lower.0 { (here, cut as u32) } else { lower };
        }
        totals = best;
        choices.push(choice);
    }
    let mut cuts = vec![0; borders];
    let mut room = values - 1;
    for border in (0..borders).rev() {
        cuts[border] = choices[border][room] as usize;
        room = cuts[border] - 1;
    }
    cuts
}

fn at(scores: &Distinct, cuts: &[usize]) -> Borders {
    let values = cuts.iter().map(|cut| scores.0[*cut].0).collect();
    // Cuts are strictly increasing and values distinct and ascending, so this can't be refused.
    Borders::new(values).unwrap_or_else(|_| unreachable!("cuts are strictly increasing"))
}

fn equal_intervals(scores: &Distinct, classes: usize) -> Result<Fit, FitError> {
    let values = scores.values();
    let (first, last) = (values[0].0.hundredths(), values[values.len() - 1].0.hundredths());
    let cut = |i: usize| {
        // Rounded up: the first hundredth that is not below the exact border.
        let distance = (i128::from(last - first) * i as i128 + classes as i128 - 1) / classes as i128;
        Score::from_hundredths(first + distance as i64)
    };
    let borders = Borders::new((1..classes).map(cut).collect());
    let borders = borders.map_err(|_| FitError::TooFewValues { distinct: scores.0.len(), classes })?;
    Ok(Fit { borders, ties: Vec::new() })
}

/// Natural breaks: the partition with the least sum of squared distances to class means, exact on at most
/// [`JENKS_BINS`] bins (Jenks 1967; dynamic programming after Fisher 1958).
fn jenks(scores: &Distinct, classes: usize) -> Fit {
    let values = scores.values();
    // Bins hold about the same number of distinct values; with few values each is its own bin and the result exact.
    let bins = values.len().min(JENKS_BINS);
    let starts: Vec<usize> = (0..=bins).map(|i| i * values.len() / bins).collect();
    // Distances from the mean, since squares of large scores would drown the differences between them.
    let items: f64 = values.iter().map(|(_, items)| f64::from(*items)).sum();
    let mean = values.iter().map(|(score, items)| score.as_f64() * f64::from(*items)).sum::<f64>() / items;
    // Before each bin: how many items there are, and the sums of their values and of the squares of those.
    let mut sums = vec![[0.0; 3]];
    for pair in starts.windows(2) {
        let mut sum = sums[sums.len() - 1];
        for (score, items) in &values[pair[0]..pair[1]] {
            let (x, w) = (score.as_f64() - mean, f64::from(*items));
            sum.iter_mut().zip([w, w * x, w * x * x]).for_each(|(sum, part)| *sum += part);
        }
        sums.push(sum);
    }
    let within = |from: usize, to: usize| {
        let [w, x, xx] = [0, 1, 2].map(|power| sums[to][power] - sums[from][power]);
        (xx - x * x / w).max(0.0)
    };
    let mut best: Vec<f64> = (0..=bins).map(|to| within(0, to)).collect();
    let mut breaks: Vec<Vec<usize>> = Vec::new();
    for class in 1..classes {
        let mut next = vec![f64::INFINITY; bins + 1];
        let mut from_of = vec![0; bins + 1];
        for to in 0..=bins {
            for (from, so_far) in best.iter().enumerate().take(to).skip(class) {
                let cost = so_far + within(from, to);
                if cost < next[to] {
                    (next[to], from_of[to]) = (cost, from);
                }
            }
        }
        best = next;
        breaks.push(from_of);
    }
    let mut cuts = Vec::with_capacity(classes - 1);
    let mut to = bins;
    for from_of in breaks.iter().rev() {
        to = from_of[to];
        cuts.push(starts[to]);
    }
    cuts.reverse();
    Fit { borders: at(scores, &cuts), ties: Vec::new() }
}
