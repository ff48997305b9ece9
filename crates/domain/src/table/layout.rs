//! The lines of a table: rows in their groups, under headers that fold. A page lays out its rows with it on every frame
//! of a drag, an export once. What the groups mean is the feature's.

use super::cells::Cells;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// How rows fall into groups: none, one level of headers, or two.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    sections: u16,
    groups: u16,
    key: fn(u16, Option<u16>) -> u32,
}

impl Levels {
    /// No headers: rows only.
    pub const FLAT: Self = Self { sections: 0, groups: 0, key: |_, _| 0 };

    /// One level with as many headers. `key` names a header's fold, so that groupings may share folds or not.
    pub const fn one(sections: u16, key: fn(u16, Option<u16>) -> u32) -> Self {
        Self { sections, groups: 0, key }
    }

    /// Two levels: each of the first holds the same slots of the second. `key`: as for [`Levels::one`]; the second slot
    /// is absent for a header of the first level.
    pub const fn two(sections: u16, groups: u16, key: fn(u16, Option<u16>) -> u32) -> Self {
        Self { sections, groups, key }
    }

    /// The cell of a slot of the first level (and one of the second); slots count in the order in which they are shown.
    pub const fn cell(self, section: u16, group: u16) -> u32 {
        section as u32 * self.per_section() + group as u32
    }

    /// Whether there are no headers.
    pub const fn is_flat(self) -> bool {
        self.sections == 0
    }

    const fn per_section(self) -> u32 {
        if self.groups == 0 { 1 } else { self.groups as u32 }
    }

    const fn cells(self) -> usize {
        if self.sections == 0 { 1 } else { self.sections as usize * self.per_section() as usize }
    }
}

/// Which headers are folded, by the keys of their [`Levels`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds(BTreeSet<u32>);

impl Folds {
    /// With a header of these levels folded, or unfolded if it was.
    #[must_use]
    pub fn toggled(&self, levels: Levels, section: u16, group: Option<u16>) -> Self {
        let key = (levels.key)(section, group);
        let mut out = self.clone();
        if !out.0.remove(&key) {
            out.0.insert(key);
        }
        out
    }

    fn holds(&self, levels: Levels, section: u16, group: Option<u16>) -> bool {
        self.0.contains(&(levels.key)(section, group))
    }
}

/// A second-level group of rows; without a second level, all of its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which, in display order; 0 without a second level.
    pub slot: u16,
    /// Its cell.
    pub cell: u32,
    /// How many rows.
    pub items: u32,
    /// The line before its first row: its header's, or its section's.
    pub line: u32,
    /// Whether its rows are folded away.
    pub folded: bool,
}

/// A first-level group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which, in display order.
    pub slot: u16,
    /// How many rows.
    pub items: u32,
    /// Line of its header.
    pub line: u32,
    /// Whether what it holds is folded away.
    pub folded: bool,
    /// Its groups that hold rows.
    pub groups: Vec<Group>,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A first-level header: index into [`Layout::sections`].
    Section(usize),
    /// A second-level header: section, group.
    Group(usize, usize),
    /// A row: section, group, and its position in the feature's columns.
    Row(usize, usize, u32),
}

/// Rows in their groups, and the lines they make. Kept and refilled, so that a drag allocates next to nothing.
#[derive(Clone, Debug)]
pub struct Layout {
    /// First-level groups that hold rows; a single one without a header when flat.
    pub sections: Vec<Section>,
    /// How many rows are shown, folded or not.
    pub items: u32,
    /// How they are grouped.
    pub levels: Levels,
    /// Positions of the rows, in their order.
    order: Arc<Vec<u32>>,
    /// The cell of each place in that order.
    cells: Cells,
    lines: u32,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            sections: Vec::new(),
            items: 0,
            levels: Levels::FLAT,
            order: Arc::default(),
            cells: Cells::default(),
            lines: 0,
        }
    }
}

impl Layout {
    /// Lays out rows that stand in `order`: each in the cell that `cell_of` gives it (see [`Levels::cell`]; always 0
    /// when flat), or nowhere.
    pub fn fill(
        &mut self,
        order: &Arc<Vec<u32>>,
        mut cell_of: impl FnMut(u32) -> Option<u32>,
        levels: Levels,
        folds: &Folds,
    ) {
        self.levels = levels;
        self.order = Arc::clone(order);
        self.cells.fill(order.len(), levels.cells(), |place| cell_of(order[place]));
        self.number(folds);
    }

    /// Asks for the cells of some places of the order again: those whose rows may have left theirs since. The others stay.
    pub fn follow(
        &mut self,
        places: impl Iterator<Item = u32>,
        mut cell_of: impl FnMut(u32) -> Option<u32>,
        folds: &Folds,
    ) {
        for place in places {
            let place = place as usize;
            self.cells.put(place, cell_of(self.order[place]));
        }
        self.number(folds);
    }

