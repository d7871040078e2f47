//! What the person's albums taught the eye: the last lesson, and the numbers that came of it. What they mean is not known here.

use likeness_domain::ModelTag;
use rusqlite::{OptionalExtension, params};

use crate::words::Columns;
use crate::{Error, Store};

/// A lesson and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptLesson {
    /// The model that was taught.
    pub model: ModelTag,
    /// Albums that it was taught with.
    pub albums: u64,
    /// Photos that were held out to measure it.
    pub held_out: u64,
    /// How well these were found before, 0 to 1.
    pub before: f64,
    /// How well they are found after, 0 to 1.
    pub after: f64,
    /// The gain that is sure.
    pub sure_gain: f64,
    /// The numbers, when it was better.
    pub head: Option<Vec<f32>>,
}

impl Store {
    /// The last lesson; `None` when there was none, or it was forgotten.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn lesson(&self) -> Result<Option<KeptLesson>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT *, model AS tag FROM derived.eye")?;
            let found = find.query_row([], |row| {
                let head: Option<Vec<u8>> = row.get("head")?;
                let numbers = |bytes: Vec<u8>| {
                    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
                };
                Ok(KeptLesson {
                    model: row.tag("tag")?,
                    albums: row.get::<_, i64>("albums")? as u64,
                    held_out: row.get::<_, i64>("held_out")? as u64,
                    before: row.get("before")?,
                    after: row.get("after")?,
                    sure_gain: row.get("sure_gain")?,
                    head: head.map(numbers),
                })
            });
            Ok(found.optional()?)
        })
    }

    /// Keeps a lesson in place of the one before; `None` forgets that.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_lesson(&self, lesson: Option<&KeptLesson>) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute("DELETE FROM derived.eye", [])?;
            let Some(lesson) = lesson else { return Ok(()) };
            let KeptLesson { model, albums, held_out, before, after, sure_gain, head } = lesson;
            let head: Option<Vec<u8>> =
                head.as_ref().map(|head| head.iter().flat_map(|number| number.to_le_bytes()).collect());
            catalog.execute(
                "INSERT INTO derived.eye (only_row, model, albums, held_out, before, after, sure_gain, head)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![model.as_str(), *albums as i64, *held_out as i64, before, after, sure_gain, head],
            )?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Library, tag};

    #[test]
    fn the_last_lesson_is_kept_until_it_is_forgotten() {
        let library = Library::new();
        let store = &library.store;
        assert_eq!(store.lesson().expect("none"), None);
        let lesson = KeptLesson {
            model: tag(),
            albums: 3,
            held_out: 20,
            before: 0.5,
            after: 0.75,
            sure_gain: 0.1,
            head: Some(vec![1.0, -0.5]),
        };
        store.save_lesson(Some(&lesson)).expect("saved");
        assert_eq!(store.lesson().expect("a lesson"), Some(lesson.clone()));
        let refused = KeptLesson { head: None, ..lesson };
        store.save_lesson(Some(&refused)).expect("saved");
        assert_eq!(store.lesson().expect("a lesson"), Some(refused));
        store.save_lesson(None).expect("forgotten");
        assert_eq!(store.lesson().expect("none"), None);
    }
}
