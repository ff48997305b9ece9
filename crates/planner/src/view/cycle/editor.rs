//! The border editor: histogram, class table, fitting, saving.

use super::board::Board;
use super::histogram::Histogram;
use crate::components::{ClassChip, Icon};
use cutline_domain::fit::{Method, Tie, fit};
use cutline_domain::format::{grouped, shares, signed_tenths, tenths};
use cutline_domain::histogram::ScaleKind;
use cutline_domain::{Class, CycleState, Percent, Score};
use leptos::prelude::*;

/// What the last fit could not do, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    bad: bool,
    text: String,
}

/// The panel at the lower left.
#[component]
pub fn Editor() -> impl IntoView {
    let board = Board::get();
    let note: RwSignal<Option<Note>> = RwSignal::new(None);
    let about = move || {
        let measure = board.cycle.with(|cycle| cycle.measure.clone());
        let (scored, unscored) = board.tally.with(|tally| (tally.scored(), tally.unscored.iter().sum::<u32>()));
        let unscored = if unscored > 0 { format!(" · {} unscored", grouped(unscored)) } else { String::new() };
        format!("{measure} · {} scored{unscored}", grouped(scored))
    };
    view! {
        <section class="panel editor" aria-labelledby="editor-title">
            <div class="panel__head">
                <h2 class="panel__title" id="editor-title">"Borders"</h2>
                <span class="panel__sub">{about}</span>
                <ScaleSwitch/>
            </div>
            <div class="editor__body">
                <Histogram/>
                <div class="editor__side">
                    <ClassTable/>
                    <Messages note/>
                    {move || if board.drawing() { view! { <Actions note/> }.into_any() } else { view! { <Frozen/> }.into_any() }}
                </div>
            </div>
        </section>
    }
}

