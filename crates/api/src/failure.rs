//! Errors in words: a stable code, what happened, and what to do next. Snapshots pin the sentences.

use std::error::Error as _;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

use likeness_domain::{AlbumNameError, ModelTag, RegionError, TagError};
use likeness_library::{Error, HeadError, store};

use crate::wire::Failure;

/// Turns the library's errors into words.
pub(crate) trait Words<T> {
    fn in_words(self) -> Result<T, Failure>;
}

impl<T> Words<T> for Result<T, Error> {
    fn in_words(self) -> Result<T, Failure> {
        self.map_err(|error| of(&error))
    }
}

impl<T> Words<T> for Result<T, store::Error> {
    fn in_words(self) -> Result<T, Failure> {
        self.map_err(|error| of(&Error::Store(error)))
    }
}

fn failure(code: &str, what: impl Into<String>, hint: impl Into<String>) -> Failure {
    let hint: String = hint.into();
    Failure { code: code.into(), what: what.into(), hint: (!hint.is_empty()).then_some(hint) }
}

/// The error with its causes, from the outside in.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

/// An error of the library in words.
pub(crate) fn of(error: &Error) -> Failure {
    let what = chain(error);
    let (code, hint) = match error {
        Error::NoHome => ("noHome", "Name a folder for the library with --library."),
        Error::NoFolder { .. } => ("noFolder", "Check that the folder exists and that you may read it."),
        Error::OwnFolder { .. } => ("ownFolder", "Choose a folder with your photos."),
        Error::LibraryInside { .. } => (
            "libraryInside",
            "Choose a folder that does not hold the library, or keep the library elsewhere.",
        ),
        Error::UnknownFolder(_) => ("unknownFolder", "See the folders of the library with: likeness folders"),
        Error::UnknownPhoto(_) => ("unknownPhoto", "See the photos of the library with: likeness photos"),
        Error::PhotoAway(_) => {
            ("photoAway", "Connect the drive that it lies on, or look again for what changed.")
        }
        Error::NoModel(_) => ("noModel", "Install Likeness again: its built-in model is damaged."),
        Error::EmptyQuery => ("wrongUsage", "Name at least one photo."),
        Error::RegionOfMany(_) => ("wrongUsage", "Mark a region of one photo only."),
        Error::TooFewClasses(_) => {
            ("tooFewClasses", "Put the pictures of each class into a folder of their own.")
        }
        Error::TooFewExamples(_) => ("tooFewExamples", "Choose more photos that belong together."),
        Error::Lesson(HeadError::TooFew { .. }) => {
            ("tooFewAlbums", "Make two albums or more with eight photos each.")
        }
        Error::NoParts(_) => ("noParts", "Only what has parts can be split."),
        Error::OtherCleanup => ("otherCleanup", "Wait until it is done, then try again."),
        Error::MergeOfOne => ("wrongUsage", "Name two suggestions or more."),
        Error::TooFewPhotos { .. } => ("tooFewPhotos", "Ask for fewer clusters."),
        Error::RootAway(_) => ("folderAway", "Connect the drive; Likeness goes on by itself."),
        Error::DiskFull { .. } | Error::Store(store::Error::DiskFull { .. }) => {
            ("diskFull", "Make room on that disk; Likeness goes on where it stopped.")
        }
        Error::Write { .. } => {
            ("cannotWrite", "Check that the folder is there and that you may write to it.")
        }
        Error::Store(store::Error::UnknownPhoto(_)) => {
            ("unknownPhoto", "See the photos of the library with: likeness photos")
        }
        Error::Store(store::Error::UnknownTag(_)) => {
            ("unknownTag", "See the tags of the library with: likeness tags vocabulary")
        }
        Error::Store(store::Error::UnknownAlbum(_)) => {
            ("unknownAlbum", "See the albums of the library with: likeness albums list")
        }
        Error::Store(store::Error::UnknownSuggestion(_)) => {
            ("unknownSuggestion", "See what is suggested with: likeness albums suggested")
        }
        Error::Store(store::Error::UnknownCleanup(_)) => {
            ("unknownCleanup", "See what was cleaned up with: likeness cleanup history")
        }
        Error::Store(store::Error::AlbumTaken(_)) => ("albumTaken", "Choose another name."),
        Error::Store(store::Error::NotByHand(_)) => {
            ("wrongUsage", "Put the photos into an album by hand, or change what the search asks.")
        }
        Error::Store(store::Error::NotTaught(_)) => {
            ("wrongUsage", "Let it learn from its photos first: likeness albums teach ALBUM")
        }
        Error::Store(store::Error::AsksForItself(_)) => ("wrongUsage", "Ask for another album."),
        Error::Store(
            store::Error::TagInItself { .. }
            | store::Error::AlbumInItself(_)
            | store::Error::NoSearch(_)
            | store::Error::NotInAlbum { .. },
        ) => ("wrongUsage", ""),
        Error::Store(store::Error::Newer { .. }) => ("newerLibrary", "Use the newer Likeness that made it."),
        Error::Store(store::Error::Corrupt { .. }) => {
            ("corruptCatalog", "Run: likeness doctor --repair, or put back a backup of the library.")
        }
        Error::Store(store::Error::Io { .. } | store::Error::ReadOnly { .. }) => (
            "cannotWrite",
            "Check that you may write to the library's folder, or let the library lie elsewhere: --library DIR",
        ),
        Error::Store(_) => ("catalog", "Run: likeness doctor"),
        Error::NoProgram(_) => ("noProgram", "Start Likeness again by its whole path."),
        Error::NoThread(_) => ("noThread", "Close other programs and try again."),
        Error::Panicked(_) => ("bug", "This is a bug of Likeness. Nothing is lost; try again."),
        Error::Find(_) => ("cannotList", "Check that the folder is there and that you may read it."),
        Error::Decode(_) => ("notAPicture", "Try another file."),
        Error::Contexts(_)
        | Error::Projection(_)
        | Error::Lesson(_)
        | Error::Embed(_)
        | Error::Cluster(_)
        | Error::Layout(_)
        | Error::Index(_)
        | Error::Query(_) => ("search", "Run: likeness doctor"),
        Error::Cancelled(_) => ("cancelled", ""),
    };
    failure(code, what, hint)
}

