//! Classes and moves between classes, the same everywhere.

use super::Icon;
use cutline_domain::Class;
use leptos::prelude::*;

/// Labels of a definition's classes, lowest first, shared by everything on its page.
pub type Labels = StoredValue<Vec<String>>;

/// The label of a class; a question mark for one that the definition doesn't have.
pub fn label(labels: Labels, class: Class) -> String {
    labels.read_value().get(class.index()).cloned().unwrap_or_else(|| "?".to_owned())
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
        "up" => view! { <Icon name="arrow-up" /> }.into_any(),
        "down" => view! { <Icon name="arrow-down" /> }.into_any(),
        _ => view! { <span aria-hidden="true">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <span class=move || format!("move move--{}", direction.get())>
            <ClassChip class=from labels />
            <span class="move__sign">
                <span class="visually-hidden">{words}</span>
                {sign}
            </span>
            <ClassChip class=to labels />
        </span>
    }
}
