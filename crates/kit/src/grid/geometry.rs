//! Where lines lie in the grid's canvas. Heights are those of style/kit/grid.css.

use cutline_domain::table::layout::{Layout, Line};

/// Height of the column header, in pixels: what a scroll into view must leave free.
pub const HEAD: u32 = 30;
/// Height of a first-level header.
pub const SECTION: u32 = 34;
/// Height of a second-level header.
pub const GROUP: u32 = 30;
/// Height of a row.
pub const ROW: u32 = 31;

/// Height of a line.
pub const fn height(line: Line) -> u32 {
    match line {
        Line::Section(_) => SECTION,
        Line::Group(..) => GROUP,
        Line::Row(..) => ROW,
    }
}

/// Top of line `at`; of the line after the last, the height of everything.
pub fn top(layout: &Layout, at: u32) -> u32 {
    let (sections, groups) = layout.headers_before(at);
    sections * SECTION + groups * GROUP + (at - sections - groups) * ROW
}

/// The line at height `y`, the last one below the end.
pub fn line_at(layout: &Layout, y: u32) -> u32 {
    let (mut low, mut high) = (0, layout.lines());
    while low + 1 < high {
        let middle = low.midpoint(high);
        if top(layout, middle) <= y { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_domain::table::layout::{Folds, Levels};
    use std::sync::Arc;

    fn layout(levels: Levels, folded: bool) -> Layout {
        let order = Arc::new((0..40).collect());
        let cell = |row: u32| Some(if levels.is_flat() { 0 } else { levels.cell((row / 14) as u16, (row % 3) as u16) });
        let mut layout = Layout::default();
        layout.fill(&order, cell, levels, &Folds::default());
        if folded && let Some(folds) = layout.toggled(&Folds::default(), 0) {
            layout.fill(&order, cell, levels, &folds);
        }
        layout
    }

    #[test]
    fn tops_add_up_line_by_line_and_lead_back() {
        let two = Levels::two(4, 3, |section, group| u32::from(section) * 10 + group.map_or(9, u32::from));
        for levels in [Levels::FLAT, two] {
            for folded in [false, true] {
                let layout = layout(levels, folded);
                let mut y = 0;
                for at in 0..layout.lines() {
                    assert_eq!(top(&layout, at), y, "{levels:?} line {at}");
                    assert_eq!(line_at(&layout, y), at);
                    y += layout.line(at).map_or(0, height);
                    assert_eq!(line_at(&layout, y - 1), at);
                }
                assert_eq!(top(&layout, layout.lines()), y);
            }
        }
    }

    #[test]
    fn one_level_has_no_second_headers() {
        let one = Levels::one(3, |section, _| u32::from(section));
        let mut layout = Layout::default();
        layout.fill(&Arc::new(vec![0, 1, 2, 3]), |row| Some(one.cell((row / 2) as u16, 0)), one, &Folds::default());
        assert_eq!(top(&layout, layout.lines()), 2 * SECTION + 4 * ROW);
        assert_eq!(top(&layout, 3), SECTION + 2 * ROW);
    }
}
