//! Source folders lie elsewhere by now: a drive is mounted at another place, a folder has another name. What the journal says
//! of their files, and of the trash of their drive, is brought to where these lie.

use std::path::{Path, PathBuf};

use likeness_store::{Error, JournalFile, JournalUnit, Store};

use crate::act::Disk;

/// The units as they lie now. What moved along with its folder is written down, once it is found there.
///
/// # Errors
/// When the journal cannot be read or written.
pub(crate) fn where_they_lie(
    store: &Store,
    disk: &mut impl Disk,
    mut units: Vec<JournalUnit>,
) -> Result<Vec<JournalUnit>, Error> {
    for file in units.iter_mut().flat_map(|unit| &mut unit.files).filter(|file| !file.is_back) {
        let Some((root, volume)) = store.root_of_file(file.going.file)? else { continue };
        let before = file.going.place.clone();
        if root == before.root {
            continue;
        }
        file.going.place.volume = volume;
        file.going.place.root = root;
        if let Some(at) = moved_trash(disk, &before.root, file) {
            file.trashed_at = Some(at);
            store.note_elsewhere(file)?;
        }
    }
    Ok(units)
}

/// Where the file lies in a trash that lies elsewhere itself, or lay all the time.
fn moved_trash(disk: &mut impl Disk, before: &Path, file: &JournalFile) -> Option<PathBuf> {
    let at = file.trashed_at.as_ref()?;
    let moved = moved_along(at, before, &file.going.place.root);
    [Some(at.clone()), moved].into_iter().flatten().find(|at| disk.stamp(at).is_ok())
}

/// `/a/.Trash-0/files/1.jpg` after `/a/photos` became `/b/photos`: what lies below the part that changed came along.
fn moved_along(at: &Path, before: &Path, now: &Path) -> Option<PathBuf> {
    let same = before.iter().rev().zip(now.iter().rev()).take_while(|(a, b)| a == b).count();
    let top = |path: &Path| path.ancestors().nth(same).map(Path::to_path_buf);
    Some(top(now)?.join(at.strip_prefix(top(before)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trash_of_a_drive_comes_along_and_that_of_the_system_does_not() {
        let moved = |at: &str, before: &str, now: &str| {
            moved_along(Path::new(at), Path::new(before), Path::new(now)).map(|at| at.display().to_string())
        };
        let at = "/media/a/.Trash-0/files/1.jpg";
        let there = Some("/media/b/.Trash-0/files/1.jpg".to_owned());
        assert_eq!(moved(at, "/media/a/photos", "/media/b/photos"), there);
        assert_eq!(moved(at, "/media/a", "/media/b"), there);
        assert_eq!(moved("/home/me/Trash/1.jpg", "/home/me/photos", "/home/me/pictures"), None);
        assert_eq!(
            moved("/a/photos/.Trash-0/1.jpg", "/a/photos", "/a/p").as_deref(),
            Some("/a/p/.Trash-0/1.jpg")
        );
    }
}
