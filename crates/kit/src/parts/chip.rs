//! Classes and moves between classes, the same everywhere.

use super::{Icon, Way};
use cutline_domain::Class;
use leptos::prelude::*;

/// Labels of the classes, lowest first, shared by everything on a page.
pub type Labels = StoredValue<Vec<String>>;

/// The label of a class; a question mark for one that has none.
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
    let way = Memo::new(move |_| Way::of(from.get(), to.get()));
    // Who has no class yet doesn't move: the first class is new.
    let is_new = Memo::new(move |_| from.get().is_none() && to.get().is_some());
    let words = move || match way.get() {
        Way::Up => "up to",
        Way::Down => "down to",
        _ if is_new.get() => "in",
        Way::Same if from.get() == to.get() => "stays",
        Way::Same => "to",
    };
    let begin = move || {
        if is_new.get() {
            view! { <span class="move__new">"new"</span> }.into_any()
        } else {
            view! { <ClassChip class=from labels /> }.into_any()
        }
    };
    let sign = move || match way.get().icon() {
        _ if is_new.get() => ().into_any(),
        Some(name) => view! { <Icon name /> }.into_any(),
        None => view! { <span aria-hidden="true">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <span class=move || {
            format!("move move--{}", way.get().as_str())
        }>
            {begin} <span class="move__sign">
                <span class="visually-hidden">{words}</span>
                {sign}
            </span> <ClassChip class=to labels />
        </span>
    }
}
