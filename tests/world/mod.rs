//! A folder of photos, a library, and what both say: what journeys and faults are played on. Knows no test.

mod counted;
mod mounts;
mod pictures;
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use likeness_domain::{JobContext, PhotoId};
use likeness_library::store::{PhotoQuery, PhotoRow};
use likeness_library::{Library, Model, Places, Scope, Summary, WithEmbeddings, decoders};
use tempfile::TempDir;

pub use counted::Counted;
pub use mounts::{Disk, SmallVolume};
pub use pictures::{beside_each_other, data, files_below, photo, photo_by, snapshot, taken};
pub use program::{Program, Ran, Running, run_program_if_asked};

/// A temporary place with a folder of photos and room for a library, removed at the end.
pub struct World {
    root: PathBuf,
    // Kept for its end.
    _place: TempDir,
}

impl World {
    /// With an empty folder of photos, and no library yet.
    pub fn new() -> Self {
        let place = tempfile::Builder::new().prefix("likeness-").tempdir().expect("a temporary folder");
        let root = place.path().canonicalize().expect("its real place");
        fs::create_dir(root.join("photos")).expect("made");
        Self { root, _place: place }
    }

    /// With `count` distinct photos, `0.jpg` and on.
    pub fn with_photos(count: u64) -> Self {
        let world = Self::new();
        (0..count).for_each(|seed| _ = world.write(format!("{seed}.jpg"), &photo(seed)));
        world
    }

    /// The folder of photos.
    pub fn photos(&self) -> PathBuf {
        self.root.join("photos")
    }

    /// The library's folder.
    pub fn library(&self) -> PathBuf {
        self.root.join("library")
    }

    /// A place beside both.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Writes a file below the folder of photos, and the folders above it.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.photos().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Opens the library, with its cache inside.
    pub fn open(&self, model: Arc<dyn Model>) -> Library {
        let decoders = decoders().expect("this program has a place");
        Library::open(Places::at(&self.library()), decoders, Ok(model)).expect("opened")
    }

    /// The program, run on this library.
    pub fn program(&self) -> Program {
        Program::on(&self.library())
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds a folder and reads it.
pub fn add(library: &Library, folder: &Path) -> Summary {
    let row = library.add_folder(folder).expect("added");
    let scope = Scope::Folder(row.id);
    library.refresh(&JobContext::unattended(), &scope, WithEmbeddings::Yes).expect("read")
}

/// Looks at all folders again.
pub fn look_again(library: &Library) -> Summary {
    library.refresh(&JobContext::unattended(), &Scope::Everything, WithEmbeddings::Yes).expect("read")
}

/// The photos in view, oldest first.
pub fn in_view(library: &Library) -> Vec<PhotoRow> {
    library.catalog().query_photos(&PhotoQuery::default()).expect("an answer")
}

/// The photo at a path.
pub fn photo_at(library: &Library, path: &Path) -> PhotoId {
    let photo = library.catalog().photo_at(path).expect("an answer");
    photo.unwrap_or_else(|| panic!("no photo at {}", path.display()))
}

/// The row of one photo.
pub fn row_of(library: &Library, photo: PhotoId) -> PhotoRow {
    library.catalog().photos(&[photo]).expect("an answer").pop().expect("a photo")
}

/// How many stars a photo has.
pub fn stars(library: &Library, photo: PhotoId) -> u8 {
    row_of(library, photo).decisions.rating.stars()
}

/// Looks again and again until there is an answer. The bound is far beyond what any machine needs.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < give_up, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A test that fails by panicking.
pub fn test(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}
