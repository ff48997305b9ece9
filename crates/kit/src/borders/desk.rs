//! Borders as they are worked on: where they are, what was planned, what they count, and whether they may be changed.

use super::undo::Steps;
use crate::browser::typed;
use crate::parts::chip::{self, Labels, label};
use cutline_domain::base::format::{apportion, grouped};
use cutline_domain::borders::classes::highest_first;
use cutline_domain::borders::distribution::{Entry, Strata, Tally};
use cutline_domain::borders::fit::{Distinct, Method, Tie, fit};
use cutline_domain::borders::histogram::ScaleKind;
use cutline_domain::{Borders, Class, Percent, Score};
use leptos::prelude::*;
use std::sync::Arc;

/// What the last fit could not do, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Something was refused.
    pub bad: bool,
    /// In a sentence or two.
    pub text: String,
    /// The borders that it is about: once they moved on, it says nothing any more.
    pub at: Borders,
}

/// A part of a drawing, pointed at to see what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The class that items have now: `Some(None)` for those without one, `None` for any.
    pub current: Option<Option<Class>>,
    /// The class that borders give them.
    pub class: Class,
}

/// What a desk is about.
#[derive(Clone, Copy)]
pub struct Subject {
    /// Names of the classes, lowest first.
    pub labels: Labels,
    /// What the borders cut: `claims`.
    pub unit: Signal<String>,
    /// What is counted: `persons`.
    pub counted: Signal<String>,
    /// The borders that count, when others may be drawn; where they are stays in sight.
    pub saved: Signal<Option<Borders>>,
    /// Somebody pointed at a part.
    pub pick: Callback<Part>,
    /// Begins the ids of its parts, such as `revenue-`; empty for the only desk of a page.
    pub prefix: &'static str,
}

/// Borders on the desk. Copied freely: it is a bundle of handles.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The borders drawn: saved, previewed or being dragged.
    pub borders: RwSignal<Borders>,
    /// The planned shares as typed, lowest class first.
    pub planned: RwSignal<Vec<String>>,
    /// Where each border is typed at the moment and doesn't read, or doesn't fit.
    pub typed: RwSignal<Vec<Option<String>>>,
    /// What was drawn before.
    pub steps: RwSignal<Steps>,
    /// How values are laid along the axis.
    pub scale: RwSignal<ScaleKind>,
    /// Counts of all items under the borders.
    pub tally: Memo<Tally>,
    /// Distinct values.
    pub distinct: Memo<Arc<Distinct>>,
    /// Whether the plan may be typed and what is drawn be kept, here and now.
    pub may_edit: Signal<bool>,
    /// What it is about.
    pub subject: Subject,
}

impl Desk {
    /// A desk over items. `items` is read again whenever what it reads changes.
    pub fn new(
        subject: Subject,
        borders: Borders,
        planned: &[Percent],
        may_edit: Signal<bool>,
        items: impl Fn() -> Vec<Entry> + Copy + Send + Sync + 'static,
    ) -> Self {
        let typed = RwSignal::new(vec![None; borders.values().len()]);
        let borders = RwSignal::new(borders);
        let desk = Self {
            borders,
            typed,
            steps: RwSignal::default(),
            planned: RwSignal::new(planned.iter().map(Percent::to_string).collect()),
            scale: RwSignal::new(ScaleKind::default()),
            tally: live_tally(items, borders),
            distinct: Memo::new(move |_| Arc::new(Distinct::new(items().into_iter().filter_map(|item| item.value)))),
            may_edit,
            subject,
        };
        desk.keep_steps();
        desk
    }

    /// The one of the page.
    pub fn get() -> Self {
        expect_context()
    }

    /// How many classes there are.
    pub fn classes(self) -> usize {
        self.subject.labels.read_value().len()
    }

    /// Every class, highest first: the order in which classes are shown.
    pub fn highest_first(self) -> impl Iterator<Item = Class> {
        highest_first(self.classes())
    }

    /// The id of one of its parts, unique on the page.
    pub fn id(self, part: &str) -> String {
        format!("{}{part}", self.subject.prefix)
    }

    /// The label of a class.
    pub fn label(self, class: Class) -> String {
        label(self.subject.labels, class)
    }

    /// The code of a class, for charts.
    pub fn code(self, class: Class) -> String {
        chip::code(self.subject.labels, class)
    }

    /// The label of a class where its code says less.
    pub fn in_full(self, class: Class) -> Option<String> {
        chip::in_full(self.subject.labels, class)
    }

    /// Planned shares, if all that was typed reads.
    pub fn planned_shares(self) -> Option<Vec<Percent>> {
        self.planned.read().iter().map(|text| typed(text).ok()).collect()
    }

    /// Planned shares in tenths that add up as shown, if all that was typed reads.
    pub fn planned_tenths(self) -> Option<Vec<u32>> {
        let shares: Vec<u32> = self.planned_shares()?.into_iter().map(Percent::hundredths).collect();
        Some(apportion(&shares, 1000))
    }

