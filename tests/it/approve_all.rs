//! "Approve all" accepts what the grid shows: what was shown travels as filter and revision, and the server finds the same
//! items as the page. Each test has a database of its own.

use crate::support::{ItemRow, Shown as _, World, conflict, override_to, reject, withdraw, world};
use cutline_domain::base::ids::{CycleId, IdempotencyKey, RegionId};
use cutline_domain::planner::approval::{ItemCommand, Stage, Status, decide};
use cutline_domain::planner::grid::{
    ClassSet, GridQuery, Grouping, LiveFilter, Sort, SortKey, approvable, rows_in_order,
};
use cutline_domain::planner::lines::{Laid, Table, lay_out};
use cutline_domain::planner::shown::Shown;
use cutline_domain::table::layout::{Folds, Layout};
use cutline_domain::{Borders, Class};
use cutline_planner::model::{ApproveAll, Decide, Outcome, Skip};
use cutline_planner::service;
use cutline_platform::session::Caller;
use cutline_wire::{AppError, Seen};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::Arc;

const SORTS: [SortKey; 4] = [SortKey::Score, SortKey::Name, SortKey::Region, SortKey::Status];

/// What a page shows somebody: the revision, and the items that "Approve all" offers there under a query.
struct Page {
    seen: Seen,
    offered: Vec<u32>,
    query: GridQuery,
}

/// Lays a page out as the browser does, from what it fetches.
async fn page(w: &World, by: &Caller, cycle: CycleId, query: GridQuery) -> Page {
    let view = service::view(&w.pool, by, cycle).await.unwrap();
    let columns = service::snapshot(&w.pool, by, cycle).await.unwrap();
    let found = match query.search.as_str() {
        "" => None,
        part => Some(service::search(&w.pool, by, cycle, part).await.unwrap()),
    };
    let order = match query.sort.key {
        key if key.is_text() => Some(service::order(&w.pool, by, cycle, key).await.unwrap()),
        _ => None,
    };
    let rows = rows_in_order(&columns, &view.regions, &query, found.as_deref(), order.as_deref()).unwrap();
    let mut layout = Layout::default();
    let (sorted, how) = (Arc::new(rows), (query.live, query.grouping));
    let table = Table { columns: &columns, items: 1, sorted: &sorted, borders: view.borders_that_count(), how };
    lay_out(&mut layout, &mut Laid::default(), table, &Folds::default());
    Page { seen: Seen::at(columns.revision), offered: approvable(&columns, &layout.shown()), query }
}

impl Page {
    fn request(&self, cycle: CycleId) -> ApproveAll {
        let seen = Seen { key: IdempotencyKey::new(), ..self.seen };
        ApproveAll { cycle, seen, shown: Shown::of(self.query.clone(), &self.offered) }
    }

    async fn approve(&self, w: &World, by: &Caller, cycle: CycleId) -> Result<Outcome, AppError> {
        Box::pin(service::approve_all(&w.pool, by, self.request(cycle))).await.shown()
    }
}

/// Sixty contacts in three regions under approval: some without a score, some rejected, accepted, overridden.
async fn approving(w: &World) -> CycleId {
    let ids: Vec<String> = (0..60).map(|i| format!("C{i:02}")).collect();
    let contact = |i: usize| (ids[i].as_str(), ["NORTH", "CITY", "SOUTH"][i % 3]);
    let scores: Vec<String> =
        (0..60).map(|i| if i % 11 == 0 { String::new() } else { (i * 7 % 40).to_string() }).collect();
    let all: Vec<(&str, &str, &str, &str)> =
        (0..60).map(|i| (contact(i).0, contact(i).1, "", if i % 11 == 0 { "1" } else { scores[i].as_str() })).collect();
    w.load(&all).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    for id in ids.iter().step_by(11) {
        w.rescore(id, "").await;
    }
    let chosen = |by: &'static str, step: usize, from: usize| -> Vec<&str> {
        (from..60).step_by(step).filter(|i| contact(*i).1 == by).map(|i| contact(i).0).collect()
    };
    w.decide(&w.south, cycle, &chosen("SOUTH", 4, 2), ItemCommand::Accept).await.unwrap();
    w.decide(&w.north, cycle, &chosen("NORTH", 5, 3), reject("Retires")).await.unwrap();
    w.decide(&w.city, cycle, &chosen("CITY", 3, 1)[..6], override_to(2, "Opinion leader")).await.unwrap();
    cycle
}

