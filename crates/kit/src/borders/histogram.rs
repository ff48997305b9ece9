//! The histogram with its draggable borders. The bars are one path, drawn once and shown once per class through a clip:
//! a drag moves the clips and the handles, never the bars.

use super::desk::{Desk, Part};
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
    let classes = desk.classes();
    let plot: NodeRef<html::Div> = NodeRef::new();
    let scale = Memo::new(move |_| Scale::new(desk.scale.get(), &desk.distinct.read()));
    // Edges of every class along the axis, 0 to 1.
    let edges = Memo::new(move |_| {
        let (scale, borders) = (scale.read(), desk.borders.read());
        let inner = borders.values().iter().map(|value| scale.position(*value));
        [0.0].into_iter().chain(inner).chain([1.0]).collect::<Vec<f64>>()
    });
    let shares = Memo::new(move |_| shares(&desk.tally.read().classes(classes)));
    let band = move |class: usize| view! { <Band class edges shares /> };
    let handle = move |index: usize| view! { <Handle index plot scale edges shares /> };
    let label = move || format!("Distribution of {}", desk.subject.unit.read());
    view! {
        <div class="hist" role="group" aria-label=label>
            <div class="hist__plot" node_ref=plot>
                <Bars scale edges />
                <Ghosts scale />
                {(0..classes).map(band).collect_view()}
                {(0..classes - 1).map(handle).collect_view()}
            </div>
            <div class="hist__axis" aria-hidden="true">
                <Ticks scale edges />
            </div>
        </div>
    }
}

/// The bars, each part of the axis in the colour of its class, and lines at round counts.
#[component]
fn Bars(scale: Memo<Scale>, edges: Memo<Vec<f64>>) -> impl IntoView {
    let desk = Desk::get();
    let classes = desk.classes();
    let drawing = Memo::new(move |_| draw(&scale.read(), &desk.distinct.read()));
    let bars = desk.id("bars");
    let clip_id = move |class: usize| desk.id(&format!("band-{class}"));
    let clip = move |class: usize| {
        let x = move || format!("{:.2}", edges.read()[class] * 1000.0);
        let width = move || {
            let edges = edges.read();
            format!("{:.2}", (edges[class + 1] - edges[class]).max(0.0) * 1000.0)
        };
        view! {
            <clipPath id=clip_id(class)>
                <rect x=x width=width y="0" height="100"></rect>
            </clipPath>
        }
    };
    let coloured = |class: usize| {
        let clip = format!("url(#{})", clip_id(class));
        view! { <use href=format!("#{bars}") data-class=class.to_string() clip-path=clip></use> }
    };
    let line = |(count, y): (u32, f64)| {
        view! {
            <span class="hist__line" style=format!("--y:{y:.2}%")>
                <span>{grouped(count)}</span>
            </span>
        }
    };
    let lines = move || drawing.read().lines.iter().copied().map(line).collect_view();
    let path = move || drawing.read().path.clone();
    view! {
        <div class="hist__area" aria-hidden="true">
            {lines}
            <svg class="hist__bars" viewBox="0 0 1000 100" preserveAspectRatio="none">
                <defs>
                    <path id=bars.clone() d=path></path>
                    {(0..classes).map(clip).collect_view()}
                </defs>
                {(0..classes).map(coloured).collect_view()}
            </svg>
        </div>
    }
}

/// Where the borders that count are, while others are drawn.
#[component]
fn Ghosts(scale: Memo<Scale>) -> impl IntoView {
    let desk = Desk::get();
    let moved = Memo::new(move |_| {
        let (saved, drawn) = (desk.subject.saved.get()?, desk.borders.read());
        let pairs = saved.values().iter().zip(drawn.values());
        Some(pairs.filter(|(saved, drawn)| saved != drawn).map(|(saved, _)| *saved).collect::<Vec<Score>>())
    });
    let ghost = move |value: Score| {
        let place = format!("--x:{:.3}%", scale.read().position(value) * 100.0);
        view! { <i class="hist__ghost" style=place title=format!("Saved: {value}")></i> }
    };
    move || moved.get().unwrap_or_default().into_iter().map(ghost).collect_view()
}

/// A class above its part of the axis, with its share.
#[component]
fn Band(class: usize, edges: Memo<Vec<f64>>, shares: Memo<Vec<u32>>) -> impl IntoView {
    let (desk, of) = (Desk::get(), Class(class as u8));
    let pick = move |_| desk.subject.pick.run(Part { current: None, class: of });
    let place = move || {
        let edges = edges.read();
        format!("--from:{:.2}%;--to:{:.2}%", edges[class] * 100.0, edges[class + 1] * 100.0)
    };
    view! {
        <span class="hist__band" style=place title=desk.in_full(of) on:click=pick>
            <b>{desk.code(of)}</b>
            " "
            <span>{move || tenths(shares.read().get(class).copied().unwrap_or_default())}"%"</span>
        </span>
    }
}

