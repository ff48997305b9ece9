//! The approval cycle does what the table in product.md says: random runs against a model of it, and its sharp edges.
#![allow(clippy::too_many_lines, clippy::unwrap_used, missing_docs, reason = "a test may stop where it fails")]

mod support;

use cutline_domain::planner::approval::{CycleCommand, Item, ItemCommand, Stage, decide, step};
use cutline_domain::planner::approval::{CycleState, Refusal, Status};
use cutline_domain::{Borders, Class, Score};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use support::cycle::{Ask, No, Run};
use support::script::script;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_cycle_does_what_the_model_does(script in script()) {
        let mut run = Run::new(&script.first);
        for ask in &script.asks {
            run.ask(ask)?.ok();
        }
    }
}

/// Random runs prove nothing about what they never reach.
#[test]
fn random_runs_reach_every_command_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..400 {
        let script = script().new_tree(&mut runner).unwrap().current();
        let mut run = Run::new(&script.first);
        for ask in &script.asks {
            let command = format!("{ask:?}").split(['(', ' ']).next().unwrap().to_owned();
            let answer = match run.ask(ask).unwrap() {
                Ok(()) => format!("{command} accepted"),
                Err(No::InProgress(_)) => format!("{command} InProgress"),
                Err(no) => format!("{command} {no:?}"),
            };
            *seen.entry(answer).or_default() += 1;
            let changed = run.cycle.items.values().filter(|item| item.score_changed_since()).count();
            *seen.entry("score changed since".into()).or_default() += changed as u32;
        }
    }
    for answer in [
        "StartBorders accepted",
        "StartBorders State",
        "SaveDraft accepted",
        "SaveDraft State",
        "Enable accepted",
        "Enable State",
        "Reset accepted",
        "Reset State",
        "Reset Confirm",
        "Transfer accepted",
        "Transfer State",
        "Transfer InProgress",
        "Accept accepted",
        "Accept State",
        "Accept Status",
        "Accept Unscored",
        "Reject accepted",
        "Reject Status",
        "Reject Reason",
        "Override accepted",
        "Override Status",
        "Override Reason",
        "Override Class",
        "Withdraw accepted",
        "Withdraw Status",
        "score changed since",
    ] {
        assert!(seen.get(answer).copied().unwrap_or(0) >= 10, "{answer}: {seen:#?}");
    }
}

/// The whole table of states: which command is for which state, and where it leads.
#[test]
fn each_command_is_for_one_state() {
    use CycleState::{Approving, Collecting, Drafting, Transferred};
    let borders = Borders::new(vec![Score::whole(5)]).unwrap();
    let reset = CycleCommand::Reset { typed: "CONFIRM".into() };
    let transfer = CycleCommand::Transfer { accepted_only: false, in_progress: 0 };
    for (command, needed, next) in [
        (CycleCommand::StartBorders, Collecting, Drafting),
        (CycleCommand::SaveDraft, Drafting, Drafting),
        (CycleCommand::Enable(borders.clone()), Drafting, Approving),
        (reset, Approving, Drafting),
        (transfer, Approving, Transferred),
    ] {
        for state in [Collecting, Drafting, Approving, Transferred] {
            let stage = Stage::stored(state, Some(borders.clone())).unwrap();
            assert_eq!(stage.state(), state);
            match step(&stage, &command) {
                Ok(reached) => {
                    assert_eq!((state, reached.state()), (needed, next), "{command:?}");
                    let frozen = matches!(next, Approving | Transferred);
                    assert_eq!(reached.frozen(), frozen.then_some(&borders), "borders are frozen where they count");
                }
                Err(Refusal::WrongState { state: told, needed: asked, .. }) => {
                    assert!(state != needed && told == state && asked == needed, "{command:?} while {state:?}");
                }
                Err(other) => panic!("{command:?} while {state:?}: {other}"),
            }
        }
    }
}

fn five() -> Borders {
    Borders::new(vec![Score::whole(5)]).unwrap()
}

fn approving() -> Stage {
    Stage::Approving(five())
}

#[test]
fn a_stage_without_the_borders_it_carries_is_none() {
    assert_eq!(Stage::stored(CycleState::Approving, None), None);
    assert_eq!(Stage::stored(CycleState::Transferred, None), None);
    assert_eq!(Stage::stored(CycleState::Drafting, None), Some(Stage::Drafting));
}

#[test]
fn reset_wants_the_word_exactly() {
    for typed in ["", "confirm", "Confirm", " CONFIRM", "CONFIRM\n", "CONFIRMED", "\u{421}ONFIRM"] {
        let command = CycleCommand::Reset { typed: typed.into() };
        assert_eq!(step(&approving(), &command), Err(Refusal::NotConfirmed), "{typed:?}");
        // Outside Approving the state is what is wrong.
        assert!(matches!(step(&Stage::Drafting, &command), Err(Refusal::WrongState { .. })));
    }
}

#[test]
fn transfer_counts_who_is_left() {
    let transfer =
        |accepted_only, in_progress| step(&approving(), &CycleCommand::Transfer { accepted_only, in_progress });
    assert_eq!(transfer(false, 3), Err(Refusal::StillInProgress(3)));
    assert_eq!(transfer(true, 3), Ok(Stage::Transferred(five())));
    assert_eq!(transfer(false, 0), Ok(Stage::Transferred(five())));
}

