//! What a scan of a source folder found: paths relative to the folder, byte for byte, and stamps.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::{FileKind, FileStamp};

/// A path below a source folder, with the exact bytes that the file system gave: names need not be valid text, and
/// composed and decomposed forms of one letter stay two names. Parts are joined by `/`; the empty path is the folder.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RelativePath(Vec<u8>);

/// The bytes are no path below a folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a path below a folder", String::from_utf8_lossy(.0))]
pub struct RelativePathError(Vec<u8>);

/// A file's name without its ending; whole when it has none, or nothing else.
pub fn stem(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|&byte| byte == b'.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}

impl RelativePath {
    /// The folder itself.
    pub const ROOT: RelativePath = RelativePath(Vec::new());

    /// # Errors
    /// When a part is empty, `.` or `..`, or a byte is zero.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, RelativePathError> {
        let is_name = |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
        if bytes.is_empty() || bytes.split(|&byte| byte == b'/').all(is_name) {
            Ok(Self(bytes))
        } else {
            Err(RelativePathError(bytes))
        }
    }

    /// The path of `name` in this folder.
    pub fn join(&self, name: &OsStr) -> Self {
        let mut bytes = self.0.clone();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name.as_encoded_bytes());
        Self(bytes)
    }

    /// The last part; `None` for the folder itself.
    pub fn name(&self) -> Option<&[u8]> {
        self.0.rsplit(|&byte| byte == b'/').next().filter(|name| !name.is_empty())
    }

    /// The folder that this lies in; `None` for the source folder itself.
    pub fn parent(&self) -> Option<Self> {
        let name = self.name()?;
        Some(Self(self.0[..self.0.len() - name.len()].strip_suffix(b"/").unwrap_or_default().to_vec()))
    }

    /// The bytes, as the file system gave them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the folder itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this path is `folder` or lies below it.
    pub fn is_under(&self, folder: &RelativePath) -> bool {
        match self.0.strip_prefix(folder.as_bytes()) {
            Some(rest) => folder.is_root() || rest.is_empty() || rest[0] == b'/',
            None => false,
        }
    }

    /// Where the file lies when the source folder lies at `root`.
    #[cfg(unix)]
    pub fn below(&self, root: &Path) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        if self.is_root() { root.to_path_buf() } else { root.join(OsStr::from_bytes(&self.0)) }
    }

    /// The path of `path` below `root`; `None` when it lies elsewhere or climbs.
    #[cfg(unix)]
    pub fn of(root: &Path, path: &Path) -> Option<Self> {
        use std::os::unix::ffi::OsStrExt;
        let below = path.strip_prefix(root).ok()?;
        Self::from_bytes(below.as_os_str().as_bytes().to_vec()).ok()
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// A file as a scan saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Below the source folder.
    pub path: RelativePath,
    /// What the file system tells about it.
    pub stamp: FileStamp,
    /// What it is.
    pub kind: FileKind,
}

/// Everything a scan found, and what it could not look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundFiles {
    /// In the order of the directory walk.
    pub files: Vec<FoundFile>,
    /// Folders (or single files) that could not be listed, with the reason: what lies there is unknown, not missing.
    pub unlisted: Vec<(RelativePath, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_their_bytes_and_never_climb() {
        let odd = RelativePath::from_bytes(b"a/\xff.jpg".to_vec()).expect("valid");
        assert_eq!(RelativePath::of(Path::new("/r"), &odd.below(Path::new("/r"))), Some(odd));
        for bytes in [&b"../a"[..], b"a//b", b"/a", b"a/", b"a/./b", b"a\0"] {
            assert!(RelativePath::from_bytes(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_path_has_a_name_and_a_folder_above() {
        let path = |text: &str| RelativePath::from_bytes(text.into()).expect("valid");
        assert_eq!((path("a/b").name(), path("a/b").parent()), (Some(&b"b"[..]), Some(path("a"))));
        assert_eq!((path("a").name(), path("a").parent()), (Some(&b"a"[..]), Some(RelativePath::ROOT)));
        assert_eq!((RelativePath::ROOT.name(), RelativePath::ROOT.parent()), (None, None));
    }

    #[test]
    fn under_means_whole_names() {
        let path = |text: &str| RelativePath::from_bytes(text.into()).expect("valid");
        assert!(path("a/b").is_under(&path("a")));
        assert!(path("a").is_under(&RelativePath::ROOT));
        assert!(!path("ab").is_under(&path("a")));
    }
}
