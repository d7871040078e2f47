//! A library in a temporary folder, and a made-up disk for it to be filled from. For tests of this crate.

use std::collections::BTreeMap;
use std::path::Path;

use likeness_domain::{
    CaptureTime, ContentHash, Embedding, Exposure, FileId, FileKind, FileStamp, FolderId, FoundFile,
    FoundFiles, ModelTag, PhotoFacts, PhotoId, PictureFormat, RelativePath, SmallPicture,
};
use tempfile::TempDir;

use crate::{Changes, Committed, Error, NewContent, Outcome, PhotoQuery, Store};

/// Numbers in a vector of [`tag`].
pub(crate) const DIMENSION: usize = 8;

/// A library with one source folder, `/photos`.
pub(crate) struct Library {
    pub(crate) place: TempDir,
    pub(crate) store: Store,
    pub(crate) folder: FolderId,
}

impl Library {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(place.path()).expect("a new library");
        let folder = store.add_folder(Path::new("/photos"), Some("volume")).expect("added");
        Self { place, store, folder }
    }

    /// A library that has read pictures with the contents 1 to `count`, named `1.jpg` and on.
    pub(crate) fn with_photos(count: u64) -> (Self, Vec<PhotoId>) {
        let library = Self::new();
        let mut disk = Disk::default();
        (1..=count).for_each(|content| disk.write(&format!("{content}.jpg"), content));
        library.refresh(&disk);
        let photo = |content| library.store.photo_of(&hash(content)).expect("an answer").expect("known").id;
        let photos = (1..=count).map(photo).collect();
        (library, photos)
    }

    /// Closes the library and lets `change` at its folder before it is opened again.
    pub(crate) fn reopened(self, change: impl FnOnce(&Path)) -> Result<Self, Error> {
        let Self { place, store, folder } = self;
        drop(store);
        change(place.path());
        Ok(Self { store: Store::open(place.path())?, place, folder })
    }

    /// Scans all of `disk`.
    pub(crate) fn scan(&self, disk: &Disk) -> Changes {
        self.store.record_found(self.folder, &RelativePath::ROOT, &disk.found()).expect("recorded")
    }

    /// Reads what the last scan left to be read: known contents are hashed, others decoded.
    pub(crate) fn read(&self, disk: &Disk) -> Vec<Committed> {
        let files = self.store.files_to_read(Some(self.folder), None, 1000).expect("a list");
        let outcome = |file: &crate::FileToRead| {
            let path = RelativePath::of(Path::new("/photos"), &file.path).expect("below the folder");
            let node = &disk.files[&path];
            let hash = hash(node.content);
            match self.store.photo_of(&hash).expect("an answer") {
                Some(known) if known.has_preview => Outcome::Known { file: file.id, stamp: node.stamp, hash },
                _ => Outcome::Photo {
                    file: file.id,
                    stamp: node.stamp,
                    content: Box::new(content(node.content)),
                },
            }
        };
        let outcomes: Vec<Outcome> = files.iter().map(outcome).collect();
        self.store.commit(&outcomes).expect("committed")
    }

    /// Scans and reads.
    pub(crate) fn refresh(&self, disk: &Disk) -> (Changes, Vec<Committed>) {
        (self.scan(disk), self.read(disk))
    }

    pub(crate) fn photo_at(&self, path: &str) -> Option<PhotoId> {
        self.store.photo_at(&Path::new("/photos").join(path)).expect("an answer")
    }

    /// Stars of the photo at `path`.
    pub(crate) fn stars_at(&self, path: &str) -> u8 {
        let photo = self.photo_at(path).expect("a photo lies there");
        self.store.photo(photo).expect("an answer").expect("a photo").row.decisions.rating.stars()
    }

    /// Numbers of all photos in view.
    pub(crate) fn shown(&self) -> Vec<i64> {
        let rows = self.store.shape(&PhotoQuery::default()).expect("a shape");
        rows.iter().map(|row| row.photo.0).collect()
    }

    pub(crate) fn embeddings(&self) -> u64 {
        self.store.tags().expect("tags").iter().map(|(_, count)| count).sum()
    }

    /// The only file to be read.
    pub(crate) fn file_to_read(&self) -> FileId {
        let files = self.store.files_to_read(None, None, 10).expect("a list");
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].id
    }
}