#[test]
fn items_that_wait_are_counted_as_people_write_it() {
    let told = |items| Refusal::StillInProgress(items).to_string();
    assert_eq!(told(1), "1 item is still In progress. Decide it, or transfer the accepted ones only.");
    assert_eq!(told(2_000), "2,000 items are still In progress. Decide them, or transfer the accepted ones only.");
}

/// Whoever has no item at hand yet is told what deciding on one would have been told.
#[test]
fn a_stage_has_borders_to_decide_under_only_while_it_is_approving() {
    for state in CycleState::ALL {
        let stage = Stage::stored(*state, Some(five())).unwrap();
        let item = Item::joining(Some(Score::whole(7)), None, Some(&five()));
        match stage.deciding() {
            Ok(borders) => assert_eq!((*state, borders), (CycleState::Approving, &five())),
            Err(refusal) => {
                assert_ne!(*state, CycleState::Approving);
                assert_eq!(decide(&stage, item, &ItemCommand::Accept), Err(refusal));
            }
        }
    }
}

/// The story of one item, step by step.
#[test]
fn a_decided_item_keeps_its_decision_until_it_is_withdrawn() {
    let borders = Borders::new(vec![Score::whole(5), Score::whole(10)]).unwrap();
    let ask = |item, command| decide(&Stage::Approving(borders.clone()), item, &command);
    let item = Item::joining(Some(Score::whole(7)), Some(Class(0)), Some(&borders));
    assert_eq!((item.proposed, item.status), (Some(Class(1)), Status::InProgress));
    let accepted = ask(item, ItemCommand::Accept).unwrap();
    let later = accepted.rescored(Some(Score::whole(10)), Some(&borders));
    assert!(later.score_changed_since());
    assert_eq!((later.final_class(), later.status), (Some(Class(1)), Status::Accepted));
    let back = ask(later, ItemCommand::Withdraw).unwrap();
    assert_eq!((back.proposed, back.score_changed_since()), (Some(Class(2)), false));
    let overridden = ask(back, ItemCommand::Override { class: Class(0), reason: " retires ".into() }).unwrap();
    assert_eq!((overridden.status, overridden.final_class()), (Status::InProgress, Some(Class(0))));
    let round = overridden.reset();
    assert_eq!((&round.overridden, round.proposed), (&None, None));
    assert_eq!(round.suggested.as_ref().map(|o| (o.class, o.reason.as_str())), Some((Class(0), "retires")));
    let rejected = ask(round.enabled(&borders), ItemCommand::Reject { reason: "left".into() }).unwrap();
    assert_eq!((rejected.current, rejected.status), (Some(Class(0)), Status::Rejected));
    let needed = Status::InProgress;
    assert_eq!(ask(rejected, ItemCommand::Accept), Err(Refusal::WrongStatus { status: Status::Rejected, needed }));
}

#[test]
fn an_unscored_item_needs_an_override_first() {
    let borders = Borders::new(vec![Score::whole(5)]).unwrap();
    let item = Item::joining(None, None, Some(&borders));
    let approving = Stage::Approving(borders);
    assert_eq!(decide(&approving, item.clone(), &ItemCommand::Accept), Err(Refusal::Unscored));
    let command = ItemCommand::Override { class: Class(1), reason: "known for years".into() };
    let overridden = decide(&approving, item, &command).unwrap();
    let accepted = decide(&approving, overridden, &ItemCommand::Accept).unwrap();
    assert_eq!((accepted.final_class(), accepted.status), (Some(Class(1)), Status::Accepted));
}

#[test]
fn states_read_back() {
    for state in CycleState::ALL {
        assert_eq!(state.as_str().parse(), Ok(*state));
    }
    for (index, status) in Status::ALL.iter().enumerate() {
        assert_eq!((status.as_str().parse(), status.index()), (Ok(*status), index));
    }
    assert!("Approving".parse::<CycleState>().is_err() && "".parse::<Status>().is_err());
}

/// The model is asked too when nothing in the script is left to chance.
#[test]
fn the_usual_round() {
    let mut run = Run::new(&[(Some(Score::whole(3)), None), (Some(Score::whole(8)), Some(Class(0))), (None, None)]);
    let borders = Borders::new(vec![Score::whole(5)]).unwrap();
    for (ask, expected) in [
        (Ask::Accept(0), Err(No::State)),
        (Ask::StartBorders, Ok(())),
        (Ask::Enable(borders.clone()), Ok(())),
        (Ask::SaveDraft(borders.clone()), Err(No::State)),
        (Ask::Transfer { accepted_only: false }, Err(No::InProgress(2))),
        (Ask::Accept(0), Ok(())),
        (Ask::Accept(2), Err(No::Unscored)),
        (Ask::Reject(1, "moved".into()), Ok(())),
        (Ask::Transfer { accepted_only: false }, Ok(())),
        (Ask::Withdraw(0), Err(No::State)),
        (Ask::Reset("CONFIRM"), Err(No::State)),
    ] {
        assert_eq!(run.ask(&ask).unwrap(), expected, "{ask:?}");
    }
}
