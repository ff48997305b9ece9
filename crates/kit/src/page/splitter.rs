//! The two splitters: height of the lower pane, width of the ring's. Draggable, by keyboard too, remembered on the device.

use super::board::Board;
use crate::components::browser::remember;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

const STEP: i32 = 16;
const HEIGHTS: (i32, i32, u32) = (200, 650, 332);
const WIDTHS: (i32, i32, u32) = (320, 700, 470);

/// The lower pane's height, when the user chose one.
pub fn lower_height(board: Board) -> Option<String> {
    board.panes.get().0.map(|height| format!("--lower-h:{height}px"))
}

/// The ring pane's width, when the user chose one.
pub fn pie_width(board: Board) -> Option<String> {
    board.panes.get().1.map(|width| format!("--pie-w:{width}px"))
}

/// Between grid and lower pane.
#[component]
pub fn RowSplitter() -> impl IntoView {
    view! { <Splitter row=true label="Height of the lower pane" limits=HEIGHTS/> }
}

/// Between border editor and ring.
#[component]
pub fn ColumnSplitter() -> impl IntoView {
    view! { <Splitter row=false label="Width of the chart pane" limits=WIDTHS/> }
}

#[component]
fn Splitter(row: bool, label: &'static str, limits: (i32, i32, u32)) -> impl IntoView {
    let board = Board::get();
    let (least, most, first) = limits;
    let size = move || if row { board.panes.get().0 } else { board.panes.get().1 }.unwrap_or(first);
    let set = move |pixels: i32| {
        let pixels = pixels.clamp(least, most) as u32;
        board.panes.update(|panes| if row { panes.0 = Some(pixels) } else { panes.1 = Some(pixels) });
        remember(if row { "cutline.lower" } else { "cutline.pie" }, &pixels.to_string());
    };
    // Where the pointer and the size were when the drag began.
    let start: RwSignal<Option<(i32, i32)>> = RwSignal::new(None);
    let along = move |event: &PointerEvent| if row { event.client_y() } else { event.client_x() };
    let down = move |event: PointerEvent| {
        capture(&event);
        start.set(Some((along(&event), untrack(size) as i32)));
    };
    let drag = move |event: PointerEvent| {
        if let Some((from, size)) = start.get_untracked() {
            set(size + from - along(&event));
        }
    };
    let key = move |event: KeyboardEvent| {
        let now = untrack(size) as i32;
        let to = match event.key().as_str() {
            "ArrowUp" | "ArrowLeft" => now + STEP,
            "ArrowDown" | "ArrowRight" => now - STEP,
            "Home" => least,
            "End" => most,
            _ => return,
        };
        event.prevent_default();
        set(to);
    };
    view! {
        <div class="splitter" class=("splitter--row", row) class=("splitter--col", !row) role="separator" tabindex="0"
            aria-orientation=if row { "horizontal" } else { "vertical" } aria-label=label
            aria-valuemin=least aria-valuemax=most aria-valuenow=size
            on:pointerdown=down on:pointermove=drag on:pointerup=move |_| start.set(None)
            on:pointercancel=move |_| start.set(None) on:keydown=key>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn capture(event: &PointerEvent) {
    use wasm_bindgen::JsCast;
    if let Some(element) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
        // Without it the drag ends at the splitter's edge, nothing worse.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

#[cfg(not(feature = "hydrate"))]
fn capture(_: &PointerEvent) {}
