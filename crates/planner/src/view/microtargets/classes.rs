//! The classes of a definition, from the highest to the lowest.

use super::typed::{Typed, TypedClass, hundredths};
use cutline_domain::base::colour::{Theme, hex, ramp};
use cutline_domain::{Class, Percent};
use cutline_kit::browser::focus;
use cutline_kit::parts::field::{FormAnswer, beside, forget};
use cutline_kit::parts::{FieldError, Icon};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// The class whose row is under the pointer.
fn row_at(event: &leptos::ev::PointerEvent) -> Option<u32> {
    let at = event.target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
    at.closest("tr[data-key]").ok()??.get_attribute("data-key")?.parse().ok()
}

/// The editor.
#[component]
pub fn Classes(typed: RwSignal<Typed>, answer: FormAnswer) -> impl IntoView {
    let message = beside(answer, "classes");
    let keys = Memo::new(move |_| typed.with(|typed| typed.classes.iter().map(|class| class.key).collect::<Vec<_>>()));
    let dragged = RwSignal::new(None::<u32>);
    let total = Memo::new(move |_| typed.with(Typed::total));
    let whole = Percent::WHOLE.hundredths();
    let balance = move || match total.get() {
        now if now < whole => format!("{} left to plan", hundredths(whole - now)),
        now if now > whole => format!("{} too many", hundredths(now - whole)),
        _ => String::new(),
    };
    let over = move |event: leptos::ev::PointerEvent| {
        if let (Some(key), Some(other)) = (dragged.get_untracked(), row_at(&event))
            && key != other
        {
            typed.update(|typed| typed.move_to(key, other));
        }
    };
    let drop_it = move |_| {
        if dragged.get_untracked().is_some() {
            dragged.set(None);
        }
    };
    let add = move |_| {
        forget(answer, "classes");
        let mut added = None;
        typed.update(|typed| added = typed.add());
        if let Some(key) = added {
            focus(format!("class-label-{key}"));
        }
    };
    let full = move || keys.with(|keys| keys.len() >= Class::MOST);
    view! {
        <section class="settings__group" aria-labelledby="classes-title">
            <h2 id="classes-title">"Classes"</h2>
            <p>"One to nine, from the highest to the lowest. Planned % must total 100.00."</p>
            <table class="class-editor">
                <thead>
                    <tr>
                        <th class="class-editor__grip">
                            <span class="visually-hidden">"Order"</span>
                        </th>
                        <th scope="col">"Colour"</th>
                        <th scope="col">"Label"</th>
                        <th scope="col" class="num">
                            "Planned %"
                        </th>
                        <th scope="col" class="num">
                            "Calls per year"
                        </th>
                        <th>
                            <span class="visually-hidden">"Remove"</span>
                        </th>
                    </tr>
                </thead>
                <tbody on:pointermove=over on:pointerup=drop_it on:pointerleave=drop_it on:pointercancel=drop_it>
                    <For
                        each=move || keys.get()
                        key=|key| *key
                        children=move |key| view! { <Row typed answer dragged key /> }
                    />
                </tbody>
                <tfoot>
                    <tr>
                        <td></td>
                        <td colspan="2">
                            <button
                                type="button"
                                class="button button--ghost button--s"
                                aria-disabled=move || full().then_some("true")
                                on:click=add
                            >
                                <Icon name="plus" class="icon--s" />
                                {move || if full() { "Nine classes are the most" } else { "Add class" }}
                            </button>
                        </td>
                        <td class="num">
                            <output
                                class="class-editor__total"
                                class=("class-editor__total--off", move || total.get() != whole)
                            >
                                <span class="visually-hidden">"Planned % together: "</span>
                                {move || hundredths(total.get())}
                            </output>
                        </td>
                        <td colspan="2" class="class-editor__balance">
                            {balance}
                        </td>
                    </tr>
                </tfoot>
            </table>
            <FieldError id="classes-error" message />
        </section>
    }
}

