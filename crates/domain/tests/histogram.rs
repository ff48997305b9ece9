//! The histogram: nothing is lost between bars, positions and scores go back and forth, ticks can be read.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]
#![allow(clippy::float_cmp, reason = "the ends of the axis are meant exactly")]

mod support;

use cutline_domain::Score;
use cutline_domain::borders::fit::Distinct;
use cutline_domain::borders::histogram::{Scale, ScaleKind, bins};
use proptest::collection::vec;
use proptest::prelude::*;
use support::score;

fn scores() -> impl Strategy<Value = Vec<Score>> {
    let far = (-Score::LIMIT..=Score::LIMIT).prop_map(Score::from_hundredths);
    let narrow = (1_000i64..30_000, vec(0i64..400, 1..30));
    prop_oneof![
        4 => vec(score(), 1..200),
        2 => narrow.prop_map(|(low, above)| above.into_iter().map(|a| Score::from_hundredths(low + a)).collect()),
        1 => vec(far, 1..20),
        1 => vec((1i64..1_000_000).prop_map(Score::whole), 1..100),
    ]
}

fn range(scores: &[Score]) -> (Score, Score) {
    (*scores.iter().min().unwrap(), *scores.iter().max().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn bars_hold_every_item_once_and_cover_the_axis(scores in scores(), wanted in 0usize..120) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let bars = bins(&Scale::new(kind, &distinct), &distinct, wanted);
            prop_assert!(!bars.is_empty() && bars.len() <= wanted.max(1) + 1);
            prop_assert_eq!(bars.iter().map(|bar| bar.items as usize).sum::<usize>(), scores.len());
            prop_assert_eq!((bars[0].from, bars[bars.len() - 1].to), (0.0, 1.0), "{:?}", kind);
            for pair in bars.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for bar in &bars {
                let on_axis = (0.0..=1.0).contains(&bar.from) && bar.from <= bar.to && bar.to <= 1.0;
                prop_assert!(on_axis, "{:?} {:?}", kind, bar);
            }
        }
    }

    /// An item stands in the bar its position lies in.
    #[test]
    fn bars_stand_where_their_items_are(
        scores in vec((0i64..5_000).prop_map(Score::from_hundredths), 2..100),
        wanted in 1usize..60,
    ) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            let bars = bins(&scale, &distinct, wanted);
            for (i, bar) in bars.iter().enumerate() {
                let last = i + 1 == bars.len();
                let holds = |at: f64| at >= bar.from && (last || at < bar.to);
                let held = scores.iter().filter(|score| holds(scale.position(**score))).count();
                prop_assert_eq!(held, bar.items as usize, "{:?} {:?}", kind, bar);
            }
        }
    }

    #[test]
    fn whole_scores_have_whole_edges(units in vec(0i64..60, 2..200), wanted in 1usize..90) {
        let distinct = Distinct::new(units.iter().map(|unit| Score::whole(*unit)));
        let scale = Scale::new(ScaleKind::Linear, &distinct);
        for bar in bins(&scale, &distinct, wanted) {
            prop_assert_eq!(scale.score(bar.from).hundredths() % 100, 0);
            prop_assert_eq!(scale.score(bar.to).hundredths() % 100, 0);
        }
    }

    #[test]
    fn positions_rise_with_scores(scores in scores(), a in 0.0f64..=1.0, b in 0.0f64..=1.0) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            prop_assert!(scale.score(a.min(b)) <= scale.score(a.max(b)), "{:?}", kind);
            let values = distinct.values();
            let positions: Vec<f64> = values.iter().map(|(score, _)| scale.position(*score)).collect();
            prop_assert!(positions.iter().all(|at| (0.0..=1.0).contains(at)), "{:?}", kind);
            prop_assert!(positions.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", kind);
            prop_assert_eq!(positions[0], 0.0);
            // Beyond the axis is its end.
            let (low, high) = range(&scores);
            prop_assert_eq!(scale.position(Score::from_hundredths(low.hundredths() - 1)), 0.0);
            prop_assert_eq!((scale.score(-1.0), scale.score(0.0)), (low, low));
            if low < high {
                prop_assert_eq!((scale.score(1.0), scale.score(2.0)), (high, high));
            }
        }
    }

    #[test]
    fn a_score_is_found_again_where_it_was_drawn(
        scores in vec((-200_000i64..20_000_000).prop_map(Score::from_hundredths), 1..80),
    ) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            for score in &scores {
                let found = scale.score(scale.position(*score));
                let off = (found.hundredths() - score.hundredths()).abs();
                prop_assert!(off <= 1, "{:?}: {} for {}", kind, found, score);
            }
        }
    }

    #[test]
    fn ticks_are_ascending_in_range_and_apart(scores in scores(), most in 0usize..14) {
        let distinct = Distinct::new(scores.iter().copied());
        let (low, high) = range(&scores);
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            let ticks = scale.ticks(most);
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]), "{:?} {:?}", kind, ticks);
            let high = if low == high { Score::from_hundredths(high.hundredths() + 100) } else { high };
            prop_assert!(ticks.iter().all(|tick| (low..=high).contains(tick)), "{:?} {:?}", kind, ticks);
            prop_assert!(ticks.len() <= 2 * most.max(2), "{:?} {:?}", kind, ticks);
            let apart = |pair: &[Score]| scale.position(pair[1]) - scale.position(pair[0]) > 0.5 / most.max(2) as f64;
            prop_assert!(ticks.windows(2).all(apart), "{:?} {:?}", kind, ticks);
        }
    }

    /// An axis without numbers says nothing. On a log axis that begins below zero all round scores may crowd at its
    /// end.
    #[test]
    fn an_axis_has_ticks(low in -5_000i64..100_000, width in 500i64..200_000, most in 4usize..12) {
        let distinct = Distinct::new([low, low + width].map(Score::from_hundredths));
        for (kind, least) in [(ScaleKind::Linear, 2), (ScaleKind::Log, if low < 0 { 1 } else { 2 })] {
            prop_assert!(Scale::new(kind, &distinct).ticks(most).len() >= least, "{:?}", kind);
        }
    }
}

