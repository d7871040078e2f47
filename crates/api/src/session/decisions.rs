//! Tags and albums on the command line: photos are ids or files, albums are named by where they lie.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use likeness_domain::{AlbumId, PhotoId, RelativePath, SEPARATOR};
use likeness_library::store::{Album, PhotoQuery, Sort};

use super::{ListPhotos, Session, photo_line};
use crate::decisions::album_name;
use crate::failure::{self, Words};
use crate::filter::{tag, tags};
use crate::lines::{AlbumLine, ExportLine, PhotoLine, ProblemLine, TagLine, VocabularyLine};
use crate::wire::Failure;

impl Session {
    /// The tags of photos, of all that have some when none is named.
    ///
    /// # Errors
    /// When a photo is unknown.
    pub fn tags(&self, photos: &[OsString]) -> Result<Vec<TagLine>, Failure> {
        let asked: HashSet<PhotoId> = self.photo_ids(photos)?.into_iter().collect();
        let tagged = self.library.catalog().tagged_photos().in_words()?;
        let line = |(photo, tag): (PhotoId, likeness_domain::Tag)| TagLine {
            id: photo.0,
            tag: tag.to_string(),
            confidence: 1.0,
            state: "confirmed",
        };
        let is_asked = |photo: &PhotoId| photos.is_empty() || asked.contains(photo);
        Ok(tagged.into_iter().filter(|(photo, _)| is_asked(photo)).map(line).collect())
    }

    /// Gives photos a tag; how many had not had it.
    ///
    /// # Errors
    /// When the tag is none, or a photo is unknown.
    pub fn confirm_tag(&self, text: &str, photos: &[OsString]) -> Result<u64, Failure> {
        self.library.add_tags(&self.photo_ids(photos)?, &[tag(text)?]).in_words()
    }

    /// Takes a tag from photos; how many had had it.
    ///
    /// # Errors
    /// When the tag is none, or a photo is unknown.
    pub fn reject_tag(&self, text: &str, photos: &[OsString]) -> Result<u64, Failure> {
        self.library.remove_tags(&self.photo_ids(photos)?, &[tag(text)?]).in_words()
    }