fn any<T: Copy>(random: &mut ChaCha8Rng, of: &[T]) -> T {
    *of.choose(random).unwrap()
}

fn query(random: &mut ChaCha8Rng, regions: &[RegionId]) -> GridQuery {
    let some = |random: &mut ChaCha8Rng| random.random_range(0..3) == 0;
    let mut classes = ClassSet::default();
    if some(random) {
        for class in [None, Some(Class(0)), Some(Class(1)), Some(Class(2))] {
            classes = if random.random() { classes.toggled(class) } else { classes };
        }
    }
    GridQuery {
        search: any(random, &["", "", "", "C1", "dr c", "7", "%", "_", "nobody"]).to_owned(),
        regions: if some(random) { vec![any(random, regions)] } else { Vec::new() },
        statuses: if some(random) { vec![any(random, Status::ALL), any(random, Status::ALL)] } else { Vec::new() },
        current: if some(random) {
            ClassSet::of(any(random, &[None, Some(Class(0)), Some(Class(2))]))
        } else {
            ClassSet::default()
        },
        live: LiveFilter { classes, changed_only: some(random) },
        sort: Sort { key: any(random, &SORTS), descending: random.random() },
        grouping: any(random, Grouping::ALL),
    }
}

/// Numbers and rows of the items as they are.
async fn rows(w: &World, cycle: CycleId) -> BTreeMap<u32, ItemRow> {
    w.items(cycle).await.into_values().map(|row| (row.seq.unsigned_abs(), row)).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn accepts_what_the_grid_shows_under_any_filter(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let regions: Vec<RegionId> = w.regions.values().copied().collect();
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let frozen: Borders = crate::support::whole(&[10, 20]);
    let (mut accepted, mut empty) = (0, 0);
    for _ in 0..120 {
        let by = any(&mut random, &[&w.north, &w.city, &w.south]);
        let page = page(&w, by, cycle, query(&mut random, &regions)).await;
        let before = rows(&w, cycle).await;
        let outcome = page.approve(&w, by, cycle).await;
        let after = rows(&w, cycle).await;
        let changed: Vec<u32> = after.keys().copied().filter(|seq| after[seq] != before[seq]).collect();
        assert_eq!(changed, page.offered, "{:?}", page.query);
        if page.offered.is_empty() {
            empty += 1;
            assert!(outcome.is_err());
            continue;
        }
        accepted += changed.len();
        let revision = page.seen.revision + 1;
        assert_eq!(outcome.unwrap(), Outcome { revision, done: changed.len() as u32, skipped: Vec::new() });
        for seq in &changed {
            // The statement does what the rules say.
            let wanted = decide(&Stage::Approving(frozen.clone()), before[seq].item(), &ItemCommand::Accept);
            assert_eq!(Ok(after[seq].item()), wanted);
            assert_eq!(after[seq].decided_by, Some(by.actor.account.0));
            assert_eq!(after[seq].revision.unsigned_abs(), revision);
        }
        let back = Decide { cycle, seen: Seen::at(revision), items: changed, command: withdraw() };
        service::decide(&pool, by, back).await.unwrap();
    }
    assert!(accepted > 300 && empty > 10, "{accepted} accepted, {empty} filters that showed nothing");
    let record = service::replayed(&pool, w.company, cycle).await.unwrap().unwrap();
    let is: BTreeMap<u32, _> = rows(&w, cycle).await.into_iter().map(|(seq, row)| (seq, row.item())).collect();
    assert_eq!(record.items, is, "the audit tells the same");
}

#[sqlx::test(migrations = "./migrations")]
async fn what_changed_since_is_left_out_and_told(pool: PgPool) {
    let w = world(&pool).await;
    let load =
        [("C1", "CITY", "", "5"), ("C2", "CITY", "", "15"), ("C3", "NORTH", "", "25"), ("C4", "NORTH", "", "26")];
    w.load(&load).await;
    w.load(&[("C5", "NORTH", "", "27"), ("S1", "SOUTH", "", "5")]).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    let everything = page(&w, &w.north, cycle, GridQuery::default()).await;
    let top = ClassSet::default().toggled(Some(Class(2)));
    let live = LiveFilter { classes: top, changed_only: false };
    let statuses = vec![Status::InProgress];
    let top = page(&w, &w.north, cycle, GridQuery { live, statuses, ..GridQuery::default() }).await;
    // Meanwhile somebody else decides, a score changes, a contact arrives and one moves away.
    w.decide(&w.city, cycle, &["C1"], ItemCommand::Accept).await.unwrap();
    w.rescore("C2", "30").await;
    w.load(&[("C0", "CITY", "", "5"), ("C5", "SOUTH", "", "27")]).await;
    let items = w.items(cycle).await;
    let seq = |id: &str| items[id].seq.unsigned_abs();
    let skip = |id: &str, by: Option<&str>, status| (seq(id), Skip::ChangedSince { by: by.map(Into::into), status });
    // C2 came into the class that was shown; nobody had seen it there.
    let outcome = top.approve(&w, &w.north, cycle).await.unwrap();
    let wanted = ["C0 in_progress -0-", "C1 accepted -0-", "C2 in_progress -2-", "C3 accepted -2-", "C4 accepted -2-"];
    assert_eq!(outcome.done, 2);
    assert_eq!(&w.briefs(cycle).await[..5], &wanted);
    // Of the whole page nothing is left as it was shown.
    let told = conflict(service::approve_all(&pool, &w.north, everything.request(cycle)).await);
    assert!(told.contains("since you looked"), "{told}");
    assert_eq!(&w.briefs(cycle).await[..5], &wanted);
    let now = page(&w, &w.north, cycle, GridQuery::default()).await;
    assert_eq!(
        now.offered,
        [seq("C0"), seq("C2")].into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    w.decide(&w.city, cycle, &["C2"], reject("Retires")).await.unwrap();
    let outcome = now.approve(&w, &w.north, cycle).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped), (1, vec![skip("C2", Some("Cid City"), Status::Rejected)]));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_page_that_shows_others_than_its_filter_finds_is_refused(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let everything = page(&w, &w.north, cycle, GridQuery::default()).await;
    let before = w.briefs(cycle).await;
    // The search was typed, its hits are still on their way: the page shows what it showed before.
    let searching = Page { query: GridQuery { search: "C1".into(), ..GridQuery::default() }, ..everything };
    let told = conflict(service::approve_all(&pool, &w.north, searching.request(cycle)).await);
    assert!(told.contains("other items"), "{told}");
    // As many, and others.
    let mut others = page(&w, &w.north, cycle, GridQuery::default()).await;
    *others.offered.last_mut().unwrap() += 1;
    conflict(service::approve_all(&pool, &w.north, others.request(cycle)).await);
    // More than were shown, after something else changed.
    let fewer = Page { offered: others.offered[..2].to_vec(), ..others };
    w.load(&[("S9", "SOUTH", "", "5")]).await;
    conflict(service::approve_all(&pool, &w.north, fewer.request(cycle)).await);
    let mut after = w.briefs(cycle).await;
    after.retain(|brief| !brief.starts_with("S9"));
    assert_eq!(after, before);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_answers_once(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let request = page(&w, &w.city, cycle, GridQuery::default()).await.request(cycle);
    let first = service::approve_all(&pool, &w.city, request.clone()).await.unwrap();
    let again = service::approve_all(&pool, &w.city, request.clone()).await.unwrap();
    assert_eq!(first, again);
    let mut other = request;
    other.shown.query.statuses = vec![Status::InProgress];
    let refused = service::approve_all(&pool, &w.city, other).await.shown();
    assert!(matches!(refused, Err(AppError::Invalid { .. })), "{refused:?}");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_filter_is_accepted_and_nothing_else(pool: PgPool) {
    let w = world(&pool).await;
    let cycle = approving(&w).await;
    let page = page(&w, &w.city, cycle, GridQuery::default()).await;
    let before = w.briefs(cycle).await;
    let asked = async |by: &Caller, items: &[u32], command: ItemCommand| {
        let request = Decide { cycle, seen: Seen::at(page.seen.revision), items: items.to_vec(), command };
        let shown = Shown::of(page.query.clone(), &page.offered);
        Box::pin(service::decide_asked(&pool, by, request, Some(shown), false)).await.shown()
    };
    for (items, command) in [(&[0u32][..], ItemCommand::Accept), (&[], reject("Retires")), (&[], withdraw())] {
        let refused = asked(&w.city, items, command).await;
        assert!(matches!(refused, Err(AppError::Invalid { .. })), "{refused:?}");
    }
    assert_eq!(w.briefs(cycle).await, before);
    let outcome = asked(&w.city, &[], ItemCommand::Accept).await.unwrap();
    assert_eq!(outcome.done as usize, page.offered.len());
}

#[sqlx::test(migrations = "./migrations")]
async fn what_was_accepted_at_once_is_taken_back_exactly(pool: PgPool) {
    let w = world(&pool).await;
    let load =
        [("C1", "CITY", "", "5"), ("C2", "CITY", "", "15"), ("N1", "NORTH", "", "25"), ("N2", "NORTH", "", "26")];
    w.load(&load).await;
    let cycle = w.approving("2026 H1", &[10, 20]).await;
    w.decide(&w.north, cycle, &["N2"], ItemCommand::Accept).await.unwrap();
    let approved = page(&w, &w.north, cycle, GridQuery::default()).await.approve(&w, &w.north, cycle).await.unwrap();
    assert_eq!(approved.done, 3);
    // Decided again since: it is somebody else's now.
    w.decide(&w.city, cycle, &["C1"], withdraw()).await.unwrap();
    w.decide(&w.city, cycle, &["C1"], ItemCommand::Accept).await.unwrap();
    let undo = |by: Caller, revision: u64| {
        let request = Decide { cycle, seen: Seen::at(revision), items: Vec::new(), command: withdraw() };
        let pool = pool.clone();
        async move { Box::pin(service::decide_asked(&pool, &by, request, None, true)).await.shown() }
    };
    let others = undo(w.city.clone(), approved.revision).await;
    assert!(matches!(others, Err(AppError::NotFound { .. })), "not the one who approved: {others:?}");
    let back = undo(w.north.clone(), approved.revision).await.unwrap();
    let seq = w.items(cycle).await["C1"].seq.unsigned_abs();
    let since = Skip::ChangedSince { by: Some("Cid City".into()), status: Status::Accepted };
    assert_eq!((back.done, back.skipped), (2, vec![(seq, since)]));
    let wanted = ["C1 accepted -0-", "C2 in_progress -1-", "N1 in_progress -2-", "N2 accepted -2-"];
    assert_eq!(w.briefs(cycle).await, wanted, "what was accepted before stays");
    // Nothing is left of it to take back, and no other command is undone this way.
    assert!(undo(w.north.clone(), approved.revision).await.is_err());
    assert!(undo(w.north.clone(), back.revision).await.is_err());
    let named = Decide { cycle, seen: Seen::at(back.revision), items: vec![seq], command: withdraw() };
    let refused = service::decide_asked(&pool, &w.north, named, None, true).await.shown();
    assert!(matches!(refused, Err(AppError::Invalid { .. })), "{refused:?}");
}
