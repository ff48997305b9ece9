//! The state of the page. One snapshot of columns, one signal of borders; everything shown is derived from them by
//! `domain`: the tally (class table, ring, matrix) and the layout (grid) in the same frame in which a border moves.

use super::query_string;
use crate::app::SignedIn;
use crate::components::browser::{fetch_bytes, fetch_numbers, remembered};
use crate::components::chip::Labels;
use crate::components::toast::ToastSender;
use crate::components::use_toasts;
use crate::planner::api;
use crate::planner::model::{CycleView, GridQuery, RowText};
use crate::planner::selection::rows_in_order;
use crate::platform::error::AppError;
use cutline_domain::distribution::{Strata, Tally};
use cutline_domain::fit::Distinct;
use cutline_domain::format::apportion;
use cutline_domain::histogram::ScaleKind;
use cutline_domain::layout::{Folds, Layout, SortKey};
use cutline_domain::snapshot::Columns;
use cutline_domain::{Borders, CycleState, Percent, Permission, Score, Status};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Everything the parts of the page share. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Board {
    /// The cycle, as of the last answer.
    pub cycle: RwSignal<CycleView>,
    /// Class labels, lowest first.
    pub labels: Labels,
    /// Whether the items have come.
    pub loaded: RwSignal<Option<Result<(), AppError>>>,
    /// The items.
    pub columns: RwSignal<Columns>,
    /// The borders drawn: saved, previewed or being dragged.
    pub borders: RwSignal<Borders>,
    /// The planned shares as typed, lowest class first.
    pub planned: RwSignal<Vec<String>>,
    /// How scores are laid along the axis.
    pub scale: RwSignal<ScaleKind>,
    /// Filter, sort, groups: what the URL says.
    pub query: Memo<GridQuery>,
    /// Folded headers.
    pub folds: RwSignal<Folds>,
    /// Numbers of the selected items.
    pub selected: RwSignal<BTreeSet<u32>>,
    /// The line the keyboard is on.
    pub active: RwSignal<u32>,
    /// The line the pointer is on.
    pub hover: RwSignal<Option<u32>>,
    /// Texts that have come, by item number.
    pub texts: RwSignal<HashMap<u32, Arc<RowText>>>,
    /// Counts of all items under the borders.
    pub tally: Memo<Tally>,
    /// Distinct scores.
    pub distinct: Memo<Arc<Distinct>>,
    /// Changes whenever the layout was filled anew; read it, then [`Board::layout`].
    pub filled: Memo<u64>,
    /// The item shown in the drawer.
    pub detail: RwSignal<Option<u32>>,
    /// Which dialog is open.
    pub dialogs: super::dialogs::Open,
    /// Height of the lower pane and width of the ring's, when chosen by the user.
    pub panes: RwSignal<(Option<u32>, Option<u32>)>,
    /// A command is under way.
    pub busy: RwSignal<bool>,
    /// Where messages go.
    pub toasts: ToastSender,
    layout: StoredValue<Layout>,
    found: RwSignal<Option<Vec<u32>>>,
    order: RwSignal<Option<(SortKey, Vec<u32>)>>,
    navigate: StoredValue<Navigate>,
    may: [bool; Permission::ALL.len()],
}

type Navigate = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// The borders to begin with: frozen or saved ones, else cuts at the planned shares once scores are there.
fn first_borders(cycle: &CycleView) -> Option<Borders> {
    let saved = if cycle.state >= CycleState::Approving { cycle.frozen.as_ref() } else { None };
    saved.or(cycle.draft.as_ref()).map(|version| version.borders.clone())
}

/// Borders for when there is nothing to go by: 1, 2, 3, …
fn stand_in(classes: usize) -> Borders {
    let values = (1..classes).map(|i| Score::whole(i as i64)).collect();
    Borders::new(values).unwrap_or_else(|_| unreachable!("a scheme has at most nine classes"))
}

