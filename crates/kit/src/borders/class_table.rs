//! The table of classes: where each begins, what was planned for it, what it holds.

use super::desk::Desk;
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
    let share = Memo::new(move |_| now.read()[at]);
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
    let planned = move || desk.planned.read()[at].clone();
    let wrong = move || planned().parse::<Percent>().is_err();
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
                    on:input=move |event| desk.planned.update(|planned| planned[at] = event_target_value(&event))
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
    let typed: RwSignal<Option<String>> = RwSignal::new(None);
    let shown = move || typed.get().unwrap_or_else(|| desk.borders.read().values()[border].to_string());
    let problem = Memo::new(move |_| typed.get().and_then(|text| desk.border_problem(border, &text)));
    let input = move |text: String| {
        typed.set(Some(text.clone()));
        if untrack(|| desk.border_problem(border, &text)).is_none()
            && let Ok(value) = text.parse::<Score>()
        {
            desk.move_border(border, value);
        }
    };
    // Leaving a field that reads shows the number as it is kept; one that doesn't read stays as typed.
    let leave = move || {
        if problem.get_untracked().is_none() {
            typed.set(None);
        }
    };
    Effect::new(move |_| {
        // A drag of this border takes over what was typed.
        let now = desk.borders.read().values()[border];
        if untrack(|| problem.get()).is_some() && typed.read_untracked().is_some() {
            return;
        }
        if typed.get_untracked().is_some_and(|text| text.parse() != Ok(now)) {
            typed.set(None);
        }
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
