//! Whether the catalog is sound, what can be made good again, and copies of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use half::f16;
use likeness_domain::ModelTag;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, Transaction};

use crate::connections::beside;
use crate::{Error, Store};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingState {
    /// Sound.
    Ok,
    /// Was not sound, and is now.
    Repaired,
    /// Not sound.
    Failed,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked: `catalog`, `derived`, `references`, `files of photos`, `embeddings` or `previews`.
    pub check: &'static str,
    /// How it came out.
    pub state: FindingState,
    /// What exactly.
    pub detail: String,
}

impl Store {
    /// Looks at everything, which takes a while: both files as SQLite sees them, references, counters, vectors.
    ///
    /// # Errors
    /// When the catalog cannot be read at all. Damage is no error: it is what the findings tell.
    pub fn check(&self) -> Result<Vec<Finding>, Error> {
        self.read(|view| Ok(CHECKS.iter().map(|check| check.run(view)).collect()))
    }

    /// Checks, and makes good what can be computed again: indexes, counters, and everything in `derived.db`. What the
    /// person decided is never changed.
    ///
    /// # Errors
    /// When the catalog cannot be read or written.
    pub fn repair(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.check()?;
        for (check, finding) in CHECKS.iter().zip(&mut findings) {
            if finding.state == FindingState::Ok {
                continue;
            }
            match check.remedy {
                Remedy::InPlace(repair) => self.write(repair)?,
                Remedy::EmptyDerived => self.replace_derived()?,
                Remedy::None => continue,
            }
            let again = self.read(|view| Ok(check.run(view)))?;
            *finding = match again.state {
                FindingState::Ok => Finding { state: FindingState::Repaired, ..finding.clone() },
                _ => again,
            };
        }
        Ok(findings)
    }

    /// Writes a copy of `library.db` to `path`, replacing what is there, and checks it. It holds every decision.
    ///
    /// # Errors
    /// When it cannot be written, or the copy is not sound; then nothing is at `path` that was not there before.
    pub fn backup_to(&self, path: &Path) -> Result<(), Error> {
        self.read(|view| copy_database(view, path))
    }
}

