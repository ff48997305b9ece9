//! A moment, in the viewer's own time.

use crate::browser::{ago, now, written};
use cutline_wire::Moment;
use leptos::prelude::*;

/// Whether the page lives, so that what only the browser knows may be shown.
fn lives() -> Signal<bool> {
    let lives = RwSignal::new(false);
    Effect::new(move |_| lives.set(true));
    lives.into()
}

/// A moment: how long ago it was while that is recent, then its day; exact on hover.
#[component]
pub fn When(
    /// When.
    at: Moment,
    /// With the time of day, for what is looked up rather than glanced at; how long ago it was on hover.
    #[prop(optional)]
    exact: bool,
) -> impl IntoView {
    let lives = lives();
    let words = Memo::new(move |_| written(at, lives.get()));
    let recent = Memo::new(move |_| lives.get().then(|| ago(at, now())).flatten());
    let text = move || match recent.get() {
        Some(recent) if !exact => recent,
        _ if exact => words.read().exact.clone(),
        _ => words.read().day.clone(),
    };
    let hover = move || match recent.get() {
        Some(recent) if exact => recent,
        _ => words.read().exact.clone(),
    };
    let iso = words.read_untracked().iso.clone();
    view! {
        <time datetime=iso title=hover>
            {text}
        </time>
    }
}