impl Board {
    /// The state for a cycle, without items yet.
    pub fn new(cycle: CycleView) -> Self {
        let classes = cycle.scheme.len();
        let labels = cycle.scheme.classes().iter().map(|class| class.label.clone()).collect();
        let planned = cycle.scheme.planned().iter().map(Percent::to_string).collect();
        let borders = RwSignal::new(first_borders(&cycle).unwrap_or_else(|| stand_in(classes)));
        let cycle = RwSignal::new(cycle);
        let columns = RwSignal::new(Columns::default());
        let params = use_query_map();
        let query = Memo::new(move |_| params.with(|params| cycle.with(|cycle| query_string::read(params, cycle))));
        let found = RwSignal::new(None);
        let order: RwSignal<Option<(SortKey, Vec<u32>)>> = RwSignal::new(None);
        let folds = RwSignal::new(Folds::default());
        let tally = live_tally(columns, borders);
        let sorted = Memo::new(move |_| {
            let query = query.get();
            columns.with(|columns| {
                cycle.with(|cycle| {
                    found.with(|found: &Option<Vec<u32>>| {
                        order.with(|order| {
                            let order = order.as_ref().filter(|(key, _)| *key == query.sort.key);
                            let order = order.map(|(_, seqs)| seqs.as_slice());
                            Arc::new(rows_in_order(columns, &cycle.regions, &query, found.as_deref(), order))
                        })
                    })
                })
            })
        });
        let layout = StoredValue::new(Layout::default());
        let filled = Memo::new(move |before: Option<&u64>| {
            let query = query.get();
            let (folds, sorted) = (folds.get(), sorted.get());
            borders.with(|borders| {
                columns.with(|columns| {
                    layout.update_value(|layout| {
                        layout.fill(columns, &sorted, Some(borders), query.live, query.grouping, folds);
                    });
                });
            });
            before.map_or(1, |count| count + 1)
        });
        let distinct = Memo::new(move |_| {
            columns.with(|c| Arc::new(Distinct::new((0..c.len()).filter_map(|index| c.score(index)))))
        });
        let signed_in = SignedIn::get();
        let navigate = use_navigate();
        Self {
            cycle,
            labels: StoredValue::new(labels),
            loaded: RwSignal::new(None),
            columns,
            borders,
            planned: RwSignal::new(planned),
            scale: RwSignal::new(ScaleKind::default()),
            query,
            folds,
            selected: RwSignal::new(BTreeSet::new()),
            active: RwSignal::new(0),
            hover: RwSignal::new(None),
            texts: RwSignal::new(HashMap::new()),
            tally,
            distinct,
            filled,
            detail: RwSignal::new(None),
            dialogs: super::dialogs::Open::new(),
            panes: RwSignal::new((None, None)),
            busy: RwSignal::new(false),
            toasts: use_toasts(),
            layout,
            found,
            order,
            navigate: StoredValue::new(Arc::new(move |to: &str, options| navigate(to, options)) as Navigate),
            may: Permission::ALL.map(|permission| signed_in.may(permission)),
        }
    }

    /// The one of the page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Whether the user may do something, as far as the page knows; the server decides.
    pub fn may(self, permission: Permission) -> bool {
        Permission::ALL.iter().position(|p| *p == permission).is_some_and(|i| self.may[i])
    }

    /// State of the cycle.
    pub fn state(self) -> CycleState {
        self.cycle.with(|cycle| cycle.state)
    }

    /// Whether decisions can be made here and now.
    pub fn deciding(self) -> bool {
        self.state() == CycleState::Approving && self.may(Permission::Decide)
    }

