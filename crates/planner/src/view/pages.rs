//! The planner's pages as chunks: their code arrives when the first of them is opened. The page of one cycle, which somebody
//! works in for hours and opens by a link, has a chunk of its own, so that it doesn't wait for the lists.

use super::approvals_page::ApprovalsPage;
use super::cycle::CyclePage;
use super::cycles_page::CyclesPage;
use super::microtargets::Microtargets;
use cutline_kit::page::lazy_pages;
use leptos::prelude::*;

/// The page of one cycle.
#[lazy]
fn cycle(_page: ()) -> AnyView {
    view! { <CyclePage /> }.into_any()
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

/// Shows a list.
#[lazy]
fn lists(list: List) -> AnyView {
    match list {
        List::Cycles => view! { <CyclesPage /> }.into_any(),
        List::Approvals => view! { <ApprovalsPage /> }.into_any(),
        List::Microtargets => view! { <Microtargets /> }.into_any(),
    }
}

lazy_pages! { cycle, preload __preload_cycle;
    /// One cycle.
    CycleRoute => (),
}

lazy_pages! { lists, preload __preload_lists;
    /// Every microtarget and where it stands.
    CyclesRoute => List::Cycles,
    /// What waits for the viewer.
    ApprovalsRoute => List::Approvals,
    /// The microtargets, for the Control Center.
    MicrotargetsRoute => List::Microtargets,
}
