//! What sidecars and the library have agreed on, so that it can be told who changed something since.
//!
//! Reads no sidecar: what one says, and what comes of it, is known above. What comes from a sidecar is no step of the
//! person's, so undo does not take it back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use likeness_domain::{
    ColorLabel, ContentHash, Decisions, FileId, Flag, FolderId, PhotoId, Rating, RelativePath, Tag,
};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::decisions::set;
use crate::photos::decisions;
use crate::tags::id_of;
use crate::words::{Columns, flag_word};
use crate::{Decision, Error, Store};

/// All that sidecars can say about a photo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SidecarDecisions {
    /// Stars, flag and label.
    pub decisions: Decisions,
    /// Tags.
    pub tags: BTreeSet<Tag>,
}

/// A sidecar that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidecarRow {
    /// Its number.
    pub file: FileId,
    /// Where it lies below its source folder.
    pub path: RelativePath,
    /// Whether it was read as it is now.
    pub is_read: bool,
    /// Whether it was read as it is now, and could not be understood.
    pub is_damaged: bool,
}

/// A picture that was read and is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRow {
    /// Its number.
    pub file: FileId,
    /// Where it lies below its source folder.
    pub path: RelativePath,
    /// The sidecar that it was last laid beside, if that is still there.
    pub sidecar: Option<FileId>,
    /// Of that sidecar's bytes, when they were last read or written.
    pub hash: Option<ContentHash>,
    /// What its photo has now.
    pub here: SidecarDecisions,
    /// What it had when both last agreed; nothing, before the first time.
    pub agreed: SidecarDecisions,
    /// Whether somebody has to choose first.
    pub has_conflict: bool,
}

/// What both sides have from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Laid {
    /// For the photo.
    pub here: SidecarDecisions,
    /// For the next time.
    pub agreed: SidecarDecisions,
    /// What the sidecar says where it is in conflict with what was decided here.
    pub conflict: ConflictingValues,
}

/// What a sidecar says, as far as it is in conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct ConflictingValues {
    pub rating: Option<Rating>,
    pub flag: Option<Flag>,
    pub label: Option<ColorLabel>,
}

/// A photo about which its sidecar says something else than what was decided here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidecarConflict {
    /// The picture's file.
    pub picture: FileId,
    /// Its photo.
    pub photo: PhotoId,
    /// The sidecar; of one that is gone by now, the picture that it lay beside.
    pub path: PathBuf,
    /// What was decided here.
    pub here: Decisions,
    /// What the sidecar says instead.
    pub there: ConflictingValues,
}

