//! Groups of near-duplicates: stars around the photo that stays. Every member was itself compared with the keeper, so no
//! group is a chain whose ends have nothing in common.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::Lane;

/// Two rows that are near-duplicates, and how.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Kinship {
    /// The lower row.
    pub a: u32,
    /// The higher row.
    pub b: u32,
    /// How they are alike.
    pub lane: Lane,
    /// How far they are from being the same: what remains at the place where most does, and by how much tones and colours
    /// were moved (see [`Overlay`](crate::Overlay)).
    pub apart: f32,
}

/// A keeper and what may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How the members are alike to the keeper.
    pub lane: Lane,
    /// The row that stays.
    pub keeper: u32,
    /// The others, in the order in which they would be kept.
    pub members: Vec<u32>,
}

/// A good copy is nearer to its picture by more than this than a poor one to either.
const MUCH_NEARER: f32 = 3.0;
/// What is farther from one of two pictures by no more than this is as near to the other, and a copy of neither: copies may be
/// cleared away unseen.
const AS_NEAR: f32 = 1.25;

/// Groups in each lane, surest lane first, then by keeper. A photo that goes in one lane is seen in later ones only through
/// its keeper, so that it is decided once. A copy of two photos that are no copies of each other, as a poor one is of a
/// picture and of the same with a mark on it, belongs to the one that it is nearest to. `keep` orders rows, the one to keep
/// first, and is total. Among edits the one that most others are alike to comes before: two edits of a photo may have little
/// in common, and it has something with each. What is alike to a copy of the keeper is alike to the keeper. `confirm` compares two rows
/// that were not compared before, and says how they are alike; it is asked only where both are alike to a third.
pub fn groups(
    kinships: &[Kinship],
    keep: impl Fn(u32, u32) -> Ordering,
    mut confirm: impl FnMut(u32, u32) -> Option<Lane>,
) -> Vec<Group> {
    let kin = Kin::new(kinships);
    let others = nearer_to_others(kinships, &kin);
    let mut confirmed: HashMap<(u32, u32), Option<Lane>> = HashMap::new();
    let mut gone = vec![false; kin.rows()];
    let mut gone_to: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut groups = Vec::new();
    for lane in [Lane::Copies, Lane::Edits, Lane::Bursts] {
        let rows = (0..kin.rows() as u32).filter(|&row| !kin.of(row).is_empty() && !gone[row as usize]);
        let mut waiting: Vec<u32> = rows.collect();
        waiting.sort_unstable_by(|&a, &b| keep(a, b));
        if lane == Lane::Edits {
            let is_edit = |other: &&Relation| other.lane == Lane::Edits && !gone[other.row as usize];
            waiting.sort_by_cached_key(|&row| Reverse(kin.of(row).iter().filter(is_edit).count()));
        }
        let mut free = vec![false; kin.rows()];
        waiting.iter().for_each(|&row| free[row as usize] = true);
        for keeper in waiting {
            if !std::mem::take(&mut free[keeper as usize]) {
                continue;
            }
            let mut members = Vec::new();
            // What is alike to something that went to the keeper is asked too.
            let mut next: Vec<u32> = gone_to.get(&keeper).cloned().unwrap_or_default();
            next.push(keeper);
            let mut seen: BTreeSet<u32> = next.iter().copied().collect();
            while let Some(row) = next.pop() {
                for &Relation { row: other, .. } in kin.of(row) {
                    if !free[other as usize] || !seen.insert(other) {
                        continue;
                    }
                    let pair = pair(keeper, other);
                    let found = kin.between(keeper, other).map_or_else(
                        || *confirmed.entry(pair).or_insert_with(|| confirm(pair.0, pair.1)),
                        |known| Some(known.lane),
                    );
                    let copies = gone_to.get(&keeper).filter(|_| lane == Lane::Edits).into_iter().flatten();
                    let through_copy = copies
                        .filter_map(|&copy| {
                            let known = kin.between(copy, other).map(|known| known.lane);
                            known.or_else(|| *confirmed.get(&self::pair(copy, other))?)
                        })
                        .find(|lane| *lane <= Lane::Edits);
                    let found = found.or(through_copy.map(|_| Lane::Edits));
                    // Beside what it is nearer to, it is no copy, but made from the same picture.
                    let found = found.map(|found| if others.contains(&pair) { Lane::Edits } else { found });
                    if found == Some(lane) {
                        members.push(other);
                        next.push(other);
                    }
                }
            }
            for &member in &members {
                free[member as usize] = false;
                gone[member as usize] = true;
            }
            members.sort_unstable_by(|&a, &b| keep(a, b));
            if !members.is_empty() {
                gone_to.entry(keeper).or_default().extend(&members);
                groups.push(Group { lane, keeper, members });
            }
        }
    }
    groups.sort_by_key(|group| (group.lane, group.keeper));
    groups
}

