//! Which class is which, from one version of a definition to the next.

use super::ClassScheme;
use crate::base::ids::ClassId;

impl ClassScheme {
    /// The same classes, where a new one takes the place of one that had its label: whoever leaves a class out and comes back to
    /// it, or sends no ids, means the same class. `known`: every class that the definition ever had, newest first.
    #[must_use]
    pub fn identified(mut self, known: &[(ClassId, String)]) -> Self {
        for at in 0..self.0.len() {
            if known.iter().any(|(id, _)| *id == self.0[at].id) {
                continue;
            }
            let is_free = |id: ClassId| self.0.iter().all(|class| class.id != id);
            let before = known.iter().find(|(id, label)| *label == self.0[at].label && is_free(*id));
            if let Some((id, _)) = before {
                self.0[at].id = *id;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::number::Percent;
    use crate::borders::classes::ClassSpec;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn spec(id: ClassId, label: &str, planned: u32) -> ClassSpec {
        let planned = Percent::from_hundredths(planned).unwrap();
        ClassSpec { id, label: label.into(), code: String::new(), colour: None, planned, calls_per_year: None }
    }

    /// What classes are called with numbers for ids, as the definition has had them.
    fn identified(classes: &[(u128, &str)], known: &[(u128, &str)]) -> Vec<u128> {
        let id = |number: u128| ClassId(uuid::Uuid::from_u128(number));
        let share = |at: usize| if at == 0 { 10_000 } else { 0 };
        let specs = classes.iter().enumerate().map(|(at, (number, label))| spec(id(*number), label, share(at)));
        let known: Vec<_> = known.iter().map(|(number, label)| (id(*number), (*label).to_owned())).collect();
        let scheme = ClassScheme::new(specs.collect()).unwrap().identified(&known);
        scheme.classes().iter().map(|class| class.id.0.as_u128()).collect()
    }

    #[test]
    fn a_renamed_class_stays_itself_and_a_new_one_of_an_old_label_is_the_old_one() {
        let known = [(1, "A"), (2, "B"), (9, "Top"), (3, "A")];
        assert_eq!(identified(&[(1, "Top"), (2, "B")], &known), [1, 2], "renamed");
        assert_eq!(identified(&[(2, "A"), (1, "B")], &known), [2, 1], "labels that were exchanged");
        assert_eq!(identified(&[(50, "B"), (51, "A")], &known), [2, 1], "no ids: by label, the newest of two");
        assert_eq!(identified(&[(50, "A"), (1, "Best")], &known), [3, 1], "what is taken isn't taken twice");
        assert_eq!(identified(&[(50, "C"), (51, "D")], &known), [50, 51], "new ones are new");
    }

    proptest! {
        #[test]
        fn no_two_classes_become_one_and_known_ones_stay(
            classes in proptest::collection::btree_map(0u128..8, 0u8..8, 1..=8),
            known in proptest::collection::vec((0u128..6, 0u8..8), 0..12),
        ) {
            const LABELS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];
            let mut seen = BTreeSet::new();
            let classes: Vec<_> = classes.into_iter().filter(|(_, label)| seen.insert(*label)).map(|(id, label)| (id, LABELS[usize::from(label)])).collect();
            let known: Vec<_> = known.into_iter().map(|(id, label)| (id, LABELS[usize::from(label)])).collect();
            let ids = identified(&classes, &known);
            let distinct: BTreeSet<_> = ids.iter().collect();
            prop_assert_eq!(distinct.len(), classes.len(), "{:?}", ids);
            for ((was, label), is) in classes.iter().zip(&ids) {
                let stays = was == is;
                prop_assert!(stays || !known.iter().any(|(id, _)| id == was), "a known class is itself");
                prop_assert!(stays || known.contains(&(*is, *label)), "another id is that of its label");
            }
        }
    }
}
