//! Albums: photos that belong together because a person says so.

use std::fmt;
use std::str::FromStr;

use crate::SEPARATOR;

/// How an album comes by its photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlbumKind {
    /// They were put into it, in an order.
    Hand,
    /// It is a question that is saved, and answered whenever it is opened.
    Search,
    /// It was shown examples, and photos that it proposed were confirmed.
    Taught,
}

impl AlbumKind {
    /// All of them.
    pub const ALL: [AlbumKind; 3] = [AlbumKind::Hand, AlbumKind::Search, AlbumKind::Taught];

    /// The word in the catalog and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            AlbumKind::Hand => "hand",
            AlbumKind::Search => "search",
            AlbumKind::Taught => "taught",
        }
    }

    /// The kind that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The name of an album: a visible character at least, no white space at its ends, no control characters, no
/// [`SEPARATOR`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlbumName(String);

/// The text is no name for an album.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no name for an album: it needs a letter, and has no {SEPARATOR}")]
pub struct AlbumNameError(String);

impl AlbumName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AlbumName {
    type Err = AlbumNameError;

    fn from_str(text: &str) -> Result<Self, AlbumNameError> {
        let name = text.trim();
        let hides = |c: char| c.is_control() || c == SEPARATOR;
        if name.is_empty() || name.contains(hides) || name.len() > 1000 {
            return Err(AlbumNameError(text.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for AlbumName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_something_and_no_more_than_a_name() {
        assert_eq!(" Rome / 2024 ".parse::<AlbumName>().expect("a name").as_str(), "Rome / 2024");
        for text in ["", "  ", "a|b", "a\nb"] {
            assert!(text.parse::<AlbumName>().is_err(), "{text:?}");
        }
    }
}
