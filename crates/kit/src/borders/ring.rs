//! The panel at the lower right: shares under the borders (outer ring) against planned ones (inner), and who moves where.

use super::board::Board;
use super::echarts;
use crate::components::Icon;
use charming::Chart;
use charming::datatype::DataPointItem;
use charming::element::{Color, ItemStyle, Label};
use charming::series::Pie;
use cutline_domain::distribution::{NO_CURRENT, Tally};
use cutline_domain::format::{grouped, shares, tenths};
use leptos::html;
use leptos::prelude::*;

/// The ring and the matrix.
#[component]
pub fn PiePanel() -> impl IntoView {
    view! {
        <section class="panel pie" aria-labelledby="pie-title">
            <div class="panel__head">
                <h2 class="panel__title" id="pie-title">"Planned versus current"</h2>
                <div class="panel__end legend" aria-hidden="true">
                    <span class="legend__item"><i class="legend__key"></i>"current"</span>
                    <span class="legend__item"><i class="legend__key legend__key--planned"></i>"planned"</span>
                </div>
            </div>
            <div class="pie__body"><Rings/><Moves/></div>
        </section>
    }
}

#[component]
fn Rings() -> impl IntoView {
    let board = Board::get();
    let canvas: NodeRef<html::Div> = NodeRef::new();
    let classes = board.cycle.with_untracked(|cycle| cycle.scheme.len());
    let now = Memo::new(move |_| board.tally.with(|tally| tally.classes(classes)));
    let planned = Memo::new(move |_| board.planned_tenths());
    echarts::draw(canvas, move || {
        now.with(|now| planned.with(|planned| board.labels.with_value(|labels| rings(now, planned, labels))))
    });
    let spoken = move || {
        let named = |shares: &[u32]| {
            board.labels.with_value(|labels| {
                let parts =
                    labels.iter().zip(shares).rev().map(|(label, share)| format!("{label} {}%", tenths(*share)));
                parts.collect::<Vec<_>>().join(", ")
            })
        };
        format!(
            "Current: {}. Planned: {}.",
            now.with(|now| named(&shares(now))),
            planned.with(|planned| named(planned))
        )
    };
    view! {
        <figure class="pie__figure" aria-label="Planned versus current">
            <div class="pie__canvas" role="img" aria-label=spoken node_ref=canvas></div>
            {(0..classes).map(|class| view! { <RingLabel class now/> }).collect_view()}
            <figcaption class="pie__centre">
                <span class="pie__total">{move || grouped(board.tally.with(Tally::scored))}</span>
                <span class="pie__unit">{move || board.cycle.with(crate::planner::model::CycleView::kind_plural)}</span>
            </figcaption>
        </figure>
    }
}

/// A class's label beside the middle of its part of the outer ring; none where the part is too thin to point at.
#[component]
fn RingLabel(class: usize, now: Memo<Vec<u32>>) -> impl IntoView {
    let label = Board::get().labels.with_value(|labels| labels[class].clone());
    // The ring runs clockwise from the top, highest class first.
    let middle = Memo::new(move |_| {
        now.with(|now| {
            let total = f64::from(now.iter().sum::<u32>().max(1));
            let before = f64::from(now[class + 1..].iter().sum::<u32>());
            let own = f64::from(now[class]);
            (own / total >= 0.03).then_some((before + own / 2.0) / total)
        })
    });
    let place = move || {
        middle.get().map(|middle| {
            let angle = middle * std::f64::consts::TAU;
            format!("left:{:.2}%;top:{:.2}%", 50.0 + 48.5 * angle.sin(), 50.0 - 48.5 * angle.cos())
        })
    };
    view! { <span class="pie__label" aria-hidden="true" hidden=move || middle.get().is_none() style=place>{label}</span> }
}

