//! Where lines lie in the grid's canvas. Heights are those of style/pages/planner-grid.css.

use cutline_domain::layout::{Layout, Line};

/// Height of a first-level header, in pixels.
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

/// Headers that come before line `at`: sections and groups.
fn headers_before(layout: &Layout, at: u32) -> (u32, u32) {
    if layout.lines() == layout.items {
        return (0, 0);
    }
    let sections = layout.sections.partition_point(|section| section.line < at);
    let groups = layout.sections[..sections]
        .iter()
        .filter(|section| !section.folded)
        .flat_map(|section| &section.groups)
        .filter(|(_, line, _)| *line < at)
        .count();
    (sections as u32, groups as u32)
}

/// Top of line `at`; of the line after the last, the height of everything.
pub fn top(layout: &Layout, at: u32) -> u32 {
    let (sections, groups) = headers_before(layout, at);
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
    use cutline_domain::layout::{Folds, Grouping, LiveFilter};
    use cutline_domain::snapshot::{Columns, Row};
    use cutline_domain::{Borders, Score, Status};

    fn layout(grouping: Grouping, folded: bool) -> Layout {
        let row = |seq: u32| Row {
            seq,
            score: Some(Score::whole(i64::from(seq))),
            region: 0,
            current: None,
            overridden: None,
            status: Status::ALL[seq as usize % 3],
            score_changed: false,
            suggested: false,
        };
        let columns: Columns = (0..40).map(row).collect();
        let borders = Borders::new(vec![Score::whole(10), Score::whole(25)]).ok();
        let order: Vec<u32> = (0..40).collect();
        let mut layout = Layout::default();
        let live = LiveFilter::default();
        layout.fill(&columns, &order, borders.as_ref(), live, grouping, Folds::default());
        if folded {
            let folds = Folds::default().toggled(&layout.sections[0], None);
            layout.fill(&columns, &order, borders.as_ref(), live, grouping, folds);
        }
        layout
    }

    #[test]
    fn tops_add_up_line_by_line_and_lead_back() {
        for grouping in Grouping::ALL {
            for folded in [false, grouping != Grouping::None] {
                let layout = layout(grouping, folded);
                let mut y = 0;
                for at in 0..layout.lines() {
                    assert_eq!(top(&layout, at), y, "{grouping:?} line {at}");
                    assert_eq!(line_at(&layout, y), at);
                    y += layout.line(at).map_or(0, height);
                    assert_eq!(line_at(&layout, y - 1), at);
                }
                assert_eq!(top(&layout, layout.lines()), y);
            }
        }
    }
}
