//! The map: where photos lie, and the map before it. What the places mean is not known here.

use likeness_domain::{ModelTag, PhotoId};
use rusqlite::{Row, Transaction, params};

use crate::words::now_ms;
use crate::{Error, Store};

/// A photo's place: x, y and z; z is 0 in the plane.
pub type Place = (PhotoId, [f32; 3]);

/// A map that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Names this map until another is shown in its stead.
    pub id: i64,
    /// Dimensions, 2 or 3.
    pub dims: u8,
    /// When it was made, milliseconds since 1970.
    pub made_ms: i64,
    /// How many neighbours each photo was to lie with, about.
    pub perplexity: f32,
    /// What decided where nothing else does.
    pub seed: u64,
    /// The share of their nearest that photos kept when it was made, 0 to 1.
    pub neighbors_kept: f64,
    /// What held all photos when it was made.
    pub frame: MapFrame,
    /// Photos in view that have a place.
    pub placed: u64,
    /// Of these, those that came after it was made.
    pub came_later: u64,
    /// Whether there is a map before it.
    pub can_undo: bool,
}

/// A square or cube.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct MapFrame {
    pub middle: [f32; 3],
    pub side: f32,
}

/// A map that was just made, with a place for every photo.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "as in Map")]
pub struct NewMap {
    pub dims: u8,
    pub perplexity: f32,
    pub seed: u64,
    pub neighbors_kept: f64,
    pub frame: MapFrame,
    pub places: Vec<Place>,
}

impl Store {
    /// The maps that are shown, at most one of each number of dimensions, the plane first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn maps(&self) -> Result<Vec<Map>, Error> {
        let select = "SELECT shown.*, counts.*, EXISTS
                (SELECT 1 FROM derived.maps AS before WHERE before.dims = shown.dims AND before.shown = 0) AS can_undo
             FROM derived.maps AS shown LEFT JOIN (
                SELECT map, count(*) AS placed, sum(came_later) AS came_later
                FROM derived.map_places JOIN photos ON photos.id = photo WHERE files > 0 GROUP BY map
             ) AS counts ON counts.map = shown.id
             WHERE shown = 1 ORDER BY dims";
        self.read(|view| {
            let mut maps = view.prepare_cached(select)?;
            let rows = maps.query_map([], map)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The places on the map `map` of all photos in view, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn places(&self, map: i64) -> Result<Vec<Place>, Error> {
        let select = "SELECT photo, x, y, z FROM derived.map_places JOIN photos ON photos.id = photo
             WHERE map = ?1 AND files > 0 ORDER BY photo";
        self.read(|view| {
            let mut places = view.prepare_cached(select)?;
            let rows = places.query_map([map], |row| {
                let axis = |at| row.get::<_, f64>(at).map(|value| value as f32);
                Ok((PhotoId(row.get(0)?), [axis(1)?, axis(2)?, axis(3)?]))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many photos in view with an embedding by the model `tag` have no place on the map `map`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn count_without_place(&self, map: i64, tag: &ModelTag) -> Result<u64, Error> {
        let count = "SELECT count(*) FROM derived.embeddings JOIN photos ON photos.id = embeddings.photo
             WHERE model = (SELECT id FROM derived.models WHERE tag = ?2) AND files > 0 AND NOT EXISTS
                (SELECT 1 FROM derived.map_places AS placed WHERE map = ?1 AND placed.photo = embeddings.photo)";
        self.read(|view| {
            let mut count = view.prepare_cached(count)?;
            Ok(count.query_row(params![map, tag.as_str()], |row| row.get::<_, i64>(0))? as u64)
        })
    }

    /// Shows `map`; the one that was shown till now becomes the one before it.
    ///
    /// # Errors
    /// When the catalog cannot be written; then the old map stays.
    pub fn save_map(&self, map: &NewMap) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute("DELETE FROM derived.maps WHERE dims = ?1 AND shown = 0", [map.dims])?;
            catalog.execute("UPDATE derived.maps SET shown = 0 WHERE dims = ?1", [map.dims])?;
            let MapFrame { middle: [x, y, z], side } = map.frame;
            let insert = "INSERT INTO derived.maps
                    (dims, shown, made_ms, perplexity, seed, neighbors_kept, middle_x, middle_y, middle_z, side)
                 VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let (kept, seed) = (map.neighbors_kept, map.seed as i64);
            catalog.execute(
                insert,
                params![map.dims, now_ms(), map.perplexity, seed, kept, x, y, z, side],
            )?;
            insert_places(catalog, catalog.last_insert_rowid(), &map.places, CameLater::No)
        })
    }

    /// Gives newcomers their places on the map `map`. Those who have one keep it; nothing happens when that map is not
    /// shown any more.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn add_places(&self, map: i64, places: &[Place]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut is_shown = catalog.prepare("SELECT 1 FROM derived.maps WHERE id = ?1 AND shown = 1")?;
            if is_shown.exists([map])? { insert_places(catalog, map, places, CameLater::Yes) } else { Ok(()) }
        })
    }

    /// Shows the map before, and keeps the one that was shown as the one before it. `false` when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn undo_map(&self, dims: u8) -> Result<bool, Error> {
        self.write(|catalog| {
            let swap = "UPDATE derived.maps SET shown = 1 - shown WHERE dims = ?1
                 AND EXISTS (SELECT 1 FROM derived.maps AS before WHERE before.dims = ?1 AND before.shown = 0)";
            Ok(catalog.execute(swap, [dims])? > 0)
        })
    }
}

