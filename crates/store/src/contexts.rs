//! What was learned of photos' company, as numbers. What they mean is not known here.

use likeness_domain::{AlbumId, AlbumKind, PhotoId};
use rusqlite::{OptionalExtension, params};

use crate::{Error, Store, albums};

/// Numbers of photos, in the order in which they were learned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeptContexts {
    /// The photos, whether in view or not.
    pub photos: Vec<PhotoId>,
    /// What each goes with, one after the other.
    pub own: Vec<f32>,
    /// What each is as company.
    pub company: Vec<f32>,
}

/// What contexts were learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedContexts {
    /// Photos that were learned from all at once.
    pub at_once: u64,
    /// All photos.
    pub photos: u64,
    /// The albums, as a text that changes with them.
    pub albums: String,
}

impl Store {
    /// What contexts were learned from; `None` when none were.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn learned_contexts(&self) -> Result<Option<LearnedContexts>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached(
                "SELECT photos, albums, (SELECT count(*) FROM derived.contexts) FROM derived.contexts_of",
            )?;
            let found = find.query_row([], |row| {
                Ok(LearnedContexts {
                    at_once: row.get::<_, i64>(0)? as u64,
                    albums: row.get(1)?,
                    photos: row.get::<_, i64>(2)? as u64,
                })
            });
            Ok(found.optional()?)
        })
    }

    /// All numbers that are kept.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn contexts(&self) -> Result<KeptContexts, Error> {
        self.read(|view| {
            let mut select =
                view.prepare_cached("SELECT photo, own, company FROM derived.contexts ORDER BY turn")?;
            let mut rows = select.query([])?;
            let mut kept = KeptContexts::default();
            while let Some(row) = rows.next()? {
                kept.photos.push(PhotoId(row.get(0)?));
                for (at, numbers) in [(1, &mut kept.own), (2, &mut kept.company)] {
                    let bytes = row.get_ref(at)?.as_blob().map_err(rusqlite::Error::from)?;
                    numbers.extend(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                }
            }
            Ok(kept)
        })
    }

    /// Photos in view that have no numbers, in the order of theirs.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_without_context(&self) -> Result<Vec<PhotoId>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(
                "SELECT id FROM photos WHERE files > 0 AND id NOT IN (SELECT photo FROM derived.contexts)
                 ORDER BY id",
            )?;
            let photos = select.query_map([], |row| row.get(0).map(PhotoId))?;
            Ok(photos.collect::<Result<_, _>>()?)
        })
    }

    /// Saves numbers, those of the photos at `changed` places only, and what they were learned from. With all places,
    /// what was kept before goes.
    ///
    /// # Errors
    /// When the catalog cannot be written; then what was kept before stays.
    pub fn save_contexts(
        &self,
        of: &LearnedContexts,
        kept: &KeptContexts,
        changed: &[usize],
    ) -> Result<(), Error> {
        let numbers = kept.own.len() / kept.photos.len().max(1);
        let bytes = |all: &[f32], at: usize| -> Vec<u8> {
            all[at * numbers..][..numbers].iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        self.write(|catalog| {
            if changed.len() == kept.photos.len() {
                catalog.execute("DELETE FROM derived.contexts", [])?;
            }
            let mut insert = catalog.prepare_cached(
                "INSERT OR REPLACE INTO derived.contexts (turn, photo, own, company) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for &at in changed {
                let (own, company) = (bytes(&kept.own, at), bytes(&kept.company, at));
                insert.execute(params![at as i64, kept.photos[at].0, own, company])?;
            }
            let upsert =
                "INSERT OR REPLACE INTO derived.contexts_of (only_row, photos, albums) VALUES (1, ?1, ?2)";
            catalog.execute(upsert, params![of.at_once as i64, of.albums])?;
            Ok(())
        })
    }

    /// The photos of each album that photos were put into or confirmed for, in its order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_of_albums(&self) -> Result<Vec<(AlbumId, Vec<PhotoId>)>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached("SELECT id FROM albums WHERE kind <> ?1 ORDER BY id")?;
            let found = select.query_map([AlbumKind::Search.word()], |row| row.get(0).map(AlbumId))?;
            found
                .map(|album| {
                    let album = album?;
                    Ok((album, albums::order_of(view, album)?))
                })
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Library;

    #[test]
    fn numbers_come_back_and_only_some_are_changed() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        assert_eq!(store.learned_contexts().expect("an answer"), None);
        assert_eq!(store.photos_without_context().expect("a list"), photos);
        let mut kept = KeptContexts {
            photos: vec![photos[1], photos[0]],
            own: vec![1.0, -2.5, 3.0, f32::MIN_POSITIVE],
            company: vec![0.0, 4.0, 5.0, 6.0],
        };
        let of = LearnedContexts { at_once: 2, photos: 2, albums: "1:a".into() };
        store.save_contexts(&of, &kept, &[0, 1]).expect("saved");
        assert_eq!(store.contexts().expect("numbers"), kept);
        assert_eq!(store.photos_without_context().expect("a list"), photos[2..]);
        kept.photos.push(photos[2]);
        kept.own.extend([7.0, 8.0]);
        kept.company.extend([9.0, 9.5]);
        kept.own[0] = 1.5;
        store.save_contexts(&of, &kept, &[0, 2]).expect("saved");
        assert_eq!(store.contexts().expect("numbers"), kept);
        assert_eq!(store.learned_contexts().expect("an answer"), Some(LearnedContexts { photos: 3, ..of }));
        let name = "Trips".parse().expect("a name");
        let album = store.create_album(&name, None, &photos[..2]).expect("made");
        assert_eq!(store.photos_of_albums().expect("albums"), [(album, photos[..2].to_vec())]);
    }
}
