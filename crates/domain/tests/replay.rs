//! The audit trail alone rebuilds a cycle, at any moment of it, and survives being written down.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::Score;
use cutline_domain::planner::replay::{Event, replay};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::cycle::Run;
use support::script::script;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn replaying_rebuilds_the_cycle(script in script()) {
        let mut run = Run::new(&script.first);
        prop_assert_eq!(replay(run.events.clone()), Some(run.cycle.clone()));
        for ask in &script.asks {
            run.ask(ask)?.ok();
            prop_assert_eq!(replay(run.events.clone()), Some(run.cycle.clone()), "after {:?}", ask);
        }
        let written: Vec<String> = run.events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let read: Vec<Event> = written.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&read, &run.events);
        prop_assert_eq!(replay(read), Some(run.cycle));
    }
}

#[test]
fn a_trail_begins_with_an_opening() {
    assert_eq!(replay([]), None);
    assert_eq!(replay([Event::BordersStarted, Event::Opened(BTreeMap::new())]), None);
    assert!(replay([Event::Opened(BTreeMap::new())]).is_some());
}

#[test]
fn a_score_of_somebody_unknown_makes_nobody_up() {
    let scores = BTreeMap::from([(7, Some(Score::whole(1)))]);
    let cycle = replay([Event::Opened(BTreeMap::new()), Event::Rescored(scores)]).unwrap();
    assert!(cycle.items.is_empty());
}
