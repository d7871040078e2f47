//! Teaches the eye: a linear map behind the model that draws photos of one album together, learned from a person's own
//! albums, and kept only when photos that it did not learn from are found better by it.
//!
//! Triplet loss with semi-hard negatives (Schroff, Kalenichenko and Philbin 2015). The map begins as the identity and is
//! held near it, so that what no album tells about stays as it was seen before. The last word has a paired bootstrap
//! (Efron 1979) over the photos that were held out.

use std::collections::HashSet;

use candle_core::{D, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use likeness_domain::{Cancelled, EmbeddingError, JobContext, Stage};

/// One photo of so many is held out.
const HELD_OUT: usize = 4;
/// An album teaches when it has at least so many photos.
const FEWEST_PHOTOS: usize = 8;
/// Nearest photos that are looked at.
const NEAREST: usize = 10;
/// Photos of a step, and of each album in it.
const BATCH: usize = 96;
const OF_ALBUM: usize = 6;
const STEPS: usize = 300;
/// How much nearer, by cosine, a photo of the own album should be than one of another.
const MARGIN: f64 = 0.2;
const LEARNING_RATE: f64 = 1e-3;
/// What the map's distance from the identity, squared, costs.
const STAY: f64 = 1e-3;
/// Draws of the bootstrap, and which of their gains, counted from the lowest, must be above 0: 1 of 200 falls below.
const DRAWS: usize = 2000;
const LOWEST: usize = DRAWS / 200;
/// Held-out photos that are compared with all others at once.
const QUERIES_AT_ONCE: usize = 256;

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// The numbers are not rows of the dimension, or an album names a row that there is not.
    #[error("{numbers} numbers are no rows of {dimension}, or an album names a row beyond them")]
    Shape {
        /// Numbers that were given.
        numbers: usize,
        /// Numbers that a row should have.
        dimension: usize,
    },
    /// There is too little to learn from.
    #[error("{albums} albums have {FEWEST_PHOTOS} photos or more; it takes 2")]
    TooFew {
        /// Albums that have enough photos.
        albums: usize,
    },
    /// Nothing is left of a vector.
    #[error(transparent)]
    Nothing(#[from] EmbeddingError),
    /// Stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The computation failed.
    #[error("the head cannot be taught")]
    Network(#[from] candle_core::Error),
}

/// A linear map of embeddings to embeddings of the same dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    dimension: usize,
    /// Row after row, one for each number that comes out.
    weight: Vec<f32>,
}

/// What came of a lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The share of the ten nearest photos that are in the same album, over held-out photos among all photos of the albums, as the
    /// model sees them: 0 to 1.
    pub before: f64,
    /// The same with the head.
    pub after: f64,
    /// The gain that 199 of 200 bootstrap draws reach. The head is kept when it is above 0.
    pub sure_gain: f64,
    /// Photos that were held out.
    pub held_out: usize,
    /// The head, when it is better by more than chance.
    pub head: Option<Head>,
}

impl Head {
    /// `weight` as [`weight`](Self::weight) gave it; `None` when it is not a square or not finite.
    pub fn new(weight: Vec<f32>) -> Option<Self> {
        let dimension = weight.len().isqrt();
        let is_square = dimension > 0 && dimension * dimension == weight.len();
        (is_square && weight.iter().all(|value| value.is_finite())).then_some(Self { dimension, weight })
    }

    /// The map, row after row, to be kept.
    pub fn weight(&self) -> &[f32] {
        &self.weight
    }

    /// Numbers of an embedding.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// One vector through the map, as long as it comes out.
    ///
    /// # Errors
    /// When it has another dimension.
    pub(crate) fn map(&self, vector: &[f32]) -> Result<Vec<f32>, HeadError> {
        if vector.len() != self.dimension {
            return Err(HeadError::Shape { numbers: vector.len(), dimension: self.dimension });
        }
        let out = |row: &[f32]| row.iter().zip(vector).map(|(weight, value)| weight * value).sum();
        Ok(self.weight.chunks_exact(self.dimension).map(out).collect())
    }

    /// The embeddings (rows of the head's dimension) as the head sees them, of unit length.
    ///
    /// # Errors
    /// When the numbers are not rows of that dimension.
    pub fn apply(&self, vectors: &[f32]) -> Result<Vec<f32>, HeadError> {
        let rows = tensor(vectors, self.dimension)?;
        let weight = Tensor::from_slice(&self.weight, (self.dimension, self.dimension), &Device::Cpu)?;
        Ok(seen(&rows, &weight)?.flatten_all()?.to_vec1()?)
    }
}

