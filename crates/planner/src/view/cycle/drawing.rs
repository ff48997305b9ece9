//! What is drawn on the desk against what was saved: whether something isn't saved yet, what it was drawn after, and what this
//! device kept of it.

use super::board::Board;
use crate::model::{BorderVersion, CycleView};
use cutline_domain::{Borders, Percent};
use cutline_kit::borders::{Desk, Drawn};
use cutline_kit::browser::{focus_first, forget, now, remember, remembered};
use cutline_kit::parts::{Icon, When};
use leptos::prelude::*;

/// What the user's own drawing began from. A version that somebody else saved meanwhile is not among it until the user chose
/// between the two, so that nothing is overwritten unseen.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The version saved last; nothing before the first.
    pub version: Option<i32>,
    /// Its borders.
    pub borders: Borders,
    /// Its planned shares.
    pub planned: Vec<Percent>,
}

impl Base {
    /// What a cycle says, or `borders` where nothing was saved yet.
    pub fn of(view: &CycleView, borders: Borders) -> Self {
        match &view.draft {
            Some(draft) => Self {
                version: Some(draft.version),
                borders: view.borders_that_count().cloned().unwrap_or_else(|| draft.borders.clone()),
                planned: draft.planned.clone(),
            },
            None => Self { version: None, borders, planned: view.scheme.planned() },
        }
    }

    fn drawn(&self) -> Drawn {
        Drawn { borders: self.borders.clone(), planned: self.planned.iter().map(Percent::to_string).collect() }
    }
}

/// What is drawn here. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Drawing {
    /// What it began from.
    pub base: RwSignal<Base>,
    /// Whether the desk holds something else than that.
    pub differs: Memo<bool>,
    /// Drawn on this device before and never saved.
    kept: RwSignal<Option<BorderVersion>>,
}

impl Drawing {
    /// Nothing drawn yet.
    pub fn new(base: Base, desk: Desk) -> Self {
        let base = RwSignal::new(base);
        let differs = Memo::new(move |_| {
            let base = base.read();
            *desk.borders.read() != base.borders || desk.planned_shares().as_ref() != Some(&base.planned)
        });
        Self { base, differs, kept: RwSignal::new(None) }
    }

    /// Goes on from what is saved, and puts it on the desk.
    pub fn begin(self, desk: Desk, base: Base) {
        desk.put(base.drawn());
        self.base.set(base);
        desk.begin();
    }
}

impl Board {
    /// Whether an admin has drawn something that isn't saved.
    pub fn unsaved(self) -> bool {
        self.cycle.drawing() && self.drawing.differs.get()
    }

    /// Whether other borders are shown than those that count, which nobody can decide by.
    pub fn previewing(self) -> bool {
        !self.cycle.drawing() && self.cycle.saved_borders().is_some_and(|saved| saved != *self.desk.borders.read())
    }

    /// Whether decisions can be made here and now, on what is shown.
    pub fn deciding(self) -> bool {
        self.cycle.deciding() && !self.previewing()
    }

    /// The borders that count, back on the desk.
    pub fn end_preview(self) {
        if let Some(saved) = untrack(|| self.cycle.saved_borders()) {
            self.desk.borders.set(saved);
            // The button that did it goes; decisions go on from the items.
            focus_first("[role=treegrid]");
        }
    }

    /// The name under which this device keeps what isn't saved.
    fn kept_under(self) -> String {
        format!("cutline.draft.{}", self.cycle.view.read_untracked().id)
    }

    /// Keeps on this device what isn't saved, and finds again what an earlier visit left.
    pub fn keep_drawing(self) {
        let key = StoredValue::new(self.kept_under());
        let drawing = self.drawing;
        let looked = StoredValue::new(false);
        Effect::new(move |_| {
            let ready = matches!(*self.cycle.loaded.read(), Some(Ok(()))) && self.cycle.drawing();
            if !ready || looked.get_value() {
                return;
            }
            looked.set_value(true);
            let text = remembered(&key.read_value());
            let kept = text.and_then(|text| serde_json::from_str::<BorderVersion>(&text).ok());
            let base = drawing.base.read_untracked();
            let fits = |kept: &BorderVersion| kept.borders.classes() == base.borders.classes();
            let differs = |kept: &BorderVersion| kept.borders != base.borders || kept.planned != base.planned;
            drawing.kept.set(kept.filter(|kept| fits(kept) && differs(kept)));
        });
        Effect::new(move |_| {
            let steps = self.desk.steps.read();
            if !self.cycle.drawing() || !(steps.can_undo() || steps.can_redo()) {
                return;
            }
            if !drawing.differs.get_untracked() {
                return forget(&key.read_value());
            }
            // While a planned % doesn't read, what was kept before it stays.
            if let Some(planned) = untrack(|| self.desk.planned_shares()) {
                let kept = BorderVersion {
                    version: drawing.base.read_untracked().version.unwrap_or_default(),
                    borders: self.desk.borders.get_untracked(),
                    planned,
                    by: String::new(),
                    at: untrack(now),
                };
                let text = serde_json::to_string(&kept).unwrap_or_else(|_| unreachable!("plain data"));
                remember(&key.read_value(), &text);
            }
        });
    }

    /// Forgets what this device kept: it was saved, or isn't wanted.
    pub fn forget_drawing(self) {
        self.drawing.kept.set(None);
        forget(&self.kept_under());
    }
}

/// Says what is shown where it isn't what counts: a preview, or what this device kept of an earlier drawing.
#[component]
pub fn Notices() -> impl IntoView {
    let board = Board::get();
    let previewing = Memo::new(move |_| board.previewing());
    let preview = move || {
        previewing.get().then(|| {
            view! {
                <div class="banner banner--preview banner--strip" role="status">
                    <Icon name="info" />
                    <p>
                        <b>"Preview."</b>
                        " Other borders than the saved ones are shown. Nothing is saved, and decisions are off."
                    </p>
                    <button class="button button--s" on:click=move |_| board.end_preview()>
                        "Back to the saved borders"
                    </button>
                </div>
            }
        })
    };
    let restore = move |_| {
        if let Some(kept) = board.drawing.kept.get_untracked() {
            board.drawing.kept.set(None);
            let planned = kept.planned.iter().map(Percent::to_string).collect();
            board.desk.put(Drawn { borders: kept.borders, planned });
        }
    };
    let kept = move || {
        let kept = board.drawing.kept.get().filter(|_| board.cycle.drawing())?;
        let base = board.drawing.base.read();
        if kept.borders == base.borders && kept.planned == base.planned {
            // Saved meanwhile, in another tab.
            return None;
        }
        let newer = kept.version != base.version.unwrap_or_default();
        Some(view! {
            <div class="banner banner--strip" role="status">
                <Icon name="history" />
                <p>
                    "Borders drawn here on " <When at=kept.at exact=true /> " were not saved."
                    {newer.then_some(" Another version was saved since.")}
                </p>
                <button class="button button--s" on:click=restore>
                    "Restore"
                </button>
                <button class="button button--s" on:click=move |_| board.forget_drawing()>
                    "Discard"
                </button>
            </div>
        })
    };
    view! {
        {preview}
        {kept}
    }
}
