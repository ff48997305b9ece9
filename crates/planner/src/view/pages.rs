//! The planner's pages as chunks: their code arrives when the first of them is opened. The page of one cycle, which somebody
//! works in for hours and opens by a link, has a chunk of its own, so that it doesn't wait for the lists.

use super::approvals_page::ApprovalsPage;
use super::cycle::CyclePage;
use super::cycles_page::CyclesPage;
use super::microtargets::Microtargets;
use cutline_kit::page::{chunk, lazy_pages};
use leptos::prelude::*;

chunk! {
    /// The page of one cycle.
    fn cycle(_page: ()), preload preload_cycle {
        view! { <CyclePage /> }.into_any()
    }
}

/// A page that lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Every microtarget and where it stands.
    Cycles,
    /// What waits for the viewer.
    Approvals,
    /// The microtargets, for the Control Center.
    Microtargets,
}

chunk! {
    /// Shows a list.
    fn lists(list: List), preload preload_lists {
        match list {
            List::Cycles => view! { <CyclesPage /> }.into_any(),
            List::Approvals => view! { <ApprovalsPage /> }.into_any(),
            List::Microtargets => view! { <Microtargets /> }.into_any(),
        }
    }
}

lazy_pages! { cycle, preload preload_cycle;
    /// One cycle.
    CycleRoute => (),
}

lazy_pages! { lists, preload preload_lists;
    /// Every microtarget and where it stands.
    CyclesRoute => List::Cycles,
    /// What waits for the viewer.
    ApprovalsRoute => List::Approvals,
    /// The microtargets, for the Control Center.
    MicrotargetsRoute => List::Microtargets,
}
