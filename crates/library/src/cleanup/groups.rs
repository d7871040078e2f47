//! Groups of near-duplicates as they are now: from the pairs that were found alike, less what the person settled, less what
//! went. Derived at every asking, so that nothing here can be out of date.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use likeness_cleanup::{
    Bond, Criterion, KeeperOrder, KeptBy, Kinship, Lane, Rank, Strictness, Symmetry, Traits, groups,
};
use likeness_domain::{FileId, FolderId, PhotoId};
use likeness_store::{GroupedFile, KinshipRow, ProtectedFolder, SettledPair};
use parking_lot::Mutex;

use crate::cleanup::among::{Among, Spot};
use crate::cleanup::finding::STRICTNESSES;
use crate::{Choice, Error, Library, SeenFile};

/// The setting with the order of criteria, words between blanks.
const ORDER_SETTING: &str = "keeper_order";

/// What is asked of groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AskGroups {
    /// How alike photos must be.
    pub strictness: Strictness,
    /// Which pairs are looked at.
    pub among: Among,
    /// What decides first which file stays, before the library's own order.
    pub keep: Vec<Criterion>,
    /// This lane and the surer ones.
    pub until: Lane,
}

/// Files that are near-duplicates of one that stays.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateGroup {
    /// How they are alike.
    pub lane: Lane,
    /// The one that stays.
    pub keeper: Member,
    /// The others, in the order in which they would be kept.
    pub members: Vec<Member>,
}

/// A file of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The file.
    pub file: FileId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub size_bytes: u64,
    /// What it is on the disk, whatever its names: numbers of the volume and on it.
    pub on_disk: (u64, u64),
    /// By what the keeper is kept rather than this one; nothing of the keeper itself, and where only the catalog's order
    /// decided.
    pub reason: Option<KeptBy>,
    /// How it is alike to the keeper.
    pub how: How,
    /// Why it is not selected to go, though it is alike.
    pub bond: Option<Bond>,
    /// Whether the person said of it and another one like it that both stay.
    pub is_settled: bool,
    /// Whether it lies in a protected folder.
    pub is_protected: bool,
    /// Whether it is selected to go until the person says otherwise.
    pub is_selected: bool,
}

/// How a file is alike to the one that stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How {
    /// It is the one that stays.
    Itself,
    /// Its bytes are the same.
    SameBytes,
    /// The picture is.
    Picture {
        /// How much of what was compared agrees, 0 to 1.
        alike: f32,
        /// The share of the one that the other shows, 0 to 1.
        area: f32,
        /// Quarter turns clockwise that lay it upon the one that stays.
        quarters: u8,
        /// Whether left and right change places before.
        mirrored: bool,
    },
}

/// The groups that were asked for last, and the catalog's version then.
#[derive(Default)]
pub(crate) struct KeptGroups(Mutex<Option<(AskGroups, u64, Groups)>>);

type Groups = Arc<Vec<DuplicateGroup>>;

impl DuplicateGroup {
    /// Bytes that are free when what is selected went.
    pub fn reclaimable(&self) -> u64 {
        self.freed_by(|member| member.is_selected)
    }

    /// Bytes that are free when those went that go as `goes` says. A file under several names is freed once, with the last
    /// of them.
    pub fn freed_by(&self, goes: impl Fn(&Member) -> bool) -> u64 {
        let all = || std::iter::once(&self.keeper).chain(&self.members);
        let mut counted: BTreeSet<(u64, u64)> =
            all().filter(|member| !goes(member)).map(|member| member.on_disk).collect();
        let freed = all().filter(|member| goes(member) && counted.insert(member.on_disk));
        freed.map(|member| member.size_bytes).sum()
    }

    /// Whether nothing of it could go, whatever the person says.
    fn is_all_protected(&self) -> bool {
        std::iter::once(&self.keeper).chain(&self.members).all(|member| member.is_protected)
    }

    /// Whether the person had said of some of it that they stay, and another one joined: then nothing is selected.
    pub fn is_back(&self) -> bool {
        std::iter::once(&self.keeper).chain(&self.members).any(|member| member.is_settled)
    }

    /// Those that go as `goes` says, each with what stays for it.
    pub fn choices(&self, goes: impl Fn(&Member) -> bool) -> Vec<Choice> {
        let stays = self.keeper.seen();
        let going = self.members.iter().filter(|member| goes(member));
        going.map(|member| Choice { goes: member.seen(), stays }).collect()
    }
}