pub(crate) fn nothing_in_trash() -> Failure {
    failure("nothingInTrash", "nothing that was cleaned up lies in the trash", "")
}

/// Of a batch that was ended in the middle: what was done holds.
pub(crate) fn cancelled() -> Failure {
    failure(
        "cancelled",
        "cancelled; what was moved before is in the history",
        "Take it back with: likeness cleanup undo",
    )
}

/// Of a batch that could not go on: nothing moves without a journal.
pub(crate) fn no_journal(error: &store::Error) -> Failure {
    failure(
        "noJournal",
        format!("nothing more was moved, because the journal could not be written: {error}"),
        "Make room where the library lies, then go on.",
    )
}

pub(crate) fn unknown_format(word: &str) -> Failure {
    failure(
        "wrongUsage",
        format!("\"{word}\" is no format"),
        "Formats are jpeg, png, webp, gif, bmp, tiff, avif, heic, jxl and raw.",
    )
}

pub(crate) fn no_tag(error: &TagError) -> Failure {
    failure("wrongUsage", error.to_string(), "Write Dogs, or Animals|Dogs for Dogs below Animals.")
}

pub(crate) fn no_album_name(error: &AlbumNameError) -> Failure {
    failure("wrongUsage", error.to_string(), "Choose another name.")
}

pub(crate) fn wrong_rating(stars: u8) -> Failure {
    failure("wrongUsage", format!("{stars} stars are too many"), "Ratings go from 0 to 5.")
}

pub(crate) fn wrong_region(error: &RegionError) -> Failure {
    failure("wrongUsage", error.to_string(), "For the left half: 0,0,0.5,1")
}