#[component]
fn ScaleSwitch() -> impl IntoView {
    let board = Board::get();
    let option = move |kind: ScaleKind| {
        view! {
            <label class="segmented__item">
                <input type="radio" name="scale" prop:checked=move || board.scale.get() == kind
                    on:change=move |_| board.scale.set(kind)/>
                <span>{kind.title()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="panel__end">
            <legend class="visually-hidden">"Scale"</legend>
            <span class="segmented">{ScaleKind::ALL.map(option).collect_view()}</span>
        </fieldset>
    }
}

#[component]
fn ClassTable() -> impl IntoView {
    let board = Board::get();
    let classes = board.cycle.with_untracked(|cycle| cycle.scheme.len());
    let now = Memo::new(move |_| shares(&board.tally.with(|tally| tally.classes(classes))));
    let total = move || {
        let sum: u32 = board.planned_shares()?.iter().map(|share| share.hundredths()).sum();
        Some((sum == Percent::WHOLE.hundredths(), format!("{}.{:02}", sum / 100, sum % 100)))
    };
    view! {
        <div class="classes">
            <table class="classes__table">
                <colgroup>
                    <col class="classes__chip"/><col class="classes__from"/><col class="classes__plan"/>
                    <col class="classes__now"/><col class="classes__count"/><col/>
                </colgroup>
                <thead>
                    <tr>
                        <th scope="col">"Class"</th><th scope="col">"From"</th><th scope="col">"Plan %"</th>
                        <th scope="col" class="num">"Now %"</th><th scope="col" class="num">"Count"</th>
                        <th scope="col" class="num" title="Now less plan">"Δ"</th>
                    </tr>
                </thead>
                <tbody>
                    {(0..classes).rev().map(|class| view! { <ClassRow class now/> }).collect_view()}
                </tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="2">"Total"</th>
                        <td class="classes__sum" class=("classes__sum--off", move || !total().is_some_and(|(whole, _)| whole))>
                            {move || total().map_or_else(|| "–".to_owned(), |(_, text)| text)}
                        </td>
                        <td class="num">{move || if board.tally.with(cutline_domain::distribution::Tally::scored) > 0 { "100.0" } else { "0.0" }}</td>
                        <td class="num">{move || grouped(board.tally.with(cutline_domain::distribution::Tally::scored))}</td>
                        <td></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

#[component]
fn ClassRow(class: usize, now: Memo<Vec<u32>>) -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let label = board.label(Class(class as u8));
    let share = Memo::new(move |_| now.with(|now| now[class]));
    let delta = Memo::new(move |_| {
        let planned = board.planned_tenths().get(class).copied().unwrap_or_default();
        share.get().cast_signed() - planned.cast_signed()
    });
    // The bar is full at five percent off.
    let bar = move || format!("--delta:{:.2}", (f64::from(delta.get()) / 50.0).clamp(-1.0, 1.0));
    let planned = move || board.planned.with(|planned| planned[class].clone());
    let wrong = move || planned().parse::<Percent>().is_err();
    let from = match class.checked_sub(1) {
        Some(border) => view! { <FromInput border/> }.into_any(),
        None => view! { <span class="muted">"open"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><ClassChip class=Some(Class(class as u8)) labels/></th>
            <td>{from}</td>
            <td>
                <input class="input input--num" inputmode="decimal" aria-label=format!("Class {label} plan %")
                    prop:value=planned readonly=move || !board.drawing() aria-invalid=move || wrong().to_string()
                    on:input=move |event| board.planned.update(|planned| planned[class] = event_target_value(&event))/>
            </td>
            <td class="num">{move || tenths(share.get())}</td>
            <td class="num">{move || grouped(board.tally.with(|tally| tally.class(class)))}</td>
            <td><span class="delta" style=bar>{move || signed_tenths(delta.get())}</span></td>
        </tr>
    }
}

/// Where a class begins. What is typed stays as typed; the border follows as soon as it fits between its neighbours.
#[component]
fn FromInput(border: usize) -> impl IntoView {
    let board = Board::get();
    let label = board.label(Class(border as u8 + 1));
    let typed: RwSignal<Option<String>> = RwSignal::new(None);
    let shown = move || typed.get().unwrap_or_else(|| board.borders.with(|b| b.values()[border].to_string()));
    let problem = Memo::new(move |_| typed.get().and_then(|text| board.border_problem(border, &text)));
    let input = move |text: String| {
        typed.set(Some(text.clone()));
        if untrack(|| board.border_problem(border, &text)).is_none()
            && let Ok(value) = text.parse::<Score>()
        {
            board.move_border(border, value);
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
        board.borders.track();
        if untrack(|| problem.get()).is_some() && untrack(|| typed.get()).is_some() {
            return;
        }
        let now = board.borders.with_untracked(|b| b.values()[border]);
        if typed.with_untracked(|typed| typed.as_ref().is_some_and(|text| text.parse() != Ok(now))) {
            typed.set(None);
        }
    });
    let note = move || {
        problem.get().map(|text| {
            view! { <span class="field__float" role="alert" id=format!("border-{border}-problem")>{text}</span> }
        })
    };
    view! {
        <span class="field__wrap">
            <input class="input input--num" inputmode="decimal" aria-label=format!("Class {label} from") prop:value=shown
                aria-invalid=move || problem.get().is_some().to_string()
                aria-describedby=format!("border-{border}-problem")
                on:input=move |event| input(event_target_value(&event)) on:blur=move |_| leave() on:change=move |_| leave()/>
            {note}
        </span>
    }
}

impl Board {
    /// Why a text can't be the border's value, if it can't.
    fn border_problem(self, border: usize, text: &str) -> Option<String> {
        let value = match text.parse::<Score>() {
            Ok(value) => value,
            Err(error) => return Some(format!("{error}.")),
        };
        let (low, high) = self.borders.with(|borders| borders.room(border));
        if value < low {
            let below = self.borders.with(|borders| borders.values()[border - 1]);
            return Some(format!("Must be above {below}, where {} begins.", self.label(Class(border as u8))));
        }
        (value > high).then(|| {
            let above = self.borders.with(|borders| borders.values()[border + 1]);
            format!("Must be below {above}, where {} begins.", self.label(Class(border as u8 + 2)))
        })
    }
}

#[component]
fn Messages(note: RwSignal<Option<Note>>) -> impl IntoView {
    let board = Board::get();
    let shown = Memo::new(move |_| {
        let problem = board.drawing().then(|| board.planned_problem()).flatten();
        problem.map(|text| Note { bad: true, text }).or_else(|| note.get())
    });
    move || {
        shown.get().map(|note| {
            let (class, role, icon) = if note.bad {
                ("editor__msg editor__msg--bad", "alert", "warning")
            } else {
                ("editor__msg", "status", "info")
            };
            view! { <p class=class role=role><Icon name=icon/><span>{note.text}</span></p> }
        })
    }
}

#[component]
fn Actions(note: RwSignal<Option<Note>>) -> impl IntoView {
    let board = Board::get();
    let blocked = move || board.planned_problem().is_some();
    let busy = move || board.busy.get().to_string();
    let run = move |method: Method| {
        let Some(planned) = untrack(|| board.planned_shares()) else { return };
        match board.distinct.with_untracked(|distinct| fit(method, distinct, &planned)) {
            Ok(fitted) => {
                note.set(ties(board, &fitted.ties).map(|text| Note { bad: false, text }));
                board.borders.set(fitted.borders);
            }
            Err(error) => note.set(Some(Note { bad: true, text: format!("Not fitted: {error}.") })),
        }
    };
    let item = move |method: Method| {
        let hint = (method == Method::Plan).then(|| view! { <small>"shares as close to plan as ties allow"</small> });
        view! {
            <button class="menu__item" role="menuitem" popovertarget="fit" popovertargetaction="hide" on:click=move |_| run(method)>
                <span class="menu__text">{method.title()}{hint}</span>
            </button>
        }
    };
    view! {
        <div class="editor__acts">
            <button class="button button--ghost" popovertarget="fit">"Fit to plan"<Icon name="chevron-down" class="icon--s"/></button>
            <div class="menu menu--up" id="fit" popover role="menu" aria-label="Fit to plan">{Method::ALL.map(item).collect_view()}</div>
            <button class="button" aria-busy=busy aria-disabled=move || blocked().to_string() on:click=move |_| board.save_draft(None)>
                "Save draft"
            </button>
            <button class="button button--primary button--block" aria-busy=busy aria-disabled=move || blocked().to_string()
                on:click=move |_| board.enable(None)>
                "Save and enable for approval"
            </button>
        </div>
    }
}

/// Which ties keep the shares from the plan.
fn ties(board: Board, ties: &[Tie]) -> Option<String> {
    let tie = ties.iter().max_by_key(|tie| tie.items)?;
    let (above, below) = (board.label(Class(tie.border as u8 + 1)), board.label(Class(tie.border as u8)));
    let more = if ties.len() > 1 { format!(" Ties hold {} borders up.", ties.len()) } else { String::new() };
    Some(format!(
        "{} items share {} and stay together, so {above} and {below} cannot come closer to plan.{more}",
        grouped(tie.items),
        tie.value
    ))
}

/// Instead of buttons where nothing can be saved.
#[component]
fn Frozen() -> impl IntoView {
    let board = Board::get();
    let text = move || match board.state() {
        CycleState::Collecting => "Borders are drawn once an admin starts them. Drag to preview; nothing is saved.",
        CycleState::Drafting => "An admin is drawing the borders. Drag to preview; nothing is saved.",
        CycleState::Approving => {
            "Borders are frozen while the regional managers decide. Drag to preview; nothing is saved."
        }
        CycleState::Transferred => "These borders were transferred. Drag to preview; nothing is saved.",
    };
    let moved = move || board.saved_borders().filter(|saved| board.borders.with(|borders| borders != saved));
    view! {
        <div class="editor__note">
            {text}
            {move || moved().map(|saved| view! {
                <br/>
                <button class="button button--s" on:click=move |_| board.borders.set(saved.clone())>"Back to the saved borders"</button>
            })}
        </div>
    }
}
