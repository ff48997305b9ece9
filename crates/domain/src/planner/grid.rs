//! What the planner's grid shows: groups of class and status, filters, orders, and the counts beside them. The page
//! lays out its rows with it on every frame of a drag, the Excel export once, so that a file holds what the screen
//! showed.

use super::approval::{ItemCommand, Status};
use super::snapshot::{Columns, Row, UNSCORED};
use crate::base::ids::RegionId;
use crate::base::region::{Region, by_name, within};
use crate::borders::distribution::{Entry, Strata, Tally};
use crate::borders::{Borders, Class};
use crate::table::layout::Levels;
use crate::table::query;
use crate::table::selection::{given, signed, sorted};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Slots of classes in display order: highest first, then "no class".
const CLASSES: u16 = Class::MOST as u16 + 1;
const STATUSES: u16 = 3;

/// How rows are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
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

/// What a header is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// A proposed class; `None`: no score, so no class.
    Class(Option<Class>),
    /// A status.
    Status(Status),
}

impl Grouping {
    /// Every grouping, as offered.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClassStatus => "class \u{203a} status",
            Self::StatusClass => "status \u{203a} class",
            Self::None => "none",
        }
    }

    /// The levels of headers. A group of a class and a status is folded in both groupings or in none.
    pub fn levels(self) -> Levels {
        match self {
            Self::ClassStatus => Levels::two(CLASSES, STATUSES, |class, status| fold(Some(class), status)),
            Self::StatusClass => Levels::two(STATUSES, CLASSES, |status, class| fold(class, Some(status))),
            Self::None => Levels::FLAT,
        }
    }

    /// Where an item stands among the groups.
    pub fn cell(self, class: Option<Class>, status: Status) -> u32 {
        let (class, status) = (class_slot(class), status as u16);
        match self {
            Self::ClassStatus => self.levels().cell(class, status),
            Self::StatusClass => self.levels().cell(status, class),
            Self::None => 0,
        }
    }

    /// What the first-level header of a slot is about; nothing when not grouped.
    pub fn section(self, slot: u16) -> Option<Heading> {
        match self {
            Self::ClassStatus => Some(Heading::Class(class_at(slot))),
            Self::StatusClass => Status::ALL.get(usize::from(slot)).copied().map(Heading::Status),
            Self::None => None,
        }
    }

    /// What the second-level header of a slot is about; nothing when not grouped.
    pub fn group(self, slot: u16) -> Option<Heading> {
        match self {
            Self::ClassStatus => Self::StatusClass.section(slot),
            Self::StatusClass => Self::ClassStatus.section(slot),
            Self::None => None,
        }
    }
}

/// The name of a fold: of a class's header, of a status's, or of the group both make.
fn fold(class: Option<u16>, status: Option<u16>) -> u32 {
    u32::from(class.unwrap_or(CLASSES)) * u32::from(STATUSES + 1) + u32::from(status.unwrap_or(STATUSES))
}

fn class_slot(class: Option<Class>) -> u16 {
    class.map_or(CLASSES - 1, |class| CLASSES - 2 - u16::from(class.0))
}

fn class_at(slot: u16) -> Option<Class> {
    (CLASSES - 2).checked_sub(slot).map(|class| Class(class as u8))
}

/// What rows are sorted by within their group.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

impl SortKey {
    /// Whether only the server knows this order, because the columns don't hold the texts.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::Id | Self::Specialty)
    }

    /// As it stands in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A sort order of the planner's grid.
pub type Sort = query::Sort<SortKey>;

/// Highest score first: how the grid begins.
pub const HIGHEST_FIRST: Sort = Sort { key: SortKey::Score, descending: true };

/// A set of classes, among them possibly "no class".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassSet(u16);

impl ClassSet {
    /// Of one class, or of "no class".
    pub fn of(class: Option<Class>) -> Self {
        Self(1 << class_slot(class))
    }

