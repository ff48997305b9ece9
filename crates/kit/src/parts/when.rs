//! A moment, in the viewer's own time.

use crate::browser::written;
use cutline_wire::Moment;
use leptos::prelude::*;

/// Whether the page lives, so that what only the browser knows may be shown.
fn lives() -> Signal<bool> {
    let lives = RwSignal::new(false);
    Effect::new(move |_| lives.set(true));
    lives.into()
}

/// A moment: its day, or day and time, exact on hover.
#[component]
pub fn When(
    /// When.
    at: Moment,
    /// With the time of day.
    #[prop(optional)]
    exact: bool,
) -> impl IntoView {
    let lives = lives();
    let words = Memo::new(move |_| written(at, lives.get()));
    let text = move || if exact { words.read().exact.clone() } else { words.read().day.clone() };
    let iso = words.read_untracked().iso.clone();
    view! {
        <time datetime=iso title=move || words.read().exact.clone()>
            {text}
        </time>
    }
}
