//! Reset: what it takes back, in numbers, and the word that must be typed.

use super::board::Board;
use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::{CONFIRMATION, Status};
use cutline_kit::parts::{Dialog, FieldError, Icon};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What Reset takes back, and the word it asks for.
#[component]
pub fn ResetDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.reset;
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None);
    let begin = move || {
        typed.set(String::new());
        problem.set(None);
    };
    Effect::new(move |_| open.get().then(begin));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if *typed.read_untracked() == CONFIRMATION {
            board.reset(typed.get_untracked());
        } else {
            problem.set(Some(format!("Type {CONFIRMATION} in capital letters.")));
        }
    };
    view! {
        <Dialog open title="Reset the cycle">
            <form class="dialog__form" on:submit=send>
                <div class="dialog__body">
                    <Losses />
                    <div class="field">
                        <label class="field__label" for="reset-typed">
                            "Type "
                            {CONFIRMATION}
                            " to go on"
                        </label>
                        <input
                            class="input"
                            id="reset-typed"
                            data-focus=""
                            autocomplete="off"
                            autocapitalize="off"
                            spellcheck="false"
                            prop:value=typed
                            aria-invalid=move || problem.read().is_some().then_some("true")
                            aria-describedby="reset-problem reset-hint"
                            on:input=move |event| {
                                typed.set(event_target_value(&event));
                                problem.set(None);
                            }
                        />
                        <FieldError id="reset-problem" message=Signal::derive(move || problem.get()) />
                        <span class="field__hint" id="reset-hint">
                            "Capital letters, exactly as written."
                        </span>
                    </div>
                </div>
                <footer class="dialog__foot">
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        "Cancel"
                    </button>
                    <button class="button button--danger" aria-busy=move || board.busy.get().to_string()>
                        "Reset cycle"
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

/// What is taken back.
#[component]
fn Losses() -> impl IntoView {
    let board = Board::get();
    let accepted = move || board.with_status(Status::Accepted);
    let rejected = move || board.with_status(Status::Rejected);
    let overrides = move || {
        let columns = board.cycle.columns.read();
        (0..columns.len()).filter(|index| columns.overridden(*index).is_some()).count()
    };
    view! {
        <div class="banner banner--bad">
            <Icon name="undo" />
            <p>
                <b>"Reset returns "{move || grouped(accepted() + rejected())}" decisions to In progress."</b>
            </p>
        </div>
        <p class="dialog__lead">
            {move || grouped(accepted())}" acceptances and "{move || grouped(rejected())}
            " rejections move to history. "{move || grouped(overrides() as u64)}
            " overrides are offered again as suggestions. The cycle goes back to Drafting and borders can be edited."
        </p>
    }
}
