//! Classes, moves between classes, statuses and cycle states, the same everywhere.

use super::Icon;
use cutline_domain::format::grouped;
use cutline_domain::{Class, CycleState, Status};
use leptos::prelude::*;

/// Labels of a definition's classes, lowest first, shared by everything on its page.
pub type Labels = StoredValue<Vec<String>>;

fn label(labels: Labels, class: Class) -> String {
    labels.with_value(|labels| labels.get(class.index()).cloned().unwrap_or_default())
}

/// A class as a coloured chip; a dash for none.
#[component]
pub fn ClassChip(
    /// The class.
    #[prop(into)]
    class: Signal<Option<Class>>,
    /// Labels of the classes.
    labels: Labels,
) -> impl IntoView {
    let position = move || class.get().map(|class| class.0.to_string());
    let text = move || class.get().map_or_else(|| "\u{2013}".to_owned(), |class| label(labels, class));
    view! {
        <span class="class-chip" class=("class-chip--none", move || class.get().is_none()) data-class=position>
            {text}
        </span>
    }
}

/// Current → proposed.
#[component]
pub fn MoveChips(
    /// Where it comes from.
    #[prop(into)]
    from: Signal<Option<Class>>,
    /// Where it goes.
    #[prop(into)]
    to: Signal<Option<Class>>,
    /// Labels of the classes.
    labels: Labels,
) -> impl IntoView {
    let direction = Memo::new(move |_| match (from.get(), to.get()) {
        (Some(from), Some(to)) if to > from => "up",
        (Some(from), Some(to)) if to < from => "down",
        _ => "same",
    });
    let words = move || match direction.get() {
        "up" => "up to",
        "down" => "down to",
        _ if from.get() == to.get() => "stays",
        _ => "to",
    };
    let sign = move || match direction.get() {
        "up" => view! { <Icon name="arrow-up"/> }.into_any(),
        "down" => view! { <Icon name="arrow-down"/> }.into_any(),
        _ => view! { <span aria-hidden="true">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <span class=move || format!("move move--{}", direction.get())>
            <ClassChip class=from labels/>
            <span class="move__sign"><span class="visually-hidden">{words}</span>{sign}</span>
            <ClassChip class=to labels/>
        </span>
    }
}

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
    let count = count.map(|count| view! { " " <b>{move || grouped(count.get())}</b> });
    view! {
        <span class=format!("status status--{class}")><Icon name=icon/>{status.title()}{count}</span>
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
