//! Shares under the borders (outer ring) against planned ones (inner).

use super::desk::{Desk, Part};
use super::echarts;
use crate::browser::{asset, point_in};
use charming::datatype::DataPointItem;
use charming::element::{Color, ItemStyle, Label};
use charming::series::Pie;
use cutline_domain::Class;
use cutline_domain::base::format::{grouped, shares, tenths};
use cutline_domain::borders::classes::highest_first;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Script;
use serde::Serialize;

/// The rings' edges and the gap between them, in shares of half the drawing's width.
const INNER: f64 = 0.47;
const BETWEEN: f64 = 0.615;
const OUTER: f64 = 0.87;

/// Both rings, with their labels and the total in the middle.
#[component]
pub fn Rings() -> impl IntoView {
    let desk = Desk::get();
    let canvas: NodeRef<html::Div> = NodeRef::new();
    let classes = desk.classes();
    let labels = desk.subject.labels;
    let now = Memo::new(move |_| desk.tally.read().classes(classes));
    // While a planned % doesn't read, the ring stays as it was.
    let planned = Memo::new(move |before: Option<&Vec<u32>>| {
        desk.planned_tenths().or_else(|| before.cloned()).unwrap_or_else(|| vec![0; classes])
    });
    echarts::draw(canvas, move || {
        let names: Vec<_> = labels.read_value().iter().map(|name| name.code.clone()).collect();
        rings(&now.read(), &planned.read(), &names)
    });
    let spoken = move || {
        let named = |shares: &[u32]| {
            let part = |class: Class| format!("{} {}%", desk.label(class), tenths(shares[class.index()]));
            desk.highest_first().map(part).collect::<Vec<_>>().join(", ")
        };
        format!("Current: {}. Planned: {}.", named(&shares(&now.read())), named(&planned.read()))
    };
    let total = Memo::new(move |_| desk.tally.read().scored());
    let pick = move |event: MouseEvent| {
        let Some((x, y)) = point_in(canvas, &event) else { return };
        let class = if x.hypot(y) > BETWEEN {
            part_at(x, y, &now.read_untracked())
        } else {
            part_at(x, y, &planned.read_untracked())
        };
        if let Some(class) = class.filter(|_| (INNER..=OUTER).contains(&x.hypot(y))) {
            desk.subject.pick.run(Part { current: None, class });
        }
    };
    view! {
        <Script src=asset("echarts.js") defer="true" />
        <figure class="pie__figure" aria-label="Planned versus current">
            <div class="pie__canvas" role="img" aria-label=spoken node_ref=canvas on:click=pick></div>
            {(0..classes).map(|class| view! { <RingLabel class=Class(class as u8) now /> }).collect_view()}
            <figcaption class="pie__centre">
                <span class="pie__total">{move || grouped(total.get())}</span>
                <span class="pie__unit">{desk.subject.counted}</span>
            </figcaption>
        </figure>
    }
}

/// A class's label beside the middle of its part of the outer ring; none where the part is too thin to point at.
#[component]
fn RingLabel(class: Class, now: Memo<Vec<u32>>) -> impl IntoView {
    let desk = Desk::get();
    // The ring runs clockwise from the top, highest class first.
    let middle = Memo::new(move |_| {
        let now = now.read();
        let total = f64::from(now.iter().sum::<u32>().max(1));
        let before = f64::from(now[class.index() + 1..].iter().sum::<u32>());
        let own = f64::from(now[class.index()]);
        (own / total >= 0.03).then_some((before + own / 2.0) / total)
    });
    let place = move || {
        middle.get().map(|middle| {
            let angle = middle * std::f64::consts::TAU;
            format!("left:{:.2}%;top:{:.2}%", 50.0 + 48.5 * angle.sin(), 50.0 - 48.5 * angle.cos())
        })
    };
    view! {
        <span
            class="pie__label"
            aria-hidden="true"
            title=desk.in_full(class)
            hidden=move || middle.get().is_none()
            style=place
        >
            {desk.code(class)}
        </span>
    }
}

/// The class whose part of a ring lies at a point, measured from the middle, right and down.
fn part_at(x: f64, y: f64, values: &[u32]) -> Option<Class> {
    // Clockwise from the top, highest class first.
    let turn = x.atan2(-y).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
    let mut left = turn * f64::from(values.iter().sum::<u32>());
    highest_first(values.len()).find(|class| {
        left -= f64::from(values[class.index()]);
        left < 0.0
    })
}

/// The chart. Of `charming::Chart` only what two rings need: writing the whole of it can all of ECharts, which weighs more
/// than the rest of the page.
#[derive(Serialize)]
struct RingChart {
    animation: bool,
    series: [Pie; 2],
}

/// Both rings, highest class first. Colours are the page's own properties, so a change of theme needs no drawing.
fn rings(now: &[u32], planned: &[u32], labels: &[String]) -> RingChart {
    let ring = |name: &str, radius: [&str; 2], values: &[u32], colour: fn(Class) -> String| {
        let slice = |class: Class| {
            let style = ItemStyle::new()
                .color(Color::Value(colour(class)))
                .border_color(Color::Value("var(--bg)".to_owned()))
                .border_width(1.5);
            DataPointItem::new(f64::from(values[class.index()])).name(labels[class.index()].as_str()).item_style(style)
        };
        let data: Vec<DataPointItem> = highest_first(labels.len()).map(slice).collect();
        Pie::new().name(name).radius(radius.to_vec()).data(data)
    };
    let full = |class: Class| format!("var(--class-{})", class.0);
    let pale = |class: Class| format!("color-mix(in srgb, var(--class-{}) 55%, var(--bg))", class.0);
    let outer = ring("current", ["63%", "87%"], now, full).label(Label::new().show(false));
    let inner = ring("planned", ["47%", "60%"], planned, pale).label(Label::new().show(false));
    RingChart { animation: false, series: [outer, inner] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_clockwise_from_the_top_highest_first() {
        // Lowest first: half, a quarter, a quarter.
        let values = [50, 25, 25];
        for ((x, y), class) in
            [((0.1, -0.7), 2), ((0.7, -0.1), 2), ((0.7, 0.1), 1), ((0.1, 0.7), 1), ((-0.1, 0.7), 0), ((-0.1, -0.7), 0)]
        {
            assert_eq!(part_at(x, y, &values), Some(Class(class)), "{x}, {y}");
        }
        assert_eq!(part_at(0.1, 0.1, &[0, 0]), None);
    }
}
