//! Taught albums: the examples and answers that they learn from, which are true, and what they propose, which is derived.
//! How an album learns is not known here.

use std::collections::HashMap;

use likeness_domain::{AlbumId, AlbumKind, AlbumName, PhotoId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::decisions::check_known;
use crate::{Decision, Error, Store, albums};

/// A photo that may belong into an album.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// The photo.
    pub photo: PhotoId,
    /// How sure it is that it belongs, 0 to 1.
    pub confidence: f32,
}

/// What a taught album learns from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lessons {
    /// The album.
    pub album: AlbumId,
    /// Photos that belong, in the album's order.
    pub yes: Vec<PhotoId>,
    /// Photos that do not, in the order of their numbers.
    pub no: Vec<PhotoId>,
}

/// Photos in view that an album proposes and that nobody has answered for.
const OPEN: &str = "FROM derived.proposals AS proposal JOIN photos ON photos.id = photo WHERE files > 0
     AND NOT EXISTS (SELECT 1 FROM album_photos AS inside
         WHERE inside.album = proposal.album AND inside.photo = proposal.photo)
     AND NOT EXISTS (SELECT 1 FROM refusals WHERE refusals.album = proposal.album
         AND refusals.photo = proposal.photo)";

impl Store {
    /// Makes an album that learns from `photos`, as the last in `parent`, as one step that can be undone.
    ///
    /// # Errors
    /// When the name is taken there, a photo or `parent` is unknown, or the catalog cannot be written.
    pub fn create_taught_album(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        photos: &[PhotoId],
    ) -> Result<AlbumId, Error> {
        self.decide(Decision::TeachAlbum, |catalog| {
            let album = albums::create(catalog, name, parent, AlbumKind::Taught)?;
            albums::append(catalog, album, photos)?;
            Ok(album)
        })
    }

    /// Lets an album by hand learn from its photos, as one step that can be undone.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, or the catalog cannot be written.
    pub fn teach_from_album(&self, album: AlbumId) -> Result<(), Error> {
        self.decide(Decision::TeachAlbum, |catalog| {
            albums::check_by_hand(catalog, album)?;
            let teach = "UPDATE albums SET kind = ?2 WHERE id = ?1 AND kind <> ?2";
            catalog.execute(teach, params![album.0, AlbumKind::Taught.word()])?;
            Ok(())
        })
    }

    /// Puts the photos that were said `yes` to at the end of an album, and notes those that do not belong, as one step
    /// that can be undone.
    ///
    /// # Errors
    /// When the album is unknown or not taught, a photo is unknown, or the catalog cannot be written.
    pub fn answer_proposals(&self, album: AlbumId, yes: &[PhotoId], no: &[PhotoId]) -> Result<(), Error> {
        let decision = if yes.is_empty() { Decision::RefuseProposal } else { Decision::AcceptProposal };
        self.decide(decision, |catalog| {
            albums::check_by_hand(catalog, album)?;
            if albums::find(catalog, album)?.kind != AlbumKind::Taught {
                return Err(Error::NotTaught(album));
            }
            check_known(catalog, no)?;
            for photo in no {
                refuse(catalog, album, *photo)?;
                albums::remove(catalog, album, *photo)?;
            }
            albums::append(catalog, album, yes)?;
            Ok(())
        })
    }