#[derive(Clone, Copy)]
enum CameLater {
    Yes,
    No,
}

fn insert_places(
    catalog: &Transaction<'_>,
    map: i64,
    places: &[Place],
    came_later: CameLater,
) -> Result<(), Error> {
    let mut insert = catalog.prepare_cached(
        "INSERT OR IGNORE INTO derived.map_places (map, photo, x, y, z, came_later) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (photo, [x, y, z]) in places {
        insert.execute(params![map, photo.0, x, y, z, matches!(came_later, CameLater::Yes)])?;
    }
    Ok(())
}

fn map(row: &Row<'_>) -> rusqlite::Result<Map> {
    let number = |column: &str| row.get::<_, f64>(column).map(|value| value as f32);
    let count = |column: &str| row.get::<_, Option<i64>>(column).map(|count| count.unwrap_or(0) as u64);
    Ok(Map {
        id: row.get("id")?,
        dims: row.get("dims")?,
        made_ms: row.get("made_ms")?,
        perplexity: number("perplexity")?,
        seed: row.get::<_, i64>("seed")? as u64,
        neighbors_kept: row.get("neighbors_kept")?,
        frame: MapFrame {
            middle: [number("middle_x")?, number("middle_y")?, number("middle_z")?],
            side: number("side")?,
        },
        placed: count("placed")?,
        came_later: count("came_later")?,
        can_undo: row.get("can_undo")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Disk, Library, tag};

    fn new_map(photos: &[PhotoId], at: f32) -> NewMap {
        NewMap {
            dims: 2,
            perplexity: 30.0,
            seed: u64::MAX,
            neighbors_kept: 0.5,
            frame: MapFrame { middle: [1.0, 2.0, 0.0], side: 8.0 },
            places: photos.iter().map(|photo| (*photo, [at, photo.0 as f32, 0.0])).collect(),
        }
    }

    fn shown(store: &Store) -> Map {
        let mut maps = store.maps().expect("maps");
        assert_eq!(maps.len(), 1, "{maps:?}");
        maps.remove(0)
    }

    #[test]
    fn a_map_is_kept_as_it_was_made() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        assert_eq!(store.maps().expect("maps"), []);
        let new = new_map(&photos[..3], 0.1);
        store.save_map(&new).expect("saved");
        let map = shown(store);
        assert_eq!((map.dims, map.perplexity, map.seed, map.frame), (2, 30.0, u64::MAX, new.frame));
        assert_eq!((map.placed, map.came_later, map.can_undo), (3, 0, false));
        assert_eq!(store.places(map.id).expect("places"), new.places);
        assert_eq!(store.count_without_place(map.id, &tag()).expect("a count"), 1);
    }

    #[test]
    fn newcomers_move_nobody_and_photos_that_come_back_find_their_places() {
        let mut disk = Disk::with(&[("1.jpg", 1), ("2.jpg", 2), ("3.jpg", 3)]);
        let library = Library::new();
        library.refresh(&disk);
        let store = &library.store;
        let photos = ["1.jpg", "2.jpg", "3.jpg"].map(|path| library.photo_at(path).expect("a photo"));
        let new = new_map(&photos[..2], 0.5);
        store.save_map(&new).expect("saved");
        let map = shown(store).id;
        let late = [(photos[1], [9.0; 3]), (photos[2], [7.0; 3])];
        store.add_places(map, &late).expect("added");
        let all = [new.places[0], new.places[1], late[1]];
        assert_eq!(store.places(map).expect("places"), all);
        assert_eq!((shown(store).placed, shown(store).came_later), (3, 1));

        disk.remove("1.jpg");
        library.refresh(&disk);
        assert_eq!(store.places(map).expect("places"), all[1..]);
        disk.write("1.jpg", 1);
        library.refresh(&disk);
        assert_eq!(store.places(map).expect("places"), all);
    }

    #[test]
    fn undo_goes_one_map_back_and_forth() {
        let (library, photos) = Library::with_photos(2);
        let store = &library.store;
        assert!(!store.undo_map(2).expect("an answer"));
        for at in [1.0, 2.0, 3.0] {
            store.save_map(&new_map(&photos, at)).expect("saved");
        }
        let at = || store.places(shown(store).id).expect("places")[0].1[0];
        let newest = shown(store);
        assert!(newest.can_undo && at() == 3.0);
        assert!(!store.undo_map(3).expect("an answer"));
        assert!(store.undo_map(2).expect("an answer") && at() == 2.0);
        store.add_places(newest.id, &[(PhotoId(77), [0.0; 3])]).expect("ignored");
        assert!(store.undo_map(2).expect("an answer") && at() == 3.0);
        assert_eq!(shown(store), newest);
    }

    #[test]
    fn maps_in_the_plane_and_in_space_stand_beside_each_other() {
        let (library, photos) = Library::with_photos(1);
        library.store.save_map(&NewMap { dims: 3, ..new_map(&photos, 1.0) }).expect("saved");
        library.store.save_map(&new_map(&photos, 2.0)).expect("saved");
        let maps = library.store.maps().expect("maps");
        assert_eq!(
            maps.iter().map(|map| (map.dims, map.can_undo)).collect::<Vec<_>>(),
            [(2, false), (3, false)]
        );
    }
}
