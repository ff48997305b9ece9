//! Two people at one thing, and input that can't be taken: an answer each time, and nothing lost. Each test has a database of
//! its own.

use crate::support::{
    Shown, accept, beside, classes, conflict, everything, form, is_refused, override_to, reject, three_classes, whole,
    withdraw, world,
};
use cutline_domain::ClassScheme;
use cutline_domain::Percent;
use cutline_domain::base::ids::IdempotencyKey;
use cutline_domain::base::kind::Kind;
use cutline_domain::borders::classes::SchemeError;
use cutline_domain::planner::approval::Status;
use cutline_planner::model::{Decide, DefinitionForm, Skip};
use cutline_planner::service;
use cutline_wire::Seen;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_decision_on_an_item_somebody_changed_says_who_and_leaves_it(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5"), ("C2", "CITY", "", "5"), ("C3", "CITY", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.revision(cycle).await;
    w.decide(&w.city, cycle, &["C1"], reject("Retires")).await.unwrap();
    let before = everything(&pool).await;
    let decide = |items: Vec<u32>, command| {
        service::decide(&pool, &w.north, Decide { cycle, seen: Seen::at(seen), items, command })
    };
    let message = conflict(decide(vec![0], accept()).await);
    assert_eq!(message, "Changed by Cid City since you looked: now Rejected. The page shows how it is.");
    assert_eq!(everything(&pool).await, before, "nothing was done");
    let outcome = decide(vec![0, 1], override_to(2, "Opinion leader")).await.unwrap();
    let skip = Skip::ChangedSince { by: Some("Cid City".into()), status: Status::Rejected };
    assert_eq!((outcome.done, outcome.skipped), (1, vec![(0, skip)]));
    assert_eq!(w.briefs(cycle).await, ["C1 rejected -0-", "C2 in_progress -02", "C3 in_progress -0-"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_new_score_is_not_blamed_on_who_decided_before(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.city, cycle, &["C1"], accept()).await.unwrap();
    let seen = w.seen(cycle).await;
    w.rescore("C1", "50").await;
    let message =
        conflict(service::decide(&pool, &w.north, Decide { cycle, seen, items: vec![0], command: withdraw() }).await);
    assert_eq!(message, "Changed by new data since you looked: now Accepted. The page shows how it is.");
}

#[sqlx::test(migrations = "./migrations")]
async fn two_decisions_at_once_are_made_once(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.revision(cycle).await;
    let decide =
        |by, command| service::decide(&pool, by, Decide { cycle, seen: Seen::at(seen), items: vec![0], command });
    let (a, b) = tokio::join!(decide(&w.north, accept()), decide(&w.city, reject("Retires")));
    assert!(a.is_ok() ^ b.is_ok(), "{a:?} {b:?}");
    let refused = conflict(if a.is_ok() { b } else { a });
    assert!(refused.starts_with("Changed by "), "{refused}");
    assert_eq!(w.revision(cycle).await, seen + 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn borders_saved_by_somebody_else_meanwhile_are_not_overwritten(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let mine = w.request(cycle, whole(&[10, 20])).await;
    service::save_draft(&pool, &w.admin, w.request(cycle, whole(&[1, 2])).await).await.unwrap();
    let before = everything(&pool).await;
    let message = conflict(service::save_draft(&pool, &w.admin, mine.clone()).await);
    assert_eq!(message, "Ada Admin saved other borders.");
    let theirs = service::view(&pool, &w.admin, cycle).await.unwrap().draft.unwrap();
    assert_eq!((theirs.by.as_str(), theirs.borders), ("Ada Admin", whole(&[1, 2])), "the page shows both");
    assert_eq!(conflict(service::enable(&pool, &w.admin, mine.clone()).await), message);
    assert_eq!(everything(&pool).await, before);
    let (a, b) = (w.request(cycle, whole(&[3, 4])).await, w.request(cycle, whole(&[5, 6])).await);
    let (a, b) = tokio::join!(service::save_draft(&pool, &w.admin, a), service::save_draft(&pool, &w.admin, b));
    assert!(a.is_ok() ^ b.is_ok(), "of two at once one wins: {a:?} {b:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_definition_has_one_open_cycle(pool: PgPool) {
    let w = world(&pool).await;
    let open = |name: &'static str| service::open_cycle(&pool, &w.admin, w.definition, name, IdempotencyKey::new());
    let (a, b) = tokio::join!(open("One"), open("Two"));
    assert!(a.is_ok() ^ b.is_ok(), "of two at once one wins: {a:?} {b:?}");
    let before = everything(&pool).await;
    let message = conflict(open("Three").await);
    assert!(message.contains("already has an open cycle"), "{message}");
    for name in ["", "  ", &"x".repeat(61)] {
        beside(service::open_cycle(&pool, &w.admin, w.definition, name, IdempotencyKey::new()).await, "name");
    }
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_definition_is_changed_only_between_cycles_and_only_from_its_newest_version(pool: PgPool) {
    let w = world(&pool).await;
    let stored = || async { service::overview(&pool, &w.admin).await.unwrap()[0].form.clone() };
    let one = stored().await;
    let two =
        DefinitionForm { specialties: vec!["Dermatology".into()], classes: classes(&[("Z", 10_000)]), ..one.clone() };
    assert_eq!(
        service::save_definition(&pool, &w.admin, two.clone(), IdempotencyKey::new()).await.unwrap(),
        w.definition
    );
    assert_eq!(stored().await, DefinitionForm { version: one.version + 1, ..two });
    let before = everything(&pool).await;
    let message = conflict(service::save_definition(&pool, &w.admin, one, IdempotencyKey::new()).await);
    assert!(message.contains("This definition was changed"), "{message}");
    assert_eq!(everything(&pool).await, before);
    let cycle = w.open("2026 H1").await;
    let before = everything(&pool).await;
    let message = conflict(service::save_definition(&pool, &w.admin, stored().await, IdempotencyKey::new()).await);
    assert!(message.contains("open cycle"), "{message}");
    assert_eq!(everything(&pool).await, before);
    service::start_borders(&pool, &w.admin, cycle, w.seen(cycle).await).await.unwrap();
    service::enable(&pool, &w.admin, w.request(cycle, whole(&[])).await).await.unwrap();
    w.transfer(cycle, false).await.unwrap();
    assert_eq!(
        service::save_definition(&pool, &w.admin, stored().await, IdempotencyKey::new()).await.unwrap(),
        w.definition
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn definitions_that_cannot_be_are_refused_beside_their_field(pool: PgPool) {
    let w = world(&pool).await;
    let good = form("Respira", three_classes());
    let before = everything(&pool).await;
    for (field, bad) in [
        ("product", DefinitionForm { product: " ".into(), ..good.clone() }),
        ("product", DefinitionForm { product: "x".repeat(81), ..good.clone() }),
        ("specialties_label", DefinitionForm { specialties_label: String::new(), ..good.clone() }),
        ("specialties", DefinitionForm { specialties: vec![" ".into()], ..good.clone() }),
        ("specialties", DefinitionForm { specialties: vec!["Alchemy".into()], ..good.clone() }),
        ("measure", DefinitionForm { measure: "tons".into(), ..good.clone() }),
        // Cardiolin has Cardiology for persons already.
        ("specialties", DefinitionForm { product: "Cardiolin".into(), ..good.clone() }),
    ] {
        let message = beside(service::save_definition(&pool, &w.admin, bad, IdempotencyKey::new()).await, field);
        assert!(message.ends_with('.'), "{message}");
        assert_eq!(everything(&pool).await, before, "{message}");
    }
    let institutions = DefinitionForm { product: "Cardiolin".into(), kind: Kind::Institution, ..good };
    assert!(
        service::save_definition(&pool, &w.admin, institutions, IdempotencyKey::new()).await.is_ok(),
        "another kind is another definition"
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn whatever_a_class_may_be_is_kept(pool: PgPool) {
    let w = world(&pool).await;
    let mut specs: Vec<_> = three_classes().into();
    specs[0].colour = Some("#2F55A4".into());
    specs[1].calls_per_year = Some(9999);
    let saved = service::save_definition(
        &pool,
        &w.admin,
        form("Respira", specs.clone().try_into().unwrap()),
        IdempotencyKey::new(),
    )
    .await;
    assert!(saved.is_ok(), "{saved:?}");
    specs[1].calls_per_year = Some(u32::MAX);
    assert_eq!(ClassScheme::try_from(specs), Err(SchemeError::Calls("B".into())));
}

#[sqlx::test(migrations = "./migrations")]
async fn borders_and_planned_shares_must_fit_the_classes(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = w.drafting("2026 H1").await;
    let good = w.request(cycle, whole(&[10, 20])).await;
    let before = everything(&pool).await;
    let shares =
        |shares: &[u32]| shares.iter().map(|share| Percent::from_hundredths(*share).unwrap()).collect::<Vec<_>>();
    for (field, bad) in [
        ("borders", (whole(&[10]), good.planned.clone())),
        ("borders", (whole(&[10, 20, 30]), good.planned.clone())),
        ("borders", (whole(&[]), good.planned.clone())),
        ("planned", (good.borders.clone(), shares(&[5000, 3000, 1999]))),
        ("planned", (good.borders.clone(), shares(&[5000, 3000, 2001]))),
        ("planned", (good.borders.clone(), shares(&[5000, 5000]))),
    ] {
        let seen = Seen::at(good.seen.revision);
        let bad = cutline_planner::model::SaveBorders { borders: bad.0, planned: bad.1, seen, ..good.clone() };
        beside(service::save_draft(&pool, &w.admin, bad.clone()).await, field);
        beside(service::enable(&pool, &w.admin, bad).await, field);
    }
    assert_eq!(everything(&pool).await, before);
    let off = cutline_planner::model::SaveBorders { planned: shares(&[5000, 3000, 1999]), ..good };
    let message = beside(service::save_draft(&pool, &w.admin, off).await, "planned");
    assert_eq!(message, "Planned shares total 99.99 %; they must total 100.00 %.");
}

#[sqlx::test(migrations = "./migrations")]
async fn commands_in_the_wrong_state_are_refused_with_the_state(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    let before = everything(&pool).await;
    let refused = [
        w.decide(&w.north, cycle, &["C1"], accept()).await.unwrap_err(),
        service::enable(&pool, &w.admin, w.request(cycle, whole(&[1, 2])).await).await.shown().unwrap_err(),
        service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), w.seen(cycle).await).await.shown().unwrap_err(),
        w.transfer(cycle, true).await.unwrap_err(),
    ];
    for error in refused {
        assert!(is_refused(&error, "wrong_state"), "{error:?}");
        assert!(error.to_string().starts_with("This cycle is Collecting; "), "{error}");
    }
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_has_seen_the_future(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let before = everything(&pool).await;
    for revision in [w.revision(cycle).await + 1, 1 << 63, u64::MAX] {
        let request = Decide { cycle, seen: Seen::at(revision), items: vec![0], command: accept() };
        beside(service::decide(&pool, &w.north, request).await, "seen");
    }
    assert_eq!(everything(&pool).await, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn two_definitions_of_one_new_product_at_once_share_it(pool: PgPool) {
    let w = world(&pool).await;
    for round in 0..6 {
        let product = format!("Novum {round}");
        let save = |specialty: &str| {
            let form = DefinitionForm { specialties: vec![specialty.into()], ..form(&product, three_classes()) };
            service::save_definition(&pool, &w.admin, form, IdempotencyKey::new())
        };
        let (a, b) = tokio::join!(save("Cardiology"), save("Geriatrics"));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    }
    let products: i64 =
        sqlx::query_scalar("select count(*) from product where name like 'Novum %'").fetch_one(&pool).await.unwrap();
    assert_eq!(products, 6);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_load_that_changes_nothing_still_finds_scores_that_differ(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5")]).await;
    let cycle = w.open("2026 H1").await;
    // As an older program may have left it.
    sqlx::query("update item set score = 100, latest_score = 100").execute(&pool).await.unwrap();
    w.rescore("C1", "5").await;
    assert_eq!(w.items(cycle).await["C1"].latest_score, Some(500));
    let after = w.revision(cycle).await;
    w.rescore("C1", "5").await;
    assert_eq!(w.revision(cycle).await, after, "nothing differs any more");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_contact_that_moves_is_nobodys_as_shown(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "NORTH", "", "5"), ("C2", "NORTH", "", "5"), ("C3", "SOUTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.seen(cycle).await;
    w.load_contacts("id,name,region\nC1,Dr C1,SOUTH\nC2,Dr Renamed,NORTH\nC3,Dr C3,SOUTH\n").await;
    assert_eq!(w.revision(cycle).await, seen.revision + 1);
    let decide = |by, item| {
        let request = Decide { cycle, seen: Seen::at(seen.revision), items: vec![item], command: accept() };
        service::decide(&pool, by, request)
    };
    for (by, item) in [(&w.south, 0), (&w.north, 1)] {
        let message = conflict(decide(by, item).await);
        assert!(message.starts_with("Changed by new data since you looked"), "{message}");
    }
    assert!(decide(&w.south, 2).await.is_ok(), "who stayed may be decided on");
    let changes = |by| service::changes(&pool, by, cycle, seen.revision);
    let (north, south) = (changes(&w.north).await.unwrap(), changes(&w.south).await.unwrap());
    assert_eq!((north.seqs.as_slice(), north.gone.as_slice()), ([1].as_slice(), [0].as_slice()));
    assert_eq!((south.seqs.as_slice(), south.gone.as_slice()), ([0, 2].as_slice(), [].as_slice()));
    let from_the_start = service::changes(&pool, &w.rep, cycle, 0).await.unwrap();
    assert_eq!((from_the_start.len(), from_the_start.gone.len()), (0, 0), "who never saw them learns nothing of them");
    let told: serde_json::Value =
        sqlx::query_scalar("select after from audit_record where command = 'population changed' and revision = $1")
            .bind(seen.revision.cast_signed() + 1)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!((&told["moved"], &told["joined"]), (&2.into(), &0.into()));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_reset_takes_back_what_was_decided_until_it_has_the_cycle(pool: PgPool) {
    let w = world(&pool).await;
    w.load(&[("C1", "CITY", "", "5"), ("C2", "CITY", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let seen = w.seen(cycle).await;
    w.decide(&w.city, cycle, &["C1"], reject("Retires")).await.unwrap();
    w.decide(&w.city, cycle, &["C2"], accept()).await.unwrap();
    assert_eq!(service::reset(&pool, &w.admin, cycle, "CONFIRM".into(), seen).await.unwrap(), 2, "seen or not");
}
