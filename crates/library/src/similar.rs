//! Photos that look like other photos.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use likeness_domain::{Embedding, Likeness, ModelTag, PhotoId, Region};
use likeness_neighbors::{Accuracy, Found, Metric, Query, SearchOptions};
use likeness_store::{Available, PhotoRow};

use crate::vectors::Vectors;
use crate::{Error, Library};

/// One thing that results should look like, or less like.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A photo of the library.
    Photo(PhotoId),
    /// A picture file, in the library or not.
    File(PathBuf),
    /// Something that was looked at before, such as a pasted picture.
    Seen(Embedding),
}

/// A question by look.
#[derive(Debug, Clone)]
pub struct Question {
    /// Results look like all of these together; at least one.
    pub like: Vec<Subject>,
    /// Results look less like these.
    pub less: Vec<Subject>,
    /// Only this part of the one subject in `like`.
    pub region: Option<Region>,
    /// How likeness is measured.
    pub metric: Metric,
    /// Quick, or exact however long it takes.
    pub accuracy: Accuracy,
    /// At most so many results.
    pub limit: usize,
}

/// One photo that looks like the question.
#[derive(Debug, Clone)]
pub struct Similar {
    /// The photo.
    pub photo: PhotoRow,
    /// In the words of the question's [`Metric`].
    pub score: f32,
    /// Cosine distance, 0 to 2, whatever the metric.
    pub distance: f32,
    /// In words, by cosine distance.
    pub word: Likeness,
}

/// The answer to a question by look.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Best first, without the photos of the question, and only as far as likeness means something.
    pub results: Vec<Similar>,
    /// Photos that cannot be found by look yet: while this is not 0 the answer is incomplete.
    pub not_yet_findable: u64,
}

/// As a filter, likeness lets through so many photos at most.
const MOST_ALIKE: usize = 2000;

/// A question as vectors of one model.
struct Seen {
    positives: Vec<Embedding>,
    negatives: Vec<Embedding>,
    /// Photos of the library that were asked about.
    photos: HashSet<PhotoId>,
}

impl Library {
    /// The photos that look like `question`.
    ///
    /// # Errors
    /// When a subject is unknown or cannot be read, or no model could be loaded.
    pub fn similar(&self, question: &Question) -> Result<Answer, Error> {
        if question.like.is_empty() {
            return Err(Error::EmptyQuery);
        }
        if question.region.is_some() && question.like.len() > 1 {
            return Err(Error::RegionOfMany(question.like.len()));
        }
        let eye = self.eye()?;
        let answering = eye.answering(&self.store)?;
        let (answering, seen) = match self.see_in_catalog(question, answering.vectors.tag())? {
            Some(seen) => (answering, seen),
            // What is not in the catalog can only be seen by the model in use.
            None => (eye.answering_now(&self.store)?, self.see_now(question)?),
        };
        let query = Query::new(&seen.positives, &seen.negatives)?;
        let results = self.nearest_present(&answering.vectors, &query, question, &seen.photos)?;
        Ok(Answer { results, not_yet_findable: answering.not_yet_findable })
    }

    /// Photos that cannot be found by look yet.
    ///
    /// # Errors
    /// When the catalog cannot be read, or no model could be loaded.
    pub fn count_not_yet_findable(&self) -> Result<u64, Error> {
        Ok(self.eye()?.answering(&self.store)?.not_yet_findable)
    }

    /// The subjects' embeddings, when all of them are whole photos that the model `tag` has seen.
    fn see_in_catalog(&self, question: &Question, tag: &ModelTag) -> Result<Option<Seen>, Error> {
        if question.region.is_some() {
            return Ok(None);
        }
        let mut photos = HashSet::new();
        let mut see_all = |subjects: &[Subject]| -> Result<Option<Vec<Embedding>>, Error> {
            let mut embeddings = Vec::with_capacity(subjects.len());
            for subject in subjects {
                let photo = match subject {
                    Subject::Photo(photo) => Some(*photo),
                    Subject::File(path) => self.photo_in_file(path)?,
                    Subject::Seen(_) => None,
                };
                let Some(photo) = photo else { return Ok(None) };
                let Some(embedding) = self.store.embedding(photo, tag)? else { return Ok(None) };
                photos.insert(photo);
                embeddings.push(embedding);
            }
            Ok(Some(embeddings))
        };
        let Some(positives) = see_all(&question.like)? else { return Ok(None) };
        let Some(negatives) = see_all(&question.less)? else { return Ok(None) };
        Ok(Some(Seen { positives, negatives, photos }))
    }

