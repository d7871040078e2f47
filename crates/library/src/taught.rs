//! Taught albums: they learn from photos that belong and photos that do not, and propose others.
//!
//! Whatever they learned from is compared with what is there now; when that has changed they learn anew, so that photos
//! are proposed as they arrive, and every answer sharpens what comes next.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use likeness_cluster::{Examples, TeachError, nearest_examples, teach};
use likeness_domain::{AlbumId, AlbumName, JobContext, ModelTag, PhotoId};
use likeness_store::{EmbeddingStamp, Lessons, PhotoRow, Proposal};

use crate::looks::Looks;
use crate::{Error, Library, Similar};

/// Photos that belong, and that it takes to learn.
const FEWEST: usize = 3;
/// More examples than this teach nothing new: of more, evenly taken ones are used.
const MOST_EXAMPLES: usize = 300;
/// Photos that examples are told apart from, evenly taken from the library.
const BACKGROUND: usize = 600;
/// Photos that it is less sure of than this are not proposed at all.
const LEAST_CONFIDENCE: f32 = 0.05;
/// So many are proposed even if it is sure of none: their answers make it surer.
const FEWEST_PROPOSED: usize = 12;
/// More than those are proposed only if they rather belong than not.
const RATHER: f32 = 0.5;
/// An album proposes at most so many photos at a time.
const MOST_PROPOSED: usize = 500;

/// What a taught album proposes.
#[derive(Debug, Clone)]
pub struct Proposals {
    /// Photos that nobody has answered for, with how sure it is of each, 0 to 1; the surest first. From
    /// [`DEFAULT_CONFIDENCE`] on they are proposed unasked.
    pub proposals: Vec<(PhotoRow, f32)>,
    /// Whether it has yet to learn from what was answered, or came, since.
    pub learning: bool,
    /// Photos that belong.
    pub examples: usize,
}

impl Library {
    /// Makes an album that learns from `photos`, three or more.
    ///
    /// # Errors
    /// When there are fewer, or as [`Store::create_taught_album`](likeness_store::Store::create_taught_album).
    pub fn teach_album(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        photos: &[PhotoId],
    ) -> Result<AlbumId, Error> {
        let different: HashSet<&PhotoId> = photos.iter().collect();
        if different.len() < FEWEST {
            return Err(Error::TooFewExamples(different.len()));
        }
        let album = self.store.create_taught_album(name, parent, photos)?;
        self.tell_albums_changed();
        Ok(album)
    }

    /// Lets an album by hand learn from its photos, three or more.
    ///
    /// # Errors
    /// When there are fewer, or as [`Store::teach_from_album`](likeness_store::Store::teach_from_album).
    pub fn teach_from_album(&self, album: AlbumId) -> Result<(), Error> {
        let photos = self.store.album_photos(album)?.len();
        if photos < FEWEST {
            return Err(Error::TooFewExamples(photos));
        }
        self.store.teach_from_album(album)?;
        self.tell_albums_changed();
        Ok(())
    }

    /// Puts photos into an album that belong there, and notes those that do not.
    ///
    /// # Errors
    /// As [`Store::answer_proposals`](likeness_store::Store::answer_proposals).
    pub fn answer_proposals(&self, album: AlbumId, yes: &[PhotoId], no: &[PhotoId]) -> Result<(), Error> {
        self.store.answer_proposals(album, yes, no)?;
        self.tell_albums_changed();
        Ok(())
    }

    /// What an album proposes, at most `count` photos; nothing when it is not taught.
    ///
    /// # Errors
    /// When the album is unknown, or the catalog cannot be read.
    pub fn proposals(&self, album: AlbumId, count: usize) -> Result<Proposals, Error> {
        let found = self.store.proposals(album, count)?;
        let rows = self.store.photos(&found.iter().map(|proposal| proposal.photo).collect::<Vec<_>>())?;
        let confidence = |row: &PhotoRow| {
            found.iter().find(|proposal| proposal.photo == row.id).map_or(0.0, |proposal| proposal.confidence)
        };
        let lessons = self.store.lessons()?.into_iter().find(|lessons| lessons.album == album);
        let learning = match (&lessons, self.seen_now()?) {
            (Some(lessons), Some((tag, stamp))) => {
                self.store.learned(album)?.as_ref() != Some(&told(lessons, &tag, &stamp))
            }
            _ => false,
        };
        Ok(Proposals {
            proposals: rows.into_iter().map(|row| (row.clone(), confidence(&row))).collect(),
            learning,
            examples: lessons.map_or(0, |lessons| lessons.yes.len()),
        })
    }

