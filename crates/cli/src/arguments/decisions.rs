//! What can be typed about tags, albums and sidecars.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use likeness_api::wire::SideWord;

use super::Filters;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Tags {
    /// Photos whose tags to list: ids, or files of the library; all that have tags when none is named
    #[arg(value_name = "PHOTO")]
    pub photos: Vec<OsString>,
    #[command(subcommand)]
    pub action: Option<TagAction>,
}

#[derive(Debug, Subcommand)]
pub enum TagAction {
    /// Give photos a tag
    Confirm(TagPhotos),
    /// Take a tag from photos
    Reject(TagPhotos),
    /// List all tags, or change them everywhere
    Vocabulary(Vocabulary),
}

#[derive(Debug, Args)]
pub struct TagPhotos {
    /// Such as Dogs, or 'Animals|Dogs' for Dogs below Animals
    pub tag: String,
    /// Ids, or files of the library
    #[arg(value_name = "PHOTO", required = true)]
    pub photos: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Vocabulary {
    #[command(subcommand)]
    pub action: Option<VocabularyAction>,
}

#[derive(Debug, Subcommand)]
pub enum VocabularyAction {
    /// Rename a tag, or move it below another one, with all below it
    Rename {
        /// The tag
        old: String,
        /// What it becomes; when that is there already, both become one
        new: String,
    },
    /// Make several tags one
    Merge {
        /// The tags
        #[arg(value_name = "TAG", required = true)]
        tags: Vec<String>,
        /// The tag that stays
        #[arg(long, value_name = "TAG")]
        into: String,
    },
    /// Take a tag and all below it from all photos
    Remove {
        /// The tag
        tag: String,
    },
}

#[derive(Debug, Args)]
pub struct Albums {
    #[command(subcommand)]
    pub action: AlbumAction,
}

/// An album is named by where it lies ('Trips|Rome'), by its name where only one has it, or by its id.
#[derive(Debug, Subcommand)]
pub enum AlbumAction {
    /// List all albums
    List,
    /// List the photos of an album, in its order
    Show {
        /// Its name, or 'Trips|Rome' for Rome in Trips
        album: String,
    },
    /// Make an album of photos, or a saved search of what they are to be like
    Create(Box<CreateAlbum>),
    #[command(flatten)]
    Learned(SuggestionAction),
    /// Put photos into an album
    Add(AlbumPhotos),
    /// Take photos out of an album; they stay in the library
    Remove(AlbumPhotos),
    /// Rename an album
    Rename {
        /// The album
        album: String,
        /// Its new name
        name: String,
    },
    /// Move an album into another one, or out of all
    Move {
        /// The album
        album: String,
        /// The album that it is to lie in
        #[arg(long = "in", value_name = "ALBUM")]
        within: Option<String>,
    },
    /// Choose the photo that stands for an album; without one the album chooses
    Cover {
        /// The album
        album: String,
        /// An id, or a file of the library
        photo: Option<OsString>,
    },
    /// Delete an album and the albums in it; their photos stay in the library
    Delete {
        /// The album
        album: String,
    },
    /// Copy the photos of an album into a folder; nothing there is overwritten
    Export {
        /// The album
        album: String,
        /// The folder, which is made when it is not there
        folder: PathBuf,
    },
}

/// What can be done with albums that Likeness suggests, and with what taught albums propose.
#[derive(Debug, Subcommand)]
pub enum SuggestionAction {
    /// List the albums that Likeness suggests, or the parts of one; see also: likeness clusters --save
    Suggested {
        /// The number of a suggestion, to list its parts
        suggestion: Option<i64>,
    },
    /// Make suggestions albums
    Keep {
        /// Numbers of suggestions
        #[arg(value_name = "SUGGESTION", required = true)]
        suggestions: Vec<i64>,
        /// What the album is called; without it as it was suggested
        #[arg(long)]
        name: Option<String>,
        /// The album that it is to lie in
        #[arg(long = "in", value_name = "ALBUM")]
        within: Option<String>,
    },
    /// Call a suggestion by another name; it stays as it is from then on
    Name {
        /// Its number
        suggestion: i64,
        /// Its new name
        name: String,
    },
    /// Let a suggestion come before others; it stays as it is from then on
    Pin {
        /// Its number
        suggestion: i64,
    },
    /// Send suggestions away, and what goes on from them
    Dismiss {
        /// Numbers of suggestions
        #[arg(value_name = "SUGGESTION", required = true)]
        suggestions: Vec<i64>,
    },
    /// Let the parts of a suggestion take its place
    Split {
        /// Its number
        suggestion: i64,
    },
    /// Make several suggestions one
    Merge {
        /// Their numbers
        #[arg(value_name = "SUGGESTION", required = true, num_args = 2..)]
        suggestions: Vec<i64>,
    },
    /// Let an album learn from three photos or more, and list photos that may belong there; a new name makes a new album
    Teach {
        /// The album
        album: String,
        /// More photos that belong: ids, or files of the library
        #[arg(value_name = "PHOTO")]
        photos: Vec<OsString>,
    },
    /// Say that proposed photos belong into an album, and list what it proposes now
    Yes(AlbumPhotos),
    /// Say that proposed photos do not belong into an album, and list what it proposes now
    No(AlbumPhotos),
}

#[derive(Debug, Args)]
pub struct CreateAlbum {
    /// The new album
    #[arg(id = "new", value_name = "NAME")]
    pub name: String,
    /// Photos to put into it: ids, or files of the library
    #[arg(value_name = "PHOTO")]
    pub photos: Vec<OsString>,
    /// The album that it is to lie in
    #[arg(long = "in", value_name = "ALBUM")]
    pub within: Option<String>,
    #[command(flatten)]
    pub filters: Filters,
}

#[derive(Debug, Args)]
pub struct AlbumPhotos {
    /// The album
    pub album: String,
    /// Ids, or files of the library
    #[arg(value_name = "PHOTO", required = true)]
    pub photos: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Sidecars {
    #[command(subcommand)]
    pub action: Option<SidecarAction>,
}

#[derive(Debug, Subcommand)]
pub enum SidecarAction {
    /// Write what is decided, and was decided before, into XMP files beside photos
    On,
    /// Write no more; what was written stays
    Off,
    /// List pictures whose sidecar says something else than was decided here
    Conflicts,
    /// End a conflict
    Settle {
        /// The picture, as `sidecars conflicts` names it
        picture: i64,
        /// Whose decision holds: yours in this library, or the one in the sidecar
        #[arg(value_parser = side)]
        take: SideWord,
    },
}

fn side(text: &str) -> Result<SideWord, String> {
    match text {
        "here" => Ok(SideWord::Here),
        "there" => Ok(SideWord::There),
        _ => Err("it is here or there".into()),
    }
}
