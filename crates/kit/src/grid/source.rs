//! What a feature gives the grid.

use super::state::GridState;
use cutline_domain::table::layout::Layout;
use leptos::prelude::*;

/// How a column sorts the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It doesn't.
    None,
    /// Lowest first.
    Up,
    /// Highest first.
    Down,
}

/// A column's header.
#[derive(Clone)]
pub struct Column {
    /// What it says.
    pub title: String,
    /// A class for its cells' look.
    pub class: &'static str,
    /// How it sorts now.
    pub direction: Signal<Direction>,
    /// Sorts by it.
    pub sort: Callback<()>,
}

/// A row in the window. A slot stays where it is and shows whatever row scrolling puts there, so everything about it is a
/// signal.
#[derive(Clone, Copy)]
pub struct RowSlot<R: Send + Sync + 'static> {
    /// What the row shows. A slot about to become a header keeps its last row until it is gone.
    pub row: Memo<Option<R>>,
    /// Its id.
    pub id: Memo<u32>,
    /// Its line.
    pub at: Memo<u32>,
}

/// A table as the grid shows it. `position` counts rows in the feature's own columns, `id` names them for good.
pub trait Source: Copy + Send + Sync + 'static {
    /// What a row shows; compared to see whether its cells have to change.
    type Row: Clone + PartialEq + Send + Sync + 'static;
    /// What a header shows.
    type Heading: Clone + PartialEq + Send + Sync + 'static;

    /// What assistive technology calls the grid.
    fn label(self) -> &'static str;
    /// Its state.
    fn state(self) -> GridState;
    /// Its columns, from left to right, after the one of checkboxes.
    fn columns(self) -> Vec<Column>;
    /// The row at a position.
    fn row(self, position: u32) -> Self::Row;
    /// The id of the row at a position.
    fn id(self, position: u32) -> Option<u32>;
    /// What a row is called, as far as that is known.
    fn name(self, id: u32) -> String;
    /// Whether a row is set back.
    fn is_muted(self, row: &Self::Row) -> bool;
    /// The cells of a row.
    fn cells(self, slot: RowSlot<Self::Row>) -> AnyView;
    /// The header of a section, or of one of its groups.
    fn heading(self, layout: &Layout, section: usize, group: Option<usize>) -> Self::Heading;
    /// What a header says.
    fn heading_view(self, heading: Self::Heading) -> AnyView;
    /// Whether rows can be chosen here and now.
    fn choosing(self) -> bool;
    /// Whether a row can be chosen by itself.
    fn can_choose(self, row: &Self::Row) -> bool;
    /// Whether a row is chosen with others: by range, or with all.
    fn is_swept(self, position: u32) -> bool;
    /// Opens a row's details.
    fn open(self, id: u32);
    /// Whether some row's details are open; they follow the keyboard then.
    fn is_open(self) -> bool;
    /// Closes them; gives whether some were open.
    fn close(self) -> bool;
    /// A letter was pressed; `meant` are the chosen rows, else the one the keyboard is on. Gives whether it meant something.
    fn letter(self, key: &str, meant: Vec<u32>) -> bool;
    /// Rows came into view, or are about to.
    fn in_view(self, positions: Vec<u32>);
    /// Shown when there are no lines.
    fn nothing(self) -> AnyView;
}
