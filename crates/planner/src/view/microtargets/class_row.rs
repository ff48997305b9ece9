//! The row of one class: its grip, its colours, what is typed about it.

use super::typed::{Typed, TypedClass};
use cutline_domain::Percent;
use cutline_kit::browser::focus;
use cutline_kit::parts::Icon;
use cutline_kit::parts::field::{FormAnswer, forget};
use leptos::ev::{Event, KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// A class in the form. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
struct Edited {
    typed: RwSignal<Typed>,
    answer: FormAnswer,
    key: u32,
    label: Memo<String>,
}

impl Edited {
    fn new(typed: RwSignal<Typed>, answer: FormAnswer, key: u32) -> Self {
        Self { typed, answer, key, label: text(typed, key, |class| class.label.clone()) }
    }

    /// Something that is typed about it.
    fn text(self, part: fn(&TypedClass) -> String) -> Memo<String> {
        text(self.typed, self.key, part)
    }

    /// Takes over what is typed.
    fn write(self, change: fn(&mut TypedClass, String)) -> impl Fn(Event) {
        move |event: Event| {
            let text = event_target_value(&event);
            self.typed.update(|typed| typed.change(self.key, |class| change(class, text)));
            forget(self.answer, "classes");
        }
    }

    /// What something of it is called.
    fn named(self, what: &'static str) -> impl Fn() -> String + Copy + Send + Sync {
        move || format!("{what} {}", self.label.read())
    }

    /// Whether the classes were refused.
    fn refused(self) -> bool {
        self.answer.read().as_ref().is_some_and(|error| error.beside("classes").is_some())
    }

    /// Whether it has no label, or that of another.
    fn is_mislabelled(self) -> bool {
        let (label, typed) = (self.label.read(), self.typed.read());
        let same = |other: &TypedClass| other.key != self.key && other.label.trim() == label.trim();
        label.trim().is_empty() || typed.classes.iter().any(same)
    }
}

/// Something that is typed about a class; empty once the class is gone, until its row is too.
fn text(typed: RwSignal<Typed>, key: u32, part: fn(&TypedClass) -> String) -> Memo<String> {
    Memo::new(move |_| typed.read().class(key).map_or_else(String::new, part))
}

/// The row.
#[component]
pub fn ClassRow(
    /// The form.
    typed: RwSignal<Typed>,
    /// The answer to it.
    answer: FormAnswer,
    /// The class that is dragged.
    dragged: RwSignal<Option<u32>>,
    /// Which class it shows.
    key: u32,
) -> impl IntoView {
    let class = Edited::new(typed, answer, key);
    let only = move || typed.read().classes.len() == 1;
    let remove = move |_| {
        typed.update(|typed| typed.remove(key));
        forget(answer, "classes");
    };
    view! {
        <tr data-key=key.to_string() class=("is-dragged", move || dragged.get() == Some(key))>
            <td class="class-editor__grip">
                <Grip class dragged />
            </td>
            <td>
                <Swatch class />
            </td>
            <td class="class-editor__label">
                <Label class />
            </td>
            <td>
                <Planned class />
            </td>
            <td>
                <Calls class />
            </td>
            <td>
                <button
                    type="button"
                    class="icon-button icon-button--s"
                    aria-label=class.named("Remove class")
                    disabled=only
                    on:click=remove
                >
                    <Icon name="cross" />
                </button>
            </td>
        </tr>
    }
}

/// Moves the class, by pointer or by arrow keys.
#[component]
fn Grip(class: Edited, dragged: RwSignal<Option<u32>>) -> impl IntoView {
    let id = format!("class-grip-{}", class.key);
    let shift = {
        let id = id.clone();
        move |event: KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowUp" => -1,
                "ArrowDown" => 1,
                _ => return,
            };
            event.prevent_default();
            class.typed.update(|typed| typed.shift(class.key, by));
            focus(id.clone());
        }
    };
    let grab = move |event: PointerEvent| {
        // Touch would keep sending to the grip, which moves away from under the finger.
        if let Some(grip) = event.target().and_then(|at| at.dyn_into::<leptos::web_sys::Element>().ok()) {
            let _ = grip.release_pointer_capture(event.pointer_id());
        }
        dragged.set(Some(class.key));
    };
    view! {
        <button
            type="button"
            class="icon-button icon-button--s"
            id=id
            aria-label=class.named("Move class")
            data-tip="Drag, or arrow keys"
            data-tip-at="right"
            on:keydown=shift
            on:pointerdown=grab
        >
            <Icon name="grip" />
        </button>
    }
}

/// Its colours. The field needs some colour; without an own one it is covered by the one that the theme gives.
#[component]
fn Swatch(class: Edited) -> impl IntoView {
    let Edited { typed, key, label, .. } = class;
    let own = Memo::new(move |_| typed.read().class(key).is_some_and(|class| class.colour.is_some()));
    let style = Memo::new(move |_| typed.read().style(key));
    let picked = Memo::new(move |_| typed.read().colour(key));
    view! {
        <div class="swatch" class=("swatch--ramp", move || !own.get()) style=move || style.get()>
            <input
                type="color"
                aria-label=class.named("Colour of class")
                value=picked.get_untracked()
                prop:value=move || picked.get()
                on:input=class.write(|class, text| class.colour = Some(text))
            />
            <span class="class-chip">{label}</span>
            <Show when=move || own.get()>
                <button
                    type="button"
                    class="icon-button icon-button--s"
                    aria-label=class.named("Usual colour for class")
                    data-tip="Usual colour"
                    on:click=move |_| typed.update(|typed| typed.change(key, |class| class.colour = None))
                >
                    <Icon name="undo" />
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Label(class: Edited) -> impl IntoView {
    let label = class.label;
    let is_bad = move || class.refused() && class.is_mislabelled();
    view! {
        <input
            class="input"
            id=format!("class-label-{}", class.key)
            aria-label=class.named("Label of class")
            aria-invalid=move || is_bad().then_some("true")
            aria-describedby=move || is_bad().then_some("classes-error")
            autocomplete="off"
            value=label.get_untracked()
            prop:value=label
            on:input=class.write(|class, text| class.label = text)
        />
    }
}

#[component]
fn Planned(class: Edited) -> impl IntoView {
    let planned = class.text(|class| class.planned.clone());
    let is_bad = move || {
        let text = planned.read();
        text.parse::<Percent>().is_err() && (!text.is_empty() || class.refused())
    };
    view! {
        <input
            class="input input--num"
            inputmode="decimal"
            aria-label=class.named("Planned % of class")
            aria-invalid=move || is_bad().then_some("true")
            aria-describedby=move || class.refused().then_some("classes-error")
            autocomplete="off"
            value=planned.get_untracked()
            prop:value=planned
            on:input=class.write(|class, text| class.planned = text)
        />
    }
}

#[component]
fn Calls(class: Edited) -> impl IntoView {
    let Edited { typed, key, .. } = class;
    let calls = class.text(|class| class.calls.clone());
    let is_bad = Memo::new(move |_| typed.read().class(key).is_some_and(|class| class.calls().is_err()));
    view! {
        <input
            class="input input--num"
            inputmode="numeric"
            aria-label=class.named("Calls per year of class")
            aria-invalid=move || is_bad.get().then_some("true")
            autocomplete="off"
            value=calls.get_untracked()
            prop:value=calls
            on:input=class.write(|class, text| class.calls = text)
        />
    }
}