impl Store {
    /// The sidecars in `folder` under `under`, in path order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sidecars(&self, folder: FolderId, under: &RelativePath) -> Result<Vec<SidecarRow>, Error> {
        let select = "SELECT id, path, read.file IS NOT NULL AS is_read, problem IS NOT NULL AS is_damaged
             FROM files LEFT JOIN sidecars_read AS read ON read.file = id
                AND (read.size_bytes, read.modified_ns, read.changed_ns, read.inode)
                  = (files.size_bytes, files.modified_ns, files.changed_ns, files.inode)
             WHERE folder = ?1 AND kind = 'companion' AND missing_since_ms IS NULL
                AND lower(CAST(substr(path, -4) AS TEXT)) = '.xmp' ORDER BY path";
        self.read(|view| {
            let mut rows = view.prepare_cached(select)?;
            let rows = rows.query_map([folder.0], |row| {
                Ok(SidecarRow {
                    file: FileId(row.get("id")?),
                    path: row.path_below("path")?,
                    is_read: row.get("is_read")?,
                    is_damaged: row.get("is_damaged")?,
                })
            })?;
            let mut sidecars = rows.collect::<Result<Vec<_>, _>>()?;
            sidecars.retain(|sidecar| sidecar.path.is_under(under));
            Ok(sidecars)
        })
    }

    /// The pictures in `folder` under `under` that are there and were read, in path order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn pictures_with_decisions(
        &self,
        folder: FolderId,
        under: &RelativePath,
    ) -> Result<Vec<PictureRow>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(&format!("{PICTURES} WHERE folder = ?1 ORDER BY path"))?;
            let rows = select.query_map([folder.0], picture_row)?;
            let mut pictures = rows.collect::<Result<Vec<_>, _>>()?;
            pictures.retain(|picture| picture.path.is_under(under));
            Ok(pictures)
        })
    }

    /// Lays sidecars beside pictures, each the sidecar's number and hash and the picture's number, in one transaction.
    /// `merge` gets the place in the list and the picture as it is now. Answers which photos have other decisions now.
    ///
    /// # Errors
    /// When the catalog cannot be written; then nothing changed.
    pub fn lay_sidecars(
        &self,
        laid: &[(FileId, ContentHash, FileId)],
        mut merge: impl FnMut(usize, &PictureRow) -> Laid,
    ) -> Result<Vec<PhotoId>, Error> {
        self.write(|catalog| {
            let mut changed = Vec::new();
            for (at, (sidecar, hash, picture)) in laid.iter().enumerate() {
                let Some((photo, row)) = picture_of(catalog, *picture)? else { continue };
                let laid = merge(at, &row);
                if laid.here != row.here {
                    set_decisions(catalog, photo, &row.here, &laid.here)?;
                    changed.push(photo);
                }
                agree(catalog, *picture, Some(*sidecar), hash, &laid)?;
            }
            changed.sort_unstable();
            changed.dedup();
            Ok(changed)
        })
    }

    /// Notes that a sidecar was read as the last scan found it, and why it could not be understood, if so.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn sidecars_were_read(&self, read: &[(FileId, Option<String>)]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut note = catalog.prepare_cached(
                "INSERT OR REPLACE INTO sidecars_read (file, size_bytes, modified_ns, changed_ns, inode, problem)
                 SELECT id, size_bytes, modified_ns, changed_ns, inode, ?2 FROM files WHERE id = ?1",
            )?;
            for (file, problem) in read {
                note.execute(params![file.0, problem])?;
            }
            Ok(())
        })
    }

    /// Notes that the sidecar of `picture` was written, and what it says now.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn sidecar_was_written(
        &self,
        picture: FileId,
        hash: &ContentHash,
        says: &SidecarDecisions,
    ) -> Result<(), Error> {
        let laid = Laid { agreed: says.clone(), ..Laid::default() };
        self.write(|catalog| agree(catalog, picture, None, hash, &laid))
    }

    /// Photos about which somebody has to choose, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sidecar_conflicts(&self) -> Result<Vec<SidecarConflict>, Error> {
        let select = "SELECT picture, photos.id AS photo, photos.rating AS rating, photos.flag AS flag,
                photos.label AS label, said_rating, said_flag, said_label, folders.path AS root,
                coalesce((SELECT beside.path FROM files AS beside WHERE beside.id = sidecar), files.path) AS path
             FROM sidecars JOIN files ON files.id = picture JOIN photos ON photos.id = shows
             JOIN folders ON folders.id = files.folder
             WHERE coalesce(said_rating, said_flag, said_label) IS NOT NULL ORDER BY photos.id, picture";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| {
                Ok(SidecarConflict {
                    picture: FileId(row.get("picture")?),
                    photo: PhotoId(row.get("photo")?),
                    path: row.path_below("path")?.below(&row.path("root")?),
                    here: decisions(row)?,
                    there: conflicting(row)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Ends the conflict about `picture`: what its sidecar says counts as agreed on, so that what was decided here is a
    /// change of it, to be written, and what was taken from it is none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn settle_sidecar_conflict(&self, picture: FileId) -> Result<(), Error> {
        self.write(|catalog| settle(catalog, picture))
    }

    /// Ends the conflict with what the sidecar says, as one step that can be undone.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn take_from_sidecar(&self, conflict: &SidecarConflict) -> Result<(), Error> {
        self.decide(Decision::TakeFromSidecar, |catalog| {
            let photo = [conflict.photo];
            if let Some(rating) = conflict.there.rating {
                set(catalog, &photo, "rating", rating.stars())?;
            }
            if let Some(flag) = conflict.there.flag {
                set(catalog, &photo, "flag", flag_word(flag))?;
            }
            if let Some(label) = conflict.there.label {
                set(catalog, &photo, "label", label.word())?;
            }
            settle(catalog, conflict.picture)
        })
    }
}

