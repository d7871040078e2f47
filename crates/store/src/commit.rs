//! What came of reading files: contents, known and new, and problems, committed in batches.
//!
//! Decisions belong to contents. A file that has another content than before was edited in place: the new content
//! inherits what was decided about the old one, which keeps its own decisions for the day it comes back.

use likeness_domain::{
    ContentHash, Embedding, FileId, FileStamp, PhotoFacts, PhotoId, Problem, SmallPicture,
};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::words::now_ms;
use crate::{Error, Preview, Store, albums, embeddings, odd, previews, suggestions, tags, taught};

/// What came of reading one file. `stamp` is what the file system told when it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Its content is known: it was hashed, and not decoded.
    Known {
        /// The file.
        file: FileId,
        /// When it was read.
        stamp: FileStamp,
        /// Its content. The catalog has it: [`Store::photo_of`] said so.
        hash: ContentHash,
    },
    /// Its content was decoded.
    Photo {
        /// The file.
        file: FileId,
        /// When it was read.
        stamp: FileStamp,
        /// What was found out.
        content: Box<NewContent>,
    },
    /// It is there, and no photo.
    Problem {
        /// The file.
        file: FileId,
        /// When it was read.
        stamp: FileStamp,
        /// Why not.
        problem: Problem,
    },
    /// It went away between the scan and its turn.
    Gone {
        /// The file.
        file: FileId,
    },
}

impl Outcome {
    /// The file that was read.
    pub fn file(&self) -> FileId {
        match self {
            Outcome::Known { file, .. }
            | Outcome::Photo { file, .. }
            | Outcome::Problem { file, .. }
            | Outcome::Gone { file } => *file,
        }
    }
}

/// A content that was decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewContent {
    /// What it is known by.
    pub hash: ContentHash,
    /// What its file says.
    pub facts: PhotoFacts,
    /// A tiny preview (ThumbHash).
    pub preview: Vec<u8>,
    /// The perceptual hash.
    pub perceptual_hash: u64,
    /// What near-duplicates are told by.
    pub small_picture: SmallPicture,
    /// How sharp its large thumbnail is, 0 to 1.
    pub sharpness: f32,
    /// The embedding, if a model has seen it.
    pub embedding: Option<Embedding>,
    /// What of the picture could not be read, when the rest is shown.
    pub warning: Option<Problem>,
}

/// What an outcome meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The file.
    pub file: FileId,
    /// The photo that lies there now, if there is one.
    pub photo: Option<PhotoId>,
    /// How it came there.
    pub change: Change,
}

/// How a photo came to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The catalog had never seen the content.
    New,
    /// The content was known from a file that is missing.
    Moved,
    /// The content lies somewhere else, too.
    Copied,
    /// The content was known, and no file held it any more.
    Returned,
    /// The catalog had never seen the content, and another one lay there: decisions were inherited.
    Edited,
    /// The content was known, and another one lay there.
    Replaced,
    /// The content is what it was.
    SameContent,
    /// The file is a problem.
    Unreadable,
    /// The file is missing.
    Gone,
}

impl Store {
    /// Takes over the outcomes in one transaction. Files that the catalog forgot meanwhile are left out of the answer.
    ///
    /// # Errors
    /// When the catalog cannot be written; then no outcome of the batch was taken over. There is one exception: when
    /// the disk fills up between the two databases, photos are kept without previews and embeddings, which
    /// [`Store::photos_without_preview`] and [`Store::photos_without_embedding`] then list.
    pub fn commit(&self, outcomes: &[Outcome]) -> Result<Vec<Committed>, Error> {
        self.write(|catalog| {
            let mut committed = Vec::with_capacity(outcomes.len());
            for outcome in outcomes {
                let done = match outcome {
                    Outcome::Known { file, stamp, hash } => commit_known(catalog, *file, stamp, hash)?,
                    Outcome::Photo { file, stamp, content } => commit_photo(catalog, *file, stamp, content)?,
                    Outcome::Problem { file, stamp, problem } => {
                        commit_problem(catalog, *file, stamp, problem)?
                    }
                    Outcome::Gone { file } => commit_gone(catalog, *file)?,
                };
                committed.extend(done);
            }
            if committed.iter().any(|done| matches!(done.change, Change::New | Change::Edited)) {
                previews::remember_newest_photo(catalog)?;
            }
            Ok(committed)
        })
    }
}

