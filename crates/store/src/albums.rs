//! Albums: by hand, saved searches and taught ones, in a tree, with a cover and an order. Every change is one step of the
//! journal.

use std::collections::{HashMap, HashSet};

use likeness_domain::{AlbumId, AlbumKind, AlbumName, PhotoId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::decisions::check_known;
use crate::query::{Looks, PhotoQuery, Sort, shape_rows};
use crate::words::Columns;
use crate::{Decision, Error, Store, searches, taught};

/// An album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// Its number.
    pub id: AlbumId,
    /// The album that it lies in.
    pub parent: Option<AlbumId>,
    /// What it is called; no two albums in one album are called the same.
    pub name: AlbumName,
    /// How it comes by its photos.
    pub kind: AlbumKind,
    /// The photo that the person chose to stand for it.
    pub cover: Option<PhotoId>,
}

/// An album as a wall shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumSummary {
    /// The album.
    pub album: Album,
    /// Photos in view that are in it or in albums in it.
    pub photos: u64,
    /// The first photos of it, the chosen cover before all; five at most.
    pub first: Vec<PhotoId>,
    /// The times of its first and its last photo, as [`PhotoRow::shown_at_ms`](crate::PhotoRow::shown_at_ms).
    pub shown_at_ms: Option<(i64, i64)>,
    /// What it asks, when it is a saved search.
    pub query: Option<PhotoQuery>,
}

/// An album that some photos lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlbumOf {
    /// The album, of which they were made part; not the albums around it.
    pub album: AlbumId,
    /// How many of them lie in it.
    pub photos: u64,
}

/// Photos that a wall shows of an album.
const FIRST: usize = 5;

