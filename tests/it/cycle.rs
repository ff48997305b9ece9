//! A cycle from its opening to its Transfer, by the services that the server functions call: what each command does, and
//! what happens to contacts that come and scores that change meanwhile. Each test has a database of its own.

use crate::support::{Shown, is_refused};
use crate::support::{accept, classes, company, override_to, reject, three_classes, whole, withdraw, world};
use cutline_domain::Score;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_domain::planner::approval::{CycleState, Refusal, Status};
use cutline_planner::model::{Decide, Skip, StatusCounts};
use cutline_planner::service;
use cutline_wire::AppError;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn opening_takes_the_contacts_of_the_kind_and_specialties_that_have_the_measure(pool: PgPool) {
    let w = world(&pool).await;
    let other = company(&pool, "Other", "other.example").await;
    other.load(&[("X1", "NORTH", "", "7")]).await;
    w.load_contacts(
        "id,region,specialty,kind\nC2,NORTH,Geriatrics,person\nC1,CITY,Cardiology,person\nC3,SOUTH,Cardiology,person\n\
         C4,NORTH,Dermatology,person\nC5,NORTH,Cardiology,institution\nC6,NORTH,,person\n",
    )
    .await;
    w.load_measures("id,claims,visits\nC1,1,1\nC2,-2.5,1\nC3,,1\nC4,4,1\nC5,5,1\nC6,6,1\n").await;
    let cycle = w.open(" 2026 H1 ").await;
    let items = w.items(cycle).await;
    let got: Vec<_> = items.values().map(|row| (row.external_id.as_str(), row.seq, row.score, row.brief())).collect();
    assert_eq!(got, [("C1", 0, Some(100), "in_progress ---".into()), ("C2", 1, Some(-250), "in_progress ---".into())]);
    let view = service::view(&pool, &w.admin, cycle).await.unwrap();
    assert_eq!((view.name.as_str(), view.state, view.revision), ("2026 H1", CycleState::Collecting, 1));
    let overview = service::overview(&pool, &w.admin).await.unwrap();
    assert_eq!(
        (overview[0].population, overview[0].cycle.as_ref().unwrap().items),
        (2, StatusCounts { in_progress: 2, ..StatusCounts::default() })
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn borders_are_drawn_in_drafting_and_published_by_enabling(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[
        ("L", "NORTH", "", "-3"),
        ("M", "NORTH", "", "9.99"),
        ("N", "NORTH", "", "10"),
        ("O", "NORTH", "", "19.99"),
    ])
    .await;
    w.load(&[("P", "SOUTH", "", "20"), ("Q", "SOUTH", "", "20.01")]).await;
    let cycle = w.open("2026 H1").await;
    let early = service::save_draft(&pool, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.shown();
    assert!(matches!(&early, Err(error) if is_refused(error, "wrong_state")), "{early:?}");
    service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    let draft = service::save_draft(&pool, &w.admin, w.request(cycle, whole(&[1, 2])).await).await.unwrap();
    assert_eq!((draft, w.state(cycle).await), (1, CycleState::Drafting));
    assert!(w.items(cycle).await.values().all(|row| row.proposed_class.is_none()), "a draft publishes nothing");
    let revision = service::enable(&pool, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.unwrap();
    let wanted = ["L 0", "M 0", "N 1", "O 1", "P 2", "Q 2"].map(|w| w.replace(' ', " in_progress -") + "-");
    assert_eq!(w.briefs(cycle).await, wanted, "a score exactly on a border belongs to the class above");
    let view = service::view(&pool, &w.admin, cycle).await.unwrap();
    assert_eq!((view.state, view.revision), (CycleState::Approving, revision));
    let frozen = view.frozen.unwrap();
    assert_eq!((frozen.version, frozen.borders, frozen.by.as_str()), (2, whole(&[10, 20]), "Ada Admin"));
    let late = service::save_draft(&pool, &w.admin, w.request(cycle, whole(&[1, 2])).await).await.shown();
    assert!(matches!(&late, Err(error) if is_refused(error, "wrong_state")), "{late:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn planned_shares_saved_with_the_borders_become_the_cycles(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let mut request = w.request(cycle, whole(&[10, 20])).await;
    request.planned.swap(0, 2);
    service::save_draft(&pool, &w.admin, request.clone()).await.unwrap();
    let view = service::view(&pool, &w.admin, cycle).await.unwrap();
    assert_eq!((view.scheme.planned(), view.draft.unwrap().planned), (request.planned.clone(), request.planned));
    let overview = service::overview(&pool, &w.admin).await.unwrap();
    assert_eq!(overview[0].form.classes, three_classes(), "the definition keeps its own");
}

#[sqlx::test(migrations = "./migrations")]
async fn items_are_accepted_rejected_overridden_and_withdrawn(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "CITY", "", "15"), ("C3", "NORTH", "", "25"), ("C4", "CITY", "", "25")])
        .await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let outcome = w.decide(&w.north, cycle, &["C1", "C2"], accept()).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped.len(), outcome.revision), (2, 0, w.revision(cycle).await));
    w.decide(&w.north, cycle, &["C3"], reject(" Retires ")).await.unwrap();
    w.decide(&w.north, cycle, &["C4"], override_to(0, " Quiet ")).await.unwrap();
    let wanted = ["C1 accepted -0-", "C2 accepted -1-", "C3 rejected -2-", "C4 in_progress -20"];
    assert_eq!(w.briefs(cycle).await, wanted, "an overridden item still needs its accept");
    let items = w.items(cycle).await;
    assert_eq!(items["C3"].decision_reason.as_deref(), Some("Retires"));
    assert_eq!(items["C4"].override_reason.as_deref(), Some("Quiet"));
    assert!(items.values().all(|row| row.decided_by == Some(w.north.actor.account.0)));
    w.decide(&w.city, cycle, &["C4"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], withdraw()).await.unwrap();
    let wanted = ["C1 accepted -0-", "C2 in_progress -1-", "C3 rejected -2-", "C4 accepted -20"];
    assert_eq!(w.briefs(cycle).await, wanted);
    for (id, command, refusal) in [
        ("C1", accept(), Refusal::WrongStatus { status: Status::Accepted, needed: Status::InProgress }),
        ("C3", accept(), Refusal::WrongStatus { status: Status::Rejected, needed: Status::InProgress }),
        ("C3", withdraw(), Refusal::WrongStatus { status: Status::Rejected, needed: Status::Accepted }),
        ("C2", reject("  "), Refusal::NoReason),
        ("C2", override_to(1, ""), Refusal::NoReason),
        ("C2", override_to(1, &"x".repeat(501)), Refusal::LongReason),
        ("C2", override_to(3, "Above all"), Refusal::NoSuchClass),
    ] {
        let got = w.decide(&w.north, cycle, &[id], command).await;
        assert_eq!(got, Err(AppError::refused(&refusal)), "{id}");
    }
    assert_eq!(w.briefs(cycle).await, wanted, "refused commands change nothing");
}

