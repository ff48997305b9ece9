//! The Transfer dialog: what becomes official, what is in the way, and the choice between waiting and carrying over.

use super::board::Board;
use cutline_domain::Class;
use cutline_domain::base::format::{counted, grouped};
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

/// The dialog.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let board = Board::get();
    let labels = board.desk.subject.labels;
    let open = board.asks.transfer;
    let accepted_only = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            accepted_only.set(false);
        }
    });
    let plan = Memo::new(move |_| if open.get() { foretold(board) } else { Forecast::default() });
    let waiting = Memo::new(move |_| plan.read().blocking.iter().sum::<u32>());
    let ready = move || waiting.get() == 0 || accepted_only.get();
    let blocked = move || {
        (waiting.get() > 0).then(|| {
            let row = |(region, count): (String, u32)| {
                view! {
                    <tr>
                        <th scope="row">{region}</th>
                        <td class="num">{grouped(count)}</td>
                    </tr>
                }
            };
            let choice = move |only: bool, title: &'static str, text: String| {
                view! {
                    <label class="choice">
                        <input
                            class="radio"
                            type="radio"
                            name="transfer-what"
                            prop:checked=move || accepted_only.get() == only
                            on:change=move |_| accepted_only.set(only)
                        />
                        <span>
                            <span class="choice__title">{title}</span>
                            <span class="choice__text">{text}</span>
                        </span>
                    </label>
                }
            };
            let carry = format!(
                "{} become official now; {} carry over into the next cycle as In progress.",
                counted(plan.read().accepted, "item"),
                grouped(waiting.get())
            );
            view! {
                <div class="banner banner--warn">
                    <Icon name="clock" />
                    <p>
                        <b>{grouped(waiting.get())}" items are still In progress,"</b>
                        " so Transfer of the whole cycle is refused."
                    </p>
                </div>
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
                        <tbody>{blocking(board, &plan.read()).into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                <fieldset class="field">
                    <legend class="visually-hidden">"What to transfer"</legend>
                    {choice(
                        false,
                        "Wait for the decisions",
                        "Nothing changes. The regional managers see their items in Approvals.".to_owned(),
                    )}
                    {choice(true, "Transfer accepted only", carry)}
                </fieldset>
            }
        })
    };
    let class_row = move |(position, (official, today)): (usize, (u32, u32))| {
        view! {
            <tr>
                <th scope="row">
                    <ClassChip class=Some(Class(position as u8)) labels />
                </th>
                <td class="num">{grouped(official)}</td>
                <td class="num">{grouped(today)}</td>
            </tr>
        }
    };
    let rows = move || plan.read().classes.clone().into_iter().enumerate().rev().map(class_row).collect_view();
    let unscored = move || {
        let count = plan.read().unscored;
        (count > 0)
            .then(|| view! { <p class="dialog__lead">{counted(count, "item")}" without a score carry over."</p> })
    };
    view! {
        <Dialog open wide=true title="Transfer to the general classification">
            <div class="dialog__body">
                {blocked} <table class="table">
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
                </table> {unscored}
            </div>
            <footer class="dialog__foot">
                <span class="muted">"This cannot be undone."</span>
                <button type="button" class="button" data-focus="" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button button--primary"
                    aria-disabled=move || (!ready()).to_string()
                    aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| {
                        if untrack(ready) {
                            board.transfer(accepted_only.get_untracked())
                        }
                    }
                >
                    {move || format!("Transfer {}", counted(plan.read().accepted, "item"))}
                </button>
            </footer>
        </Dialog>
    }
}
