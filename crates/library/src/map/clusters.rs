//! Clusters of photos that look alike, coarse to fine: found once by KMeans, merged into coarser ones, and joined by
//! newcomers. A cluster keeps its number, also when everything is grouped again.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;

use likeness_cluster::{Clusters, kmeans, merge_clusters, nearest_clusters, silhouette};
use likeness_domain::{JobContext, ModelTag, PhotoId, Stage};
use likeness_store::{Cluster, Clustering, Grouping};

use super::{Dims, Label, Layout};
use crate::looks::Looks;
use crate::{Error, Library};

/// The coarsest grouping has so many clusters, or up to twice as many.
const COARSEST: usize = 4;
/// The finest has at most so many ...
const FINEST: usize = 256;
/// ... with on average so many photos or more.
const PHOTOS_OF_FINEST: usize = 8;
/// Everything is grouped again when there are so many times as many photos as the last time.
const GROWN: f64 = 1.5;
const SEED: u64 = 0;

impl Library {
    /// Groups all photos that can be found by look into `count` clusters, those with most photos first; without a number,
    /// into as many as suit them best among the groupings that are kept with the map.
    ///
    /// # Errors
    /// When there is no model, there are fewer photos than clusters, the catalog cannot be read or written, or the job is
    /// cancelled.
    pub fn grouped(&self, ctx: &JobContext, count: Option<NonZeroUsize>) -> Result<Vec<Label>, Error> {
        let looks = self.looks()?;
        let photos = looks.photos.len();
        match count {
            Some(count) if count.get() > photos => Err(Error::TooFewPhotos { photos, clusters: count.get() }),
            Some(count) => {
                let found = kmeans(ctx, &looks.vectors, looks.dimension(), count, SEED)?;
                let numbers: Vec<u16> = (0..count.get()).map(number).collect();
                self.describe(&grouping(&looks, &found, &numbers), Layout::Look(Dims::Two))
            }
            None => {
                self.group(ctx, &looks)?;
                let best = self.store.clustering()?.map_or(0, |clustering| clustering.best);
                self.labels(best, Layout::Look(Dims::Two))
            }
        }
    }

    /// Groups everything when it is due, and lets newcomers join otherwise.
    pub(super) fn group(&self, ctx: &JobContext, looks: &Looks) -> Result<(), Error> {
        match self.store.clustering()? {
            Some(clustering) if !is_due(&clustering, &looks.tag, looks.photos.len()) => {
                self.join(ctx, &clustering, looks)
            }
            before => self.group_all(ctx, looks, before.map_or(0, |before| before.counts.len())),
        }
    }

    /// The same, without reading all vectors where nothing is due.
    pub(super) fn group_newcomers(&self, ctx: &JobContext, tag: &ModelTag) -> Result<(), Error> {
        let count = self.store.embedding_stamp(tag)?.count as usize;
        let is_due = self.store.clustering()?.is_none_or(|clustering| is_due(&clustering, tag, count));
        if is_due || !self.store.photos_in_no_cluster(tag)?.is_empty() {
            self.group(ctx, &self.looks()?)?;
        }
        Ok(())
    }

