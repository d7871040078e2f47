//! Teaching the eye: the person's own albums teach a head behind the model, which is kept when photos that it did not
//! learn from are found better by it, and can be taken away again.
//!
//! What is seen through a head has a tag of its own, and is computed from what the model saw; no photo is read again. The
//! model's own vectors stay beside it, so that going back takes no time.

use std::collections::HashMap;

use likeness_domain::{Embedding, JobContext, PhotoId, Stage};
use likeness_embed::{Head, HeadError, teach_head};
use likeness_store::KeptLesson;

use crate::{Error, Library, Notice};

/// Photos whose vectors are saved at a time.
const PAGE: usize = 1024;
const SEED: u64 = 0;

impl Library {
    /// Teaches the eye with the albums that photos were put into or confirmed for, and looks through what it learned
    /// from then on when that is better. What was learned before is replaced only then.
    ///
    /// # Errors
    /// When fewer than two albums have enough photos, there is no model, the catalog cannot be read or written, or the job
    /// is cancelled: then everything stays as it was.
    pub fn teach_eye(&self, ctx: &JobContext) -> Result<KeptLesson, Error> {
        let plain = self.eye()?.plain().tag().clone();
        let (mut rows, mut vectors) = (HashMap::<PhotoId, usize>::new(), Vec::new());
        let mut albums = Vec::new();
        for (_, photos) in self.store.photos_of_albums()? {
            let mut album = Vec::with_capacity(photos.len());
            for photo in photos {
                if let Some(row) = rows.get(&photo) {
                    album.push(*row);
                } else if let Some(seen) = self.store.embedding(photo, &plain)? {
                    album.push(rows.len());
                    rows.insert(photo, rows.len());
                    vectors.extend_from_slice(seen.values());
                }
            }
            albums.push(album);
        }
        let lesson = teach_head(ctx, &vectors, plain.dimension(), &albums, SEED).map_err(of_lesson)?;
        let kept = KeptLesson {
            model: plain,
            albums: albums.iter().filter(|album| !album.is_empty()).count() as u64,
            held_out: lesson.held_out as u64,
            before: lesson.before,
            after: lesson.after,
            sure_gain: lesson.sure_gain,
            head: lesson.head.as_ref().map(|head| head.weight().to_vec()),
        };
        match &lesson.head {
            Some(head) => {
                self.see_through(ctx, head)?;
                self.store.save_lesson(Some(&kept))?;
                self.open_eye();
            }
            // What was better once stays.
            None if self.eye()?.head().is_some() => {}
            None => self.store.save_lesson(Some(&kept))?,
        }
        self.notices.tell(Notice::StateChanged);
        self.notices.tell(Notice::PhotosChanged);
        Ok(kept)
    }

    /// The last lesson; with numbers when the library looks through them.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn lesson(&self) -> Result<Option<KeptLesson>, Error> {
        Ok(self.store.lesson()?)
    }

    /// Looks with the model as it is again.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_lesson(&self) -> Result<(), Error> {
        self.store.save_lesson(None)?;
        self.open_eye();
        self.notices.tell(Notice::StateChanged);
        self.notices.tell(Notice::PhotosChanged);
        Ok(())
    }

    /// Computes what photos look like through `head`, of those that the model has seen and that have no such vector yet.
    pub(crate) fn see_through(&self, ctx: &JobContext, head: &Head) -> Result<(), Error> {
        let plain = self.eye()?.plain().tag().clone();
        let tag = head.tag(&plain).map_err(of_lesson)?;
        let total = self.store.count_without_embedding(&tag)?;
        let (mut done, mut after) = (0, None);
        loop {
            ctx.check()?;
            let page = self.store.photos_without_embedding(&tag, after, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            let mut seen: Vec<(PhotoId, Embedding)> = Vec::with_capacity(page.len());
            for (photo, _) in &page {
                if let Some(look) = self.store.embedding(*photo, &plain)? {
                    seen.push((*photo, head.see(&look).map_err(of_lesson)?));
                }
            }
            self.store.save_embeddings(&seen)?;
            done += page.len() as u64;
            ctx.progress(Stage::Learn, done, total.max(done));
        }
    }
}

fn of_lesson(error: HeadError) -> Error {
    match error {
        HeadError::Cancelled(cancelled) => Error::Cancelled(cancelled),
        error => Error::Lesson(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up::{KINDS, LIGHTS, MadeUp, light, photo};

    fn job() -> JobContext {
        JobContext::unattended()
    }

    fn in_light(library: &Library, which: u64) -> Vec<PhotoId> {
        (0..640).filter(|&number| light(number) == which).map(|number| photo(library, number)).collect()
    }

    /// Albums of one light each, with photos of all kinds, which tell them apart far more.
    fn make_albums(library: &Library) {
        for which in 0..LIGHTS {
            let name = format!("Light {which}").parse().expect("a name");
            library.create_album(&name, None, &in_light(library, which)).expect("made");
        }
    }

    #[test]
    fn what_is_better_is_kept_across_restarts_and_taken_back() {
        let (mut made_up, library) = MadeUp::with(0..640, 64);
        assert!(matches!(library.teach_eye(&job()), Err(Error::Lesson(HeadError::TooFew { albums: 0 }))));
        make_albums(&library);
        let plain = library.model().expect("a model").tag().clone();
        let lesson = library.teach_eye(&job()).expect("a lesson");
        assert!(lesson.after > lesson.before && lesson.head.is_some(), "{lesson:?}");
        let taught = library.model().expect("a model").tag().clone();
        assert_ne!(taught, plain);
        assert_eq!(library.count_not_yet_findable().expect("a count"), 0, "no photo is read again");
        let near = |library: &Library| library.neighbors(photo(library, 0), 30).expect("neighbours");
        let same_light = |library: &Library| {
            let others = in_light(library, light(0));
            near(library).iter().filter(|photo| others.contains(photo)).count()
        };
        let with = same_light(&library);
        drop(library);

        let library = made_up.show((0..650).collect(), 64);
        assert_eq!(library.model().expect("a model").tag(), &taught, "it is kept");
        library.embed_missing(&job()).expect("newcomers are seen through it");
        assert_eq!(library.count_not_yet_findable().expect("a count"), 0);
        library.forget_lesson().expect("taken back");
        assert_eq!(library.model().expect("a model").tag(), &plain);
        assert_eq!(library.count_not_yet_findable().expect("a count"), 0, "at once");
        let without = same_light(&library);
        assert!(with > without, "{with} with the lesson, {without} without");
    }

    #[test]
    fn albums_without_sense_teach_nothing() {
        let (_made_up, library) = MadeUp::with(0..640, 64);
        for album in 0..8 {
            let photos: Vec<PhotoId> = (0..640)
                .filter(|number| (number * 7 + number / KINDS * 3) % 8 == album)
                .map(|number| photo(&library, number))
                .collect();
            let name = format!("Thrown together {album}").parse().expect("a name");
            library.create_album(&name, None, &photos).expect("made");
        }
        let plain = library.model().expect("a model").tag().clone();
        let lesson = library.teach_eye(&job()).expect("a lesson");
        assert!(lesson.head.is_none() && lesson.sure_gain <= 0.0, "{lesson:?}");
        assert_eq!(library.model().expect("a model").tag(), &plain);
        assert_eq!(library.lesson().expect("a lesson"), Some(lesson));
    }
}
