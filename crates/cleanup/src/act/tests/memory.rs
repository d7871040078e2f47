//! A disk in memory that fails and ends the process when it is told to.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use likeness_domain::{ContentHash, FileStamp};
use likeness_store::{FilePlace, GoingFile};

use crate::act::{Disk, Moment, Reason, Seen};

/// A file. Hard links are two names with one inode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub bytes: Vec<u8>,
    pub inode: u64,
    pub modified_ns: i64,
    pub is_readable: bool,
}

/// What goes wrong next: counted in calls of the disk.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub calls: u64,
    /// Calls that fail.
    pub fail: Box<[u64]>,
    /// The call at which the process ends, before or after what it does.
    pub kill: Option<(u64, When)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub files: BTreeMap<PathBuf, Node>,
    pub trash: BTreeMap<PathBuf, Node>,
    /// Source folders that are away.
    pub away: Vec<PathBuf>,
    pub faults: Faults,
}

/// The process ended.
struct Killed;

/// Runs `work` until it ends or the process does; `None` when it was killed.
pub fn until_killed<T>(work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(cause) if cause.is::<Killed>() => None,
        Err(cause) => resume_unwind(cause),
    }
}

pub fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash(*blake3::hash(bytes).as_bytes())
}

impl Memory {
    fn begin(&mut self) -> Result<(), Reason> {
        self.faults.calls += 1;
        if self.faults.kill == Some((self.faults.calls, When::Before)) {
            resume_unwind(Box::new(Killed));
        }
        if self.faults.fail.contains(&self.faults.calls) {
            return Err(Reason::Unreadable("input/output error".into()));
        }
        Ok(())
    }

    fn end<T>(&mut self, answer: T) -> T {
        if self.faults.kill == Some((self.faults.calls, When::After)) {
            resume_unwind(Box::new(Killed));
        }
        answer
    }

    fn node(&self, path: &Path) -> Option<&Node> {
        self.files.get(path).or_else(|| self.trash.get(path))
    }

    pub fn stamp_of(node: &Node) -> FileStamp {
        let (size_bytes, modified_ns) = (node.bytes.len() as u64, node.modified_ns);
        FileStamp { size_bytes, modified_ns, changed_ns: node.inode as i64, inode: node.inode, device: 1 }
    }

    fn read(&mut self, path: &Path) -> Result<(ContentHash, FileStamp), Reason> {
        self.begin()?;
        let node = self.node(path).ok_or(Reason::Gone)?;
        let seen = (hash(&node.bytes), Self::stamp_of(node));
        Ok(self.end(seen))
    }
}

impl Disk for Memory {
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason> {
        match self.away.contains(&place.root) {
            true => Err(Reason::Away { root: place.root.clone(), why: "its drive is not connected".into() }),
            false => Ok(()),
        }
    }

    fn check_movable(&mut self, place: &FilePlace) -> Result<(), Reason> {
        self.check_present(place)
    }

    fn stamp(&mut self, path: &Path) -> io::Result<FileStamp> {
        self.node(path).map(Self::stamp_of).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn is_folder(&mut self, path: &Path) -> bool {
        path == Path::new("/trash/files")
    }

    fn hash(&mut self, path: &Path) -> Result<(ContentHash, FileStamp), Reason> {
        self.read(path)
    }

    fn decode(&mut self, path: &Path) -> Result<Seen, Reason> {
        let (hash, stamp) = self.read(path)?;
        let is_readable = self.node(path).is_some_and(|node| node.is_readable);
        if is_readable {
            Ok(Seen { hash, stamp, flaw: None })
        } else {
            Err(Reason::Unreadable("it is cut off".into()))
        }
    }

    fn named_after(&mut self, picture: &Path) -> Vec<PathBuf> {
        let sidecar = picture.with_extension("xmp");
        self.files.contains_key(&sidecar).then_some(sidecar).into_iter().collect()
    }

    fn trash(&mut self, path: &Path, stamp: &FileStamp) -> Result<PathBuf, Reason> {
        self.begin()?;
        let is_it = self.files.get(path).is_some_and(|node| node.inode == stamp.inode);
        let node = self.files.remove(path).ok_or(Reason::Gone)?;
        assert!(is_it, "nothing changes between the look and the move in this world");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let free = (1..).map(|number| PathBuf::from(format!("/trash/files/{name}.{number}")));
        let at = free.into_iter().find(|at| !self.trash.contains_key(at)).unwrap();
        self.trash.insert(at.clone(), node);
        Ok(self.end(at))
    }

    fn find_in_trash(&mut self, file: &GoingFile) -> Option<PathBuf> {
        let name = file.place.absolute().file_name().unwrap().to_string_lossy().into_owned();
        let is_it = |(at, node): &(&PathBuf, &Node)| {
            at.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}."))
                && node.inode == file.stamp.inode
        };
        self.trash.iter().find(is_it).map(|(at, _)| at.clone())
    }

    fn put_back(&mut self, trashed_at: &Path, path: &Path) -> Result<FileStamp, Reason> {
        self.begin()?;
        if self.files.contains_key(path) {
            return Err(Reason::NotPutBack("another file lies in its place".into()));
        }
        let node = self.trash.remove(trashed_at).ok_or(Reason::NotInTrash)?;
        let stamp = Self::stamp_of(&node);
        self.files.insert(path.into(), node);
        Ok(self.end(stamp))
    }

    fn passes(&mut self, _: Moment) {
        let _ = self.begin();
    }
}
