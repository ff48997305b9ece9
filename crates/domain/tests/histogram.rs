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
                prop_assert!((0.0..=1.0).contains(&bar.from) && bar.from <= bar.to && bar.to <= 1.0, "{:?} {:?}", kind, bar);
            }
        }
    }

    /// An item stands in the bar its position lies in.
    #[test]
    fn bars_stand_where_their_items_are(scores in vec((0i64..5_000).prop_map(Score::from_hundredths), 2..100), wanted in 1usize..60) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            let bars = bins(&scale, &distinct, wanted);
            for (i, bar) in bars.iter().enumerate() {
                let last = i + 1 == bars.len();
                let held = scores.iter().filter(|s| scale.position(**s) >= bar.from && (last || scale.position(**s) < bar.to));
                prop_assert_eq!(held.count(), bar.items as usize, "{:?} {:?}", kind, bar);
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
    fn a_score_is_found_again_where_it_was_drawn(scores in vec((-200_000i64..20_000_000).prop_map(Score::from_hundredths), 1..80)) {
        let distinct = Distinct::new(scores.iter().copied());
        for kind in ScaleKind::ALL {
            let scale = Scale::new(kind, &distinct);
            for score in &scores {
                let found = scale.score(scale.position(*score));
                prop_assert!((found.hundredths() - score.hundredths()).abs() <= 1, "{:?}: {} for {}", kind, found, score);
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

    /// An axis without numbers says nothing. On a log axis that begins below zero all round scores may crowd at its end.
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