impl Store {
    /// All albums, each after the one that it lies in, siblings in their order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn albums(&self) -> Result<Vec<Album>, Error> {
        self.read(in_tree)
    }

    /// All albums as a wall shows them, in the order of [`albums`](Self::albums). `looks` answers what saved searches
    /// ask of looks: see [`looks_asked`](Self::looks_asked).
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn album_wall(&self, looks: &Looks) -> Result<Vec<AlbumSummary>, Error> {
        self.read(|view| in_tree(view)?.into_iter().map(|album| summary(view, album, looks)).collect())
    }

    /// What a saved search asks.
    ///
    /// # Errors
    /// When the album is unknown or no saved search, or the catalog cannot be read.
    pub fn album_query(&self, album: AlbumId) -> Result<PhotoQuery, Error> {
        self.read(|view| match find(view, album)?.kind {
            AlbumKind::Search => searches::query(view, album),
            AlbumKind::Hand | AlbumKind::Taught => Err(Error::NoSearch(album)),
        })
    }

    /// The albums that `photos` were put into or confirmed for.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn albums_of(&self, photos: &[PhotoId]) -> Result<Vec<AlbumOf>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached("SELECT album FROM album_photos WHERE photo = ?1")?;
            let mut counts: HashMap<i64, u64> = HashMap::new();
            for photo in photos {
                let mut rows = select.query([photo.0])?;
                while let Some(row) = rows.next()? {
                    *counts.entry(row.get(0)?).or_default() += 1;
                }
            }
            let mut albums: Vec<_> =
                counts.into_iter().map(|(album, photos)| AlbumOf { album: AlbumId(album), photos }).collect();
            albums.sort_unstable_by_key(|of| of.album);
            Ok(albums)
        })
    }

    /// The photos that were put into an album or confirmed for it, whether in view or not, in its order.
    ///
    /// # Errors
    /// When the album is unknown, or the catalog cannot be read.
    pub fn album_photos(&self, album: AlbumId) -> Result<Vec<PhotoId>, Error> {
        self.read(|view| {
            find(view, album)?;
            order_of(view, album)
        })
    }

    /// Makes an album by hand of `photos`, in this order, as the last in `parent`, as one step that can be undone.
    ///
    /// # Errors
    /// When the name is taken there, a photo or `parent` is unknown, or the catalog cannot be written.
    pub fn create_album(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        photos: &[PhotoId],
    ) -> Result<AlbumId, Error> {
        self.decide(Decision::CreateAlbum, |catalog| {
            let album = create(catalog, name, parent, AlbumKind::Hand)?;
            append(catalog, album, photos)?;
            Ok(album)
        })
    }

    /// Saves what `query` asks, but its order and limit, as the last album in `parent`, as one step that can be undone.
    ///
    /// # Errors
    /// When the name is taken there, `parent` is unknown, or the catalog cannot be written.
    pub fn create_search(
        &self,
        name: &AlbumName,
        parent: Option<AlbumId>,
        query: &PhotoQuery,
    ) -> Result<AlbumId, Error> {
        self.decide(Decision::CreateAlbum, |catalog| {
            let album = create(catalog, name, parent, AlbumKind::Search)?;
            searches::write(catalog, album, query)?;
            Ok(album)
        })
    }

    /// Renames an album, as one step that can be undone.
    ///
    /// # Errors
    /// When the album is unknown, the name is taken beside it, or the catalog cannot be written.
    pub fn rename_album(&self, album: AlbumId, name: &AlbumName) -> Result<(), Error> {
        self.decide(Decision::RenameAlbum, |catalog| {
            let parent = find(catalog, album)?.parent;
            check_free(catalog, name, parent, Some(album))?;
            let rename = "UPDATE albums SET name = ?2 WHERE id = ?1 AND name <> ?2";
            catalog.execute(rename, params![album.0, name.as_str()])?;
            Ok(())
        })
    }

    /// Moves an album into `parent` (or out of all), before `before` there or as the last, as one step that can be undone.
    ///
    /// # Errors
    /// When an album is unknown or would lie in itself, the name is taken there, or the catalog cannot be written.
    pub fn move_album(
        &self,
        album: AlbumId,
        parent: Option<AlbumId>,
        before: Option<AlbumId>,
    ) -> Result<(), Error> {
        self.decide(Decision::MoveAlbum, |catalog| {
            let moved = find(catalog, album)?;
            let mut above = parent;
            while let Some(around) = above {
                if around == album {
                    return Err(Error::AlbumInItself(album));
                }
                above = find(catalog, around)?.parent;
            }
            check_free(catalog, &moved.name, parent, Some(album))?;
            let mut siblings: Vec<AlbumId> = in_tree(catalog)?
                .into_iter()
                .filter(|each| each.parent == parent && each.id != album)
                .map(|each| each.id)
                .collect();
            let at = before.and_then(|before| siblings.iter().position(|each| *each == before));
            siblings.insert(at.unwrap_or(siblings.len()), album);
            let mut place = catalog.prepare_cached(
                "UPDATE albums SET parent = ?2, position = ?3 WHERE id = ?1 AND (parent IS NOT ?2 OR position <> ?3)",
            )?;
            for (position, sibling) in siblings.iter().enumerate() {
                place.execute(params![sibling.0, parent.map(|parent| parent.0), position as i64])?;
            }
            Ok(())
        })
    }

    /// Deletes an album and the albums in it, as one step that can be undone. Photos stay.
    ///
    /// # Errors
    /// When the album is unknown or the catalog cannot be written.
    pub fn delete_album(&self, album: AlbumId) -> Result<(), Error> {
        self.decide(Decision::DeleteAlbum, |catalog| {
            find(catalog, album)?;
            // Those inside first.
            for inner in tree_below(catalog, album)?.into_iter().rev() {
                catalog.execute("DELETE FROM album_photos WHERE album = ?1", [inner.0])?;
                catalog.execute("DELETE FROM album_conditions WHERE album = ?1", [inner.0])?;
                catalog.execute("DELETE FROM refusals WHERE album = ?1", [inner.0])?;
                catalog.execute("DELETE FROM albums WHERE id = ?1", [inner.0])?;
            }
            Ok(())
        })
    }

    /// Chooses the photo that stands for an album, or lets the album choose, as one step that can be undone.
    ///
    /// # Errors
    /// When the album or the photo is unknown, or the catalog cannot be written.
    pub fn set_album_cover(&self, album: AlbumId, photo: Option<PhotoId>) -> Result<(), Error> {
        self.decide(Decision::SetAlbumCover, |catalog| {
            find(catalog, album)?;
            check_known(catalog, photo.as_slice())?;
            let set = "UPDATE albums SET cover = ?2 WHERE id = ?1 AND cover IS NOT ?2";
            catalog.execute(set, params![album.0, photo.map(|photo| photo.0)])?;
            Ok(())
        })
    }

    /// Puts `photos` at the end of an album, as one step that can be undone; those that are in it stay where they are.
    /// Answers how many are new in it.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, a photo is unknown, or the catalog cannot be written.
    pub fn add_to_album(&self, album: AlbumId, photos: &[PhotoId]) -> Result<u64, Error> {
        self.decide(Decision::AddToAlbum, |catalog| {
            check_by_hand(catalog, album)?;
            append(catalog, album, photos)
        })
    }

    /// Takes `photos` out of an album, as one step that can be undone; a taught one does not propose them again. Answers
    /// how many were in it.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, or the catalog cannot be written.
    pub fn remove_from_album(&self, album: AlbumId, photos: &[PhotoId]) -> Result<u64, Error> {
        self.decide(Decision::RemoveFromAlbum, |catalog| {
            check_by_hand(catalog, album)?;
            let is_taught = find(catalog, album)?.kind == AlbumKind::Taught;
            let mut removed = 0;
            for photo in photos {
                if remove(catalog, album, *photo)? {
                    removed += 1;
                    if is_taught {
                        taught::refuse(catalog, album, *photo)?;
                    }
                }
            }
            Ok(removed)
        })
    }

    /// Moves `photos` of an album before another one of it, or to its end, as one step that can be undone.
    ///
    /// # Errors
    /// When the album is unknown or a saved search, `before` or one of `photos` does not lie in it, or the catalog cannot
    /// be written.
    pub fn reorder_album(
        &self,
        album: AlbumId,
        photos: &[PhotoId],
        before: Option<PhotoId>,
    ) -> Result<(), Error> {
        self.decide(Decision::ReorderAlbum, |catalog| {
            check_by_hand(catalog, album)?;
            let order = order_of(catalog, album)?;
            let inside: HashSet<PhotoId> = order.iter().copied().collect();
            let strange = photos.iter().chain(&before).find(|photo| !inside.contains(photo));
            if let Some(&photo) = strange {
                return Err(Error::NotInAlbum { photo, album });
            }
            let mut place = catalog.prepare_cached(
                "UPDATE album_photos SET position = ?3 WHERE album = ?1 AND photo = ?2 AND position <> ?3",
            )?;
            for (position, photo) in moved_before(&order, photos, before).iter().enumerate() {
                place.execute([album.0, photo.0, position as i64])?;
            }
            Ok(())
        })
    }

    /// What a saved search asks from now on, as one step that can be undone.
    ///
    /// # Errors
    /// When the album is unknown or no saved search, `query` asks for the album itself, or the catalog cannot be written.
    pub fn set_album_query(&self, album: AlbumId, query: &PhotoQuery) -> Result<(), Error> {
        self.decide(Decision::SetAlbumQuery, |catalog| {
            if find(catalog, album)?.kind != AlbumKind::Search {
                return Err(Error::NoSearch(album));
            }
            if query.album == Some(album) {
                return Err(Error::AsksForItself(album));
            }
            let asked = searches::query(catalog, album)?;
            if searches::conditions_of(&asked) != searches::conditions_of(query) {
                catalog.execute("DELETE FROM album_conditions WHERE album = ?1", [album.0])?;
                searches::write(catalog, album, query)?;
            }
            Ok(())
        })
    }
}

