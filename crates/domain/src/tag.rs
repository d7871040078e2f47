//! Tags: words for photos, in a hierarchy. `Animals|Dogs|Rex` lies below `Animals|Dogs`.

use std::fmt;
use std::str::FromStr;

/// What parts of tags, and albums within albums, are joined by. No part holds it.
pub const SEPARATOR: char = '|';

/// The longest tag, in bytes.
const LONGEST: usize = 1000;

/// A tag with the tags that it lies below: parts joined by [`SEPARATOR`], each with a visible character, without white
/// space at its ends and without control characters. Capitals and small letters make different tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

/// The text is no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no tag: each part between | needs a letter, and there is room for {LONGEST} bytes")]
pub struct TagError(String);

impl Tag {
    /// The parts joined.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit(SEPARATOR).next().unwrap_or_default()
    }

    /// The tag that this one lies directly below.
    pub fn parent(&self) -> Option<Tag> {
        self.0.rsplit_once(SEPARATOR).map(|(parent, _)| Tag(parent.to_owned()))
    }

    /// Whether this is `other` or lies below it.
    pub fn is_under(&self, other: &Tag) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with(SEPARATOR))
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let parts: Vec<&str> = text.split(SEPARATOR).map(str::trim).collect();
        let is_part = |part: &&str| !part.is_empty() && !part.chars().any(char::is_control);
        let tag = parts.join("|");
        if parts.iter().all(is_part) && tag.len() <= LONGEST {
            Ok(Self(tag))
        } else {
            Err(TagError(text.to_owned()))
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Tag {
        text.parse().expect("a tag")
    }

    #[test]
    fn a_tag_knows_what_it_lies_below() {
        let rex = tag(" Animals | Dogs|Rex ");
        assert_eq!((rex.as_str(), rex.name()), ("Animals|Dogs|Rex", "Rex"));
        assert_eq!(rex.parent(), Some(tag("Animals|Dogs")));
        assert_eq!(tag("Animals").parent(), None);
        assert!(rex.is_under(&tag("Animals")) && rex.is_under(&rex));
        assert!(!tag("Animals|Dogsled").is_under(&tag("Animals|Dogs")));
        assert!(!tag("Animals").is_under(&rex));
    }

    #[test]
    fn what_has_an_empty_part_or_hides_something_is_no_tag() {
        for text in ["", " ", "|", "a||b", "a|", "a\u{7}", "a|\n b\nc", &"x".repeat(1001)] {
            assert_eq!(text.parse::<Tag>(), Err(TagError(text.to_owned())));
        }
        assert!("Éire|Baile Átha Cliath".parse::<Tag>().is_ok());
    }
}