impl Member {
    fn seen(&self) -> SeenFile {
        SeenFile { file: self.file, photo: self.photo }
    }
}

impl Ranked {
    fn spot(&self) -> Spot<'_> {
        let Self { known, is_protected, .. } = self;
        Spot { source: known.folder, path: &known.place.path, is_protected: *is_protected }
    }

    /// The least stays. What is protected stays anyhow, so it is what others go for.
    fn among_photos(&self) -> impl Ord {
        (Reverse(self.is_protected), &self.rank)
    }

    /// The least stays. Of files with the same bytes, a movie beside one is all that the others have not.
    fn among_twins(&self) -> impl Ord {
        (Reverse(self.is_protected), Reverse(self.known.has_recording), &self.rank)
    }
}

impl Library {
    /// The order of criteria by which keepers are chosen.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn keeper_order(&self) -> Result<KeeperOrder, Error> {
        let words = self.store.setting(ORDER_SETTING)?.unwrap_or_default();
        let named: Vec<Criterion> = words.split_whitespace().filter_map(Criterion::from_word).collect();
        Ok(KeeperOrder::new(&named))
    }

    /// Sets the order; criteria that are not named follow in their usual one.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn set_keeper_order(&self, first: &[Criterion]) -> Result<(), Error> {
        let words: Vec<&str> = first.iter().map(|criterion| criterion.word()).collect();
        Ok(self.store.set_setting(ORDER_SETTING, &words.join(" "))?)
    }

    /// The groups of near-duplicates among what was compared, surest lane first, the largest gain first in each. Kept until
    /// the catalog changes, for a list that asks for one part after the other.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn duplicate_groups(&self, ask: &AskGroups) -> Result<Arc<Vec<DuplicateGroup>>, Error> {
        let version = self.store.version()?;
        let mut kept = self.kept_groups.0.lock();
        if let Some((asked, seen, groups)) = &*kept
            && (asked, *seen) == (ask, version)
        {
            return Ok(Arc::clone(groups));
        }
        let groups = Arc::new(self.groups_now(ask)?);
        *kept = Some((ask.clone(), version, Arc::clone(&groups)));
        Ok(groups)
    }

    fn groups_now(&self, ask: &AskGroups) -> Result<Vec<DuplicateGroup>, Error> {
        let at = STRICTNESSES.iter().position(|strictness| *strictness == ask.strictness).unwrap_or(1);
        let lane_of = |row: &KinshipRow| row.lanes[at].as_deref().and_then(Lane::from_word);
        let mut settled = Settled::new(self.store.settled_pairs()?);
        // Two questions that take about as long: each has a connection of its own.
        let (kin, sorted) = thread::scope(|threads| {
            let kin = threads.spawn(|| self.store.kinships());
            let sorted = Sorted::new(self, ask);
            (kin.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), sorted)
        });
        let (mut kin, sorted) = (kin?, sorted?);
        kin.retain(|row| {
            let Some(lane) = lane_of(row).filter(|lane| *lane <= ask.until) else { return false };
            !settled.has_in(row.first, row.second, lane)
        });
        let kinships: Vec<Kinship> = kin
            .iter()
            .filter(|row| sorted.is_among(row.first, row.second, &ask.among))
            .filter_map(|row| {
                let (first, second) = (sorted.row(row.first)?, sorted.row(row.second)?);
                let (a, b) = (first.min(second), first.max(second));
                Some(Kinship { a, b, lane: lane_of(row)?, apart: row.apart })
            })
            .collect();
        // What was not compared is not alike: finding has compared whatever a star could need.
        let stars = groups(&kinships, |a, b| a.cmp(&b), |_, _| None);
        let how: HashMap<(PhotoId, PhotoId), &KinshipRow> =
            kin.iter().map(|row| ((row.first, row.second), row)).collect();
        Ok(sorted.groups(stars, &how, &ask.among, &settled))
    }
}

/// Pairs of which the person said that both stay.
struct Settled {
    /// Of one photo twice, how many of its files.
    pairs: HashMap<(PhotoId, PhotoId), u32>,
    others: HashMap<PhotoId, Vec<PhotoId>>,
    /// Photos of pairs that would be in groups of a lane, had nothing been said.
    lanes: BTreeSet<(PhotoId, Lane)>,
}

