//! Skip-gram with negative sampling (Mikolov et al. 2013): a photo's numbers should tell which photos lie near it in
//! sentences from photos that were drawn at random.

use likeness_domain::{Cancelled, JobContext, Stage};

use crate::random::Random;

/// Numbers that a photo gets.
pub const NUMBERS: usize = 64;
/// Photos on either side that count as company, at most; how many is drawn each time, so that near ones count more often.
const WINDOW: usize = 8;
/// Photos drawn at random for each one of the company.
const STRANGERS: usize = 5;
/// How often all sentences are read. A photo stands in one or two sentences, a word in thousands: hence so many.
const ROUNDS: usize = 15;
/// How often those with newcomers are read.
const MORE_ROUNDS: usize = 10;
/// What a step is scaled with at first; falls to nearly nothing along a line.
const FIRST_STEP: f32 = 0.1;
/// Places in the table that strangers are drawn from, for each photo on average.
const TABLE_PER_PHOTO: usize = 8;
/// What few photos have in common is mostly what they have learned of each other: of so many, half of it is taken away.
const FEW: f32 = 100.0;
/// Sentences between two looks at whether to go on.
const SENTENCES_BETWEEN_CHECKS: usize = 64;

type Row = [f32; NUMBERS];

/// Why nothing was learned.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ContextError {
    /// A sentence names a photo that there is not.
    #[error("photo {photo} of {photos}")]
    NoSuchPhoto {
        /// The number in the sentence.
        photo: u32,
        /// Photos that there are.
        photos: usize,
    },
    /// There are fewer photos than before, or not [`NUMBERS`] numbers for each newcomer.
    #[error("{newcomers} numbers do not make {before} photos {photos}")]
    Newcomers {
        /// Photos before.
        before: usize,
        /// Photos now.
        photos: usize,
        /// Numbers given for newcomers.
        newcomers: usize,
    },
    /// Stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What was learned of photos' company: for each photo, numbers that tell what it goes with (`own`), and numbers that tell
/// what it is as company (`company`), with which more can be learned later.
#[derive(Debug, Clone, PartialEq)]
pub struct Contexts {
    own: Vec<Row>,
    company: Vec<Row>,
}

impl Contexts {
    /// Learns from `sentences`: photos that were taken or kept together, as numbers below `photos`, near ones near each other.
    /// Photos in no sentence stay near 0. Tells its progress as [`Stage::Learn`].
    ///
    /// # Errors
    /// When a sentence names a photo that there is not, or the job is stopped.
    pub fn learn(
        ctx: &JobContext,
        sentences: &[Vec<u32>],
        photos: usize,
        seed: u64,
    ) -> Result<Self, ContextError> {
        let mut random = Random(seed);
        let start = || Row::map([0.0; NUMBERS], |_: f32| random.signed_unit() / NUMBERS as f32);
        let own = std::iter::repeat_with(start).take(photos).collect();
        let mut contexts = Self { own, company: vec![[0.0; NUMBERS]; photos] };
        contexts.read(ctx, sentences, ROUNDS, &mut random)?;
        Ok(contexts)
    }

    /// Takes in newcomers, photos from the number of those before up to `photos`: `guesses` has [`NUMBERS`] numbers for each of
    /// them, as [`Projection`](crate::Projection) makes them, and `sentences` are those that newcomers stand in. Others in these sentences move with
    /// them, everybody else stays as they are.
    ///
    /// # Errors
    /// As [`learn`](Self::learn), and when the numbers do not fit.
    pub fn learn_more(
        mut self,
        ctx: &JobContext,
        sentences: &[Vec<u32>],
        photos: usize,
        guesses: &[f32],
        seed: u64,
    ) -> Result<Self, ContextError> {
        let before = self.own.len();
        let (rows, rest) = guesses.as_chunks::<NUMBERS>();
        if !rest.is_empty() || before + rows.len() != photos {
            return Err(ContextError::Newcomers { before, photos, newcomers: guesses.len() });
        }
        self.own.extend(rows);
        self.company.resize(photos, [0.0; NUMBERS]);
        self.read(ctx, sentences, MORE_ROUNDS, &mut Random(seed))?;
        Ok(self)
    }

