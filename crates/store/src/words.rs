//! How the words of the domain are written in a column, and read back.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use likeness_domain::{
    AlbumKind, AlbumName, ColorLabel, ContentHash, FileKind, FileStamp, FileState, Flag, ModelTag, OddCause,
    PictureFormat, Problem, Rating, RelativePath, Stage, Tag,
};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Row, RowIndex};

use crate::Said;

/// Milliseconds since 1970, now.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

pub(crate) fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(crate) fn path_from(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

/// The last name of a path below a folder.
pub(crate) fn file_name(path: &[u8]) -> &OsStr {
    OsStr::from_bytes(path.rsplit(|&byte| byte == b'/').next().unwrap_or_default())
}

pub(crate) fn kind_word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Picture => "picture",
        FileKind::Companion => "companion",
        FileKind::Video => "video",
        FileKind::Other => "other",
    }
}

fn kind_from(word: &str) -> Option<FileKind> {
    [FileKind::Picture, FileKind::Companion, FileKind::Video, FileKind::Other]
        .into_iter()
        .find(|kind| kind_word(*kind) == word)
}

pub(crate) fn flag_word(flag: Flag) -> &'static str {
    match flag {
        Flag::None => "none",
        Flag::Pick => "pick",
        Flag::Reject => "reject",
    }
}

pub(crate) fn flag_from(word: &str) -> Option<Flag> {
    [Flag::None, Flag::Pick, Flag::Reject].into_iter().find(|flag| flag_word(*flag) == word)
}

fn state_from(word: &str) -> Option<FileState> {
    match word {
        "found" => Some(FileState::Found),
        "indexed" => Some(FileState::Indexed),
        "unreadable" => Some(FileState::Unreadable),
        _ => None,
    }
}

fn stage_from(word: &str) -> Option<Stage> {
    [Stage::Wait, Stage::Find, Stage::Read, Stage::Decode, Stage::Embed, Stage::Save]
        .into_iter()
        .find(|stage| stage.word() == word)
}

/// A column by its name or, for what is asked of very many rows, by its place: names are looked for in every row anew.
pub(crate) trait Column: RowIndex + Copy + Display {}

impl<T: RowIndex + Copy + Display> Column for T {}

/// Columns of a row as words of the domain. What does not fit is damage, and comes back as an error of conversion.
pub(crate) trait Columns {
    fn kind(&self, column: impl Column) -> rusqlite::Result<FileKind>;
    fn flag(&self, column: impl Column) -> rusqlite::Result<Flag>;
    fn rating(&self, column: impl Column) -> rusqlite::Result<Rating>;
    fn label(&self, column: impl Column) -> rusqlite::Result<ColorLabel>;
    fn tag_path(&self, column: impl Column) -> rusqlite::Result<Tag>;
    fn album_kind(&self, column: impl Column) -> rusqlite::Result<AlbumKind>;
    fn album_name(&self, column: impl Column) -> rusqlite::Result<AlbumName>;
    fn said(&self, column: impl Column) -> rusqlite::Result<Said>;
    /// `None` where there is none, or none was looked for yet.
    fn odd_cause(&self, column: impl Column) -> rusqlite::Result<Option<OddCause>>;
    fn format(&self, column: impl Column) -> rusqlite::Result<PictureFormat>;
    fn hash(&self, column: impl Column) -> rusqlite::Result<ContentHash>;
    fn tag(&self, column: impl Column) -> rusqlite::Result<ModelTag>;
    fn path_below(&self, column: impl Column) -> rusqlite::Result<RelativePath>;
    fn path(&self, column: impl Column) -> rusqlite::Result<PathBuf>;
    /// From `state` and `missing_since_ms`; `None` of a file that is no picture and is there.
    fn file_state(&self) -> rusqlite::Result<Option<FileState>>;
    /// From the five columns of a stamp.
    fn stamp(&self) -> rusqlite::Result<FileStamp>;
    /// From `<what>_stage` and `<what>_reason`.
    fn problem(&self, what: &str) -> rusqlite::Result<Option<Problem>>;
}