#[test]
fn a_quantile_axis_gives_every_score_room_for_its_items() {
    let scores = [(1, 20), (2, 50), (3, 30)].into_iter().flat_map(|(unit, items)| vec![Score::whole(unit); items]);
    let distinct = Distinct::new(scores);
    let scale = Scale::new(ScaleKind::Quantile, &distinct);
    assert_eq!([1, 2, 3].map(|unit| scale.position(Score::whole(unit))), [0.0, 0.2, 0.7]);
    let bars: Vec<_> = bins(&scale, &distinct, 10).iter().map(|bar| (bar.from, bar.to, bar.items)).collect();
    assert_eq!(bars, [(0.0, 0.2, 20), (0.2, 0.7, 50), (0.7, 1.0, 30)]);
}

#[test]
fn log_scales_have_even_ratios() {
    let distinct = Distinct::new([1, 10, 100, 10_000].map(Score::whole));
    let scale = Scale::new(ScaleKind::Log, &distinct);
    assert!((scale.position(Score::whole(10)) - 0.25).abs() < 1e-12);
    assert!((scale.position(Score::whole(100)) - 0.5).abs() < 1e-12);
    assert_eq!(scale.ticks(4), [1, 10, 100, 1_000, 10_000].map(Score::whole));
}

#[test]
fn few_ticks_are_still_two() {
    let distinct = Distinct::new([1, 80_002].map(Score::from_hundredths));
    assert_eq!(Scale::new(ScaleKind::Linear, &distinct).ticks(4), [200, 400, 600, 800].map(Score::whole));
}

fn scale(kind: ScaleKind, hundredths: &[i64]) -> Scale {
    Scale::new(kind, &Distinct::new(hundredths.iter().copied().map(Score::from_hundredths)))
}

fn ticks(kind: ScaleKind, hundredths: &[i64], most: usize) -> Vec<i64> {
    scale(kind, hundredths).ticks(most).into_iter().map(Score::hundredths).collect()
}

#[test]
fn one_score_has_an_axis_of_one_unit() {
    for kind in ScaleKind::ALL {
        let axis = scale(kind, &[300, 300]);
        assert_eq!([axis.score(0.0), axis.score(1.0)], [300, 400].map(Score::from_hundredths), "{kind:?}");
        assert_eq!(axis.position(Score::whole(3)), 0.0, "{kind:?}");
        assert!((0.4..0.6).contains(&axis.position(Score::from_hundredths(350))) || kind == ScaleKind::Quantile);
    }
}

#[test]
fn positions_on_a_linear_axis_are_even() {
    let axis = scale(ScaleKind::Linear, &[200, 300, 1000]);
    assert_eq!([200, 400, 600, 1000].map(|h| axis.position(Score::from_hundredths(h))), [0.0, 0.25, 0.5, 1.0]);
    assert_eq!([0.25, 0.5, 0.75].map(|at| axis.score(at).hundredths()), [400, 600, 800]);
}