impl Settled {
    fn new(pairs: Vec<SettledPair>) -> Self {
        let mut others: HashMap<PhotoId, Vec<PhotoId>> = HashMap::new();
        for SettledPair { first, second, .. } in &pairs {
            others.entry(*first).or_default().push(*second);
            others.entry(*second).or_default().push(*first);
        }
        let pairs = pairs.into_iter().map(|pair| ((pair.first, pair.second), pair.files)).collect();
        Self { pairs, others, lanes: BTreeSet::new() }
    }

    fn has(&self, a: PhotoId, b: PhotoId) -> bool {
        self.pairs.contains_key(&(a.min(b), a.max(b)))
    }

    /// Whether it was said of two that are alike as in this lane, and notes it.
    fn has_in(&mut self, a: PhotoId, b: PhotoId, lane: Lane) -> bool {
        let has = self.has(a, b);
        if has {
            self.lanes.extend([(a, lane), (b, lane)]);
        }
        has
    }

    /// Of how many files of a photo it was said.
    fn files_of(&self, photo: PhotoId) -> usize {
        self.pairs.get(&(photo, photo)).map_or(0, |files| *files as usize)
    }

    /// Whether it was said of a photo and another one that `is_near`.
    fn is_about(&self, photo: PhotoId, is_near: impl Fn(PhotoId) -> bool) -> bool {
        self.others.get(&photo).into_iter().flatten().any(|other| *other != photo && is_near(*other))
    }
}

/// A file, and how it ranks among those that could stay.
struct Ranked {
    known: GroupedFile,
    rank: Rank,
    is_protected: bool,
}

/// How a file of a group is alike to the one that stays, and what was said of it.
#[derive(Clone, Copy)]
struct Alike {
    lane: Lane,
    how: How,
    bond: Option<Bond>,
    is_settled: bool,
}

/// Photos in the order in which they would be kept, each with its files in that order.
struct Sorted {
    rows: HashMap<PhotoId, u32>,
    photos: Vec<Vec<Ranked>>,
    order: KeeperOrder,
}

impl Sorted {
    fn new(library: &Library, ask: &AskGroups) -> Result<Self, Error> {
        let order = KeeperOrder::new(&[&ask.keep[..], library.keeper_order()?.criteria()].concat());
        let protected = library.store.protected_folders()?;
        let folders = library.store.folder_order()?;
        let mut by_photo: BTreeMap<PhotoId, Vec<Ranked>> = BTreeMap::new();
        let mut files = library.store.grouped_files()?;
        // What was measured of some only would speak against the others.
        if files.iter().any(|file| file.sharpness.is_none()) {
            files.iter_mut().for_each(|file| (file.sharpness, file.bits) = (None, None));
        }
        for known in files {
            let is_protected = is_protected(&known, &protected);
            let ranked = Ranked { rank: order.rank(&traits(&known, &folders)), is_protected, known };
            if ask.among.has(ranked.spot()) {
                by_photo.entry(ranked.known.photo).or_default().push(ranked);
            }
        }
        let mut photos: Vec<Vec<Ranked>> = by_photo.into_values().collect();
        photos
            .iter_mut()
            .for_each(|files| files.sort_unstable_by(|a, b| a.among_twins().cmp(&b.among_twins())));
        photos.sort_unstable_by(|a, b| a[0].among_photos().cmp(&b[0].among_photos()));
        let rows = photos.iter().enumerate().map(|(row, files)| (files[0].known.photo, row as u32)).collect();
        Ok(Self { rows, photos, order })
    }

    fn row(&self, photo: PhotoId) -> Option<u32> {
        self.rows.get(&photo).copied()
    }

    fn is_among(&self, a: PhotoId, b: PhotoId, among: &Among) -> bool {
        let files = |photo: PhotoId| self.row(photo).map_or(&[][..], |row| &self.photos[row as usize][..]);
        files(a).iter().any(|a| files(b).iter().any(|b| among.has_pair(a.spot(), b.spot())))
    }

