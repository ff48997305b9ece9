//! What the grid shows and in which order: filter, sort, group, and the lines that result. The page lays out its rows
//! with it on every frame of a drag, the Excel export once.

use crate::approval::Status;
use crate::borders::{Borders, Class};
use crate::snapshot::{Columns, UNSCORED};
use serde::{Deserialize, Serialize};

/// Slots of classes in display order: highest first, then "no class".
const CLASS_SLOTS: usize = Class::MOST + 1;
const STATUSES: usize = 3;
const CELLS: usize = CLASS_SLOTS * STATUSES;

/// How rows are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// By proposed class, then status.
    #[default]
    ClassStatus,
    /// By status, then proposed class.
    StatusClass,
    /// Not at all.
    None,
}

impl Grouping {
    /// Every grouping, as offered.
    pub const ALL: [Self; 3] = [Self::ClassStatus, Self::StatusClass, Self::None];

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClassStatus => "class \u{203a} status",
            Self::StatusClass => "status \u{203a} class",
            Self::None => "none",
        }
    }
}

/// What rows are sorted by within their group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// Name of the contact.
    Name,
    /// External id.
    Id,
    /// Specialty.
    Specialty,
    /// Region.
    Region,
    /// Score.
    #[default]
    Score,
    /// Current class.
    Current,
    /// Override.
    Override,
    /// Status.
    Status,
}

/// A sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Highest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { key: SortKey::Score, descending: true }
    }
}

/// A set of classes, among them possibly "no class".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassSet(u16);

impl ClassSet {
    /// The class, or `None` for "no class", added or removed.
    #[must_use]
    pub const fn toggled(self, class: Option<Class>) -> Self {
        Self(self.0 ^ (1 << slot(class)))
    }

    /// Whether it holds a class; the empty set stands for "no filter" and holds all.
    pub const fn holds(self, class: Option<Class>) -> bool {
        self.0 == 0 || self.0 & (1 << slot(class)) != 0
    }

    /// Whether nothing was chosen.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The parts of a filter that depend on where the borders are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveFilter {
    /// Proposed classes to show.
    pub classes: ClassSet,
    /// Only items whose proposed class (or override) differs from their current one.
    pub changed_only: bool,
}

const fn slot(class: Option<Class>) -> usize {
    match class {
        Some(class) => class.0 as usize,
        None => Class::MOST,
    }
}

/// One group of rows: a class and a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// `None`: no score, so no class.
    pub class: Option<Class>,
    /// The status.
    pub status: Status,
    /// Where its rows begin in the layout's order.
    pub start: u32,
    /// How many rows.
    pub items: u32,
}

/// One line of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A first-level header: index into [`Layout::sections`].
    Section(usize),
    /// A second-level header: section, group.
    Group(usize, usize),
    /// A row: section, group, and the item's index in the snapshot.
    Row(usize, usize, u32),
}

/// A first-level group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its class when grouped by class first.
    pub class: Option<Class>,
    /// Its status when grouped by status first.
    pub status: Option<Status>,
    /// How many items.
    pub items: u32,
    /// Line of its header.
    pub line: u32,
    /// Whether its groups are folded away.
    pub folded: bool,
    /// Its groups, each with the line of its header and whether it is folded.
    pub groups: Vec<(Group, u32, bool)>,
}

/// Which headers are folded: bit = class slot × 4 + status, status 3 for a whole class; and the same turned around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folds(u64, u64);

impl Folds {
    /// A section (`group` none) or a group, folded or unfolded.
    #[must_use]
    pub fn toggled(self, section: &Section, group: Option<&Group>) -> Self {
        let mut out = self;
        match group {
            Some(group) => out.0 ^= 1 << (slot(group.class) * 4 + group.status.index()),
            None => match section.status {
                Some(status) => out.1 ^= 1 << status.index(),
                None => out.0 ^= 1 << (slot(section.class) * 4 + 3),
            },
        }
        out
    }

    fn group(self, cell: usize) -> bool {
        self.0 & (1 << (cell / STATUSES * 4 + cell % STATUSES)) != 0
    }

    fn section(self, class: usize, status: Option<usize>) -> bool {
        status.map_or(self.0 & (1 << (class * 4 + 3)) != 0, |s| self.1 & (1 << s) != 0)
    }
}

/// Rows in their groups, and the lines they make. Kept and refilled, so that a drag allocates next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Item indexes, group after group.
    pub order: Vec<u32>,
    /// First-level groups; a single one without headers when not grouped.
    pub sections: Vec<Section>,
    /// How many items are shown.
    pub items: u32,
    lines: u32,
    grouped: bool,
    cells: Vec<u8>,
}

