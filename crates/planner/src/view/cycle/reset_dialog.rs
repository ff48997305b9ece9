//! Reset: what it takes back, in numbers, and the word that must be typed.

use super::board::Board;
use cutline_domain::base::format::grouped;
use cutline_domain::planner::approval::{CONFIRMATION, Status};
use cutline_kit::parts::{Dialog, Icon};
use leptos::prelude::*;

/// What Reset takes back, and the word it asks for.
#[component]
pub fn ResetDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.reset;
    let typed = RwSignal::new(String::new());
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
        }
    });
    let ready = move || *typed.read() == CONFIRMATION;
    view! {
        <Dialog open title="Reset the cycle">
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
                        aria-describedby="reset-hint"
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                    <span class="field__hint" id="reset-hint">
                        "Capital letters, exactly as written."
                    </span>
                </div>
            </div>
            <footer class="dialog__foot">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-disabled=move || (!ready()).to_string()
                    aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| {
                        if untrack(ready) {
                            board.reset(typed.get_untracked());
                        }
                    }
                >
                    "Reset cycle"
                </button>
            </footer>
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