#[sqlx::test(migrations = "./migrations")]
async fn approve_all_takes_exactly_what_was_shown(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5"), ("C2", "CITY", "", "15"), ("C3", "NORTH", "", "25"), ("C4", "NORTH", "", "26")])
        .await;
    w.load(&[("C5", "NORTH", "", "27"), ("S1", "SOUTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let shown = service::snapshot(&pool, &w.north, cycle).await.unwrap();
    assert_eq!(shown.len(), 5, "South isn't theirs");
    // Meanwhile somebody else decides on one, a score changes, a contact arrives.
    w.decide(&w.city, cycle, &["C1"], override_to(2, "Opinion leader")).await.unwrap();
    w.rescore("C2", "30").await;
    w.load(&[("C0", "CITY", "", "5")]).await;
    let seen = cutline_wire::Seen::at(shown.revision);
    let all = Decide { cycle, seen, items: shown.seqs.clone(), command: accept() };
    let outcome = service::decide(&pool, &w.north, all).await.unwrap();
    let items = w.items(cycle).await;
    let skipped = |id: &str, by: Option<&str>| {
        let skip = Skip::ChangedSince { by: by.map(Into::into), status: Status::InProgress };
        (items[id].seq.unsigned_abs(), skip)
    };
    assert_eq!((outcome.done, outcome.skipped), (3, vec![skipped("C1", Some("Cid City")), skipped("C2", None)]));
    let wanted = [
        "C0 in_progress -0-",
        "C1 in_progress -02",
        "C2 in_progress -2-",
        "C3 accepted -2-",
        "C4 accepted -2-",
        "C5 accepted -2-",
        "S1 in_progress -0-",
    ];
    assert_eq!(w.briefs(cycle).await, wanted);
}

#[sqlx::test(migrations = "./migrations")]
async fn reset_needs_the_word_and_takes_every_decision_back(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[
        ("C1", "NORTH", "", "5"),
        ("C2", "NORTH", "", "15"),
        ("C3", "NORTH", "", "25"),
        ("C4", "NORTH", "", "25"),
    ])
    .await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], reject("Retires")).await.unwrap();
    w.decide(&w.north, cycle, &["C3"], override_to(0, "Quiet")).await.unwrap();
    w.rescore("C1", "50").await;
    for typed in ["", "confirm", "CONFIRM ", " CONFIRM", "Confirm"] {
        let got = service::reset(&pool, &w.admin, cycle, typed.into(), w.seen(cycle).await).await.shown();
        assert_eq!(got, Err(AppError::refused(&Refusal::NotConfirmed)), "{typed:?}");
    }
    assert_eq!(w.state(cycle).await, CycleState::Approving);
    let decisions = service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), w.seen(cycle).await).await.unwrap();
    assert_eq!((decisions, w.state(cycle).await), (3, CycleState::Drafting));
    assert!(w.briefs(cycle).await.iter().all(|brief| brief.ends_with("in_progress ---")));
    let items = w.items(cycle).await;
    assert_eq!((items["C3"].suggested_class, items["C3"].suggested_reason.as_deref()), (Some(0), Some("Quiet")));
    assert_eq!((items["C2"].decision_reason.clone(), items["C2"].suggested_class), (None, None));
    assert_eq!(items["C1"].score, Some(5000), "undecided again, so the newest score counts");
    let got = w.decide(&w.north, cycle, &["C1"], accept()).await;
    assert!(matches!(&got, Err(error) if is_refused(error, "wrong_state")), "{got:?}");
    service::enable(&pool, &w.admin, w.request(cycle, whole(&[20, 40])).await).await.unwrap();
    let wanted = ["C1 in_progress -2-", "C2 in_progress -0-", "C3 in_progress -1-", "C4 in_progress -1-"];
    assert_eq!(w.briefs(cycle).await, wanted, "a suggestion is offered, not taken");
    assert_eq!(w.items(cycle).await["C3"].suggested_class, Some(0));
    w.decide(&w.north, cycle, &["C3"], override_to(2, "Loud now")).await.unwrap();
    assert_eq!(w.items(cycle).await["C3"].suggested_class, None, "an override answers the suggestion");
}

