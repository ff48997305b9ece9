//! Borders and the classes they cut: one model for scores, measures and revenue.

pub mod classes;
pub mod distribution;
pub mod fit;
pub mod histogram;

use crate::base::number::Score;
use serde::{Deserialize, Serialize};

/// A class of a scheme by its position; 0 is the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Class(pub u8);

impl Class {
    /// The most classes a scheme may have.
    pub const MOST: usize = 9;

    /// Position as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// k−1 strictly increasing values that cut k classes. Class i holds \[border i−1, border i): a value exactly on a
/// border belongs to the class above. The lowest class is open below, the highest open above.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Score>", into = "Vec<Score>")]
pub struct Borders(Vec<Score>);

/// Why values are not borders.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BordersError {
    /// A value is not above the one before it.
    #[error("each border must be above the one below it; {1} does not come after {0}")]
    NotIncreasing(Score, Score),
    /// More than eight borders.
    #[error("there are at most nine classes, so at most eight borders")]
    TooMany,
}

impl Borders {
    /// Parses values as borders.
    pub fn new(values: Vec<Score>) -> Result<Self, BordersError> {
        if values.len() >= Class::MOST {
            return Err(BordersError::TooMany);
        }
        match values.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(BordersError::NotIncreasing(pair[0], pair[1])),
            None => Ok(Self(values)),
        }
    }

    /// The values, lowest first.
    pub fn values(&self) -> &[Score] {
        &self.0
    }

    /// How many classes they cut.
    pub fn classes(&self) -> usize {
        self.0.len() + 1
    }

    /// The class a score falls in.
    pub fn class_of(&self, score: Score) -> Class {
        // Eight comparisons at most: counting beats branching on data the processor can't predict.
        Class(self.0.iter().map(|border| u8::from(*border <= score)).sum())
    }

    /// The lower limit of a class; `None` for the lowest, which is open below.
    pub fn lower_limit(&self, class: Class) -> Option<Score> {
        class.index().checked_sub(1).and_then(|i| self.0.get(i).copied())
    }

    /// The room border `index` has between its neighbours, both ends included, when it stays `step` hundredths away from
    /// them; where they are closer together than that, all there is.
    pub fn room(&self, index: usize, step: i64) -> (Score, Score) {
        let below = index.checked_sub(1).and_then(|i| self.0.get(i));
        let room = |step: i64| {
            let low = below.map_or(-Score::LIMIT, |below| below.hundredths() + step);
            let high = self.0.get(index + 1).map_or(Score::LIMIT, |above| above.hundredths() - step);
            (Score::from_hundredths(low), Score::from_hundredths(high))
        };
        Some(room(step)).filter(|(low, high)| low <= high).unwrap_or_else(|| room(1))
    }

    /// With border `index` moved as near to `value` as its neighbours allow, so that order always holds: no nearer to them
    /// than `step` hundredths where there is room for it.
    #[must_use]
    pub fn moved(&self, index: usize, value: Score, step: i64) -> Self {
        let (low, high) = self.room(index, step);
        let mut values = self.0.clone();
        if let Some(border) = values.get_mut(index) {
            *border = value.clamp(low, high);
        }
        Self(values)
    }
}

impl TryFrom<Vec<Score>> for Borders {
    type Error = BordersError;
    fn try_from(values: Vec<Score>) -> Result<Self, BordersError> {
        Self::new(values)
    }
}

impl From<Borders> for Vec<Score> {
    fn from(borders: Borders) -> Self {
        borders.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn borders() -> impl Strategy<Value = Borders> {
        proptest::collection::btree_set(-1000i64..1000, 0..8)
            .prop_map(|set| Borders::new(set.into_iter().map(Score::from_hundredths).collect()).unwrap())
    }

    #[test]
    fn a_value_on_a_border_is_in_the_class_above() {
        let borders = Borders::new([200, 500, 1000].map(Score::whole).to_vec()).unwrap();
        let class = |hundredths| borders.class_of(Score::from_hundredths(hundredths)).0;
        assert_eq!([class(19_999), class(20_000), class(50_000), class(99_999), class(100_000)], [0, 1, 2, 2, 3]);
    }

    #[test]
    fn borders_must_increase() {
        let twice = vec![Score::whole(1), Score::whole(1)];
        assert_eq!(Borders::new(twice), Err(BordersError::NotIncreasing(Score::whole(1), Score::whole(1))));
        assert_eq!(Borders::new((0..9).map(Score::whole).collect()), Err(BordersError::TooMany));
    }

    proptest! {
        #[test]
        fn classification_is_total_and_monotone(borders in borders(), a in -2000i64..2000, b in -2000i64..2000) {
            let (low, high) = (Score::from_hundredths(a.min(b)), Score::from_hundredths(a.max(b)));
            prop_assert!(borders.class_of(low) <= borders.class_of(high));
            prop_assert!(borders.class_of(high).index() < borders.classes());
        }

        #[test]
        fn a_class_starts_at_its_lower_limit(borders in borders()) {
            for class in (1..borders.classes()).map(|i| Class(i as u8)) {
                let limit = borders.lower_limit(class).unwrap();
                prop_assert_eq!(borders.class_of(limit), class);
                prop_assert!(borders.class_of(Score::from_hundredths(limit.hundredths() - 1)) < class);
            }
        }

        #[test]
        fn moving_a_border_keeps_the_order(borders in borders(), index in 0usize..8, to in -3000i64..3000) {
            prop_assume!(!borders.values().is_empty());
            let index = index % borders.values().len();
            let moved = borders.moved(index, Score::from_hundredths(to), 1);
            prop_assert_eq!(Borders::new(moved.values().to_vec()), Ok(moved));
        }

        #[test]
        fn a_moved_border_keeps_a_step_from_its_neighbours_where_there_is_room(
            borders in borders(), index in 0usize..8, to in -3000i64..3000, step in 1i64..300,
        ) {
            prop_assume!(!borders.values().is_empty());
            let index = index % borders.values().len();
            let moved = borders.moved(index, Score::from_hundredths(to), step);
            prop_assert_eq!(Borders::new(moved.values().to_vec()), Ok(moved.clone()));
            let at = |i: usize| moved.values()[i].hundredths();
            let below = index.checked_sub(1).map_or(-Score::LIMIT, at);
            let above = if index + 1 < moved.values().len() { at(index + 1) } else { Score::LIMIT };
            if above - below >= 2 * step {
                prop_assert!(at(index) - below >= step && above - at(index) >= step);
            }
        }
    }
}
