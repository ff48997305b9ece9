//! Who moves from which class to which.

use super::desk::Desk;
use crate::parts::Icon;
use cutline_domain::Class;
use cutline_domain::base::format::grouped;
use cutline_domain::borders::distribution::NO_CURRENT;
use leptos::prelude::*;
use std::cmp::Ordering;

/// Whether a move stays, goes up or goes down.
fn direction(from: usize, to: usize) -> &'static str {
    match to.cmp(&from) {
        _ if from == NO_CURRENT => "same",
        Ordering::Greater => "up",
        Ordering::Less => "down",
        Ordering::Equal => "same",
    }
}

/// The matrix of moves, and how many go up and down.
#[component]
pub fn Moves(
    /// What is shown: `Moves, current → proposed`.
    title: &'static str,
) -> impl IntoView {
    let desk = Desk::get();
    let classes = desk.classes();
    // The darkest of each kind of cell: staying, moving.
    let most = Memo::new(move |_| {
        let (mut same, mut moved) = (1, 1);
        for (from, row) in desk.tally.read().moves.iter().enumerate() {
            for (to, count) in row[..classes].iter().enumerate() {
                let largest = if from == to || from == NO_CURRENT { &mut same } else { &mut moved };
                *largest = (*largest).max(*count);
            }
        }
        (same, moved)
    });
    let without = Memo::new(move |_| desk.tally.read().currents()[NO_CURRENT] > 0);
    let head = move |class: usize| desk.label(Class(class as u8));
    let column = move |class: usize| view! { <th scope="col">{head(class)}</th> };
    let row = move |from: usize, label: String| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                {(0..classes).rev().map(|to| view! { <Cell from to most /> }).collect_view()}
            </tr>
        }
    };
    let totals = Memo::new(move |_| desk.tally.read().up_and_down());
    view! {
        <div class="moves">
            <h3 class="moves__title" id="moves-title">
                {title}
            </h3>
            <div class="moves__scroll">
                <table class="matrix" aria-labelledby="moves-title">
                    <thead>
                        <tr>
                            <td></td>
                            {(0..classes).rev().map(column).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {(0..classes).rev().map(|from| row(from, head(from))).collect_view()}
                        {move || without.get().then(|| row(NO_CURRENT, "new".to_owned()))}
                    </tbody>
                </table>
            </div>
            <p class="moves__total">
                <span>
                    <Icon name="arrow-up" class="icon--up" />
                    {move || grouped(totals.get().0)}
                    " up"
                </span>
                <span>
                    <Icon name="arrow-down" class="icon--down" />
                    {move || grouped(totals.get().1)}
                    " down"
                </span>
            </p>
        </div>
    }
}

#[component]
fn Cell(from: usize, to: usize, most: Memo<(u32, u32)>) -> impl IntoView {
    let desk = Desk::get();
    let count = Memo::new(move |_| desk.tally.read().moves[from][to]);
    let kind = direction(from, to);
    let depth = move || {
        let (same, moved) = most.get();
        format!("--v:{:.2}", f64::from(count.get()) / f64::from(if kind == "same" { same } else { moved }))
    };
    view! {
        <td
            data-move=move || (count.get() > 0).then_some(kind)
            class=("matrix__zero", move || count.get() == 0)
            style=depth
        >
            {move || grouped(count.get())}
        </td>
    }
}
