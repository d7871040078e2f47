//! Files as groups of near-duplicates are made of them: of each, what tells which one stays.

use likeness_domain::{FileId, FolderId, PhotoId, PictureFormat, Rating};
use rusqlite::Row;

use crate::companions::Companions;
use crate::words::Columns;
use crate::{Error, FilePlace, Store};

/// A file that shows a photo that has a near-duplicate, or lies in more than one file.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedFile {
    /// Its number.
    pub file: FileId,
    /// The photo that it shows.
    pub photo: PhotoId,
    /// The source folder that it lies in.
    pub folder: FolderId,
    /// Where it lies.
    pub place: FilePlace,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What it is on the disk, whatever its names: numbers of the volume and on it.
    pub on_disk: (u64, u64),
    /// When it was last changed: nanoseconds since 1970.
    pub modified_ns: i64,
    /// How it is stored.
    pub format: PictureFormat,
    /// Bits of each colour, where known.
    pub bits: Option<u8>,
    /// Width times height.
    pub pixels: u64,
    /// How sharp the photo's large thumbnail is, 0 to 1; `None` of one that was read before that was measured, until it is looked
    /// at again.
    pub sharpness: Option<f32>,
    /// How much it says of its taking: time, place, camera, lens, exposure; 0 to 5.
    pub facts: u8,
    /// Stars.
    pub rating: Rating,
    /// Albums that the photo is in.
    pub albums: u32,
    /// When it was taken or, where unknown, last changed: milliseconds since 1970.
    pub shown_at_ms: i64,
    /// Whether edits of a program lie beside it: a sidecar, or what phones and raw developers write.
    pub has_edits: bool,
    /// Whether what was recorded along with it lies beside it: the movie of a Live Photo, a memo.
    pub has_recording: bool,
}

impl Store {
    /// All files of photos that were found alike to another one, or that lie in more than one file. In no order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn grouped_files(&self) -> Result<Vec<GroupedFile>, Error> {
        let select = "WITH grouped (photo) AS (SELECT first FROM derived.kinships
                UNION SELECT second FROM derived.kinships UNION SELECT id FROM photos WHERE files > 1)
             SELECT files.id, photos.id, folder, folders.path, volume, files.path, files.size_bytes, device, inode,
                modified_ns, format, width * height,
                (taken_ms IS NOT NULL) + (latitude IS NOT NULL) + (camera IS NOT NULL) + (lens IS NOT NULL)
                    + (exposure_seconds IS NOT NULL),
                rating, (SELECT count(*) FROM album_photos WHERE photo = photos.id), shown_at_ms, bits, sharpness
             FROM grouped CROSS JOIN photos ON photos.id = grouped.photo
                CROSS JOIN files ON files.photo = photos.id AND shows IS NOT NULL JOIN folders ON folders.id = folder
                LEFT JOIN derived.previews ON previews.photo = photos.id";
        self.read(|view| {
            let companions = Companions::read(view)?;
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| grouped_file(row, &companions))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn grouped_file(row: &Row<'_>, companions: &Companions) -> rusqlite::Result<GroupedFile> {
    let unsigned = |column: usize| row.get::<_, i64>(column).map(|value| value as u64);
    let folder = row.get(2)?;
    let path = row.path_below(5)?;
    let beside = companions.of(folder, path.as_bytes());
    Ok(GroupedFile {
        file: FileId(row.get(0)?),
        photo: PhotoId(row.get(1)?),
        folder: FolderId(folder),
        place: FilePlace { root: row.path(3)?, volume: row.get(4)?, path },
        size_bytes: unsigned(6)?,
        on_disk: (unsigned(7)?, unsigned(8)?),
        modified_ns: row.get(9)?,
        format: row.format(10)?,
        bits: row.get(16)?,
        pixels: unsigned(11)?,
        sharpness: row.get(17)?,
        facts: row.get(12)?,
        rating: row.rating(13)?,
        albums: row.get(14)?,
        shown_at_ms: row.get(15)?,
        has_edits: beside.edits,
        has_recording: beside.is_recording(),
    })
}
