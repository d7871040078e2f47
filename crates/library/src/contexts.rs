//! What goes with what: photos that were taken together, or kept together in albums, whatever they look like.
//!
//! Learned in the background: all at once at first and when the library has grown by half; in between, newcomers and the
//! photos of albums that changed take their places, and everybody else stays.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use likeness_contexts::{Contexts, NUMBERS, Projection, outings};
use likeness_domain::{AlbumId, JobContext, PhotoId};
use likeness_store::{Available, KeptContexts, LearnedContexts, PhotoRow};
use parking_lot::Mutex;

use crate::{Error, Library};

/// Fewer photos tell nothing.
const FEWEST: usize = 36;
/// Everything is learned again when there are so many times as many photos as the last time.
const GROWN: f64 = 1.5;
/// Company that is no nearer than this, as a cosine, is none.
const NEAR: f32 = 0.5;
/// The text between two albums, and between one and what is in it.
const BETWEEN_ALBUMS: char = ' ';
const BEFORE_PHOTOS: char = ':';
const SEED: u64 = 0;

/// Photos that go with others.
#[derive(Debug, Clone)]
pub struct GoesWith {
    /// Those that go with them most first, with the cosine of their contexts.
    pub results: Vec<(PhotoRow, f32)>,
    /// Whether there is anything to tell.
    pub state: ContextState,
}

/// Whether contexts are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextState {
    /// They are.
    Ready,
    /// They were not learned yet.
    Learning,
    /// There are too few photos to learn them.
    TooFew,
}

/// What was learned, as long as it is the same.
#[derive(Default)]
pub(crate) struct KnownContexts(Mutex<Option<Arc<Known>>>);

struct Known {
    of: LearnedContexts,
    places: HashMap<PhotoId, usize>,
    photos: Vec<PhotoId>,
    contexts: Contexts,
    directions: Vec<f32>,
}

