//! What became of groups when everything was grouped again: which one goes on, which was split, merged, is new or gone.
//!
//! Groups are told by what they share, never by their numbers or centres, so that newcomers, another number of groups
//! and another model leave alone what is still the same. After the transitions of Spiliopoulou et al., MONIC (2006),
//! with the Jaccard index as measure.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Two groups are one and the same when they have more than this in common: as they do when more than half of each
/// lies in the other, and of those that do, the ones that have most in common come first.
const SAME: f64 = 1.0 / 3.0;
/// A group is part of another when more than this share of it lies there.
const PART: f64 = 0.5;

/// Where a group comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is this group of before.
    Same(usize),
    /// It was split off from this group of before, which goes on or was split altogether.
    PartOf(usize),
    /// It is made of several groups, or of what was in none.
    New,
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is this group of now.
    Same(usize),
    /// It went into this group of now, with others.
    MergedInto(usize),
    /// It fell into parts.
    Split,
    /// Nothing that was in it is in any group now.
    Gone,
}

/// How two groupings of the same things belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// For each group of now, where it comes from.
    pub origins: Vec<Origin>,
    /// For each group of before, what became of it.
    pub fates: Vec<Fate>,
}

/// How the groups `after` follow from those `before`. Only things that are in both groupings count, so that many
/// newcomers make no group another one. A thing may be in several groups, but only once in each.
pub fn succession<T: Copy + Eq + Hash>(before: &[Vec<T>], after: &[Vec<T>]) -> Succession {
    let shared = Shared::new(before, after);
    let mut pairs: Vec<(f64, usize, usize)> = shared
        .pairs
        .iter()
        .map(|(&(old, new), _)| (shared.jaccard(old, new), old, new))
        .filter(|&(jaccard, ..)| jaccard > SAME)
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut succession = Succession {
        origins: vec![Origin::New; after.len()],
        fates: shared
            .sizes_before
            .iter()
            .map(|&size| if size == 0 { Fate::Gone } else { Fate::Split })
            .collect(),
    };
    for (_, old, new) in pairs {
        if succession.origins[new] == Origin::New && succession.fates[old] == Fate::Split {
            succession.origins[new] = Origin::Same(old);
            succession.fates[old] = Fate::Same(new);
        }
    }
    for (&(old, new), &count) in &shared.pairs {
        // More than half can lie in one group only, unless groups overlap; then the first is as good as any.
        if succession.origins[new] == Origin::New && is_part(count, shared.sizes_after[new]) {
            succession.origins[new] = Origin::PartOf(old);
        }
        if succession.fates[old] == Fate::Split && is_part(count, shared.sizes_before[old]) {
            succession.fates[old] = Fate::MergedInto(new);
        }
    }
    succession
}

/// Things that lie together with those of an `album` that a person keeps, and are neither in it nor `refused`:
/// everybody else in that one of the `groups` that is the album, if one is. In the group's order.
pub fn candidates<T: Copy + Eq + Hash>(album: &[T], refused: &[T], groups: &[Vec<T>]) -> Vec<T> {
    let inside: HashSet<T> = album.iter().copied().collect();
    let refused: HashSet<T> = refused.iter().copied().collect();
    let wanted = |group: &Vec<T>| -> Vec<T> {
        group.iter().copied().filter(|thing| !refused.contains(thing)).collect()
    };
    let jaccard = |group: &Vec<T>| {
        let shared = group.iter().filter(|thing| inside.contains(thing)).count();
        shared as f64 / (inside.len() + group.len() - shared).max(1) as f64
    };
    let best =
        groups.iter().map(wanted).map(|group| (jaccard(&group), group)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((jaccard, group)) if jaccard > SAME => {
            group.into_iter().filter(|thing| !inside.contains(thing)).collect()
        }
        _ => Vec::new(),
    }
}

fn is_part(count: usize, of: usize) -> bool {
    count as f64 > PART * of as f64
}

/// How much groups share.
struct Shared {
    /// Things that a group before and one after have in common, where there are any, by their numbers. Sorted, so that
    /// equal cases always end alike.
    pairs: std::collections::BTreeMap<(usize, usize), usize>,
    /// Things of each group before that are in any group after.
    sizes_before: Vec<usize>,
    /// Things of each group after that are in any group before.
    sizes_after: Vec<usize>,
}