    /// Why an album proposes a photo: the photos of it that look most like it, nearest first, at most `count`.
    ///
    /// # Errors
    /// When the album or the photo is unknown, or no model could be loaded.
    pub fn why_proposed(&self, album: AlbumId, photo: PhotoId, count: usize) -> Result<Vec<Similar>, Error> {
        let answering = self.eye()?.answering(&self.store)?;
        let tag = answering.vectors.tag();
        let Some(asked) = self.store.embedding(photo, tag)? else { return Ok(Vec::new()) };
        let inside = self.store.album_photos(album)?;
        let (mut examples, mut vectors) = (Vec::new(), Vec::new());
        for &example in evenly(&inside, MOST_EXAMPLES).iter().filter(|example| **example != photo) {
            if let Some(embedding) = self.store.embedding(example, tag)? {
                examples.push(example);
                vectors.extend_from_slice(embedding.values());
            }
        }
        let nearest = nearest_examples(asked.values(), &vectors, count);
        let rows = self.store.photos(&nearest.iter().map(|(at, _)| examples[*at]).collect::<Vec<_>>())?;
        let similar = |(photo, (_, score)): (PhotoRow, (usize, f32))| {
            let distance = (1.0 - score).clamp(0.0, 2.0);
            Similar { photo, score, distance, word: answering.vectors.thresholds.word(distance) }
        };
        Ok(rows.into_iter().zip(nearest).map(similar).collect())
    }