impl Library {
    /// The photos that go with all of `photos` together, at most `count`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn goes_with(&self, photos: &[PhotoId], count: usize) -> Result<GoesWith, Error> {
        let nothing = |state| Ok(GoesWith { results: Vec::new(), state });
        let Some(known) = self.known_contexts()? else {
            let too_few = self.facets()?.photos.len() < FEWEST;
            return nothing(if too_few { ContextState::TooFew } else { ContextState::Learning });
        };
        let mut asked = [0.0f32; NUMBERS];
        for photo in photos {
            let direction = self.direction(&known, *photo)?;
            asked.iter_mut().zip(direction).for_each(|(sum, number)| *sum += number);
        }
        let length = asked.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length == 0.0 {
            return nothing(ContextState::Ready);
        }
        let cosine = |row: &[f32]| row.iter().zip(&asked).map(|(a, b)| a * b).sum::<f32>() / length;
        let mut found: Vec<(PhotoId, f32)> = known
            .photos
            .iter()
            .copied()
            .zip(known.directions.chunks_exact(NUMBERS).map(cosine))
            .filter(|(photo, near)| *near > NEAR && !photos.contains(photo))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown: HashSet<PhotoId> = self.facets()?.photos.iter().map(|facet| facet.photo).collect();
        found.retain(|(photo, _)| shown.contains(photo));
        found.truncate(count);
        let near: HashMap<PhotoId, f32> = found.iter().copied().collect();
        let rows = self.store.photos(&found.into_iter().map(|(photo, _)| photo).collect::<Vec<_>>())?;
        let rows = rows.into_iter().filter(|row| row.available != Available::Missing);
        Ok(GoesWith {
            results: rows.map(|row| (row.clone(), near[&row.id])).collect(),
            state: ContextState::Ready,
        })
    }

    /// Where a photo points; one without company where photos that look like it do, and nowhere when nothing is known
    /// of its looks.
    fn direction(&self, known: &Known, photo: PhotoId) -> Result<Vec<f32>, Error> {
        let place = known.places.get(&photo);
        let learned = place.map(|at| &known.directions[at * NUMBERS..][..NUMBERS]);
        if let Some(direction) = learned.filter(|direction| direction.iter().any(|&number| number != 0.0)) {
            return Ok(direction.to_vec());
        }
        let nowhere = vec![0.0; NUMBERS];
        let Ok(eye) = self.eye() else { return Ok(nowhere) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let Some(look) = self.store.embedding(photo, &tag)? else { return Ok(nowhere) };
        let Some(projection) = self.projection(&known.contexts, &known.photos)? else { return Ok(nowhere) };
        Ok(known.contexts.guessed_directions(&projection.guess(look.values())?))
    }

    fn known_contexts(&self) -> Result<Option<Arc<Known>>, Error> {
        let Some(of) = self.store.learned_contexts()? else { return Ok(None) };
        let mut known = self.contexts.0.lock();
        if let Some(known) = known.as_ref().filter(|known| known.of == of) {
            return Ok(Some(Arc::clone(known)));
        }
        let kept = self.store.contexts()?;
        let Some(contexts) = contexts_of(&kept) else { return Ok(None) };
        let directions = contexts.directions();
        let places = kept.photos.iter().enumerate().map(|(at, photo)| (*photo, at)).collect();
        let fresh = Arc::new(Known { of, places, photos: kept.photos, contexts, directions });
        *known = Some(Arc::clone(&fresh));
        Ok(Some(fresh))
    }

    /// Learns contexts when that is due: all of them, or those of newcomers and of albums that changed. Does nothing
    /// when nothing is due.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled: then what was known before stays.
    pub fn update_contexts(&self, ctx: &JobContext) -> Result<(), Error> {
        let albums = self.store.photos_of_albums()?;
        let told: Vec<String> = albums.iter().map(|(album, photos)| told(*album, photos)).collect();
        let text = told.join(&BETWEEN_ALBUMS.to_string());
        let newcomers = self.store.photos_without_context()?;
        let learned = self.store.learned_contexts()?;
        let shown = self.facets()?.photos.len();
        if shown < FEWEST || learned.as_ref().is_some_and(|of| newcomers.is_empty() && of.albums == text) {
            return Ok(());
        }
        let again = learned.filter(|of| {
            of.photos > 0 && (of.photos as usize + newcomers.len()) as f64 <= of.at_once as f64 * GROWN
        });
        match again {
            None => {
                let photos: Vec<PhotoId> = self.facets()?.photos.iter().map(|facet| facet.photo).collect();
                let sentences = Sentences::of(self, &photos, &albums)?;
                let all: Vec<Vec<u32>> = sentences.outings.into_iter().chain(sentences.albums).collect();
                let contexts = Contexts::learn(ctx, &all, photos.len(), SEED)?;
                let every: Vec<usize> = (0..photos.len()).collect();
                let of = LearnedContexts {
                    at_once: photos.len() as u64,
                    photos: photos.len() as u64,
                    albums: text,
                };
                self.store.save_contexts(&of, &kept(photos, &contexts), &every)?;
            }
            Some(of) => {
                let kept_before = self.store.contexts()?;
                let Some(before) = contexts_of(&kept_before) else { return Ok(()) };
                let known = kept_before.photos.len();
                let photos: Vec<PhotoId> = kept_before.photos.iter().chain(&newcomers).copied().collect();
                let sentences = Sentences::of(self, &photos, &albums)?;
                let old: HashSet<&str> = of.albums.split(BETWEEN_ALBUMS).collect();
                let changed = told.iter().map(|told| !old.contains(told.as_str()));
                let due: Vec<Vec<u32>> = sentences
                    .outings
                    .into_iter()
                    .filter(|outing| outing.iter().any(|&photo| photo as usize >= known))
                    .chain(sentences.albums.into_iter().zip(changed).filter(|(_, due)| *due).map(|(s, _)| s))
                    .collect();
                let guesses = self.guesses(&before, &kept_before.photos, &newcomers)?;
                let contexts = before.clone().learn_more(ctx, &due, photos.len(), &guesses, SEED)?;
                let moved: Vec<usize> = (0..photos.len())
                    .filter(|&at| at >= known || contexts.numbers(at) != before.numbers(at))
                    .collect();
                let of = LearnedContexts { albums: text, photos: photos.len() as u64, ..of };
                self.store.save_contexts(&of, &kept(photos, &contexts), &moved)?;
            }
        }
        self.contexts.0.lock().take();
        self.tell_albums_changed();
        Ok(())
    }

    /// What newcomers may go with, from their looks; next to nothing where these are not known.
    fn guesses(
        &self,
        contexts: &Contexts,
        photos: &[PhotoId],
        newcomers: &[PhotoId],
    ) -> Result<Vec<f32>, Error> {
        let mut guesses = vec![0.0; newcomers.len() * NUMBERS];
        let (Ok(eye), false) = (self.eye(), newcomers.is_empty()) else { return Ok(guesses) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let Some(projection) = self.projection(contexts, photos)? else { return Ok(guesses) };
        for (photo, guess) in newcomers.iter().zip(guesses.chunks_exact_mut(NUMBERS)) {
            if let Some(look) = self.store.embedding(*photo, &tag)? {
                guess.copy_from_slice(&projection.guess(look.values())?);
            }
        }
        Ok(guesses)
    }

    /// From looks to contexts, as photos with both tell it; `None` when none has.
    fn projection(&self, contexts: &Contexts, photos: &[PhotoId]) -> Result<Option<Projection>, Error> {
        let looks = self.looks()?;
        let (mut rows, mut vectors) = (Vec::new(), Vec::new());
        for (at, photo) in photos.iter().enumerate().filter(|(at, _)| contexts.has_company(*at)) {
            if let Ok(row) = looks.photos.binary_search(photo) {
                rows.push(at);
                vectors.extend_from_slice(looks.row(row));
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(Projection::learn(&vectors, looks.dimension(), contexts, &rows)?))
    }
}

/// Photos in the company that they were taken and kept in, by their places.
struct Sentences {
    outings: Vec<Vec<u32>>,
    /// One for each album.
    albums: Vec<Vec<u32>>,
}

impl Sentences {
    fn of(library: &Library, photos: &[PhotoId], albums: &[(AlbumId, Vec<PhotoId>)]) -> Result<Self, Error> {
        let facets = library.facets()?;
        let taken: HashMap<PhotoId, i64> = facets
            .photos
            .iter()
            .filter(|facet| facet.taken_known)
            .map(|facet| (facet.photo, facet.shown_at_ms))
            .collect();
        let places: HashMap<PhotoId, u32> = photos.iter().copied().zip(0..).collect();
        let inside = |photos: &Vec<PhotoId>| -> Vec<u32> {
            photos.iter().filter_map(|photo| places.get(photo)).copied().collect()
        };
        Ok(Self {
            outings: outings(&photos.iter().map(|photo| taken.get(photo).copied()).collect::<Vec<_>>()),
            albums: albums.iter().map(|(_, photos)| inside(photos)).collect(),
        })
    }
}

/// An album as a text that changes with it.
fn told(album: AlbumId, photos: &[PhotoId]) -> String {
    let mut inside = DefaultHasher::new();
    photos.hash(&mut inside);
    format!("{album}{BEFORE_PHOTOS}{:x}", inside.finish())
}

fn kept(photos: Vec<PhotoId>, contexts: &Contexts) -> KeptContexts {
    let all = |side: fn(&Contexts, usize) -> [f32; NUMBERS]| {
        (0..photos.len()).flat_map(|at| side(contexts, at)).collect()
    };
    let own = all(|contexts, at| contexts.numbers(at).0);
    let company = all(|contexts, at| contexts.numbers(at).1);
    KeptContexts { own, company, photos }
}

/// `None` when they are not as many as they should be.
fn contexts_of(kept: &KeptContexts) -> Option<Contexts> {
    let fits = kept.own.len() == kept.photos.len() * NUMBERS && kept.company.len() == kept.own.len();
    let rows = |numbers: &[f32]| numbers.as_chunks::<NUMBERS>().0.to_vec();
    fits.then(|| Contexts::from_rows(rows(&kept.own), rows(&kept.company))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up::{KINDS, MadeUp, photo};

    fn job() -> JobContext {
        JobContext::unattended()
    }

    /// The share of results that are of the same outing of 160.
    fn same_outing(library: &Library, number: u64) -> f64 {
        let asked = photo(library, number);
        let found = library.goes_with(&[asked], 10).expect("an answer");
        assert_eq!(found.state, ContextState::Ready);
        let outing = number / 160 * 160..(number / 160 + 1) * 160;
        let same: HashSet<PhotoId> = outing.map(|number| photo(library, number)).collect();
        let right = found.results.iter().filter(|(row, _)| same.contains(&row.id)).count();
        right as f64 / found.results.len().max(1) as f64
    }

    #[test]
    fn photos_go_with_those_that_were_taken_together_and_newcomers_join_them() {
        let (mut made_up, library) = MadeUp::with(0..640, 256);
        assert_eq!(library.goes_with(&[photo(&library, 1)], 5).expect("none").state, ContextState::Learning);
        library.update_contexts(&job()).expect("learned");
        let share: f64 = [3, 200, 330, 600].map(|number| same_outing(&library, number)).iter().sum();
        assert!(share > 3.6, "{share} of 4");
        let before = library.store.contexts().expect("numbers");
        library.update_contexts(&job()).expect("nothing is due");
        assert_eq!(library.store.contexts().expect("numbers"), before);
        drop(library);

        let library = made_up.show((0..800).collect(), 256);
        library.update_contexts(&job()).expect("learned more");
        assert!(same_outing(&library, 700) > 0.9, "{}", same_outing(&library, 700));
        let after = library.store.contexts().expect("numbers");
        assert_eq!(after.own[..before.own.len()], before.own[..], "nobody else moves");
    }

    #[test]
    fn an_album_joins_what_was_taken_apart() {
        let (_made_up, library) = MadeUp::with(0..640, 256);
        library.update_contexts(&job()).expect("learned");
        let apart: Vec<PhotoId> = (0..16).map(|at| photo(&library, at * KINDS)).collect();
        let near = |library: &Library| {
            let found = library.goes_with(&apart[..1], 640).expect("an answer").results;
            found.iter().filter(|(row, _)| apart.contains(&row.id)).count()
        };
        let before = near(&library);
        library.create_album(&"Apart".parse().expect("a name"), None, &apart).expect("made");
        library.update_contexts(&job()).expect("learned more");
        assert!(near(&library) > before, "{} after {before}", near(&library));
    }

    #[test]
    fn a_handful_of_photos_tells_nothing() {
        let (_made_up, library) = MadeUp::with(0..20, 256);
        library.update_contexts(&job()).expect("nothing to do");
        assert_eq!(library.goes_with(&[photo(&library, 1)], 5).expect("none").state, ContextState::TooFew);
    }
}
