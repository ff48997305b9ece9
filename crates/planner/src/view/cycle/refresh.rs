//! Keeping the page true: fetching the items, what changed since, texts of rows in view, search and text orders.

use super::board::Board;
use super::drawing::Base;
use crate::api;
use crate::model::{BorderVersion, CycleView};
use cutline_domain::borders::fit::Method;
use cutline_domain::planner::approval::Status;
use cutline_domain::planner::snapshot::Columns;
use cutline_kit::browser::{fetch_bytes, fetch_numbers};
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::location::Url;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Board {
    /// Fetches the items, and keeps search and text orders up to date; in the browser only.
    pub fn load(self) {
        self.keep_drawing();
        self.follow_filters();
        Effect::new(move |_| self.fetch_items());
        Effect::new(move |_| self.follow_search());
        Effect::new(move |_| self.follow_order());
        self.follow();
        Effect::new(move |_| {
            if self.connection.returned() > 0 {
                self.refresh();
            }
        });
        Effect::new(move |_| {
            let focus = window_event_listener(leptos::ev::focus, move |_| {
                if matches!(*self.cycle.loaded.read_untracked(), Some(Ok(()))) {
                    self.refresh();
                }
            });
            on_cleanup(move || focus.remove());
        });
    }

    /// Fetches all items anew.
    pub fn fetch_items(self) {
        let cycle = self.cycle;
        let id = cycle.view.read_untracked().id;
        cycle.loaded.set(None);
        spawn_local(async move {
            let bytes = fetch_bytes(&format!("/api/cycles/{id}/snapshot")).await;
            let columns = bytes.and_then(|bytes| Columns::decode(&bytes).map_err(AppError::conflict));
            if cycle.view.is_disposed() {
                // The page was left meanwhile.
                return;
            }
            match columns {
                Ok(columns) => {
                    cycle.columns.set(columns);
                    if !untrack(|| self.unsaved()) {
                        if cycle.view.read_untracked().borders_that_count().is_none() {
                            // Before anything was saved: borders where the shares come closest to plan.
                            self.desk.fit(Method::Plan);
                            self.drawing.base.update(|base| base.borders = self.desk.borders.get_untracked());
                        }
                        self.desk.begin();
                    }
                    cycle.loaded.set(Some(Ok(())));
                }
                Err(error) => cycle.loaded.set(Some(Err(error))),
            }
        });
    }

    /// Fetches what changed since: the cycle, and the items that differ.
    pub fn refresh(self) {
        spawn_local(self.look_again());
    }

    /// [`refresh`](Self::refresh), done when it is.
    pub async fn look_again(self) {
        if self.cycle.view.is_disposed() {
            return;
        }
        let (id, since) = (self.cycle.view.read_untracked().id, self.cycle.columns.read_untracked().revision);
        let changes = fetch_bytes(&format!("/api/cycles/{id}/changes/{since}")).await;
        let changes = changes.and_then(|bytes| Columns::decode(&bytes).map_err(|_| AppError::Unreachable));
        let view = api::cycle(id).await;
        if self.cycle.view.is_disposed() {
            // The page was left meanwhile.
            return;
        }
        match (view, changes) {
            (Ok(cycle), Ok(changes)) => self.take_over(cycle, &changes),
            (Err(error), _) | (_, Err(error)) => self.missed("The page could not be brought up to date", &error),
        }
    }

    fn take_over(self, view: CycleView, changes: &Columns) {
        let cycle = self.cycle;
        let before = cycle.view.get_untracked();
        let nothing_new = changes.revision == cycle.columns.read_untracked().revision && view == before;
        // Answers cross: what is older than what stands here says nothing any more.
        if changes.revision < cycle.columns.read_untracked().revision || view.revision < before.revision {
            return;
        }
        // While decisions are under way the rows show what they will be; what is, comes after the last of them.
        if nothing_new || !self.decisions.read_value().is_empty() {
            return;
        }
        if view.sight != before.sight {
            // What came into sight or left it may have changed long ago, or never.
            cycle.view.set(view);
            cycle.columns.set(Columns::default());
            self.grid.selected.set(BTreeSet::new());
            return self.fetch_items();
        }
        let state_changed = view.state != before.state;
        cycle.texts.update(|texts| {
            for seq in &changes.seqs {
                texts.remove(seq);
            }
        });
        cycle.columns.update(|columns| columns.merge(changes));
        let base = Base::of(&view, self.drawing.base.read_untracked().borders.clone());
        // What the user drew stays, and goes on being drawn after what it began from; so does a preview.
        let untouched = untrack(|| !self.unsaved() && !self.previewing());
        let known = before.draft.as_ref().map(|draft| draft.version);
        let news = view.draft.clone().filter(|draft| Some(draft.version) != known);
        cycle.view.set(view);
        if state_changed || untouched && base != *self.drawing.base.read_untracked() {
            self.drawing.begin(self.desk, base);
        }
        if let Some(draft) = news.filter(|_| !state_changed && !untouched) {
            self.tell_of(&draft);
        }
        self.grid.selected.update(|selected| {
            let columns = cycle.columns.read_untracked();
            selected.retain(|seq| columns.index_of(*seq).is_some_and(|i| columns.status(i) != Status::Rejected));
        });
    }

    /// Borders were saved elsewhere while others are drawn here: they stay unseen, and the next save is refused and shows both.
    fn tell_of(self, draft: &BorderVersion) {
        let is_own = self.drawing.base.read_untracked().version == Some(draft.version);
        // One's own save may be told of before it is answered.
        if is_own
            || self.busy.get_untracked()
            || self.asks.conflicting.get_untracked()
            || !untrack(|| self.cycle.drawing())
        {
            return;
        }
        let who = if untrack(|| self.cycle.is_me(&draft.by)) { "You in another tab" } else { &draft.by };
        let title = format!("{who} saved version {} of the borders", draft.version);
        self.toasts.good_with(title, "What is drawn here stays, and is not saved yet.");
    }

    /// Fetches the texts of some rows.
    pub fn fetch_texts(self, seqs: Vec<u32>) {
        if seqs.is_empty() {
            return;
        }
        let id = self.cycle.view.read_untracked().id;
        spawn_local(async move {
            match api::texts(id, seqs).await {
                Ok(rows) => {
                    // The page may have been left meanwhile.
                    let _ = self.cycle.texts.try_update(|texts| {
                        texts.extend(rows.into_iter().map(|row| (row.seq, Arc::new(row))));
                    });
                }
                Err(error) => self.missed("Some names could not be fetched", &error),
            }
        });
    }

    /// Asks the server which items a search hits.
    fn follow_search(self) {
        let cycle = self.cycle;
        let part = Memo::new(move |_| cycle.query.read().search.trim().to_owned());
        Effect::new(move |_| {
            self.connection.returned();
            let part = part.get();
            if part.is_empty() {
                cycle.found.set(None);
                return;
            }
            let id = cycle.view.read_untracked().id;
            spawn_local(async move {
                let found = fetch_numbers(&format!("/api/cycles/{id}/search?q={}", Url::escape(&part))).await;
                // Something else is searched for by now, or the page was left.
                if cycle.query.try_read_untracked().is_none_or(|query| query.search.trim() != part) {
                    return;
                }
                match found {
                    Ok(found) => cycle.found.set(Some(found)),
                    Err(error) => self.missed("The search failed", &error),
                }
            });
        });
    }

    /// Asks the server for an order by text when one is wanted.
    fn follow_order(self) {
        let cycle = self.cycle;
        let key = Memo::new(move |_| cycle.query.read().sort.key);
        let items = Memo::new(move |_| cycle.columns.read().len());
        Effect::new(move |_| {
            self.connection.returned();
            let (key, items) = (key.get(), items.get());
            if !key.is_text() || items == 0 {
                return;
            }
            let id = cycle.view.read_untracked().id;
            spawn_local(async move {
                match fetch_numbers(&format!("/api/cycles/{id}/order/{}", key.as_str())).await {
                    Ok(seqs) => drop(cycle.order.try_set(Some((key, seqs)))),
                    Err(error) => self.missed("The order could not be fetched", &error),
                }
            });
        });
    }
}
