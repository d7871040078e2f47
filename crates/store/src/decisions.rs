//! What the person decided about single photos: stars, flags, colour labels.

use likeness_domain::{ColorLabel, Flag, PhotoId, Rating};
use rusqlite::{ToSql, Transaction, params};

use crate::words::flag_word;
use crate::{Decision, Error, Store};

impl Store {
    /// Gives `photos` a rating, as one step that can be undone. Answers how many had another one.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was rated.
    pub fn rate(&self, photos: &[PhotoId], rating: Rating) -> Result<u64, Error> {
        self.decide(Decision::Rate, |catalog| set(catalog, photos, "rating", rating.stars()))
    }

    /// Picks or rejects `photos` (or neither), as one step that can be undone. Answers how many had another flag.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was flagged.
    pub fn flag(&self, photos: &[PhotoId], flag: Flag) -> Result<u64, Error> {
        let decision = match flag {
            Flag::None => Decision::Unflag,
            Flag::Pick => Decision::Pick,
            Flag::Reject => Decision::Reject,
        };
        self.decide(decision, |catalog| set(catalog, photos, "flag", flag_word(flag)))
    }

    /// Gives `photos` a colour (or none), as one step that can be undone. Answers how many had another one.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was labelled.
    pub fn label(&self, photos: &[PhotoId], label: ColorLabel) -> Result<u64, Error> {
        self.decide(Decision::Label, |catalog| set(catalog, photos, "label", label.word()))
    }
}

pub(crate) fn set(
    catalog: &Transaction<'_>,
    photos: &[PhotoId],
    column: &str,
    value: impl ToSql,
) -> Result<u64, Error> {
    check_known(catalog, photos)?;
    let update = format!("UPDATE photos SET {column} = ?2 WHERE id = ?1 AND {column} <> ?2");
    let mut update = catalog.prepare_cached(&update)?;
    let mut changed = 0;
    for photo in photos {
        changed += update.execute(params![photo.0, value])? as u64;
    }
    Ok(changed)
}

/// # Errors
/// [`Error::UnknownPhoto`] for the first that the catalog has never read.
pub(crate) fn check_known(catalog: &Transaction<'_>, photos: &[PhotoId]) -> Result<(), Error> {
    let mut known = catalog.prepare_cached("SELECT 1 FROM photos WHERE id = ?1")?;
    for photo in photos {
        if !known.exists([photo.0])? {
            return Err(Error::UnknownPhoto(*photo));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use likeness_domain::Decisions;

    use super::*;
    use crate::Undone;
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
        assert_eq!(store.undo_label().expect("an answer"), Some(Decision::Reject));
        let undone = store.undo().expect("undone").expect("a step");
        assert_eq!(undone, Undone { action: Decision::Reject, photos: vec![photos[0]] });
        assert_eq!(store.undo().expect("undone").expect("a step").photos, photos);
        let between = vec![(2, Flag::None), (2, Flag::None), (0, Flag::None)];
        assert_eq!(decided(store, &photos), between);
        assert_eq!(store.undo().expect("undone").expect("a step").photos, photos[..2]);
        assert_eq!(store.undo().expect("nothing left"), None);
        assert_eq!(decided(store, &photos), [(0, Flag::None); 3]);

        let library = library.reopened(|_| {}).expect("opened");
        let store = &library.store;
        assert_eq!(store.redo_label().expect("an answer"), Some(Decision::Rate));
        store.redo().expect("done again").expect("a step");
        assert_eq!(decided(store, &photos), between);
        while store.redo().expect("done again").is_some() {}
        assert_eq!(decided(store, &photos), after);
    }

    #[test]
    fn labels_are_steps_like_others() {
        let (library, photos) = Library::with_photos(2);
        let store = &library.store;
        let labels = || -> Vec<ColorLabel> {
            let rows = store.photos(&photos).expect("photos");
            rows.iter().map(|row| row.decisions.label).collect()
        };
        store.label(&photos, ColorLabel::Green).expect("labelled");
        assert_eq!(store.label(&photos[..1], ColorLabel::Purple).expect("labelled"), 1);
        assert_eq!(labels(), [ColorLabel::Purple, ColorLabel::Green]);
        store.undo().expect("undone");
        assert_eq!(labels(), [ColorLabel::Green; 2]);
        store.undo().expect("undone");
        assert_eq!(labels(), [ColorLabel::None; 2]);
        store.redo().expect("done again");
        assert_eq!(labels(), [ColorLabel::Green; 2]);
    }

    #[test]
    fn undo_leaves_what_the_step_did_not_change() {
        let (library, photos) = Library::with_photos(1);
        let store = &library.store;
        let now = || store.photos(&photos).expect("photos")[0].decisions;
        store.rate(&photos, stars(5)).expect("rated");
        let from_elsewhere = "UPDATE photos SET label = 'red', flag = 'pick'";
        store.write(|catalog| Ok(catalog.execute(from_elsewhere, [])?)).expect("changed");
        store.undo().expect("undone").expect("a step");
        let kept = Decisions { rating: stars(0), flag: Flag::Pick, label: ColorLabel::Red };
        assert_eq!(now(), kept);
        store.write(|catalog| Ok(catalog.execute("UPDATE photos SET label = 'blue'", [])?)).expect("changed");
        store.redo().expect("done again").expect("a step");
        assert_eq!(now(), Decisions { rating: stars(5), label: ColorLabel::Blue, ..kept });
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
