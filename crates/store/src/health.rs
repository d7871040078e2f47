//! Whether the catalog is sound, what can be made good again, and copies of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use half::f16;
use likeness_domain::ModelTag;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

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
                Remedy::Sql(sql) => self.write(|catalog| Ok(catalog.execute_batch(sql)?))?,
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
    Sql(&'static str),
    EmptyDerived,
    None,
}

const CHECKS: [Check; 6] = [
    Check { name: "catalog", faults: |view| integrity(view, "main"), remedy: Remedy::Sql("REINDEX main.photos; REINDEX main.files;") },
    Check { name: "references", faults: references, remedy: Remedy::None },
    Check {
        name: "files of photos",
        faults: |view| count_fault(view, WRONG_COUNTERS, "photos with a wrong number of files"),
        remedy: Remedy::Sql(
            "UPDATE photos SET files = (SELECT count(*) FROM files WHERE photo = photos.id AND shows = photos.id)
             WHERE files <> (SELECT count(*) FROM files WHERE photo = photos.id AND shows = photos.id)",
        ),
    },
    Check { name: "derived", faults: |view| integrity(view, "derived"), remedy: Remedy::EmptyDerived },
    Check { name: "embeddings", faults: embeddings, remedy: Remedy::EmptyDerived },
    Check {
        name: "previews",
        faults: |view| count_fault(view, ORPHANED_PREVIEWS, "previews of no photo"),
        remedy: Remedy::Sql("DELETE FROM derived.previews WHERE photo NOT IN (SELECT id FROM photos)"),
    },
];

const WRONG_COUNTERS: &str = "SELECT count(*) FROM photos
    WHERE files <> (SELECT count(*) FROM files WHERE photo = photos.id AND shows = photos.id)";
const ORPHANED_PREVIEWS: &str =
    "SELECT count(*) FROM derived.previews WHERE photo NOT IN (SELECT id FROM photos)";
const ORPHANED_EMBEDDINGS: &str =
    "SELECT count(*) FROM derived.embeddings WHERE photo NOT IN (SELECT id FROM photos)";

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

/// Vectors of no photo, of another size than their model's, or without direction.
fn embeddings(view: &Connection) -> Result<Vec<String>, Error> {
    let mut faults = count_fault(view, ORPHANED_EMBEDDINGS, "embeddings of no photo")?;
    let mut tags = view.prepare("SELECT id, tag FROM derived.models")?;
    let mut tags = tags.query([])?;
    let mut vectors = view.prepare("SELECT vector FROM derived.embeddings WHERE model = ?1")?;
    while let Some(row) = tags.next()? {
        let tag: String = row.get(1)?;
        let Ok(model) = tag.parse::<ModelTag>() else {
            faults.push(format!("\"{tag}\" is no model tag"));
            continue;
        };
        let mut rows = vectors.query([row.get::<_, i64>(0)?])?;
        let mut bad = 0_u64;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            bad += u64::from(!is_unit_vector(bytes, model.dimension()));
        }
        if bad > 0 {
            faults.push(format!(
                "{bad} embeddings by {tag} are no unit vectors of {} numbers",
                model.dimension()
            ));
        }
    }
    Ok(faults)
}

/// Whether stored bytes are `dimension` half-precision numbers of length 1, up to their rounding.
fn is_unit_vector(bytes: &[u8], dimension: usize) -> bool {
    let numbers = bytes.chunks_exact(2).map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32());
    let length: f32 = numbers.map(|number| number * number).sum();
    bytes.len() == dimension * 2 && (length - 1.0).abs() < 0.01
}
