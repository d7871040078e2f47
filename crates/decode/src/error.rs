//! Why a file did not become a picture, and how that is said to the person whose file it is.

use std::io;

use likeness_domain::{PictureFormat, Problem, Stage};
use serde::{Deserialize, Serialize};

/// Why a file did not become a picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A folder, pipe, socket or device.
    #[error("this is not an ordinary file")]
    NotAFile,
    /// The file could not be opened or read.
    #[error("the file could not be read ({0})")]
    Read(#[source] io::Error),
    /// Size, times or inode were not the same after reading as before.
    #[error("the file changed while it was read")]
    ChangedWhileReading,
    /// More bytes than are ever read into memory.
    #[error("the file has {} MB, more than the {} MB that are read", .size_bytes / 1_000_000, .limit_bytes / 1_000_000)]
    TooManyBytes {
        /// The file's size.
        size_bytes: u64,
        /// What would have been read.
        limit_bytes: u64,
    },
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The bytes belong to no format that we know.
    #[error("this is not a picture in a format that Likeness knows")]
    NotAPicture,
    /// The format is known, but not this use of it, or not in this build.
    #[error("this {} file uses something that Likeness cannot show ({detail})", name(*.format))]
    Unsupported {
        /// The container.
        format: PictureFormat,
        /// The decoder's words.
        detail: String,
    },
    /// A camera file without an embedded picture.
    #[error("this RAW file holds no preview picture")]
    NoPreview,
    /// The bytes are not what the format asks for.
    #[error("the {} data are damaged ({detail})", name(*.format))]
    Damaged {
        /// The container.
        format: PictureFormat,
        /// The decoder's words.
        detail: String,
    },
    /// The picture is larger than can be decoded in bounded memory.
    #[error("the picture is too large: {width} x {height} pixels")]
    TooManyPixels {
        /// Pixels in a row, as stored.
        width: u32,
        /// Rows, as stored.
        height: u32,
    },
    /// The decoder asked for more memory than a worker may have.
    #[error("the picture needs too much memory to decode")]
    NeedsTooMuchMemory,
    /// The worker was ended at its deadline.
    #[error("the picture took longer than {seconds} s to decode")]
    TookTooLong {
        /// The deadline.
        seconds: u64,
    },
    /// The decoder panicked, or took its process down.
    #[error("the decoder crashed on this file")]
    Crashed,
    /// A picture was asked for before a file was opened, or after its worker ended.
    #[error("no file is open in this worker")]
    NothingOpen,
    /// The worker process could not be started or spoken to.
    #[error("the decoding process could not be started ({0})")]
    Worker(#[source] io::Error),
}

impl DecodeError {
    /// The problem to list for the file.
    pub fn problem(&self) -> Problem {
        let stage = match self {
            DecodeError::NotAFile
            | DecodeError::Read(_)
            | DecodeError::ChangedWhileReading
            | DecodeError::TooManyBytes { .. }
            | DecodeError::Empty => Stage::Read,
            _ => Stage::Decode,
        };
        Problem::new(stage, self.to_string())
    }
}

/// A decoder's words as a part of ours: without line breaks and the full stop.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// The format's name on screen.
fn name(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Jpeg => "JPEG",
        PictureFormat::Png => "PNG",
        PictureFormat::WebP => "WebP",
        PictureFormat::Gif => "GIF",
        PictureFormat::Bmp => "BMP",
        PictureFormat::Tiff => "TIFF",
        PictureFormat::Avif => "AVIF",
        PictureFormat::Heic => "HEIC",
        PictureFormat::JpegXl => "JPEG XL",
        PictureFormat::Raw => "RAW",
    }
}

/// A [`DecodeError`] on its way through a pipe.
#[derive(Serialize, Deserialize)]
pub(crate) enum WireError {
    NotAFile,
    ReadOs(i32),
    ReadText(String),
    ChangedWhileReading,
    TooManyBytes(u64, u64),
    Empty,
    NotAPicture,
    Unsupported(String, String),
    NoPreview,
    Damaged(String, String),
    TooManyPixels(u32, u32),
    NeedsTooMuchMemory,
    Crashed,
    NothingOpen,
}

impl From<DecodeError> for WireError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::NotAFile => WireError::NotAFile,
            DecodeError::Read(source) => match source.raw_os_error() {
                Some(code) => WireError::ReadOs(code),
                None => WireError::ReadText(source.to_string()),
            },
            DecodeError::ChangedWhileReading => WireError::ChangedWhileReading,
            DecodeError::TooManyBytes { size_bytes, limit_bytes } => {
                WireError::TooManyBytes(size_bytes, limit_bytes)
            }
            DecodeError::Empty => WireError::Empty,
            DecodeError::NotAPicture => WireError::NotAPicture,
            DecodeError::Unsupported { format, detail } => {
                WireError::Unsupported(format.word().into(), detail)
            }
            DecodeError::NoPreview => WireError::NoPreview,
            DecodeError::Damaged { format, detail } => WireError::Damaged(format.word().into(), detail),
            DecodeError::TooManyPixels { width, height } => WireError::TooManyPixels(width, height),
            DecodeError::NeedsTooMuchMemory => WireError::NeedsTooMuchMemory,
            DecodeError::NothingOpen => WireError::NothingOpen,
            DecodeError::Crashed | DecodeError::TookTooLong { .. } | DecodeError::Worker(_) => {
                WireError::Crashed
            }
        }
    }
}

impl From<WireError> for DecodeError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::NotAFile => DecodeError::NotAFile,
            WireError::ReadOs(code) => DecodeError::Read(io::Error::from_raw_os_error(code)),
            WireError::ReadText(text) => DecodeError::Read(io::Error::other(text)),
            WireError::ChangedWhileReading => DecodeError::ChangedWhileReading,
            WireError::TooManyBytes(size_bytes, limit_bytes) => {
                DecodeError::TooManyBytes { size_bytes, limit_bytes }
            }
            WireError::Empty => DecodeError::Empty,
            WireError::NotAPicture => DecodeError::NotAPicture,
            WireError::Unsupported(word, detail) => match PictureFormat::from_word(&word) {
                Some(format) => DecodeError::Unsupported { format, detail },
                None => DecodeError::Crashed,
            },
            WireError::NoPreview => DecodeError::NoPreview,
            WireError::Damaged(word, detail) => match PictureFormat::from_word(&word) {
                Some(format) => DecodeError::Damaged { format, detail },
                None => DecodeError::Crashed,
            },
            WireError::TooManyPixels(width, height) => DecodeError::TooManyPixels { width, height },
            WireError::NeedsTooMuchMemory => DecodeError::NeedsTooMuchMemory,
            WireError::Crashed => DecodeError::Crashed,
            WireError::NothingOpen => DecodeError::NothingOpen,
        }
    }
}
