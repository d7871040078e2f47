//! Photos as the window, the command line and the info panel ask for them, and what could not be shown.

use std::path::{Path, PathBuf};

use likeness_domain::{
    CaptureTime, ContentHash, Decisions, Exposure, FileId, FileStamp, FileState, FolderId, GpsPosition,
    PhotoFacts, PhotoId, Problem, RelativePath, Stage,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::words::{Columns, file_name, path_from};
use crate::{Error, FolderState, Store};

/// Whether a photo can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Available {
    /// A file of it is there.
    Present,
    /// Its files lie in folders that are away.
    Offline,
    /// No file of it was found at the last scan, or none could be read.
    Missing,
}

/// A photo as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoRow {
    /// Its number.
    pub id: PhotoId,
    /// Its content.
    pub hash: ContentHash,
    /// Its best file: one that is there before one that is away or missing, then the one known for longest.
    pub path: PathBuf,
    /// The source folder of that file.
    pub folder: FolderId,
    /// Whether that file can be opened.
    pub available: Available,
    /// Size of the content.
    pub size_bytes: u64,
    /// What its file says.
    pub facts: PhotoFacts,
    /// The capture time by the camera's clock, else the earliest time of change of its files; milliseconds since 1970.
    pub shown_at_ms: i64,
    /// What the person decided.
    pub decisions: Decisions,
    /// The tiny preview (ThumbHash), if it has been made.
    pub preview: Option<Vec<u8>>,
    /// Files that show it: there, or in folders that are away.
    pub files: u32,
}

/// A file as the info panel lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its number.
    pub id: FileId,
    /// The source folder it lies in.
    pub folder: FolderId,
    /// Where it lies, or lay.
    pub path: PathBuf,
    /// As it was when it was last looked at.
    pub stamp: FileStamp,
    /// Where it stands.
    pub state: FileState,
}

/// Everything about one photo.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoDetail {
    /// As a list shows it.
    pub row: PhotoRow,
    /// All its files, missing ones too, those known for longest first.
    pub files: Vec<FileRow>,
    /// Sidecars and movies that belong to its files.
    pub companions: Vec<PathBuf>,
    /// What of the picture could not be read.
    pub warning: Option<Problem>,
}

/// A file with a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemRow {
    /// The file.
    pub file: FileId,
    /// The source folder it lies in.
    pub folder: FolderId,
    /// Where it lies.
    pub path: PathBuf,
    /// The step that failed.
    pub stage: Stage,
    /// One sentence without a full stop.
    pub reason: String,
    /// The photo that is shown all the same, when only a part of the picture could not be read.
    pub photo: Option<PhotoId>,
}

/// How many there are of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Photos in view: there, or in folders that are away.
    pub photos: u64,
    /// Picture files that are not missing.
    pub files: u64,
    /// Photos whose files are all missing.
    pub missing: u64,
    /// Rows of [`Store::problems`].
    pub problems: u64,
    /// Sidecars and movies of Live Photos.
    pub companions: u64,
    /// Videos.
    pub videos: u64,
}