fn commit_known(
    catalog: &Transaction<'_>,
    file: FileId,
    stamp: &FileStamp,
    hash: &ContentHash,
) -> Result<Option<Committed>, Error> {
    let Some(earlier) = earlier_photo(catalog, file)? else { return Ok(None) };
    let Some(photo) = photo_with(catalog, hash)? else { return Ok(None) };
    let change = change_to_known(catalog, file, earlier, photo)?;
    show(catalog, file, stamp, photo)?;
    Ok(Some(Committed { file, photo: Some(photo), change }))
}

fn commit_photo(
    catalog: &Transaction<'_>,
    file: FileId,
    stamp: &FileStamp,
    content: &NewContent,
) -> Result<Option<Committed>, Error> {
    let Some(earlier) = earlier_photo(catalog, file)? else { return Ok(None) };
    let known = photo_with(catalog, &content.hash)?;
    let photo = write_photo(catalog, stamp, content)?;
    let change = match (known, earlier) {
        (Some(_), _) => change_to_known(catalog, file, earlier, photo)?,
        (None, None) => Change::New,
        (None, Some(earlier)) => {
            inherit_decisions(catalog, photo, earlier)?;
            Change::Edited
        }
    };
    let preview = Preview {
        preview: content.preview.clone(),
        perceptual_hash: content.perceptual_hash,
        small_picture: content.small_picture.clone(),
        sharpness: content.sharpness,
    };
    previews::save(catalog, photo, &preview)?;
    if let Some(embedding) = &content.embedding {
        embeddings::save(catalog, photo, embedding)?;
    }
    show(catalog, file, stamp, photo)?;
    Ok(Some(Committed { file, photo: Some(photo), change }))
}

fn commit_problem(
    catalog: &Transaction<'_>,
    file: FileId,
    stamp: &FileStamp,
    problem: &Problem,
) -> Result<Option<Committed>, Error> {
    // The photo that lay there stays noted: once the file can be read again, it is an edit of it.
    let mut update = catalog.prepare_cached(
        "UPDATE files SET state = 'unreadable', problem_stage = ?2, problem_reason = ?3 WHERE id = ?1",
    )?;
    if update.execute(params![file.0, problem.stage.word(), problem.reason])? == 0 {
        return Ok(None);
    }
    write_stamp(catalog, file, stamp)?;
    Ok(Some(Committed { file, photo: None, change: Change::Unreadable }))
}

fn commit_gone(catalog: &Transaction<'_>, file: FileId) -> Result<Option<Committed>, Error> {
    let update = "UPDATE files SET missing_since_ms = coalesce(missing_since_ms, ?2) WHERE id = ?1";
    let known = catalog.prepare_cached(update)?.execute([file.0, now_ms()])? > 0;
    Ok(known.then_some(Committed { file, photo: None, change: Change::Gone }))
}

/// The photo that lay in `file` when it was last read; the outer `None` when the catalog does not have the picture.
fn earlier_photo(catalog: &Transaction<'_>, file: FileId) -> Result<Option<Option<PhotoId>>, Error> {
    let mut find = catalog.prepare_cached("SELECT photo FROM files WHERE id = ?1 AND kind = 'picture'")?;
    Ok(find.query_row([file.0], |row| Ok(row.get::<_, Option<i64>>(0)?.map(PhotoId))).optional()?)
}

fn photo_with(catalog: &Transaction<'_>, hash: &ContentHash) -> Result<Option<PhotoId>, Error> {
    let mut find = catalog.prepare_cached("SELECT id FROM photos WHERE hash = ?1")?;
    Ok(find.query_row([hash.0], |row| row.get(0).map(PhotoId)).optional()?)
}

/// What it means that `file`, where `earlier` lay, holds the known `photo`. A missing file that it explains is forgotten.
fn change_to_known(
    catalog: &Transaction<'_>,
    file: FileId,
    earlier: Option<PhotoId>,
    photo: PhotoId,
) -> Result<Change, Error> {
    if earlier == Some(photo) {
        return Ok(Change::SameContent);
    }
    // Whether other files hold it: 1 is certain, 0 of files that have changed since they were read.
    let mut others = catalog.prepare_cached(
        "SELECT max(state = 'indexed') FROM files WHERE photo = ?1 AND id <> ?2 AND missing_since_ms IS NULL",
    )?;
    let lies_elsewhere: Option<bool> = others.query_row([photo.0, file.0], |row| row.get(0))?;
    let mut forget = catalog.prepare_cached(
        "DELETE FROM files WHERE id = (SELECT min(id) FROM files
             WHERE photo = ?1 AND id <> ?2 AND missing_since_ms IS NOT NULL)",
    )?;
    if lies_elsewhere != Some(true) && forget.execute([photo.0, file.0])? > 0 {
        return Ok(Change::Moved);
    }
    Ok(match (earlier, lies_elsewhere) {
        (Some(_), _) => Change::Replaced,
        (None, Some(_)) => Change::Copied,
        (None, None) => Change::Returned,
    })
}