impl Shared {
    fn new<T: Copy + Eq + Hash>(before: &[Vec<T>], after: &[Vec<T>]) -> Self {
        let mut groups_before: HashMap<T, Vec<usize>> = HashMap::new();
        for (old, group) in before.iter().enumerate() {
            group.iter().for_each(|&thing| groups_before.entry(thing).or_default().push(old));
        }
        let stays: HashSet<T> =
            after.iter().flatten().copied().filter(|thing| groups_before.contains_key(thing)).collect();
        let size = |group: &Vec<T>| group.iter().filter(|thing| stays.contains(thing)).count();
        let mut shared = Self {
            pairs: Default::default(),
            sizes_before: before.iter().map(size).collect(),
            sizes_after: after.iter().map(size).collect(),
        };
        for (new, group) in after.iter().enumerate() {
            for old in group.iter().filter_map(|thing| groups_before.get(thing)).flatten() {
                *shared.pairs.entry((*old, new)).or_default() += 1;
            }
        }
        shared
    }

    fn jaccard(&self, old: usize, new: usize) -> f64 {
        let both = self.pairs[&(old, new)];
        both as f64 / (self.sizes_before[old] + self.sizes_after[new] - both) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: u32, to: u32) -> Vec<u32> {
        (from..to).collect()
    }

    #[test]
    fn groups_go_on_under_other_numbers_and_newcomers_change_nothing() {
        let before = [range(0, 10), range(10, 30)];
        let after = [[range(12, 30), range(100, 190)].concat(), [range(0, 10), range(10, 12)].concat()];
        let found = succession(&before, &after);
        assert_eq!(found.origins, [Origin::Same(1), Origin::Same(0)]);
        assert_eq!(found.fates, [Fate::Same(1), Fate::Same(0)]);
    }

    #[test]
    fn what_is_removed_does_not_count() {
        let found = succession(&[range(0, 100)], &[range(90, 100)]);
        assert_eq!((found.origins[0], found.fates[0]), (Origin::Same(0), Fate::Same(0)));
    }

    #[test]
    fn the_larger_part_of_a_split_goes_on_and_the_smaller_is_a_part() {
        let found = succession(&[range(0, 10)], &[range(0, 3), range(3, 10)]);
        assert_eq!(found.origins, [Origin::PartOf(0), Origin::Same(0)]);
        assert_eq!(found.fates, [Fate::Same(1)]);
        let thirds = succession(&[range(0, 9)], &[range(0, 3), range(3, 6), range(6, 9)]);
        assert_eq!(thirds.origins, [Origin::PartOf(0); 3]);
        assert_eq!(thirds.fates, [Fate::Split]);
    }

    #[test]
    fn the_larger_of_two_that_merge_goes_on() {
        let found = succession(&[range(0, 3), range(3, 10)], &[range(0, 10)]);
        assert_eq!(found.origins, [Origin::Same(1)]);
        assert_eq!(found.fates, [Fate::MergedInto(0), Fate::Same(0)]);
        let three = succession(&[range(0, 3), range(3, 6), range(6, 9)], &[range(0, 9)]);
        assert_eq!(three.origins, [Origin::New]);
        assert_eq!(three.fates, [Fate::MergedInto(0); 3]);
    }

    #[test]
    fn births_and_deaths() {
        let found = succession(&[range(0, 5), range(5, 10)], &[range(0, 5), range(20, 30)]);
        assert_eq!(found.origins, [Origin::Same(0), Origin::New]);
        assert_eq!(found.fates, [Fate::Same(0), Fate::Gone]);
        assert_eq!(succession::<u32>(&[], &[]), Succession { origins: vec![], fates: vec![] });
    }

    #[test]
    fn no_group_goes_on_as_two_and_no_two_as_one() {
        let before: Vec<Vec<u32>> = (0..12).map(|group| range(group * 7, group * 7 + 7)).collect();
        let after: Vec<Vec<u32>> = (0..9).map(|group| range(group * 9, group * 9 + 9)).collect();
        let found = succession(&before, &after);
        for (new, origin) in found.origins.iter().enumerate() {
            if let Origin::Same(old) = origin {
                assert_eq!(found.fates[*old], Fate::Same(new));
            }
        }
        let went_on = found.origins.iter().filter(|origin| matches!(origin, Origin::Same(_))).count();
        assert_eq!(went_on, found.fates.iter().filter(|fate| matches!(fate, Fate::Same(_))).count());
        assert!(went_on >= 4, "{found:?}");
    }

    #[test]
    fn candidates_are_the_rest_of_the_group_that_is_the_album() {
        let groups = [range(0, 4), [range(10, 18), range(50, 54)].concat()];
        assert_eq!(candidates(&range(10, 20), &[51], &groups), [50, 52, 53]);
        assert!(candidates(&range(0, 2), &[], &[range(0, 40)]).is_empty(), "a handful within a crowd");
        assert!(candidates(&range(60, 70), &[], &groups).is_empty());
        assert!(candidates(&[], &[], &groups).is_empty());
    }
}
