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
pub(crate) const LIBRARY: Steps = &[include_str!("../migrations/library/0001_first.sql")];

/// Of `derived.db`.
pub(crate) const DERIVED: Steps = &[include_str!("../migrations/derived/0001_first.sql")];

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

/// Brings the main database of `connection`, the file at `path`, to the last of `steps`. Before an existing library
/// changes, it is copied beside itself.
pub(crate) fn migrate(connection: &mut Connection, path: &Path, steps: Steps) -> Result<(), Error> {
    let from = version(connection)?;
    check_version(path, from, steps)?;
    if from > 0 && (from as usize) < steps.len() {
        copy_database(connection, &path.with_extension(format!("schema{from}.db")))?;
    }
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