    /// Photos that have numbers.
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// Whether there are no photos.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// What a photo goes with, as it was learned.
    pub fn of(&self, photo: usize) -> &[f32; NUMBERS] {
        &self.own[photo]
    }

    /// What was learned, as [`numbers`](Self::numbers) told it of each photo; `None` when there is not one of both kinds for
    /// each.
    pub fn from_rows(own: Vec<[f32; NUMBERS]>, company: Vec<[f32; NUMBERS]>) -> Option<Self> {
        (own.len() == company.len()).then_some(Self { own, company })
    }

    /// All that was learned of a photo: what it goes with, and what it is as company.
    pub fn numbers(&self, photo: usize) -> ([f32; NUMBERS], [f32; NUMBERS]) {
        (self.own[photo], self.company[photo])
    }

    /// Whether a photo stood in a sentence.
    pub fn has_company(&self, photo: usize) -> bool {
        has_company(&self.company[photo])
    }

    /// Where photos point that may go with what is guessed of them, [`NUMBERS`] for each: among what
    /// [`directions`](Self::directions) tells of the others.
    pub fn guessed_directions(&self, guesses: &[f32]) -> Vec<f32> {
        let mean = self.mean();
        guesses.as_chunks::<NUMBERS>().0.iter().flat_map(|guess| direction(guess, &mean)).collect()
    }

    /// What photos go with, [`NUMBERS`] for each: less what all have in common (Mu and Viswanath 2018), of unit length, so that photos
    /// go with each other by the cosine. All 0 for photos in no sentence.
    pub fn directions(&self) -> Vec<f32> {
        let mean = self.mean();
        let direction = |(own, company): (&Row, &Row)| match has_company(company) {
            true => direction(own, &mean),
            false => [0.0; NUMBERS],
        };
        self.own.iter().zip(&self.company).flat_map(direction).collect()
    }

    /// What all photos with company have in common, whatever they go with.
    fn mean(&self) -> Row {
        let known: Vec<&Row> = self
            .own
            .iter()
            .zip(&self.company)
            .filter(|(_, company)| has_company(company))
            .map(|(own, _)| own)
            .collect();
        let count = known.len() as f32 + FEW;
        let mut mean = [0.0f32; NUMBERS];
        for own in &known {
            mean.iter_mut().zip(*own).for_each(|(mean, own)| *mean += own / count);
        }
        mean
    }

    fn read(
        &mut self,
        ctx: &JobContext,
        sentences: &[Vec<u32>],
        rounds: usize,
        random: &mut Random,
    ) -> Result<(), ContextError> {
        let photos = self.own.len();
        if let Some(&photo) = sentences.iter().flatten().find(|&&photo| photo as usize >= photos) {
            return Err(ContextError::NoSuchPhoto { photo, photos });
        }
        let strangers = strangers(sentences, photos);
        let mut order: Vec<&Vec<u32>> = sentences.iter().collect();
        let total = (rounds * order.len()).max(1);
        for round in 0..rounds {
            random.shuffle(&mut order);
            for (at, sentence) in order.iter().enumerate() {
                let done = round * order.len() + at;
                if at % SENTENCES_BETWEEN_CHECKS == 0 {
                    ctx.check()?;
                    ctx.progress(Stage::Learn, done as u64, total as u64);
                }
                let step = FIRST_STEP * (1.0 - done as f32 / total as f32).max(1e-3);
                self.read_sentence(sentence, &strangers, step, random);
            }
        }
        ctx.progress(Stage::Learn, total as u64, total as u64);
        Ok(())
    }