const PICTURES: &str = "SELECT files.id AS id, files.path AS path, shows, photos.rating AS rating, photos.flag AS flag,
        photos.label AS label, (SELECT group_concat(tags.path, char(10)) FROM photo_tags JOIN tags ON tags.id = tag
            WHERE photo = shows) AS tags,
        sidecar, sidecars.hash AS sidecar_hash, coalesce(sidecars.rating, 0) AS agreed_rating,
        coalesce(sidecars.flag, 'none') AS agreed_flag, coalesce(sidecars.label, 'none') AS agreed_label,
        sidecars.tags AS agreed_tags,
        coalesce(said_rating, said_flag, said_label) IS NOT NULL AS has_conflict
     FROM files JOIN photos ON photos.id = shows LEFT JOIN sidecars ON picture = files.id";

fn picture_row(row: &Row<'_>) -> rusqlite::Result<PictureRow> {
    let agreed = Decisions {
        rating: row.rating("agreed_rating")?,
        flag: row.flag("agreed_flag")?,
        label: row.label("agreed_label")?,
    };
    Ok(PictureRow {
        file: FileId(row.get("id")?),
        path: row.path_below("path")?,
        sidecar: row.get::<_, Option<i64>>("sidecar")?.map(FileId),
        hash: row.get::<_, Option<[u8; 32]>>("sidecar_hash")?.map(ContentHash),
        here: SidecarDecisions { decisions: decisions(row)?, tags: tag_lines(row, "tags")? },
        agreed: SidecarDecisions { decisions: agreed, tags: tag_lines(row, "agreed_tags")? },
        has_conflict: row.get("has_conflict")?,
    })
}

/// Tags, one a line: they hold no control characters.
fn tag_lines(row: &Row<'_>, column: &str) -> rusqlite::Result<BTreeSet<Tag>> {
    let lines: Option<String> = row.get(column)?;
    Ok(lines.unwrap_or_default().lines().filter_map(|line| line.parse().ok()).collect())
}

fn conflicting(row: &Row<'_>) -> rusqlite::Result<ConflictingValues> {
    let is_said = |column: &str| Ok::<_, rusqlite::Error>(row.get_ref(column)?.data_type() != Type::Null);
    Ok(ConflictingValues {
        rating: is_said("said_rating")?.then(|| row.rating("said_rating")).transpose()?,
        flag: is_said("said_flag")?.then(|| row.flag("said_flag")).transpose()?,
        label: is_said("said_label")?.then(|| row.label("said_label")).transpose()?,
    })
}

fn picture_of(view: &Connection, picture: FileId) -> Result<Option<(PhotoId, PictureRow)>, Error> {
    let mut select = view.prepare_cached(&format!("{PICTURES} WHERE files.id = ?1"))?;
    let row = select.query_row([picture.0], |row| Ok((PhotoId(row.get("shows")?), picture_row(row)?)));
    Ok(row.optional()?)
}

fn set_decisions(
    catalog: &Transaction<'_>,
    photo: PhotoId,
    before: &SidecarDecisions,
    after: &SidecarDecisions,
) -> Result<(), Error> {
    let Decisions { rating, flag, label } = after.decisions;
    catalog
        .prepare_cached("UPDATE photos SET rating = ?2, flag = ?3, label = ?4 WHERE id = ?1")?
        .execute(params![photo.0, rating.stars(), flag_word(flag), label.word()])?;
    for tag in before.tags.difference(&after.tags) {
        catalog
            .prepare_cached("DELETE FROM photo_tags WHERE photo = ?1 AND tag = ?2")?
            .execute([photo.0, id_of(catalog, tag)?])?;
    }
    for tag in after.tags.difference(&before.tags) {
        catalog
            .prepare_cached("INSERT OR IGNORE INTO photo_tags (photo, tag) VALUES (?1, ?2)")?
            .execute([photo.0, id_of(catalog, tag)?])?;
    }
    Ok(())
}

