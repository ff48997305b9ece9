//! Reject and override: on one item or on several.

use super::board::Board;
use cutline_domain::Class;
use cutline_domain::base::format::counted;
use cutline_domain::planner::approval::{ItemCommand, LONGEST_REASON};
use cutline_domain::planner::snapshot::Row;
use cutline_kit::parts::{ClassChip, Dialog, FieldError};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

/// Who a decision is about: the one item, or how many.
#[component]
fn Subject() -> impl IntoView {
    let board = Board::get();
    move || {
        let about = board.asks.about.get();
        let [seq] = about.as_slice() else { return None };
        let text = board.cycle.texts.read().get(seq).cloned()?;
        Some(view! {
            <div class="subject">
                <b>{text.name.clone()}</b>
                <span class="muted">{text.external_id.clone()}</span>
            </div>
        })
    }
}

/// Ctrl+Enter sends the form, where Enter alone begins a line.
fn submit_by_key(event: KeyboardEvent) {
    use leptos::wasm_bindgen::JsCast;
    if event.key() != "Enter" || !(event.ctrl_key() || event.meta_key()) {
        return;
    }
    let at = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    let form = at.and_then(|at| at.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<leptos::web_sys::HtmlFormElement>().ok()) {
        event.prevent_default();
        // Fails only for a form that isn't on the page.
        let _ = form.request_submit();
    }
}

/// Whether a dialog opens on other items than it was closed on. What was typed is kept for the same ones.
fn on_others(board: Board, last: StoredValue<Vec<u32>>) -> bool {
    let about = board.asks.about.get_untracked();
    let others = last.read_value() != about;
    last.set_value(about);
    others
}

#[component]
fn ReasonField(
    id: &'static str,
    reason: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    hint: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=id>
                "Reason"
            </label>
            <textarea
                class="input"
                id=id
                data-focus=""
                maxlength=LONGEST_REASON.to_string()
                prop:value=reason
                aria-invalid=move || problem.get().is_some().to_string()
                aria-describedby=format!("{id}-problem")
                on:keydown=submit_by_key
                on:input=move |event| {
                    reason.set(event_target_value(&event));
                    problem.set(None);
                }
            ></textarea>
            <FieldError id=format!("{id}-problem") message=Signal::derive(move || problem.get()) />
            <span class="field__hint">{hint}" Ctrl+Enter sends."</span>
        </div>
    }
}

const NO_REASON: &str = "Say why, so that the next reader understands the decision.";

/// Why items are rejected.
#[component]
pub fn RejectDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.reject;
    let (reason, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    let last = StoredValue::new(Vec::new());
    Effect::new(move |_| {
        if open.get() {
            problem.set(None);
            if on_others(board, last) {
                reason.set(String::new());
            }
        }
    });
    let count = move || counted(board.asks.about.read().len() as u64, "item");
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if reason.read_untracked().trim().is_empty() {
            problem.set(Some(NO_REASON.to_owned()));
        } else {
            let command = ItemCommand::Reject { reason: reason.get_untracked() };
            last.set_value(Vec::new());
            board.decide(board.asks.about.get_untracked(), command);
        }
    };
    let common = move |text: &'static str| {
        view! {
            <button
                type="button"
                class="filter"
                on:click=move |_| {
                    reason.set(text.to_owned());
                    problem.set(None);
                }
            >
                {text}
            </button>
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || format!("Reject {}", count()))>
            <form class="dialog__form" on:submit=send>
                <div class="dialog__body">
                    <Subject />
                    <p class="dialog__lead">"A rejected item stays visible, read-only, and keeps its current class."</p>
                    <ReasonField id="reject-reason" reason problem hint="It is kept in the history." />
                    <div class="reasons">
                        {["Retired", "Left the region", "Wrong specialty", "No access"].map(common).collect_view()}
                    </div>
                </div>
                <footer class="dialog__foot">
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        "Cancel"
                    </button>
                    <button class="button button--danger" aria-busy=move || board.busy.get().to_string()>
                        {move || format!("Reject {}", count())}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