impl Layout {
    /// Lays out the items of `sorted` (filtered by everything that doesn't depend on borders, in sort order) under
    /// `borders`. `borders` none: nothing is proposed yet, every item is without a class.
    pub fn fill(
        &mut self,
        columns: &Columns,
        sorted: &[u32],
        borders: Option<&Borders>,
        live: LiveFilter,
        grouping: Grouping,
        folds: Folds,
    ) {
        let mut counts = [0u32; CELLS];
        self.cells.clear();
        self.cells.reserve(sorted.len());
        for index in sorted.iter().map(|i| *i as usize) {
            let score = columns.scores[index];
            let proposed = if score == UNSCORED {
                None
            } else {
                borders.and_then(|b| columns.score(index).map(|s| b.class_of(s)))
            };
            let shown = live.classes.holds(proposed)
                && (!live.changed_only || changed(columns.current(index), columns.overridden(index).or(proposed)));
            let cell = if shown { slot(proposed) * STATUSES + columns.status(index).index() } else { CELLS };
            self.cells.push(cell as u8);
            if shown {
                counts[cell] += 1;
            }
        }
        self.items = counts.iter().sum();
        self.order.clear();
        self.order.resize(self.items as usize, 0);
        self.grouped = grouping != Grouping::None;
        let cells = display_order(grouping);
        let mut starts = [0u32; CELLS];
        let mut start = 0;
        for cell in &cells {
            starts[*cell] = start;
            start += counts[*cell];
        }
        let mut next = starts;
        let mut flat = 0;
        for (item, cell) in sorted.iter().zip(&self.cells) {
            let cell = usize::from(*cell);
            if cell == CELLS {
                continue;
            }
            let at = if self.grouped { &mut next[cell] } else { &mut flat };
            self.order[*at as usize] = *item;
            *at += 1;
        }
        self.sections.clear();
        self.number(&cells, &counts, &starts, grouping, folds);
    }

    /// Gives every header its line.
    fn number(
        &mut self,
        cells: &[usize],
        counts: &[u32; CELLS],
        starts: &[u32; CELLS],
        grouping: Grouping,
        folds: Folds,
    ) {
        self.lines = 0;
        if !self.grouped {
            let all = Group { class: None, status: Status::InProgress, start: 0, items: self.items };
            let groups = vec![(all, 0, false)];
            self.sections.push(Section {
                class: None,
                status: None,
                items: self.items,
                line: 0,
                folded: false,
                groups,
            });
            self.lines = self.items;
            return;
        }
        let by_status = grouping == Grouping::StatusClass;
        let per_section = if by_status { CLASS_SLOTS } else { STATUSES };
        for cells in cells.chunks(per_section) {
            let items = cells.iter().map(|cell| counts[*cell]).sum();
            if items == 0 {
                continue;
            }
            let (class, status) = (cells[0] / STATUSES, cells[0] % STATUSES);
            let folded = folds.section(class, by_status.then_some(status));
            let line = self.lines;
            self.lines += 1;
            let mut groups = Vec::with_capacity(per_section);
            for cell in cells.iter().filter(|cell| counts[**cell] > 0) {
                let group = Group {
                    class: class_at(cell / STATUSES),
                    status: Status::ALL[cell % STATUSES],
                    start: starts[*cell],
                    items: counts[*cell],
                };
                let closed = folds.group(*cell);
                groups.push((group, self.lines, closed));
                if !folded {
                    self.lines += 1 + if closed { 0 } else { group.items };
                }
            }
            self.sections.push(Section {
                class: if by_status { None } else { class_at(class) },
                status: by_status.then(|| Status::ALL[status]),
                items,
                line,
                folded,
                groups,
            });
        }
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
        if !self.grouped {
            return Some(Line::Row(s, 0, self.order[at as usize]));
        }
        if at == section.line {
            return Some(Line::Section(s));
        }
        let g = section.groups.partition_point(|(_, line, _)| *line <= at).checked_sub(1)?;
        let (group, line, _) = &section.groups[g];
        Some(match at - line {
            0 => Line::Group(s, g),
            row => Line::Row(s, g, self.order[(group.start + row - 1) as usize]),
        })
    }

    /// Item indexes of a group.
    pub fn rows(&self, group: &Group) -> &[u32] {
        &self.order[group.start as usize..(group.start + group.items) as usize]
    }
}

/// Whether a class would change: a first class is a change too, staying without one is not.
pub fn changed(current: Option<Class>, next: Option<Class>) -> bool {
    next.is_some() && next != current
}

fn class_at(slot: usize) -> Option<Class> {
    (slot < Class::MOST).then_some(Class(slot as u8))
}

/// All cells (class slot × statuses + status) in the order they are shown.
fn display_order(grouping: Grouping) -> Vec<usize> {
    let classes = || (0..Class::MOST).rev().chain([Class::MOST]);
    match grouping {
        Grouping::StatusClass => (0..STATUSES).flat_map(|s| classes().map(move |c| c * STATUSES + s)).collect(),
        _ => classes().flat_map(|c| (0..STATUSES).map(move |s| c * STATUSES + s)).collect(),
    }
}

/// Sorts item indexes by what the columns hold. `None` for keys that need texts only the server has.
pub fn sorted(columns: &Columns, mut items: Vec<u32>, sort: Sort) -> Option<Vec<u32>> {
    let key: fn(&Columns, usize) -> i64 = match sort.key {
        SortKey::Name | SortKey::Id | SortKey::Specialty => return None,
        SortKey::Region => |c, i| i64::from(c.regions[i]),
        SortKey::Score => |c, i| c.scores[i],
        SortKey::Current => |c, i| c.current(i).map_or(-1, |class| i64::from(class.0)),
        SortKey::Override => |c, i| c.overridden(i).map_or(-1, |class| i64::from(class.0)),
        SortKey::Status => |c, i| c.status(i) as i64,
    };
    if sort.descending {
        items.sort_by_key(|i| (std::cmp::Reverse(key(columns, *i as usize)), *i));
    } else {
        items.sort_by_key(|i| (key(columns, *i as usize), *i));
    }
    Some(items)
}
