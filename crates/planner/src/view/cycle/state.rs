//! The cycle as the page has it: what the server said last, and what the URL asks to be shown of it.

use super::query_string;
use crate::model::{CycleView, RowText};
use cutline_domain::base::access::{Reach, reach};
use cutline_domain::planner::approval::CycleState;
use cutline_domain::planner::grid::{GridQuery, SortKey, rows_in_order};
use cutline_domain::planner::snapshot::Columns;
use cutline_domain::{Borders, Permission};
use cutline_kit::parts::SignedIn;
use cutline_wire::AppError;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::collections::HashMap;
use std::sync::Arc;

type Navigate = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// The cycle on the page. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Cycle {
    /// The cycle, as of the last answer.
    pub view: RwSignal<CycleView>,
    /// Whether the items have come.
    pub loaded: RwSignal<Option<Result<(), AppError>>>,
    /// The items.
    pub columns: RwSignal<Columns>,
    /// Texts that have come, by item number.
    pub texts: RwSignal<HashMap<u32, Arc<RowText>>>,
    /// Filter, sort, groups: what the URL says.
    pub query: Memo<GridQuery>,
    /// Items that the search hits, when there is one.
    pub found: RwSignal<Option<Vec<u32>>>,
    /// The order by text that came last, and by which.
    pub order: RwSignal<Option<(SortKey, Vec<u32>)>>,
    /// The item shown in the drawer.
    pub detail: RwSignal<Option<u32>>,
    signed_in: SignedIn,
    navigate: StoredValue<Navigate>,
}

impl Cycle {
    /// A cycle without items yet.
    pub fn new(view: CycleView) -> Self {
        let view = RwSignal::new(view);
        let params = use_query_map();
        let navigate = use_navigate();
        Self {
            view,
            loaded: RwSignal::new(None),
            columns: RwSignal::new(Columns::default()),
            texts: RwSignal::new(HashMap::new()),
            query: Memo::new(move |_| query_string::read(&params.read(), &view.read())),
            found: RwSignal::new(None),
            order: RwSignal::new(None),
            detail: RwSignal::new(None),
            signed_in: SignedIn::get(),
            navigate: StoredValue::new(Arc::new(move |to: &str, options| navigate(to, options)) as Navigate),
        }
    }

    /// Whether the user may do something, as far as the page knows; the server decides.
    pub fn may(self, permission: Permission) -> bool {
        self.signed_in.may(permission)
    }

    /// Whose items the user sees: the company's, when nothing is said.
    pub fn of_whom(self) -> Option<&'static str> {
        let role = self.signed_in.0.read().as_ref()?.actor.role;
        match reach(role, Permission::View) {
            Reach::Company => None,
            Reach::Scope => Some("of your regions"),
            Reach::Own | Reach::Nothing => Some("of your contacts"),
        }
    }

    /// Whether borders and rings are shown: somebody with contacts of their own triages, and has no shares to weigh.
    pub fn draws(self) -> bool {
        self.signed_in
            .0
            .read_untracked()
            .as_ref()
            .is_some_and(|me| reach(me.actor.role, Permission::View) != Reach::Own)
    }

    /// Whether somebody of that name is the user: in another tab one isn't somebody else.
    pub fn is_me(self, name: &str) -> bool {
        self.signed_in.0.read().as_ref().is_some_and(|me| me.name == name)
    }

    /// Where it stands.
    pub fn state(self) -> CycleState {
        self.view.read().state
    }

    /// Whether decisions can be made here and now.
    pub fn deciding(self) -> bool {
        self.state() == CycleState::Approving && self.may(Permission::Decide)
    }

    /// Whether borders can be saved here and now.
    pub fn drawing(self) -> bool {
        self.state() == CycleState::Drafting && self.may(Permission::SaveDraft)
    }

    /// The borders that count.
    pub fn saved_borders(self) -> Option<Borders> {
        self.view.read().borders_that_count().cloned()
    }

    /// The row of an item.
    pub fn row(self, seq: u32) -> Option<cutline_domain::planner::snapshot::Row> {
        let columns = self.columns.read();
        columns.index_of(seq).map(|index| columns.row(index))
    }

    /// Positions of the items that pass the filters that don't depend on borders, in sort order. While the order by a text
    /// is on its way the order before it stays.
    pub fn sorted(self) -> Memo<Arc<Vec<u32>>> {
        Memo::new(move |before: Option<&Arc<Vec<u32>>>| {
            let (query, found, order) = (self.query.read(), self.found.read(), self.order.read());
            let order = order.as_ref().filter(|(key, _)| *key == query.sort.key).map(|(_, seqs)| seqs.as_slice());
            let (columns, view) = (self.columns.read(), self.view.read());
            match rows_in_order(&columns, &view.regions, &query, found.as_deref(), order) {
                Some(rows) => Arc::new(rows),
                None => before.cloned().unwrap_or_else(|| {
                    let plain = GridQuery { sort: GridQuery::default().sort, ..query.clone() };
                    Arc::new(rows_in_order(&columns, &view.regions, &plain, found.as_deref(), None).unwrap_or_default())
                }),
            }
        })
    }

    /// Changes filter, sort or groups, which puts it into the URL. `typing`: replaces the entry in the history.
    pub fn change_query(self, typing: bool, change: impl FnOnce(&mut GridQuery)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        let (id, tail) = {
            let view = self.view.read_untracked();
            (view.id, query_string::write(&query, &view))
        };
        let options = NavigateOptions { replace: typing, scroll: false, ..NavigateOptions::default() };
        self.navigate.read_value()(&format!("/cycles/{id}{tail}"), options);
    }
}
