//! What a group's header says: what it is about, how many items it holds, and what part of which that is.

use super::board::Board;
use crate::view::status::status_look;
use cutline_domain::Percent;
use cutline_domain::base::format::{grouped, shares, signed_tenths, tenths};
use cutline_domain::planner::grid::Heading;
use cutline_domain::table::layout::Layout;
use cutline_kit::parts::{ClassChip, Icon};
use leptos::prelude::*;

/// What a header shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    about: Heading,
    items: u32,
    /// For first-level headers.
    share: Option<Share>,
}

/// What part of the items shown a header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    /// Tenths of a percent.
    tenths: u32,
    /// Of which items, where it isn't all of the company's.
    of: Option<&'static str>,
    /// The company's plan for a class, in tenths that add up and as typed; none to compare with under a filter.
    plan: Option<(u32, Percent)>,
}

/// The header of a section, or of one of its groups.
pub fn head(board: Board, layout: &Layout, section: usize, group: Option<usize>) -> Option<Head> {
    let query = board.cycle.query.read();
    let grouping = query.grouping;
    let this = &layout.sections[section];
    if let Some(group) = group {
        let group = &this.groups[group];
        return Some(Head { about: grouping.group(group.slot)?, items: group.items, share: None });
    }
    let about = grouping.section(this.slot)?;
    let counts: Vec<u32> = layout.sections.iter().map(|section| section.items).collect();
    let filtered = query.is_filtered();
    let plan = match about {
        Heading::Class(Some(class)) if !filtered => {
            let tenths = board.desk.planned_tenths().and_then(|all| all.get(class.index()).copied());
            tenths.zip(board.desk.planned_shares().and_then(|all| all.get(class.index()).copied()))
        }
        Heading::Class(_) | Heading::Status(_) => None,
    };
    let of = if filtered { Some("of those shown") } else { board.cycle.of_whom() };
    let share = Share { tenths: shares(&counts).get(section).copied()?, of, plan };
    Some(Head { about, items: this.items, share: Some(share) })
}

/// Shows it.
#[component]
pub fn HeadContent(board: Board, head: Head) -> impl IntoView {
    let labels = board.desk.subject.labels;
    let name = match head.about {
        Heading::Class(class) => {
            let name =
                class.map_or_else(|| "Unscored".to_owned(), |class| format!("Class {}", board.desk.label(class)));
            view! {
                <ClassChip class=class labels />
                <b>{name}</b>
            }
            .into_any()
        }
        Heading::Status(status) => {
            let (icon, look) = status_look(status);
            view! {
                <span class=format!("status status--{look}")>
                    <Icon name=icon />
                    {status.title()}
                </span>
            }
            .into_any()
        }
    };
    let items = grouped(head.items);
    let numbers = match (head.share, head.about) {
        (None, _) => view! { <span>{items}</span> }.into_any(),
        (Some(Share { tenths: share, of, plan: Some((planned, typed)) }), _) => {
            let said = match of {
                None => format!("{}% of plan {typed}%", tenths(share)),
                Some(of) => format!("{}% {of}, company plan {typed}%", tenths(share)),
            };
            let delta = of.is_none().then(|| signed_tenths(share.cast_signed() - planned.cast_signed()));
            view! {
                <b>{items}</b>
                <span class="grid__share">{said}</span>
                <span class="grid__delta">{delta}</span>
            }
            .into_any()
        }
        (Some(Share { of: None, .. }), Heading::Class(None)) => view! { <b>{items}</b> }.into_any(),
        (Some(Share { tenths: share, of, plan: None }), _) => view! {
            <b>{items}</b>
            <span class="grid__share">{tenths(share)} "% " {of}</span>
        }
        .into_any(),
    };
    view! {
        {name}
        {numbers}
    }
}