    /// What all taught albums learn from, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn lessons(&self) -> Result<Vec<Lessons>, Error> {
        self.read(|view| {
            let mut albums = view.prepare_cached("SELECT id FROM albums WHERE kind = ?1 ORDER BY id")?;
            let albums = albums.query_map([AlbumKind::Taught.word()], |row| row.get(0).map(AlbumId))?;
            albums.map(|album| lessons_of(view, album?)).collect()
        })
    }

    /// What one album had learned from when its proposals were saved; `None` when there are none.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn learned(&self, album: AlbumId) -> Result<Option<String>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT lessons FROM derived.learned WHERE album = ?1")?;
            Ok(find.query_row([album.0], |row| row.get(0)).optional()?)
        })
    }

    /// Saves what an album proposes in place of what it did before; `lessons` tells what it learned from.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_proposals(&self, album: AlbumId, lessons: &str, proposals: &[Proposal]) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute("DELETE FROM derived.proposals WHERE album = ?1", [album.0])?;
            let mut insert = catalog.prepare_cached(
                "INSERT INTO derived.proposals (album, photo, confidence) VALUES (?1, ?2, ?3)",
            )?;
            for Proposal { photo, confidence } in proposals {
                insert.execute(params![album.0, photo.0, confidence])?;
            }
            let upsert = "INSERT OR REPLACE INTO derived.learned (album, lessons) VALUES (?1, ?2)";
            catalog.execute(upsert, params![album.0, lessons])?;
            Ok(())
        })
    }

    /// Photos in view that an album proposes and that nobody has answered for, the surest first, at most `count`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn proposals(&self, album: AlbumId, count: usize) -> Result<Vec<Proposal>, Error> {
        self.read(|view| {
            albums::find(view, album)?;
            let mut select = view.prepare_cached(&format!(
                "SELECT photo, confidence {OPEN} AND proposal.album = ?1 ORDER BY confidence DESC, photo LIMIT ?2"
            ))?;
            let rows = select.query_map(params![album.0, count as i64], |row| {
                Ok(Proposal { photo: PhotoId(row.get(0)?), confidence: row.get(1)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many photos each album proposes with `confidence` or more that nobody has answered for; albums without any are
    /// left out.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn proposal_counts(&self, confidence: f32) -> Result<HashMap<AlbumId, u64>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(&format!(
                "SELECT proposal.album, count(*) {OPEN} AND confidence >= ?1 GROUP BY proposal.album"
            ))?;
            let rows = select
                .query_map([confidence], |row| Ok((AlbumId(row.get(0)?), row.get::<_, i64>(1)? as u64)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Notes that a photo does not belong into an album.
pub(crate) fn refuse(catalog: &Transaction<'_>, album: AlbumId, photo: PhotoId) -> Result<(), Error> {
    let refuse = "INSERT OR IGNORE INTO refusals (album, photo) VALUES (?1, ?2)";
    catalog.prepare_cached(refuse)?.execute([album.0, photo.0])?;
    Ok(())
}

/// Lets what was said of `from` hold for `photo`.
pub(crate) fn inherit(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let copy =
        "INSERT OR IGNORE INTO refusals (album, photo) SELECT album, ?1 FROM refusals WHERE photo = ?2";
    catalog.prepare_cached(copy)?.execute([photo.0, from.0])?;
    Ok(())
}

fn lessons_of(view: &Connection, album: AlbumId) -> Result<Lessons, Error> {
    let mut refused = view.prepare_cached("SELECT photo FROM refusals WHERE album = ?1 ORDER BY photo")?;
    let no = refused.query_map([album.0], |row| row.get(0).map(PhotoId))?;
    Ok(Lessons { album, yes: albums::order_of(view, album)?, no: no.collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Disk, Library};

    fn proposal(photo: PhotoId, confidence: f32) -> Proposal {
        Proposal { photo, confidence }
    }

    fn open(store: &Store, album: AlbumId) -> Vec<PhotoId> {
        store.proposals(album, 10).expect("proposals").iter().map(|proposal| proposal.photo).collect()
    }

    #[test]
    fn answers_are_steps_and_what_is_answered_is_proposed_no_more() {
        let (library, photos) = Library::with_photos(6);
        let store = &library.store;
        let name = "Dogs".parse().expect("a name");
        let album = store.create_taught_album(&name, None, &photos[..3]).expect("made");
        assert_eq!(store.learned(album).expect("an answer"), None);
        let found = [proposal(photos[3], 0.9), proposal(photos[4], 0.99), proposal(photos[0], 1.0)];
        store.save_proposals(album, "three", &found).expect("saved");
        assert_eq!(store.learned(album).expect("an answer").as_deref(), Some("three"));
        assert_eq!(open(store, album), [photos[4], photos[3]], "the surest first, without the examples");
        assert_eq!(store.proposal_counts(0.5).expect("counts"), [(album, 2)].into());
        assert_eq!(store.proposal_counts(0.95).expect("counts"), [(album, 1)].into());

        store.answer_proposals(album, &[], &[photos[4]]).expect("refused");
        store.answer_proposals(album, &[photos[3]], &[]).expect("accepted");
        assert!(open(store, album).is_empty() && store.proposal_counts(0.0).expect("counts").is_empty());
        let lessons = store.lessons().expect("lessons").remove(0);
        assert_eq!((lessons.yes, lessons.no), (photos[..4].to_vec(), vec![photos[4]]));
        assert_eq!(store.undo().expect("undone").expect("a step").action, Decision::AcceptProposal);
        let undone = store.undo().expect("undone").expect("a step");
        assert_eq!((undone.action, undone.photos), (Decision::RefuseProposal, vec![photos[4]]));
        assert_eq!(open(store, album), [photos[4], photos[3]]);
        store.redo().expect("done again").expect("a step");
        assert_eq!(open(store, album), [photos[3]]);

        store.answer_proposals(album, &[photos[4]], &[photos[0]]).expect("changed their mind");
        let lessons = store.lessons().expect("lessons").remove(0);
        assert_eq!((lessons.yes, lessons.no), (vec![photos[1], photos[2], photos[4]], vec![photos[0]]));
        store.delete_album(album).expect("deleted");
        store.undo().expect("undone").expect("a step");
        assert_eq!(store.lessons().expect("lessons")[0].no, [photos[0]]);
    }

    #[test]
    fn an_album_by_hand_may_learn_and_a_search_may_not() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let name = |name: &str| name.parse().expect("a name");
        let album = store.create_album(&name("Dogs"), None, &photos).expect("made");
        store.teach_from_album(album).expect("taught");
        assert_eq!(store.lessons().expect("lessons")[0].yes, photos);
        store.undo().expect("undone").expect("a step");
        assert!(store.lessons().expect("lessons").is_empty());
        let search = store.create_search(&name("All"), None, &Default::default()).expect("saved");
        assert!(matches!(store.teach_from_album(search), Err(Error::NotByHand(_))));
    }

    /// What an album was told belongs and does not.
    fn said(store: &Store) -> (Vec<PhotoId>, Vec<PhotoId>) {
        let lessons = store.lessons().expect("lessons").remove(0);
        (lessons.yes, lessons.no)
    }

    #[test]
    fn what_is_taken_out_of_a_taught_album_is_not_proposed_again() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        let name = |name: &str| name.parse().expect("a name");
        let album = store.create_taught_album(&name("Dogs"), None, &photos[..3]).expect("made");
        store.save_proposals(album, "three", &[proposal(photos[0], 0.9)]).expect("saved");
        assert_eq!(store.remove_from_album(album, &[photos[0], photos[3]]).expect("removed"), 1);
        assert!(open(store, album).is_empty());
        assert_eq!(said(store), (photos[1..3].to_vec(), vec![photos[0]]), "only what was in it is refused");
        store.undo().expect("undone").expect("a step");
        assert_eq!(said(store), (photos[..3].to_vec(), vec![]));
        store.redo().expect("done again").expect("a step");
        assert_eq!(said(store), (photos[1..3].to_vec(), vec![photos[0]]));

        let by_hand = store.create_album(&name("Cats"), None, &photos).expect("made");
        store.remove_from_album(by_hand, &photos[..1]).expect("removed");
        store.teach_from_album(by_hand).expect("taught");
        assert!(store.lessons().expect("lessons")[1].no.is_empty());
    }

    #[test]
    fn what_is_put_into_an_album_is_refused_no_more() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        let name = "Dogs".parse().expect("a name");
        let album = store.create_taught_album(&name, None, &photos[..3]).expect("made");
        store.answer_proposals(album, &[], &photos[3..]).expect("refused");
        store.add_to_album(album, &photos[3..]).expect("added");
        assert_eq!(said(store), (photos.clone(), vec![]));
        store.undo().expect("undone").expect("a step");
        assert_eq!(said(store), (photos[..3].to_vec(), photos[3..].to_vec()));
    }

    #[test]
    fn only_a_taught_album_is_answered() {
        let (library, photos) = Library::with_photos(2);
        let store = &library.store;
        let name = |name: &str| name.parse().expect("a name");
        let album = store.create_album(&name("Dogs"), None, &photos[..1]).expect("made");
        for (yes, no) in [(&photos[1..], &photos[..0]), (&photos[..0], &photos[..1])] {
            assert!(matches!(store.answer_proposals(album, yes, no), Err(Error::NotTaught(_))));
        }
        assert_eq!(store.album_photos(album).expect("photos"), photos[..1]);
        let search = store.create_search(&name("All"), None, &Default::default()).expect("saved");
        assert!(matches!(store.answer_proposals(search, &photos, &[]), Err(Error::NotByHand(_))));
    }

    #[test]
    fn an_edited_photo_is_refused_as_well() {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
        library.refresh(&disk);
        let photo = |path| library.photo_at(path).expect("a photo");
        let name = "Dogs".parse().expect("a name");
        let album = library.store.create_taught_album(&name, None, &[photo("b.jpg")]).expect("made");
        library.store.answer_proposals(album, &[], &[photo("a.jpg")]).expect("refused");
        let before = photo("a.jpg");
        disk.write("a.jpg", 3);
        library.refresh(&disk);
        assert_eq!(library.store.lessons().expect("lessons")[0].no, [before, photo("a.jpg")]);
    }
}
