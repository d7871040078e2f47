//! Why something that was asked of the library could not be done.

use std::path::PathBuf;

use likeness_domain::{Cancelled, FolderId, PhotoId, SuggestionId};

/// One failed operation. A bad file is not an error but a problem, kept in the catalog.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("this system does not say where a user's own files lie")]
    NoHome,
    #[error("{path} is no folder that can be read")]
    NoFolder { path: PathBuf, source: Option<std::io::Error> },
    #[error("{path} belongs to Likeness itself")]
    OwnFolder { path: PathBuf },
    #[error("the library {library} lies inside the photo folder {folder}")]
    LibraryInside { library: PathBuf, folder: PathBuf },
    #[error("there is no folder {0} in the library")]
    UnknownFolder(FolderId),
    #[error("there is no photo {0} in the library")]
    UnknownPhoto(PhotoId),
    #[error("photo {0} cannot be reached now")]
    PhotoAway(PhotoId),
    #[error("no model could be loaded: {0}")]
    NoModel(String),
    #[error("{0} does not hold two sub-folders with pictures")]
    TooFewClasses(PathBuf),
    #[error("{clusters} clusters of {photos} photos")]
    TooFewPhotos { photos: usize, clusters: usize },
    #[error("an album learns from 3 photos or more, not from {0}")]
    TooFewExamples(usize),
    #[error("suggestion {0} has no parts")]
    NoParts(SuggestionId),
    #[error("it takes two suggestions to make one of them")]
    MergeOfOne,
    #[error("another process cleans this library up")]
    OtherCleanup,
    #[error("nothing to look for")]
    EmptyQuery,
    #[error("a region belongs to one photo, not to {0}")]
    RegionOfMany(usize),
    #[error("the folder {0} went away while it was read")]
    RootAway(PathBuf),
    #[error("the disk with {path} is full")]
    DiskFull { path: PathBuf },
    #[error("{path} cannot be written")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the system does not say where this program lies")]
    NoProgram(#[source] std::io::Error),
    #[error("the system gives no thread to work on")]
    NoThread(#[source] std::io::Error),
    #[error("a part of Likeness failed while it was {0}")]
    Panicked(&'static str),
    #[error(transparent)]
    Store(#[from] likeness_store::Error),
    #[error(transparent)]
    Find(likeness_scan::FindError),
    #[error(transparent)]
    Decode(#[from] likeness_decode::DecodeError),
    #[error(transparent)]
    Embed(#[from] likeness_embed::EmbedError),
    #[error(transparent)]
    Lesson(likeness_embed::HeadError),
    #[error(transparent)]
    Cluster(likeness_cluster::ClusterError),
    #[error(transparent)]
    Contexts(likeness_contexts::ContextError),
    #[error(transparent)]
    Projection(#[from] likeness_contexts::ProjectionError),
    #[error(transparent)]
    Layout(likeness_layout::LayoutError),
    #[error(transparent)]
    Index(#[from] likeness_neighbors::IndexError),
    #[error(transparent)]
    Query(#[from] likeness_neighbors::QueryError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

// A job that was cancelled ends with one error, whatever it was at.

impl From<likeness_scan::FindError> for Error {
    fn from(error: likeness_scan::FindError) -> Self {
        match error {
            likeness_scan::FindError::Cancelled(cancelled) => Error::Cancelled(cancelled),
            error => Error::Find(error),
        }
    }
}

impl From<likeness_cluster::ClusterError> for Error {
    fn from(error: likeness_cluster::ClusterError) -> Self {
        match error {
            likeness_cluster::ClusterError::Cancelled(cancelled) => Error::Cancelled(cancelled),
            error => Error::Cluster(error),
        }
    }
}

impl From<likeness_contexts::ContextError> for Error {
    fn from(error: likeness_contexts::ContextError) -> Self {
        match error {
            likeness_contexts::ContextError::Cancelled(cancelled) => Error::Cancelled(cancelled),
            error => Error::Contexts(error),
        }
    }
}

impl From<likeness_layout::LayoutError> for Error {
    fn from(error: likeness_layout::LayoutError) -> Self {
        match error {
            likeness_layout::LayoutError::Cancelled(cancelled) => Error::Cancelled(cancelled),
            error => Error::Layout(error),
        }
    }
}

impl From<likeness_cluster::ShapeError> for Error {
    fn from(error: likeness_cluster::ShapeError) -> Self {
        Error::Cluster(error.into())
    }
}

impl Error {
    /// Whether a folder was gone that somebody removed while it was looked at.
    pub(crate) fn is_removed_folder(&self) -> bool {
        matches!(self, Error::UnknownFolder(_) | Error::Store(likeness_store::Error::UnknownFolder(_)))
    }

    /// What writing to `path` ended with; a full disk has its own name.
    pub(crate) fn writing(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::DiskFull { path },
            _ => Error::Write { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use likeness_cluster::ClusterError;
    use likeness_scan::FindError;

    use super::*;

    #[test]
    fn a_cancelled_job_says_so_wherever_it_was() {
        assert!(matches!(Error::from(FindError::Cancelled(Cancelled)), Error::Cancelled(_)));
        assert!(matches!(Error::from(ClusterError::Cancelled(Cancelled)), Error::Cancelled(_)));
    }
}
