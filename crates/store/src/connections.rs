//! The library's folder, its two databases, and who may read and write them when.
//!
//! One connection writes; readers come from a small pool and never wait for it. Other processes may do the same at the
//! same time: a writer waits for its turn.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::migrate::{self, Steps};
use crate::words::path_bytes;
use crate::{Error, conditions, previews};

/// Versions before this one can damage a write-ahead log (fixed in 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// How long a writer waits for another process. Longer than any of our transactions takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Readers that are kept open while nobody needs them.
const IDLE_READERS: usize = 4;

/// The catalog of one library. Clones are the same catalog; it may be used from any thread, and several processes may
/// have one library open.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    writer: Mutex<Writer>,
    idle_readers: Mutex<Vec<Connection>>,
    watcher: Mutex<Watcher>,
}

/// Never writes: SQLite tells it when anybody did.
struct Watcher {
    connection: Connection,
    /// What is added to SQLite's number, which begins again with every connection.
    seen: i64,
}

/// The one connection of this process that writes.
struct Writer {
    connection: Connection,
    /// What is added to SQLite's number of others' changes, which begins again with every connection.
    seen: i64,
}

impl Store {
    /// Opens the library in `folder`, or makes a new one. Only the person who runs the program may read it.
    ///
    /// # Errors
    /// By name when a file is damaged, was made by a newer Likeness, or cannot be written. A damaged `derived.db` is no
    /// error: it is made again, empty.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(Error::OldSqlite { found: rusqlite::version() });
        }
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| Error::io(folder, e))?;
        let _lock = lock_folder(folder)?;
        let library = library_path(folder);
        prepare(&library, migrate::LIBRARY, LIBRARY_PAGE_BYTES)?;
        let newest = prepare_derived(&derived_path(folder))?;
        let writer = connect(folder)?;
        forget_foreign_work(&writer, newest).map_err(|error| error.at(folder))?;
        Ok(Self(Arc::new(Shared {
            folder: folder.to_path_buf(),
            writer: Mutex::new(Writer { connection: writer, seen: 0 }),
            idle_readers: Mutex::default(),
            watcher: Mutex::new(Watcher { connection: connect_reader(folder)?, seen: 0 }),
        })))
    }

    /// The library's folder.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Another number than before when anybody changed the catalog, this [`Store`] included. Takes microseconds, so that
    /// what was computed from the catalog can be kept until it changes.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn version(&self) -> Result<u64, Error> {
        let watcher = self.0.watcher.lock();
        let version = changes_seen(&watcher.connection).map(|changes| (watcher.seen + changes) as u64);
        version.map_err(|error| Error::from(error).at(self.folder()))
    }

    /// Another number than before when somebody else changed the catalog: another process, or another [`Store`]. Numbers
    /// of one [`Store`] (or its clones) can be compared, and no others.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn others_version(&self) -> Result<u64, Error> {
        let version = self.0.writer.lock().others_version();
        version.map(|version| version as u64).map_err(|error| Error::from(error).at(self.folder()))
    }

    /// Runs `work` on one unchanging view of the catalog.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let idle = self.0.idle_readers.lock().pop();
        let connection = idle.map_or_else(|| connect_reader(self.folder()), Ok)?;
        let run = || {
            let _view = connection.unchecked_transaction()?;
            work(&connection)
        };
        let answer = run().map_err(|error: Error| error.at(self.folder()));
        let mut idle = self.0.idle_readers.lock();
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
        answer
    }

    /// Runs `work` in one transaction: all of it is kept, or none.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction) -> Result<T, Error>) -> Result<T, Error> {
        let mut writer = self.0.writer.lock();
        let run = || {
            // Immediate: a transaction that reads first and writes later would fail at once when another one wrote
            // between, however long it may wait.
            let transaction = writer.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            // Write-ahead logs commit in order, `library.db` first: work never runs ahead of what it was done for.
            transaction.commit()?;
            Ok(answer)
        };
        run().map_err(|error: Error| error.at(self.folder()))
    }

    /// Makes `derived.db` again, empty, even when it is too damaged to be written. Other processes go on with the old
    /// file until they open the library again.
    pub(crate) fn replace_derived(&self) -> Result<(), Error> {
        let _lock = lock_folder(self.folder())?;
        let mut writer = self.0.writer.lock();
        let seen = writer.others_version().unwrap_or(writer.seen);
        let path = derived_path(self.folder());
        delete_database(&path)?;
        prepare(&path, migrate::DERIVED, DERIVED_PAGE_BYTES)?;
        *writer = Writer { connection: connect(self.folder())?, seen: seen + 1 };
        let mut watcher = self.0.watcher.lock();
        let seen = changes_seen(&watcher.connection).unwrap_or_default() + watcher.seen;
        *watcher = Watcher { connection: connect_reader(self.folder())?, seen: seen + 1 };
        self.0.idle_readers.lock().clear();
        previews::remember_newest_photo(&writer.connection).map_err(|error| error.at(self.folder()))
    }
}