/// Adds the photo, or learns what is known better now of one that is there.
fn write_photo(catalog: &Transaction<'_>, stamp: &FileStamp, content: &NewContent) -> Result<PhotoId, Error> {
    let NewContent { hash, facts, warning, .. } = content;
    let taken_ms = facts.taken.map(|taken| taken.local_ms);
    let mut upsert = catalog.prepare_cached(
        "INSERT INTO photos (hash, size_bytes, shown_at_ms, format, width, height, taken_ms, zone_minutes, camera, lens,
            exposure_seconds, f_number, iso, focal_length_mm, latitude, longitude, altitude_m, animated,
            warning_stage, warning_reason, bits)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
         ON CONFLICT (hash) DO UPDATE SET shown_at_ms = coalesce(?7, min(shown_at_ms, ?3)), format = ?4, width = ?5,
            height = ?6, taken_ms = ?7, zone_minutes = ?8, camera = ?9, lens = ?10, exposure_seconds = ?11,
            f_number = ?12, iso = ?13, focal_length_mm = ?14, latitude = ?15, longitude = ?16, altitude_m = ?17,
            animated = ?18, warning_stage = ?19, warning_reason = ?20, bits = ?21
         RETURNING id",
    )?;
    let parameters = params![
        hash.0,
        stamp.size_bytes as i64,
        taken_ms.unwrap_or(modified_ms(stamp)),
        facts.format.word(),
        facts.width,
        facts.height,
        taken_ms,
        facts.taken.and_then(|taken| taken.zone_minutes),
        facts.camera,
        facts.lens,
        facts.exposure.time_seconds,
        facts.exposure.f_number,
        facts.exposure.iso,
        facts.exposure.focal_length_mm,
        facts.gps.map(|gps| gps.latitude),
        facts.gps.map(|gps| gps.longitude),
        facts.gps.and_then(|gps| gps.altitude_m),
        facts.animated,
        warning.as_ref().map(|warning| warning.stage.word()),
        warning.as_ref().map(|warning| &warning.reason),
        facts.bits,
    ];
    Ok(PhotoId(upsert.query_row(parameters, |row| row.get(0))?))
}

/// Lets `photo` have what was decided about `from`: its place in albums, too, behind that of `from`.
fn inherit_decisions(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let update = "UPDATE photos SET (rating, flag, label) =
             (SELECT rating, flag, label FROM photos WHERE id = ?2) WHERE id = ?1";
    catalog.prepare_cached(update)?.execute([photo.0, from.0])?;
    tags::inherit(catalog, photo, from)?;
    albums::inherit(catalog, photo, from)?;
    suggestions::inherit(catalog, photo, from)?;
    taught::inherit(catalog, photo, from)?;
    odd::inherit(catalog, photo, from)
}

/// Notes that `file` was read as `stamp` says, and shows `photo`.
fn show(catalog: &Transaction<'_>, file: FileId, stamp: &FileStamp, photo: PhotoId) -> Result<(), Error> {
    let mut update = catalog.prepare_cached(
        "UPDATE files SET state = 'indexed', photo = ?2, problem_stage = NULL, problem_reason = NULL WHERE id = ?1",
    )?;
    update.execute([file.0, photo.0])?;
    write_stamp(catalog, file, stamp)?;
    // The earliest time, whatever the order in which copies are read.
    let mut date = catalog.prepare_cached(
        "UPDATE photos SET shown_at_ms = ?2 WHERE id = ?1 AND taken_ms IS NULL AND shown_at_ms > ?2",
    )?;
    date.execute([photo.0, modified_ms(stamp)])?;
    Ok(())
}

fn write_stamp(catalog: &Transaction<'_>, file: FileId, stamp: &FileStamp) -> Result<(), Error> {
    let FileStamp { size_bytes, modified_ns, changed_ns, inode, device } = *stamp;
    let mut update = catalog.prepare_cached(
        "UPDATE files SET size_bytes = ?2, modified_ns = ?3, changed_ns = ?4, inode = ?5, device = ?6 WHERE id = ?1",
    )?;
    update.execute([file.0, size_bytes as i64, modified_ns, changed_ns, inode as i64, device as i64])?;
    Ok(())
}

fn modified_ms(stamp: &FileStamp) -> i64 {
    stamp.modified_ns.div_euclid(1_000_000)
}

#[cfg(test)]
mod tests;
