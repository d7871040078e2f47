//! Where the two files of a pair may lie: what is asked of groups beside how alike their files are.

use likeness_domain::{FolderId, RelativePath};

/// Which pairs are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Among {
    /// All.
    #[default]
    Everything,
    /// Those that lie in different ones of these folders: in different source folders where none is named. Of folders that
    /// lie in each other a file lies in the innermost; what lies in none of them is not looked at.
    DifferentFolders(Vec<ChosenFolder>),
    /// Those that lie in one and the same folder.
    OneFolder,
    /// Those of which one lies in a protected folder and the other does not.
    ProtectedAndOthers,
}

/// A source folder, or a folder below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChosenFolder {
    /// The source folder.
    pub source: FolderId,
    /// Below it; the root for all of it.
    pub path: RelativePath,
}

impl ChosenFolder {
    /// All of a source folder.
    pub fn whole(source: FolderId) -> Self {
        Self { source, path: RelativePath::ROOT }
    }
}

/// Where a file lies, as far as that matters here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) source: FolderId,
    /// Of the file itself.
    pub(super) path: &'a RelativePath,
    pub(super) is_protected: bool,
}

impl Among {
    /// Whether files that lie there are looked at with any others.
    pub(super) fn has(&self, spot: Spot<'_>) -> bool {
        match self {
            Among::DifferentFolders(chosen) if !chosen.is_empty() => spot.innermost(chosen).is_some(),
            _ => true,
        }
    }

    /// Whether two files that lie there are looked at with each other.
    pub(super) fn has_pair(&self, a: Spot<'_>, b: Spot<'_>) -> bool {
        match self {
            Among::Everything => true,
            Among::DifferentFolders(chosen) if chosen.is_empty() => a.source != b.source,
            Among::DifferentFolders(chosen) => {
                let (first, second) = (a.innermost(chosen), b.innermost(chosen));
                first.is_some() && second.is_some() && first != second
            }
            Among::OneFolder => a.source == b.source && a.path.parent() == b.path.parent(),
            Among::ProtectedAndOthers => a.is_protected != b.is_protected,
        }
    }
}

impl Spot<'_> {
    fn innermost<'c>(&self, chosen: &'c [ChosenFolder]) -> Option<&'c ChosenFolder> {
        let around =
            chosen.iter().filter(|folder| folder.source == self.source && self.path.is_under(&folder.path));
        around.max_by_key(|folder| folder.path.as_bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelativePath {
        RelativePath::from_bytes(text.into()).expect("a path")
    }

    fn chosen(folders: &[(i64, &str)]) -> Among {
        let folders = folders.iter();
        Among::DifferentFolders(
            folders
                .map(|(source, below)| ChosenFolder { source: FolderId(*source), path: path(below) })
                .collect(),
        )
    }

    /// Pairs of these files, by their places in the list.
    fn pairs(among: &Among, files: &[(i64, &str)]) -> Vec<(usize, usize)> {
        let paths: Vec<RelativePath> = files.iter().map(|(_, text)| path(text)).collect();
        let spot =
            |at: usize| Spot { source: FolderId(files[at].0), path: &paths[at], is_protected: at == 0 };
        let all = (0..files.len()).flat_map(|a| (a + 1..files.len()).map(move |b| (a, b)));
        let found: Vec<(usize, usize)> = all.filter(|&(a, b)| among.has_pair(spot(a), spot(b))).collect();
        for &(a, b) in &found {
            assert!(among.has_pair(spot(b), spot(a)) && among.has(spot(a)) && among.has(spot(b)));
        }
        found
    }

    #[test]
    fn pairs_lie_where_they_were_asked_for() {
        let files = [(1, "a/1.jpg"), (1, "a/2.jpg"), (1, "ab/3.jpg"), (2, "a/4.jpg")];
        assert_eq!(pairs(&Among::Everything, &files).len(), 6);
        assert_eq!(pairs(&Among::OneFolder, &files), [(0, 1)]);
        assert_eq!(pairs(&Among::ProtectedAndOthers, &files), [(0, 1), (0, 2), (0, 3)]);
        assert_eq!(pairs(&chosen(&[]), &files), [(0, 3), (1, 3), (2, 3)]);
        assert_eq!(pairs(&chosen(&[(1, ""), (2, "")]), &files), [(0, 3), (1, 3), (2, 3)]);
        assert_eq!(pairs(&chosen(&[(1, "a"), (1, "ab")]), &files), [(0, 2), (1, 2)]);
        assert_eq!(pairs(&chosen(&[(1, "a"), (3, "")]), &files), []);
    }

    #[test]
    fn of_folders_in_each_other_the_innermost_has_the_file() {
        let files = [(1, "1.jpg"), (1, "a/2.jpg"), (1, "a/b/3.jpg"), (1, "a/b/4.jpg")];
        let nested = chosen(&[(1, ""), (1, "a/b")]);
        assert_eq!(pairs(&nested, &files), [(0, 2), (0, 3), (1, 2), (1, 3)]);
    }
}
