//! The Transfer dialog: what becomes official, what is in the way, and the choice between waiting and carrying over.

use super::board::Board;
use cutline_domain::Class;
use cutline_domain::base::format::{counted, grouped};
use cutline_domain::borders::classes::highest_first;
use cutline_domain::planner::grid::{Forecast, forecast};
use cutline_kit::parts::{ClassChip, Dialog, Icon};
use leptos::prelude::*;

/// What a Transfer now would do, under the borders that count.
fn foretold(board: Board) -> Forecast {
    let Some(borders) = board.cycle.saved_borders() else { return Forecast::default() };
    forecast(&board.cycle.columns.read(), &borders, board.cycle.view.read().regions.len())
}

/// Regions whose items are in the way, most first.
fn blocking(board: Board, forecast: &Forecast) -> Vec<(String, u32)> {
    let view = board.cycle.view.read();
    let counts = view.regions.iter().zip(&forecast.blocking).filter(|(_, count)| **count > 0);
    let mut named: Vec<(String, u32)> = counts.map(|(region, count)| (region.name.clone(), *count)).collect();
    named.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    named
}

/// What would be transferred, and what is chosen. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
struct Plan {
    forecast: Memo<Forecast>,
    /// Items that are in the way.
    waiting: Memo<u32>,
    /// Whether only the accepted items are to be transferred.
    accepted_only: RwSignal<bool>,
}

impl Plan {
    fn new(board: Board) -> Self {
        let open = board.asks.transfer;
        let forecast = Memo::new(move |_| if open.get() { foretold(board) } else { Forecast::default() });
        let waiting = Memo::new(move |_| forecast.read().blocking.iter().sum::<u32>());
        Self { forecast, waiting, accepted_only: RwSignal::new(false) }
    }

    fn is_ready(self) -> bool {
        self.waiting.get() == 0 || self.accepted_only.get()
    }
}

/// The dialog.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let board = Board::get();
    let open = board.asks.transfer;
    let plan = Plan::new(board);
    Effect::new(move |_| {
        if open.get() {
            plan.accepted_only.set(false);
            // What can't be undone is decided on what is, not on what was when the page was opened.
            board.refresh();
        }
    });
    let unscored = move || {
        let count = plan.forecast.read().unscored;
        (count > 0)
            .then(|| view! { <p class="dialog__lead">{counted(count, "item")}" without a score carry over."</p> })
    };
    view! {
        <Dialog open wide=true title="Transfer to the general classification">
            <div class="dialog__body">
                <Show when=move || { plan.waiting.get() > 0 }>
                    <Blocked plan />
                </Show>
                <Classes plan />
                {unscored}
            </div>
            <Foot plan />
        </Dialog>
    }
}

/// Why the whole cycle can't be transferred, and what can be done about it.
#[component]
fn Blocked(plan: Plan) -> impl IntoView {
    let board = Board::get();
    let still = move || {
        let waiting = plan.waiting.get();
        format!("{} {} still In progress,", counted(waiting, "item"), if waiting == 1 { "is" } else { "are" })
    };
    let row = |(region, count): (String, u32)| {
        view! {
            <tr>
                <th scope="row">{region}</th>
                <td class="num">{grouped(count)}</td>
            </tr>
        }
    };
    let rows = move || blocking(board, &plan.forecast.read()).into_iter().map(row).collect_view();
    let carry = Signal::derive(move || {
        format!(
            "{} become official now; {} carry over into the next cycle as In progress.",
            counted(plan.forecast.read().accepted, "item"),
            grouped(plan.waiting.get())
        )
    });
    view! {
        <div class="banner banner--warn">
            <Icon name="clock" />
            <p>
                <b>{still}</b>
                " so Transfer of the whole cycle is refused."
            </p>
        </div>
        <fieldset class="field">
            <legend class="visually-hidden">"What to transfer"</legend>
            <Choice
                plan
                accepted_only=false
                title="Wait for the decisions"
                text="Nothing changes. The regional managers see their items in Approvals."
            />
            <Choice plan accepted_only=true title="Transfer accepted only" text=carry />
        </fieldset>
        <div class="dialog__scroll" tabindex="0" role="group" aria-label="In progress per region">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Region"</th>
                        <th scope="col" class="num">
                            "In progress"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Choice(plan: Plan, accepted_only: bool, title: &'static str, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="radio"
                type="radio"
                name="transfer-what"
                prop:checked=move || plan.accepted_only.get() == accepted_only
                on:change=move |_| plan.accepted_only.set(accepted_only)
            />
            <span>
                <span class="choice__title">{title}</span>
                <span class="choice__text">{text}</span>
            </span>
        </label>
    }
}

/// How many items get each class, and how many hold it today.
#[component]
fn Classes(plan: Plan) -> impl IntoView {
    let labels = Board::get().desk.subject.labels;
    let row = move |class: Class, (official, today): (u32, u32)| {
        view! {
            <tr>
                <th scope="row">
                    <ClassChip class=Some(class) labels full=true />
                </th>
                <td class="num">{grouped(official)}</td>
                <td class="num">{grouped(today)}</td>
            </tr>
        }
    };
    let rows = move || {
        let forecast = plan.forecast.read();
        let classes = &forecast.classes;
        highest_first(classes.len()).map(|class| row(class, classes[class.index()])).collect_view()
    };
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Class"</th>
                    <th scope="col" class="num">
                        "Becomes official"
                    </th>
                    <th scope="col" class="num">
                        "Held today"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Foot(plan: Plan) -> impl IntoView {
    let board = Board::get();
    let transfer = move |_| {
        if untrack(|| plan.is_ready()) {
            board.transfer(plan.accepted_only.get_untracked());
        }
    };
    view! {
        <footer class="dialog__foot">
            <span class="muted">"This cannot be undone."</span>
            <button type="button" class="button" data-focus="" on:click=move |_| board.asks.transfer.set(false)>
                "Cancel"
            </button>
            <button
                type="button"
                class="button button--primary"
                aria-disabled=move || (!plan.is_ready()).to_string()
                aria-busy=move || board.busy.get().to_string()
                on:click=transfer
            >
                {move || format!("Transfer {}", counted(plan.forecast.read().accepted, "item"))}
            </button>
        </footer>
    }
}