/// `album` and the albums in it, each after the one that it lies in.
pub(crate) fn tree_below(view: &Connection, album: AlbumId) -> Result<Vec<AlbumId>, Error> {
    let mut tree = vec![album];
    for each in in_tree(view)? {
        if each.parent.is_some_and(|parent| tree.contains(&parent)) {
            tree.push(each.id);
        }
    }
    Ok(tree)
}

/// Puts `photo` into the albums of `from`, directly behind it, and lets it stand for those that `from` stood for.
pub(crate) fn inherit(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let copy = "INSERT OR IGNORE INTO album_photos (album, photo, position)
         SELECT album, ?1, position FROM album_photos WHERE photo = ?2";
    catalog.prepare_cached(copy)?.execute([photo.0, from.0])?;
    catalog.prepare_cached("UPDATE albums SET cover = ?1 WHERE cover = ?2")?.execute([photo.0, from.0])?;
    Ok(())
}

pub(crate) fn find(view: &Connection, album: AlbumId) -> Result<Album, Error> {
    let mut find = view.prepare_cached("SELECT * FROM albums WHERE id = ?1")?;
    find.query_row([album.0], album_row).optional()?.ok_or(Error::UnknownAlbum(album))
}

fn album_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Album> {
    Ok(Album {
        id: AlbumId(row.get("id")?),
        parent: row.get::<_, Option<i64>>("parent")?.map(AlbumId),
        name: row.album_name("name")?,
        kind: row.album_kind("kind")?,
        cover: row.get::<_, Option<i64>>("cover")?.map(PhotoId),
    })
}

fn in_tree(view: &Connection) -> Result<Vec<Album>, Error> {
    let mut select = view.prepare_cached("SELECT * FROM albums ORDER BY position, id")?;
    let mut within: HashMap<Option<AlbumId>, Vec<Album>> = HashMap::new();
    for album in select.query_map([], album_row)? {
        let album = album?;
        within.entry(album.parent).or_default().push(album);
    }
    let mut tree = Vec::new();
    let mut waiting: Vec<Album> = within.remove(&None).unwrap_or_default();
    waiting.reverse();
    while let Some(album) = waiting.pop() {
        waiting.extend(within.remove(&Some(album.id)).unwrap_or_default().into_iter().rev());
        tree.push(album);
    }
    Ok(tree)
}