    fn group_all(&self, ctx: &JobContext, looks: &Looks, groupings_before: usize) -> Result<(), Error> {
        let counts = counts(looks.photos.len());
        let Some(finest) = counts.last().copied().and_then(NonZeroUsize::new) else { return Ok(()) };
        let steps = counts.len() as u64 + 1;
        ctx.progress(Stage::Group, 0, steps);
        let found = kmeans(ctx, &looks.vectors, looks.dimension(), finest, SEED)?;
        let mut sizes = vec![0; finest.get()];
        found.assignment.iter().for_each(|&cluster| sizes[cluster] += 1);
        let falling: Vec<usize> = counts.iter().rev().copied().collect();
        let merged = merge_clusters(&found.centres, looks.dimension(), &sizes, &falling)?;

        let mut groupings = Vec::with_capacity(counts.len());
        let mut best = (0, f64::NEG_INFINITY);
        for (fineness, merged) in merged.iter().rev().enumerate() {
            ctx.check()?;
            ctx.progress(Stage::Group, fineness as u64 + 1, steps);
            let clusters = united(&found, merged, &sizes, looks.dimension());
            let suits = silhouette(&looks.vectors, looks.dimension(), &clusters.assignment)?;
            if suits > best.1 {
                best = (fineness as u8, suits);
            }
            let before = match fineness < groupings_before {
                true => self.store.members(fineness as u8)?.into_iter().collect(),
                false => HashMap::new(),
            };
            let numbers = kept_numbers(&before, &looks.photos, &clusters.assignment);
            groupings.push(grouping(looks, &clusters, &numbers));
        }
        let photos = looks.photos.len() as u64;
        self.store.save_clustering(&looks.tag, photos, best.0, &groupings)?;
        Ok(())
    }

    /// Newcomers join the finest cluster whose centre is nearest, and the coarser ones that it lies in.
    fn join(&self, ctx: &JobContext, clustering: &Clustering, looks: &Looks) -> Result<(), Error> {
        let newcomers = self.store.photos_in_no_cluster(&looks.tag)?;
        let rows: Vec<usize> =
            newcomers.iter().filter_map(|photo| looks.photos.binary_search(photo).ok()).collect();
        let Some(finest) = clustering.counts.len().checked_sub(1).filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let vectors: Vec<f32> = rows.iter().flat_map(|&row| looks.row(row).iter().copied()).collect();
        let finest_clusters = self.store.grouping(finest as u8)?.clusters;
        let centres: Vec<f32> =
            finest_clusters.iter().flat_map(|cluster| cluster.centre.iter().copied()).collect();
        let nearest = nearest_clusters(&vectors, looks.dimension(), &centres)?;
        for fineness in (0..=finest).rev() {
            ctx.check()?;
            // What the cover of a fine cluster is in, the whole of it is in; all covers were grouped.
            let members: HashMap<PhotoId, u16> = self.store.members(fineness as u8)?.into_iter().collect();
            let joined: Vec<(PhotoId, u16)> = rows
                .iter()
                .zip(&nearest)
                .filter_map(|(&row, &cluster)| {
                    Some((looks.photos[row], *members.get(&finest_clusters[cluster].cover)?))
                })
                .collect();
            self.store.add_to_clusters(fineness as u8, &joined)?;
        }
        Ok(())
    }
}

fn is_due(clustering: &Clustering, tag: &ModelTag, photos: usize) -> bool {
    clustering.model != *tag || photos as f64 > clustering.photos as f64 * GROWN
}

/// Numbers of clusters, coarse to fine, each twice the one before; none for a handful of photos.
fn counts(photos: usize) -> Vec<usize> {
    let finest = (photos / PHOTOS_OF_FINEST).min(FINEST);
    let mut counts: Vec<usize> = std::iter::successors(Some(finest), |count| Some(count / 2))
        .take_while(|&count| count >= COARSEST)
        .collect();
    counts.reverse();
    counts
}

/// The coarser clusters that `merged` makes of `found`.
fn united(found: &Clusters, merged: &[usize], sizes: &[usize], dimension: usize) -> Clusters {
    let count = merged.iter().max().map_or(0, |most| most + 1);
    let mut centres = vec![0.0f32; count * dimension];
    let mut photos = vec![0usize; count];
    for (fine, &coarse) in merged.iter().enumerate() {
        photos[coarse] += sizes[fine];
        let centre = &found.centres[fine * dimension..][..dimension];
        let sum = &mut centres[coarse * dimension..][..dimension];
        sum.iter_mut().zip(centre).for_each(|(sum, value)| *sum += value * sizes[fine] as f32);
    }
    for (centre, &photos) in centres.chunks_exact_mut(dimension).zip(&photos) {
        centre.iter_mut().for_each(|value| *value /= photos.max(1) as f32);
    }
    let assignment = found.assignment.iter().map(|&fine| merged[fine]).collect();
    Clusters { centres, assignment, inertia: found.inertia }
}