/// Which class items get instead, and why.
#[component]
pub fn OverrideDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.overriding;
    let (reason, problem) = (RwSignal::new(String::new()), RwSignal::new(None));
    let chosen: RwSignal<Option<Class>> = RwSignal::new(None);
    let unchosen: RwSignal<Option<String>> = RwSignal::new(None);
    let last = StoredValue::new(Vec::new());
    Effect::new(move |_| {
        if open.get() && on_others(board, last) {
            let about = board.asks.about.read_untracked();
            let single = about.first().filter(|_| about.len() == 1);
            let text = single.and_then(|seq| board.cycle.texts.read_untracked().get(seq).cloned());
            // What was given in an earlier round is offered again.
            reason.set(text.as_ref().and_then(|text| text.override_reason.clone()).unwrap_or_default());
            let own = untrack(|| only(board)).and_then(|(row, _)| row.overridden);
            chosen.set(own.or_else(|| text.and_then(|text| text.suggested).map(Class)));
            problem.set(None);
            unchosen.set(None);
        }
    });
    let count = move || counted(board.asks.about.read().len() as u64, "item");
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let class = chosen.get_untracked();
        let missing = reason.read_untracked().trim().is_empty();
        unchosen.set(class.is_none().then(|| "Choose a class.".to_owned()));
        problem.set(missing.then(|| NO_REASON.to_owned()));
        if let (Some(class), false) = (class, missing) {
            let command = ItemCommand::Override { class, reason: reason.get_untracked() };
            last.set_value(Vec::new());
            board.decide(board.asks.about.get_untracked(), command);
        }
    };
    let radio = move |class: Class| view! { <ClassRadio class chosen unchosen /> };
    view! {
        <Dialog open title=Signal::derive(move || format!("Override {}", count()))>
            <form class="dialog__form" on:submit=send>
                <div class="dialog__body">
                    <Subject />
                    <fieldset class="field">
                        <legend class="field__label">"Class"</legend>
                        <div class="class-radios">{board.desk.highest_first().map(radio).collect_view()}</div>
                        <FieldError id="override-class-problem" message=Signal::derive(move || unchosen.get()) />
                    </fieldset>
                    <ReasonField
                        id="override-reason"
                        reason
                        problem
                        hint="The item stays In progress until you accept it."
                    />
                </div>
                <footer class="dialog__foot">
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        "Cancel"
                    </button>
                    <button class="button button--primary" aria-busy=move || board.busy.get().to_string()>
                        {move || format!("Override {}", count())}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

/// The one item that is asked about, with its proposed class; nothing for several.
fn only(board: Board) -> Option<(Row, Option<Class>)> {
    let seq = match board.asks.about.read().as_slice() {
        [seq] => Some(*seq),
        _ => None,
    };
    let row = board.cycle.row(seq?)?;
    let proposed = board.cycle.saved_borders().zip(row.score).map(|(borders, score)| borders.class_of(score));
    Some((row, proposed))
}

#[component]
fn ClassRadio(class: Class, chosen: RwSignal<Option<Class>>, unchosen: RwSignal<Option<String>>) -> impl IntoView {
    let board = Board::get();
    let labels = board.desk.subject.labels;
    let said = move || match only(board) {
        Some((_, Some(proposed))) if proposed == class => "proposed",
        Some((row, _)) if row.current == Some(class) => "current",
        _ => "\u{a0}",
    };
    let choose = move |_| {
        chosen.set(Some(class));
        unchosen.set(None);
    };
    view! {
        <label class="class-radio">
            <input
                type="radio"
                name="override-class"
                aria-label=format!("Class {}", board.desk.label(class))
                prop:checked=move || chosen.get() == Some(class)
                on:change=choose
            />
            <span>
                <ClassChip class=Some(class) labels full=true />
                <small>{said}</small>
            </span>
        </label>
    }
}
