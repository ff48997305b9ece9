//! The table of classes: where each begins, what was planned for it, what it holds.

use super::desk::Desk;
use crate::browser::typed;
use crate::parts::ClassChip;
use cutline_domain::base::format::{grouped, shares, signed_tenths, tenths};
use cutline_domain::borders::distribution::Tally;
use cutline_domain::{Class, Percent, Score};
use leptos::prelude::*;

/// The table.
#[component]
pub fn ClassTable() -> impl IntoView {
    let desk = Desk::get();
    let classes = desk.classes();
    let now = Memo::new(move |_| shares(&desk.tally.read().classes(classes)));
    let scored = Memo::new(move |_| desk.tally.read().scored());
    let named = desk.highest_first().any(|class| desk.in_full(class).is_some());
    view! {
        <div class="classes">
            <table class="classes__table" class=("classes__table--named", named)>
                <colgroup>
                    <col class="classes__chip" />
                    <col class="classes__from" />
                    <col class="classes__plan" />
                    <col class="classes__now" />
                    <col class="classes__count" />
                    <col />
                </colgroup>
                <thead>
                    <tr>
                        <th scope="col">"Class"</th>
                        <th scope="col">"From"</th>
                        <th scope="col">"Plan %"</th>
                        <th scope="col" class="num">
                            "Now %"
                        </th>
                        <th scope="col" class="num">
                            "Count"
                        </th>
                        <th scope="col" class="num" title="Now less plan">
                            "Δ"
                        </th>
                    </tr>
                </thead>
                <tbody>{desk.highest_first().map(|class| view! { <ClassRow class now /> }).collect_view()}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="2">
                            "Total"
                        </th>
                        <PlannedTotal />
                        <td class="num">{move || if scored.get() > 0 { "100.0" } else { "0.0" }}</td>
                        <td class="num">{move || grouped(scored.get())}</td>
                        <td></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

#[component]
fn PlannedTotal() -> impl IntoView {
    let desk = Desk::get();
    let total = move || desk.planned_shares().map(|all| all.iter().map(|share| share.hundredths()).sum::<u32>());
    let off = move || total() != Some(Percent::WHOLE.hundredths());
    let text = move || total().map_or_else(|| "–".to_owned(), |sum| format!("{}.{:02}", sum / 100, sum % 100));
    view! {
        <td class="classes__sum" class=("classes__sum--off", off)>
            {text}
        </td>
    }
}

#[component]
fn ClassRow(class: Class, now: Memo<Vec<u32>>) -> impl IntoView {
    let desk = Desk::get();
    let labels = desk.subject.labels;
    let (label, at) = (desk.label(class), class.index());
    let share = Memo::new(move |_| now.read().get(at).copied().unwrap_or_default());
    // Nothing while a planned % doesn't read.
    let delta = Memo::new(move |_| {
        let planned = desk.planned_tenths()?.get(at).copied()?;
        Some(share.get().cast_signed() - planned.cast_signed())
    });
    // The bar is full at five percent off.
    let bar = move || {
        let off = delta.get().map_or(0.0, |delta| (f64::from(delta) / 50.0).clamp(-1.0, 1.0));
        format!("--delta:{off:.2}")
    };
    let planned = move || desk.planned.read().get(at).cloned().unwrap_or_default();
    let wrong = move || typed::<Percent>(&planned()).is_err();
    let plan = move |text: String| {
        desk.planned.update(|planned| {
            if let Some(planned) = planned.get_mut(at) {
                *planned = text;
            }
        });
    };
    let from = match at.checked_sub(1) {
        Some(border) => view! { <FromInput border /> }.into_any(),
        None => view! { <span class="muted">"open"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <ClassChip class=Some(class) labels full=true />
            </th>
            <td>{from}</td>
            <td>
                <input
                    class="input input--num"
                    inputmode="decimal"
                    aria-label=format!("Class {label} plan %")
                    prop:value=planned
                    readonly=move || !desk.may_edit.get()
                    aria-invalid=move || wrong().to_string()
                    on:input=move |event| plan(event_target_value(&event))
                />
            </td>
            <td class="num">{move || tenths(share.get())}</td>
            <td class="num">{move || grouped(Tally::class(&desk.tally.read(), at))}</td>
            <td>
                <span class="delta" style=bar>
                    {move || delta.get().map_or_else(|| "–".to_owned(), signed_tenths)}
                </span>
            </td>
        </tr>
    }
}

/// Where a class begins. What is typed stays as typed; the border follows as soon as it fits between its neighbours.
#[component]
fn FromInput(border: usize) -> impl IntoView {
    let desk = Desk::get();
    let label = desk.label(Class(border as u8 + 1));
    let text = Memo::new(move |_| desk.typed.read().get(border).cloned().flatten());
    let value = Memo::new(move |_| desk.borders.read().values().get(border).copied().unwrap_or_default());
    let shown = move || text.get().unwrap_or_else(|| value.get().to_string());
    let problem = Memo::new(move |_| text.get().and_then(|text| desk.border_problem(border, &text)));
    let keep = move |text: Option<String>| {
        desk.typed.update(|typed| {
            if let Some(typed) = typed.get_mut(border) {
                *typed = text;
            }
        });
    };
    let input = move |text: String| {
        if untrack(|| desk.border_problem(border, &text)).is_none()
            && let Ok(value) = typed::<Score>(&text)
        {
            // As it was typed, even where a drag would stay a step away from its neighbours.
            desk.put_border(border, value);
        }
        keep(Some(text));
    };
    // Leaving a field that reads shows the number as it is kept; one that doesn't read stays as typed.
    let leave = move || {
        if problem.get_untracked().is_none() {
            keep(None);
        }
    };
    Effect::new(move |before: Option<Score>| {
        // A drag of this border takes over what was typed.
        let now = value.get();
        let moved = before.is_some_and(|before| before != now);
        if moved && text.get_untracked().is_some_and(|text| typed(&text) != Ok(now)) {
            keep(None);
        }
        now
    });
    let id = desk.id(&format!("border-{border}-problem"));
    let described = id.clone();
    let note = move || {
        let id = id.clone();
        problem.get().map(|text| {
            view! {
                <span class="field__float" role="alert" id=id>
                    {text}
                </span>
            }
        })
    };
    view! {
        <span class="field__wrap">
            <input
                class="input input--num"
                inputmode="decimal"
                aria-label=format!("Class {label} from")
                prop:value=shown
                aria-invalid=move || problem.get().is_some().to_string()
                aria-describedby=described
                on:input=move |event| input(event_target_value(&event))
                on:blur=move |_| leave()
                on:change=move |_| leave()
            />
            {note}
        </span>
    }
}