/// For the catalog: clusters that have photos, each with the photo nearest to its centre as cover.
fn grouping(looks: &Looks, found: &Clusters, numbers: &[u16]) -> Grouping {
    let mut covers: Vec<Option<(f32, PhotoId)>> = vec![None; numbers.len()];
    let dimension = looks.dimension();
    for (row, &cluster) in found.assignment.iter().enumerate() {
        let centre = &found.centres[cluster * dimension..][..dimension];
        let product: f32 = looks.row(row).iter().zip(centre).map(|(a, b)| a * b).sum();
        if covers[cluster].is_none_or(|(best, _)| product > best) {
            covers[cluster] = Some((product, looks.photos[row]));
        }
    }
    let mut clusters: Vec<Cluster> = covers
        .iter()
        .enumerate()
        .filter_map(|(cluster, cover)| {
            let centre = found.centres[cluster * dimension..][..dimension].to_vec();
            Some(Cluster { number: numbers[cluster], cover: (*cover)?.1, centre })
        })
        .collect();
    clusters.sort_unstable_by_key(|cluster| cluster.number);
    let members =
        looks.photos.iter().zip(&found.assignment).map(|(photo, &cluster)| (*photo, numbers[cluster]));
    Grouping { clusters, members: members.collect() }
}

/// A number for each cluster: that of the cluster before with which it shares most photos, those that share most first.
/// The others get numbers that nobody has.
fn kept_numbers(before: &HashMap<PhotoId, u16>, photos: &[PhotoId], assignment: &[usize]) -> Vec<u16> {
    let count = assignment.iter().max().map_or(0, |most| most + 1);
    let mut shared: HashMap<(usize, u16), usize> = HashMap::new();
    for (photo, &cluster) in photos.iter().zip(assignment) {
        if let Some(&old) = before.get(photo) {
            *shared.entry((cluster, old)).or_default() += 1;
        }
    }
    let mut pairs: Vec<((usize, u16), usize)> = shared.into_iter().collect();
    pairs.sort_unstable_by_key(|&(pair, photos)| (usize::MAX - photos, pair));
    let mut numbers: Vec<Option<u16>> = vec![None; count];
    let mut taken = BTreeSet::new();
    for ((cluster, old), _) in pairs {
        if numbers[cluster].is_none() && taken.insert(old) {
            numbers[cluster] = Some(old);
        }
    }
    let mut free = (0..).map(number).filter(|number| !taken.contains(number));
    numbers.into_iter().map(|kept| kept.unwrap_or_else(|| free.next().expect("numbers do not end"))).collect()
}

fn number(cluster: usize) -> u16 {
    u16::try_from(cluster).expect("clusters are few")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finenesses_double_and_small_libraries_have_few_or_none() {
        assert_eq!(counts(31), [0usize; 0]);
        assert_eq!(counts(36), [4]);
        assert_eq!(counts(2300), [4, 8, 16, 32, 64, 128, 256]);
        assert_eq!(counts(1_000_000).last(), Some(&256));
    }

    #[test]
    fn clusters_keep_their_numbers_when_all_is_grouped_again() {
        let photos: Vec<PhotoId> = (0..10).map(PhotoId).collect();
        let before = [7, 7, 7, 7, 3, 3, 3, 5, 5].into_iter().enumerate();
        let before: HashMap<PhotoId, u16> = before.map(|(at, old)| (PhotoId(at as i64), old)).collect();
        // One keeps most of 7, one takes over 3 and one photo of 5, one is new, one holds a rest of 7.
        let numbers = kept_numbers(&before, &photos, &[1, 1, 1, 3, 0, 0, 0, 0, 3, 2]);
        assert_eq!(numbers, [3, 7, 0, 5]);
        assert_eq!(kept_numbers(&HashMap::new(), &photos[..3], &[2, 0, 1]), [0, 1, 2]);
    }
}