    /// Whether borders can be saved here and now.
    pub fn drawing(self) -> bool {
        self.state() == CycleState::Drafting && self.may(Permission::SaveDraft)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(self) -> bool {
        self.columns.with(Columns::is_empty)
    }

    /// The layout under the present filter, groups and borders; tracks every change of it.
    pub fn with_layout<T>(self, read: impl FnOnce(&Layout) -> T) -> T {
        self.filled.get();
        self.layout.with_value(read)
    }

    /// The borders that count: those under approval, else those last saved.
    pub fn saved_borders(self) -> Option<Borders> {
        self.cycle.with(first_borders)
    }

    /// Planned shares, if all that was typed reads.
    pub fn planned_shares(self) -> Option<Vec<Percent>> {
        self.planned.with(|texts| texts.iter().map(|text| text.parse().ok()).collect())
    }

    /// Planned shares in tenths that add up as shown.
    pub fn planned_tenths(self) -> Vec<u32> {
        let counts: Vec<u32> = self.planned_shares().unwrap_or_default().iter().map(|p| p.hundredths()).collect();
        apportion(&counts, 1000)
    }

    /// Changes filter, sort or groups, which puts it into the URL. `typing`: replaces the entry in the history.
    pub fn change_query(self, typing: bool, change: impl FnOnce(&mut GridQuery)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        let (id, tail) = self.cycle.with_untracked(|cycle| (cycle.id, query_string::write(&query, cycle)));
        let options = NavigateOptions { replace: typing, scroll: false, ..NavigateOptions::default() };
        self.navigate.with_value(|navigate| navigate(&format!("/cycles/{id}{tail}"), options));
    }

    /// Fetches the items, and keeps search and text orders up to date; in the browser only.
    pub fn load(self) {
        Effect::new(move |_| self.fetch_items());
        Effect::new(move |_| self.follow_search());
        Effect::new(move |_| self.follow_order());
        Effect::new(move |_| {
            let number = |key: &str| remembered(key).and_then(|text| text.parse().ok());
            self.panes.set((number("cutline.lower"), number("cutline.pie")));
        });
        Effect::new(move |_| {
            let focus = window_event_listener(leptos::ev::focus, move |_| {
                if self.loaded.with_untracked(|loaded| matches!(loaded, Some(Ok(())))) {
                    self.refresh();
                }
            });
            on_cleanup(move || focus.remove());
        });
    }

    /// Fetches all items anew.
    pub fn fetch_items(self) {
        let id = self.cycle.with_untracked(|cycle| cycle.id);
        self.loaded.set(None);
        spawn_local(async move {
            let bytes = fetch_bytes(&format!("/api/cycles/{id}/snapshot")).await;
            let columns = bytes.and_then(|bytes| {
                Columns::decode(&bytes).map_err(|error| AppError::Conflict { message: error.to_string() })
            });
            match columns {
                Ok(columns) => {
                    self.columns.set(columns);
                    if self.saved_borders_untracked().is_none() {
                        self.propose_first();
                    }
                    self.loaded.set(Some(Ok(())));
                }
                Err(error) => self.loaded.set(Some(Err(error))),
            }
        });
    }

    fn saved_borders_untracked(self) -> Option<Borders> {
        self.cycle.with_untracked(first_borders)
    }

    /// Before anything was saved: borders where the shares come closest to plan.
    fn propose_first(self) {
        use cutline_domain::fit::{Method, fit};
        let distinct = self.distinct.get_untracked();
        let planned = self.cycle.with_untracked(|cycle| cycle.scheme.planned());
        if let Ok(fitted) = fit(Method::Plan, &distinct, &planned) {
            self.borders.set(fitted.borders);
        }
    }

    /// Fetches what changed since: the cycle, and the items that differ.
    pub fn refresh(self) {
        let (id, since) = (self.cycle.with_untracked(|c| c.id), self.columns.with_untracked(|c| c.revision));
        let toasts = self.toasts;
        spawn_local(async move {
            let changes = fetch_bytes(&format!("/api/cycles/{id}/changes/{since}")).await;
            let changes = changes.and_then(|bytes| Columns::decode(&bytes).map_err(|_| AppError::Unreachable));
            match (api::cycle(id).await, changes) {
                (Ok(cycle), Ok(changes)) => self.take_over(cycle, &changes),
                (Err(error), _) | (_, Err(error)) => {
                    toasts.bad("The page could not be brought up to date", error.to_string());
                }
            }
        });
    }

    fn take_over(self, cycle: CycleView, changes: &Columns) {
        let before = self.cycle.get_untracked();
        if changes.revision == self.columns.with_untracked(|c| c.revision) && cycle == before {
            return;
        }
        let state_changed = cycle.state != before.state;
        self.texts.update(|texts| {
            for seq in &changes.seqs {
                texts.remove(seq);
            }
        });
        self.columns.update(|columns| columns.merge(changes));
        self.cycle.set(cycle);
        if state_changed && let Some(saved) = self.saved_borders_untracked() {
            self.borders.set(saved);
        }
        self.selected.update(|selected| {
            self.columns.with_untracked(|columns| {
                selected.retain(|seq| columns.index_of(*seq).is_some_and(|i| columns.status(i) != Status::Rejected));
            });
        });
    }

    /// Fetches the texts of some rows.
    pub fn fetch_texts(self, seqs: Vec<u32>) {
        if seqs.is_empty() {
            return;
        }
        let id = self.cycle.with_untracked(|cycle| cycle.id);
        spawn_local(async move {
            match api::texts(id, seqs).await {
                Ok(rows) => {
                    // The page may have been left meanwhile.
                    let _ = self.texts.try_update(|texts| {
                        texts.extend(rows.into_iter().map(|row| (row.seq, Arc::new(row))));
                    });
                }
                Err(error) => self.toasts.bad("Some names could not be fetched", error.to_string()),
            }
        });
    }

    /// Asks the server which items a search hits.
    fn follow_search(self) {
        let part = Memo::new(move |_| self.query.with(|query| query.search.trim().to_owned()));
        Effect::new(move |_| {
            let part = part.get();
            if part.is_empty() {
                self.found.set(None);
                return;
            }
            let id = self.cycle.with_untracked(|cycle| cycle.id);
            let toasts = self.toasts;
            spawn_local(async move {
                let url = format!("/api/cycles/{id}/search?q={}", leptos_router::location::Url::escape(&part));
                let found = fetch_numbers(&url).await;
                if self.query.with_untracked(|query| query.search.trim() != part) {
                    return;
                }
                match found {
                    Ok(found) => self.found.set(Some(found)),
                    Err(error) => toasts.bad("The search failed", error.to_string()),
                }
            });
        });
    }

    /// Asks the server for an order by text when one is wanted.
    fn follow_order(self) {
        let key = Memo::new(move |_| self.query.with(|query| query.sort.key));
        let revision = Memo::new(move |_| self.columns.with(Columns::len));
        Effect::new(move |_| {
            let (key, items) = (key.get(), revision.get());
            let name = match key {
                SortKey::Name => "name",
                SortKey::Id => "id",
                SortKey::Specialty => "specialty",
                _ => return,
            };
            if items == 0 {
                return;
            }
            let id = self.cycle.with_untracked(|cycle| cycle.id);
            let toasts = self.toasts;
            spawn_local(async move {
                match fetch_numbers(&format!("/api/cycles/{id}/order/{name}")).await {
                    Ok(seqs) => self.order.set(Some((key, seqs))),
                    Err(error) => toasts.bad("The order could not be fetched", error.to_string()),
                }
            });
        });
    }
}

/// Counts that follow the borders incrementally; split anew only when the items change.
fn live_tally(columns: RwSignal<Columns>, borders: RwSignal<Borders>) -> Memo<Tally> {
    let strata: StoredValue<Option<Strata>> = StoredValue::new(None);
    let split = Memo::new(move |before: Option<&u64>| {
        let fresh = columns.with(|columns| borders.with_untracked(|borders| Strata::new(columns, borders)));
        strata.set_value(Some(fresh));
        before.map_or(1, |count| count + 1)
    });
    Memo::new(move |_| {
        // Reading, not only tracking: a memo nobody reads isn't computed.
        split.get();
        let mut tally = Tally::default();
        borders.with(|borders| {
            strata.update_value(|strata| {
                if let Some(strata) = strata {
                    strata.set_borders(borders);
                    tally = *strata.tally();
                }
            });
        });
        tally
    })
}
