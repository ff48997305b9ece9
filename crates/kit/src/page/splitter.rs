//! Splitters between panes: draggable, by keyboard too, remembered on the device.

use crate::browser::{capture, remember, remembered};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

const STEP: i32 = 16;

/// A pane whose size the user may choose, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Pane {
    size: RwSignal<Option<u32>>,
    key: &'static str,
    least: i32,
    most: i32,
    first: u32,
}

impl Pane {
    /// A pane between `least` and `most`, `first` until somebody chooses; remembered under `key`.
    pub fn new(key: &'static str, least: i32, most: i32, first: u32) -> Self {
        let size = RwSignal::new(None);
        // After hydration, so that the first render is the same on both sides.
        Effect::new(move |_| size.set(remembered(key).and_then(|text| text.parse().ok())));
        Self { size, key, least, most, first }
    }

    /// The chosen size as a custom property; nothing where nobody chose.
    pub fn property(self, name: &str) -> Option<String> {
        self.size.get().map(|pixels| format!("{name}:{pixels}px"))
    }

    fn now(self) -> u32 {
        self.size.get().unwrap_or(self.first)
    }

    fn set(self, pixels: i32) {
        let pixels = pixels.clamp(self.least, self.most) as u32;
        self.size.set(Some(pixels));
        remember(self.key, &pixels.to_string());
    }
}

/// The splitter before a pane: above it, or to its left.
#[component]
pub fn Splitter(
    /// The pane.
    pane: Pane,
    /// Above the pane, not beside it.
    #[prop(optional)]
    row: bool,
    /// What it sets.
    label: &'static str,
) -> impl IntoView {
    // Where the pointer and the size were when the drag began.
    let start: RwSignal<Option<(i32, i32)>> = RwSignal::new(None);
    let along = move |event: &PointerEvent| if row { event.client_y() } else { event.client_x() };
    let down = move |event: PointerEvent| {
        capture(&event);
        start.set(Some((along(&event), untrack(|| pane.now()) as i32)));
    };
    let drag = move |event: PointerEvent| {
        if let Some((from, size)) = start.get_untracked() {
            pane.set(size + from - along(&event));
        }
    };
    let key = move |event: KeyboardEvent| {
        let now = untrack(|| pane.now()) as i32;
        let to = match event.key().as_str() {
            "ArrowUp" | "ArrowLeft" => now + STEP,
            "ArrowDown" | "ArrowRight" => now - STEP,
            "Home" => pane.least,
            "End" => pane.most,
            _ => return,
        };
        event.prevent_default();
        pane.set(to);
    };
    view! {
        <div
            class="splitter"
            class=("splitter--row", row)
            class=("splitter--col", !row)
            role="separator"
            tabindex="0"
            aria-orientation=if row { "horizontal" } else { "vertical" }
            aria-label=label
            aria-valuemin=pane.least
            aria-valuemax=pane.most
            aria-valuenow=move || pane.now()
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| start.set(None)
            on:pointercancel=move |_| start.set(None)
            on:keydown=key
        ></div>
    }
}
