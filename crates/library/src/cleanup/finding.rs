//! Finds near-duplicates: every photo is compared once with those that look or hash alike, and what came of it is kept.
//! Newcomers are compared with all others, and nobody else again.

use std::collections::{BTreeSet, HashMap};
use std::os::unix::ffi::OsStrExt;

use likeness_cleanup::{
    Bond, CloserLook, Comparison, HashIndex, Kinship, Lane, Limits, Look, NEIGHBORS, Photos, Shot,
    Strictness, burst_candidates, candidates, compare, compare_all, groups,
};
use likeness_domain::{JobContext, PhotoId, SmallPicture};
use likeness_layout::neighbor_graph;
use likeness_store::{ComparedPhoto, KinshipRow};

use crate::cleanup::at_hand::AtHand;
use crate::looks::Looks;
use crate::{Error, Library, Notice};

/// Pairs that are compared before what came of them is saved.
const AT_ONCE: usize = 16_384;
/// Up to so many newcomers, each is laid beside all others; beyond, all are laid beside all.
const FEW: usize = 400;
/// By how much, from the strictest.
pub(crate) const STRICTNESSES: [Strictness; 3] =
    [Strictness::Careful, Strictness::Usual, Strictness::Generous];

impl Library {
    /// Compares photos that were not compared yet. Answers how many there were. A photo without its small picture, and
    /// one that the model has not seen, waits until it has.
    ///
    /// # Errors
    /// When the job is cancelled, or the catalog cannot be read or written. What was compared is kept.
    pub fn find_near_duplicates(&self, ctx: &JobContext) -> Result<u64, Error> {
        if self.store.count_not_compared()? == 0 {
            return Ok(0);
        }
        let photos = self.store.photos_to_compare()?;
        let looks = self.looks().ok();
        let mut seen = Seen::new(self, &photos, looks.as_ref());
        let new: Vec<u32> = seen.new_rows(&photos, self.eye().is_ok());
        if new.is_empty() {
            return Ok(0);
        }
        let pairs = seen.pairs(ctx, &photos, &new)?;
        let limits = Strictness::Generous.limits();
        let mut found = Vec::new();
        for part in pairs.chunks(AT_ONCE) {
            let rows: BTreeSet<u32> = part.iter().flat_map(|&(a, b)| [a, b]).collect();
            seen.look_at(rows)?;
            let compared = compare_all(ctx, &seen, part, &limits)?;
            self.store.save_kinships(&[], &seen.rows_of(&compared))?;
            found.extend(compared.iter().map(|(kinship, how)| (*kinship, *how)));
        }
        let missing = self.compare_across(&mut seen, &found, &limits)?;
        let new: Vec<PhotoId> = new.iter().map(|row| photos[*row as usize].photo).collect();
        self.store.save_kinships(&new, &seen.rows_of(&missing))?;
        self.notices.tell(Notice::StateChanged);
        Ok(new.len() as u64)
    }

    /// Groups are stars: their members must have been compared with what stays, and not with each other alone.
    fn compare_across(
        &self,
        seen: &mut Seen<'_>,
        found: &[(Kinship, Comparison)],
        limits: &Limits,
    ) -> Result<Vec<(Kinship, Comparison)>, Error> {
        let kinships: Vec<Kinship> = found.iter().map(|(kinship, _)| *kinship).collect();
        let rows: BTreeSet<u32> = kinships.iter().flat_map(|kinship| [kinship.a, kinship.b]).collect();
        seen.look_at(rows)?;
        let mut across = Vec::new();
        groups(
            &kinships,
            |a, b| a.cmp(&b),
            |a, b| {
                let comparison = compare(seen, a, b, limits)?;
                across.push((comparison.kinship(a, b), comparison));
                Some(comparison.lane)
            },
        );
        Ok(across)
    }
}

/// Photos as they are compared, by row.
struct Seen<'a> {
    library: &'a Library,
    photos: Vec<PhotoId>,
    shots: Vec<Shot>,
    looks: Option<&'a Looks>,
    /// Of each row, the row of its vector.
    vectors: Vec<Option<u32>>,
    smalls: HashMap<u32, SmallPicture>,
    thumbnails: AtHand,
}

impl Photos for Seen<'_> {
    fn shot(&self, row: u32) -> &Shot {
        &self.shots[row as usize]
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
        let (a, b) = (self.vector(a)?, self.vector(b)?);
        Some(1.0 - a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>())
    }
}

impl<'a> Seen<'a> {
    fn new(library: &'a Library, photos: &[ComparedPhoto], looks: Option<&'a Looks>) -> Self {
        let rows: HashMap<PhotoId, u32> = looks
            .map(|looks| looks.photos.iter().enumerate().map(|(row, photo)| (*photo, row as u32)).collect())
            .unwrap_or_default();
        let shot = |photo: &ComparedPhoto| Shot {
            facts: photo.facts.clone(),
            stem: Some(photo.stem.as_os_str().as_bytes().to_vec()),
            has_movie: photo.has_movie,
        };
        Self {
            library,
            photos: photos.iter().map(|photo| photo.photo).collect(),
            shots: photos.iter().map(shot).collect(),
            looks,
            vectors: photos.iter().map(|photo| rows.get(&photo.photo).copied()).collect(),
            smalls: HashMap::new(),
            thumbnails: AtHand::default(),
        }
    }