    /// Every tag, and those that they lie below.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn vocabulary(&self) -> Result<Vec<VocabularyLine>, Failure> {
        let vocabulary = self.library.catalog().vocabulary().in_words()?;
        Ok(vocabulary
            .into_iter()
            .map(|tag| VocabularyLine { tag: tag.tag.to_string(), photos: tag.photos })
            .collect())
    }

    /// Renames or moves a tag and all below it.
    ///
    /// # Errors
    /// When there is no such tag, or `to` lies below it.
    pub fn rename_tag(&self, from: &str, to: &str) -> Result<(), Failure> {
        self.library.rename_tag(&tag(from)?, &tag(to)?).in_words()
    }

    /// Makes several tags one.
    ///
    /// # Errors
    /// When there is no such tag, or `into` lies below it.
    pub fn merge_tags(&self, texts: &[String], into: &str) -> Result<(), Failure> {
        self.library.merge_tags(&tags(texts)?, &tag(into)?).in_words()
    }

    /// Takes a tag and all below it from all photos.
    ///
    /// # Errors
    /// When there is no such tag.
    pub fn delete_tag(&self, text: &str) -> Result<(), Failure> {
        self.library.delete_tag(&tag(text)?).in_words()
    }

    /// All albums.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn albums(&self) -> Result<Vec<AlbumLine>, Failure> {
        let wall = self.library.album_wall().in_words()?;
        let albums: Vec<Album> = wall.iter().map(|summary| summary.album.clone()).collect();
        let paths = paths(&albums);
        Ok(wall
            .iter()
            .zip(paths)
            .map(|(summary, album)| AlbumLine {
                id: summary.album.id.0,
                album,
                kind: summary.album.kind.word(),
                photos: summary.photos,
                cover: summary.first.first().map(|photo| photo.0),
            })
            .collect())
    }

    /// The photos of an album, in its order.
    ///
    /// # Errors
    /// When there is no such album.
    pub fn album(&self, album: &str) -> Result<Vec<PhotoLine>, Failure> {
        let rows = self.library.query_photos(self.all_of(album)?).in_words()?;
        Ok(rows.iter().map(photo_line).collect())
    }

    /// Makes an album of photos, or a saved search of what `list` asks.
    ///
    /// # Errors
    /// When the name is taken there, or an album or a photo is unknown.
    pub fn create_album(
        &self,
        name: &str,
        within: Option<&str>,
        photos: &[OsString],
        list: &ListPhotos,
    ) -> Result<AlbumLine, Failure> {
        let parent = within.map(|album| self.album_id(album)).transpose()?;
        let name = album_name(name)?;
        let made = if list.is_everything() {
            self.library.create_album(&name, parent, &self.photo_ids(photos)?)
        } else if photos.is_empty() {
            self.library.create_search(&name, parent, &self.photo_query(list)?)
        } else {
            return Err(failure::wrong_usage(
                "an album has photos, or it finds them",
                "Name photos, or what they are to be like.",
            ));
        };
        self.album_line(made.in_words()?)
    }

    /// Puts photos into an album; how many are new in it.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, or a photo is unknown.
    pub fn add_to_album(&self, album: &str, photos: &[OsString]) -> Result<u64, Failure> {
        self.library.add_to_album(self.album_id(album)?, &self.photo_ids(photos)?).in_words()
    }

    /// Takes photos out of an album; how many were in it.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, or a photo is unknown.
    pub fn remove_from_album(&self, album: &str, photos: &[OsString]) -> Result<u64, Failure> {
        self.library.remove_from_album(self.album_id(album)?, &self.photo_ids(photos)?).in_words()
    }

    /// Renames an album.
    ///
    /// # Errors
    /// When there is no such album, or the name is taken.
    pub fn rename_album(&self, album: &str, name: &str) -> Result<AlbumLine, Failure> {
        let album = self.album_id(album)?;
        self.library.rename_album(album, &album_name(name)?).in_words()?;
        self.album_line(album)
    }

    /// Moves an album into another one, or out of all.
    ///
    /// # Errors
    /// When an album is unknown, or would lie in itself.
    pub fn move_album(&self, album: &str, within: Option<&str>) -> Result<AlbumLine, Failure> {
        let album = self.album_id(album)?;
        let parent = within.map(|album| self.album_id(album)).transpose()?;
        self.library.move_album(album, parent, None).in_words()?;
        self.album_line(album)
    }

    /// Deletes an album and the albums in it. Photos stay.
    ///
    /// # Errors
    /// When there is no such album.
    pub fn delete_album(&self, album: &str) -> Result<(), Failure> {
        self.library.delete_album(self.album_id(album)?).in_words()
    }

    /// Chooses the photo that stands for an album, or lets the album choose.
    ///
    /// # Errors
    /// When the album or the photo is unknown.
    pub fn set_album_cover(&self, album: &str, photo: Option<&OsStr>) -> Result<AlbumLine, Failure> {
        let album = self.album_id(album)?;
        let photo = photo.map(|photo| self.photo_id(photo)).transpose()?;
        self.library.set_album_cover(album, photo).in_words()?;
        self.album_line(album)
    }

    /// Copies the files of an album into a folder, which is made; nothing there is overwritten. Answers the copies, and
    /// the photos that could not be copied.
    ///
    /// # Errors
    /// When there is no such album, the folder lies in a source folder or cannot be made.
    pub fn export_album(
        &self,
        album: &str,
        folder: &Path,
    ) -> Result<(Vec<ExportLine>, Vec<ProblemLine>), Failure> {
        let rows = self.library.query_photos(self.all_of(album)?).in_words()?;
        let unwritable = |error| failure::unwritable(folder, &error);
        self.check_outside_source_folders(folder)?;
        fs::create_dir_all(folder).map_err(unwritable)?;
        let (mut copies, mut problems) = (Vec::new(), Vec::new());
        for row in rows {
            let path = row.path.display().to_string();
            match self.library.present_file(row.id).in_words().and_then(|file| copy_into(&file, folder)) {
                Ok(to) => copies.push(ExportLine { id: row.id.0, path, to: to.display().to_string() }),
                Err(failure) => problems.push(ProblemLine { path, stage: "save", reason: failure.what }),
            }
        }
        Ok((copies, problems))
    }

    /// Photo folders are read, never written.
    fn check_outside_source_folders(&self, folder: &Path) -> Result<(), Failure> {
        let above = std::path::absolute(folder).map_err(|error| failure::unwritable(folder, &error))?;
        let real = above.ancestors().find_map(|above| above.canonicalize().ok()).unwrap_or(above.clone());
        let rows = self.library.catalog().folders().in_words()?;
        let lies_in =
            |root: &Path| RelativePath::of(root, &real).is_some() || RelativePath::of(root, &above).is_some();
        match rows.iter().find(|row| lies_in(&row.path)) {
            Some(row) => Err(failure::wrong_usage(
                format!("{} lies in the source folder {}", folder.display(), row.path.display()),
                "Choose another folder: Likeness writes nothing into photo folders.",
            )),
            None => Ok(()),
        }
    }

    fn all_of(&self, album: &str) -> Result<PhotoQuery, Failure> {
        let album = self.album_id(album)?;
        Ok(PhotoQuery { album: Some(album), sort: Sort::Album, ..PhotoQuery::default() })
    }

    pub(super) fn album_line(&self, album: AlbumId) -> Result<AlbumLine, Failure> {
        let line = self.albums()?.into_iter().find(|line| line.id == album.0);
        line.ok_or_else(|| failure::unknown_album(&album.to_string()))
    }

    /// An album by where it lies (`Trips|Rome`), by its name where only one has it, or by its id.
    pub(super) fn album_id(&self, typed: &str) -> Result<AlbumId, Failure> {
        let albums = self.library.catalog().albums().in_words()?;
        let paths = paths(&albums);
        if let Some(at) = paths.iter().position(|path| path == typed) {
            return Ok(albums[at].id);
        }
        let named: Vec<usize> = (0..albums.len()).filter(|at| albums[*at].name.as_str() == typed).collect();
        match named[..] {
            [only] => Ok(albums[only].id),
            [] => {
                let id = typed.parse().ok().map(AlbumId);
                let found = albums.iter().find(|album| Some(album.id) == id);
                found.map(|album| album.id).ok_or_else(|| failure::unknown_album(typed))
            }
            _ => {
                let paths: Vec<&str> = named.iter().map(|at| paths[*at].as_str()).collect();
                Err(failure::wrong_usage(
                    format!("several albums are called \"{typed}\""),
                    format!("Say which: {}", paths.join(", ")),
                ))
            }
        }
    }

    pub(super) fn photo_ids(&self, typed: &[OsString]) -> Result<Vec<PhotoId>, Failure> {
        typed.iter().map(|typed| self.photo_id(typed)).collect()
    }

    /// A number is an id, unless a file of that name is there.
    pub(super) fn photo_id(&self, typed: &OsStr) -> Result<PhotoId, Failure> {
        let path = Path::new(typed);
        if path.is_file() {
            let real = path.canonicalize().map_err(|error| failure::unreadable(path, &error))?;
            let photo = self.library.catalog().photo_at(&real).in_words()?;
            return photo.ok_or_else(|| failure::no_photo_at(path));
        }
        match typed.to_string_lossy().parse() {
            Ok(id) => self.library.photo(PhotoId(id)).in_words().map(|_| PhotoId(id)),
            Err(_) => Err(failure::neither_file_nor_id(typed)),
        }
    }
}

