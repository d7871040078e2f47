//! Finds near-duplicates: every photo is compared once with those that look or hash alike, and what came of it is kept.
//! Newcomers are compared with all others, and nobody else again.

use std::collections::{BTreeSet, HashMap};
use std::slice;
use std::sync::Arc;

use likeness_cleanup::{
    BURST_GAPS_MS, Bond, CloserLook, Comparison, HashIndex, Kinship, Lane, Limits, Look, Moment, NEIGHBORS,
    Photos, Shot, Strictness, burst_candidates, candidates, compare, compare_all, further_candidates, groups,
    moment,
};
use likeness_domain::{Embedding, JobContext, PhotoId, SmallPicture, Stage};
use likeness_layout::neighbor_graph;
use likeness_neighbors::{Query, SearchOptions};
use likeness_store::{ComparedPhoto, KinshipRow};

use crate::cleanup::at_hand::AtHand;
use crate::vectors::Vectors;
use crate::{Error, Library, Notice};

/// The nearest by embedding of some rows, each with its distance, nearest first.
type Near = HashMap<u32, Vec<(u32, f32)>>;

/// Two rows that are alike, and how.
type Compared = (Kinship, Comparison);

/// Pairs that are compared before what came of them is saved.
const AT_ONCE: usize = 4_096;
/// Up to so many newcomers, each asks for those nearest to it; beyond, the nearest of all photos are found at once.
const FEW: usize = 400;
/// By how much, from the strictest.
pub(crate) const STRICTNESSES: [Strictness; 3] =
    [Strictness::Careful, Strictness::Usual, Strictness::Generous];

impl Library {
    /// Compares photos that were not compared yet. Answers how many there were. A photo without its small picture, and
    /// one that the model has not seen, waits until it has. Tells its progress as [`Stage::Compare`].
    ///
    /// # Errors
    /// When the job is cancelled, or the catalog cannot be read or written. What was compared is kept.
    pub fn find_near_duplicates(&self, ctx: &JobContext) -> Result<u64, Error> {
        let vectors = match self.eye() {
            Ok(eye) => Some(eye.answering(&self.store)?.vectors),
            Err(_) => None,
        };
        let new = self.store.photos_not_compared(vectors.as_ref().map(|vectors| vectors.tag()))?;
        if new.is_empty() {
            return Ok(0);
        }
        let mut seen = Seen::new(self, vectors)?;
        let near = seen.nearest(ctx, &new)?;
        let pairs = seen.pairs(&new, &near)?;
        let limits = Strictness::Generous.limits();
        let mut found = seen.compare(ctx, &pairs, 0, &limits)?;
        let further = further_pairs(&near, &pairs, &found);
        found.extend(seen.compare(ctx, &further, pairs.len() as u64, &limits)?);
        let missing = seen.compare_across(&found, &limits)?;
        self.store.save_kinships(&new, &seen.rows_of(&missing))?;
        self.notices.tell(Notice::StateChanged);
        Ok(new.len() as u64)
    }
}

/// Photos as they are compared, by row.
struct Seen<'a> {
    library: &'a Library,
    /// All in view that have a perceptual hash, in the order of their numbers.
    photos: Vec<PhotoId>,
    hashes: HashIndex,
    /// Without a model there are none.
    vectors: Option<Arc<Vectors>>,
    /// What is known of those that were asked about.
    shots: HashMap<u32, Shot>,
    /// Of the photos at hand, what their shots leave open is told by.
    smalls: HashMap<u32, SmallPicture>,
    embeddings: HashMap<u32, Embedding>,
    thumbnails: AtHand,
}

impl Photos for Seen<'_> {
    fn shot(&self, row: u32) -> &Shot {
        &self.shots[&row]
    }

    fn look(&self, row: u32) -> Option<Look> {
        let facts = &self.shot(row).facts;
        Some(Look::new(self.smalls.get(&row)?, facts.width, facts.height))
    }

    /// From the large thumbnail; a photo that is away and has none is told by its small picture.
    fn closer_look(&self, row: u32) -> Option<CloserLook> {
        let facts = &self.shot(row).facts;
        let (short, long) = (facts.width.min(facts.height), facts.width.max(facts.height).max(1));
        let short_side = (CloserLook::SIDE as u32 * short).div_ceil(long);
        let photo = self.photos[row as usize];
        let decoded = self.thumbnails.picture(row, || self.library.thumbnail_pixels(photo, short_side));
        let pixels = decoded.get()?.as_ref()?;
        Some(CloserLook::new(pixels.width() as usize, pixels.height() as usize, pixels.rgb()))
    }

    fn distance(&self, a: u32, b: u32) -> Option<f32> {
        let (a, b) = (self.embeddings.get(&a)?.values(), self.embeddings.get(&b)?.values());
        Some(1.0 - a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>())
    }
}