    fn vector(&self, row: u32) -> Option<&[f32]> {
        Some(self.looks?.row(self.vectors[row as usize]? as usize))
    }

    /// Photos that were not compared; with a model, those that it has seen.
    fn new_rows(&self, photos: &[ComparedPhoto], has_model: bool) -> Vec<u32> {
        let is_ready = |row: &u32| !has_model || self.vectors[*row as usize].is_some();
        let rows = (0..photos.len() as u32).filter(|row| !photos[*row as usize].is_compared);
        rows.filter(is_ready).collect()
    }

    /// The pairs that are worth comparing and have one of `new`.
    fn pairs(
        &self,
        ctx: &JobContext,
        photos: &[ComparedPhoto],
        new: &[u32],
    ) -> Result<Vec<(u32, u32)>, Error> {
        let index = HashIndex::new(photos.iter().map(|photo| photo.perceptual_hash).collect());
        let near = self.nearest(ctx, new)?;
        let nothing = Vec::new();
        let mut pairs = candidates(&index, new, |row| near.get(&row).unwrap_or(&nothing).iter().copied());
        let is_new: BTreeSet<u32> = new.iter().copied().collect();
        let bursts = burst_candidates(&self.shots);
        pairs.extend(bursts.into_iter().filter(|(a, b)| is_new.contains(a) || is_new.contains(b)));
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// The nearest by embedding of each of `new`, nearest first.
    fn nearest(&self, ctx: &JobContext, new: &[u32]) -> Result<HashMap<u32, Vec<(u32, f32)>>, Error> {
        let Some(looks) = self.looks else { return Ok(HashMap::new()) };
        // From rows of vectors to rows of photos.
        let mut back: HashMap<u32, u32> = HashMap::new();
        for (row, vector) in self.vectors.iter().enumerate() {
            if let Some(vector) = vector {
                back.insert(*vector, row as u32);
            }
        }
        let of_photos = |of_vectors: Vec<(u32, f32)>| -> Vec<(u32, f32)> {
            of_vectors.into_iter().filter_map(|(row, distance)| Some((*back.get(&row)?, distance))).collect()
        };
        let mut near = HashMap::new();
        if new.len() <= FEW {
            for row in new {
                ctx.check()?;
                if let Some(vector) = self.vectors[*row as usize] {
                    near.insert(*row, of_photos(nearest_of(looks, vector)));
                }
            }
        } else {
            let graph = neighbor_graph(ctx, &looks.vectors, looks.dimension(), NEIGHBORS)?;
            for row in new {
                if let Some(vector) = self.vectors[*row as usize] {
                    let neighbors = graph.neighbors(vector as usize).iter().copied();
                    let distances = graph.distances(vector as usize).iter().copied();
                    near.insert(*row, of_photos(neighbors.zip(distances).collect()));
                }
            }
        }
        Ok(near)
    }

    /// Makes ready to compare `rows`, and no others.
    fn look_at(&mut self, rows: BTreeSet<u32>) -> Result<(), Error> {
        self.smalls.retain(|row, _| rows.contains(row));
        let missing: Vec<u32> = rows.into_iter().filter(|row| !self.smalls.contains_key(row)).collect();
        let photos: Vec<PhotoId> = missing.iter().map(|row| self.photos[*row as usize]).collect();
        let mut rows =
            missing.iter().zip(&photos).map(|(row, photo)| (*photo, *row)).collect::<HashMap<_, _>>();
        for (photo, small) in self.library.store.small_pictures(&photos)? {
            self.smalls.extend(rows.remove(&photo).map(|row| (row, small)));
        }
        Ok(())
    }

    fn rows_of(&self, compared: &[(Kinship, Comparison)]) -> Vec<KinshipRow> {
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

/// The nearest rows of one, by cosine distance.
fn nearest_of(looks: &Looks, of: u32) -> Vec<(u32, f32)> {
    let own = looks.row(of as usize);
    let mut nearest: Vec<(f32, u32)> = Vec::with_capacity(NEIGHBORS + 1);
    for row in (0..looks.photos.len() as u32).filter(|row| *row != of) {
        let cosine: f32 = looks.row(row as usize).iter().zip(own).map(|(a, b)| a * b).sum();
        let distance = 1.0 - cosine;
        if nearest.len() < NEIGHBORS || nearest.last().is_some_and(|(farthest, _)| distance < *farthest) {
            let at = nearest.partition_point(|(other, _)| *other <= distance);
            nearest.insert(at, (distance, row));
            nearest.truncate(NEIGHBORS);
        }
    }
    nearest.into_iter().map(|(distance, row)| (row, distance)).collect()
}
