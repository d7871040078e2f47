//! Thumbnail files in the cache, named by content: a moved photo keeps its thumbnails, and copies share them.
//!
//! The cache may vanish at any time; what is missing is made again when it is asked for.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use likeness_domain::ContentHash;

use crate::Error;

/// The two sizes of thumbnail files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbnailSize {
    /// 256 pixels on the long side.
    Small,
    /// 512 pixels on the long side.
    Large,
}

impl ThumbnailSize {
    /// The long side in pixels.
    pub fn long_side(self) -> u32 {
        match self {
            ThumbnailSize::Small => 256,
            ThumbnailSize::Large => 512,
        }
    }
}

pub(crate) struct Thumbnails {
    folder: PathBuf,
}

impl Thumbnails {
    pub(crate) fn in_cache(cache: &Path) -> Self {
        Self { folder: cache.join("thumbnails") }
    }

    /// The JPEG bytes, when the cache has them whole: a loss of power may leave a part, or an empty file.
    pub(crate) fn read(&self, content: &ContentHash, size: ThumbnailSize) -> Option<Vec<u8>> {
        let is_whole = |jpeg: &Vec<u8>| jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]);
        fs::read(self.path(content, size)).ok().filter(is_whole)
    }

    /// Both sizes, each whole or not there.
    pub(crate) fn write(&self, content: &ContentHash, small: &[u8], large: &[u8]) -> Result<(), Error> {
        self.write_one(content, ThumbnailSize::Small, small)?;
        self.write_one(content, ThumbnailSize::Large, large)
    }

    /// Whether both files are there, and begin and end as JPEG files do.
    pub(crate) fn are_whole(&self, content: &ContentHash) -> bool {
        [ThumbnailSize::Small, ThumbnailSize::Large]
            .into_iter()
            .all(|size| is_whole_jpeg(&self.path(content, size)).unwrap_or(false))
    }

    /// Makes room for better ones.
    pub(crate) fn remove(&self, content: &ContentHash) -> Result<(), Error> {
        for size in [ThumbnailSize::Small, ThumbnailSize::Large] {
            let path = self.path(content, size);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::writing(path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Written under another name and renamed: a reader never sees half a thumbnail. Not synced: a cache may be lost.
    fn write_one(&self, content: &ContentHash, size: ThumbnailSize, jpeg: &[u8]) -> Result<(), Error> {
        let path = self.path(content, size);
        let folder = path.parent().expect("thumbnails lie in a folder");
        let write = || -> io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(jpeg)?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|source| Error::writing(path.clone(), source))
    }

    /// Spread over 256 folders by the first two digits.
    fn path(&self, content: &ContentHash, size: ThumbnailSize) -> PathBuf {
        let name = content.to_string();
        self.folder.join(&name[..2]).join(format!("{name}-{}.jpg", size.long_side()))
    }
}

/// Looks at both ends only: a library has many thumbnails.
fn is_whole_jpeg(path: &Path) -> io::Result<bool> {
    let mut file = fs::File::open(path)?;
    let (mut first, mut last) = ([0; 2], [0; 2]);
    file.read_exact(&mut first)?;
    file.seek(SeekFrom::End(-2))?;
    file.read_exact(&mut last)?;
    Ok(first == [0xff, 0xd8] && last == [0xff, 0xd9])
}
