//! Which items the grid shows and in which order, as far as that doesn't depend on borders. The page and the Excel export
//! call the same function, so that a file holds what the screen showed.

use super::model::{GridQuery, Region};
use cutline_domain::ids::RegionId;
use cutline_domain::layout::{SortKey, sorted};
use cutline_domain::snapshot::Columns;
use std::collections::{HashMap, HashSet};

/// For every region by its position whether it is one of `chosen` or lies below one. Nothing chosen: all.
pub fn within(regions: &[Region], chosen: &[RegionId]) -> Vec<bool> {
    if chosen.is_empty() {
        return vec![true; regions.len()];
    }
    let parents: HashMap<RegionId, Option<RegionId>> = regions.iter().map(|r| (r.id, r.parent)).collect();
    let chosen: HashSet<RegionId> = chosen.iter().copied().collect();
    let inside = |region: &Region| {
        let mut at = Some(region.id);
        // The tree has no cycles, but a bound costs nothing and a hung page would.
        for _ in 0..=regions.len() {
            match at {
                Some(id) if chosen.contains(&id) => return true,
                Some(id) => at = parents.get(&id).copied().flatten(),
                None => return false,
            }
        }
        false
    };
    regions.iter().map(inside).collect()
}

/// Indexes of the items that pass region, status and search, in sort order. `found`: numbers of the items the search hit,
/// increasing. `order`: all numbers ordered by a text, ascending, for sort keys that need one.
pub fn rows_in_order(
    columns: &Columns,
    regions: &[Region],
    query: &GridQuery,
    found: Option<&[u32]>,
    order: Option<&[u32]>,
) -> Vec<u32> {
    let inside = within(regions, &query.regions);
    let passes = |index: usize| {
        inside.get(usize::from(columns.regions[index])).copied().unwrap_or(query.regions.is_empty())
            && (query.statuses.is_empty() || query.statuses.contains(&columns.status(index)))
            && found.is_none_or(|found| found.binary_search(&columns.seqs[index]).is_ok())
    };
    if let Some(order) = order {
        let mut items: Vec<u32> = order
            .iter()
            .filter_map(|seq| columns.index_of(*seq))
            .filter(|index| passes(*index))
            .map(|index| index as u32)
            .collect();
        if query.sort.descending {
            items.reverse();
        }
        return items;
    }
    let mut items: Vec<u32> = (0..columns.len() as u32).filter(|index| passes(*index as usize)).collect();
    if query.sort.key == SortKey::Region {
        let ranks = by_name(regions);
        let rank = |index: &u32| ranks.get(usize::from(columns.regions[*index as usize])).copied();
        if query.sort.descending {
            items.sort_by_key(|index| (std::cmp::Reverse(rank(index)), *index));
        } else {
            items.sort_by_key(|index| (rank(index), *index));
        }
        return items;
    }
    sorted(columns, items, query.sort).unwrap_or_default()
}

/// For every region by its position its rank by name.
fn by_name(regions: &[Region]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..regions.len()).collect();
    positions.sort_by_key(|position| &regions[*position].name);
    let mut ranks = vec![0; regions.len()];
    for (rank, position) in positions.into_iter().enumerate() {
        ranks[position] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str, parent: Option<&Region>) -> Region {
        Region { id: RegionId::new(), parent: parent.map(|p| p.id), code: name.into(), name: name.into() }
    }

    #[test]
    fn a_chosen_region_brings_all_below() {
        let north = region("North", None);
        let south = region("South", None);
        let city = region("City", Some(&north));
        let quarter = region("Quarter", Some(&city));
        let regions = [north.clone(), south, city, quarter];
        assert_eq!(within(&regions, &[north.id]), [true, false, true, true]);
        assert_eq!(within(&regions, &[]), [true; 4]);
    }

    #[test]
    fn regions_are_ranked_by_name() {
        assert_eq!(by_name(&[region("West", None), region("East", None), region("North", None)]), [2, 0, 1]);
    }
}