    fn read_sentence(&mut self, sentence: &[u32], strangers: &[u32], step: f32, random: &mut Random) {
        for (at, &photo) in sentence.iter().enumerate() {
            let reach = 1 + random.below(WINDOW);
            let company = at.saturating_sub(reach)..(at + reach + 1).min(sentence.len());
            for &friend in company.filter(|&other| other != at).map(|other| &sentence[other]) {
                let own = &mut self.own[photo as usize];
                let mut moved = [0.0; NUMBERS];
                learn_pair(own, &mut self.company[friend as usize], 1.0, step, &mut moved);
                for _ in 0..STRANGERS {
                    let stranger = strangers[random.below(strangers.len())];
                    if stranger != friend && stranger != photo {
                        learn_pair(own, &mut self.company[stranger as usize], 0.0, step, &mut moved);
                    }
                }
                own.iter_mut().zip(moved).for_each(|(own, moved)| *own += moved);
            }
        }
    }
}

fn has_company(company: &Row) -> bool {
    company.iter().any(|&value| value != 0.0)
}

/// `own` less `mean`, of unit length.
fn direction(own: &Row, mean: &Row) -> Row {
    let less: Row = std::array::from_fn(|at| own[at] - mean[at]);
    let length = dot(&less, &less).sqrt().max(f32::MIN_POSITIVE);
    less.map(|value| value / length)
}

/// One step of the logistic regression that tells friends (`label` 1) from strangers (0): moves the company, and adds to
/// what the photo itself will move.
fn learn_pair(own: &Row, company: &mut Row, label: f32, step: f32, moved: &mut Row) {
    let by = step * (label - sigmoid(dot(own, company)));
    for ((moved, company), own) in moved.iter_mut().zip(company).zip(own) {
        *moved += by * *company;
        *company += by * own;
    }
}