fn summary(view: &Connection, album: Album, looks: &Looks) -> Result<AlbumSummary, Error> {
    let all = PhotoQuery {
        album: Some(album.id),
        sort: if album.kind == AlbumKind::Search { Sort::Newest } else { Sort::Album },
        looks: looks.clone(),
        ..PhotoQuery::default()
    };
    let rows = shape_rows(view, &all)?;
    let cover = album.cover.filter(|cover| rows.iter().any(|row| row.photo == *cover));
    let others = rows.iter().map(|row| row.photo).filter(|photo| Some(*photo) != cover);
    let first = cover.into_iter().chain(others).take(FIRST).collect();
    let times = rows.iter().map(|row| row.shown_at_ms);
    let query = match album.kind {
        AlbumKind::Search => Some(searches::query(view, album.id)?),
        AlbumKind::Hand | AlbumKind::Taught => None,
    };
    Ok(AlbumSummary {
        photos: rows.len() as u64,
        first,
        shown_at_ms: times.clone().min().zip(times.max()),
        query,
        album,
    })
}

pub(crate) fn create(
    catalog: &Transaction<'_>,
    name: &AlbumName,
    parent: Option<AlbumId>,
    kind: AlbumKind,
) -> Result<AlbumId, Error> {
    if let Some(parent) = parent {
        find(catalog, parent)?;
    }
    check_free(catalog, name, parent, None)?;
    let insert = "INSERT INTO albums (parent, name, kind, position) VALUES (?1, ?2, ?3,
         (SELECT coalesce(max(position) + 1, 0) FROM albums WHERE parent IS ?1))";
    catalog.execute(insert, params![parent.map(|parent| parent.0), name.as_str(), kind.word()])?;
    Ok(AlbumId(catalog.last_insert_rowid()))
}

/// # Errors
/// When another album than `itself` has `name` in `parent`.
fn check_free(
    view: &Connection,
    name: &AlbumName,
    parent: Option<AlbumId>,
    itself: Option<AlbumId>,
) -> Result<(), Error> {
    let mut same = view.prepare_cached(
        "SELECT 1 FROM albums WHERE coalesce(parent, 0) = ?1 AND name = ?2 AND id IS NOT ?3",
    )?;
    let parent = parent.map_or(0, |parent| parent.0);
    if same.exists(params![parent, name.as_str(), itself.map(|album| album.0)])? {
        return Err(Error::AlbumTaken(name.clone()));
    }
    Ok(())
}

pub(crate) fn check_by_hand(view: &Connection, album: AlbumId) -> Result<(), Error> {
    match find(view, album)?.kind {
        AlbumKind::Search => Err(Error::NotByHand(album)),
        AlbumKind::Hand | AlbumKind::Taught => Ok(()),
    }
}

/// Adds photos at the end, refused ones as well; how many were not in it.
pub(crate) fn append(catalog: &Transaction<'_>, album: AlbumId, photos: &[PhotoId]) -> Result<u64, Error> {
    check_known(catalog, photos)?;
    let last = "SELECT coalesce(max(position), -1) FROM album_photos WHERE album = ?1";
    let mut position: i64 = catalog.query_row(last, [album.0], |row| row.get(0))?;
    let mut insert = catalog
        .prepare_cached("INSERT OR IGNORE INTO album_photos (album, photo, position) VALUES (?1, ?2, ?3)")?;
    let mut allow = catalog.prepare_cached("DELETE FROM refusals WHERE album = ?1 AND photo = ?2")?;
    let mut added = 0;
    for photo in photos {
        position += 1;
        added += insert.execute([album.0, photo.0, position])? as u64;
        allow.execute([album.0, photo.0])?;
    }
    Ok(added)
}

/// Takes a photo out; whether it was in it.
pub(crate) fn remove(catalog: &Transaction<'_>, album: AlbumId, photo: PhotoId) -> Result<bool, Error> {
    let mut remove = catalog.prepare_cached("DELETE FROM album_photos WHERE album = ?1 AND photo = ?2")?;
    Ok(remove.execute([album.0, photo.0])? > 0)
}

/// `order` with `photos` moved before `before`, or to its end.
fn moved_before(order: &[PhotoId], photos: &[PhotoId], before: Option<PhotoId>) -> Vec<PhotoId> {
    let moving: HashSet<PhotoId> = photos.iter().copied().collect();
    let stays = |photo: &&PhotoId| !moving.contains(photo);
    let (front, back) = match before.and_then(|before| order.iter().position(|photo| *photo == before)) {
        Some(at) => order.split_at(at),
        None => (order, &[][..]),
    };
    let front = front.iter().filter(stays);
    front.chain(photos).chain(back.iter().filter(stays)).copied().collect()
}

/// The photos of an album in its order, whether they are in view or not.
pub(crate) fn order_of(view: &Connection, album: AlbumId) -> Result<Vec<PhotoId>, Error> {
    let mut select =
        view.prepare_cached("SELECT photo FROM album_photos WHERE album = ?1 ORDER BY position, photo")?;
    let photos = select.query_map([album.0], |row| row.get(0).map(PhotoId))?;
    Ok(photos.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
