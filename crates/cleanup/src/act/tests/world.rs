//! A catalog and a disk in memory that agree, and what must be true of both at all times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use likeness_domain::{
    Exposure, FileId, FileKind, FileStamp, FolderId, FoundFile, FoundFiles, PhotoFacts, PhotoId,
    PictureFormat, RelativePath, SmallPicture,
};
use likeness_store::{FilePlace, NewContent, Outcome, Store, UnitState};
use tempfile::TempDir;

use super::memory::{Memory, Node, hash};
use crate::act::{Companion, Survivor, Unit, Victim};

pub const ROOT: &str = "/photos";

pub struct World {
    pub store: Store,
    pub disk: Memory,
    pub folder: FolderId,
    /// Kept for its end.
    _place: TempDir,
}

/// SplitMix64: the same numbers in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

pub fn relative(name: &str) -> RelativePath {
    RelativePath::from_bytes(name.into()).unwrap()
}

pub fn at(name: &str) -> PathBuf {
    Path::new(ROOT).join(name)
}

impl World {
    pub fn new() -> Self {
        // Syncing takes no time in memory.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let store = Store::open(place.path()).unwrap();
        let folder = store.add_folder(Path::new(ROOT), None).unwrap();
        Self { store, disk: Memory::default(), folder, _place: place }
    }

    /// Puts a file on the disk; the next [`scan`](Self::scan) finds it. `twin` is a name that it is another link of.
    pub fn write(&mut self, name: &str, bytes: &[u8], twin: Option<&str>) {
        let inode = match twin {
            Some(twin) => self.disk.files[&at(twin)].inode,
            None => 1 + self.disk.files.values().map(|node| node.inode).max().unwrap_or(0),
        };
        let node = Node { bytes: bytes.into(), inode, modified_ns: 1_000 * inode as i64, is_readable: true };
        self.disk.files.insert(at(name), node);
    }

    /// Brings the catalog to what is on the disk.
    pub fn scan(&self) {
        let found = self.disk.files.iter().map(|(path, node)| FoundFile {
            path: RelativePath::of(Path::new(ROOT), path).unwrap(),
            stamp: Memory::stamp_of(node),
            kind: if path.extension().unwrap() == "xmp" { FileKind::Companion } else { FileKind::Picture },
        });
        let found = FoundFiles { files: found.collect(), unlisted: Vec::new() };
        self.store.record_found(self.folder, &RelativePath::ROOT, &found).unwrap();
        for file in self.store.files_to_read(None, None, 100_000).unwrap() {
            let node = &self.disk.files[&file.path];
            let content = hash(&node.bytes);
            let outcome = match self.store.photo_of(&content).unwrap() {
                Some(_) => Outcome::Known { file: file.id, stamp: file.stamp, hash: content },
                None => Outcome::Photo { file: file.id, stamp: file.stamp, content: made_up(node) },
            };
            self.store.commit(&[outcome]).unwrap();
        }
    }

    pub fn photo(&self, name: &str) -> PhotoId {
        self.store.photo_at(&at(name)).unwrap().unwrap()
    }

    fn file(&self, name: &str) -> (FileId, FileStamp) {
        let rows = self.store.files_in(self.folder, &relative(name).parent().unwrap()).unwrap();
        let row = rows.into_iter().find(|row| row.path == relative(name)).unwrap();
        (row.file, row.stamp)
    }

    fn place(name: &str) -> FilePlace {
        FilePlace { root: ROOT.into(), volume: None, path: relative(name) }
    }

    pub fn victim(&self, name: &str, survivor: Option<&str>) -> Victim {
        let survivor = match survivor {
            Some(other) => Survivor::File {
                file: self.file(other).0,
                place: Self::place(other),
                hash: hash(&self.disk.files[&at(other)].bytes),
            },
            None => Survivor::Confirmed,
        };
        let Node { bytes, inode, .. } = &self.disk.files[&at(name)];
        Victim {
            file: self.file(name).0,
            folder: self.folder,
            photo: self.photo(name),
            place: Self::place(name),
            hash: hash(bytes),
            size_bytes: bytes.len() as u64,
            on_disk: (1, *inode),
            names: self.disk.files.values().filter(|node| node.inode == *inode).count(),
            survivor,
        }
    }

    /// A picture that goes, with its sidecar if it has one.
    pub fn unit(&self, name: &str, survivor: Option<&str>) -> Unit {
        let sidecar = format!("{}.xmp", name.rsplit_once('.').unwrap().0);
        let has_sidecar = self.disk.files.contains_key(&at(&sidecar));
        let companions = has_sidecar.then(|| {
            let (file, stamp) = self.file(&sidecar);
            Companion { file, place: Self::place(&sidecar), stamp, twin: None }
        });
        Unit {
            keeper: survivor.map(|other| self.photo(other)),
            pictures: vec![self.victim(name, survivor)],
            companions: companions.into_iter().collect(),
            staying: Vec::new(),
        }
    }

    /// How often each content lies somewhere, in place or in the trash.
    pub fn contents(&self) -> BTreeMap<Vec<u8>, usize> {
        let mut contents = BTreeMap::new();
        for node in self.disk.files.values().chain(self.disk.trash.values()) {
            *contents.entry(node.bytes.clone()).or_default() += 1;
        }
        contents
    }

    /// What every clean-up says in the journal is so on the disk.
    pub fn assert_journal_is_true(&self) {
        assert_eq!(self.store.units_to_settle().unwrap(), [], "all is settled");
        let mut in_trash = BTreeSet::new();
        for row in self.store.cleanups().unwrap() {
            for unit in self.store.cleanup_units(row.id).unwrap() {
                for file in &unit.files {
                    let lies = |path: &Path, nodes: &BTreeMap<PathBuf, Node>| {
                        nodes.get(path).is_some_and(|node| hash(&node.bytes) == file.going.hash)
                    };
                    if let Some(at) = file.in_trash() {
                        let is_there = lies(at, &self.disk.trash);
                        assert_eq!(is_there, !file.is_lost, "in the trash, says the journal: {unit:?}");
                        in_trash.extend(is_there.then(|| at.to_path_buf()));
                    }
                    let is_in_trash = file.in_trash().is_some();
                    match unit.state {
                        UnitState::Trashed => assert!(is_in_trash || file.is_back, "{unit:?}"),
                        UnitState::Restored => assert!(!is_in_trash, "{unit:?}"),
                        UnitState::Skipped => assert!(!is_in_trash, "{unit:?}"),
                        UnitState::Failed => {}
                        UnitState::Intended | UnitState::Restoring => panic!("{unit:?}"),
                    }
                }
            }
        }
        let all: BTreeSet<PathBuf> = self.disk.trash.keys().cloned().collect();
        assert_eq!(in_trash, all, "the journal knows of everything in the trash");
    }
}

fn made_up(node: &Node) -> Box<NewContent> {
    let facts = PhotoFacts {
        format: PictureFormat::Jpeg,
        width: 30,
        height: 20,
        bits: Some(8),
        taken: None,
        camera: None,
        lens: None,
        exposure: Exposure::default(),
        gps: None,
        animated: false,
    };
    Box::new(NewContent {
        hash: hash(&node.bytes),
        facts,
        preview: vec![1],
        perceptual_hash: 7,
        small_picture: SmallPicture::from_bytes(vec![0; SmallPicture::BYTES]).unwrap(),
        sharpness: 0.7,
        embedding: None,
        warning: None,
    })
}