/// Round values along the axis, where no border hides them.
#[component]
fn Ticks(scale: Memo<Scale>, edges: Memo<Vec<f64>>) -> impl IntoView {
    let tick = |(value, position): (Score, f64)| {
        view! {
            <span class="hist__tick" style=format!("--x:{:.2}%", position * 100.0)>
                {value.to_string()}
            </span>
        }
    };
    move || {
        let (scale, edges) = (scale.read(), edges.read());
        let borders = &edges[1..edges.len() - 1];
        let is_clear = |position: f64| !borders.iter().any(|border| (border - position).abs() < 0.07);
        let ticks = scale.ticks(7).into_iter().map(|tick| (tick, scale.position(tick)));
        ticks.filter(|(_, position)| is_clear(*position)).map(tick).collect_view()
    }
}

/// The lowest value and the highest; 0 where there are none.
fn range(desk: Desk) -> (Score, Score) {
    let distinct = desk.distinct.read();
    let value = |entry: Option<&(Score, u32)>| entry.map_or(Score::whole(0), |(value, _)| *value);
    (value(distinct.values().first()), value(distinct.values().last()))
}

/// Where a key takes a border, in hundredths; nothing for keys that don't move it.
fn target(desk: Desk, index: usize, event: &KeyboardEvent) -> Option<i64> {
    let step = desk.step() * if event.shift_key() { 10 } else { 1 };
    let borders = desk.borders.read_untracked();
    let now = borders.values().get(index)?.hundredths();
    let (low, high) = borders.room(index, desk.step());
    let (first, last) = untrack(|| range(desk));
    Some(match event.key().as_str() {
        "ArrowRight" | "ArrowUp" => now + step,
        "ArrowLeft" | "ArrowDown" => now - step,
        "PageUp" => now + step * 10,
        "PageDown" => now - step * 10,
        "Home" => low.max(first).hundredths(),
        "End" => high.min(last).hundredths(),
        _ => return None,
    })
}

/// How a border's tag stands: in the first row below the axis where it doesn't cover the one before; in none where it would in
/// both, and then it is read on the border itself and in the table.
fn tier(edges: &[f64], index: usize) -> Option<&'static str> {
    let mut ends = [f64::NEG_INFINITY; 2];
    let inner = &edges[1..edges.len() - 1];
    let rows = inner.iter().take(index + 1).map(|at| {
        let row = ends.iter().position(|end| at - end >= CROWDED);
        if let Some(row) = row {
            ends[row] = *at;
        }
        row
    });
    match rows.last().flatten() {
        Some(0) => None,
        Some(_) => Some("1"),
        None => Some("none"),
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
    // Where the border was when the drag began.
    let dragging: RwSignal<Option<Score>> = RwSignal::new(None);
    let (above, below) = (Class(index as u8 + 1), Class(index as u8));
    let label = format!("Border between {} and {}", desk.label(above), desk.label(below));
    let value = Memo::new(move |_| desk.borders.read().values().get(index).copied().unwrap_or_default());
    let spoken = move || {
        let share = |class: Class| format!("{} {}%", desk.label(class), tenths(shares.read()[class.index()]));
        format!("{} {}, {}, {}", value.get(), desk.subject.unit.read(), share(above), share(below))
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 && capture(&event) {
            dragging.set(Some(value.get_untracked()));
        }
    };
    let drag = move |event: PointerEvent| {
        if dragging.read_untracked().is_some()
            && let Some(position) = place_in(plot, &event)
        {
            let value = scale.read_untracked().score(position);
            let step = desk.step();
            let hundredths = (value.hundredths() + step / 2).div_euclid(step) * step;
            desk.move_border(index, Score::from_hundredths(hundredths));
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(from) = dragging.get_untracked()
        {
            // The drag is taken back, and over.
            dragging.set(None);
            desk.put_border(index, from);
            event.prevent_default();
        } else if let Some(to) = target(desk, index, &event) {
            event.prevent_default();
            desk.move_border(index, Score::from_hundredths(to));
        }
    };
    view! {
        <div
            class="border"
            role="slider"
            tabindex="0"
            aria-label=label
            aria-orientation="horizontal"
            aria-valuemin=move || range(desk).0.as_f64().to_string()
            aria-valuemax=move || range(desk).1.as_f64().to_string()
            aria-valuenow=move || value.get().as_f64().to_string()
            aria-valuetext=spoken
            data-tier=move || tier(&edges.read(), index)
            data-dragging=move || dragging.read().is_some().then_some("")
            style=move || format!("--x:{:.3}%", edges.read()[index + 1] * 100.0)
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| dragging.set(None)
            on:pointercancel=move |_| dragging.set(None)
            on:keydown=key
        >
            <span class="border__knob"></span>
            <span class="border__tag">{move || value.get().to_string()}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of tags of borders at these hundredths of the plot.
    fn tiers(at: &[u32]) -> Vec<Option<&'static str>> {
        let edges: Vec<f64> = [0].iter().chain(at).chain(&[100]).map(|at| f64::from(*at) / 100.0).collect();
        (0..at.len()).map(|index| tier(&edges, index)).collect()
    }

    #[test]
    fn tags_never_cover_each_other() {
        assert_eq!(tiers(&[10, 40, 80]), [None, None, None]);
        assert_eq!(tiers(&[10, 12, 40]), [None, Some("1"), None]);
        assert_eq!(tiers(&[10, 12, 14, 16]), [None, Some("1"), Some("none"), Some("none")]);
        assert_eq!(tiers(&[10, 12, 14, 18, 20]), [None, Some("1"), Some("none"), None, Some("1")]);
    }
}
