//! What the page is told by the server while it is open: that there is news, and who else has the cycle open. The news itself
//! is fetched as ever; while nothing can be told, coming back to the page does it.

use super::board::Board;
use cutline_domain::base::format::initials;
use cutline_kit::browser::listen;
use cutline_wire::Standing;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The most people that are shown by their initials.
const SHOWN: usize = 4;

/// What was told. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Live {
    /// The newest revision told of; 0 when nothing more is to be fetched for it.
    newest: RwSignal<u64>,
    /// What is told of is being fetched.
    fetching: RwSignal<bool>,
    /// Names of the others who have the cycle open.
    here: RwSignal<Vec<String>>,
}

impl Live {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { newest: RwSignal::new(0), fetching: RwSignal::new(false), here: RwSignal::new(Vec::new()) }
    }
}

impl Board {
    /// Listens, and fetches what is new: once for any number of changes that come while it is fetched.
    pub fn follow(self) {
        let live = self.live;
        listen(format!("/api/cycles/{}/live", self.cycle.view.read_untracked().id), move |text| {
            let Some(standing) = text.map(|text| Standing::read(&text)) else { return live.here.set(Vec::new()) };
            live.newest.set(standing.revision.unwrap_or(u64::MAX));
            live.here.set(standing.here);
        });
        Effect::new(move |_| {
            let aim = live.newest.get();
            let is_behind =
                matches!(*self.cycle.loaded.read(), Some(Ok(()))) && self.cycle.columns.read().revision < aim;
            // After one's own decisions the page is brought up to date anyway.
            if live.fetching.get() || !is_behind || !self.decisions.read_value().is_empty() {
                return;
            }
            live.fetching.set(true);
            spawn_local(async move {
                self.look_again().await;
                // Whether it came or not: the same word is no reason to ask for ever.
                let _ = live.newest.try_update(|newest| {
                    if *newest == aim {
                        *newest = 0;
                    }
                });
                let _ = live.fetching.try_set(false);
            });
        });
    }
}

/// Who else has the cycle open.
#[component]
pub fn Here() -> impl IntoView {
    let here = Board::get().live.here;
    move || {
        let names = here.read();
        if names.is_empty() {
            return ().into_any();
        }
        let told = format!("Also here: {}", names.join(", "));
        let letters = |name: &String| view! { <span class="avatar avatar--s">{initials(name)}</span> };
        let more = names.len().checked_sub(SHOWN + 1).map(|more| format!("+{}", more + 1));
        view! {
            <div class="here" role="img" aria-label=told.clone() title=told>
                {names.iter().take(SHOWN).map(letters).collect_view()}
                {more}
            </div>
        }
        .into_any()
    }
}