impl Writer {
    /// SQLite counts what other connections commit, and not what this one does.
    fn others_version(&self) -> rusqlite::Result<i64> {
        Ok(self.seen + changes_seen(&self.connection)?)
    }
}

/// A number that grows with what other connections commit to either database.
fn changes_seen(connection: &Connection) -> rusqlite::Result<i64> {
    let version =
        |database| connection.pragma_query_value(Some(database), "data_version", |row| row.get::<_, i64>(0));
    Ok(version("main")? + version("derived")?)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.folder().display())
    }
}

/// Keeps other processes from making or replacing files of the library as long as the answer lives. The lock ends with
/// the process, even when it is killed.
fn lock_folder(folder: &Path) -> Result<File, Error> {
    let path = folder.join("opening.lock");
    let lock = private_file(&path)?;
    lock.lock().map_err(|error| Error::io(&path, error))?;
    Ok(lock)
}

pub(crate) fn library_path(folder: &Path) -> PathBuf {
    folder.join("library.db")
}

pub(crate) fn derived_path(folder: &Path) -> PathBuf {
    folder.join("derived.db")
}

const LIBRARY_PAGE_BYTES: u32 = 4096;

/// Six vectors of 1,280 half-precision numbers fill a page of this size to 94 %.
const DERIVED_PAGE_BYTES: u32 = 16_384;

/// Makes the database at `path` if there is none, and brings it to the newest schema.
fn prepare(path: &Path, steps: Steps, page_bytes: u32) -> Result<(), Error> {
    migrate::check_header(path, steps)?;
    private_file(path)?;
    let run = || {
        let mut connection = open_file(path)?;
        connection.pragma_update(None, "page_size", page_bytes)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        // What `derived.db` holds can be made again.
        if steps == migrate::LIBRARY {
            migrate::copy_if_older(&connection, path, steps)?;
        }
        migrate::migrate(&mut connection, path, steps)
    };
    run().map_err(|error: Error| error.at(path))
}

/// Makes `derived.db` ready, again if it is damaged, and answers with the newest photo that it has heard of.
fn prepare_derived(path: &Path) -> Result<Option<(i64, [u8; 32])>, Error> {
    let try_once = || {
        prepare(path, migrate::DERIVED, DERIVED_PAGE_BYTES)?;
        let read = || {
            let newest = "SELECT photo, hash FROM newest_photo";
            open_file(path)?.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        read().map_err(|error| Error::from(error).at(path))
    };
    match try_once() {
        Err(Error::Corrupt { .. }) => {
            delete_database(path)?;
            try_once()
        }
        done => done,
    }
}

/// Deletes a database and what SQLite keeps beside it.
fn delete_database(path: &Path) -> Result<(), Error> {
    for file in [path.to_path_buf(), beside(path, "-wal"), beside(path, "-shm")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::io(&file, error)),
            _ => {}
        }
    }
    Ok(())
}

/// The path of what SQLite keeps beside a database under its name and `suffix`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Empties `derived.db` when it was filled for another history of `library.db`: see `newest_photo` in its schema.
fn forget_foreign_work(writer: &Connection, newest: Option<(i64, [u8; 32])>) -> Result<(), Error> {
    let Some((photo, hash)) = newest else { return Ok(()) };
    let mut find = writer.prepare("SELECT 1 FROM photos WHERE id = ?1 AND hash = ?2")?;
    if !find.exists(params![photo, hash])? {
        previews::forget_everything_derived(writer)?;
    }
    Ok(())
}

/// A connection that sees both databases, `derived.db` under the name `derived`.
fn connect(folder: &Path) -> Result<Connection, Error> {
    let run = || {
        let connection = open_file(&library_path(folder))?;
        // As bytes: a path need not be valid text.
        let derived = derived_path(folder);
        connection.execute("ATTACH ?1 AS derived", params![path_bytes(&derived)])?;
        // Hashes fall all over their index: with a longer log, a page is copied back once for many of them.
        connection.execute_batch(
            "PRAGMA main.synchronous = FULL;
             PRAGMA derived.synchronous = NORMAL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA main.cache_size = -16384;
             PRAGMA derived.cache_size = -8192;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA main.journal_size_limit = 67108864;
             PRAGMA derived.journal_size_limit = 67108864;",
        )?;
        connection.set_prepared_statement_cache_capacity(64);
        conditions::add_functions(&connection)?;
        Ok(connection)
    };
    run().map_err(|error: Error| error.at(folder))
}

fn connect_reader(folder: &Path) -> Result<Connection, Error> {
    let connection = connect(folder)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open_file(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Opens or makes a file that only its owner may read. SQLite gives its log the same rights.
fn private_file(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|error| Error::io(path, error))
}

#[cfg(test)]
mod tests;
