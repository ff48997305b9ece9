//! The pointer during a drag.

use leptos::ev::{MouseEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;

/// Keeps a drag with the element it began on, wherever the pointer goes, and puts the focus there. Gives whether that worked.
#[cfg(feature = "hydrate")]
pub fn capture(event: &PointerEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok() && element.set_pointer_capture(event.pointer_id()).is_ok())
}

/// Nothing is dragged on the server.
#[cfg(not(feature = "hydrate"))]
pub fn capture(_: &PointerEvent) -> bool {
    false
}

/// Where the pointer is along an element's width, 0 to 1.
#[cfg(feature = "hydrate")]
pub fn place_in(element: NodeRef<html::Div>, event: &PointerEvent) -> Option<f64> {
    let rect = element.get_untracked()?.get_bounding_client_rect();
    let (from, width) = (rect.left(), rect.width());
    (width > 0.0).then(|| ((f64::from(event.client_x()) - from) / width).clamp(0.0, 1.0))
}

/// Nothing is dragged on the server.
#[cfg(not(feature = "hydrate"))]
pub fn place_in(_: NodeRef<html::Div>, _: &PointerEvent) -> Option<f64> {
    None
}

/// Where the pointer is from an element's middle, right and down, in halves of its smaller side.
#[cfg(feature = "hydrate")]
pub fn point_in(element: NodeRef<html::Div>, event: &MouseEvent) -> Option<(f64, f64)> {
    let rect = element.get_untracked()?.get_bounding_client_rect();
    let half = rect.width().min(rect.height()) / 2.0;
    let from_middle = |at: i32, start: f64, length: f64| (f64::from(at) - start - length / 2.0) / half;
    let x = from_middle(event.client_x(), rect.left(), rect.width());
    let y = from_middle(event.client_y(), rect.top(), rect.height());
    (half > 0.0).then_some((x, y))
}

/// Nobody points on the server.
#[cfg(not(feature = "hydrate"))]
pub fn point_in(_: NodeRef<html::Div>, _: &MouseEvent) -> Option<(f64, f64)> {
    None
}
