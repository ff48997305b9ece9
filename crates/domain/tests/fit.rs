//! Fitted borders are the best there are: compared with every possible way to cut where that can be tried, and with a
//! lower bound where it can't.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::borders::fit::{Distinct, FitError, Method, Tie, fit};
use cutline_domain::{Borders, Percent, Score};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// A few distinct scores with skewed counts: some alone, some shared by half of all items.
fn few() -> impl Strategy<Value = Vec<(Score, u32)>> {
    let value =
        prop_oneof![3 => 0i64..40, 1 => -20i64..0, 1 => 1_000i64..90_000].prop_map(|v| Score::from_hundredths(v * 25));
    let items = prop_oneof![4 => Just(1u32), 3 => 2u32..5, 1 => 20u32..60];
    btree_map(value, items, 5..10).prop_map(|map| map.into_iter().collect())
}

/// Planned shares that total 100.00 %, zero among them.
fn plan() -> impl Strategy<Value = Vec<Percent>> {
    let mark = prop_oneof![4 => 0u32..=10_000, 1 => Just(0), 1 => Just(10_000)];
    let exact = vec(mark, 0..4).prop_map(|mut marks| {
        marks.sort_unstable();
        marks.push(10_000);
        let mut from = 0;
        marks
            .into_iter()
            .map(|mark| Percent::from_hundredths(mark - std::mem::replace(&mut from, mark)).unwrap())
            .collect()
    });
    prop_oneof![3 => exact, 1 => Just([7000, 2000, 1000].map(|p| Percent::from_hundredths(p).unwrap()).to_vec())]
}

fn distinct(values: &[(Score, u32)]) -> Distinct {
    // Highest first: the order they come in must not matter.
    Distinct::new(values.iter().rev().flat_map(|(score, items)| std::iter::repeat_n(*score, *items as usize)))
}

/// Every way to choose `cuts` strictly increasing places among `1..values`.
fn ways(values: usize, cuts: usize) -> Vec<Vec<usize>> {
    let sets = (0u32..1 << (values - 1)).filter(|set| set.count_ones() as usize == cuts);
    sets.map(|set| (1..values).filter(|cut| set & (1 << (cut - 1)) != 0).collect()).collect()
}

/// Where borders cut distinct values: how many of those lie below each.
fn cuts(values: &[(Score, u32)], borders: &Borders) -> Vec<usize> {
    borders.values().iter().map(|border| values.iter().filter(|(score, _)| score < border).count()).collect()
}

/// What is fitted: the weight of one item of a score, and the wanted cumulative parts of `whole`.
struct Goal {
    weight: fn(Score) -> i128,
    parts: Vec<i128>,
    whole: i128,
}

impl Goal {
    fn of(method: Method, plan: &[Percent]) -> Self {
        let weight: fn(Score) -> i128 =
            if method == Method::Pareto { |score| i128::from(score.hundredths()).max(0) } else { |_| 1 };
        let (shares, whole): (Vec<i128>, i128) = match method {
            Method::EqualShares => (vec![1; plan.len()], plan.len() as i128),
            _ => (plan.iter().map(|p| i128::from(p.hundredths())).collect(), 10_000),
        };
        let parts = (1..plan.len()).map(|border| shares[..border].iter().sum()).collect();
        Self { weight, parts, whole }
    }

    fn sum(&self, values: &[(Score, u32)]) -> i128 {
        values.iter().map(|(score, items)| (self.weight)(*score) * i128::from(*items)).sum()
    }

    /// How far a border at a place with `below` weight below it misses what is wanted.
    fn missed(&self, values: &[(Score, u32)], border: usize, below: i128) -> i128 {
        (below * self.whole - self.parts[border] * self.sum(values)).abs()
    }

    fn cost(&self, values: &[(Score, u32)], cuts: &[usize]) -> i128 {
        cuts.iter().enumerate().map(|(border, cut)| self.missed(values, border, self.sum(&values[..*cut]))).sum()
    }

