//! An item of a cycle: one contact with its score, its classes and the decision on it; and what becomes of it when
//! scores arrive, approval begins or a cycle is reset. What somebody may decide about it is in [`super::approval`].

use super::approval::Status;
use crate::base::number::Score;
use crate::borders::{Borders, Class};
use serde::{Deserialize, Serialize};

/// A regional manager's class for an item, with the reason given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The class instead of the proposed one.
    pub class: Class,
    /// Why.
    pub reason: String,
}

/// One contact in a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The score it is, or was, decided by.
    pub score: Option<Score>,
    /// The newest score known; differs from `score` on decided items only.
    pub latest_score: Option<Score>,
    /// The general classification when it joined.
    pub current: Option<Class>,
    /// By the frozen borders.
    pub proposed: Option<Class>,
    /// By a regional manager.
    pub overridden: Option<Override>,
    /// The override of an earlier round, offered again.
    pub suggested: Option<Override>,
    /// In progress, accepted or rejected.
    pub status: Status,
    /// Why it was rejected.
    pub decision_reason: Option<String>,
}

impl Item {
    /// An item that has just joined.
    pub fn joining(score: Option<Score>, current: Option<Class>, frozen: Option<&Borders>) -> Self {
        Self { score, latest_score: score, current, proposed: propose(score, frozen), ..Self::default() }
    }

    /// Override, else proposed.
    pub fn final_class(&self) -> Option<Class> {
        self.overridden.as_ref().map(|o| o.class).or(self.proposed)
    }

    /// Whether a newer score arrived after it was decided.
    pub fn score_changed_since(&self) -> bool {
        self.score != self.latest_score
    }

    /// With a new score: an item in progress gets a new proposed class, a decided one keeps its decision.
    #[must_use]
    pub fn rescored(mut self, latest: Option<Score>, frozen: Option<&Borders>) -> Self {
        self.latest_score = latest;
        if self.status == Status::InProgress {
            self.score = latest;
            self.proposed = propose(latest, frozen);
        }
        self
    }

    /// As every item is when approval begins.
    #[must_use]
    pub fn enabled(mut self, frozen: &Borders) -> Self {
        self.status = Status::InProgress;
        self.score = self.latest_score;
        self.proposed = propose(self.score, Some(frozen));
        self
    }

    /// As every item is after a Reset: undecided, its override offered again as a suggestion.
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.suggested = self.overridden.take().or(self.suggested);
        Self { status: Status::InProgress, score: self.latest_score, proposed: None, decision_reason: None, ..self }
    }

    /// Back to undecided, under the frozen borders and the newest score.
    #[must_use]
    pub(super) fn undecided(mut self, frozen: &Borders) -> Self {
        self.decision_reason = None;
        self.enabled(frozen)
    }
}

fn propose(score: Option<Score>, frozen: Option<&Borders>) -> Option<Class> {
    Some(frozen?.class_of(score?))
}
