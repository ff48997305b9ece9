//! Who moves from which class to which.

use super::desk::{Desk, Part};
use crate::parts::{Icon, Way};
use cutline_domain::Class;
use cutline_domain::base::format::grouped;
use cutline_domain::borders::distribution::{NO_CURRENT, Tally};
use leptos::prelude::*;

/// How many move from a class, or from none, to another.
fn moved(tally: &Tally, from: Option<Class>, to: Class) -> u32 {
    tally.moves[from.map_or(NO_CURRENT, Class::index)][to.index()]
}

/// The largest of each kind of cell.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Most {
    same: u32,
    moved: u32,
}

/// The largest cells under the borders; 1 where all are empty.
fn most(desk: Desk) -> Most {
    let tally = desk.tally.read();
    let mut most = Most { same: 1, moved: 1 };
    for from in desk.highest_first().map(Some).chain([None]) {
        for to in desk.highest_first() {
            let largest = match Way::of(from, Some(to)) {
                Way::Same => &mut most.same,
                Way::Up | Way::Down => &mut most.moved,
            };
            *largest = moved(&tally, from, to).max(*largest);
        }
    }
    most
}

/// The matrix of moves, and how many go up and down.
#[component]
pub fn Moves(
    /// What is shown: `Moves, current → proposed`.
    title: &'static str,
) -> impl IntoView {
    let desk = Desk::get();
    let id = desk.id("moves-title");
    let most = Memo::new(move |_| most(desk));
    let without = Memo::new(move |_| desk.tally.read().currents()[NO_CURRENT] > 0);
    let column = move |class: Class| {
        view! {
            <th scope="col" title=desk.in_full(class) aria-label=desk.in_full(class)>
                {desk.code(class)}
            </th>
        }
    };
    let row = move |from: Option<Class>| {
        let code = from.map_or_else(|| "new".to_owned(), |class| desk.code(class));
        let label = from.and_then(|class| desk.in_full(class));
        view! {
            <tr>
                <th scope="row" title=label.clone() aria-label=label>
                    {code}
                </th>
                {desk.highest_first().map(|to| view! { <Cell from to most /> }).collect_view()}
            </tr>
        }
    };
    view! {
        <div class="moves">
            <h3 class="moves__title" id=id.clone()>
                {title}
            </h3>
            <div class="moves__scroll">
                <table class="matrix" aria-labelledby=id>
                    <thead>
                        <tr>
                            <td></td>
                            {desk.highest_first().map(column).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {desk.highest_first().map(|from| row(Some(from))).collect_view()}
                        {move || without.get().then(|| row(None))}
                    </tbody>
                </table>
            </div>
            <Totals />
        </div>
    }
}

/// How many go up, and how many go down.
#[component]
fn Totals() -> impl IntoView {
    let desk = Desk::get();
    let totals = Memo::new(move |_| desk.tally.read().up_and_down());
    view! {
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
    }
}

#[component]
fn Cell(from: Option<Class>, to: Class, most: Memo<Most>) -> impl IntoView {
    let desk = Desk::get();
    let count = Memo::new(move |_| moved(&desk.tally.read(), from, to));
    let way = Way::of(from, Some(to));
    let pick = move |_| desk.subject.pick.run(Part { current: Some(from), class: to });
    let depth = move || {
        let most = most.get();
        let largest = if way == Way::Same { most.same } else { most.moved };
        format!("--v:{:.2}", f64::from(count.get()) / f64::from(largest))
    };
    view! {
        <td
            data-move=move || (count.get() > 0).then_some(way.as_str())
            class=("matrix__zero", move || count.get() == 0)
            style=depth
            title="Show these"
            on:click=pick
        >
            {move || grouped(count.get())}
        </td>
    }
}
