//! Schemas: made, recognised, and brought forward one step at a time. A file from a newer program is never touched.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;
use crate::connections::beside;
use crate::health::copy_database;

/// The steps of one database, oldest first. Append only: a step that was released never changes.
pub(crate) type Steps = &'static [&'static str];

/// Of `library.db`.
pub(crate) const LIBRARY: Steps = &[
    include_str!("../migrations/library/0001_first.sql"),
    include_str!("../migrations/library/0002_decisions.sql"),
    include_str!("../migrations/library/0003_sidecars.sql"),
    include_str!("../migrations/library/0004_cleanup.sql"),
    include_str!("../migrations/library/0005_said.sql"),
    include_str!("../migrations/library/0006_undo.sql"),
    include_str!("../migrations/library/0007_emptied.sql"),
    include_str!("../migrations/library/0008_keeper.sql"),
];

/// Of `derived.db`.
pub(crate) const DERIVED: Steps = &[
    include_str!("../migrations/derived/0001_first.sql"),
    include_str!("../migrations/derived/0002_map.sql"),
    include_str!("../migrations/derived/0003_stacks.sql"),
    include_str!("../migrations/derived/0004_learned.sql"),
    include_str!("../migrations/derived/0005_near_duplicates.sql"),
    include_str!("../migrations/derived/0006_panoramas.sql"),
    include_str!("../migrations/derived/0007_sharpness.sql"),
];

/// Checks the first bytes of the file at `path` without SQLite, which might write to it. An empty or absent file passes.
///
/// # Errors
/// When the file is no database, is cut off, or has a newer schema than `steps` lead to.
pub(crate) fn check_header(path: &Path, steps: Steps) -> Result<(), Error> {
    let mut header = [0_u8; 100];
    // While there is a write-ahead log, a checkpoint may be under way (or was cut off), and the file may be shorter than
    // its first page says. Asked first: the log can go away under us, but not appear (the caller keeps others out).
    let has_log = beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io(path, error)),
    };
    if file.metadata().map_err(|error| Error::io(path, error))?.len() == 0 {
        return Ok(());
    }
    let corrupt = |detail: &str| Err(Error::Corrupt { path: path.to_path_buf(), detail: detail.to_owned() });
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return corrupt("it is no database");
    }
    // Offsets: https://www.sqlite.org/fileformat2.html#the_database_header
    let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().expect("four bytes"));
    check_version(path, number(60), steps)?;
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let length = file.metadata().map_err(|error| Error::io(path, error))?.len();
    if !has_log && length < u64::from(number(28)) * page_bytes {
        return corrupt("its end is missing");
    }
    Ok(())
}

/// Copies the main database of `connection`, the file at `path`, beside itself when it is older than the last of `steps`.
pub(crate) fn copy_if_older(connection: &Connection, path: &Path, steps: Steps) -> Result<(), Error> {
    let from = version(connection)?;
    if from > 0 && (from as usize) < steps.len() {
        copy_database(connection, &path.with_extension(format!("schema{from}.db")))?;
    }
    Ok(())
}

