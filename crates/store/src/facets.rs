//! What photos can be coloured and told apart by, for all photos in view at once: time, folder, camera, decisions.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::PathBuf;

use likeness_domain::{Decisions, PhotoId};
use rusqlite::{Connection, Row};

use crate::photos::decisions;
use crate::words::{Columns, path_from};
use crate::{Error, Store};

/// What can be told of all photos in view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facets {
    /// One for each photo, in the order of their numbers.
    pub photos: Vec<Facet>,
    /// Folders by number, those with most photos first; beyond the last number they share it.
    pub folders: Vec<PathBuf>,
    /// Cameras by number, those with most photos first; `None` stands for photos whose camera is not known.
    pub cameras: Vec<Option<String>>,
}

/// What can be told of one photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facet {
    /// The photo.
    pub photo: PhotoId,
    /// As [`PhotoRow::shown_at_ms`](crate::PhotoRow::shown_at_ms).
    pub shown_at_ms: i64,
    /// Whether the photo itself says when it was taken.
    pub taken_known: bool,
    /// The folder of its file that is known for longest.
    pub folder: u16,
    /// The camera.
    pub camera: u16,
    /// What the person decided.
    pub decisions: Decisions,
}

impl Store {
    /// What can be told of all photos in view.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn facets(&self) -> Result<Facets, Error> {
        let select =
            "SELECT id, shown_at_ms, taken_ms IS NOT NULL AS taken_known, camera, rating, flag, label
             FROM photos WHERE files > 0 ORDER BY id";
        self.read(|view| {
            let folder_of = folders(view)?;
            let mut cameras: Vec<Option<String>> = Vec::new();
            let mut folders: Vec<PathBuf> = Vec::new();
            let mut photos = Vec::new();
            let mut rows = view.prepare_cached(select)?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                photos.push(facet(row)?);
                cameras.push(row.get("camera")?);
                folders.push(folder_of.get(&photos[photos.len() - 1].photo).cloned().unwrap_or_default());
            }
            let (folders, folder_numbers) = number(folders);
            let (cameras, camera_numbers) = number(cameras);
            for (at, photo) in photos.iter_mut().enumerate() {
                (photo.folder, photo.camera) = (folder_numbers[at], camera_numbers[at]);
            }
            Ok(Facets { photos, folders, cameras })
        })
    }
}

fn facet(row: &Row<'_>) -> rusqlite::Result<Facet> {
    Ok(Facet {
        photo: PhotoId(row.get("id")?),
        shown_at_ms: row.get("shown_at_ms")?,
        taken_known: row.get("taken_known")?,
        folder: 0,
        camera: 0,
        decisions: decisions(row)?,
    })
}

/// The folder in which each photo in view lies.
fn folders(view: &Connection) -> Result<HashMap<PhotoId, PathBuf>, Error> {
    let mut select = view.prepare_cached(
        "SELECT shows, files.path AS path, folders.path AS root, min(files.id)
         FROM files JOIN folders ON folders.id = folder WHERE shows IS NOT NULL GROUP BY shows",
    )?;
    let mut rows = select.query([])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let below = path_from(row.path_below("path")?.as_bytes().to_vec());
        let root = row.path("root")?;
        let folder = match below.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => root.join(folder),
            None => root,
        };
        found.insert(PhotoId(row.get("shows")?), folder);
    }
    Ok(found)
}

/// The distinct values, most frequent first, and the number of each; equally frequent ones in the order of the first.
fn number<T: Clone + Eq + Hash>(values: Vec<T>) -> (Vec<T>, Vec<u16>) {
    let mut counts: HashMap<&T, (usize, usize)> = HashMap::new();
    for (at, value) in values.iter().enumerate() {
        counts.entry(value).or_insert((0, at)).0 += 1;
    }
    let mut order: Vec<(&T, (usize, usize))> = counts.into_iter().collect();
    order.sort_unstable_by_key(|(_, (count, first))| (usize::MAX - count, *first));
    let numbers: HashMap<&T, u16> = order
        .iter()
        .enumerate()
        .map(|(number, (value, _))| (*value, u16::try_from(number).unwrap_or(u16::MAX)))
        .collect();
    let of_each = values.iter().map(|value| numbers[value]).collect();
    let distinct = order.iter().take(usize::from(u16::MAX) + 1).map(|(value, _)| (*value).clone()).collect();
    (distinct, of_each)
}

#[cfg(test)]
mod tests {
    use likeness_domain::{Flag, Rating};

    use super::*;
    use crate::testing::{Disk, Library};

    #[test]
    fn photos_are_told_apart_by_folder_camera_time_and_decisions() {
        let library = Library::new();
        let mut disk =
            Disk::with(&[("a/1.jpg", 1), ("b/2.jpg", 2), ("b/3.jpg", 3), ("4.jpg", 4), ("5.jpg", 5)]);
        library.refresh(&disk);
        disk.copy("b/2.jpg", "a/2 again.jpg");
        disk.remove("4.jpg");
        library.refresh(&disk);
        let rated = library.photo_at("b/3.jpg").expect("a photo");
        library.store.rate(&[rated], Rating::new(4).expect("stars")).expect("rated");
        library.store.flag(&[rated], Flag::Pick).expect("flagged");
        let facets = library.store.facets().expect("facets");
        assert_eq!(facets.folders, ["/photos/b", "/photos", "/photos/a"].map(PathBuf::from));
        // A trailing slash would be another text for the same folder.
        assert!(facets.folders[1].as_os_str() == "/photos");
        assert_eq!(facets.cameras, [Some("Leica Q3".to_owned())]);
        let told: Vec<_> = facets
            .photos
            .iter()
            .map(|facet| (facet.shown_at_ms, facet.taken_known, facet.folder, facet.camera))
            .collect();
        assert_eq!(told, [(5000, true, 1, 0), (1000, true, 2, 0), (2000, true, 0, 0), (3000, true, 0, 0)]);
        let decisions = facets.photos[3].decisions;
        assert_eq!((decisions.rating.stars(), decisions.flag), (4, Flag::Pick));
    }

    #[test]
    fn numbers_follow_how_often_a_value_comes() {
        let (distinct, of_each) = number(vec!["x", "y", "z", "z", "y", "z"]);
        assert_eq!((distinct, of_each), (vec!["z", "y", "x"], vec![2, 1, 0, 0, 1, 0]));
    }
}
