//! What the person decided, and the journal that takes it back, across restarts and processes.

use likeness_domain::{Flag, PhotoId, Rating};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::words::flag_word;
use crate::{Error, Store};

/// Steps that can be taken back. Older ones are forgotten; what they decided stays.
const JOURNAL_LENGTH: i64 = 1000;

/// A step that was taken back, or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Its word: `rate`, `pick`, `reject` or `unflag`.
    pub action: String,
    /// The photos that it had changed.
    pub photos: Vec<PhotoId>,
}

impl Store {
    /// Gives `photos` a rating, as one step that can be undone. Answers how many had another one.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was rated.
    pub fn rate(&self, photos: &[PhotoId], rating: Rating) -> Result<u64, Error> {
        self.decide("rate", photos, Some(rating), None)
    }

    /// Picks or rejects `photos` (or neither), as one step that can be undone. Answers how many had another flag.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was flagged.
    pub fn flag(&self, photos: &[PhotoId], flag: Flag) -> Result<u64, Error> {
        let word = match flag {
            Flag::None => "unflag",
            Flag::Pick => "pick",
            Flag::Reject => "reject",
        };
        self.decide(word, photos, None, Some(flag))
    }

    /// Takes the last step back. `None` when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn undo(&self) -> Result<Option<Undone>, Error> {
        self.write(|catalog| replay(catalog, LAST_DONE, "before", 1))
    }

    /// Does the step that was last taken back again. `None` when there is none, or something was decided since.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn redo(&self) -> Result<Option<Undone>, Error> {
        self.write(|catalog| replay(catalog, LAST_UNDONE, "after", 0))
    }

    /// The word of the step that [`undo`](Self::undo) would take back.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn undo_label(&self) -> Result<Option<String>, Error> {
        self.read(|view| {
            Ok(view.prepare_cached(LAST_DONE)?.query_row([], |row| row.get("word")).optional()?)
        })
    }

    /// The word of the step that [`redo`](Self::redo) would do again.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn redo_label(&self) -> Result<Option<String>, Error> {
        self.read(|view| {
            Ok(view.prepare_cached(LAST_UNDONE)?.query_row([], |row| row.get("word")).optional()?)
        })
    }

    fn decide(
        &self,
        word: &str,
        photos: &[PhotoId],
        rating: Option<Rating>,
        flag: Option<Flag>,
    ) -> Result<u64, Error> {
        let rating = rating.map(Rating::stars);
        let flag = flag.map(flag_word);
        self.write(|catalog| {
            let mut known = catalog.prepare_cached("SELECT 1 FROM photos WHERE id = ?1")?;
            for photo in photos {
                if !known.exists([photo.0])? {
                    return Err(Error::UnknownPhoto(*photo));
                }
            }
            catalog.execute("INSERT INTO actions (word) VALUES (?1)", [word])?;
            let action = catalog.last_insert_rowid();
            let mut note = catalog.prepare_cached(
                "INSERT OR IGNORE INTO action_photos
                     (action, photo, rating_before, rating_after, flag_before, flag_after)
                 SELECT ?1, id, rating, coalesce(?3, rating), flag, coalesce(?4, flag) FROM photos
                 WHERE id = ?2 AND (rating <> coalesce(?3, rating) OR flag <> coalesce(?4, flag))",
            )?;
            let mut changed = 0;
            for photo in photos {
                changed += note.execute(params![action, photo.0, rating, flag])? as u64;
            }
            if changed == 0 {
                catalog.execute("DELETE FROM actions WHERE id = ?1", [action])?;
                return Ok(0);
            }
            set_decisions(catalog, action, "after")?;
            // What was taken back and not done again is off the table, as in every editor.
            catalog.execute("DELETE FROM actions WHERE undone = 1 OR id <= ?1", [action - JOURNAL_LENGTH])?;
            Ok(changed)
        })
    }
}

const LAST_DONE: &str = "SELECT id, word FROM actions WHERE undone = 0 ORDER BY id DESC LIMIT 1";
const LAST_UNDONE: &str = "SELECT id, word FROM actions WHERE undone = 1 ORDER BY id LIMIT 1";