    /// The subjects' embeddings by the model in use, of files that are read now where it has not seen them.
    fn see_now(&self, question: &Question) -> Result<Seen, Error> {
        let mut photos = HashSet::new();
        let mut see_all = |subjects: &[Subject], region: Option<Region>| {
            subjects
                .iter()
                .map(|subject| self.see(subject, region, &mut photos))
                .collect::<Result<Vec<_>, _>>()
        };
        let positives = see_all(&question.like, question.region)?;
        let negatives = see_all(&question.less, None)?;
        Ok(Seen { positives, negatives, photos })
    }

    /// The subject's embedding; the photos that it stands for join `asked`.
    fn see(
        &self,
        subject: &Subject,
        region: Option<Region>,
        asked: &mut HashSet<PhotoId>,
    ) -> Result<Embedding, Error> {
        match subject {
            Subject::Photo(photo) => {
                asked.insert(*photo);
                self.see_photo(*photo, region)
            }
            Subject::File(path) => match self.photo_in_file(path)? {
                Some(photo) => {
                    asked.insert(photo);
                    match self.store.embedding(photo, self.model()?.tag())? {
                        Some(embedding) if region.is_none() => Ok(embedding),
                        // This file can be read, whether the library's own can or not.
                        _ => self.see_file(path, region),
                    }
                }
                None => self.see_file(path, region),
            },
            Subject::Seen(embedding) => Ok(embedding.clone()),
        }
    }

    fn see_photo(&self, photo: PhotoId, region: Option<Region>) -> Result<Embedding, Error> {
        if region.is_none()
            && let Some(embedding) = self.store.embedding(photo, self.model()?.tag())?
        {
            return Ok(embedding);
        }
        self.see_file(&self.present_file(photo)?, region)
    }

    /// The photos that look like all of `photos` together, as far as likeness means something; none when not one of them
    /// has been looked at.
    pub(crate) fn nearest_to(&self, photos: &[PhotoId]) -> Result<Vec<PhotoId>, Error> {
        let answering = self.eye()?.answering(&self.store)?;
        let vectors = &answering.vectors;
        let mut seen = Vec::with_capacity(photos.len());
        for photo in photos {
            seen.extend(self.store.embedding(*photo, vectors.tag())?);
        }
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        let query = Query::new(&seen, &[])?;
        let options = SearchOptions {
            count: MOST_ALIKE,
            metric: Metric::Cosine,
            accuracy: Accuracy::Quick,
            excluded: photos,
            allowed: None,
        };
        let found = vectors.ask(&self.store, |index| index.nearest(&query, &options))??;
        let is_alike = |found: &Found| vectors.thresholds.word(found.distance) != Likeness::Unrelated;
        Ok(found.into_iter().filter(is_alike).map(|found| found.photo).collect())
    }

    /// Photos whose last file is gone are known, but not shown: asks for more until enough are left.
    fn nearest_present(
        &self,
        vectors: &Vectors,
        query: &Query,
        question: &Question,
        asked: &HashSet<PhotoId>,
    ) -> Result<Vec<Similar>, Error> {
        let excluded: Vec<PhotoId> = asked.iter().copied().collect();
        let mut count = question.limit;
        loop {
            let options = SearchOptions {
                count,
                metric: question.metric,
                accuracy: question.accuracy,
                excluded: &excluded,
                allowed: None,
            };
            let found = vectors.ask(&self.store, |index| index.nearest(query, &options))??;
            let words = |distance| vectors.thresholds.word(distance);
            // Beyond the first unrelated photo nothing is related either. Differing bits say that only roughly: there as
            // many unrelated photos as were asked for must come last. An index that has no more has no more.
            let enough_unrelated = if question.metric == Metric::Hamming { question.limit } else { 1 };
            let is_unrelated = |found: &Found| words(found.distance) == Likeness::Unrelated;
            let is_all = found.len() < count || found.iter().rev().take(enough_unrelated).all(is_unrelated);
            let ids: Vec<PhotoId> = found.iter().map(|found| found.photo).collect();
            let rows = self.store.photos(&ids)?;
            let mut rows = rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
            let results: Vec<Similar> = found
                .into_iter()
                .map(|found| (words(found.distance), found))
                .filter(|(word, _)| *word != Likeness::Unrelated)
                .filter_map(|(word, found)| {
                    let photo = rows.remove(&found.photo)?;
                    let shown = photo.available != Available::Missing;
                    shown.then_some(Similar { photo, score: found.score, distance: found.distance, word })
                })
                .take(question.limit)
                .collect();
            if is_all || results.len() >= question.limit {
                return Ok(results);
            }
            count *= 2;
        }
    }
}
