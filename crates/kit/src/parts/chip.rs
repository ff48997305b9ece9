//! Classes and moves between classes, the same everywhere.

use super::{Icon, Way};
use cutline_domain::Class;
use leptos::prelude::*;

/// What a class is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassName {
    /// In full: `Key opinion leader`.
    pub label: String,
    /// In chips and charts: `KOL`. The label itself where that is short.
    pub code: String,
}

/// Names of the classes, lowest first, shared by everything on a page.
pub type Labels = StoredValue<Vec<ClassName>>;

/// The label of a class; a question mark for one that has none.
pub fn label(labels: Labels, class: Class) -> String {
    labels.read_value().get(class.index()).map_or_else(|| "?".to_owned(), |name| name.label.clone())
}

/// The code of a class; a question mark for one that has none.
pub fn code(labels: Labels, class: Class) -> String {
    labels.read_value().get(class.index()).map_or_else(|| "?".to_owned(), |name| name.code.clone())
}

/// The label of a class where its code says less.
pub fn in_full(labels: Labels, class: Class) -> Option<String> {
    labels.read_value().get(class.index()).filter(|name| name.label != name.code).map(|name| name.label.clone())
}

/// A class as a coloured chip with its code; a dash for none.
#[component]
pub fn ClassChip(
    /// The class.
    #[prop(into)]
    class: Signal<Option<Class>>,
    /// Names of the classes.
    labels: Labels,
    /// Whether there is room for the label beside the code, where that says more.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let position = move || class.get().map(|class| class.0.to_string());
    let text = move || class.get().map_or_else(|| "\u{2013}".to_owned(), |class| code(labels, class));
    let is_none = move || class.get().is_none();
    // Most schemes are called by their codes; their chips, of which a grid has hundreds, carry nothing more.
    if labels.read_value().iter().all(|name| name.label == name.code) {
        return view! {
            <span class="class-chip" class=("class-chip--none", is_none) data-class=position>
                {text}
            </span>
        }
        .into_any();
    }
    let name = move || class.get().and_then(|class| in_full(labels, class));
    let beside = full.then(|| {
        view! {
            <span class="class-label" title=name aria-hidden="true">
                {name}
            </span>
        }
    });
    view! {
        <span
            class="class-chip"
            class=("class-chip--none", is_none)
            data-class=position
            title=name
            role=move || name().map(|_| "img")
            aria-label=name
        >
            {text}
        </span>
        {beside}
    }
    .into_any()
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
    /// Names of the classes.
    labels: Labels,
    /// Whether there is room for labels.
    #[prop(optional)]
    full: bool,
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
            view! { <ClassChip class=from labels full /> }.into_any()
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
            </span> <ClassChip class=to labels full />
        </span>
    }
}