/// Sets the photos of the action that `find` finds to what they were `side` (before or after) it.
fn replay(catalog: &Transaction<'_>, find: &str, side: &str, undone: i64) -> Result<Option<Undone>, Error> {
    let step = catalog.query_row(find, [], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
    let Some((id, action)) = step else { return Ok(None) };
    set_decisions(catalog, id, side)?;
    catalog.execute("UPDATE actions SET undone = ?2 WHERE id = ?1", [id, undone])?;
    let mut photos = catalog.prepare_cached("SELECT photo FROM action_photos WHERE action = ?1")?;
    let photos = photos.query_map([id], |row| row.get(0).map(PhotoId))?.collect::<Result<_, _>>()?;
    Ok(Some(Undone { action, photos }))
}

fn set_decisions(catalog: &Transaction<'_>, action: i64, side: &str) -> Result<(), Error> {
    let update = format!(
        "UPDATE photos SET rating = rating_{side}, flag = flag_{side} FROM action_photos AS step
         WHERE step.action = ?1 AND photos.id = step.photo"
    );
    catalog.execute(&update, [action])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Library;

    fn stars(count: u8) -> Rating {
        Rating::new(count).expect("at most five")
    }

    fn decided(store: &Store, photos: &[PhotoId]) -> Vec<(u8, Flag)> {
        let rows = store.photos(photos).expect("photos");
        rows.iter().map(|row| (row.decisions.rating.stars(), row.decisions.flag)).collect()
    }

    #[test]
    fn every_step_is_undone_and_done_again_across_restarts() {
        let (library, photos) = Library::with_photos(3);
        assert_eq!(library.store.rate(&photos[..2], stars(2)).expect("rated"), 2);
        assert_eq!(library.store.rate(&photos, stars(4)).expect("rated"), 3);
        assert_eq!(library.store.flag(&[photos[0]], Flag::Reject).expect("flagged"), 1);
        let after = vec![(4, Flag::Reject), (4, Flag::None), (4, Flag::None)];
        assert_eq!(decided(&library.store, &photos), after);

        let library = library.reopened(|_| {}).expect("opened");
        let store = &library.store;
        assert_eq!(store.undo_label().expect("a label").as_deref(), Some("reject"));
        let undone = store.undo().expect("undone").expect("a step");
        assert_eq!(undone, Undone { action: "reject".to_owned(), photos: vec![photos[0]] });
        assert_eq!(store.undo().expect("undone").expect("a step").photos, photos);
        let between = vec![(2, Flag::None), (2, Flag::None), (0, Flag::None)];
        assert_eq!(decided(store, &photos), between);
        assert_eq!(store.undo().expect("undone").expect("a step").photos, photos[..2]);
        assert_eq!(store.undo().expect("nothing left"), None);
        assert_eq!(decided(store, &photos), [(0, Flag::None); 3]);

        let library = library.reopened(|_| {}).expect("opened");
        let store = &library.store;
        assert_eq!(store.redo_label().expect("a label").as_deref(), Some("rate"));
        store.redo().expect("done again").expect("a step");
        assert_eq!(decided(store, &photos), between);
        while store.redo().expect("done again").is_some() {}
        assert_eq!(decided(store, &photos), after);
    }

    #[test]
    fn a_new_decision_ends_what_could_be_done_again() {
        let (library, photos) = Library::with_photos(1);
        let store = &library.store;
        store.rate(&photos, stars(2)).expect("rated");
        store.undo().expect("undone");
        store.flag(&photos, Flag::Pick).expect("flagged");
        assert_eq!(store.redo_label().expect("no label"), None);
        assert_eq!(store.redo().expect("nothing"), None);
        assert_eq!(decided(store, &photos), [(0, Flag::Pick)]);
    }

    #[test]
    fn a_decision_that_changes_nothing_is_no_step() {
        let (library, photos) = Library::with_photos(2);
        assert_eq!(library.store.rate(&photos, stars(0)).expect("rated"), 0);
        assert_eq!(library.store.undo_label().expect("no label"), None);
        assert_eq!(library.store.rate(&[photos[0], photos[0]], stars(1)).expect("rated"), 1);
    }

    #[test]
    fn an_unknown_photo_is_named_and_nothing_is_rated() {
        let (library, photos) = Library::with_photos(1);
        let error = library.store.rate(&[photos[0], PhotoId(99)], stars(5)).expect_err("unknown");
        assert!(matches!(error, Error::UnknownPhoto(PhotoId(99))), "{error}");
        assert_eq!(decided(&library.store, &photos), [(0, Flag::None)]);
        assert_eq!(library.store.undo_label().expect("no label"), None);
    }
}
