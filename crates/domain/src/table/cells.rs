//! Which cell of a table each place of an order is in. Rows aren't moved into their cells: every block of places notes how many of
//! each cell it holds, so that a row that changes its cell costs a step, and the n-th row of a cell is found by the notes.

/// Stands for a place whose row isn't shown.
const HIDDEN: u32 = u32::MAX;
/// The fewest places between two notes: few enough to walk through, enough to keep the notes small beside the places.
const BLOCK: usize = 512;

/// The cells of all places.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    of: Vec<u32>,
    /// Places of each cell.
    totals: Vec<u32>,
    /// Of one cell after the other: how many of its places are in each block.
    notes: Vec<u32>,
    /// Places in a block.
    block: usize,
}

impl Cells {
    /// Puts all places anew, each into the cell that `cell_of` gives it, below `cells`, or nowhere.
    pub fn fill(&mut self, places: usize, cells: usize, mut cell_of: impl FnMut(usize) -> Option<u32>) {
        // With many cells blocks are larger, so that there are never more notes than places.
        self.block = BLOCK.max(cells);
        let blocks = places.div_ceil(self.block);
        self.totals.clear();
        self.totals.resize(cells, 0);
        self.notes.clear();
        self.notes.resize(cells * blocks, 0);
        self.of.clear();
        self.of.reserve(places);
        for place in 0..places {
            let cell = cell_of(place).unwrap_or(HIDDEN);
            self.of.push(cell);
            if cell != HIDDEN {
                self.notes[cell as usize * blocks + place / self.block] += 1;
            }
        }
        if blocks > 0 {
            let totals = self.notes.chunks(blocks).map(|notes| notes.iter().sum::<u32>());
            self.totals.iter_mut().zip(totals).for_each(|(total, sum)| *total = sum);
        }
    }

    /// Puts one place into another cell, or nowhere.
    pub fn put(&mut self, place: usize, cell: Option<u32>) {
        let cell = cell.unwrap_or(HIDDEN);
        let before = std::mem::replace(&mut self.of[place], cell);
        if before == cell {
            return;
        }
        let (blocks, block) = (self.blocks(), place / self.block);
        if before != HIDDEN {
            self.totals[before as usize] -= 1;
            self.notes[before as usize * blocks + block] -= 1;
        }
        if cell != HIDDEN {
            self.totals[cell as usize] += 1;
            self.notes[cell as usize * blocks + block] += 1;
        }
    }

    fn blocks(&self) -> usize {
        self.of.len().div_ceil(self.block)
    }

    /// How many places a cell has.
    pub fn total(&self, cell: u32) -> u32 {
        self.totals[cell as usize]
    }

    /// The places of a cell from its `nth` on, in order.
    pub fn places(&self, cell: u32, nth: u32) -> impl Iterator<Item = usize> {
        let blocks = if self.block == 0 { 0 } else { self.blocks() };
        let notes = &self.notes[cell as usize * blocks..(cell as usize + 1) * blocks];
        let (mut left, mut block) = (nth, 0);
        while let Some(note) = notes.get(block).filter(|note| left >= **note) {
            left -= note;
            block += 1;
        }
        // Blocks without any are passed over.
        let with_some = notes.iter().zip(0..).skip(block).filter(|(note, _)| **note > 0);
        let within = move |(_, block): (&u32, usize)| {
            let start = block * self.block;
            let end = (start + self.block).min(self.of.len());
            (start..end).filter(move |place| self.of[*place] == cell)
        };
        with_some.flat_map(within).skip(left as usize)
    }

    /// Every place that is shown, cell after cell.
    pub fn shown(&self) -> Vec<u32> {
        let mut next: Vec<u32> = Vec::with_capacity(self.totals.len());
        let mut start = 0;
        for total in &self.totals {
            next.push(start);
            start += total;
        }
        let mut shown = vec![0; start as usize];
        for (place, cell) in self.of.iter().enumerate().filter(|(_, cell)| **cell != HIDDEN) {
            let next = &mut next[*cell as usize];
            shown[*next as usize] = place as u32;
            *next += 1;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells_of(all: &[Option<u32>], cells: u32) -> Vec<Vec<usize>> {
        let of = |cell| (0..all.len()).filter(|place| all[*place] == Some(cell)).collect();
        (0..cells).map(of).collect()
    }

    fn check(cells: &Cells, all: &[Option<u32>], number: u32, nth: u32) -> Result<(), TestCaseError> {
        let model = cells_of(all, number);
        for (cell, places) in model.iter().enumerate() {
            prop_assert_eq!(cells.total(cell as u32), places.len() as u32);
            let from: Vec<usize> = cells.places(cell as u32, nth).collect();
            prop_assert_eq!(from, places.iter().skip(nth as usize).copied().collect::<Vec<_>>());
        }
        let shown: Vec<usize> = cells.shown().into_iter().map(|place| place as usize).collect();
        prop_assert_eq!(shown, model.concat());
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn places_are_found_in_their_cells_however_they_came_there(
            (number, first, moves) in (1u32..6).prop_flat_map(|number| {
                let cell = move || proptest::option::weighted(0.9, 0..number);
                let places = proptest::collection::vec(cell(), 0..2500);
                (Just(number), places, proptest::collection::vec((any::<proptest::sample::Index>(), cell()), 0..60))
            }),
            nth in prop_oneof![0u32..4, 0u32..2600],
        ) {
            let mut all = first;
            let mut cells = Cells::default();
            cells.fill(all.len(), number as usize, |place| all[place]);
            check(&cells, &all, number, nth)?;
            for (place, cell) in if all.is_empty() { Vec::new() } else { moves } {
                let place = place.index(all.len());
                all[place] = cell;
                cells.put(place, cell);
            }
            check(&cells, &all, number, nth)?;
        }
    }

    #[test]
    fn there_may_be_more_cells_than_places() {
        let mut cells = Cells::default();
        cells.fill(3, 2000, |place| Some(place as u32 * 900));
        assert_eq!(cells.places(1800, 0).collect::<Vec<_>>(), [2]);
        assert_eq!((cells.total(1), cells.places(1, 0).count()), (0, 0));
        assert_eq!(cells.notes.len(), 2000);
    }
}
