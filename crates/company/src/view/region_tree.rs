//! The region tree as lines: each region after the one it lies in, with its depth and all it holds.

use crate::model::RegionNode;
use cutline_domain::base::ids::RegionId;
use std::collections::{HashMap, HashSet};

/// A region on its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeLine {
    /// The region.
    pub node: RegionNode,
    /// 0 for those that lie in none.
    pub depth: u32,
    /// Whether regions lie in it.
    pub parent: bool,
    /// Contacts in it and in all below.
    pub contacts: u32,
    /// The regions it lies in, the top one first.
    pub above: Vec<RegionId>,
}

/// All regions, each level in the order given.
pub fn lines(regions: &[RegionNode]) -> Vec<TreeLine> {
    let known: HashSet<RegionId> = regions.iter().map(|region| region.id).collect();
    let mut below: HashMap<Option<RegionId>, Vec<&RegionNode>> = HashMap::new();
    for region in regions {
        below.entry(region.parent.filter(|parent| known.contains(parent))).or_default().push(region);
    }
    let mut out = Vec::with_capacity(regions.len());
    descend(&below, None, &[], &mut out);
    out
}

fn descend(
    below: &HashMap<Option<RegionId>, Vec<&RegionNode>>,
    at: Option<RegionId>,
    above: &[RegionId],
    out: &mut Vec<TreeLine>,
) -> u32 {
    let mut total = 0;
    for node in below.get(&at).into_iter().flatten() {
        let line = out.len();
        out.push(TreeLine {
            node: (*node).clone(),
            depth: above.len() as u32,
            parent: below.contains_key(&Some(node.id)),
            contacts: 0,
            above: above.to_vec(),
        });
        let inside = [above, &[node.id]].concat();
        let contacts = node.contacts + descend(below, Some(node.id), &inside, out);
        out[line].contacts = contacts;
        total += contacts;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_follow_what_they_lie_in() {
        let region = |name: &str, parent: Option<RegionId>, contacts| RegionNode {
            version: 1,
            id: RegionId::new(),
            parent,
            code: name.to_owned(),
            name: name.to_owned(),
            contacts,
        };
        let west = region("West", None, 1);
        let coast = region("Coast", Some(west.id), 10);
        let east = region("East", None, 5);
        let lines = lines(&[coast, east, west]);
        let seen: Vec<_> = lines.iter().map(|l| (l.node.name.as_str(), l.depth, l.contacts, l.parent)).collect();
        assert_eq!(seen, [("East", 0, 5, false), ("West", 0, 11, true), ("Coast", 1, 10, false)]);
    }
}
