//! The classes of a definition, from the highest to the lowest.

use super::class_row::ClassRow;
use super::typed::{Typed, hundredths};
use cutline_domain::{Class, Percent};
use cutline_kit::browser::focus;
use cutline_kit::parts::field::{FormAnswer, beside, forget};
use cutline_kit::parts::{FieldError, Icon};
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// The class whose row is under the pointer.
fn row_at(event: &PointerEvent) -> Option<u32> {
    let at = event.target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
    at.closest("tr[data-key]").ok()??.get_attribute("data-key")?.parse().ok()
}

/// The editor.
#[component]
pub fn Classes(typed: RwSignal<Typed>, answer: FormAnswer) -> impl IntoView {
    let message = beside(answer, "classes");
    let keys = Memo::new(move |_| typed.read().classes.iter().map(|class| class.key).collect::<Vec<_>>());
    let dragged = RwSignal::new(None::<u32>);
    let over = move |event: PointerEvent| {
        if let (Some(key), Some(other)) = (dragged.get_untracked(), row_at(&event))
            && key != other
        {
            typed.update(|typed| typed.move_to(key, other));
            forget(answer, "classes");
        }
    };
    let drop_it = move |_| {
        if dragged.get_untracked().is_some() {
            dragged.set(None);
        }
    };
    view! {
        <section class="settings__group" aria-labelledby="classes-title">
            <h2 id="classes-title">"Classes"</h2>
            <p>
                "One to nine, from the highest to the lowest. Planned % must total 100.00. A code of up to four characters \
                stands for the label in charts."
            </p>
            <table class="class-editor">
                <Heading />
                <tbody on:pointermove=over on:pointerup=drop_it on:pointerleave=drop_it on:pointercancel=drop_it>
                    <For
                        each=move || keys.get()
                        key=|key| *key
                        children=move |key| view! { <ClassRow typed answer dragged key /> }
                    />
                </tbody>
                <Foot typed answer keys />
            </table>
            <FieldError id="classes-error" message />
        </section>
    }
}

#[component]
fn Heading() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th class="class-editor__grip">
                    <span class="visually-hidden">"Order"</span>
                </th>
                <th scope="col">"Colour"</th>
                <th scope="col">"Label"</th>
                <th scope="col">"Code"</th>
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
    }
}

/// Adds a class; and what is planned for all together.
#[component]
fn Foot(typed: RwSignal<Typed>, answer: FormAnswer, keys: Memo<Vec<u32>>) -> impl IntoView {
    let whole = Percent::WHOLE.hundredths();
    let total = Memo::new(move |_| typed.read().total());
    let balance = move || match total.get() {
        now if now < whole => format!("{} left to plan", hundredths(whole - now)),
        now if now > whole => format!("{} too many", hundredths(now - whole)),
        _ => String::new(),
    };
    let full = move || keys.read().len() >= Class::MOST;
    let add = move |_| {
        forget(answer, "classes");
        let mut added = None;
        typed.update(|typed| added = typed.add());
        if let Some(key) = added {
            focus(format!("class-label-{key}"));
        }
    };
    view! {
        <tfoot>
            <tr>
                <td></td>
                <td colspan="3">
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
    }
}
