//! The tree of regions, as positions in a list: snapshots and grids count regions by their place in it.

use super::ids::RegionId;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The most regions of a company: a snapshot counts them in sixteen bits.
pub const MOST_REGIONS: usize = 65_535;

/// A region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Which.
    pub id: RegionId,
    /// The region above.
    pub parent: Option<RegionId>,
    /// Short name.
    pub code: String,
    /// Name.
    pub name: String,
}

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

/// Positions of the regions in the order of their names.
pub fn alphabetical(regions: &[Region]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..regions.len()).collect();
    positions.sort_unstable_by_key(|position| (&regions[*position].name, *position));
    positions
}

/// For every region by its position its rank by name.
pub fn by_name(regions: &[Region]) -> Vec<usize> {
    let positions = alphabetical(regions);
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
