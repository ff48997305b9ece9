//! The histogram with its draggable borders. The bars are one path, drawn once and shown once per class through a clip:
//! a drag moves the clips and the handles, never the bars.

use super::desk::Desk;
use crate::browser::{capture, place_in};
use cutline_domain::base::format::{grouped, shares, tenths};
use cutline_domain::borders::fit::Distinct;
use cutline_domain::borders::histogram::{Scale, bins};
use cutline_domain::{Class, Score};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use std::fmt::Write;

/// Bars wanted across the plot.
const BARS: usize = 64;
/// Tags nearer to each other than this share of the plot stand one above the other.
const CROWDED: f64 = 0.075;

/// Bars as a path in a box of 1000 × 100, and the round counts that lines mark with their height in percent.
#[derive(Clone, PartialEq)]
struct Drawing {
    path: String,
    lines: Vec<(u32, f64)>,
}

fn draw(scale: &Scale, distinct: &Distinct) -> Drawing {
    let bins = bins(scale, distinct, BARS);
    let tallest = bins.iter().map(|bin| bin.items).max().unwrap_or(1).max(1);
    let top = f64::from(tallest) * 1.04;
    let mut path = String::new();
    for bin in bins.iter().filter(|bin| bin.items > 0) {
        let (from, to) = (bin.from * 1000.0 + 0.6, (bin.to * 1000.0 - 0.6).max(bin.from * 1000.0 + 1.0));
        // A bar of few items among thousands must still be seen.
        let height = (f64::from(bin.items) / top * 100.0).max(0.8);
        // Writing to a string doesn't fail.
        let _ = write!(path, "M{from:.1} 100V{:.2}H{to:.1}V100Z", 100.0 - height);
    }
    let step = round_step(tallest);
    let lines = (1..=tallest / step).map(|i| (i * step, f64::from(i * step) / top * 100.0)).collect();
    Drawing { path, lines }
}

/// 1, 2 or 5 times a power of ten that marks at most four heights.
fn round_step(tallest: u32) -> u32 {
    let power = 10u32.pow((tallest / 4).max(1).ilog10());
    [1, 2, 5, 10].into_iter().map(|m| m * power).find(|step| tallest / step <= 4).unwrap_or(power * 10)
}

/// The histogram.
#[component]
pub fn Histogram() -> impl IntoView {
    let desk = Desk::get();
    let plot: NodeRef<html::Div> = NodeRef::new();
    let scale = Memo::new(move |_| Scale::new(desk.scale.get(), &desk.distinct.read()));
    let drawing = Memo::new(move |_| draw(&scale.read(), &desk.distinct.read()));
    let classes = desk.classes();
    // Edges of every class along the axis, 0 to 1.
    let edges = Memo::new(move |_| {
        let (scale, borders) = (scale.read(), desk.borders.read());
        let inner = borders.values().iter().map(|value| scale.position(*value));
        [0.0].into_iter().chain(inner).chain([1.0]).collect::<Vec<f64>>()
    });
    let band_shares = Memo::new(move |_| shares(&desk.tally.read().classes(classes)));
    let clip = move |class: usize| {
        let x = move || format!("{:.2}", edges.read()[class] * 1000.0);
        let width = move || {
            let edges = edges.read();
            format!("{:.2}", (edges[class + 1] - edges[class]).max(0.0) * 1000.0)
        };
        view! {
            <clipPath id=format!("band-{class}")>
                <rect x=x width=width y="0" height="100"></rect>
            </clipPath>
        }
    };
    let coloured = |class: usize| {
        view! { <use href="#bars" data-class=class.to_string() clip-path=format!("url(#band-{class})")></use> }
    };
    let band = move |class: usize| {
        let place = move || {
            let edges = edges.read();
            format!("--from:{:.2}%;--to:{:.2}%", edges[class] * 100.0, edges[class + 1] * 100.0)
        };
        let label = desk.label(Class(class as u8));
        view! {
            <span class="hist__band" style=place>
                <b>{label}</b>
                " "
                <span>{move || tenths(band_shares.read()[class])}"%"</span>
            </span>
        }
    };
    let path = move || drawing.read().path.clone();
    let lines = move || drawing.read().lines.clone();
    let tick = |(value, position): (Score, f64)| {
        view! {
            <span class="hist__tick" style=format!("--x:{:.2}%", position * 100.0)>
                {value.to_string()}
            </span>
        }
    };
    let ticks = move || {
        let (scale, edges) = (scale.read(), edges.read());
        let clear = |position: f64| !edges[1..classes].iter().any(|edge| (edge - position).abs() < 0.07);
        let ticks = scale.ticks(7).into_iter().map(|tick| (tick, scale.position(tick)));
        ticks.filter(|(_, position)| clear(*position)).map(tick).collect_view()
    };
    let line = |(count, y): (u32, f64)| {
        view! {
            <span class="hist__line" style=format!("--y:{y:.2}%")>
                <span>{grouped(count)}</span>
            </span>
        }
    };
    let label = move || format!("Distribution of {}", desk.subject.unit.read());
    view! {
        <div class="hist" role="group" aria-label=label>
            <div class="hist__plot" node_ref=plot>
                <div class="hist__area" aria-hidden="true">
                    {move || lines().into_iter().map(line).collect_view()}
                    <svg class="hist__bars" viewBox="0 0 1000 100" preserveAspectRatio="none">
                        <defs>
                            <path id="bars" d=path></path>
                            {(0..classes).map(clip).collect_view()}
                        </defs>
                        {(0..classes).map(coloured).collect_view()}
                    </svg>
                </div>
                {(0..classes).map(band).collect_view()}
                {(0..classes - 1)
                    .map(|index| view! { <Handle index plot scale edges shares=band_shares /> })
                    .collect_view()}
            </div>
            <div class="hist__axis" aria-hidden="true">
                {ticks}
            </div>
        </div>
    }
}

