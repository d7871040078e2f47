//! What near-duplicates are told by, and the pairs of photos that were found alike. Work: all of it can be found again.

use std::collections::HashSet;
use std::path::PathBuf;

use likeness_domain::{FileId, PhotoFacts, PhotoId, Rating, SmallPicture};
use rusqlite::{Connection, Row, params};

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
    /// The perceptual hash.
    pub perceptual_hash: u64,
    /// Folder and name without ending of its file that is known for longest.
    pub stem: PathBuf,
    /// Whether the movie of a Live Photo lies beside that file.
    pub has_movie: bool,
    /// Whether it was compared with all those that were here before.
    pub is_compared: bool,
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

/// What one file of a group is chosen by, as far as the catalog knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileTraits {
    /// The file.
    pub file: FileId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What its file says.
    pub facts: PhotoFacts,
    /// Stars.
    pub rating: Rating,
    /// Albums that the photo is in.
    pub albums: u32,
    /// Whether edits of a program lie beside it: a sidecar, or what phones and raw developers write.
    pub has_edits: bool,
    /// Whether what was recorded along with it lies beside it: the movie of a Live Photo, a memo.
    pub has_recording: bool,
    /// When it was taken or, where unknown, last changed: milliseconds since 1970.
    pub shown_at_ms: i64,
    /// When the file was last changed: nanoseconds since 1970.
    pub modified_ns: i64,
}

impl Store {
    /// All photos in view that can be compared, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_to_compare(&self) -> Result<Vec<ComparedPhoto>, Error> {
        let select = "SELECT photos.*, perceptual_hash, files.path AS path, folder,
                EXISTS (SELECT 1 FROM derived.compared WHERE compared.photo = photos.id) AS is_compared
             FROM photos
             JOIN derived.previews ON previews.photo = photos.id
             JOIN derived.small_pictures ON small_pictures.photo = photos.id
             JOIN files ON files.id = (SELECT min(id) FROM files WHERE photo = photos.id AND shows = photos.id)
             WHERE photos.files > 0 ORDER BY photos.id";
        self.read(|view| {
            let movies = movies(view)?;
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| {
                let stem = stem(row)?;
                Ok(ComparedPhoto {
                    photo: PhotoId(row.get("id")?),
                    facts: facts(row)?,
                    perceptual_hash: row.get::<_, i64>("perceptual_hash")? as u64,
                    has_movie: movies.contains(&stem),
                    stem,
                    is_compared: row.get("is_compared")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many photos in view were not compared yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_not_compared(&self) -> Result<u64, Error> {
        let count = "SELECT count(*) FROM photos WHERE files > 0
             AND NOT EXISTS (SELECT 1 FROM derived.compared WHERE photo = photos.id)";
        self.read(|view| Ok(view.prepare_cached(count)?.query_row([], |row| row.get::<_, i64>(0))? as u64))
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
        let select = "SELECT kinships.* FROM derived.kinships
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

    /// What the files of `photos` are chosen by, by photo in the order asked.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn file_traits(&self, photos: &[PhotoId]) -> Result<Vec<FileTraits>, Error> {
        let select = "SELECT photos.*, files.id AS file, files.size_bytes AS file_bytes, files.modified_ns AS file_modified_ns,
                folder, path, (SELECT count(*) FROM album_photos WHERE photo = photos.id) AS albums
             FROM photos JOIN files ON photo = photos.id AND shows = photos.id
             WHERE photos.id = ?1 ORDER BY files.id";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let companions = Companions::read(view)?;
            let mut traits = Vec::with_capacity(photos.len());
            for photo in photos {
                let rows = select.query_map([photo.0], |row| {
                    let beside = companions.of(row.get("folder")?, row.path_below("path")?.as_bytes());
                    Ok(FileTraits {
                        file: FileId(row.get("file")?),
                        photo: *photo,
                        size_bytes: row.get::<_, i64>("file_bytes")? as u64,
                        facts: facts(row)?,
                        rating: row.rating("rating")?,
                        albums: row.get("albums")?,
                        has_edits: beside.edits,
                        has_recording: beside.recording,
                        shown_at_ms: row.get("shown_at_ms")?,
                        modified_ns: row.get("file_modified_ns")?,
                    })
                })?;
                for row in rows {
                    traits.push(row?);
                }
            }
            Ok(traits)
        })
    }
}

/// Folder and name without ending, from the columns `folder` and `path`.
fn stem(row: &Row<'_>) -> rusqlite::Result<PathBuf> {
    let folder: i64 = row.get("folder")?;
    let path = path_from(row.path_below("path")?.as_bytes().to_vec());
    Ok(PathBuf::from(folder.to_string()).join(path.with_extension("")))
}

/// The same of the movies of Live Photos that are there.
fn movies(view: &Connection) -> Result<HashSet<PathBuf>, Error> {
    let mut select = view.prepare_cached(
        "SELECT folder, path FROM files WHERE kind = 'companion' AND missing_since_ms IS NULL
            AND lower(CAST(substr(path, -4) AS TEXT)) IN ('.mov', '.mp4', '.m4v')",
    )?;
    let movies = select.query_map([], stem)?;
    Ok(movies.collect::<Result<_, _>>()?)
}

fn kinship(row: &Row<'_>) -> rusqlite::Result<KinshipRow> {
    Ok(KinshipRow {
        first: PhotoId(row.get("first")?),
        second: PhotoId(row.get("second")?),
        lanes: [row.get("careful")?, row.get("usual")?, row.get("generous")?],
        bond: row.get("bond")?,
        apart: row.get("apart")?,
        alike: row.get("alike")?,
        area: row.get("area")?,
        quarters: row.get("quarters")?,
        mirrored: row.get("mirrored")?,
    })
}