#[sqlx::test(migrations = "./migrations")]
async fn contacts_that_join_while_approving_are_in_progress_under_the_frozen_borders(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C9", "NORTH", "", "")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    let before = w.revision(cycle).await;
    w.load(&[("C2", "NORTH", "", "10"), ("C0", "CITY", "", "20")]).await;
    w.rescore("C9", "19.99").await;
    let wanted = ["C0 in_progress -2-", "C1 accepted -0-", "C2 in_progress -1-", "C9 in_progress -1-"];
    assert_eq!(w.briefs(cycle).await, wanted);
    let seqs: Vec<i32> = w.items(cycle).await.values().map(|row| row.seq).collect();
    assert_eq!(seqs, [1, 0, 2, 3], "numbers are given in the order of joining and stay");
    let changed = service::changes(&pool, &w.north, cycle, before).await.unwrap();
    assert_eq!(changed.seqs, [1, 2, 3]);
    w.decide(&w.north, cycle, &["C0", "C2", "C9"], accept()).await.unwrap();
    w.transfer(cycle, false).await.unwrap();
    w.load(&[("C3", "NORTH", "", "10")]).await;
    assert_eq!(w.items(cycle).await.len(), 4, "after the Transfer new contacts wait for the next cycle");
}

#[sqlx::test(migrations = "./migrations")]
async fn scores_that_change_while_approving_move_the_undecided_only(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "5"), ("C3", "NORTH", "", "5"), ("C4", "NORTH", "", "5")])
        .await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    w.decide(&w.north, cycle, &["C2"], reject("Retires")).await.unwrap();
    w.load_measures("id,claims\nC1,25\nC2,25\nC3,25\nC4,5\n").await;
    let wanted = ["C1 accepted -0-", "C2 rejected -0-", "C3 in_progress -2-", "C4 in_progress -0-"];
    assert_eq!(w.briefs(cycle).await, wanted);
    let shown = service::snapshot(&pool, &w.north, cycle).await.unwrap();
    let rows: Vec<_> =
        (0..4).map(|i| shown.row(i)).map(|row| (row.score.unwrap().hundredths(), row.score_changed)).collect();
    assert_eq!(rows, [(500, true), (500, true), (2500, false), (500, false)], "score changed since, on decided items");
    let detail = service::detail(&pool, &cutline::server::registry(), &w.north, cycle, 0).await.unwrap();
    assert_eq!(detail.latest_score.map(Score::hundredths), Some(2500));
    w.decide(&w.north, cycle, &["C1"], withdraw()).await.unwrap();
    assert_eq!(w.briefs(cycle).await[0], "C1 in_progress -2-", "taken back, it is judged by the newest score");
    let revision = w.revision(cycle).await;
    w.load_measures("id,claims\nC1,25\nC2,25\n").await;
    assert_eq!(w.revision(cycle).await, revision, "the same again changes nothing");
}