fn settle(catalog: &Transaction<'_>, picture: FileId) -> Result<(), Error> {
    catalog.execute(
        "UPDATE sidecars SET rating = coalesce(said_rating, rating), flag = coalesce(said_flag, flag),
            label = coalesce(said_label, label), said_rating = NULL, said_flag = NULL, said_label = NULL
         WHERE picture = ?1",
        [picture.0],
    )?;
    Ok(())
}

fn agree(
    catalog: &Transaction<'_>,
    picture: FileId,
    sidecar: Option<FileId>,
    hash: &ContentHash,
    laid: &Laid,
) -> Result<(), Error> {
    let Decisions { rating, flag, label } = laid.agreed.decisions;
    let tags: Vec<&str> = laid.agreed.tags.iter().map(Tag::as_str).collect();
    let said = laid.conflict;
    catalog
        .prepare_cached(
            "INSERT INTO sidecars (picture, sidecar, hash, rating, flag, label, tags, said_rating, said_flag, said_label)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (picture) DO UPDATE SET sidecar = coalesce(excluded.sidecar, sidecar), hash = excluded.hash,
                rating = excluded.rating, flag = excluded.flag, label = excluded.label, tags = excluded.tags,
                said_rating = excluded.said_rating, said_flag = excluded.said_flag, said_label = excluded.said_label",
        )?
        .execute(params![
            picture.0,
            sidecar.map(|sidecar| sidecar.0),
            hash.0,
            rating.stars(),
            flag_word(flag),
            label.word(),
            tags.join("\n"),
            said.rating.map(Rating::stars),
            said.flag.map(flag_word),
            said.label.map(ColorLabel::word),
        ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Disk, Library};

    fn decided(stars: u8, label: ColorLabel, tags: &[&str]) -> SidecarDecisions {
        let rating = Rating::new(stars).expect("at most five");
        let tags = tags.iter().map(|tag| tag.parse().expect("a tag")).collect();
        SidecarDecisions { decisions: Decisions { rating, label, ..Decisions::default() }, tags }
    }

    fn pictures(library: &Library) -> Vec<PictureRow> {
        library.store.pictures_with_decisions(library.folder, &RelativePath::ROOT).expect("pictures")
    }

    fn sidecars(library: &Library) -> Vec<(String, bool)> {
        let rows = library.store.sidecars(library.folder, &RelativePath::ROOT).expect("sidecars");
        rows.into_iter().map(|row| (row.path.to_string(), row.is_read)).collect()
    }

    fn read_all(library: &Library) {
        let rows = library.store.sidecars(library.folder, &RelativePath::ROOT).expect("sidecars");
        let read: Vec<_> = rows.iter().map(|row| (row.file, None)).collect();
        library.store.sidecars_were_read(&read).expect("noted");
    }

    #[test]
    fn a_sidecar_is_read_again_when_it_changed_and_not_before() {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1), ("a.jpg.XMP", 2), ("b/c.xmp", 3), ("d.json", 4)]);
        disk.files.get_mut(&crate::testing::path("a.jpg.XMP")).expect("there").kind =
            likeness_domain::FileKind::Companion;
        library.refresh(&disk);
        assert_eq!(sidecars(&library), [("a.jpg.XMP".to_owned(), false), ("b/c.xmp".to_owned(), false)]);
        read_all(&library);
        assert!(sidecars(&library).iter().all(|(_, is_read)| *is_read));
        disk.write("b/c.xmp", 5);
        library.refresh(&disk);
        assert_eq!(sidecars(&library), [("a.jpg.XMP".to_owned(), true), ("b/c.xmp".to_owned(), false)]);
    }

    #[test]
    fn what_comes_from_a_sidecar_is_no_step_of_the_person() {
        let library = Library::new();
        library.refresh(&Disk::with(&[("a.jpg", 1), ("a.xmp", 2)]));
        let photo = library.photo_at("a.jpg").expect("a photo");
        library.store.add_tags(&[photo], &["Old".parse().expect("a tag")]).expect("tagged");
        let sidecar = library.store.sidecars(library.folder, &RelativePath::ROOT).expect("sidecars")[0].file;
        let picture = pictures(&library)[0].clone();
        assert_eq!(picture.here, decided(0, ColorLabel::None, &["Old"]));
        assert_eq!((picture.sidecar, picture.hash, picture.has_conflict), (None, None, false));

        let said = decided(3, ColorLabel::Red, &["New|Newer"]);
        let hash = ContentHash([7; 32]);
        let lay =
            |_: usize, _: &PictureRow| Laid { here: said.clone(), agreed: said.clone(), ..Laid::default() };
        let changed = library.store.lay_sidecars(&[(sidecar, hash, picture.file)], lay).expect("laid");
        assert_eq!(changed, [photo]);
        let row = pictures(&library)[0].clone();
        assert_eq!((&row.here, &row.agreed), (&said, &said));
        assert_eq!((row.sidecar, row.hash), (Some(sidecar), Some(hash)));
        let again = library.store.lay_sidecars(&[(sidecar, hash, picture.file)], lay).expect("laid");
        assert!(again.is_empty());

        assert_eq!(library.store.undo().expect("undone").map(|undone| undone.photos), Some(vec![photo]));
        assert_eq!(pictures(&library)[0].here, said, "the tag was gone before");
    }

    #[test]
    fn what_is_taken_from_a_sidecar_is_one_step() {
        let library = Library::new();
        library.refresh(&Disk::with(&[("a.jpg", 1), ("a.xmp", 2)]));
        let store = &library.store;
        let sidecar = store.sidecars(library.folder, &RelativePath::ROOT).expect("sidecars")[0].file;
        let PictureRow { file: picture, here, .. } = pictures(&library)[0].clone();
        let taken = Decisions {
            rating: Rating::new(5).expect("at most five"),
            flag: Flag::Pick,
            label: ColorLabel::Red,
        };
        let conflict = ConflictingValues {
            rating: Some(taken.rating),
            flag: Some(taken.flag),
            label: Some(taken.label),
        };
        let lay = |_: usize, row: &PictureRow| Laid {
            here: row.here.clone(),
            agreed: row.agreed.clone(),
            conflict,
        };
        store.lay_sidecars(&[(sidecar, ContentHash([7; 32]), picture)], lay).expect("laid");
        let conflicts = store.sidecar_conflicts().expect("conflicts");
        store.take_from_sidecar(&conflicts[0]).expect("taken");
        let row = pictures(&library)[0].clone();
        assert_eq!((row.here.decisions, row.agreed.decisions, row.has_conflict), (taken, taken, false));
        let undone = store.undo().expect("undone").map(|undone| undone.action);
        assert_eq!((undone, &pictures(&library)[0].here), (Some(Decision::TakeFromSidecar), &here));
        store.redo().expect("done again").expect("a step");
        assert_eq!(pictures(&library)[0].here.decisions, taken);
    }

    #[test]
    fn a_conflict_is_listed_until_it_is_settled() {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1), ("a.xmp", 2)]);
        library.refresh(&disk);
        let sidecar = library.store.sidecars(library.folder, &RelativePath::ROOT).expect("sidecars")[0].file;
        let picture = pictures(&library)[0].file;
        let there = ConflictingValues { rating: Rating::new(5), ..ConflictingValues::default() };
        let lay = |_: usize, row: &PictureRow| Laid {
            here: row.here.clone(),
            agreed: row.agreed.clone(),
            conflict: there,
        };
        library.store.lay_sidecars(&[(sidecar, ContentHash([7; 32]), picture)], lay).expect("laid");
        let conflicts = library.store.sidecar_conflicts().expect("conflicts");
        assert_eq!((conflicts.len(), conflicts[0].there, conflicts[0].picture), (1, there, picture));
        assert!(pictures(&library)[0].has_conflict);

        library.store.settle_sidecar_conflict(picture).expect("settled");
        assert!(library.store.sidecar_conflicts().expect("conflicts").is_empty());
        let row = pictures(&library)[0].clone();
        assert_eq!((row.here.decisions.rating.stars(), row.agreed.decisions.rating.stars()), (0, 5));

        disk.remove("a.xmp");
        library.refresh(&disk);
        let row = pictures(&library)[0].clone();
        assert_eq!(
            (row.sidecar, row.agreed.decisions.rating.stars()),
            (None, 5),
            "agreements outlive their sidecar"
        );
    }
}
