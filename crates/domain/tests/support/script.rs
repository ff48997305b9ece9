//! Random runs of a cycle: what it begins with and what is asked in it.

use super::cycle::Ask;
use cutline_domain::{Borders, Class, Score};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn score() -> impl Strategy<Value = Option<Score>> {
    option::weighted(0.75, (0i64..12).prop_map(Score::whole))
}

fn current() -> impl Strategy<Value = Option<Class>> {
    option::weighted(0.7, (0u8..4).prop_map(Class))
}

fn borders() -> impl Strategy<Value = Borders> {
    proptest::collection::btree_set(0i64..12, 0..4)
        .prop_map(|set| Borders::new(set.into_iter().map(Score::whole).collect()).expect("a set increases"))
}

fn reason() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(" knows the ward ".to_owned()),
        2 => Just("moved away".to_owned()),
        1 => Just(" \t".to_owned()),
        1 => Just("é".repeat(500)),
        1 => Just("x".repeat(501)),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let item = 0usize..64;
    prop_oneof![
        2 => Just(Ask::StartBorders),
        2 => borders().prop_map(Ask::SaveDraft),
        4 => borders().prop_map(Ask::Enable),
        2 => proptest::sample::select(vec!["CONFIRM", "CONFIRM", "confirm", "CONFIRM ", ""]).prop_map(Ask::Reset),
        1 => any::<bool>().prop_map(|accepted_only| Ask::Transfer { accepted_only }),
        2 => (score(), current()).prop_map(|(score, current)| Ask::Join(score, current)),
        6 => (item.clone(), score()).prop_map(|(at, score)| Ask::Answer(at, score)),
        9 => item.clone().prop_map(Ask::Accept),
        4 => (item.clone(), reason()).prop_map(|(at, reason)| Ask::Reject(at, reason)),
        6 => (item.clone(), 0u8..5, reason()).prop_map(|(at, class, reason)| Ask::Override(at, Class(class), reason)),
        3 => item.prop_map(Ask::Withdraw),
    ]
}

/// How a run begins and what is asked in it. Most are led straight to Approving, where most rules are.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) first: Vec<(Option<Score>, Option<Class>)>,
    pub(crate) asks: Vec<Ask>,
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    (vec((score(), current()), 1..6), proptest::bool::weighted(0.7), borders(), vec(ask(), 1..60)).prop_map(
        |(first, led, borders, asks)| {
            let lead = if led { vec![Ask::StartBorders, Ask::Enable(borders)] } else { Vec::new() };
            Script { first, asks: lead.into_iter().chain(asks).collect() }
        },
    )
}