    fn groups(
        &self,
        stars: Vec<likeness_cleanup::Group>,
        kin: &HashMap<(PhotoId, PhotoId), &KinshipRow>,
        among: &Among,
        settled: &Settled,
    ) -> Vec<DuplicateGroup> {
        let copied = self.photos.iter().filter(|files| files.len() > 1);
        let mut copied: BTreeSet<PhotoId> = copied.map(|files| files[0].known.photo).collect();
        let mut found = Vec::new();
        let mut copies: HashMap<u32, Vec<u32>> = HashMap::new();
        let photo_of = |row: &u32| self.photos[*row as usize][0].known.photo;
        for star in stars {
            let keeper = self.stays(star.keeper, &star.members, among);
            let first = keeper.known.photo;
            let in_star: Vec<PhotoId> = star.members.iter().chain([&star.keeper]).map(photo_of).collect();
            let mut members = Vec::new();
            if star.lane == Lane::Copies {
                copies.insert(star.keeper, star.members.clone());
                members.extend(self.copies_of(keeper, star.keeper, &mut copied, among, settled));
            }
            // What is alike through a copy may have been settled with what stays itself.
            for row in star.members.into_iter().filter(|row| !settled.has(first, photo_of(row))) {
                let files = &self.photos[row as usize];
                let mut asked = files.iter().filter(|file| among.has_pair(keeper.spot(), file.spot()));
                let Some(file) = asked.next() else { continue };
                let second = file.known.photo;
                let kinship = self.kinship(kin, first, second, copies.get(&star.keeper));
                let bond = kinship.and_then(|row| Bond::from_word(row.bond.as_deref()?));
                // A part of a panorama need not touch the one that stays.
                let is_part = |other: &PhotoId| {
                    let row = kin.get(&(second.min(*other), second.max(*other)));
                    row.is_some_and(|row| row.bond.as_deref() == Some(Bond::Panorama.word()))
                };
                let is_burst = star.lane == Lane::Bursts;
                let bond =
                    bond.or_else(|| (is_burst && in_star.iter().any(is_part)).then_some(Bond::Panorama));
                let how = kinship.map_or(How::SameBytes, |row| {
                    let Symmetry { quarters, mirrored } = onto(first, row);
                    How::Picture { alike: row.alike, area: row.area, quarters, mirrored }
                });
                // Those that stay together need not all be in this group: it has what is nearest to its keeper.
                let is_near = |other: PhotoId| {
                    in_star.contains(&other)
                        || kin.contains_key(&(first.min(other), first.max(other)))
                        || settled.has(first, other)
                };
                let is_settled = settled.is_about(second, is_near);
                let member = |file: &Ranked| {
                    let is_said_of_file =
                        star.lane == Lane::Copies && self.is_settled_file(row, file, settled);
                    let is_settled = is_settled || is_said_of_file;
                    self.member(keeper, file, Alike { lane: star.lane, how, bond, is_settled })
                };
                members.push(member(file));
                let are_all_settled = settled.files_of(second) >= files.len();
                if star.lane == Lane::Copies && copied.remove(&second) && !are_all_settled {
                    members.extend(asked.map(member));
                }
            }
            let is_settled = settled.lanes.contains(&(first, star.lane))
                || (star.lane == Lane::Copies && self.is_settled_file(star.keeper, keeper, settled));
            found.extend(group(star.lane, kept(keeper, is_settled), members));
        }
        for photo in copied.clone() {
            let Some(row) = self.row(photo) else { continue };
            let keeper = self.stays(row, &[], among);
            let members = self.copies_of(keeper, row, &mut copied, among, settled);
            let is_settled = self.is_settled_file(row, keeper, settled);
            found.extend(group(Lane::Copies, kept(keeper, is_settled), members));
        }
        found.retain(|group| !group.is_all_protected());
        found.sort_by_cached_key(|group| (group.lane, Reverse(group.reclaimable()), group.keeper.file));
        found
    }