/// Learns from `albums`, the rows of each among the unit vectors in `vectors` (rows of `dimension` numbers), and measures what was learned on
/// a quarter of their photos that were kept out. Albums with fewer than 8 photos teach nothing. The same seed gives the same lesson. Tells
/// its progress as [`Stage::Learn`].
///
/// # Errors
/// When the numbers do not fit, fewer than two albums have enough photos, or the job is stopped.
pub fn teach_head(
    ctx: &JobContext,
    vectors: &[f32],
    dimension: usize,
    albums: &[Vec<usize>],
    seed: u64,
) -> Result<Lesson, HeadError> {
    let rows = tensor(vectors, dimension)?;
    let shape = HeadError::Shape { numbers: vectors.len(), dimension };
    if albums.iter().flatten().any(|&row| row >= rows.dims()[0]) {
        return Err(shape);
    }
    let mut random = Random(seed);
    let school = School::new(albums, &mut random)?;
    let weight = learn(ctx, &rows, &school, &mut random)?;
    let before = school.shares(ctx, &rows)?;
    let after = school.shares(ctx, &seen(&rows, &weight)?)?;
    let gains: Vec<f64> = before.iter().zip(&after).map(|(before, after)| after - before).collect();
    let sure_gain = sure_gain(&gains, &mut random);
    let head = Head { dimension, weight: weight.flatten_all()?.to_vec1()? };
    Ok(Lesson {
        before: mean(&before),
        after: mean(&after),
        sure_gain,
        held_out: gains.len(),
        head: (sure_gain > 0.0).then_some(head),
    })
}

/// Albums, parted into photos to learn from and photos to be asked for.
struct School {
    /// Rows of each album that are learned from.
    lessons: Vec<Vec<usize>>,
    /// All rows of each album.
    albums: Vec<HashSet<usize>>,
    /// Rows that are in an album.
    photos: Vec<usize>,
    held_out: Vec<usize>,
}

impl School {
    fn new(albums: &[Vec<usize>], random: &mut Random) -> Result<Self, HeadError> {
        let albums: Vec<HashSet<usize>> = albums
            .iter()
            .map(|album| album.iter().copied().collect())
            .filter(|album: &HashSet<usize>| album.len() >= FEWEST_PHOTOS)
            .collect();
        if albums.len() < 2 {
            return Err(HeadError::TooFew { albums: albums.len() });
        }
        let mut photos: Vec<usize> =
            albums.iter().flatten().copied().collect::<HashSet<_>>().into_iter().collect();
        photos.sort_unstable();
        let mut shuffled = photos.clone();
        random.shuffle(&mut shuffled);
        let held_out: Vec<usize> = shuffled.iter().step_by(HELD_OUT).copied().collect();
        let asked: HashSet<usize> = held_out.iter().copied().collect();
        let lesson = |album: &HashSet<usize>| {
            let mut rows: Vec<usize> = album.difference(&asked).copied().collect();
            rows.sort_unstable();
            rows
        };
        let lessons = albums.iter().map(lesson).filter(|rows| rows.len() > 1).collect();
        Ok(Self { lessons, albums, photos, held_out })
    }

    fn share_an_album(&self, a: usize, b: usize) -> bool {
        self.albums.iter().any(|album| album.contains(&a) && album.contains(&b))
    }

    /// Photos of one step: as many of each of some albums, each at most once.
    fn batch(&self, random: &mut Random) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.lessons.len()).collect();
        random.shuffle(&mut order);
        order.truncate(BATCH / OF_ALBUM);
        let of_each = BATCH / order.len();
        let mut batch: Vec<usize> = Vec::with_capacity(BATCH);
        for album in order {
            let mut rows = self.lessons[album].clone();
            random.shuffle(&mut rows);
            rows.truncate(of_each);
            batch.extend(rows);
        }
        batch.sort_unstable();
        batch.dedup();
        batch
    }

    /// Of each held-out photo, the share of its nearest among the photos of all albums that share an album with it.
    fn shares(&self, ctx: &JobContext, rows: &Tensor) -> Result<Vec<f64>, HeadError> {
        let candidates = select(rows, &self.photos)?.t()?.contiguous()?;
        let mut shares = Vec::with_capacity(self.held_out.len());
        for queries in self.held_out.chunks(QUERIES_AT_ONCE) {
            ctx.check()?;
            let cosines: Vec<Vec<f32>> = select(rows, queries)?.matmul(&candidates)?.to_vec2()?;
            for (&query, cosines) in queries.iter().zip(cosines) {
                let mut others: Vec<usize> =
                    (0..self.photos.len()).filter(|&at| self.photos[at] != query).collect();
                let count = NEAREST.min(others.len());
                let nearer = |a: &usize, b: &usize| cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b));
                if count < others.len() {
                    others.select_nth_unstable_by(count, nearer);
                }
                let same =
                    others[..count].iter().filter(|&&at| self.share_an_album(query, self.photos[at])).count();
                shares.push(same as f64 / count as f64);
            }
        }
        Ok(shares)
    }
}