fn dot(a: &Row, b: &Row) -> f32 {
    let mut lanes = [0.0f32; 16];
    for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for lane in 0..16 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Photos, each as often as it may be drawn: in proportion to the 3/4th power of how often it stands in sentences.
fn strangers(sentences: &[Vec<u32>], photos: usize) -> Vec<u32> {
    let mut counts = vec![0u32; photos];
    sentences.iter().flatten().for_each(|&photo| counts[photo as usize] += 1);
    let weights: Vec<f64> = counts.iter().map(|&count| f64::from(count).powf(0.75)).collect();
    let all: f64 = weights.iter().sum();
    let places = (photos * TABLE_PER_PHOTO) as f64;
    let mut table = Vec::with_capacity(photos * TABLE_PER_PHOTO);
    let mut reached = 0.0;
    for (photo, weight) in (0..).zip(&weights) {
        reached += weight / all.max(f64::MIN_POSITIVE) * places;
        table.resize((reached.round() as usize).max(table.len()), photo);
    }
    table
}

#[cfg(test)]
mod tests {
    use likeness_domain::JobControl;

    use super::*;

    fn cosine(directions: &[f32], a: usize, b: usize) -> f32 {
        let rows = directions.as_chunks::<NUMBERS>().0;
        dot(&rows[a], &rows[b])
    }

    /// 40 sentences of 12 photos each.
    fn sentences() -> Vec<Vec<u32>> {
        (0..40).map(|outing| (outing * 12..outing * 12 + 12).collect()).collect()
    }

    fn share_of_nearest_in_same_sentence(contexts: &Contexts, photos: std::ops::Range<usize>) -> f64 {
        let directions = contexts.directions();
        let mut same = 0;
        for photo in photos.clone() {
            let mut others: Vec<usize> = (0..contexts.len()).filter(|&other| other != photo).collect();
            others.sort_by(|&a, &b| cosine(&directions, photo, b).total_cmp(&cosine(&directions, photo, a)));
            same += others[..5].iter().filter(|&&other| other / 12 == photo / 12).count();
        }
        same as f64 / (photos.len() * 5) as f64
    }

    #[test]
    fn photos_of_one_sentence_lie_together() {
        let contexts = Contexts::learn(&JobContext::unattended(), &sentences(), 480, 1).expect("learned");
        let share = share_of_nearest_in_same_sentence(&contexts, 0..480);
        assert!(share > 0.95, "{share}");
    }

    #[test]
    fn an_album_joins_photos_that_were_taken_apart() {
        let mut with_album = sentences();
        with_album.push((0..40).map(|outing| outing * 12 + 5).collect());
        let of = |sentences: &[Vec<u32>]| {
            Contexts::learn(&JobContext::unattended(), sentences, 480, 1).expect("learned")
        };
        let (with, without) = (of(&with_album), of(&sentences()));
        let mean = |contexts: &Contexts| {
            let directions = contexts.directions();
            (0..39).map(|at| cosine(&directions, at * 12 + 5, at * 12 + 17)).sum::<f32>() / 39.0
        };
        assert!(mean(&with) > mean(&without) + 0.1, "{} and {}", mean(&with), mean(&without));
    }

    #[test]
    fn one_album_alone_is_company_to_each_other() {
        let ctx = JobContext::unattended();
        for seed in 0..20 {
            let contexts = Contexts::learn(&ctx, &[(0..12).collect()], 61, seed).expect("learned");
            let directions = contexts.directions();
            let lowest = (1..12).map(|other| cosine(&directions, 0, other)).fold(1.0, f32::min);
            assert!(lowest > 0.5, "{lowest} with seed {seed}");
        }
    }

    #[test]
    fn newcomers_find_their_company_and_strangers_to_it_stay() {
        let ctx = JobContext::unattended();
        let known: Vec<Vec<u32>> = sentences()[..39].to_vec();
        let before = Contexts::learn(&ctx, &known, 468, 1).expect("learned");
        let unmoved = before.of(100).to_owned();
        let guesses: Vec<f32> =
            (0..12 * NUMBERS).map(|at| ((at * 37 % 101) as f32 - 50.0) / 5000.0).collect();
        let after = before.learn_more(&ctx, &sentences()[39..], 480, &guesses, 2).expect("learned");
        assert_eq!(after.of(100), &unmoved);
        let share = share_of_nearest_in_same_sentence(&after, 468..480);
        assert!(share > 0.9, "{share}");
    }

    #[test]
    fn the_same_seed_learns_the_same() {
        let learn =
            |seed| Contexts::learn(&JobContext::unattended(), &sentences(), 480, seed).expect("learned");
        assert_eq!(learn(3), learn(3));
        assert_ne!(learn(3), learn(4));
        let lone = Contexts::learn(&JobContext::unattended(), &[vec![0, 1]], 3, 0).expect("learned");
        assert!(lone.directions()[2 * NUMBERS..].iter().all(|&value| value == 0.0));
    }

    #[test]
    fn strangers_are_drawn_by_how_often_they_stand_in_sentences() {
        let table = strangers(&[vec![0, 1], vec![0, 1], vec![0, 1, 2]], 4);
        let count = |photo| table.iter().filter(|&&drawn| drawn == photo).count() as f64;
        assert!((count(0) / count(2) - 3f64.powf(0.75)).abs() < 0.3, "{table:?}");
        assert_eq!(count(3), 0.0);
        assert!(strangers(&[], 3).is_empty());
    }

    #[test]
    fn what_cannot_be_learned_is_refused() {
        let ctx = JobContext::unattended();
        let refused = Contexts::learn(&ctx, &[vec![0, 9]], 5, 0).expect_err("refused");
        assert_eq!(refused, ContextError::NoSuchPhoto { photo: 9, photos: 5 });
        let nothing = Contexts::learn(&ctx, &[], 2, 0).expect("nothing to learn");
        assert!(nothing.clone().learn_more(&ctx, &[], 1, &[], 0).is_err());
        assert!(nothing.learn_more(&ctx, &[], 3, &[0.0; 63], 0).is_err());
        let control = JobControl::new();
        control.cancel();
        let stopped = Contexts::learn(&JobContext::new(control, |_| {}), &sentences(), 480, 0);
        assert_eq!(stopped, Err(ContextError::Cancelled(Cancelled)));
    }
}