#[component]
fn Row(typed: RwSignal<Typed>, answer: FormAnswer, dragged: RwSignal<Option<u32>>, key: u32) -> impl IntoView {
    let read = move |part: fn(&TypedClass) -> String| {
        Memo::new(move |_| typed.with(|typed| typed.class(key).map(part).unwrap_or_default()))
    };
    let write = move |change: fn(&mut TypedClass, String)| {
        move |event| {
            let text = event_target_value(&event);
            typed.update(|typed| typed.change(key, |class| change(class, text)));
            forget(answer, "classes");
        }
    };
    let label = read(|class| class.label.clone());
    let planned = read(|class| class.planned.clone());
    let calls = read(|class| class.calls.clone());
    let own_colour = read(|class| class.colour.clone().unwrap_or_default());
    let style = Memo::new(move |_| typed.with(|typed| typed.style(key)));
    // The field needs some colour; without an own one it is covered by the one that the theme gives.
    let picked = move || {
        let own = own_colour.get();
        if !own.is_empty() {
            return own;
        }
        typed.with(|typed| {
            let number = typed.classes.len();
            let place = typed.classes.iter().position(|class| class.key == key).unwrap_or_default();
            hex(ramp(Theme::Light, number.saturating_sub(place + 1), number))
        })
    };
    let asked = move || answer.with(|error| error.as_ref().is_some_and(|error| error.beside("classes").is_some()));
    let bad_planned = move || planned.with(|text| text.parse::<Percent>().is_err() && (!text.is_empty() || asked()));
    let bad_calls =
        Memo::new(move |_| typed.with(|typed| typed.class(key).is_some_and(|class| class.calls().is_err())));
    let bad_label = move || {
        asked()
            && label.with(|label| {
                typed.with(|typed| {
                    label.trim().is_empty()
                        || typed.classes.iter().any(|c| c.key != key && c.label.trim() == label.trim())
                })
            })
    };
    let named = move |what: &'static str| move || format!("{what} {}", label.get());
    let grip = format!("class-grip-{key}");
    let shift = {
        let grip = grip.clone();
        move |event: leptos::ev::KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowUp" => -1,
                "ArrowDown" => 1,
                _ => return,
            };
            event.prevent_default();
            typed.update(|typed| typed.shift(key, by));
            focus(grip.clone());
        }
    };
    let grab = move |event: leptos::ev::PointerEvent| {
        // Touch would keep sending to the grip, which moves away from under the finger.
        if let Some(grip) = event.target().and_then(|at| at.dyn_into::<leptos::web_sys::Element>().ok()) {
            let _ = grip.release_pointer_capture(event.pointer_id());
        }
        dragged.set(Some(key));
    };
    let remove = move |_| {
        typed.update(|typed| typed.remove(key));
        forget(answer, "classes");
    };
    let only = move || typed.with(|typed| typed.classes.len() == 1);
    view! {
        <tr data-key=key.to_string() class=("is-dragged", move || dragged.get() == Some(key))>
            <td class="class-editor__grip">
                <button
                    type="button"
                    class="icon-button icon-button--s"
                    id=grip
                    aria-label=named("Move class")
                    data-tip="Drag, or arrow keys"
                    data-tip-at="right"
                    on:keydown=shift
                    on:pointerdown=grab
                >
                    <Icon name="grip" />
                </button>
            </td>
            <td>
                <div class="swatch" class=("swatch--ramp", move || own_colour.with(String::is_empty)) style=style>
                    <input
                        type="color"
                        aria-label=named("Colour of class")
                        value=untrack(picked)
                        prop:value=picked
                        on:input=write(|class, text| class.colour = Some(text))
                    />
                    <span class="class-chip">{label}</span>
                    <Show when=move || !own_colour.with(String::is_empty)>
                        <button
                            type="button"
                            class="icon-button icon-button--s"
                            aria-label=named("Usual colour for class")
                            data-tip="Usual colour"
                            on:click=move |_| typed.update(|typed| typed.change(key, |class| class.colour = None))
                        >
                            <Icon name="undo" />
                        </button>
                    </Show>
                </div>
            </td>
            <td class="class-editor__label">
                <input
                    class="input"
                    id=format!("class-label-{key}")
                    aria-label=named("Label of class")
                    aria-invalid=move || bad_label().then_some("true")
                    aria-describedby=move || bad_label().then_some("classes-error")
                    autocomplete="off"
                    value=label.get_untracked()
                    prop:value=label
                    on:input=write(|class, text| class.label = text)
                />
            </td>
            <td>
                <input
                    class="input input--num"
                    inputmode="decimal"
                    aria-label=named("Planned % of class")
                    aria-invalid=move || bad_planned().then_some("true")
                    aria-describedby=move || asked().then_some("classes-error")
                    autocomplete="off"
                    value=planned.get_untracked()
                    prop:value=planned
                    on:input=write(|class, text| class.planned = text)
                />
            </td>
            <td>
                <input
                    class="input input--num"
                    inputmode="numeric"
                    aria-label=named("Calls per year of class")
                    aria-invalid=move || bad_calls.get().then_some("true")
                    autocomplete="off"
                    value=calls.get_untracked()
                    prop:value=calls
                    on:input=write(|class, text| class.calls = text)
                />
            </td>
            <td>
                <button
                    type="button"
                    class="icon-button icon-button--s"
                    aria-label=named("Remove class")
                    disabled=only
                    on:click=remove
                >
                    <Icon name="cross" />
                </button>
            </td>
        </tr>
    }
}
