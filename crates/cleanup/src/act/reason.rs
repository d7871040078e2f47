//! Why a file was not moved, in words for the person whose file it is.

use std::path::PathBuf;

/// Why something did not go to the trash, or did not come back. The words are kept in the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Reason {
    #[error("it lies in a protected folder")]
    Protected,
    #[error("{root} cannot be reached: {why}", root = .root.display())]
    Away { root: PathBuf, why: String },
    #[error("another drive lies at {root}", root = .root.display())]
    Foreign { root: PathBuf },
    #[error("the drive with {path} can only be read", path = .path.display())]
    ReadOnly { path: PathBuf },
    #[error("files in {folder} may not be moved by you", folder = .folder.display())]
    NotPermitted { folder: PathBuf },
    #[error("it is not there any more")]
    Gone,
    #[error("it was changed since")]
    Changed,
    #[error("it is a link to another file")]
    Link,
    #[error("it cannot be opened: {0}")]
    Unreadable(String),
    #[error("{path}, which would stay, is not there any more", path = .path.display())]
    SurvivorGone { path: PathBuf },
    #[error("{path}, which would stay, was changed since", path = .path.display())]
    SurvivorChanged { path: PathBuf },
    #[error("{path}, which would stay, cannot be opened: {why}", path = .path.display())]
    SurvivorUnreadable { path: PathBuf, why: String },
    #[error("{path}, which would stay, is to go as well", path = .path.display())]
    SurvivorGoes { path: PathBuf },
    #[error("{path}, which would stay, is the same file under another name", path = .path.display())]
    SameFile { path: PathBuf },
    #[error("what would stay for it is not there any more")]
    NothingStays,
    #[error("nothing says that it is like {path}, which would stay", path = .path.display())]
    NotAlike { path: PathBuf },
    #[error("it is the last copy of its photo")]
    LastCopy,
    #[error("{name} belongs to it and has no other copy")]
    PartnerHasNoCopy { name: String },
    #[error("it is listed twice")]
    ListedTwice,
    #[error("{name} lies beside it since")]
    Beside { name: String },
    #[error("its drive has no trash: {0}")]
    NoTrash(String),
    #[error("its name is too long for the trash")]
    NameTooLong,
    #[error("it could not be moved to the trash: {0}")]
    NotTrashed(String),
    #[error("the drive with {path} is full", path = .path.display())]
    DriveFull { path: PathBuf },
    #[error("it is not in the trash any more")]
    NotInTrash,
    #[error("what lies in the trash under its name is another file")]
    OtherInTrash,
    #[error("it could not be put back: {0}")]
    NotPutBack(String),
    #[error("Likeness ended in the middle")]
    Interrupted,
    #[error("the journal could not be written: {0}")]
    NoJournal(String),
}