    /// The class, or `None` for "no class", added or removed.
    #[must_use]
    pub fn toggled(self, class: Option<Class>) -> Self {
        Self(self.0 ^ (1 << class_slot(class)))
    }

    /// Whether it holds a class; the empty set stands for "no filter" and holds all.
    pub fn holds(self, class: Option<Class>) -> bool {
        self.0 == 0 || self.0 & (1 << class_slot(class)) != 0
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

/// What the grid shows, as the URL and the export carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridQuery {
    /// Part of a name or id.
    pub search: String,
    /// Regions, each with all below; empty for all.
    pub regions: Vec<RegionId>,
    /// Statuses; empty for all.
    pub statuses: Vec<Status>,
    /// Classes that items have now.
    #[serde(default)]
    pub current: ClassSet,
    /// What depends on the borders.
    pub live: LiveFilter,
    /// Order.
    pub sort: Sort,
    /// Groups.
    pub grouping: Grouping,
}

impl Default for GridQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            regions: Vec::new(),
            statuses: Vec::new(),
            current: ClassSet::default(),
            live: LiveFilter::default(),
            sort: HIGHEST_FIRST,
            grouping: Grouping::default(),
        }
    }
}

impl GridQuery {
    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        let part = !self.search.trim().is_empty() || !self.regions.is_empty() || !self.statuses.is_empty();
        part || !self.current.is_empty() || self.live != LiveFilter::default()
    }
}

/// Whether a class would change: a first class is a change too, staying without one is not.
pub fn changed(current: Option<Class>, next: Option<Class>) -> bool {
    next.is_some() && next != current
}

/// Whether the item at an index passes region, status, current class and search. `found`: numbers of the items the search hit,
/// increasing.
pub fn passes<'a>(
    columns: &'a Columns,
    regions: &[Region],
    query: &'a GridQuery,
    found: Option<&'a [u32]>,
) -> impl Fn(usize) -> bool + use<'a> {
    let inside = within(regions, &query.regions);
    move |index| {
        // A snapshot may name a region beyond those known here: it lies in none that can be chosen.
        let in_region = query.regions.is_empty() || inside.get(usize::from(columns.regions[index])) == Some(&true);
        in_region
            && (query.statuses.is_empty() || query.statuses.contains(&columns.status(index)))
            && query.current.holds(columns.current(index))
            && found.is_none_or(|found| found.binary_search(&columns.seqs[index]).is_ok())
    }
}

/// Indexes of the items that pass region, status, current class and search, in sort order. `found`: numbers of the items the search
/// hit, increasing. `order`: all numbers ordered by the text of the sort key, ascending. `None` where the key needs
/// such an order and it isn't there.
pub fn rows_in_order(
    columns: &Columns,
    regions: &[Region],
    query: &GridQuery,
    found: Option<&[u32]>,
    order: Option<&[u32]>,
) -> Option<Vec<u32>> {
    let passes = passes(columns, regions, query, found);
    let descending = query.sort.descending;
    if query.sort.key.is_text() {
        let known = order?.iter().filter_map(|seq| columns.index_of(*seq)).filter(|index| passes(*index));
        return Some(given(known.map(|index| index as u32), descending));
    }
    let rows: Vec<u32> = (0..columns.len() as u32).filter(|index| passes(*index as usize)).collect();
    let class = |class: Option<Class>| class.map_or(0, |class| u64::from(class.0) + 1);
    Some(match query.sort.key {
        SortKey::Region => {
            let ranks = by_name(regions);
            let rank =
                |row: u32| ranks.get(usize::from(columns.regions[row as usize])).map_or(0, |rank| *rank as u64 + 1);
            sorted(rows, descending, rank)
        }
        SortKey::Current => sorted(rows, descending, |row| class(columns.current(row as usize))),
        SortKey::Override => sorted(rows, descending, |row| class(columns.overridden(row as usize))),
        SortKey::Status => sorted(rows, descending, |row| columns.status(row as usize) as u64),
        SortKey::Score | SortKey::Name | SortKey::Id | SortKey::Specialty => {
            sorted(rows, descending, |row| signed(columns.scores[row as usize]))
        }
    })
}