impl<'a> Seen<'a> {
    fn new(library: &'a Library, vectors: Option<Arc<Vectors>>) -> Result<Self, Error> {
        let (photos, hashes) = library.store.perceptual_hashes()?.into_iter().unzip();
        Ok(Self {
            library,
            photos,
            hashes: HashIndex::new(hashes),
            vectors,
            shots: HashMap::new(),
            smalls: HashMap::new(),
            embeddings: HashMap::new(),
            thumbnails: AtHand::default(),
        })
    }

    fn row(&self, photo: PhotoId) -> Option<u32> {
        self.photos.binary_search(&photo).ok().map(|row| row as u32)
    }

    /// The pairs that are worth comparing and have one of `new`.
    fn pairs(&mut self, new: &[PhotoId], near: &Near) -> Result<Vec<(u32, u32)>, Error> {
        let rows: BTreeSet<u32> = new.iter().filter_map(|photo| self.row(*photo)).collect();
        let listed: Vec<u32> = rows.iter().copied().collect();
        let mut pairs =
            candidates(&self.hashes, &listed, |row| near.get(&row).into_iter().flatten().copied());
        let around = self.library.store.photos_taken_near(new, BURST_GAPS_MS)?;
        let around: BTreeSet<u32> =
            around.into_iter().filter_map(|photo| self.row(photo)).chain(listed).collect();
        self.learn(&around)?;
        let bursts = burst_candidates(around.iter().map(|row| (*row, &self.shots[row])));
        pairs.extend(bursts.into_iter().filter(|(a, b)| rows.contains(a) || rows.contains(b)));
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// Compares `pairs`, when `before` others were compared, and saves what is found part by part.
    fn compare(
        &mut self,
        ctx: &JobContext,
        pairs: &[(u32, u32)],
        before: u64,
        limits: &Limits,
    ) -> Result<Vec<Compared>, Error> {
        let mut found = Vec::new();
        for (part, done) in pairs.chunks(AT_ONCE).zip((before..).step_by(AT_ONCE)) {
            ctx.progress(Stage::Compare, done, before + pairs.len() as u64);
            self.look_at(part)?;
            let compared = compare_all(&ctx.uncounted(), self, part, limits)?;
            self.library.store.save_kinships(&[], &self.rows_of(&compared))?;
            found.extend(compared);
        }
        Ok(found)
    }

    /// The nearest by embedding of each of `new`.
    fn nearest(&self, ctx: &JobContext, new: &[PhotoId]) -> Result<Near, Error> {
        let Some(vectors) = &self.vectors else { return Ok(HashMap::new()) };
        if new.len() > FEW {
            return self.nearest_of_many(ctx, new);
        }
        let store = &self.library.store;
        let mut near = HashMap::new();
        for photo in new {
            ctx.check()?;
            let found = vectors.ask(store, |index| {
                let Some(embedding) = index.embedding(*photo) else { return Ok(Vec::new()) };
                let excluded = slice::from_ref(photo);
                index.nearest(
                    &Query::like(embedding),
                    &SearchOptions { excluded, ..SearchOptions::nearest(NEIGHBORS) },
                )
            })??;
            let found = found.iter().filter_map(|found| Some((self.row(found.photo)?, found.distance)));
            near.extend(self.row(*photo).map(|row| (row, found.collect())));
        }
        Ok(near)
    }

    fn nearest_of_many(&self, ctx: &JobContext, new: &[PhotoId]) -> Result<Near, Error> {
        let looks = self.library.looks()?;
        let graph = neighbor_graph(ctx, &looks.vectors, looks.dimension(), NEIGHBORS)?;
        let rows: Vec<Option<u32>> = looks.photos.iter().map(|photo| self.row(*photo)).collect();
        let mut near = HashMap::new();
        for photo in new {
            if let (Some(row), Ok(at)) = (self.row(*photo), looks.photos.binary_search(photo)) {
                let found = graph.neighbors(at).iter().zip(graph.distances(at));
                let found = found.filter_map(|(other, distance)| Some((rows[*other as usize]?, *distance)));
                near.insert(row, found.collect());
            }
        }
        Ok(near)
    }

    /// Reads what is known of `rows`, where that is not known yet.
    fn learn(&mut self, rows: &BTreeSet<u32>) -> Result<(), Error> {
        let missing: Vec<u32> = rows.iter().copied().filter(|row| !self.shots.contains_key(row)).collect();
        let photos: Vec<PhotoId> = missing.iter().map(|row| self.photos[*row as usize]).collect();
        let known = self.library.store.photos_to_compare(&photos)?;
        self.shots.extend(missing.into_iter().zip(known.into_iter().map(shot)));
        Ok(())
    }

    /// Makes ready to compare `pairs`, and no others.
    fn look_at(&mut self, pairs: &[(u32, u32)]) -> Result<(), Error> {
        self.learn(&pairs.iter().flat_map(|&(a, b)| [a, b]).collect())?;
        let (mut laid, mut of_moment) = (BTreeSet::new(), BTreeSet::new());
        for &(a, b) in pairs {
            match moment(self.shot(a), self.shot(b)) {
                Moment::Open => laid.extend([a, b]),
                Moment::Burst(_) => {
                    laid.extend([a, b]);
                    of_moment.extend([a, b]);
                }
                Moment::Apart => {}
            }
        }
        self.read_smalls(laid)?;
        self.read_embeddings(of_moment)
    }

    fn read_smalls(&mut self, rows: BTreeSet<u32>) -> Result<(), Error> {
        self.smalls.retain(|row, _| rows.contains(row));
        let missing = rows.into_iter().filter(|row| !self.smalls.contains_key(row));
        let photos: Vec<PhotoId> = missing.map(|row| self.photos[row as usize]).collect();
        for (photo, small) in self.library.store.small_pictures(&photos)? {
            let row = self.row(photo).expect("asked for by row");
            self.smalls.insert(row, small);
        }
        Ok(())
    }

    fn read_embeddings(&mut self, rows: BTreeSet<u32>) -> Result<(), Error> {
        let Some(vectors) = &self.vectors else { return Ok(()) };
        self.embeddings.retain(|row, _| rows.contains(row));
        for row in rows {
            if !self.embeddings.contains_key(&row) {
                let seen = self.library.store.embedding(self.photos[row as usize], vectors.tag())?;
                self.embeddings.extend(seen.map(|embedding| (row, embedding)));
            }
        }
        Ok(())
    }

    /// Groups are stars: their members must have been compared with what stays, and not with each other alone.
    fn compare_across(&mut self, found: &[Compared], limits: &Limits) -> Result<Vec<Compared>, Error> {
        let kinships: Vec<Kinship> = found.iter().map(|(kinship, _)| *kinship).collect();
        let mut across = Vec::new();
        let mut failed = None;
        groups(
            &kinships,
            |a, b| a.cmp(&b),
            |a, b| {
                if let Err(error) = self.look_at(&[(a.min(b), a.max(b))]) {
                    failed.get_or_insert(error);
                    return None;
                }
                let comparison = compare(self, a, b, limits)?;
                across.push((comparison.kinship(a, b), comparison));
                Some(comparison.lane)
            },
        );
        failed.map_or(Ok(across), Err)
    }

    fn rows_of(&self, compared: &[Compared]) -> Vec<KinshipRow> {
        compared.iter().map(|(kinship, how)| self.row_of(kinship, how)).collect()
    }

    fn row_of(&self, kinship: &Kinship, how: &Comparison) -> KinshipRow {
        let lane = |strictness: Strictness| -> Option<Lane> {
            let limits = strictness.limits();
            match &how.overlay {
                Some(overlay) => limits.lane(overlay, how.difference.as_ref()),
                None => self
                    .distance(kinship.a, kinship.b)
                    .is_some_and(|distance| distance <= limits.farthest_burst)
                    .then_some(Lane::Bursts),
            }
        };
        let overlay = how.overlay.as_ref();
        KinshipRow {
            first: self.photos[kinship.a as usize],
            second: self.photos[kinship.b as usize],
            lanes: STRICTNESSES.map(|strictness| lane(strictness).map(|lane| lane.word().to_owned())),
            bond: how.bond.map(|bond: Bond| bond.word().to_owned()),
            apart: kinship.apart,
            alike: overlay
                .map_or(1.0 - self.distance(kinship.a, kinship.b).unwrap_or(1.0), |overlay| overlay.share),
            area: overlay.map_or(1.0, |overlay| overlay.area),
            quarters: overlay.map_or(0, |overlay| overlay.symmetry.quarters),
            mirrored: overlay.is_some_and(|overlay| overlay.symmetry.mirrored),
        }
    }
}

/// Pairs that are worth comparing besides `pairs` because one of the two is among what was `found`.
fn further_pairs(near: &Near, pairs: &[(u32, u32)], found: &[Compared]) -> Vec<(u32, u32)> {
    let rows: BTreeSet<u32> = found.iter().flat_map(|(kinship, _)| [kinship.a, kinship.b]).collect();
    let rows: Vec<u32> = rows.into_iter().collect();
    let mut further = further_candidates(&rows, |row| near.get(&row).into_iter().flatten().copied());
    further.retain(|pair| pairs.binary_search(pair).is_err());
    further
}

fn shot(photo: ComparedPhoto) -> Shot {
    let stem = photo.stem.map(|stem| stem.into_os_string().into_encoded_bytes());
    Shot { facts: photo.facts, stem, has_movie: photo.has_movie }
}
