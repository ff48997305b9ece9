//! What was drawn before: undo and redo. A step is what stands when the hand rests, so that a drag is one step and so is a
//! number typed digit by digit.

use super::desk::Desk;
use cutline_domain::Borders;
use leptos::prelude::*;
use std::time::Duration;

/// How long the hand rests before what is drawn is a step of its own.
const REST: Duration = Duration::from_millis(350);
/// Steps that are kept.
const STEPS: usize = 200;

/// Borders and plan as they are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The borders.
    pub borders: Borders,
    /// The planned shares as typed, lowest class first.
    pub planned: Vec<String>,
}

/// The steps, and which of them is on the desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    all: Vec<Drawn>,
    at: usize,
}

impl Steps {
    /// Whether there is something before.
    pub fn can_undo(&self) -> bool {
        self.at > 0
    }

    /// Whether something was taken back.
    pub fn can_redo(&self) -> bool {
        self.at + 1 < self.all.len()
    }

    /// Keeps what is drawn as the last step; what was taken back is given up.
    fn keep(&mut self, drawn: Drawn) {
        if self.all.get(self.at) == Some(&drawn) {
            return;
        }
        self.all.truncate(self.at + 1);
        self.all.push(drawn);
        if self.all.len() > STEPS {
            self.all.remove(0);
        }
        self.at = self.all.len() - 1;
    }

    fn go(&mut self, to: usize) -> Option<Drawn> {
        let drawn = self.all.get(to).cloned()?;
        self.at = to;
        Some(drawn)
    }
}

impl Desk {
    /// What is drawn now.
    pub fn drawn(self) -> Drawn {
        Drawn { borders: self.borders.get(), planned: self.planned.get() }
    }

    /// Puts something on the desk, in place of what is drawn.
    pub fn put(self, drawn: Drawn) {
        self.borders.set(drawn.borders);
        self.planned.set(drawn.planned);
        self.typed.update(|typed| typed.fill(None));
    }

    /// Begins anew: what is drawn now is what everything starts from.
    pub fn begin(self) {
        let drawn = untrack(|| self.drawn());
        self.steps.set(Steps { all: vec![drawn], at: 0 });
    }

    /// Keeps steps while the page lives.
    pub(super) fn keep_steps(self) {
        let asked = StoredValue::new(0u32);
        Effect::new(move |_| {
            let drawn = self.drawn();
            let ticket = asked.get_value() + 1;
            asked.set_value(ticket);
            let rested = move || {
                // The page may have been left meanwhile.
                if asked.try_get_value() == Some(ticket) {
                    self.steps.update(|steps| steps.keep(drawn));
                }
            };
            set_timeout(rested, REST);
        });
    }

    /// Takes the last step back.
    pub fn undo(self) {
        let now = untrack(|| self.drawn());
        let before = self.steps.try_update(|steps| {
            steps.keep(now);
            steps.at.checked_sub(1).and_then(|to| steps.go(to))
        });
        before.flatten().into_iter().for_each(|drawn| self.put(drawn));
    }

    /// Takes the last undo back.
    pub fn redo(self) {
        let next = self.steps.try_update(|steps| steps.go(steps.at + 1));
        next.flatten().into_iter().for_each(|drawn| self.put(drawn));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_domain::Score;

    fn drawn(border: i64) -> Drawn {
        Drawn { borders: Borders::new(vec![Score::whole(border)]).unwrap(), planned: Vec::new() }
    }

    #[test]
    fn what_was_taken_back_is_given_up_by_the_next_step() {
        let mut steps = Steps::default();
        for border in [1, 2, 2, 3] {
            steps.keep(drawn(border));
        }
        assert_eq!((steps.all.len(), steps.can_undo(), steps.can_redo()), (3, true, false));
        assert_eq!(steps.go(steps.at - 1), Some(drawn(2)));
        assert!(steps.can_redo());
        steps.keep(drawn(9));
        assert_eq!(steps.all, [drawn(1), drawn(2), drawn(9)]);
        assert_eq!(steps.go(3), None);
        assert_eq!(steps.at, 2, "there is nothing to go to");
    }

    #[test]
    fn the_oldest_steps_are_forgotten_first() {
        let mut steps = Steps::default();
        (0..=STEPS as i64).for_each(|border| steps.keep(drawn(border)));
        assert_eq!((steps.all.len(), steps.at), (STEPS, STEPS - 1));
        assert_eq!((steps.all.first(), steps.all.last()), (Some(&drawn(1)), Some(&drawn(STEPS as i64))));
    }
}