    /// The ties that keep borders from what is wanted: walks all items one by one, and names the run that could be cut
    /// in two closer to the target than the border is.
    fn ties(&self, values: &[(Score, u32)], cuts: &[usize]) -> Vec<Tie> {
        let mut ties = Vec::new();
        for (border, cut) in cuts.iter().enumerate() {
            let mut closest = self.missed(values, border, self.sum(&values[..*cut]));
            let mut found = None;
            for (run, (value, items)) in values.iter().enumerate() {
                for split in 1..*items {
                    let below = self.sum(&values[..run]) + (self.weight)(*value) * i128::from(split);
                    let missed = self.missed(values, border, below);
                    // Places within a run that weighs nothing are no other places than its ends.
                    if missed < closest {
                        closest = missed;
                        found = Some(Tie { border, value: *value, items: *items });
                    }
                }
            }
            ties.extend(found);
        }
        ties
    }
}

fn spread(values: &[(Score, u32)]) -> f64 {
    let items: f64 = values.iter().map(|(_, items)| f64::from(*items)).sum();
    let mean = values.iter().map(|(score, n)| score.as_f64() * f64::from(*n)).sum::<f64>() / items;
    values.iter().map(|(score, n)| (score.as_f64() - mean).powi(2) * f64::from(*n)).sum()
}

fn within(values: &[(Score, u32)], cuts: &[usize]) -> f64 {
    let ends: Vec<usize> = [0].into_iter().chain(cuts.iter().copied()).chain([values.len()]).collect();
    ends.windows(2).map(|pair| spread(&values[pair[0]..pair[1]])).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_comes_closer_to_plan(values in few(), plan in plan()) {
        for method in [Method::Plan, Method::EqualShares, Method::Pareto] {
            let goal = Goal::of(method, &plan);
            let fitted = fit(method, &distinct(&values), &plan).unwrap();
            let chosen = cuts(&values, &fitted.borders);
            prop_assert_eq!(chosen.len(), plan.len() - 1);
            // Each border is a score, so that what is shown is what was found.
            prop_assert!(fitted.borders.values().iter().all(|border| values.iter().any(|(score, _)| score == border)));
            let ways = ways(values.len(), plan.len() - 1);
            let best = ways.iter().map(|way| goal.cost(&values, way)).min().unwrap();
            prop_assert_eq!(goal.cost(&values, &chosen), best, "{:?} cut at {:?}", method, chosen);
            // Of equally good ones each border, from the highest down, is the lowest that will do.
            let lowest = ways.iter().filter(|way| goal.cost(&values, way) == best).min_by_key(|way| {
                way.iter().rev().copied().collect::<Vec<_>>()
            });
            prop_assert_eq!(Some(&chosen), lowest, "{:?}", method);
            prop_assert_eq!(fitted.ties, goal.ties(&values, &chosen), "{:?} cut at {:?}", method, chosen);
        }
    }

    #[test]
    fn natural_breaks_have_the_least_spread(values in few(), classes in 1usize..5) {
        let fitted = fit(Method::Jenks, &distinct(&values), &vec![Percent::default(); classes]).unwrap();
        let chosen = cuts(&values, &fitted.borders);
        prop_assert_eq!(chosen.len(), classes - 1);
        let ways = ways(values.len(), classes - 1);
        let best = ways.iter().map(|way| within(&values, way)).fold(f64::INFINITY, f64::min);
        prop_assert!(within(&values, &chosen) <= best + 1e-9 * (1.0 + spread(&values)), "{:?}", chosen);
    }

    #[test]
    fn equal_intervals_are_equal(values in few(), classes in 1usize..5) {
        let fitted = fit(Method::EqualIntervals, &distinct(&values), &vec![Percent::default(); classes]).unwrap();
        let (first, last) = (values[0].0.hundredths(), values[values.len() - 1].0.hundredths());
        for score in (first..=last).step_by(7).chain([last]) {
            let exact = (score - first) * classes as i64 / (last - first);
            let class = fitted.borders.class_of(Score::from_hundredths(score));
            prop_assert_eq!(i64::from(class.0), exact.min(classes as i64 - 1), "score {}", score);
        }
        prop_assert!(fitted.ties.is_empty());
    }

    #[test]
    fn fewer_scores_than_classes_are_refused(values in few(), more in 0usize..3) {
        let kept = &values[..values.len().min(8 - more)];
        for method in Method::ALL {
            let enough = fit(method, &distinct(kept), &vec![Percent::default(); kept.len()]);
            prop_assert_eq!(enough.unwrap().borders.classes(), kept.len());
            let classes = kept.len() + 1;
            let refused = fit(method, &distinct(kept), &vec![Percent::default(); classes]);
            prop_assert_eq!(refused, Err(FitError::TooFewValues { distinct: kept.len(), classes }));
        }
    }
}

