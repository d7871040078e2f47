//! Files: places on disk, what is known of them without opening them, and what went wrong with one.

/// What tells whether a file is unchanged without opening it. Any difference, in any direction, means *changed*:
/// clocks jump and older files are copied over newer ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// Size in bytes.
    pub size_bytes: u64,
    /// Time of last change to the content, nanoseconds since 1970 (UTC), as the file system tells it.
    pub modified_ns: i64,
    /// Time of last change to content or attributes, nanoseconds since 1970 (UTC).
    pub changed_ns: i64,
    /// Number of the file on its volume.
    pub inode: u64,
    /// The volume, as the system numbers it now. Not stable across mounts: never compared between scans.
    pub device: u64,
}

impl FileStamp {
    /// Whether both describe the same content: all but the volume's passing number are equal.
    pub fn is_unchanged(&self, earlier: &FileStamp) -> bool {
        Self { device: 0, ..*self } == Self { device: 0, ..*earlier }
    }

    /// What the file is on the disk, whatever its names: numbers of the volume and on it.
    pub fn on_disk(&self) -> (u64, u64) {
        (self.device, self.inode)
    }
}

/// What a file is to Likeness: told by its name, and where the name says nothing by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A picture, to be opened.
    Picture,
    /// A sidecar (XMP, AAE, JSON of an export) or the movie of a Live Photo: travels with its photo.
    Companion,
    /// A video: not shown, but counted.
    Video,
    /// None of these: its name said nothing, so its first bytes were looked at. Kept so that it is not opened again;
    /// never shown and never counted.
    Other,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileState {
    /// Found at the last scan, but not read yet.
    Found,
    /// Read: a photo lies there.
    Indexed,
    /// Read, and not a photo: see its problem.
    Unreadable,
    /// Not found at the last complete scan of its folder.
    Missing,
}

/// The step at which something went wrong, or that a job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Waiting until another process has read photos into the same library.
    Wait,
    /// Looking for files.
    Find,
    /// Reading and hashing a file.
    Read,
    /// Turning it into pixels, facts and thumbnails.
    Decode,
    /// Turning pixels into an embedding.
    Embed,
    /// Writing to the catalog or the cache.
    Save,
    /// Looking for the neighbours of every photo, and for near-duplicates among them.
    Compare,
    /// Placing photos on the map.
    Arrange,
    /// Grouping photos into clusters.
    Group,
    /// Learning from what a person did: albums, answers, the company that photos keep.
    Learn,
    /// Moving files to the trash.
    Trash,
    /// Putting back what was moved there.
    Restore,
}

impl Stage {
    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Wait => "wait",
            Stage::Find => "find",
            Stage::Read => "read",
            Stage::Decode => "decode",
            Stage::Embed => "embed",
            Stage::Save => "save",
            Stage::Compare => "compare",
            Stage::Arrange => "arrange",
            Stage::Group => "group",
            Stage::Learn => "learn",
            Stage::Trash => "trash",
            Stage::Restore => "restore",
        }
    }
}

/// What went wrong with one file, in words for the person whose file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The step that failed.
    pub stage: Stage,
    /// One sentence without a full stop, such as "the picture is cut off after 40 % of its rows".
    pub reason: String,
}

impl Problem {
    /// A problem at `stage`.
    pub fn new(stage: Stage, reason: impl Into<String>) -> Self {
        Self { stage, reason: reason.into() }
    }
}