/// Both rings, highest class first. Colours are the page's own properties, so a change of theme needs no drawing.
fn rings(now: &[u32], planned: &[u32], labels: &[String]) -> Chart {
    let ring = |name: &str, radius: [&str; 2], values: &[u32], colour: fn(usize) -> String| {
        let slice = |(class, value): (usize, &u32)| {
            let style = ItemStyle::new()
                .color(Color::Value(colour(class)))
                .border_color(Color::Value("var(--bg)".to_owned()))
                .border_width(1.5);
            DataPointItem::new(f64::from(*value)).name(labels[class].as_str()).item_style(style)
        };
        let data: Vec<DataPointItem> = values.iter().enumerate().rev().map(slice).collect();
        Pie::new().name(name).radius(radius.to_vec()).data(data)
    };
    let outer =
        ring("current", ["63%", "87%"], now, |class| format!("var(--class-{class})")).label(Label::new().show(false));
    let inner = ring("planned", ["47%", "60%"], planned, |class| {
        format!("color-mix(in srgb, var(--class-{class}) 55%, var(--bg))")
    })
    .label(Label::new().show(false));
    Chart::new().animation(false).series(outer).series(inner)
}

#[component]
fn Moves() -> impl IntoView {
    let board = Board::get();
    let classes = board.cycle.with_untracked(|cycle| cycle.scheme.len());
    // The darkest of each kind of cell: staying, moving.
    let most = Memo::new(move |_| {
        board.tally.with(|tally| {
            let (mut same, mut moved) = (1, 1);
            for (from, row) in tally.moves.iter().enumerate() {
                for (to, count) in row[..classes].iter().enumerate() {
                    let largest = if from == to || from == NO_CURRENT { &mut same } else { &mut moved };
                    *largest = (*largest).max(*count);
                }
            }
            (same, moved)
        })
    });
    let without = Memo::new(move |_| board.tally.with(|tally| tally.currents()[NO_CURRENT] > 0));
    let cell = move |from: usize, to: usize| {
        let count = Memo::new(move |_| board.tally.with(|tally| tally.moves[from][to]));
        let kind = match to.cmp(&from) {
            _ if from == NO_CURRENT => "same",
            std::cmp::Ordering::Greater => "up",
            std::cmp::Ordering::Less => "down",
            std::cmp::Ordering::Equal => "same",
        };
        let depth = move || {
            let (same, moved) = most.get();
            format!("--v:{:.2}", f64::from(count.get()) / f64::from(if kind == "same" { same } else { moved }))
        };
        view! {
            <td data-move=move || (count.get() > 0).then_some(kind) class=("matrix__zero", move || count.get() == 0) style=depth>
                {move || grouped(count.get())}
            </td>
        }
    };
    let head = move |class: usize| board.labels.with_value(|labels| labels[class].clone());
    let row = move |from: usize, label: String| {
        view! { <tr><th scope="row">{label}</th>{(0..classes).rev().map(|to| cell(from, to)).collect_view()}</tr> }
    };
    let totals = Memo::new(move |_| board.tally.with(Tally::up_and_down));
    view! {
        <div class="moves">
            <h3 class="moves__title" id="moves-title">"Moves, current → proposed"</h3>
            <div class="moves__scroll">
                <table class="matrix" aria-labelledby="moves-title">
                    <thead>
                        <tr><td></td>{(0..classes).rev().map(|class| view! { <th scope="col">{head(class)}</th> }).collect_view()}</tr>
                    </thead>
                    <tbody>
                        {(0..classes).rev().map(|from| row(from, head(from))).collect_view()}
                        {move || without.get().then(|| row(NO_CURRENT, "new".to_owned()))}
                    </tbody>
                </table>
            </div>
            <p class="moves__total">
                <span><Icon name="arrow-up" class="icon--up"/>{move || grouped(totals.get().0)}" up"</span>
                <span><Icon name="arrow-down" class="icon--down"/>{move || grouped(totals.get().1)}" down"</span>
            </p>
        </div>
    }
}