/// One border: a slider.
#[component]
fn Handle(
    index: usize,
    plot: NodeRef<html::Div>,
    scale: Memo<Scale>,
    edges: Memo<Vec<f64>>,
    shares: Memo<Vec<u32>>,
) -> impl IntoView {
    let desk = Desk::get();
    let dragging = RwSignal::new(false);
    let (above, below) = (Class(index as u8 + 1), Class(index as u8));
    let label = format!("Border between {} and {}", desk.label(above), desk.label(below));
    let value = Memo::new(move |_| desk.borders.read().values()[index]);
    let range = move || {
        let distinct = desk.distinct.read();
        let values = distinct.values();
        (values.first().map_or(0.0, |v| v.0.as_f64()), values.last().map_or(0.0, |v| v.0.as_f64()))
    };
    let spoken = move || {
        let shares = shares.read();
        format!(
            "{} {}, {} {}%, {} {}%",
            value.get(),
            desk.subject.unit.read(),
            desk.label(above),
            tenths(shares[index + 1]),
            desk.label(below),
            tenths(shares[index])
        )
    };
    let crowded = move || {
        let edges = edges.read();
        // Every second one of a crowd steps down.
        let near = |i: usize| i > 0 && i < edges.len() - 2 && edges[i + 1] - edges[i] < CROWDED;
        let run = (1..=index).rev().take_while(|i| near(*i)).count();
        (run % 2 == 1).then_some("1")
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 && capture(&event) {
            dragging.set(true);
        }
    };
    let drag = move |event: PointerEvent| {
        if dragging.get_untracked()
            && let Some(position) = place_in(plot, &event)
        {
            let value = scale.read_untracked().score(position);
            let step = desk.step();
            let hundredths = (value.hundredths() + step / 2).div_euclid(step) * step;
            desk.move_border(index, Score::from_hundredths(hundredths));
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = desk.step() * if event.shift_key() { 10 } else { 1 };
        let now = value.get_untracked().hundredths();
        let room = desk.borders.read_untracked().room(index);
        let (first, last) = untrack(range);
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => now + step,
            "ArrowLeft" | "ArrowDown" => now - step,
            "PageUp" => now + step * 10,
            "PageDown" => now - step * 10,
            "Home" => room.0.hundredths().max(Score::nearest(first).hundredths()),
            "End" => room.1.hundredths().min(Score::nearest(last).hundredths()),
            _ => return,
        };
        event.prevent_default();
        desk.move_border(index, Score::from_hundredths(to));
    };
    view! {
        <div
            class="border"
            role="slider"
            tabindex="0"
            aria-label=label
            aria-orientation="horizontal"
            aria-valuemin=move || range().0.to_string()
            aria-valuemax=move || range().1.to_string()
            aria-valuenow=move || value.get().as_f64().to_string()
            aria-valuetext=spoken
            data-tier=crowded
            data-dragging=move || dragging.get().then_some("")
            style=move || format!("--x:{:.3}%", edges.read()[index + 1] * 100.0)
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| dragging.set(false)
            on:pointercancel=move |_| dragging.set(false)
            on:keydown=key
        >
            <span class="border__knob"></span>
            <span class="border__tag">{move || value.get().to_string()}</span>
        </div>
    }
}