/// The items of a snapshot, or some of them by index, ready to be counted under moving borders: by current class, and
/// marked with their status.
pub fn strata(columns: &Columns, items: impl IntoIterator<Item = u32>, borders: &Borders) -> Strata {
    Strata::new(items.into_iter().map(|row| entry(columns, row as usize)), borders)
}

/// An item of a snapshot as it is counted: by current class, and marked with its status.
pub fn entry(columns: &Columns, index: usize) -> Entry {
    Entry { value: columns.score(index), current: columns.current(index), mark: columns.status(index) as u8 }
}

/// Scored and unscored items of a status.
pub fn with_status(tally: &Tally, status: Status) -> u32 {
    tally.marked(status as usize)
}

/// A row as it will be once a decision on it is made, so that it can be shown before the server has answered; unchanged where
/// the rules refuse.
pub fn decided(row: Row, command: &ItemCommand) -> Row {
    match (row.status, command) {
        (Status::InProgress, ItemCommand::Accept) if row.score.is_some() || row.overridden.is_some() => {
            Row { status: Status::Accepted, ..row }
        }
        (Status::InProgress, ItemCommand::Reject { .. }) => Row { status: Status::Rejected, ..row },
        (Status::InProgress, ItemCommand::Override { class, .. }) => {
            Row { overridden: Some(*class), suggested: false, ..row }
        }
        (Status::Accepted, ItemCommand::Withdraw) => Row { status: Status::InProgress, ..row },
        _ => row,
    }
}

/// Numbers of the items that "Approve all" accepts among those shown: in progress, with a class to accept. Increasing.
pub fn approvable(columns: &Columns, shown: &[u32]) -> Vec<u32> {
    let open = |index: &usize| {
        let classed = columns.scores[*index] != UNSCORED || columns.overridden(*index).is_some();
        columns.status(*index) == Status::InProgress && classed
    };
    let mut seqs: Vec<u32> = shown.iter().map(|i| *i as usize).filter(open).map(|i| columns.seqs[i]).collect();
    seqs.sort_unstable();
    seqs
}

/// What a Transfer now would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Accepted items per final class, lowest first, and how many items hold that class today.
    pub classes: Vec<(u32, u32)>,
    /// Accepted items.
    pub accepted: u32,
    /// Undecided items that block, per region by its position.
    pub blocking: Vec<u32>,
    /// Undecided items without a class, which don't.
    pub unscored: u32,
}

/// Foretells a Transfer under the frozen borders, over a company's `regions`.
pub fn forecast(columns: &Columns, borders: &Borders, regions: usize) -> Forecast {
    let mut out =
        Forecast { classes: vec![(0, 0); borders.classes()], blocking: vec![0; regions], ..Forecast::default() };
    for row in (0..columns.len()).map(|index| columns.row(index)) {
        let class = row.overridden.or_else(|| row.score.map(|score| borders.class_of(score)));
        if let Some(current) = row.current.and_then(|class| out.classes.get_mut(class.index())) {
            current.1 += 1;
        }
        match (row.status, class) {
            (Status::Accepted, Some(class)) => {
                out.accepted += 1;
                // The server takes no override beyond the scheme; a damaged snapshot may say one.
                if let Some(gets) = out.classes.get_mut(class.index()) {
                    gets.0 += 1;
                }
            }
            (Status::InProgress, None) => out.unscored += 1,
            (Status::InProgress, Some(_)) => {
                if let Some(count) = out.blocking.get_mut(usize::from(row.region)) {
                    *count += 1;
                }
            }
            (Status::Accepted, None) | (Status::Rejected, _) => {}
        }
    }
    out
}
