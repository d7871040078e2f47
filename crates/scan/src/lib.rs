//! Finds files under a source folder, tells whether its drive is there, and listens for hints of change.
//!
//! A watcher's hint says where to look; only a completed scan says what is so. Nothing here writes to a source folder,
//! and nothing here knows what the catalog believes.

mod find;
mod folder;
mod hint;
mod mounts;
mod names;
mod places;
mod sniff;
mod stamp;
mod tree;
mod volume;
mod watch;

pub use find::{FindError, KnownKind, find_files};
pub use hint::Hint;
pub use places::SkippedPlaces;
pub use stamp::{SETTLING, is_settling, stamp_of};
pub use volume::{RootState, VolumeId, find_volume, root_state, volume_of};
pub use watch::{WatchState, Watcher};
