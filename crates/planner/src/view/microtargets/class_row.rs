//! The row of one class: its grip, its colours, what is typed about it.

use super::typed::{Typed, TypedClass};
use cutline_domain::Percent;
use cutline_domain::base::text::most;
use cutline_domain::borders::classes::{Part, field};
use cutline_kit::browser::focus;
use cutline_kit::browser::typed;
use cutline_kit::parts::Icon;
use cutline_kit::parts::field::{FormAnswer, forget, near_limit};
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

    /// Whether one part of it was refused.
    fn is_wrong(self, part: Part) -> bool {
        let place = self.typed.read().place(self.key);
        let wrong = |at| self.answer.read().as_ref().is_some_and(|error| error.beside(&field(at, part)).is_some());
        place.is_some_and(wrong)
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
            <td class="class-editor__code">
                <Code class />
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
            forget(class.answer, "classes");
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
    let Edited { typed, key, .. } = class;
    let code = Memo::new(move |_| typed.read().code(key));
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
            <span class="class-chip">{code}</span>
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
    let (key, label) = (class.key, class.label);
    let write = class.write(|class, text| class.label = text);
    view! {
        <Text
            id=format!("class-label-{key}")
            class
            part=Part::Label
            named="Label of class"
            text=label
            most=most::CLASS
            write
        />
    }
}

/// Its code; in grey the one that follows from the label.
#[component]
fn Code(class: Edited) -> impl IntoView {
    let Edited { typed, key, .. } = class;
    let code = class.text(|class| class.code.clone());
    let follows = Signal::derive(move || typed.read().code(key));
    let write = class.write(|class, text| class.code = text);
    view! {
        <Text
            id=format!("class-code-{key}")
            class
            part=Part::Code
            named="Code of class"
            text=code
            most=most::CLASS_CODE
            placeholder=follows
            write
        />
    }
}

/// A text of a class, with its limit.
#[component]
fn Text(
    id: String,
    class: Edited,
    part: Part,
    named: &'static str,
    text: Memo<String>,
    most: usize,
    #[prop(optional, into)] placeholder: Signal<Option<String>>,
    write: impl Fn(Event) + 'static,
) -> impl IntoView {
    let limit = Memo::new(move |_| near_limit(&text.read(), most));
    let is_long = move || limit.read().as_ref().is_some_and(|(_, beyond)| *beyond);
    let told = move || limit.get().map(|(told, _)| told);
    let limit_id = format!("{id}-limit");
    let described = {
        let limit_id = limit_id.clone();
        move || {
            let refused = class.is_wrong(part).then(|| "classes-error".to_owned());
            refused.or_else(|| limit.read().is_some().then(|| limit_id.clone()))
        }
    };
    view! {
        <input
            class="input"
            id=id
            aria-label=class.named(named)
            aria-invalid=move || (is_long() || class.is_wrong(part)).then_some("true")
            aria-describedby=described
            autocomplete="off"
            placeholder=placeholder
            value=text.get_untracked()
            prop:value=text
            on:input=write
        />
        <span class="field__hint" class=("field__hint--bad", is_long) id=limit_id>
            {told}
        </span>
    }
}

#[component]
fn Planned(class: Edited) -> impl IntoView {
    let planned = class.text(|class| class.planned.clone());
    let is_bad = move || {
        let text = planned.read();
        class.is_wrong(Part::Planned) || typed::<Percent>(&text).is_err() && (!text.is_empty() || class.refused())
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