pub(crate) fn wrong_usage(what: impl Into<String>, hint: impl Into<String>) -> Failure {
    failure("wrongUsage", what, hint)
}

pub(crate) fn no_source_folder(path: &Path) -> Failure {
    failure(
        "unknownFolder",
        format!("{} is no source folder", path.display()),
        "See the folders of the library with: likeness folders",
    )
}

pub(crate) fn not_in_library(path: &Path) -> Failure {
    failure(
        "unknownFolder",
        format!("{} lies in no source folder", path.display()),
        "See the folders of the library with: likeness folders",
    )
}

pub(crate) fn neither_file_nor_id(typed: &OsStr) -> Failure {
    failure(
        "unknownPhoto",
        format!("\"{}\" is no file and no photo id", typed.display()),
        "See the photos of the library with: likeness photos",
    )
}

pub(crate) fn no_photo_at(path: &Path) -> Failure {
    failure(
        "unknownPhoto",
        format!("{} is no photo of the library", path.display()),
        "See the photos of the library with: likeness photos",
    )
}

pub(crate) fn no_conflict(picture: i64) -> Failure {
    failure(
        "unknownConflict",
        format!("no sidecar is in conflict about picture {picture}"),
        "See the conflicts with: likeness sidecars conflicts",
    )
}

pub(crate) fn unknown_album(typed: &str) -> Failure {
    failure(
        "unknownAlbum",
        format!("there is no album \"{typed}\""),
        "See the albums of the library with: likeness albums list",
    )
}

pub(crate) fn unknown_model(asked: &str, in_use: &ModelTag) -> Failure {
    failure("unknownModel", format!("there is no model {asked}"), format!("The model in use is {in_use}."))
}

pub(crate) fn relative_path(path: &Path) -> Failure {
    failure(
        "wrongUsage",
        format!("{} does not start at the root", path.display()),
        "Give the folder's whole path.",
    )
}

pub(crate) fn forgotten_picture() -> Failure {
    failure("unknownPicture", "Likeness has forgotten this picture", "Drop or paste it again.")
}

pub(crate) fn no_pictures(folder: &Path) -> Failure {
    failure(
        "noPictures",
        format!("{} holds no pictures that can be read", folder.display()),
        "Name another folder.",
    )
}

/// Whether a file can lie there: said before the work that it is for, and not after.
pub(crate) fn check_place(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_there = std::fs::read_dir(folder).map(drop);
    let is_file = if file.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) };
    is_there.and(is_file).map_err(|error| unwritable(file, &error))
}

pub(crate) fn no_query_picture(path: &Path) -> Failure {
    failure(
        "notAPicture",
        format!("{} is no picture file of up to 256 MB", path.display()),
        "Try another file.",
    )
}

/// Of a NumPy file that was to hold vectors.
pub(crate) fn no_vectors(npy: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidData => failure(
            "notVectors",
            format!("{} holds no vectors: {error}", npy.display()),
            "Save a row for each picture: numpy.save(\"X.npy\", numpy.ascontiguousarray(rows, \"float32\"))",
        ),
        _ => unreadable(npy, error),
    }
}

pub(crate) fn misfit(npy: &Path, folder: &Path, what: &str) -> Failure {
    failure(
        "misfit",
        format!("{} does not fit: {what}", npy.display()),
        format!(
            "Its rows, and the names beside it, are to be those of: likeness embed {} --out X.npy",
            folder.display()
        ),
    )
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    failure(
        "unreadable",
        format!("{} cannot be read: {error}", path.display()),
        "Check that the file is there and that you may read it.",
    )
}

pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    failure(
        "cannotWrite",
        format!("{} cannot be written: {error}", path.display()),
        "Check that the folder is there and that you may write to it.",
    )
}

pub(crate) fn no_program(program: &str, error: &io::Error) -> Failure {
    failure("noProgram", format!("no {program} could be started: {error}"), "Open it yourself.")
}