    /// What is wrong with the planned shares as typed, if anything.
    pub fn planned_problem(self) -> Option<String> {
        let Some(shares) = self.planned_shares() else {
            return Some("A planned % is not a number between 0 and 100.".to_owned());
        };
        let total: u32 = shares.iter().map(|share| share.hundredths()).sum();
        let off = total.cast_signed() - Percent::WHOLE.hundredths().cast_signed();
        let number = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        match off {
            0 => None,
            1.. => Some(format!("Planned % is {}. Take {} away to save.", number(total), number(off.unsigned_abs()))),
            _ => Some(format!("Planned % is {}. Add {} to save.", number(total), number(off.unsigned_abs()))),
        }
    }

    /// Whether the desk can't be saved: a planned % or a border as typed is wrong, which stands beside it.
    pub fn is_blocked(self) -> bool {
        let typed = self.typed.read();
        let mut borders = typed.iter().enumerate().filter_map(|(border, text)| Some((border, text.as_ref()?)));
        self.planned_problem().is_some() || borders.any(|(border, text)| self.border_problem(border, text).is_some())
    }

    /// The smallest step of a border, in hundredths: a whole unit where all values are whole.
    pub fn step(self) -> i64 {
        let distinct = self.distinct.read_untracked();
        if distinct.values().iter().all(|(value, _)| value.hundredths() % 100 == 0) { 100 } else { 1 }
    }

    /// Moves a border as far as its neighbours allow.
    pub fn move_border(self, index: usize, to: Score) {
        let step = untrack(|| self.step());
        let moved = self.borders.read_untracked().moved(index, to, step);
        if *self.borders.read_untracked() != moved {
            self.borders.set(moved);
        }
    }

    /// Puts a border exactly there, or as near as its neighbours allow.
    pub fn put_border(self, index: usize, at: Score) {
        self.borders.update(|borders| *borders = borders.moved(index, at, 1));
    }

    /// Why a text can't be a border's value, if it can't.
    pub fn border_problem(self, border: usize, text: &str) -> Option<String> {
        let value = match typed::<Score>(text) {
            Ok(value) => value,
            Err(error) => return Some(format!("{error}.")),
        };
        let borders = self.borders.read();
        let (low, high) = borders.room(border, 1);
        if value < low {
            let name = self.label(Class(border as u8));
            return Some(match border.checked_sub(1) {
                Some(below) => {
                    let begins = borders.values().get(below).map_or_else(String::new, Score::to_string);
                    format!("Must be above {begins}, where {name} begins.")
                }
                None => "This number is too small.".to_owned(),
            });
        }
        (value > high).then(|| {
            let name = self.label(Class(border as u8 + 2));
            match borders.values().get(border + 1) {
                Some(above) => format!("Must be below {above}, where {name} begins."),
                None => "This number is too large.".to_owned(),
            }
        })
    }

    /// Fits the borders to the plan, or in another way; says what ties made unreachable.
    pub fn fit(self, method: Method) -> Option<Note> {
        let planned = untrack(|| self.planned_shares())?;
        match fit(method, &self.distinct.read_untracked(), &planned) {
            Ok(fitted) => {
                self.borders.set(fitted.borders);
                self.typed.update(|typed| typed.fill(None));
                self.ties(&fitted.ties).map(|text| Note { bad: false, text, at: self.borders.get_untracked() })
            }
            Err(error) => {
                let text = format!("Not fitted: {error}.");
                Some(Note { bad: true, text, at: self.borders.get_untracked() })
            }
        }
    }

    /// Which ties keep the shares from the plan.
    fn ties(self, ties: &[Tie]) -> Option<String> {
        let tie = ties.iter().max_by_key(|tie| tie.items)?;
        let (above, below) = (self.label(Class(tie.border as u8 + 1)), self.label(Class(tie.border as u8)));
        let more = if ties.len() > 1 { format!(" Ties hold {} borders up.", ties.len()) } else { String::new() };
        Some(format!(
            "{} items share {} and stay together, so {above} and {below} cannot come closer to plan.{more}",
            grouped(tie.items),
            tie.value
        ))
    }
}

/// Counts that follow the borders incrementally; split anew only when the items change.
fn live_tally(
    items: impl Fn() -> Vec<Entry> + Copy + Send + Sync + 'static,
    borders: RwSignal<Borders>,
) -> Memo<Tally> {
    let strata: StoredValue<Option<Strata>> = StoredValue::new(None);
    let split = Memo::new(move |before: Option<&u64>| {
        strata.set_value(Some(Strata::new(items(), &borders.read_untracked())));
        before.map_or(1, |count| count + 1)
    });
    Memo::new(move |_| {
        // Reading, not only tracking: a memo nobody reads isn't computed.
        split.get();
        let borders = borders.read();
        let mut tally = Tally::default();
        strata.update_value(|strata| {
            if let Some(strata) = strata {
                strata.set_borders(&borders);
                tally = *strata.tally();
            }
        });
        tally
    })
}