/// A file of the made-up disk.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) stamp: FileStamp,
    pub(crate) kind: FileKind,
    pub(crate) content: u64,
}

/// A made-up disk that keeps inodes and times as ext4 does.
#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<RelativePath, Node>,
    pub(crate) unlisted: Vec<RelativePath>,
    clock: i64,
}

impl Disk {
    /// A disk with these pictures, each with its own content.
    pub(crate) fn with(files: &[(&str, u64)]) -> Self {
        let mut disk = Self::default();
        files.iter().for_each(|(path, content)| disk.write(path, *content));
        disk
    }

    /// Writes to a new or existing file.
    pub(crate) fn write(&mut self, name: &str, content: u64) {
        self.clock += 1_000_000_000;
        let inode = self.files.get(&path(name)).map_or(self.clock as u64, |node| node.stamp.inode);
        self.put(name, content, inode);
    }

    /// Writes a new file and renames it over the old one.
    pub(crate) fn write_and_rename(&mut self, name: &str, content: u64) {
        self.clock += 1_000_000_000;
        self.put(name, content, self.clock as u64);
    }

    fn put(&mut self, name: &str, content: u64, inode: u64) {
        let (modified_ns, changed_ns) = (self.clock, self.clock);
        let stamp = FileStamp { size_bytes: 1000 + content, modified_ns, changed_ns, inode, device: 1 };
        let kind = match name.to_ascii_lowercase().rsplit('.').next() {
            Some("xmp" | "json" | "aae" | "pp3" | "dop" | "mov" | "mp" | "wav") => FileKind::Companion,
            Some("mp4") => FileKind::Video,
            _ => FileKind::Picture,
        };
        self.files.insert(path(name), Node { stamp, kind, content });
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        self.clock += 1_000_000_000;
        let mut node = self.remove(from);
        node.stamp.changed_ns = self.clock;
        self.files.insert(path(to), node);
    }

    pub(crate) fn copy(&mut self, from: &str, to: &str) {
        let content = self.files[&path(from)].content;
        self.write(to, content);
    }

    pub(crate) fn remove(&mut self, name: &str) -> Node {
        self.files.remove(&path(name)).expect("it was there")
    }

    pub(crate) fn found(&self) -> FoundFiles {
        let file = |(path, node): (&RelativePath, &Node)| FoundFile {
            path: path.clone(),
            stamp: node.stamp,
            kind: node.kind,
        };
        FoundFiles {
            files: self.files.iter().map(file).collect(),
            unlisted: self
                .unlisted
                .iter()
                .map(|path| (path.clone(), "cannot be listed".to_owned()))
                .collect(),
        }
    }
}

pub(crate) fn path(name: &str) -> RelativePath {
    RelativePath::from_bytes(name.as_bytes().to_vec()).expect("a path")
}

pub(crate) fn hash(content: u64) -> ContentHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&content.to_le_bytes());
    ContentHash(bytes)
}

pub(crate) fn tag() -> ModelTag {
    ModelTag::new("test", "0", "none", DIMENSION).expect("a tag")
}

pub(crate) fn embedding(content: u64) -> Embedding {
    let values = (0..DIMENSION as u64).map(|i| ((content * 31 + i * 7) % 13) as f32 - 6.0);
    Embedding::new(tag(), values.collect()).expect("a direction")
}

pub(crate) fn content(content: u64) -> NewContent {
    NewContent {
        hash: hash(content),
        facts: PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 300,
            height: 200,
            bits: Some(8),
            taken: Some(CaptureTime { local_ms: content as i64 * 1000, zone_minutes: Some(120) }),
            camera: Some("Leica Q3".to_owned()),
            lens: None,
            exposure: Exposure { iso: Some(400), ..Exposure::default() },
            gps: None,
            animated: false,
        },
        preview: content.to_le_bytes().to_vec(),
        perceptual_hash: u64::MAX - content,
        small_picture: SmallPicture::from_bytes(vec![content as u8; SmallPicture::BYTES])
            .expect("as many bytes"),
        sharpness: 0.7,
        embedding: Some(embedding(content)),
        warning: None,
    }
}