impl Store {
    /// The photos with these numbers, in the order asked. Numbers that no file, present or missing, belongs to are left
    /// out.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos(&self, ids: &[PhotoId]) -> Result<Vec<PhotoRow>, Error> {
        self.read(|view| photo_rows(view, ids))
    }

    /// Everything about one photo; `None` when no file, present or missing, belongs to it.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photo(&self, id: PhotoId) -> Result<Option<PhotoDetail>, Error> {
        self.read(|view| {
            let Some(row) = photo_rows(view, &[id])?.pop() else { return Ok(None) };
            let mut warning =
                view.prepare_cached("SELECT warning_stage, warning_reason FROM photos WHERE id = ?1")?;
            let warning = warning.query_row([id.0], |row| row.problem("warning"))?;
            let (files, companions) = files_of(view, id)?;
            Ok(Some(PhotoDetail { row, files, companions, warning }))
        })
    }

    /// The photo that lies at `path`, an absolute path as a folder was given.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photo_at(&self, path: &Path) -> Result<Option<PhotoId>, Error> {
        self.read(|view| {
            let mut folders = view.prepare_cached("SELECT id, path FROM folders ORDER BY id")?;
            let mut folders = folders.query([])?;
            let mut find = view.prepare_cached(
                "SELECT shows FROM files WHERE folder = ?1 AND path = ?2 AND shows IS NOT NULL",
            )?;
            while let Some(folder) = folders.next()? {
                let Some(below) = RelativePath::of(&folder.path("path")?, path) else { continue };
                let id: i64 = folder.get("id")?;
                let photo = find.query_row(params![id, below.as_bytes()], |row| row.get(0)).optional()?;
                if let Some(photo) = photo {
                    return Ok(Some(PhotoId(photo)));
                }
            }
            Ok(None)
        })
    }

    /// Every file that could not become a photo, and the files of photos that are shown only in part.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn problems(&self) -> Result<Vec<ProblemRow>, Error> {
        let select = "SELECT files.id AS file, folder, files.path AS path, folders.path AS root,
                problem_stage AS row_stage, problem_reason AS row_reason, NULL AS photo
             FROM files JOIN folders ON folders.id = folder
             WHERE files.state = 'unreadable' AND missing_since_ms IS NULL
             UNION ALL
             SELECT files.id, folder, files.path, folders.path, warning_stage, warning_reason, photos.id
             FROM photos JOIN files ON photo = photos.id AND shows = photos.id
             JOIN folders ON folders.id = folder WHERE warning_reason IS NOT NULL
             ORDER BY folder, path";
        self.read(|view| {
            let mut problems = view.prepare_cached(select)?;
            let rows = problems.query_map([], |row| {
                let Problem { stage, reason } =
                    row.problem("row")?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
                Ok(ProblemRow {
                    file: FileId(row.get("file")?),
                    folder: FolderId(row.get("folder")?),
                    path: absolute(row)?,
                    stage,
                    reason,
                    photo: row.get::<_, Option<i64>>("photo")?.map(PhotoId),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many there are of everything.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.read(|view| {
            let count = |select: &str| -> Result<u64, Error> {
                Ok(view.prepare_cached(select)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
            };
            let unreadable =
                count("SELECT count(*) FROM files WHERE state = 'unreadable' AND missing_since_ms IS NULL")?;
            let in_part = count(
                "SELECT count(*) FROM photos JOIN files ON photo = photos.id AND shows = photos.id
                     WHERE warning_reason IS NOT NULL",
            )?;
            Ok(Counts {
                photos: count("SELECT count(*) FROM photos WHERE files > 0")?,
                files: count("SELECT count(*) FROM files")?
                    - count("SELECT count(*) FROM files WHERE kind <> 'picture'")?
                    - count(
                        "SELECT count(*) FROM files WHERE missing_since_ms IS NOT NULL AND kind = 'picture'",
                    )?,
                missing: count(
                    "SELECT count(*) FROM photos WHERE files = 0 AND EXISTS
                         (SELECT 1 FROM files WHERE photo = photos.id AND missing_since_ms IS NOT NULL)",
                )?,
                problems: unreadable + in_part,
                companions: count(
                    "SELECT count(*) FROM files WHERE kind = 'companion' AND kind <> 'picture'",
                )?,
                videos: count("SELECT count(*) FROM files WHERE kind = 'video' AND kind <> 'picture'")?,
            })
        })
    }

    /// Cameras that photos in view were taken with, those with most photos first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn cameras(&self) -> Result<Vec<(String, u64)>, Error> {
        let select = "SELECT camera, count(*) AS photos FROM photos WHERE files > 0 AND camera IS NOT NULL
             GROUP BY camera ORDER BY photos DESC, camera";
        self.read(|view| {
            let mut cameras = view.prepare_cached(select)?;
            let rows = cameras.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// In the order asked; photos without any file are left out.
pub(crate) fn photo_rows(view: &Connection, ids: &[PhotoId]) -> Result<Vec<PhotoRow>, Error> {
    let mut find = view.prepare_cached(
        "SELECT photos.*, photos.size_bytes AS content_bytes, preview, folder, best.path AS path, root.path AS root,
            root.state AS folder_state, shows IS NOT NULL AS is_there
         FROM photos
         JOIN files AS best ON best.id = (
             SELECT files.id FROM files JOIN folders ON folders.id = folder WHERE photo = photos.id
             ORDER BY (shows IS NULL) * 2 + (folders.state = 'offline'), files.id LIMIT 1)
         JOIN folders AS root ON root.id = best.folder
         LEFT JOIN derived.previews ON previews.photo = photos.id
         WHERE photos.id = ?1",
    )?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(find.query_row([id.0], photo_row).optional()?);
    }
    Ok(rows)
}

fn photo_row(row: &Row<'_>) -> rusqlite::Result<PhotoRow> {
    let is_there: bool = row.get("is_there")?;
    let available = match FolderState::of(row, "folder_state")? {
        _ if !is_there => Available::Missing,
        FolderState::Offline => Available::Offline,
        FolderState::Online | FolderState::Waiting => Available::Present,
    };
    Ok(PhotoRow {
        id: PhotoId(row.get("id")?),
        hash: row.hash("hash")?,
        path: absolute(row)?,
        folder: FolderId(row.get("folder")?),
        available,
        size_bytes: row.get::<_, i64>("content_bytes")? as u64,
        facts: facts(row)?,
        shown_at_ms: row.get("shown_at_ms")?,
        decisions: decisions(row)?,
        preview: row.get("preview")?,
        files: row.get("files")?,
    })
}

/// From the columns `rating`, `flag` and `label`.
pub(crate) fn decisions(row: &Row<'_>) -> rusqlite::Result<Decisions> {
    Ok(Decisions { rating: row.rating("rating")?, flag: row.flag("flag")?, label: row.label("label")? })
}

pub(crate) fn facts(row: &Row<'_>) -> rusqlite::Result<PhotoFacts> {
    let zone_minutes = row.get("zone_minutes")?;
    let taken: Option<i64> = row.get("taken_ms")?;
    let altitude_m = row.get("altitude_m")?;
    let place: (Option<f64>, Option<f64>) = (row.get("latitude")?, row.get("longitude")?);
    Ok(PhotoFacts {
        format: row.format("format")?,
        width: row.get("width")?,
        height: row.get("height")?,
        bits: row.get("bits")?,
        taken: taken.map(|local_ms| CaptureTime { local_ms, zone_minutes }),
        camera: row.get("camera")?,
        lens: row.get("lens")?,
        exposure: Exposure {
            time_seconds: row.get("exposure_seconds")?,
            f_number: row.get("f_number")?,
            iso: row.get("iso")?,
            focal_length_mm: row.get("focal_length_mm")?,
        },
        gps: match place {
            (Some(latitude), Some(longitude)) => Some(GpsPosition { latitude, longitude, altitude_m }),
            _ => None,
        },
        animated: row.get("animated")?,
    })
}

/// From the columns `root` and `path`.
fn absolute(row: &Row<'_>) -> rusqlite::Result<PathBuf> {
    Ok(row.path_below("path")?.below(&row.path("root")?))
}

/// All files of a photo, and the companions of those that are there.
fn files_of(view: &Connection, photo: PhotoId) -> Result<(Vec<FileRow>, Vec<PathBuf>), Error> {
    let mut select = view.prepare_cached(
        "SELECT files.id AS id, folder, files.path AS path, folders.path AS root, files.state AS state,
            missing_since_ms, size_bytes, modified_ns, changed_ns, inode, device
         FROM files JOIN folders ON folders.id = folder WHERE photo = ?1 ORDER BY files.id",
    )?;
    let mut rows = select.query([photo.0])?;
    let (mut files, mut companions) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let file = FileRow {
            id: FileId(row.get("id")?),
            folder: FolderId(row.get("folder")?),
            path: absolute(row)?,
            stamp: row.stamp()?,
            state: row.file_state()?.unwrap_or(FileState::Found),
        };
        if file.state != FileState::Missing {
            let root = row.path("root")?;
            let beside = companions_of(view, file.folder, &row.path_below("path")?)?;
            companions.extend(beside.iter().map(|path| path.below(&root)));
        }
        files.push(file);
    }
    Ok((files, companions))
}

/// Files of the same folder that are named after the picture: `a.xmp` and `a.jpg.xmp` belong to `a.jpg`.
fn companions_of(
    view: &Connection,
    folder: FolderId,
    picture: &RelativePath,
) -> Result<Vec<RelativePath>, Error> {
    let picture = path_from(picture.as_bytes().to_vec());
    let stem = picture.with_extension("");
    let stem = crate::words::path_bytes(&stem);
    let mut select = view.prepare_cached(
        "SELECT path FROM files WHERE folder = ?1 AND path > ?2 AND path < ?3 AND kind = 'companion'
           AND missing_since_ms IS NULL ORDER BY path",
    )?;
    // '/' follows '.' in byte order.
    let rows = select.query_map(params![folder.0, [stem, b"."].concat(), [stem, b"/"].concat()], |row| {
        row.path_below("path")
    })?;
    let named_after = |path: &RelativePath| {
        let name = Path::new(file_name(path.as_bytes()));
        let whole = picture.file_name().unwrap_or_default().as_encoded_bytes();
        let rest = name.as_os_str().as_encoded_bytes().strip_prefix(whole);
        name.file_stem() == picture.file_stem() || rest.is_some_and(|rest| rest.starts_with(b"."))
    };
    let mut companions = rows.collect::<Result<Vec<_>, _>>()?;
    companions.retain(named_after);
    Ok(companions)
}

/// Photos behind `?1` that fulfil `condition`, up to `?2`, each with a file that is there and online.
pub(crate) fn shown_paths(
    view: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<(PhotoId, PathBuf)>, Error> {
    let mut select = view.prepare_cached(&format!(
        "SELECT photos.id AS id, files.path AS path, folders.path AS root
         FROM photos
         JOIN files ON files.id = (
             SELECT min(files.id) FROM files JOIN folders ON folders.id = folder
             WHERE photo = photos.id AND shows = photos.id AND folders.state = 'online')
         JOIN folders ON folders.id = folder
         WHERE photos.files > 0 AND photos.id > ?1 AND {condition} ORDER BY photos.id LIMIT ?2"
    ))?;
    let rows = select.query_map(parameters, |row| Ok((PhotoId(row.get("id")?), absolute(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
