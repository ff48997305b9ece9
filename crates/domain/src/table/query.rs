//! How a table is asked to be shown, as far as that is the same for all of them.

use serde::{Deserialize, Serialize};

/// A sort order; `K` names what a table can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort<K> {
    /// By what.
    pub key: K,
    /// Highest first.
    pub descending: bool,
}

impl<K: Copy + PartialEq> Sort<K> {
    /// What a click on a column's header asks for: turned around where it sorts already, else `first_down` or up.
    #[must_use]
    pub fn clicked(self, key: K, first_down: bool) -> Self {
        Self { key, descending: if self.key == key { !self.descending } else { first_down } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_around() {
        let up = Sort { key: 'a', descending: false };
        assert_eq!(up.clicked('a', false), Sort { key: 'a', descending: true });
        assert_eq!(up.clicked('b', true), Sort { key: 'b', descending: true });
        assert_eq!(up.clicked('b', true).clicked('b', true), Sort { key: 'b', descending: false });
    }
}
