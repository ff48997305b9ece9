//! The histogram behind the borders: scales for long tails, bins, and axis ticks.

use crate::base::number::Score;
use crate::borders::fit::Distinct;
use serde::{Deserialize, Serialize};

/// How scores are laid along the axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// Even steps.
    Linear,
    /// Even ratios, for long tails.
    #[default]
    Log,
    /// Even numbers of items.
    Quantile,
}

impl ScaleKind {
    /// Every scale, as offered.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Log, Self::Quantile];

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Log => "Log",
            Self::Quantile => "Quantile",
        }
    }
}

/// A mapping between scores and positions 0 to 1 along the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    kind: ScaleKind,
    low: f64,
    high: f64,
    /// Distinct scores and the share of items below each; for [`ScaleKind::Quantile`].
    ranks: Vec<(f64, f64)>,
}

impl Scale {
    /// A scale over scores; a made-up range of one unit when there are none.
    pub fn new(kind: ScaleKind, scores: &Distinct) -> Self {
        let values = scores.values();
        let (low, high) = match values {
            [] => (0.0, 1.0),
            _ => (values[0].0.as_f64(), values[values.len() - 1].0.as_f64()),
        };
        let total: f64 = values.iter().map(|(_, items)| f64::from(*items)).sum();
        let mut below = 0.0;
        let rank = |(score, items): &(Score, u32)| {
            let here = (score.as_f64(), below / total);
            below += f64::from(*items);
            here
        };
        let ranks = if kind == ScaleKind::Quantile { values.iter().map(rank).collect() } else { Vec::new() };
        Self { kind, low, high: if high > low { high } else { low + 1.0 }, ranks }
    }

    /// Which scale.
    pub fn kind(&self) -> ScaleKind {
        self.kind
    }

    /// Position of a score, clamped to the axis.
    pub fn position(&self, score: Score) -> f64 {
        let x = score.as_f64().clamp(self.low, self.high);
        match self.kind {
            ScaleKind::Linear => (x - self.low) / (self.high - self.low),
            ScaleKind::Log => self.logged(x) / self.logged(self.high),
            ScaleKind::Quantile => interpolate(&self.ranks, self.high, x, |rank| rank.0, |rank| rank.1, 1.0),
        }
    }

    /// The score at a position.
    pub fn score(&self, position: f64) -> Score {
        let at = position.clamp(0.0, 1.0);
        Score::nearest(match self.kind {
            // Exactly, whatever logarithms lose on the way.
            _ if at >= 1.0 => self.high,
            ScaleKind::Linear => self.low + at * (self.high - self.low),
            ScaleKind::Log => self.unlogged(at * self.logged(self.high)),
            ScaleKind::Quantile => interpolate(&self.ranks, 1.0, at, |rank| rank.1, |rank| rank.0, self.high),
        })
    }

    /// Log of the distance from a point chosen so that the lowest score maps to 0: a true log scale for positive
    /// scores, and for the rest one that grows evenly up to one unit above the lowest.
    fn logged(&self, x: f64) -> f64 {
        if self.low > 0.0 { (x / self.low).ln() } else { (x - self.low).ln_1p() }
    }

    fn unlogged(&self, y: f64) -> f64 {
        if self.low > 0.0 { self.low * y.exp() } else { self.low + y.exp_m1() }
    }

    /// Round scores to mark on the axis, ascending, at most about `most`.
    pub fn ticks(&self, most: usize) -> Vec<Score> {
        let most = most.max(2);
        match self.kind {
            ScaleKind::Linear => self.apart(self.even_ticks(most), most),
            ScaleKind::Log => {
                let round = (-2..=13).flat_map(|power| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(power)));
                let round = [0.0].into_iter().chain(round).filter(|x| (self.low..=self.high).contains(x));
                let ticks = self.apart(round.map(Score::nearest).collect(), most);
                // A range within one power of ten, or below zero, has hardly any of them.
                if ticks.len() < 3 { self.apart(self.even_ticks(most), most) } else { ticks }
            }
            ScaleKind::Quantile => self.apart((0..=most).map(|i| self.score(i as f64 / most as f64)).collect(), most),
        }
    }

    /// Crowded labels can't be read: keeps those that stand clear of the one before.
    fn apart(&self, mut ticks: Vec<Score>, most: usize) -> Vec<Score> {
        let clear = 0.8 / most as f64;
        let mut last = f64::NEG_INFINITY;
        ticks.retain(|tick| {
            let at = self.position(*tick);
            let keep = at - last >= clear;
            if keep {
                last = at;
            }
            keep
        });
        ticks
    }

    fn even_ticks(&self, most: usize) -> Vec<Score> {
        // A fifth rounds to half the range at most, so that at least two steps lie within it.
        let step = round_step((self.high - self.low) / most.max(5) as f64);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|i| Score::nearest(i as f64 * step)).collect()
    }
}

/// Piecewise linear between ascending points; `end` closes the last piece.
fn interpolate(
    ranks: &[(f64, f64)],
    end_key: f64,
    at: f64,
    key: impl Fn(&(f64, f64)) -> f64,
    value: impl Fn(&(f64, f64)) -> f64,
    end_value: f64,
) -> f64 {
    let next = ranks.partition_point(|rank| key(rank) <= at);
    let Some(left) = next.checked_sub(1).map(|i| &ranks[i]) else { return ranks.first().map_or(end_value, value) };
    let (right_key, right_value) = ranks.get(next).map_or((end_key, end_value), |rank| (key(rank), value(rank)));
    let width = right_key - key(left);
    let share = if width > 0.0 { ((at - key(left)) / width).clamp(0.0, 1.0) } else { 0.0 };
    value(left) + share * (right_value - value(left))
}

/// 1, 2 or 5 times a power of ten, at least `least` and no finer than a hundredth.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.max(0.01).log10().floor());
    [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= least).unwrap_or(10.0) * power
}

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Left edge, 0 to 1.
    pub from: f64,
    /// Right edge, 0 to 1.
    pub to: f64,
    /// How many items.
    pub items: u32,
}

/// About `wanted` bars of even width along the scale. Where scores are whole numbers edges are too, so that bars don't
/// alternate between holding one number and two.
pub fn bins(scale: &Scale, scores: &Distinct, wanted: usize) -> Vec<Bin> {
    let values = scores.values();
    let wanted = wanted.max(1);
    let whole = values.iter().all(|(score, _)| score.hundredths() % 100 == 0);
    let edge = |i: usize| {
        let hundredths = scale.score(i as f64 / wanted as f64).hundredths();
        if whole { (hundredths + 50).div_euclid(100) * 100 } else { hundredths }
    };
    let mut edges: Vec<i64> = (0..=wanted).map(edge).collect();
    edges.dedup();
    let position = |hundredths: &i64| scale.position(Score::from_hundredths(*hundredths));
    let mut ends: Vec<(i64, f64)> = edges[1..].iter().map(|edge| (*edge, position(edge))).collect();
    // The last bar also holds what lies on its right edge; on a quantile axis the highest score's items have room of
    // their own there, up to the end.
    match ends.last_mut() {
        Some(last) if last.1 >= 1.0 => last.0 = i64::MAX,
        _ => ends.push((i64::MAX, 1.0)),
    }
    let (mut next, mut from) = (0, position(&edges[0]));
    let mut out = Vec::with_capacity(ends.len());
    for (end, to) in ends {
        let mut items = 0;
        while next < values.len() && values[next].0.hundredths() < end {
            items += values[next].1;
            next += 1;
        }
        out.push(Bin { from, to, items });
        from = to;
    }
    out
}