    /// Lets all taught albums learn anew for which something has changed: their answers, or photos. Does nothing when
    /// nothing is due.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled.
    pub fn update_proposals(&self, ctx: &JobContext) -> Result<(), Error> {
        let Some((tag, stamp)) = self.seen_now()? else { return Ok(()) };
        let mut due = Vec::new();
        for lessons in self.store.lessons()? {
            let now = told(&lessons, &tag, &stamp);
            if self.store.learned(lessons.album)?.as_ref() != Some(&now) {
                due.push((lessons, now));
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let looks = self.looks()?;
        for (lessons, now) in due {
            ctx.check()?;
            self.store.save_proposals(lessons.album, &now, &propose(ctx, &looks, &lessons)?)?;
        }
        self.tell_albums_changed();
        Ok(())
    }

    /// The vectors that answer now; `None` without a model.
    fn seen_now(&self) -> Result<Option<(ModelTag, EmbeddingStamp)>, Error> {
        let Ok(eye) = self.eye() else { return Ok(None) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let stamp = self.store.embedding_stamp(&tag)?;
        Ok(Some((tag, stamp)))
    }
}

/// What an album learns from, as a text that changes with it.
fn told(lessons: &Lessons, tag: &ModelTag, stamp: &EmbeddingStamp) -> String {
    let mut answers = DefaultHasher::new();
    (&lessons.yes, &lessons.no).hash(&mut answers);
    let EmbeddingStamp { count, generation, visibility } = stamp;
    format!("{tag} {count} {generation} {visibility} {:x}", answers.finish())
}

/// Nothing where there is too little to learn from.
fn propose(ctx: &JobContext, looks: &Looks, lessons: &Lessons) -> Result<Vec<Proposal>, Error> {
    let row_of = |photo: &PhotoId| looks.photos.binary_search(photo).ok();
    let yes: Vec<usize> = lessons.yes.iter().filter_map(row_of).collect();
    let no: Vec<usize> = lessons.no.iter().filter_map(row_of).collect();
    let answered: HashSet<usize> = yes.iter().chain(&no).copied().collect();
    let open: Vec<usize> = (0..looks.photos.len()).filter(|row| !answered.contains(row)).collect();
    let rows =
        |rows: &[usize]| -> Vec<f32> { rows.iter().flat_map(|&row| looks.row(row)).copied().collect() };
    let examples = Examples {
        dimension: looks.dimension(),
        yes: &rows(&evenly(&yes, MOST_EXAMPLES)),
        no: &rows(&evenly(&no, MOST_EXAMPLES)),
        background: &rows(&evenly(&open, BACKGROUND)),
    };
    let taught = match teach(ctx, &examples) {
        Ok(taught) => taught,
        Err(TeachError::TooFew { .. } | TeachError::Degenerate) => return Ok(Vec::new()),
        Err(TeachError::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(TeachError::Shape(error)) => return Err(error.into()),
    };
    let confidences = taught.confidences(&looks.vectors)?;
    let mut proposals: Vec<Proposal> = open
        .into_iter()
        .map(|row| Proposal { photo: looks.photos[row], confidence: confidences[row] })
        .filter(|proposal| proposal.confidence >= LEAST_CONFIDENCE)
        .collect();
    proposals.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let rather = proposals.partition_point(|proposal| proposal.confidence >= RATHER);
    proposals.truncate(rather.clamp(FEWEST_PROPOSED, MOST_PROPOSED));
    Ok(proposals)
}

/// At most `count` of them, as far from each other as can be.
fn evenly<T: Copy>(all: &[T], count: usize) -> Vec<T> {
    let taken = count.min(all.len());
    (0..taken).map(|at| all[at * all.len() / taken]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT_CONFIDENCE;
    use crate::made_up::{KINDS, MadeUp, of_kind, photo};

    #[test]
    fn few_of_many_are_taken_evenly() {
        assert_eq!(evenly(&[1, 2, 3], 5), [1, 2, 3]);
        assert_eq!(evenly(&(0..100).collect::<Vec<_>>(), 4), [0, 25, 50, 75]);
        assert!(evenly::<u8>(&[], 4).is_empty());
    }

    fn job() -> JobContext {
        JobContext::unattended()
    }

    fn name(text: &str) -> AlbumName {
        text.parse().expect("a name")
    }

    fn proposed(library: &Library, album: AlbumId) -> Vec<PhotoId> {
        let found = library.proposals(album, 500).expect("proposals").proposals;
        found
            .iter()
            .filter(|(_, confidence)| *confidence >= DEFAULT_CONFIDENCE)
            .map(|(row, _)| row.id)
            .collect()
    }

    #[test]
    fn an_album_proposes_its_kind_learns_from_answers_and_from_newcomers() {
        // What an album is of is rare: one photo of a hundred.
        let rare = |end: u64| (0..end).filter(|number| number % KINDS != 7 || number % 3 == 0).collect();
        let mut made_up = MadeUp::new();
        let library = made_up.show(rare(1200), 256);
        let kind: Vec<PhotoId> = (0..1200)
            .filter(|number| number % KINDS == 7 && number % 3 == 0)
            .map(|number| photo(&library, number))
            .collect();
        let album = library.teach_album(&name("Sevens"), None, &kind[..3]).expect("taught");
        assert!(library.proposals(album, 10).expect("proposals").learning);
        library.update_proposals(&job()).expect("learned");
        let first = library.proposals(album, 500).expect("proposals");
        assert!(!first.learning && first.examples == 3);
        let found = proposed(&library, album);
        let right = found.iter().filter(|photo| kind.contains(photo)).count();
        assert!(right >= 3 && right * 10 >= found.len() * 9, "{right} of {}", found.len());
        assert!(first.proposals.windows(2).all(|pair| pair[0].1 >= pair[1].1), "the surest first");

        let why = library.why_proposed(album, found[0], 2).expect("reasons");
        assert_eq!(why.len(), 2);
        assert!(why[0].distance <= why[1].distance && kind[..3].contains(&why[0].photo.id));

        library.answer_proposals(album, &found[..1], &found[1..2]).expect("answered");
        let open = proposed(&library, album);
        assert!(!open.contains(&found[0]) && !open.contains(&found[1]), "at once");
        assert!(library.proposals(album, 10).expect("proposals").learning);
        library.update_proposals(&job()).expect("learned");
        assert!(!proposed(&library, album).contains(&found[1]), "never again");
        library.undo(&JobContext::unattended()).expect("undone").expect("a step");
        library.update_proposals(&job()).expect("learned");
        assert_eq!(proposed(&library, album), found, "as if nothing had been answered");

        let before = proposed(&library, album);
        drop(library);
        let library = made_up.show(rare(1600), 256);
        library.update_proposals(&job()).expect("learned");
        let newcomers = proposed(&library, album);
        let new = newcomers.iter().filter(|photo| !before.contains(photo) && !kind.contains(photo));
        assert!(new.count() > 0, "photos are proposed as they arrive");
    }

    #[test]
    fn it_takes_three_photos() {
        let (_made_up, library) = MadeUp::with(0..100, 256);
        let two = of_kind(&library, 1, 60);
        let refused = library.teach_album(&name("Two"), None, &[two[0], two[1], two[0]]);
        assert!(matches!(refused, Err(Error::TooFewExamples(2))), "{refused:?}");
        let album = library.create_album(&name("Few"), None, &two[..1]).expect("made");
        assert!(matches!(library.teach_from_album(album), Err(Error::TooFewExamples(1))));
        library.add_to_album(album, &of_kind(&library, 1, 100)).expect("added");
        library.teach_from_album(album).expect("taught");
        assert!(library.proposals(album, 10).expect("proposals").learning);
    }
}
