//! The commands of the page: sent with what the user saw and a key of their own, answered with a message, followed by a
//! refresh so that the page shows what is.

use super::board::Board;
use super::dialogs::Conflict;
use crate::planner::api;
use crate::planner::model::{Decide, Outcome, SaveBorders, Skip};
use crate::platform::error::AppError;
use crate::platform::wire::Seen;
use cutline_domain::approval::ItemCommand;
use cutline_domain::format::grouped;
use cutline_domain::layout::Layout;
use cutline_domain::snapshot::Columns;
use cutline_domain::{Percent, Status};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `1 item`, `2,044 items`.
pub fn items(count: usize) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{} items", grouped(count as u64)) }
}

impl Board {
    fn seen(self) -> Seen {
        Seen::at(self.columns.with_untracked(|columns| columns.revision))
    }

    /// Runs a command: one at a time, with the page brought up to date after it.
    fn run<T: 'static>(
        self,
        refused: &'static str,
        command: impl Future<Output = Result<T, AppError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let result = command.await;
            self.busy.set(false);
            match result {
                Ok(answer) => done(answer),
                Err(error) => self.toasts.bad(refused, error.to_string()),
            }
            self.refresh();
        });
    }

    /// Collecting → Drafting.
    pub fn start_borders(self) {
        let (id, seen) = (self.cycle.with_untracked(|cycle| cycle.id), self.seen());
        self.run("Borders not started", api::start_borders(id, seen), move |_| {
            self.toasts.good("Borders started: nothing is published until you enable them");
        });
    }

    /// What is wrong with the planned shares as typed, if anything.
    pub fn planned_problem(self) -> Option<String> {
        let Some(shares) = self.planned_shares() else {
            return Some("A planned % is not a number between 0 and 100.".to_owned());
        };
        let total: u32 = shares.iter().map(|share| share.hundredths()).sum();
        let off = total.cast_signed() - Percent::WHOLE.hundredths().cast_signed();
        let number = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        match off {
            0 => None,
            1.. => Some(format!("Planned % is {}. Take {} away to save.", number(total), number(off.unsigned_abs()))),
            _ => Some(format!("Planned % is {}. Add {} to save.", number(total), number(off.unsigned_abs()))),
        }
    }

    fn save_request(self, over: Option<i32>) -> Option<SaveBorders> {
        let draft = self.cycle.with_untracked(|cycle| cycle.draft.as_ref().map(|draft| draft.version));
        Some(SaveBorders {
            cycle: self.cycle.with_untracked(|cycle| cycle.id),
            seen: self.seen(),
            seen_draft: over.or(draft),
            borders: self.borders.get_untracked(),
            planned: untrack(|| self.planned_shares())?,
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
        let Some(request) = self.save_request(over).filter(|_| untrack(|| self.planned_problem()).is_none()) else {
            return;
        };
        let mine = request.borders.clone();
        let scored = self.tally.get_untracked().scored();
        let command = async move {
            let id = request.cycle;
            let result = if enable {
                api::enable(request).await.map(|_| None)
            } else {
                api::save_draft(request).await.map(Some)
            };
            match result {
                // Both versions are shown, and what was drawn stays on the page.
                Err(AppError::Conflict { message }) => {
                    let theirs = api::cycle(id).await?.draft;
                    Ok(Err((message, theirs)))
                }
                other => other.map(Ok),
            }
        };
        self.run(if enable { "Not enabled" } else { "Draft not saved" }, command, move |answer| match answer {
            Ok(Some(version)) => self.toasts.good(format!("Draft saved as version {version}")),
            Ok(None) => {
                let text =
                    format!("{} now have a proposed class and wait for the regional managers.", items(scored as usize));
                self.toasts.good_with("Enabled for approval", text);
            }
            Err((message, theirs)) => self.dialogs.conflict(Conflict { message, mine, theirs, enable }),
        });
    }

    /// Approving → Drafting.
    pub fn reset(self, typed: String) {
        let (id, seen) = (self.cycle.with_untracked(|cycle| cycle.id), self.seen());
        self.run("Not reset", api::reset(id, typed, seen), move |decisions| {
            self.dialogs.reset.set(false);
            self.toasts.good(format!("Cycle reset: {} decisions are In progress again", grouped(decisions)));
        });
    }

    /// Approving → Transferred.
    pub fn transfer(self, accepted_only: bool) {
        let (id, seen) = (self.cycle.with_untracked(|cycle| cycle.id), self.seen());
        self.run("Not transferred", api::transfer(id, accepted_only, seen), move |manifest| {
            self.dialogs.transfer.set(false);
            let official: u32 = manifest.transferred.iter().sum();
            let text =
                format!("{} classes are official, {} of them new.", grouped(official), grouped(manifest.changed));
            self.toasts.good_with("Transferred", text);
        });
    }

    /// Decides on items by number.
    pub fn decide(self, seqs: Vec<u32>, command: ItemCommand) {
        if seqs.is_empty() {
            return;
        }
        let done = match &command {
            ItemCommand::Accept => "accepted",
            ItemCommand::Reject { .. } => "rejected",
            ItemCommand::Override { .. } => "overridden",
            ItemCommand::Withdraw => "back In progress",
        };
        let request =
            Decide { cycle: self.cycle.with_untracked(|cycle| cycle.id), seen: self.seen(), items: seqs, command };
        self.run("Nothing was changed", api::decide_items(request), move |outcome: Outcome| {
            self.dialogs.close_decisions();
            self.selected.update(|selected| {
                selected.retain(|seq| outcome.skipped.iter().any(|(skipped, _)| skipped == seq));
            });
            let title = format!("{} {done}", grouped(outcome.done));
            if outcome.skipped.is_empty() {
                self.toasts.good(title);
            } else {
                let title = format!("{title}, {} skipped", grouped(outcome.skipped.len() as u64));
                self.toasts.good_with(title, reasons(&outcome.skipped));
            }
        });
    }

    /// The items "Approve all" accepts: in progress, shown under the filter, with a class to accept.
    pub fn approvable(self) -> Vec<u32> {
        self.with_layout(|layout: &Layout| {
            self.columns.with(|columns: &Columns| {
                let open = |index: &usize| {
                    let classed = columns.scores[*index] != cutline_domain::snapshot::UNSCORED
                        || columns.overridden(*index).is_some();
                    columns.status(*index) == Status::InProgress && classed
                };
                let mut seqs: Vec<u32> =
                    layout.order.iter().map(|i| *i as usize).filter(open).map(|i| columns.seqs[i]).collect();
                seqs.sort_unstable();
                seqs
            })
        })
    }

    /// Address of the Excel export of what the grid shows, or of everything.
    pub fn export_url(self, everything: bool) -> String {
        let query = if everything { crate::planner::model::GridQuery::default() } else { self.query.get() };
        let borders: Vec<String> =
            self.borders.with(|borders| borders.values().iter().map(|b| b.hundredths().to_string()).collect());
        let view = serde_json::to_string(&query).unwrap_or_default();
        let id = self.cycle.with(|cycle| cycle.id);
        let view = leptos_router::location::Url::escape(&view);
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
        parts.push(format!("{} changed since you were shown them.", items(changed)));
    }
    if outside > 0 {
        parts.push(format!("{} outside your regions.", items(outside)));
    }
    if let Some((_, Skip::Refused(refusal))) = skipped.iter().find(|(_, skip)| matches!(skip, Skip::Refused(_))) {
        parts.push(refusal.to_string());
    }
    parts.join(" ")
}