fn percents<const N: usize>(hundredths: [u32; N]) -> Vec<Percent> {
    hundredths.map(|h| Percent::from_hundredths(h).unwrap()).to_vec()
}

fn wholes(values: &[(i64, u32)]) -> Vec<(Score, u32)> {
    values.iter().map(|(value, items)| (Score::whole(*value), *items)).collect()
}

#[test]
fn a_common_score_holds_a_border_up_and_is_named() {
    // 60 of 100 items share the score 5: a border at 50 % can only stand at 20 % or at 80 %.
    let scores = distinct(&wholes(&[(1, 20), (5, 60), (9, 20)]));
    let fitted = fit(Method::Plan, &scores, &percents([4500, 5500])).unwrap();
    assert_eq!(fitted.borders.values(), [Score::whole(5)]);
    assert_eq!(fitted.ties, [Tie { border: 0, value: Score::whole(5), items: 60 }]);
    // Where a cut is wanted exactly at the edge of the run nothing is in the way.
    assert_eq!(fit(Method::Plan, &scores, &percents([2000, 8000])).unwrap().ties, []);
}

#[test]
fn of_equally_good_borders_the_lowest_is_taken() {
    let scores = distinct(&wholes(&[(1, 1), (2, 1), (3, 1)]));
    assert_eq!(fit(Method::Plan, &scores, &percents([5000, 5000])).unwrap().borders.values(), [Score::whole(2)]);
}

#[test]
fn rounding_is_no_tie() {
    // Half of three items can't be cut anyway; that two of them are equal is not what prevents it.
    let scores = distinct(&wholes(&[(1, 1), (2, 2)]));
    assert_eq!(fit(Method::Plan, &scores, &percents([5000, 5000])).unwrap().ties, []);
    // Thirds of a million have no exact hundredths of a percent, yet three equal groups are three equal shares.
    let scores = distinct(&wholes(&[(1, 100_000), (2, 100_000), (3, 100_000)]));
    let fitted = fit(Method::EqualShares, &scores, &percents([0, 0, 10_000])).unwrap();
    assert_eq!((fitted.borders.values(), fitted.ties), ([2, 3].map(Score::whole).as_slice(), vec![]));
}

#[test]
fn equal_intervals_of_neighbouring_hundredths_leave_no_class_empty() {
    let values: Vec<(Score, u32)> = (100..104).map(|h| (Score::from_hundredths(h), 1)).collect();
    let fitted = fit(Method::EqualIntervals, &distinct(&values), &percents([2500; 4])).unwrap();
    assert_eq!(cuts(&values, &fitted.borders), [1, 2, 3]);
}

#[test]
fn natural_breaks_are_seen_between_large_numbers() {
    let far = Score::whole(80_000_000_000).hundredths();
    let values: Vec<(Score, u32)> = [0, 1, 2, 40, 41, 90, 91].map(|h| (Score::from_hundredths(far + h), 3)).to_vec();
    let fitted = fit(Method::Jenks, &distinct(&values), &percents([3000, 3000, 4000])).unwrap();
    assert_eq!(cuts(&values, &fitted.borders), [3, 5]);
}

#[test]
fn of_equally_natural_breaks_the_lowest_is_taken() {
    let scores = distinct(&wholes(&[(1, 1), (2, 1), (3, 1)]));
    assert_eq!(fit(Method::Jenks, &scores, &percents([5000, 5000])).unwrap().borders.values(), [Score::whole(2)]);
}

