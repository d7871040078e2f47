//! The words of Likeness: the types that every other crate speaks in, and what must be true of them.
//!
//! Nothing here knows of disks, databases, threads or wire formats.

mod album;
mod embedding;
mod facts;
mod file;
mod found;
mod ids;
mod job;
mod neighbor;
mod photo;
mod pixels;
mod quality;
mod small_picture;
mod tag;

pub use album::{AlbumKind, AlbumName, AlbumNameError};
pub use embedding::{Embedding, EmbeddingError, ModelTag, ModelTagError};
pub use facts::{CaptureTime, Exposure, GpsPosition, PhotoFacts, PictureFormat};
pub use file::{FileKind, FileStamp, FileState, Problem, Stage};
pub use found::{FoundFile, FoundFiles, RelativePath, RelativePathError, stem};
pub use ids::{AlbumId, CleanupId, ContentHash, FileId, FolderId, ParseHashError, PhotoId, SuggestionId};
pub use job::{Cancelled, JobContext, JobControl, Progress};
pub use neighbor::{Likeness, LikenessThresholds, Neighbor};
pub use photo::{ColorLabel, Decisions, Flag, Rating};
pub use pixels::{Pixels, PixelsError, Region, RegionError};
pub use quality::{OddCause, Quality};
pub use small_picture::{SmallPicture, SmallPictureError};
pub use tag::{SEPARATOR, Tag, TagError};