#[sqlx::test(migrations = "./migrations")]
async fn items_without_a_score_need_an_override_before_they_can_be_accepted(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "6"), ("C3", "NORTH", "", "7"), ("C4", "NORTH", "", "8")])
        .await;
    let cycle = w.open("2026 H1").await;
    w.load_measures("id,claims\nC1,\nC2,\n").await;
    service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    service::enable(&pool, &w.admin, w.request(cycle, whole(&[10, 20])).await).await.unwrap();
    w.rescore("C4", "").await;
    let wanted = ["C1 in_progress ---", "C2 in_progress ---", "C3 in_progress -0-", "C4 in_progress ---"];
    assert_eq!(w.briefs(cycle).await, wanted, "still items, without a proposed class");
    assert_eq!(w.decide(&w.north, cycle, &["C1"], accept()).await, Err(AppError::refused(&Refusal::Unscored)));
    let outcome = w.decide(&w.north, cycle, &["C1", "C3"], accept()).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped), (1, vec![(0, Skip::Refused(Refusal::Unscored))]));
    w.decide(&w.north, cycle, &["C1"], override_to(2, "New hospital")).await.unwrap();
    let blocked = w.transfer(cycle, false).await.unwrap_err();
    assert!(is_refused(&blocked, "still_in_progress"), "{blocked:?}");
    assert_eq!(blocked.to_string(), Refusal::StillInProgress(1).to_string());
    w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap();
    let manifest = w.transfer(cycle, false).await.unwrap();
    assert_eq!((manifest.transferred, manifest.carried_over), (vec![1, 0, 1], 2), "unscored items don't block");
    assert_eq!(w.official().await, ["C1 A", "C3 C"]);
    let next = w.open("2026 H2").await;
    let wanted = ["C2 in_progress ---", "C3 in_progress 0--", "C4 in_progress ---"];
    assert_eq!(w.briefs(next).await, wanted, "what was not decided is carried over, even without a score");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_suggestion_follows_its_class_wherever_it_is_now(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "5"), ("C3", "NORTH", "", "25")]).await;
    let first = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, first, &["C1"], override_to(2, "Opinion leader")).await.unwrap();
    w.decide(&w.north, first, &["C2"], override_to(1, "Growing")).await.unwrap();
    w.transfer(first, true).await.unwrap();
    // B is gone, and two classes came below A: what was third from below is fourth now.
    let stored = service::overview(&pool, &w.admin).await.unwrap()[0].form.clone();
    let classes = classes(&[("C", 4000), ("D", 2000), ("E", 2000), ("A", 2000)]);
    let form = cutline_planner::model::DefinitionForm { classes, ..stored };
    service::save_definition(&pool, &w.admin, form, IdempotencyKey::new()).await.unwrap();
    let items = w.items(w.open("2026 H2").await).await;
    let suggested = |id: &str| (items[id].suggested_class, items[id].suggested_reason.as_deref());
    assert_eq!(suggested("C1"), (Some(3), Some("Opinion leader")), "\u{201c}make it A\u{201d} stays A");
    assert_eq!(suggested("C2"), (None, None), "B is no more, so nothing is suggested");
    assert_eq!(suggested("C3"), (None, None));
}
