//! The modal dialog: the browser's own, with focus kept inside, Escape, and focus given back.

use super::Icon;
use leptos::html;
use leptos::prelude::*;

/// A modal dialog shown while `open`. Its children are built anew each time, so nothing typed before is left over. They
/// hold the body and a `footer`; a form inside submits to its own handler.
#[component]
pub fn Dialog(
    /// Whether it is shown; set to false when the user closes it.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// The wide form.
    #[prop(optional)]
    wide: bool,
    /// Body and footer.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let shown = open.get();
        if let Some(dialog) = dialog.get() {
            if shown && !dialog.open() {
                show(dialog);
            } else if !shown && dialog.open() {
                dialog.close();
            }
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class=("dialog--wide", wide)
            aria-label=title
            on:close=move |_| open.set(false)
        >
            <Show when=move || open.get()>
                <div class="dialog__form">
                    <header class="dialog__head">
                        <h2 class="dialog__title">{title}</h2>
                        <button type="button" class="icon-button" aria-label="Close" on:click=move |_| open.set(false)>
                            <Icon name="cross" />
                        </button>
                    </header>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
}

/// Shows a dialog, with the focus where typing should start. One that was built already open isn't on the page yet.
#[cfg(feature = "hydrate")]
pub fn show(dialog: web_sys::HtmlDialogElement) {
    use wasm_bindgen::JsCast;
    if !dialog.is_connected() {
        return request_animation_frame(move || show(dialog));
    }
    // Already showing is the only way this fails.
    let _ = dialog.show_modal();
    if let Ok(Some(first)) = dialog.query_selector("[data-focus]")
        && let Some(first) = first.dyn_ref::<web_sys::HtmlElement>()
    {
        let _ = first.focus();
    }
}

/// Nothing is shown on the server.
#[cfg(not(feature = "hydrate"))]
pub fn show<T>(_: T) {}
