//! What near-duplicates are told by, and the pairs of photos that were found alike. Work: all of it can be found again.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use likeness_domain::{ModelTag, PhotoFacts, PhotoId, RelativePath, SmallPicture};
use rusqlite::{Row, params};

use crate::companions::Companions;
use crate::photos::facts;
use crate::words::{Columns, path_from};
use crate::{Error, Store};

/// A photo as finding near-duplicates sees it, but for its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedPhoto {
    /// The photo.
    pub photo: PhotoId,
    /// What its file says.
    pub facts: PhotoFacts,
    /// Folder and name without ending of its file that is known for longest; none when all of them are gone.
    pub stem: Option<PathBuf>,
    /// Whether the movie of a Live Photo lies beside that file.
    pub has_movie: bool,
}

/// Two photos that are alike, the one with the lower number first. Lanes and bonds are words of who found them.
#[derive(Debug, Clone, PartialEq)]
pub struct KinshipRow {
    /// The lower number.
    pub first: PhotoId,
    /// The higher number.
    pub second: PhotoId,
    /// The lane by each strictness, from the strictest; nothing where they are not alike enough.
    pub lanes: [Option<String>; 3],
    /// Why neither is ever selected to go.
    pub bond: Option<String>,
    /// How far they are from being the same, in units of unavoidable loss.
    pub apart: f32,
    /// How much of what was compared agrees, 0 to 1.
    pub alike: f32,
    /// The share of the one that the other shows, 0 to 1.
    pub area: f32,
    /// Quarter turns clockwise that lay the second upon the first.
    pub quarters: u8,
    /// Whether left and right of the second change places before.
    pub mirrored: bool,
}