/// Pairs of copies of which one is nearer, or as near, to a third photo that is no copy of the other. Not if it is much nearer to the third than
/// these are to each other: then it is a good copy of it, and what was not told of the third and the other, a poor one,
/// says nothing.
fn nearer_to_others(kinships: &[Kinship], kin: &Kin) -> HashSet<(u32, u32)> {
    let belongs_to_another = |row: u32, copy: u32, apart: f32| {
        kin.of(row).iter().filter(|third| third.lane == Lane::Copies).any(|third| {
            let are_others =
                |kin: &Relation| kin.lane != Lane::Copies && kin.apart < MUCH_NEARER * third.apart;
            third.apart < AS_NEAR * apart && kin.between(third.row, copy).is_some_and(are_others)
        })
    };
    let pairs = kinships.iter().filter(|kinship| kinship.lane == Lane::Copies);
    let pairs = pairs.filter(|Kinship { a, b, apart, .. }| {
        belongs_to_another(*a, *b, *apart) || belongs_to_another(*b, *a, *apart)
    });
    pairs.map(|kinship| (kinship.a, kinship.b)).collect()
}

/// The lower row first.
fn pair(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// What a row is to another one.
struct Relation {
    row: u32,
    lane: Lane,
    apart: f32,
}

/// All kinships, by row.
struct Kin {
    /// Where the relations of each row begin, and where those of the last end.
    starts: Vec<usize>,
    /// Of each row those to others, in order.
    relations: Vec<Relation>,
}

impl Kin {
    fn new(kinships: &[Kinship]) -> Self {
        let both = |&Kinship { a, b, lane, apart }: &Kinship| {
            [(a, Relation { row: b, lane, apart }), (b, Relation { row: a, lane, apart })]
        };
        let mut by_row: Vec<(u32, Relation)> = kinships.iter().flat_map(both).collect();
        by_row.sort_unstable_by_key(|(row, other)| (*row, other.row));
        let rows = by_row.last().map_or(0, |(last, _)| *last as usize + 1);
        let mut starts = vec![0; rows + 1];
        by_row.iter().for_each(|(row, _)| starts[*row as usize + 1] += 1);
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        Self { starts, relations: by_row.into_iter().map(|(_, other)| other).collect() }
    }

    /// Rows up to the last one that has kin.
    fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    fn of(&self, row: u32) -> &[Relation] {
        &self.relations[self.starts[row as usize]..self.starts[row as usize + 1]]
    }

    fn between(&self, a: u32, b: u32) -> Option<&Relation> {
        let of_a = self.of(a);
        of_a.binary_search_by_key(&b, |relation| relation.row).ok().map(|at| &of_a[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: u32, b: u32, lane: Lane) -> Kinship {
        Kinship { a, b, lane, apart: 1.0 }
    }

    #[test]
    fn a_poor_copy_belongs_to_the_picture_that_it_is_nearest_to() {
        // 0 has a mark on it that 2, which is poor, could as well have; 1 is the picture without.
        let kinships = [
            pair(0, 1, Lane::Edits),
            Kinship { apart: 4.0, ..pair(0, 2, Lane::Copies) },
            Kinship { apart: 2.0, ..pair(1, 2, Lane::Copies) },
        ];
        let found = groups(&kinships, lowest_first, |_, _| None);
        let group = |lane, keeper, members: &[u32]| Group { lane, keeper, members: members.into() };
        assert_eq!(found, [group(Lane::Copies, 1, &[2]), group(Lane::Edits, 0, &[1])]);
    }

    #[test]
    fn a_poor_copy_that_is_as_near_to_two_pictures_is_a_copy_of_neither() {
        let kinships = [
            pair(0, 1, Lane::Edits),
            Kinship { apart: 4.4, ..pair(0, 2, Lane::Copies) },
            Kinship { apart: 4.0, ..pair(1, 2, Lane::Copies) },
        ];
        let found = groups(&kinships, lowest_first, |_, _| None);
        assert!(found.iter().all(|group| group.lane == Lane::Edits), "{found:?}");
    }

    #[test]
    fn a_good_copy_does_not_disown_a_poor_one() {
        // 1 is a good copy of 0 and 2 a poor one; between 1 and 2 a little too much lies.
        let kinships = [
            Kinship { apart: 2.0, ..pair(0, 1, Lane::Copies) },
            Kinship { apart: 15.0, ..pair(0, 2, Lane::Copies) },
            Kinship { apart: 16.0, ..pair(1, 2, Lane::Edits) },
        ];
        let found = groups(&kinships, lowest_first, |_, _| None);
        assert_eq!(found, [Group { lane: Lane::Copies, keeper: 0, members: vec![1, 2] }]);
    }

    fn lowest_first(a: u32, b: u32) -> Ordering {
        a.cmp(&b)
    }

    #[test]
    fn a_chain_is_cut_where_members_do_not_match_the_keeper() {
        let chain: Vec<Kinship> = (0..5).map(|at| pair(at, at + 1, Lane::Edits)).collect();
        let mut asked = Vec::new();
        let found = groups(&chain, lowest_first, |a, b| {
            asked.push((a, b));
            None
        });
        let edits =
            |keeper: u32, members: &[u32]| Group { lane: Lane::Edits, keeper, members: members.into() };
        assert_eq!(found, [edits(1, &[0, 2]), edits(3, &[4])]);
        assert!(asked.iter().all(|(a, b)| b - a == 2), "only the next but one is asked: {asked:?}");
    }

    #[test]
    fn members_that_were_not_compared_are_confirmed() {
        let chain: Vec<Kinship> = (0..4).map(|at| pair(at, at + 1, Lane::Copies)).collect();
        let found = groups(&chain, lowest_first, |_, _| Some(Lane::Copies));
        assert_eq!(found, [Group { lane: Lane::Copies, keeper: 0, members: vec![1, 2, 3, 4] }]);
    }

    #[test]
    fn a_photo_that_goes_is_decided_in_one_lane_only() {
        let kinships = [
            pair(0, 1, Lane::Copies),
            pair(0, 2, Lane::Edits),
            pair(1, 2, Lane::Edits),
            pair(1, 3, Lane::Edits),
            pair(2, 4, Lane::Bursts),
        ];
        let found = groups(&kinships, lowest_first, |a, b| (a == 0 && b == 3).then_some(Lane::Edits));
        let group = |lane, keeper, members: &[u32]| Group { lane, keeper, members: members.into() };
        assert_eq!(found[..2], [group(Lane::Copies, 0, &[1]), group(Lane::Edits, 0, &[2, 3])]);
        assert!(found.iter().all(|group| !group.members.contains(&0)));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn among_edits_the_one_that_most_are_alike_to_stays() {
        // 3 is the photo; 0 has words on it, and has nothing in common with the parts 1 and 2.
        let kinships = [pair(0, 3, Lane::Edits), pair(1, 3, Lane::Edits), pair(2, 3, Lane::Edits)];
        let found = groups(&kinships, lowest_first, |_, _| None);
        assert_eq!(found, [Group { lane: Lane::Edits, keeper: 3, members: vec![0, 1, 2] }]);
    }

    #[test]
    fn an_edit_of_a_copy_is_an_edit_of_what_stays() {
        let kinships = [pair(0, 1, Lane::Copies), pair(1, 2, Lane::Edits)];
        let found = groups(&kinships, lowest_first, |_, _| None);
        let group = |lane, members: &[u32]| Group { lane, keeper: 0, members: members.into() };
        assert_eq!(found, [group(Lane::Copies, &[1]), group(Lane::Edits, &[2])]);
    }

    #[test]
    fn the_order_of_keeping_makes_the_keeper() {
        let kinships = [pair(0, 1, Lane::Copies), pair(1, 2, Lane::Copies)];
        let found = groups(&kinships, |a, b| b.cmp(&a), |_, _| Some(Lane::Copies));
        assert_eq!(found, [Group { lane: Lane::Copies, keeper: 2, members: vec![1, 0] }]);
    }
}