impl Columns for Row<'_> {
    fn kind(&self, column: impl Column) -> rusqlite::Result<FileKind> {
        word(self, column, kind_from)
    }

    fn flag(&self, column: impl Column) -> rusqlite::Result<Flag> {
        word(self, column, flag_from)
    }

    fn rating(&self, column: impl Column) -> rusqlite::Result<Rating> {
        let stars: u8 = self.get(column)?;
        Rating::new(stars).ok_or_else(|| damaged(Type::Integer, column))
    }

    fn label(&self, column: impl Column) -> rusqlite::Result<ColorLabel> {
        word(self, column, ColorLabel::from_word)
    }

    fn tag_path(&self, column: impl Column) -> rusqlite::Result<Tag> {
        word(self, column, |text| text.parse().ok())
    }

    fn album_kind(&self, column: impl Column) -> rusqlite::Result<AlbumKind> {
        word(self, column, AlbumKind::from_word)
    }

    fn album_name(&self, column: impl Column) -> rusqlite::Result<AlbumName> {
        word(self, column, |text| text.parse().ok())
    }

    fn said(&self, column: impl Column) -> rusqlite::Result<Said> {
        word(self, column, Said::from_word)
    }

    fn odd_cause(&self, column: impl Column) -> rusqlite::Result<Option<OddCause>> {
        let text = self.get_ref(column)?.as_str_or_null().map_err(|_| damaged(Type::Text, column))?;
        Ok(text.and_then(OddCause::from_word))
    }

    fn format(&self, column: impl Column) -> rusqlite::Result<PictureFormat> {
        word(self, column, PictureFormat::from_word)
    }

    fn hash(&self, column: impl Column) -> rusqlite::Result<ContentHash> {
        self.get(column).map(ContentHash)
    }

    fn tag(&self, column: impl Column) -> rusqlite::Result<ModelTag> {
        word(self, column, |text| text.parse().ok())
    }

    fn path_below(&self, column: impl Column) -> rusqlite::Result<RelativePath> {
        RelativePath::from_bytes(self.get(column)?).map_err(|_| damaged(Type::Blob, column))
    }

    fn path(&self, column: impl Column) -> rusqlite::Result<PathBuf> {
        self.get(column).map(path_from)
    }

    fn file_state(&self) -> rusqlite::Result<Option<FileState>> {
        if self.get_ref("missing_since_ms")?.data_type() != Type::Null {
            return Ok(Some(FileState::Missing));
        }
        match self.get_ref("state")?.as_str_or_null().map_err(|_| damaged(Type::Text, "state"))? {
            None => Ok(None),
            Some(text) => state_from(text).map(Some).ok_or_else(|| damaged(Type::Text, "state")),
        }
    }

    fn stamp(&self) -> rusqlite::Result<FileStamp> {
        // Unsigned numbers of the file system go through the database bit for bit.
        let unsigned = |column| self.get::<_, i64>(column).map(|value| value as u64);
        Ok(FileStamp {
            size_bytes: unsigned("size_bytes")?,
            modified_ns: self.get("modified_ns")?,
            changed_ns: self.get("changed_ns")?,
            inode: unsigned("inode")?,
            device: unsigned("device")?,
        })
    }

    fn problem(&self, what: &str) -> rusqlite::Result<Option<Problem>> {
        let reason: Option<String> = self.get(&*format!("{what}_reason"))?;
        let Some(reason) = reason else { return Ok(None) };
        Ok(Some(Problem { stage: word(self, &*format!("{what}_stage"), stage_from)?, reason }))
    }
}

fn word<T>(row: &Row<'_>, column: impl Column, read: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|_| damaged(Type::Text, column))?;
    read(text).ok_or_else(|| damaged(Type::Text, column))
}

fn damaged(kind: Type, column: impl Column) -> rusqlite::Error {
    let source = FromSqlError::Other(format!("unknown value in column {column}").into());
    rusqlite::Error::FromSqlConversionFailure(0, kind, Box::new(source))
}