impl Store {
    /// Photos in view that can be compared with all others and were not yet: they have what they are told by and, where a
    /// model is given, its embedding. In the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_not_compared(&self, model: Option<&ModelTag>) -> Result<Vec<PhotoId>, Error> {
        let select = format!(
            "SELECT id FROM photos WHERE files > 0 AND {NOT_COMPARED}
                AND EXISTS (SELECT 1 FROM derived.previews WHERE photo = photos.id)
                AND EXISTS (SELECT 1 FROM derived.small_pictures WHERE photo = photos.id)
                AND (?1 IS NULL OR EXISTS (SELECT 1 FROM derived.embeddings WHERE photo = photos.id
                    AND model = (SELECT id FROM derived.models WHERE tag = ?1)))"
        );
        self.read(|view| {
            let mut select = view.prepare_cached(&select)?;
            let rows = select.query_map([model.map(ModelTag::as_str)], |row| row.get(0).map(PhotoId))?;
            let mut photos: Vec<PhotoId> = rows.collect::<Result<_, _>>()?;
            photos.sort_unstable();
            Ok(photos)
        })
    }

    /// How many photos in view were not compared yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_not_compared(&self) -> Result<u64, Error> {
        let count = format!("SELECT count(*) FROM photos WHERE files > 0 AND {NOT_COMPARED}");
        self.read(|view| Ok(view.prepare_cached(&count)?.query_row([], |row| row.get::<_, i64>(0))? as u64))
    }

    /// The perceptual hashes of photos in view, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn perceptual_hashes(&self) -> Result<Vec<(PhotoId, u64)>, Error> {
        let select = "SELECT photo, perceptual_hash FROM derived.previews
             WHERE photo NOT IN (SELECT id FROM photos WHERE files = 0) ORDER BY photo";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows =
                select.query_map([], |row| Ok((PhotoId(row.get(0)?), row.get::<_, i64>(1)? as u64)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Photos in view that the camera of one of `photos` took between `apart_ms` before or after it, without those that say
    /// the same time. In no order, and perhaps more than once.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_taken_near(
        &self,
        photos: &[PhotoId],
        apart_ms: RangeInclusive<i64>,
    ) -> Result<Vec<PhotoId>, Error> {
        let select = "SELECT other.id FROM photos AS one JOIN photos AS other
                ON other.shown_at_ms BETWEEN one.shown_at_ms + ?2 AND one.shown_at_ms + ?3
             WHERE one.id = ?1 AND one.taken_ms IS NOT NULL AND other.files > 0 AND other.camera = one.camera";
        let (nearest, farthest) = apart_ms.into_inner();
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let mut near = Vec::new();
            for photo in photos {
                for (from, to) in [(-farthest, -nearest), (nearest, farthest)] {
                    let rows = select.query_map([photo.0, from, to], |row| row.get(0).map(PhotoId))?;
                    near.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
            }
            Ok(near)
        })
    }

    /// What is known of `photos`, in the order asked, without those that are unknown.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_to_compare(&self, photos: &[PhotoId]) -> Result<Vec<ComparedPhoto>, Error> {
        let select = "SELECT photos.*, folder, path FROM photos LEFT JOIN files
                ON files.id = (SELECT min(id) FROM files WHERE photo = photos.id AND shows = photos.id)
             WHERE photos.id = ?1";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let mut known = Vec::with_capacity(photos.len());
            let mut places: Vec<Option<(i64, RelativePath)>> = Vec::with_capacity(photos.len());
            for photo in photos {
                let mut rows = select.query([photo.0])?;
                let Some(row) = rows.next()? else { continue };
                let folder: Option<i64> = row.get("folder")?;
                places.push(
                    folder.map(|folder| Ok::<_, Error>((folder, row.path_below("path")?))).transpose()?,
                );
                known.push(ComparedPhoto { photo: *photo, facts: facts(row)?, stem: None, has_movie: false });
            }
            let lying = places.iter().flatten().map(|(folder, path)| (*folder, path.as_bytes()));
            let companions = Companions::read_beside(view, lying)?;
            for (photo, place) in known.iter_mut().zip(places) {
                let Some((folder, path)) = place else { continue };
                photo.has_movie = companions.of(folder, path.as_bytes()).movie;
                photo.stem = Some(PathBuf::from(folder.to_string()).join(stem(path)));
            }
            Ok(known)
        })
    }

    /// The small pictures of `photos`, those that have one.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn small_pictures(&self, photos: &[PhotoId]) -> Result<Vec<(PhotoId, SmallPicture)>, Error> {
        self.read(|view| {
            let mut find =
                view.prepare_cached("SELECT picture FROM derived.small_pictures WHERE photo = ?1")?;
            let mut found = Vec::with_capacity(photos.len());
            for photo in photos {
                let mut rows = find.query([photo.0])?;
                if let Some(row) = rows.next()?
                    && let Ok(small) = SmallPicture::from_bytes(row.get(0)?)
                {
                    found.push((*photo, small));
                }
            }
            Ok(found)
        })
    }

    /// Keeps what comparing `compared` with others found.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_kinships(&self, compared: &[PhotoId], kinships: &[KinshipRow]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut insert = catalog.prepare_cached(
                "INSERT OR REPLACE INTO derived.kinships
                    (first, second, careful, usual, generous, bond, apart, alike, area, quarters, mirrored)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for KinshipRow { first, second, lanes, bond, apart, alike, area, quarters, mirrored } in kinships
            {
                let [careful, usual, generous] = lanes;
                insert.execute(params![
                    first.0, second.0, careful, usual, generous, bond, apart, alike, area, quarters, mirrored
                ])?;
            }
            let mut note =
                catalog.prepare_cached("INSERT OR IGNORE INTO derived.compared (photo) VALUES (?1)")?;
            for photo in compared {
                note.execute([photo.0])?;
            }
            Ok(())
        })
    }

    /// The pairs that are alike, of photos in view, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn kinships(&self) -> Result<Vec<KinshipRow>, Error> {
        let select = "SELECT first, second, careful, usual, generous, bond, apart, alike, area, quarters, mirrored
             FROM derived.kinships
             JOIN photos AS a ON a.id = first AND a.files > 0 JOIN photos AS b ON b.id = second AND b.files > 0
             ORDER BY first, second";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], kinship)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether two photos were found alike, each to the next, over however many others.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn are_kin(&self, first: PhotoId, second: PhotoId) -> Result<bool, Error> {
        let select = "WITH RECURSIVE kin (photo) AS (SELECT ?1
                UNION SELECT second FROM kin JOIN derived.kinships ON first = photo
                UNION SELECT first FROM kin JOIN derived.kinships ON second = photo)
             SELECT 1 FROM kin WHERE photo = ?2";
        self.read(|view| Ok(view.prepare_cached(select)?.exists([first.0, second.0])?))
    }

    /// Photos in view that lie in more than one file.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_with_copies(&self) -> Result<Vec<PhotoId>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached("SELECT id FROM photos WHERE files > 1 ORDER BY id")?;
            let rows = select.query_map([], |row| row.get(0).map(PhotoId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

const NOT_COMPARED: &str = "id NOT IN (SELECT photo FROM derived.compared)";

/// A path without its ending, byte for byte.
fn stem(path: RelativePath) -> PathBuf {
    path_from(path.as_bytes().to_vec()).with_extension("")
}

fn kinship(row: &Row<'_>) -> rusqlite::Result<KinshipRow> {
    Ok(KinshipRow {
        first: PhotoId(row.get(0)?),
        second: PhotoId(row.get(1)?),
        lanes: [row.get(2)?, row.get(3)?, row.get(4)?],
        bond: row.get(5)?,
        apart: row.get(6)?,
        alike: row.get(7)?,
        area: row.get(8)?,
        quarters: row.get(9)?,
        mirrored: row.get(10)?,
    })
}

#[cfg(test)]
mod tests {
    use likeness_domain::FileKind;

    use super::*;
    use crate::testing::{Disk, Library, tag};

    #[test]
    fn photos_wait_to_be_compared_until_the_model_has_seen_them() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let waiting = |model: Option<&ModelTag>| store.photos_not_compared(model).expect("a list");
        assert_eq!((waiting(None), waiting(Some(&tag()))), (photos.clone(), photos.clone()));
        let other = ModelTag::new("other", "1", "none", 4).expect("a tag");
        assert_eq!(waiting(Some(&other)), []);
        store.save_kinships(&photos[..2], &[]).expect("saved");
        assert_eq!((waiting(None), store.count_not_compared().expect("a count")), (photos[2..].to_vec(), 1));
        assert_eq!(store.perceptual_hashes().expect("hashes").len(), 3);
        library.scan(&Disk::default());
        assert_eq!((waiting(None), store.count_not_compared().expect("a count")), (vec![], 0));
        assert_eq!(store.perceptual_hashes().expect("hashes"), [], "what is out of view is like nothing");
    }

    #[test]
    fn photos_of_one_moment_are_found_on_both_sides_of_one() {
        // One a second, by one camera.
        let (library, photos) = Library::with_photos(9);
        let near = library.store.photos_taken_near(&photos[4..5], 2000..=3000).expect("a list");
        assert_eq!(near, [photos[1], photos[2], photos[6], photos[7]]);
    }

    #[test]
    fn the_movie_of_a_live_photo_has_its_name() {
        let library = Library::new();
        let pictures = [
            ("a/IMG_1.jpg", 1),
            ("b/2.jpg", 2),
            ("c/3.jpg", 3),
            ("d/4.x.jpg", 4),
            ("e/5.jpg", 5),
            ("6.jpg", 6),
        ];
        let beside = [
            ("a/img_1.MOV", 11),
            ("b/2.wav", 12),
            ("c/33.mov", 13),
            ("d/4.x.mp4", 14),
            ("e/6/5.mov", 15),
            ("6.mov", 16),
        ];
        let mut disk = Disk::with(&[pictures, beside].concat());
        for node in disk.files.values_mut().filter(|node| node.content > 10) {
            node.kind = FileKind::Companion;
        }
        library.refresh(&disk);
        let photos = library.store.photos_not_compared(None).expect("a list");
        let known = library.store.photos_to_compare(&photos).expect("known");
        let with_movie: Vec<_> =
            known.iter().filter(|photo| photo.has_movie).map(|photo| &photo.stem).collect();
        let folder = library.folder.0;
        let stem = |name: &str| Some(PathBuf::from(format!("{folder}/{name}")));
        assert_eq!(with_movie, [&stem("6"), &stem("a/IMG_1"), &stem("d/4.x")]);

        library.scan(&Disk::default());
        let known = library.store.photos_to_compare(&photos[..1]).expect("known");
        assert_eq!((&known[0].stem, known[0].has_movie), (&None, false), "and is known all the same");
    }
}
