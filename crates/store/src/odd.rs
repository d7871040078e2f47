//! Odd ones out: how odd photos are, which is derived, and which are not odd to the person, which is true. How oddness is
//! told is not known here.

use likeness_domain::{ModelTag, OddCause, PhotoId};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::decisions::check_known;
use crate::words::Columns;
use crate::{Decision, Error, Store};

/// A photo and how odd it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddPhoto {
    /// The photo.
    pub photo: PhotoId,
    /// 0 (as most are) to 1.
    pub score: f32,
    /// Why, where pixels tell it.
    pub cause: Option<OddCause>,
}

/// In the column for a cause where pixels tell none.
const NO_CAUSE: &str = "none";

impl Store {
    /// The oddest photos in view first, at most `count`, without those that are not odd to the person.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn odd_photos(&self, count: usize) -> Result<Vec<OddPhoto>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(
                "SELECT photo, score, cause FROM derived.oddness JOIN photos ON photos.id = photo
                 WHERE files > 0 AND score > 0 AND photo NOT IN (SELECT photo FROM not_odd)
                 ORDER BY score DESC, photo LIMIT ?1",
            )?;
            let rows = select.query_map([count as i64], |row| {
                Ok(OddPhoto {
                    photo: PhotoId(row.get("photo")?),
                    score: row.get("score")?,
                    cause: row.odd_cause("cause")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Of the `count` oddest photos in view, those whose cause was not looked for yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn odd_photos_without_cause(&self, count: usize) -> Result<Vec<PhotoId>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(
                "SELECT photo FROM (SELECT photo, cause FROM derived.oddness JOIN photos ON photos.id = photo
                     WHERE files > 0 AND score > 0 ORDER BY score DESC, photo LIMIT ?1)
                 WHERE cause IS NULL",
            )?;
            let rows = select.query_map([count as i64], |row| row.get(0).map(PhotoId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// By whose vectors, and among how many photos, oddness was told; `None` when it was not yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn odd_among(&self) -> Result<Option<(ModelTag, u64)>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT model AS tag, photos FROM derived.odd_among")?;
            let found = find.query_row([], |row| Ok((row.tag("tag")?, row.get::<_, i64>("photos")? as u64)));
            Ok(found.optional()?)
        })
    }

    /// Saves how odd photos are in place of what was known before. Causes that were told stay.
    ///
    /// # Errors
    /// When the catalog cannot be written; then what was known before stays.
    pub fn save_oddness(&self, model: &ModelTag, scores: &[(PhotoId, f32)]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut upsert = catalog.prepare_cached(
                "INSERT INTO derived.oddness (photo, score) VALUES (?1, ?2)
                 ON CONFLICT (photo) DO UPDATE SET score = excluded.score",
            )?;
            catalog.execute("UPDATE derived.oddness SET score = 0", [])?;
            for (photo, score) in scores {
                upsert.execute(params![photo.0, score])?;
            }
            let among =
                "INSERT OR REPLACE INTO derived.odd_among (only_row, model, photos) VALUES (1, ?1, ?2)";
            catalog.execute(among, params![model.as_str(), scores.len() as i64])?;
            Ok(())
        })
    }

    /// Notes why photos are odd, or that pixels do not tell.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_odd_causes(&self, causes: &[(PhotoId, Option<OddCause>)]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut update =
                catalog.prepare_cached("UPDATE derived.oddness SET cause = ?2 WHERE photo = ?1")?;
            for (photo, cause) in causes {
                update.execute(params![photo.0, cause.map_or(NO_CAUSE, OddCause::word)])?;
            }
            Ok(())
        })
    }

    /// Notes that photos are not odd to the person, as one step that can be undone.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written.
    pub fn keep_odd_ones(&self, photos: &[PhotoId]) -> Result<(), Error> {
        self.decide(Decision::KeepOddOne, |catalog| {
            check_known(catalog, photos)?;
            let mut insert = catalog.prepare_cached("INSERT OR IGNORE INTO not_odd (photo) VALUES (?1)")?;
            photos.iter().try_for_each(|photo| insert.execute([photo.0]).map(drop))?;
            Ok(())
        })
    }
}

/// Lets what was said of `from` hold for `photo`.
pub(crate) fn inherit(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let copy = "INSERT OR IGNORE INTO not_odd (photo) SELECT ?1 FROM not_odd WHERE photo = ?2";
    catalog.prepare_cached(copy)?.execute([photo.0, from.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Library, tag};

    #[test]
    fn odd_ones_are_told_with_causes_until_the_person_keeps_them() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        assert_eq!(store.odd_among().expect("an answer"), None);
        let scores = [(photos[0], 0.5), (photos[1], 0.0), (photos[2], 0.9), (photos[3], 0.7)];
        store.save_oddness(&tag(), &scores).expect("saved");
        assert_eq!(store.odd_among().expect("an answer"), Some((tag(), 4)));
        assert_eq!(store.odd_photos_without_cause(2).expect("a list"), [photos[2], photos[3]]);
        let causes = [(photos[2], Some(OddCause::Blurred)), (photos[3], None)];
        store.save_odd_causes(&causes).expect("saved");
        assert!(store.odd_photos_without_cause(2).expect("a list").is_empty());
        let odd = store.odd_photos(10).expect("odd ones");
        let told: Vec<_> = odd.iter().map(|odd| (odd.photo, odd.cause)).collect();
        assert_eq!(told, [(photos[2], Some(OddCause::Blurred)), (photos[3], None), (photos[0], None)]);

        store.keep_odd_ones(&[photos[2]]).expect("kept");
        assert_eq!(store.odd_photos(1).expect("odd ones")[0].photo, photos[3]);
        assert_eq!(store.undo().expect("undone").expect("a step").photos, [photos[2]]);
        assert_eq!(store.odd_photos(1).expect("odd ones")[0].photo, photos[2]);
        store.save_oddness(&tag(), &[(photos[3], 0.9)]).expect("saved");
        assert_eq!(store.odd_photos(10).expect("odd ones").len(), 1, "the others are odd no more");
    }
}