    /// Gives every header its line.
    fn number(&mut self, folds: &Folds) {
        let levels = self.levels;
        self.sections.clear();
        self.lines = 0;
        self.items = (0..levels.cells() as u32).map(|cell| self.cells.total(cell)).sum();
        if self.is_flat() {
            let all = Group { slot: 0, cell: 0, items: self.items, line: 0, folded: false };
            self.sections.push(Section { slot: 0, items: self.items, line: 0, folded: false, groups: vec![all] });
            self.lines = self.items;
            return;
        }
        for slot in 0..levels.sections {
            let first = levels.cell(slot, 0);
            let cells = first..first + levels.per_section();
            let items = cells.clone().map(|cell| self.cells.total(cell)).sum();
            if items == 0 {
                continue;
            }
            let folded = folds.holds(levels, slot, None);
            let line = self.lines;
            self.lines += 1;
            let mut groups = Vec::new();
            for cell in cells {
                let items = self.cells.total(cell);
                if items == 0 {
                    continue;
                }
                let inner = (cell - first) as u16;
                let mut group = Group { slot: inner, cell, items, line: self.lines, folded: false };
                if levels.groups == 0 {
                    group.line = line;
                    group.folded = folded;
                } else {
                    group.folded = folds.holds(levels, slot, Some(inner));
                    self.lines += u32::from(!folded);
                }
                groups.push(group);
                if !folded && !group.folded {
                    self.lines += items;
                }
            }
            self.sections.push(Section { slot, items, line, folded, groups });
        }
    }

    /// Whether there are no headers.
    pub fn is_flat(&self) -> bool {
        self.levels.is_flat()
    }

    /// How many lines: headers and rows.
    pub fn lines(&self) -> u32 {
        self.lines
    }

    /// The line at a position.
    pub fn line(&self, at: u32) -> Option<Line> {
        if at >= self.lines {
            return None;
        }
        let s = self.sections.partition_point(|section| section.line <= at).checked_sub(1)?;
        let section = &self.sections[s];
        if self.is_flat() {
            return Some(Line::Row(s, 0, self.row(&section.groups[0], at)?));
        }
        if at == section.line {
            return Some(Line::Section(s));
        }
        let g = section.groups.partition_point(|group| group.line <= at).checked_sub(1)?;
        let group = &section.groups[g];
        Some(match at - group.line {
            0 => Line::Group(s, g),
            row => Line::Row(s, g, self.row(group, row - 1)?),
        })
    }

    /// The row that is the `nth` of a group.
    fn row(&self, group: &Group, nth: u32) -> Option<u32> {
        self.cells.places(group.cell, nth).next().map(|place| self.order[place])
    }

    /// The rows on some lines, each with its line. Costs what it gives, so that a walk through all lines is one through all rows.
    pub fn rows_on(&self, lines: Range<u32>) -> impl Iterator<Item = (u32, u32)> {
        let groups = self.sections.iter().filter(|section| !section.folded).flat_map(|section| &section.groups);
        groups.filter(|group| !group.folded).flat_map(move |group| {
            let first = group.line + u32::from(!self.is_flat());
            let from = lines.start.saturating_sub(first).min(group.items);
            let to = lines.end.saturating_sub(first).clamp(from, group.items);
            let places = self.cells.places(group.cell, from).take((to - from) as usize);
            (first + from..).zip(places.map(|place| self.order[place]))
        })
    }

    /// Positions of all rows shown, folded or not, group after group.
    pub fn shown(&self) -> Vec<u32> {
        let mut shown = self.cells.shown();
        for place in &mut shown {
            *place = self.order[*place as usize];
        }
        shown
    }

    /// The line of the header above a line, if there is one.
    pub fn header_of(&self, at: u32) -> Option<u32> {
        match self.line(at)? {
            Line::Section(_) => None,
            Line::Group(section, _) => Some(self.sections[section].line),
            Line::Row(..) if self.is_flat() => None,
            Line::Row(section, group, _) => Some(self.sections[section].groups[group].line),
        }
    }

    /// Whether the header on a line is folded; nothing for a row.
    pub fn is_folded(&self, at: u32) -> Option<bool> {
        match self.line(at)? {
            Line::Section(section) => Some(self.sections[section].folded),
            Line::Group(section, group) => Some(self.sections[section].groups[group].folded),
            Line::Row(..) => None,
        }
    }

    /// Folds with the header on a line turned around; nothing for a row.
    pub fn toggled(&self, folds: &Folds, at: u32) -> Option<Folds> {
        let (section, group) = match self.line(at)? {
            Line::Section(section) => (&self.sections[section], None),
            Line::Group(section, group) => {
                let section = &self.sections[section];
                (section, Some(section.groups[group].slot))
            }
            Line::Row(..) => return None,
        };
        Some(folds.toggled(self.levels, section.slot, group))
    }

    /// Headers before a line: of the first level, and of the second.
    pub fn headers_before(&self, at: u32) -> (u32, u32) {
        if self.is_flat() {
            return (0, 0);
        }
        let sections = self.sections.partition_point(|section| section.line < at);
        let open = self.sections[..sections].iter().filter(|section| !section.folded && self.levels.groups > 0);
        let groups = open.flat_map(|section| &section.groups).filter(|group| group.line < at).count();
        (sections as u32, groups as u32)
    }
}