/// More distinct scores than there are bins: three crowds of them, and each border may lie a bin beside its gap.
#[test]
fn natural_breaks_are_found_among_more_scores_than_bins() {
    let crowd = |from: i64| (0..500).map(move |i| (Score::whole(from + i), 1));
    let values: Vec<(Score, u32)> = crowd(0).chain(crowd(10_000)).chain(crowd(30_000)).collect();
    let fitted = fit(Method::Jenks, &distinct(&values), &percents([3000, 3000, 4000])).unwrap();
    for (cut, gap) in cuts(&values, &fitted.borders).into_iter().zip([500usize, 1000]) {
        assert!(cut.abs_diff(gap) <= 4, "{cut} for {gap}");
    }
}

#[test]
fn methods_are_told_apart_by_their_titles() {
    let titles: std::collections::BTreeSet<&str> = Method::ALL.iter().map(|method| method.title()).collect();
    assert!(titles.len() == Method::ALL.len() && !titles.contains(""));
}

#[test]
fn any_number_of_planned_shares_is_taken() {
    let scores = distinct(&wholes(&[(1, 2), (2, 2), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (9, 1), (10, 1)]));
    for method in Method::ALL {
        assert_eq!(fit(method, &scores, &[]).unwrap().borders.classes(), 1, "{method:?}");
        assert_eq!(fit(method, &scores, &[Percent::default(); 12]).unwrap().borders.classes(), 9, "{method:?}");
        assert!(fit(method, &Distinct::default(), &[]).is_err(), "{method:?}");
    }
}

/// The shape of real measures: tens of thousands of items, most of them on few small whole numbers, a tail 1,000 times
/// the median.
#[test]
fn long_tails_are_cut_as_close_as_their_ties_allow() {
    let mut random = support::xorshift(7);
    let scores: Vec<Score> = (0..50_000)
        .map(|_| {
            let bell: f64 = (0..12).map(|_| f64::from(random()) / f64::from(u32::MAX)).sum::<f64>() - 6.0;
            Score::whole((3.0 + 1.4 * bell).exp() as i64)
        })
        .collect();
    let distinct = Distinct::new(scores);
    let values = distinct.values();
    assert!(values.len() > 500 && values.iter().any(|(_, items)| *items > 1_000), "the shape is there");
    for (method, plan) in [
        (Method::Plan, percents([4000, 3000, 2000, 1000])),
        (Method::Plan, percents([100, 9000, 800, 100])),
        (Method::EqualShares, percents([2500; 4])),
        (Method::Pareto, percents([500, 1500, 3000, 5000])),
    ] {
        let goal = Goal::of(method, &plan);
        let fitted = fit(method, &distinct, &plan).unwrap();
        let chosen = cuts(values, &fitted.borders);
        // Each border by itself as near as a cut can be: nothing can be closer, and here they don't get in each other's
        // way.
        let total = goal.sum(values);
        let mut bound = vec![i128::MAX; chosen.len()];
        let mut below = 0;
        for value in &values[..values.len() - 1] {
            below += goal.sum(std::slice::from_ref(value));
            for (best, part) in bound.iter_mut().zip(&goal.parts) {
                *best = (*best).min((below * goal.whole - part * total).abs());
            }
        }
        assert_eq!(goal.cost(values, &chosen), bound.iter().sum::<i128>(), "{method:?}");
        // In the crowd of small numbers every border meets a tie, and only there.
        assert!(fitted.ties.iter().all(|tie| tie.items > 1), "{method:?}");
        if method == Method::Plan {
            assert!(fitted.ties.iter().any(|tie| tie.border == 0), "{method:?}");
        }
    }
    let breaks = fit(Method::Jenks, &distinct, &percents([2500; 4])).unwrap();
    let equal = fit(Method::EqualIntervals, &distinct, &percents([2500; 4])).unwrap();
    assert!(within(values, &cuts(values, &breaks.borders)) < within(values, &cuts(values, &equal.borders)));
}
