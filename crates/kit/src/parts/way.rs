//! Which way a class goes, the same everywhere.

use cutline_domain::Class;
use std::cmp::Ordering;

/// Which way a class goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To a higher one.
    Up,
    /// To a lower one.
    Down,
    /// Neither: it stays, or one of both isn't there.
    Same,
}

impl Way {
    /// The way from a class, or none, to another.
    pub fn of(from: Option<Class>, to: Option<Class>) -> Self {
        match from.zip(to).map(|(from, to)| to.cmp(&from)) {
            Some(Ordering::Greater) => Self::Up,
            Some(Ordering::Less) => Self::Down,
            Some(Ordering::Equal) | None => Self::Same,
        }
    }

    /// Its word in style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Same => "same",
        }
    }

    /// Its arrow; none for what goes neither way.
    pub const fn icon(self) -> Option<&'static str> {
        match self {
            Self::Up => Some("arrow-up"),
            Self::Down => Some("arrow-down"),
            Self::Same => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_class_on_both_sides_nothing_goes_up_or_down() {
        let (low, high) = (Some(Class(0)), Some(Class(2)));
        assert_eq!([Way::of(low, high), Way::of(high, low), Way::of(high, high)], [Way::Up, Way::Down, Way::Same]);
        assert_eq!([Way::of(None, high), Way::of(low, None), Way::of(None, None)], [Way::Same; 3]);
    }
}
