//! The headers of a layout, held against its lines.

use cutline_domain::table::layout::{Folds, Layout, Line};
use proptest::prelude::*;

/// Asked of every line: which header it stands under, what is folded, and how many headers stand before it.
pub(crate) fn check_headers(layout: &Layout) -> Result<(), TestCaseError> {
    let (mut section, mut group, mut before) = (None, None, (0, 0));
    for at in 0..layout.lines() {
        prop_assert_eq!(layout.headers_before(at), before);
        let toggled = layout.toggled(&Folds::default(), at);
        match layout.line(at).unwrap() {
            Line::Section(s) => {
                prop_assert_eq!((layout.header_of(at), layout.is_folded(at)), (None, Some(layout.sections[s].folded)));
                let slot = layout.sections[s].slot;
                prop_assert_eq!(toggled, Some(Folds::default().toggled(layout.levels, slot, None)));
                (section, before) = (Some(at), (before.0 + 1, before.1));
            }
            Line::Group(s, g) => {
                let (of, inner) = (&layout.sections[s], layout.sections[s].groups[g]);
                prop_assert_eq!((layout.header_of(at), layout.is_folded(at)), (section, Some(inner.folded)));
                prop_assert_eq!(toggled, Some(Folds::default().toggled(layout.levels, of.slot, Some(inner.slot))));
                (group, before) = (Some(at), (before.0, before.1 + 1));
            }
            Line::Row(..) => {
                prop_assert_eq!((layout.header_of(at), layout.is_folded(at), toggled), (group, None, None));
            }
        }
    }
    prop_assert_eq!(layout.headers_before(layout.lines()), before);
    Ok(())
}