/// Brings the main database of `connection`, the file at `path`, to the last of `steps`.
pub(crate) fn migrate(connection: &mut Connection, path: &Path, steps: Steps) -> Result<(), Error> {
    let from = version(connection)?;
    check_version(path, from, steps)?;
    for (index, step) in steps.iter().enumerate().skip(from as usize) {
        let to = index as u32 + 1;
        let run = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", to)?;
            transaction.commit()
        };
        run(connection).map_err(|source| match Error::from(source).at(path) {
            Error::Sqlite(source) => Error::Migration { path: path.to_path_buf(), to, source },
            named => named,
        })?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn check_version(path: &Path, found: u32, steps: Steps) -> Result<(), Error> {
    let known = steps.len() as u32;
    if found > known { Err(Error::Newer { path: path.to_path_buf(), found, known }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use likeness_domain::{Flag, PhotoId};

    use super::*;
    use crate::connections::library_path;
    use crate::{Decision, Store};

    /// The schema that this program knows.
    const KNOWN: u32 = LIBRARY.len() as u32;

    /// The steps that this program knows, and one more.
    const fn and(next: &'static str) -> [&'static str; LIBRARY.len() + 1] {
        let mut steps = [next; LIBRARY.len() + 1];
        let mut at = 0;
        while at < LIBRARY.len() {
            steps[at] = LIBRARY[at];
            at += 1;
        }
        steps
    }

    /// Migrates the library in `folder` with one step more, and tells its schema and settings afterwards.
    fn migrate_with(folder: &Path, steps: Steps) -> (Result<(), Error>, u32, String) {
        let path = library_path(folder);
        let mut connection = Connection::open(&path).expect("opened");
        copy_if_older(&connection, &path, steps).expect("copied");
        let done = migrate(&mut connection, &path, steps);
        (done, version(&connection).expect("a version"), theme(&connection))
    }

    fn theme(connection: &Connection) -> String {
        connection.query_row("SELECT value FROM settings", [], |row| row.get(0)).expect("a setting")
    }

    fn library() -> tempfile::TempDir {
        let place = tempfile::tempdir().expect("a temporary folder");
        Store::open(place.path()).expect("a new library").set_setting("theme", "dark").expect("set");
        place
    }

    #[test]
    fn an_older_library_is_copied_and_brought_forward() {
        let place = library();
        const STEPS: Steps = &and("UPDATE settings SET value = 'light'");
        let (done, version_now, theme_now) = migrate_with(place.path(), STEPS);
        assert!(done.is_ok(), "{done:?}");
        assert_eq!((version_now, &*theme_now), (KNOWN + 1, "light"));
        let copy = Connection::open(place.path().join(format!("library.schema{KNOWN}.db"))).expect("opened");
        assert_eq!((version(&copy).expect("a version"), &*theme(&copy)), (KNOWN, "dark"));
        let newer = Store::open(place.path()).expect_err("this program does not know the next schema");
        let (found, known) = match newer {
            Error::Newer { found, known, .. } => (found, known),
            other => panic!("{other}"),
        };
        assert_eq!((found, known), (KNOWN + 1, KNOWN));
    }

    #[test]
    fn a_failed_step_leaves_the_library_as_it_was() {
        let place = library();
        const FAILING: &str = "UPDATE settings SET value = 'light'; SELECT * FROM nowhere";
        const STEPS: Steps = &and(FAILING);
        let (done, version_now, theme_now) = migrate_with(place.path(), STEPS);
        assert!(matches!(done, Err(Error::Migration { to, .. }) if to == KNOWN + 1), "{done:?}");
        assert_eq!((version_now, &*theme_now), (KNOWN, "dark"));
        assert!(Store::open(place.path()).is_ok());
    }

    /// Schema 1 had ratings and flags, and steps that named them.
    #[test]
    fn what_was_decided_and_could_be_undone_in_schema_1_still_can() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let mut connection = Connection::open(library_path(place.path())).expect("opened");
        migrate(&mut connection, &library_path(place.path()), &LIBRARY[..1]).expect("made");
        let decided = "INSERT INTO folders (path) VALUES (x'2f70');
             INSERT INTO photos (id, hash, rating, flag, shown_at_ms, size_bytes, format, width, height, animated)
                 VALUES (1, zeroblob(32), 4, 'none', 0, 1, 'jpeg', 1, 1, 0);
             INSERT INTO files (folder, path, kind, state, size_bytes, modified_ns, changed_ns, inode, device, photo)
                 VALUES (1, x'61', 'picture', 'indexed', 1, 0, 0, 1, 1, 1);
             INSERT INTO actions (id, word, undone) VALUES (1, 'rate', 0), (2, 'pick', 1);
             INSERT INTO action_photos VALUES (1, 1, 2, 4, 'none', 'none'), (2, 1, 4, 4, 'none', 'pick')";
        connection.execute_batch(decided).expect("decided");
        drop(connection);
        let store = Store::open(place.path()).expect("brought forward");
        let decisions = || {
            let rows = store.photos(&[PhotoId(1)]).expect("photos");
            (rows[0].decisions.rating.stars(), rows[0].decisions.flag)
        };
        assert_eq!(decisions(), (4, Flag::None));
        assert_eq!(store.redo().expect("done again").expect("a step").action, Decision::Pick);
        assert_eq!(decisions(), (4, Flag::Pick));
        store.undo().expect("undone").expect("a step");
        store.undo().expect("undone").expect("a step");
        assert_eq!(decisions(), (2, Flag::None));
    }
}