/// Copies the main database of `connection` to `path` in one step, so that no writer makes it start over, and puts it
/// there when it has been opened and found sound.
pub(crate) fn copy_database(connection: &Connection, path: &Path) -> Result<(), Error> {
    let unfinished = beside(path, ".part");
    let copy = || {
        remove_if_there(&unfinished)?;
        let mut target = Connection::open(&unfinished)?;
        let backup = Backup::new(connection, &mut target)?;
        while backup.step(-1)? != StepResult::Done {
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(backup);
        // A copy is one file: without a log beside it.
        target.pragma_update(None, "journal_mode", "delete")?;
        drop(target);
        let copied = Connection::open_with_flags(&unfinished, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let faults = integrity(&copied, "main")?;
        if let Some(detail) = faults.into_iter().next() {
            return Err(Error::Corrupt { path: unfinished.clone(), detail });
        }
        fs::File::open(&unfinished)
            .and_then(|file| file.sync_all())
            .map_err(|e| Error::io(&unfinished, e))?;
        fs::rename(&unfinished, path).map_err(|e| Error::io(path, e))
    };
    let done = copy().map_err(|error: Error| error.at(path));
    if done.is_err() {
        remove_if_there(&unfinished)?;
    }
    done
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

struct Check {
    name: &'static str,
    faults: fn(&Connection) -> Result<Vec<String>, Error>,
    remedy: Remedy,
}

enum Remedy {
    InPlace(fn(&Transaction<'_>) -> Result<(), Error>),
    EmptyDerived,
    None,
}

const CHECKS: [Check; 6] = [
    Check {
        name: "catalog",
        faults: |view| integrity(view, "main"),
        remedy: Remedy::InPlace(|catalog| {
            Ok(catalog.execute_batch("REINDEX main.photos; REINDEX main.files")?)
        }),
    },
    Check { name: "references", faults: references, remedy: Remedy::None },
    Check {
        name: "files of photos",
        faults: |view| count_fault(view, WRONG_COUNTERS, "photos with a wrong number of files"),
        remedy: Remedy::InPlace(count_files_again),
    },
    Check { name: "derived", faults: |view| integrity(view, "derived"), remedy: Remedy::EmptyDerived },
    Check {
        name: "embeddings",
        faults: |view| Ok(bad_embeddings(view)?.into_iter().map(|(_, fault)| fault).take(10).collect()),
        remedy: Remedy::InPlace(delete_bad_embeddings),
    },
    Check {
        name: "previews",
        faults: |view| count_fault(view, ORPHANED_PREVIEWS, "previews of no photo"),
        remedy: Remedy::InPlace(delete_orphaned_previews),
    },
];

const WRONG_COUNTERS: &str = "SELECT count(*) FROM photos
    WHERE files <> (SELECT count(*) FROM files WHERE photo = photos.id AND shows = photos.id)";
const ORPHANED_PREVIEWS: &str =
    "SELECT count(*) FROM derived.previews WHERE photo NOT IN (SELECT id FROM photos)";
impl Check {
    fn run(&self, view: &Connection) -> Finding {
        // A file too damaged to be checked has failed the check.
        let faults = (self.faults)(view).unwrap_or_else(|error| vec![describe(&error)]);
        let (state, detail) = match faults.is_empty() {
            true => (FindingState::Ok, "sound".to_owned()),
            false => (FindingState::Failed, faults.join("; ")),
        };
        Finding { check: self.name, state, detail }
    }
}

fn describe(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// What `integrity_check` says of one database; nothing when it is sound.
fn integrity(connection: &Connection, database: &str) -> Result<Vec<String>, Error> {
    let mut check = connection.prepare(&format!("PRAGMA {database}.integrity_check(10)"))?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

fn references(view: &Connection) -> Result<Vec<String>, Error> {
    let mut check = view.prepare("PRAGMA foreign_key_check")?;
    let lines = check.query_map([], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("a row of {table} refers to no row of {parent}"))
    })?;
    Ok(lines.take(10).collect::<Result<_, _>>()?)
}

fn count_fault(view: &Connection, select: &str, what: &str) -> Result<Vec<String>, Error> {
    let count: i64 = view.query_row(select, [], |row| row.get(0))?;
    Ok(if count == 0 { Vec::new() } else { vec![format!("{count} {what}")] })
}

/// Rows with a vector of no photo, of another size than its model's, or without direction, and what is wrong with each.
fn bad_embeddings(view: &Connection) -> Result<Vec<(i64, String)>, Error> {
    let mut vectors = view.prepare(
        "SELECT embeddings.id, photo, vector, tag, photo IN (SELECT id FROM photos)
         FROM derived.embeddings LEFT JOIN derived.models ON models.id = model",
    )?;
    let mut rows = vectors.query([])?;
    let mut bad = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, photo, is_known): (i64, i64, bool) = (row.get(0)?, row.get(1)?, row.get(4)?);
        let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let tag: Option<ModelTag> = row.get::<_, Option<String>>(3)?.and_then(|tag| tag.parse().ok());
        let fault = match tag {
            _ if !is_known => format!("an embedding of photo {photo}, which there is not"),
            None => format!("the embedding of photo {photo} is by no known model"),
            Some(tag) if !is_unit_vector(bytes, tag.dimension()) => {
                format!("the embedding of photo {photo} is no unit vector of {} numbers", tag.dimension())
            }
            Some(_) => continue,
        };
        bad.push((id, fault));
    }
    Ok(bad)
}

fn delete_bad_embeddings(catalog: &Transaction<'_>) -> Result<(), Error> {
    let mut delete = catalog.prepare("DELETE FROM derived.embeddings WHERE id = ?1")?;
    for (id, _) in bad_embeddings(catalog)? {
        delete.execute([id])?;
    }
    catalog.execute("UPDATE derived.models SET generation = generation + 1", [])?;
    Ok(())
}

fn delete_orphaned_previews(catalog: &Transaction<'_>) -> Result<(), Error> {
    catalog.execute("DELETE FROM derived.previews WHERE photo NOT IN (SELECT id FROM photos)", [])?;
    Ok(())
}

fn count_files_again(catalog: &Transaction<'_>) -> Result<(), Error> {
    let count = "SELECT count(*) FROM files WHERE photo = photos.id AND shows = photos.id";
    catalog.execute(&format!("UPDATE photos SET files = ({count}) WHERE files <> ({count})"), [])?;
    Ok(())
}

/// Whether stored bytes are `dimension` half-precision numbers of length 1, up to their rounding.
fn is_unit_vector(bytes: &[u8], dimension: usize) -> bool {
    let numbers = bytes.chunks_exact(2).map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32());
    let length: f32 = numbers.map(|number| number * number).sum();
    bytes.len() == dimension * 2 && (length - 1.0).abs() < 0.01
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIMENSION, Library, tag};
    use likeness_domain::{PhotoId, Rating};

    fn states(findings: &[Finding]) -> Vec<(&'static str, FindingState)> {
        let unsound = findings.iter().filter(|finding| finding.state != FindingState::Ok);
        unsound.map(|finding| (finding.check, finding.state)).collect()
    }

    #[test]
    fn a_sound_library_has_no_findings() {
        let (library, _) = Library::with_photos(3);
        let findings = library.store.check().expect("checked");
        assert_eq!((findings.len(), states(&findings)), (CHECKS.len(), vec![]));
    }

    #[test]
    fn bad_vectors_are_found_and_made_good_one_by_one() {
        let mut not_finite = vec![0; DIMENSION * 2];
        not_finite[1] = 0x7e;
        let mut too_long = vec![0; DIMENSION * 2 + 2];
        too_long[1] = 0x3c;
        for vector in [vec![], vec![0; DIMENSION * 2], not_finite, too_long] {
            let (library, photos) = Library::with_photos(3);
            let damage = |catalog: &Transaction<'_>| {
                catalog.execute("UPDATE derived.embeddings SET vector = ?1 WHERE photo = 2", [&vector])?;
                catalog.execute("INSERT INTO derived.embeddings VALUES (99, 1, 99, ?1)", [&vector])?;
                catalog.execute("INSERT INTO derived.previews VALUES (99, x'00', 0, 0.5)", [])?;
                Ok(catalog.execute("UPDATE photos SET files = 7 WHERE id = 1", [])?)
            };
            library.store.write(damage).expect("damaged");
            let failed = ["files of photos", "embeddings", "previews"];
            let found = states(&library.store.check().expect("checked"));
            assert_eq!(found, failed.map(|check| (check, FindingState::Failed)));
            let repaired = states(&library.store.repair().expect("repaired"));
            assert_eq!(repaired, failed.map(|check| (check, FindingState::Repaired)));
            assert_eq!(states(&library.store.check().expect("checked")), []);
            assert_eq!(library.embeddings(), 2);
            let without = library.store.photos_without_embedding(&tag(), None, 10).expect("a list");
            assert_eq!(without.iter().map(|(photo, _)| *photo).collect::<Vec<_>>(), [photos[1]]);
        }
    }

    #[test]
    fn damaged_work_is_made_again_and_decisions_stay() {
        let (library, photos) = Library::with_photos(900);
        library.store.rate(&photos, Rating::new(5).expect("stars")).expect("rated");
        let overwrite_the_end = |folder: &Path| {
            let path = crate::connections::derived_path(folder);
            let mut bytes = fs::read(&path).expect("read");
            // The first pages hold the tables' beginnings; without them the file is made again on opening.
            let end = bytes.len() - 2 * 16_384;
            bytes[end..].fill(0xa5);
            fs::write(&path, bytes).expect("written");
        };
        let library = library.reopened(overwrite_the_end).expect("opened");
        let version = library.store.others_version().expect("a version");
        let found = states(&library.store.check().expect("checked"));
        assert!(found.contains(&("derived", FindingState::Failed)), "{found:?}");
        let findings = library.store.repair().expect("repaired");
        assert!(findings.iter().all(|finding| finding.state != FindingState::Failed), "{findings:?}");
        assert_eq!(states(&library.store.check().expect("checked")), []);
        assert!(library.store.others_version().expect("a version") > version);
        let rows = library.store.photos(&photos).expect("photos");
        assert!(rows.iter().all(|row| row.decisions.rating.stars() == 5 && row.preview.is_none()));
        assert_eq!(library.store.count_without_embedding(&tag()).expect("a count"), 900);
        assert_eq!(library.store.photos_without_preview(Some(PhotoId(890)), 20).expect("a list").len(), 10);
    }

    #[test]
    fn a_backup_taken_while_the_library_is_written_holds_every_decision() {
        let (library, photos) = Library::with_photos(30);
        let place = tempfile::tempdir().expect("a temporary folder");
        let target = place.path().join("library.db");
        fs::write(&target, "an older copy").expect("written");
        library.store.rate(&photos, Rating::new(3).expect("stars")).expect("rated");
        std::thread::scope(|scope| {
            let writing =
                scope.spawn(|| (0..50).try_for_each(|i| library.store.set_setting("turn", &i.to_string())));
            library.store.backup_to(&target).expect("copied");
            writing.join().expect("no panic").expect("written");
        });
        let names: Vec<_> =
            fs::read_dir(place.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["library.db"], "one file, complete without a log");
        let copy = Store::open(place.path()).expect("the copy is a library");
        let rated = |id: &PhotoId| copy.photos(&[*id]).expect("photos")[0].decisions.rating.stars() == 3;
        assert!(photos.iter().all(rated));
        assert!(library.store.backup_to(Path::new("/nowhere/at/all")).is_err());
    }
}