/// Where each album lies: its name behind those of the albums around it.
fn paths(albums: &[Album]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(albums.len());
    for album in albums {
        let around = albums.iter().position(|around| Some(around.id) == album.parent);
        // Albums follow the one that they lie in.
        let path = match around.and_then(|around| paths.get(around)) {
            Some(around) => format!("{around}{SEPARATOR}{}", album.name),
            None => album.name.to_string(),
        };
        paths.push(path);
    }
    paths
}

/// Copies a file under its own name, with a number behind it where that is taken. Answers where it lies now.
fn copy_into(file: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let mut from = File::open(file).map_err(|error| failure::unreadable(file, &error))?;
    let stem = file.file_stem().unwrap_or_default();
    for number in 1.. {
        let mut name = stem.to_owned();
        if number > 1 {
            name.push(format!(" ({number})"));
        }
        if let Some(ending) = file.extension() {
            name.push(".");
            name.push(ending);
        }
        let to = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(failure::unwritable(&to, &error)),
            Ok(mut copy) => {
                let copied = io::copy(&mut from, &mut copy);
                return match copied.and_then(|_| keep_time(&from, &copy)) {
                    Ok(()) => Ok(to),
                    Err(error) => {
                        // Half a copy is worse than none.
                        let _ = fs::remove_file(&to);
                        Err(failure::unwritable(&to, &error))
                    }
                };
            }
        }
    }
    unreachable!("numbers do not end")
}

/// Photos that do not say when they were taken are sorted by the time of their file.
fn keep_time(from: &File, copy: &File) -> io::Result<()> {
    copy.set_modified(from.metadata()?.modified()?)
}

#[cfg(test)]
mod tests {
    use likeness_domain::AlbumKind;

    use super::*;

    fn album(id: i64, parent: Option<i64>, name: &str) -> Album {
        Album {
            id: AlbumId(id),
            parent: parent.map(AlbumId),
            name: name.parse().expect("a name"),
            kind: AlbumKind::Hand,
            cover: None,
        }
    }

    #[test]
    fn albums_are_named_by_where_they_lie() {
        let albums = [album(3, None, "Trips"), album(1, Some(3), "Rome"), album(2, Some(1), "Day 1")];
        assert_eq!(paths(&albums), ["Trips", "Trips|Rome", "Trips|Rome|Day 1"]);
    }

    #[test]
    fn a_copy_overwrites_nothing_and_keeps_its_time() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let file = place.path().join("a.jpg");
        fs::write(&file, b"photo").expect("written");
        let out = place.path().join("out");
        fs::create_dir(&out).expect("made");
        fs::write(out.join("a.jpg"), b"another").expect("written");
        assert_eq!(copy_into(&file, &out).expect("copied"), out.join("a (2).jpg"));
        assert_eq!(copy_into(&file, &out).expect("copied"), out.join("a (3).jpg"));
        assert_eq!(fs::read(out.join("a.jpg")).expect("read"), b"another");
        let time = |path: PathBuf| fs::metadata(path).expect("there").modified().expect("a time");
        assert_eq!(time(out.join("a (2).jpg")), time(file));
    }
}