/// From zero or below there is no ratio: distances from the lowest, each plus one, have even ratios instead.
#[test]
fn log_scales_from_zero_or_below_begin_evenly() {
    for low in [0, -500] {
        let axis = scale(ScaleKind::Log, &[low, low + 9_900]);
        let position = |units: i64| axis.position(Score::from_hundredths(low + units * 100));
        assert!((position(9) - 0.5).abs() < 1e-12, "1 to 10 is half of 1 to 100");
        assert!((position(1) - 2f64.log10() / 2.0).abs() < 1e-12);
        assert_eq!(axis.score(0.5).hundredths(), low + 900);
    }
}

#[test]
fn between_ranks_a_quantile_axis_is_even() {
    let axis = scale(ScaleKind::Quantile, &[100, 200, 200, 200, 600]);
    let positions = [100, 150, 200, 400, 600].map(|h| axis.position(Score::from_hundredths(h)));
    for (found, expected) in positions.into_iter().zip([0.0, 0.1, 0.2, 0.5, 0.8]) {
        assert!((found - expected).abs() < 1e-12, "{positions:?}");
    }
    assert_eq!([0.1, 0.2, 0.5, 0.8, 0.9].map(|at| axis.score(at).hundredths()), [150, 200, 400, 600, 600]);
}

#[test]
fn even_ticks_are_multiples_of_a_round_step() {
    for (ends, most, expected) in [
        ([0, 1_000], 5, vec![0, 200, 400, 600, 800, 1_000]),
        ([0, 1_000], 10, vec![0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]),
        ([700, 1_900], 6, vec![800, 1_000, 1_200, 1_400, 1_600, 1_800]),
        ([-700, 700], 6, vec![-500, 0, 500]),
        ([70_300, 79_900], 4, vec![72_000, 74_000, 76_000, 78_000]),
        ([100, 104], 9, vec![100, 101, 102, 103, 104]),
    ] {
        assert_eq!(ticks(ScaleKind::Linear, &ends, most), expected, "{ends:?} {most}");
    }
}

#[test]
fn log_ticks_are_round_numbers_or_even_ones_where_those_are_few() {
    let three = ticks(ScaleKind::Log, &[150, 1_200], 8);
    assert_eq!(three, [200, 500, 1_000], "three say enough");
    assert_eq!(ticks(ScaleKind::Log, &[300, 700], 4), [300, 400, 500, 600], "700 would crowd beside 600");
    assert_eq!(ticks(ScaleKind::Log, &[1, 100], 6), [1, 2, 5, 10, 20, 50, 100]);
    // Three labels are clear of each other from about a factor of 12.
    assert_eq!(ticks(ScaleKind::Log, &[1, 10_000], 3), [1, 20, 500, 10_000]);
    assert_eq!(ticks(ScaleKind::Log, &[0, 10_000], 3)[0], 0, "zero is round too");
}

#[test]
fn quantile_ticks_are_where_even_numbers_of_items_are_passed() {
    let even: Vec<i64> = (0..101).map(|i| i * i * 100).collect();
    assert_eq!(ticks(ScaleKind::Quantile, &even, 2).len(), 3);
    let found = ticks(ScaleKind::Quantile, &even, 5);
    for (tick, i) in found.iter().zip([0i64, 20, 40, 60, 80, 100]) {
        let exact = even[i as usize];
        assert!((tick - exact).abs() <= 250 * (i + 1), "{found:?}");
    }
    assert_eq!(found.len(), 6);
}

/// Every other edge would lie on a half: whole scores take the next whole one.
#[test]
fn edges_between_whole_scores_are_rounded_halves_up() {
    for from in [0i64, -1_000] {
        let distinct = Distinct::new((0..=10).map(|unit| Score::from_hundredths(from + unit * 100)));
        let axis = Scale::new(ScaleKind::Linear, &distinct);
        let bars: Vec<_> = bins(&axis, &distinct, 4).iter().map(|bar| (bar.from, bar.to, bar.items)).collect();
        assert_eq!(bars, [(0.0, 0.3, 3), (0.3, 0.5, 2), (0.5, 0.8, 3), (0.8, 1.0, 3)], "edges at 2.5 and 7.5");
    }
}

#[test]
fn scales_know_and_name_their_kind() {
    let titles: std::collections::BTreeSet<&str> = ScaleKind::ALL.iter().map(|kind| kind.title()).collect();
    assert!(titles.len() == ScaleKind::ALL.len() && !titles.contains(""));
    assert!(ScaleKind::ALL.iter().all(|kind| scale(*kind, &[1, 2]).kind() == *kind));
}

#[test]
fn no_scores_make_no_trouble() {
    let none = Distinct::default();
    for kind in ScaleKind::ALL {
        let scale = Scale::new(kind, &none);
        assert_eq!(bins(&scale, &none, 40).iter().map(|bar| bar.items).sum::<u32>(), 0);
        assert!((0.0..=1.0).contains(&scale.position(Score::whole(5))));
        scale.ticks(6);
    }
}
