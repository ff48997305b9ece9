//! The commands of the page: sent with what the user saw and a key of their own, answered with a message, followed by a
//! refresh so that the page shows what is.

use super::asks::Conflict;
use super::board::{Board, Decision, Whole};
use super::drawing::Base;
use crate::api;
use crate::model::{Decide, Outcome, SaveBorders, Skip};
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::planner::approval::ItemCommand;
use cutline_domain::planner::grid::{GridQuery, decided};
use cutline_domain::planner::shown::Shown;
use cutline_domain::planner::snapshot::Row;
use cutline_wire::{AppError, Seen};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::location::Url;
use std::collections::{BTreeSet, VecDeque};

impl Board {
    fn seen(self) -> Seen {
        Seen::at(self.cycle.columns.read_untracked().revision)
    }

    /// Runs a command: one at a time, with the page brought up to date after it.
    fn run<T: 'static>(
        self,
        refused: &'static str,
        command: impl Future<Output = Result<T, AppError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() || !self.decisions.read_value().is_empty() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let result = command.await;
            if self.busy.try_set(false).is_some() {
                // The page was left meanwhile.
                return;
            }
            match result {
                Ok(answer) => done(answer),
                Err(error) => {
                    self.connection.failed(&error);
                    self.toasts.bad(refused, error.to_string());
                }
            }
            self.refresh();
        });
    }

    /// Collecting → Drafting.
    pub fn start_borders(self) {
        let (id, seen) = (self.cycle.view.read_untracked().id, self.seen());
        self.run("Borders not started", api::start_borders(id, seen), move |_| {
            self.toasts.good("Borders started: nothing is published until you enable them");
        });
    }

    fn save_request(self, over: Option<i32>) -> Option<SaveBorders> {
        let drawn_after = self.drawing.base.read_untracked().version;
        Some(SaveBorders {
            cycle: self.cycle.view.read_untracked().id,
            seen: self.seen(),
            seen_draft: over.or(drawn_after),
            borders: self.desk.borders.get_untracked(),
            planned: untrack(|| self.desk.planned_shares())?,
        })
    }

    /// Keeps the borders. `over`: knowingly after this version of somebody else.
    pub fn save_draft(self, over: Option<i32>) {
        self.save(false, over);
    }

    /// Keeps the borders and enables the cycle for approval.
    pub fn enable(self, over: Option<i32>) {
        self.save(true, over);
    }

    fn save(self, enable: bool, over: Option<i32>) {
        let Some(request) = self.save_request(over).filter(|_| !untrack(|| self.desk.is_blocked())) else {
            return;
        };
        let (mine, shares) = (request.borders.clone(), request.planned.clone());
        let scored = self.desk.tally.read_untracked().scored();
        let command = async move {
            let id = request.cycle;
            let result = if enable {
                api::enable(request.into()).await.map(|_| None)
            } else {
                api::save_draft(request.into()).await.map(Some)
            };
            match result {
                // Both versions are shown, and what was drawn stays on the page.
                Err(AppError::Conflict { message, .. }) => {
                    let theirs = api::cycle(id).await?.draft;
                    Ok(Err((message, theirs)))
                }
                other => other.map(Ok),
            }
        };
        self.run(if enable { "Not enabled" } else { "Draft not saved" }, command, move |answer| match answer {
            Ok(Some(version)) => {
                self.drawing.base.set(Base { version: Some(version), borders: mine, planned: shares });
                // What was drawn while it was saved isn't.
                if !self.drawing.differs.get_untracked() {
                    self.forget_drawing();
                }
                self.toasts.good(format!("Draft saved as version {version}"));
            }
            Ok(None) => {
                self.forget_drawing();
                let text = format!(
                    "{} now have a proposed class and wait for the regional managers.",
                    counted(scored, "item")
                );
                self.toasts.good_with("Enabled for approval", text);
            }
            Err((message, theirs)) => {
                self.asks.conflict(Conflict { message, mine, planned: shares, theirs, enable });
            }
        });
    }

    /// Approving → Drafting.
    pub fn reset(self, typed: String) {
        let (id, seen) = (self.cycle.view.read_untracked().id, self.seen());
        self.run("Not reset", api::reset(id, typed, seen), move |decisions| {
            self.asks.reset.set(false);
            self.toasts.good(format!("Cycle reset: {} decisions are In progress again", grouped(decisions)));
        });
    }

    /// Approving → Transferred.
    pub fn transfer(self, accepted_only: bool) {
        let (id, seen) = (self.cycle.view.read_untracked().id, self.seen());
        self.run("Not transferred", api::transfer(id, accepted_only, seen), move |manifest| {
            self.asks.transfer.set(false);
            let official: u32 = manifest.transferred.iter().sum();
            let text =
                format!("{} classes are official, {} of them new.", grouped(official), grouped(manifest.changed));
            self.toasts.good_with("Transferred", text);
        });
    }

    /// Accepts what the grid shows. The filter travels, not the numbers.
    pub fn approve_all(self) {
        let seqs = untrack(|| self.approvable());
        let shown = Shown::of(self.cycle.query.get_untracked(), &seqs);
        self.send(seqs, ItemCommand::Accept, Some(Whole::Shown(shown)));
    }

    /// Decides on items by number. It shows at once; decisions made while one is under way wait for it, and what the server
    /// refuses is put back.
    pub fn decide(self, seqs: Vec<u32>, command: ItemCommand) {
        self.send(seqs, command, None);
    }

    fn send(self, seqs: Vec<u32>, command: ItemCommand, whole: Option<Whole>) {
        // What else is under way changes the cycle as a whole; decisions queue behind each other.
        let other = self.busy.get_untracked() && self.decisions.read_value().is_empty();
        if seqs.is_empty() || other {
            return;
        }
        let mut seen = self.seen();
        if let Some(Whole::Accepted(revision)) = whole {
            seen.revision = revision;
        }
        let request = Decide { cycle: self.cycle.view.read_untracked().id, seen, items: seqs, command };
        let before = self.show(&request);
        let pending =
            |seq: &u32| self.decisions.read_value().iter().any(|decision| decision.request.items.contains(seq));
        if before.is_empty() && request.items.iter().all(pending) {
            // Pressed twice: it is on its way already.
            return;
        }
        // It shows already: what it changed is in `before`, as it was.
        if matches!(request.command, ItemCommand::Withdraw) && before.is_empty() {
            return self.toasts.bad("Nothing was changed", "There is nothing to withdraw: these are In progress.");
        }
        if request.items.len() > 1 {
            self.busy.set(true);
        }
        self.decisions.update_value(|all| all.push_back(Decision { request, whole, before }));
        if self.decisions.read_value().len() == 1 {
            spawn_local(async move {
                while let Some(decision) = self.decisions.try_with_value(|all| all.front().cloned()).flatten() {
                    let mut request = decision.request.clone();
                    if decision.whole.is_some() {
                        request.items.clear();
                    }
                    let (shown, undo) = match decision.whole.clone() {
                        Some(Whole::Shown(shown)) => (Some(shown), None),
                        Some(Whole::Accepted(_)) => (None, Some(true)),
                        None => (None, None),
                    };
                    let result = Box::pin(api::decide_items(request, shown, undo)).await;
                    if self.decisions.try_update_value(VecDeque::pop_front).is_none() {
                        // The page was left meanwhile.
                        return;
                    }
                    self.answered(&decision, result);
                }
                self.busy.set(false);
                self.refresh();
            });
        }
    }

    /// Shows what a decision will make of its rows. Gives those that change, as they were.
    fn show(self, request: &Decide) -> Vec<Row> {
        let mut before = Vec::new();
        self.cycle.columns.update(|columns| {
            for index in request.items.iter().filter_map(|seq| columns.index_of(*seq)).collect::<Vec<_>>() {
                let row = columns.row(index);
                let after = decided(row, &request.command);
                if after != row {
                    columns.set(index, after);
                    before.push(row);
                }
            }
        });
        before
    }

    /// Shows rows again as they were before decisions that were not made, and gives up what was decided on them since.
    fn put_back(self, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        let is_back = |seq: u32| rows.iter().any(|row| row.seq == seq);
        self.decisions.update_value(|all| {
            for decision in all.iter_mut() {
                // As a whole they would be taken in again.
                decision.whole = None;
                decision.request.items.retain(|seq| !is_back(*seq));
                decision.before.retain(|row| !is_back(row.seq));
            }
            all.retain(|decision| !decision.request.items.is_empty());
        });
        self.cycle.columns.update(|columns| {
            for row in rows {
                if let Some(index) = columns.index_of(row.seq) {
                    columns.set(index, *row);
                }
            }
        });
    }

    fn answered(self, decision: &Decision, result: Result<Outcome, AppError>) {
        let Decision { request, before, .. } = decision;
        let mut outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => {
                self.put_back(before);
                self.connection.failed(&error);
                return self.toasts.bad("Nothing was changed", error.to_string());
            }
        };
        let items: BTreeSet<u32> = request.items.iter().copied().collect();
        // Of what a filter may have shown, what it did show.
        outcome.skipped.retain(|(seq, _)| items.contains(seq));
        let left: BTreeSet<u32> = outcome.skipped.iter().map(|(seq, _)| *seq).collect();
        let skipped = |seq: u32| left.contains(&seq);
        let back: Vec<Row> = before.iter().filter(|row| skipped(row.seq)).copied().collect();
        self.put_back(&back);
        // Nothing but this decision happened since: whoever decided again has seen what it made.
        if outcome.revision == request.seen.revision + 1 {
            self.decisions.update_value(|all| {
                let same = |later: &&mut Decision| later.request.seen.revision == request.seen.revision;
                // What is taken back is named by its revision, whatever happened since.
                let seen = |later: &&mut Decision| !matches!(later.whole, Some(Whole::Accepted(_)));
                for later in all.iter_mut().filter(same).filter(seen) {
                    later.request.seen.revision = outcome.revision;
                }
            });
        }
        let asked = matches!(request.command, ItemCommand::Reject { .. } | ItemCommand::Override { .. });
        if asked && *self.asks.about.read_untracked() == request.items {
            self.asks.close_decisions();
        }
        self.grid.selected.update(|selected| selected.retain(|seq| !items.contains(seq) || skipped(*seq)));
        let done = match &request.command {
            ItemCommand::Accept => "accepted",
            ItemCommand::Reject { .. } => "rejected",
            ItemCommand::Override { .. } => "overridden",
            ItemCommand::Withdraw => "back In progress",
        };
        let mut title = format!("{} {done}", grouped(outcome.done));
        let mut text = None;
        if !outcome.skipped.is_empty() {
            title = format!("{title}, {} skipped", grouped(outcome.skipped.len() as u64));
            text = Some(reasons(&outcome.skipped));
        }
        match (&decision.whole, text) {
            (Some(Whole::Shown(_)), text) => {
                let accepted: Vec<u32> = before.iter().map(|row| row.seq).filter(|seq| !skipped(*seq)).collect();
                let made = Some(Whole::Accepted(outcome.revision));
                let undo = move || {
                    // Toasts outlive the page; what was accepted can be withdrawn there.
                    if !self.cycle.view.is_disposed() {
                        self.send(accepted.clone(), ItemCommand::Withdraw, made.clone());
                    }
                };
                self.toasts.good_undo(title, text, undo);
            }
            (_, Some(text)) => self.toasts.good_with(title, text),
            (_, None) => self.toasts.good(title),
        }
    }

    /// Address of the Excel export of what the grid shows, or of everything.
    pub fn export_url(self, everything: bool) -> String {
        let query = if everything { GridQuery::default() } else { self.cycle.query.get() };
        let borders = self.desk.borders.read();
        let borders: Vec<String> = borders.values().iter().map(|border| border.hundredths().to_string()).collect();
        let view = serde_json::to_string(&query).unwrap_or_else(|_| unreachable!("a query is plain data"));
        let id = self.cycle.view.read().id;
        let view = Url::escape(&view);
        format!("/api/cycles/{id}/export.xlsx?view={view}&borders={}", borders.join(","))
    }
}

/// Why items were skipped, in a sentence each.
fn reasons(skipped: &[(u32, Skip)]) -> String {
    let count = |test: fn(&Skip) -> bool| skipped.iter().filter(|(_, skip)| test(skip)).count();
    let changed = count(|skip| matches!(skip, Skip::ChangedSince { .. }));
    let outside = count(|skip| matches!(skip, Skip::OutOfScope));
    let mut parts = Vec::new();
    if changed > 0 {
        parts.push(format!("{} changed since you were shown them.", counted(changed as u64, "item")));
    }
    if outside > 0 {
        parts.push(format!("{} outside your regions.", counted(outside as u64, "item")));
    }
    if let Some((_, Skip::Refused(refusal))) = skipped.iter().find(|(_, skip)| matches!(skip, Skip::Refused(_))) {
        parts.push(refusal.to_string());
    }
    parts.join(" ")
}