/// The weight after all steps.
fn learn(ctx: &JobContext, rows: &Tensor, school: &School, random: &mut Random) -> Result<Tensor, HeadError> {
    let dimension = rows.dims()[1];
    let identity = Tensor::eye(dimension, rows.dtype(), &Device::Cpu)?;
    let change = Var::from_tensor(&identity.zeros_like()?)?;
    let settings = ParamsAdamW { lr: LEARNING_RATE, weight_decay: 0.0, ..Default::default() };
    let mut optimizer = AdamW::new(vec![change.clone()], settings)?;
    for step in 0..STEPS {
        ctx.check()?;
        ctx.progress(Stage::Learn, step as u64, STEPS as u64);
        let batch = school.batch(random);
        let photos = seen(&select(rows, &batch)?, &(&identity + change.as_tensor())?)?;
        let cosines = photos.matmul(&photos.t()?)?;
        let Some(loss) = triplet_loss(&cosines, |a, b| school.share_an_album(batch[a], batch[b]))? else {
            continue;
        };
        let loss = (loss + (change.sqr()?.sum_all()? * STAY)?)?;
        // Large steps first, small ones in the end.
        optimizer.set_learning_rate(LEARNING_RATE * (1.0 - step as f64 / STEPS as f64));
        optimizer.backward_step(&loss)?;
    }
    ctx.progress(Stage::Learn, STEPS as u64, STEPS as u64);
    Ok((identity + change.as_tensor().detach())?)
}

/// How much every anchor's album falls short of being nearer than another photo by the margin, on average; of all others the
/// nearest that is further than the friend, and where there is none, the one that is furthest. Nothing when no photo has both.
fn triplet_loss(
    cosines: &Tensor,
    are_friends: impl Fn(usize, usize) -> bool,
) -> Result<Option<Tensor>, HeadError> {
    let values: Vec<Vec<f32>> = cosines.to_vec2()?;
    let size = values.len();
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (anchor, values) in values.iter().enumerate() {
        let strangers: Vec<usize> =
            (0..size).filter(|&other| other != anchor && !are_friends(anchor, other)).collect();
        let Some(&furthest) = strangers.iter().min_by(|&&a, &&b| values[a].total_cmp(&values[b])) else {
            continue;
        };
        for friend in (0..size).filter(|&other| other != anchor && are_friends(anchor, other)) {
            let further = strangers.iter().filter(|&&other| values[other] < values[friend]);
            let semi_hard = further.max_by(|&&a, &&b| values[a].total_cmp(&values[b]));
            near.push((anchor * size + friend) as u32);
            far.push((anchor * size + semi_hard.unwrap_or(&furthest)) as u32);
        }
    }
    if near.is_empty() {
        return Ok(None);
    }
    let flat = cosines.flatten_all()?;
    let at = |places: Vec<u32>| flat.index_select(&Tensor::new(places, &Device::Cpu)?, 0);
    let short = ((at(far)? - at(near)?)? + MARGIN)?;
    Ok(Some(short.relu()?.mean_all()?))
}

/// The mean gain that all but the lowest draws reach, when photos are drawn again and again with replacement.
fn sure_gain(gains: &[f64], random: &mut Random) -> f64 {
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| gains.iter().map(|_| gains[random.below(gains.len())]).sum::<f64>() / gains.len() as f64)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    means[LOWEST]
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// `rows` behind the map, of unit length.
fn seen(rows: &Tensor, weight: &Tensor) -> candle_core::Result<Tensor> {
    let mapped = rows.matmul(&weight.t()?)?;
    let length = mapped.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?;
    mapped.broadcast_div(&length.maximum(f64::from(f32::MIN_POSITIVE))?)
}

fn select(rows: &Tensor, numbers: &[usize]) -> candle_core::Result<Tensor> {
    let numbers: Vec<u32> = numbers.iter().map(|&row| row as u32).collect();
    rows.index_select(&Tensor::new(numbers, &Device::Cpu)?, 0)
}

fn tensor(vectors: &[f32], dimension: usize) -> Result<Tensor, HeadError> {
    if dimension == 0 || !vectors.len().is_multiple_of(dimension) {
        return Err(HeadError::Shape { numbers: vectors.len(), dimension });
    }
    Ok(Tensor::from_slice(vectors, (vectors.len() / dimension, dimension), &Device::Cpu)?)
}