    /// How two photos are alike, or how a copy of the first is like the second.
    fn kinship<'a>(
        &self,
        how: &HashMap<(PhotoId, PhotoId), &'a KinshipRow>,
        first: PhotoId,
        second: PhotoId,
        copies: Option<&Vec<u32>>,
    ) -> Option<&'a KinshipRow> {
        let copies = copies.into_iter().flatten().map(|row| self.photos[*row as usize][0].known.photo);
        let mut pairs = std::iter::once(first).chain(copies).map(|one| (one.min(second), one.max(second)));
        pairs.find_map(|pair| how.get(&pair).copied())
    }

    /// Of the files of a photo that stays, the first that is looked at with another one of its group.
    fn stays(&self, row: u32, members: &[u32], among: &Among) -> &Ranked {
        let files = &self.photos[row as usize];
        let others = || files.iter().chain(members.iter().flat_map(|row| &self.photos[*row as usize]));
        let is_asked = |file: &&Ranked| {
            others().any(|other| {
                other.known.on_disk != file.known.on_disk && among.has_pair(file.spot(), other.spot())
            })
        };
        files.iter().find(is_asked).unwrap_or(&files[0])
    }

    /// The other files of what stays, unless so many were settled.
    fn copies_of(
        &self,
        keeper: &Ranked,
        row: u32,
        copied: &mut BTreeSet<PhotoId>,
        among: &Among,
        settled: &Settled,
    ) -> Vec<Member> {
        let photo = keeper.known.photo;
        if !copied.remove(&photo) {
            return Vec::new();
        }
        // One file under two names is no duplicate of itself.
        let is_another = |file: &&Ranked| {
            file.known.on_disk != keeper.known.on_disk && among.has_pair(keeper.spot(), file.spot())
        };
        let others: Vec<&Ranked> = self.photos[row as usize].iter().filter(is_another).collect();
        if others.len() < settled.files_of(photo) {
            return Vec::new();
        }
        let alike = |file: &Ranked| {
            let is_settled = self.is_settled_file(row, file, settled);
            Alike { lane: Lane::Copies, how: How::SameBytes, bond: None, is_settled }
        };
        others.into_iter().map(|file| self.member(keeper, file, alike(file))).collect()
    }

    /// Whether it was said of the files of its photo that they stay, and this is one of those: they are known for longest.
    fn is_settled_file(&self, row: u32, file: &Ranked, settled: &Settled) -> bool {
        let said = settled.files_of(file.known.photo);
        let older = |other: &&Ranked| other.known.file < file.known.file;
        said > 0 && self.photos[row as usize].iter().filter(older).count() < said
    }

    fn member(&self, keeper: &Ranked, file: &Ranked, alike: Alike) -> Member {
        let Alike { lane, how, bond, is_settled } = alike;
        // The picture stays, and what was recorded along with it would not.
        let is_recording_lost = file.known.has_recording && !keeper.known.has_recording;
        let bond = bond.or(is_recording_lost.then_some(Bond::LivePhoto));
        Member {
            reason: self.order.reason(&keeper.rank, &file.rank),
            how,
            bond,
            is_selected: lane == Lane::Copies && bond.is_none() && !file.is_protected,
            ..kept(file, is_settled)
        }
    }
}

/// How the other photo of a row comes to lie upon this one.
fn onto(photo: PhotoId, row: &KinshipRow) -> Symmetry {
    let onto_first = Symmetry { quarters: row.quarters, mirrored: row.mirrored };
    if photo == row.first { onto_first } else { onto_first.back() }
}

/// What stays, with what goes for it if nothing was said before; nothing without members.
fn group(lane: Lane, keeper: Member, members: Vec<Member>) -> Option<DuplicateGroup> {
    let mut group = DuplicateGroup { lane, keeper, members };
    if group.is_back() {
        group.members.iter_mut().for_each(|member| member.is_selected = false);
    }
    (!group.members.is_empty()).then_some(group)
}

fn kept(Ranked { known, is_protected, .. }: &Ranked, is_settled: bool) -> Member {
    Member {
        file: known.file,
        photo: known.photo,
        path: known.place.absolute(),
        size_bytes: known.size_bytes,
        on_disk: known.on_disk,
        reason: None,
        how: How::Itself,
        bond: None,
        is_settled,
        is_protected: *is_protected,
        is_selected: false,
    }
}

fn is_protected(file: &GroupedFile, protected: &[ProtectedFolder]) -> bool {
    protected.iter().any(|safe| safe.folder == file.folder && file.place.path.is_under(&safe.path))
}

/// `folders`: the person's order of source folders.
fn traits(known: &GroupedFile, folders: &[FolderId]) -> Traits {
    let folder_rank = folders.iter().position(|folder| *folder == known.folder);
    Traits {
        file: known.file,
        format: known.format,
        bits: known.bits,
        pixels: known.pixels,
        bytes: known.size_bytes,
        sharpness: known.sharpness,
        has_edits: known.has_edits,
        facts: known.facts,
        rating: known.rating,
        albums: known.albums,
        folder_rank: folder_rank.map(|rank| rank as u32),
        time_ns: known.shown_at_ms.saturating_mul(1_000_000),
        modified_ns: known.modified_ns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_leads_to_whichever_of_the_two_stays() {
        let (first, second) = (PhotoId(1), PhotoId(2));
        let row = |quarters, mirrored| KinshipRow {
            first,
            second,
            lanes: [None, None, None],
            bond: None,
            apart: 0.0,
            alike: 1.0,
            area: 1.0,
            quarters,
            mirrored,
        };
        assert_eq!([first, second].map(|stays| onto(stays, &row(3, false)).quarters), [3, 1]);
        assert_eq!([first, second].map(|stays| onto(stays, &row(1, true)).quarters), [1, 1]);
    }
}
