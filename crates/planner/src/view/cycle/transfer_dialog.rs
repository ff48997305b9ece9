//! The Transfer dialog: what becomes official, what is in the way, and the choice between waiting and carrying over.

use super::board::Board;
use super::commands::items;
use crate::components::{ClassChip, Dialog, Icon};
use cutline_domain::format::grouped;
use cutline_domain::snapshot::Columns;
use cutline_domain::{Class, Status};
use leptos::prelude::*;

/// What a Transfer now would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Forecast {
    /// Accepted items per final class, lowest first, and how many hold that class today.
    classes: Vec<(u32, u32)>,
    accepted: u32,
    /// Undecided items that block, per region, most first.
    blocking: Vec<(String, u32)>,
    /// Undecided items without a class, which don't.
    unscored: u32,
}

fn forecast(board: Board) -> Forecast {
    let Some(borders) = board.saved_borders() else { return Forecast::default() };
    board.columns.with(|columns: &Columns| {
        let mut out = Forecast { classes: vec![(0, 0); borders.classes()], ..Forecast::default() };
        let mut regions = vec![0u32; board.cycle.with(|cycle| cycle.regions.len())];
        for row in (0..columns.len()).map(|index| columns.row(index)) {
            let class = row.overridden.or_else(|| row.score.map(|score| borders.class_of(score)));
            if let Some(current) = row.current.and_then(|class| out.classes.get_mut(class.index())) {
                current.1 += 1;
            }
            match (row.status, class) {
                (Status::Accepted, Some(class)) => {
                    out.accepted += 1;
                    out.classes[class.index()].0 += 1;
                }
                (Status::InProgress, None) => out.unscored += 1,
                (Status::InProgress, Some(_)) => {
                    if let Some(count) = regions.get_mut(usize::from(row.region)) {
                        *count += 1;
                    }
                }
                _ => {}
            }
        }
        board.cycle.with(|cycle| {
            let named = cycle.regions.iter().zip(regions).filter(|(_, count)| *count > 0);
            out.blocking = named.map(|(region, count)| (region.name.clone(), count)).collect();
        });
        out.blocking.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        out
    })
}

/// The dialog.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let board = Board::get();
    let labels = board.labels;
    let open = board.dialogs.transfer;
    let accepted_only = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            accepted_only.set(false);
        }
    });
    let plan = Memo::new(move |_| if open.get() { forecast(board) } else { Forecast::default() });
    let waiting = Memo::new(move |_| plan.with(|plan| plan.blocking.iter().map(|(_, count)| count).sum::<u32>()));
    let ready = move || waiting.get() == 0 || accepted_only.get();
    let blocked = move || {
        (waiting.get() > 0).then(|| {
            let row = |(region, count): (String, u32)| {
                view! { <tr><th scope="row">{region}</th><td class="num">{grouped(count)}</td></tr> }
            };
            let choice = move |only: bool, title: &'static str, text: String| {
                view! {
                    <label class="choice">
                        <input class="radio" type="radio" name="transfer-what" prop:checked=move || accepted_only.get() == only
                            on:change=move |_| accepted_only.set(only)/>
                        <span><span class="choice__title">{title}</span><span class="choice__text">{text}</span></span>
                    </label>
                }
            };
            let carry = format!(
                "{} become official now; {} carry over into the next cycle as In progress.",
                items(plan.with(|plan| plan.accepted) as usize),
                grouped(waiting.get())
            );
            view! {
                <div class="banner banner--warn">
                    <Icon name="clock"/>
                    <p><b>{grouped(waiting.get())}" items are still In progress,"</b>" so Transfer of the whole cycle is refused."</p>
                </div>
                <div class="dialog__scroll" tabindex="0" role="group" aria-label="In progress per region">
                    <table class="table">
                        <thead><tr><th scope="col">"Region"</th><th scope="col" class="num">"In progress"</th></tr></thead>
                        <tbody>{plan.with(|plan| plan.blocking.clone()).into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                <fieldset class="field">
                    <legend class="visually-hidden">"What to transfer"</legend>
                    {choice(false, "Wait for the decisions", "Nothing changes. The regional managers see their items in Approvals.".to_owned())}
                    {choice(true, "Transfer accepted only", carry)}
                </fieldset>
            }
        })
    };
    let class_row = move |(position, (official, today)): (usize, (u32, u32))| {
        view! {
            <tr>
                <th scope="row"><ClassChip class=Some(Class(position as u8)) labels/></th>
                <td class="num">{grouped(official)}</td>
                <td class="num">{grouped(today)}</td>
            </tr>
        }
    };
    let rows =
        move || plan.with(|plan| plan.classes.clone()).into_iter().enumerate().rev().map(class_row).collect_view();
    let unscored = move || {
        let count = plan.with(|plan| plan.unscored);
        (count > 0).then(|| view! { <p class="dialog__lead">{items(count as usize)}" without a score carry over."</p> })
    };
    view! {
        <Dialog open wide=true title="Transfer to the general classification">
            <div class="dialog__body">
                {blocked}
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Class"</th><th scope="col" class="num">"Becomes official"</th>
                            <th scope="col" class="num">"Held today"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {unscored}
            </div>
            <footer class="dialog__foot">
                <span class="muted">"This cannot be undone."</span>
                <button type="button" class="button" data-focus="" on:click=move |_| open.set(false)>"Cancel"</button>
                <button type="button" class="button button--primary" aria-disabled=move || (!ready()).to_string()
                    aria-busy=move || board.busy.get().to_string()
                    on:click=move |_| if untrack(ready) { board.transfer(accepted_only.get_untracked()) }>
                    {move || format!("Transfer {}", items(plan.with(|plan| plan.accepted) as usize))}
                </button>
            </footer>
        </Dialog>
    }
}