/// SplitMix64 (Steele, Lea, Flood 2014): random numbers that never change between versions, unlike a library's.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * end as u128) >> 64) as usize
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit vectors of 16 numbers: an album is told by number 12 + its own alone, which is small beside what photos differ in.
    fn photos(count: usize, albums: usize) -> Vec<f32> {
        let mut random = Random(9);
        let mut vectors = Vec::new();
        for photo in 0..count {
            let mut vector: Vec<f32> = (0..12).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).collect();
            vector.extend((0..4).map(|at| if at == photo % albums { 0.9 } else { 0.0 }));
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vectors.extend(vector.iter().map(|value| value / length));
        }
        vectors
    }

    #[test]
    fn what_albums_have_in_common_is_learned_and_kept() {
        let vectors = photos(240, 4);
        let albums: Vec<Vec<usize>> = (0..4).map(|album| (album..240).step_by(4).collect()).collect();
        let lesson = teach_head(&JobContext::unattended(), &vectors, 16, &albums, 1).expect("a lesson");
        assert_eq!(lesson.held_out, 60);
        assert!(lesson.after > lesson.before + 0.05 && lesson.sure_gain > 0.0, "{lesson:?}");
        let head = lesson.head.expect("kept");
        let again = Head::new(head.weight().to_vec()).expect("a head");
        assert_eq!(again, head);
        for row in again.apply(&vectors).expect("rows").chunks_exact(16) {
            assert!((row.iter().map(|value| value * value).sum::<f32>() - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn what_was_thrown_together_is_refused() {
        let vectors = photos(240, 4);
        let mut rows: Vec<usize> = (0..240).collect();
        Random(5).shuffle(&mut rows);
        let albums: Vec<Vec<usize>> = rows.chunks(60).map(<[usize]>::to_vec).collect();
        let lesson = teach_head(&JobContext::unattended(), &vectors, 16, &albums, 1).expect("a lesson");
        assert_eq!(lesson.head, None, "{} to {}", lesson.before, lesson.after);
    }

    #[test]
    fn of_strangers_the_nearest_that_is_further_than_the_friend_counts() {
        // Photos 0 and 1 are friends; 2 is nearer to 0 than 1 is, 3 a little further, 4 far.
        let mut cosines = [[0.0f32; 5]; 5];
        for (other, cosine) in [(1, 0.5), (2, 0.8), (3, 0.4), (4, -0.5)] {
            (cosines[0][other], cosines[other][0]) = (cosine, cosine);
        }
        (cosines[1][2], cosines[1][3], cosines[1][4]) = (0.9, 0.9, 0.7);
        let cosines = Tensor::new(&cosines, &Device::Cpu).expect("a matrix");
        let loss = triplet_loss(&cosines, |a, b| a + b == 1).expect("a loss").expect("triplets");
        // Seen from 0: 0.4 - 0.5 + 0.2. From 1, all are nearer than 0 and the furthest counts: 0.7 - 0.5 + 0.2.
        assert!((loss.to_scalar::<f32>().expect("a number") - (0.1 + 0.4) / 2.0).abs() < 1e-6);
        assert!(triplet_loss(&cosines, |_, _| true).expect("a loss").is_none());
    }

    #[test]
    fn a_gain_that_may_be_chance_is_not_sure() {
        let mut random = Random(0);
        assert!(sure_gain(&[0.1, 0.2, 0.1, 0.3, 0.1, 0.2], &mut random) > 0.05);
        assert!(sure_gain(&[0.4, -0.3, 0.2, -0.3, 0.3, -0.2], &mut random) < 0.0);
    }

    #[test]
    fn what_teaches_nothing_is_refused() {
        let ctx = JobContext::unattended();
        let vectors = photos(40, 4);
        let refused = |albums: &[Vec<usize>]| teach_head(&ctx, &vectors, 16, albums, 0).expect_err("refused");
        assert!(matches!(refused(&[(0..20).collect(), (20..27).collect()]), HeadError::TooFew { albums: 1 }));
        assert!(matches!(refused(&[vec![40]]), HeadError::Shape { .. }));
        assert!(matches!(teach_head(&ctx, &vectors, 17, &[], 0), Err(HeadError::Shape { .. })));
        assert!(Head::new(vec![0.0; 5]).is_none() && Head::new(vec![f32::NAN; 4]).is_none());
        let control = likeness_domain::JobControl::new();
        control.cancel();
        let albums = [(0..20).collect(), (20..40).collect()];
        let stopped = teach_head(&JobContext::new(control, |_| {}), &vectors, 16, &albums, 0);
        assert!(matches!(stopped, Err(HeadError::Cancelled(_))));
    }
}
