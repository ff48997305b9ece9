//! Statuses and cycle states, the same everywhere.

use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::{CycleState, Status};
use cutline_kit::parts::Icon;
use leptos::prelude::*;

/// Icon and class of a status.
pub const fn status_look(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::InProgress => ("clock", "progress"),
        Status::Accepted => ("check-circle", "accepted"),
        Status::Rejected => ("cross-circle", "rejected"),
    }
}

/// A status: icon, word, colour, and a count if there is one.
#[component]
pub fn StatusBadge(
    /// The status.
    status: Status,
    /// How many items have it.
    #[prop(optional, into)]
    count: Option<Signal<u32>>,
) -> impl IntoView {
    let (icon, class) = status_look(status);
    let count = count.map(|count| {
        view! {
            " "
            <b>{move || grouped(count.get())}</b>
        }
    });
    view! {
        <span class=format!("status status--{class}")>
            <Icon name=icon />
            {status.title()}
            {count}
        </span>
    }
}

/// Where a cycle stands among its states.
#[component]
pub fn Stepper(
    /// The state.
    #[prop(into)]
    state: Signal<CycleState>,
    /// The small form for lists.
    #[prop(optional)]
    mini: bool,
) -> impl IntoView {
    let step = move |step: CycleState| {
        let class = move || {
            let now = state.get();
            let end = if now == CycleState::Transferred { " stepper__step--end" } else { "" };
            match step.cmp(&now) {
                std::cmp::Ordering::Less => "stepper__step stepper__step--done".to_owned(),
                std::cmp::Ordering::Equal => format!("stepper__step stepper__step--now{end}"),
                std::cmp::Ordering::Greater => "stepper__step".to_owned(),
            }
        };
        view! {
            <li class=class aria-current=move || (state.get() == step).then_some("step")>
                <span class="stepper__dot" aria-hidden="true"></span>
                <span class="stepper__name">{step.title()}</span>
            </li>
        }
    };
    let label = move || if mini { format!("Cycle state: {}", state.get().title()) } else { "Cycle state".to_owned() };
    view! {
        <ol class="stepper" class=("stepper--mini", mini) aria-label=label>
            {CycleState::ALL.iter().copied().map(step).collect_view()}
        </ol>
    }
}
