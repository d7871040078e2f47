//! Tags: the person's vocabulary, and which photos have which. Every change is one step of the journal.

use std::collections::{BTreeMap, HashMap, HashSet};

use likeness_domain::{PhotoId, SEPARATOR, Tag};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::decisions::check_known;
use crate::words::Columns;
use crate::{Decision, Error, Store};

/// A tag of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: Tag,
    /// Photos in view that have it or a tag below it.
    pub photos: u64,
}

impl Store {
    /// Every tag and those that they lie below, each after the one above it.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn vocabulary(&self) -> Result<Vec<TagCount>, Error> {
        self.read(|view| {
            let missing = view
                .prepare_cached("SELECT id FROM photos WHERE files = 0")?
                .query_map([], |row| row.get::<_, i64>(0))?
                .collect::<Result<HashSet<_>, _>>()?;
            count_tags(view, |photo| !missing.contains(&photo))
        })
    }

    /// Tags that at least one of `photos` has, and how many of them have each, in the order of the alphabet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tags_of(&self, photos: &[PhotoId]) -> Result<Vec<(Tag, u64)>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached("SELECT tag FROM photo_tags WHERE photo = ?1")?;
            let mut counts: HashMap<i64, u64> = HashMap::new();
            for photo in photos {
                let mut rows = select.query([photo.0])?;
                while let Some(row) = rows.next()? {
                    *counts.entry(row.get(0)?).or_default() += 1;
                }
            }
            let tags = all(view)?;
            let mut found: Vec<_> =
                tags.into_iter().filter_map(|(id, tag)| Some((tag, *counts.get(&id)?))).collect();
            found.sort_unstable();
            Ok(found)
        })
    }

    /// The tags of each photo that has some, in the order of the photos' numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tagged_photos(&self) -> Result<Vec<(PhotoId, Tag)>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(
                "SELECT photo, path FROM photo_tags JOIN tags ON tags.id = tag JOIN photos ON photos.id = photo
                 WHERE files > 0 ORDER BY photo, path",
            )?;
            let rows = select.query_map([], |row| Ok((PhotoId(row.get("photo")?), row.tag_path("path")?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives `photos` all of `tags`, as one step that can be undone. Answers how many photos had not had all of them.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was tagged.
    pub fn add_tags(&self, photos: &[PhotoId], tags: &[Tag]) -> Result<u64, Error> {
        self.decide(Decision::AddTag, |catalog| {
            check_known(catalog, photos)?;
            let tags = tags.iter().map(|tag| id_of(catalog, tag)).collect::<Result<Vec<_>, _>>()?;
            let add = "INSERT OR IGNORE INTO photo_tags (photo, tag) VALUES (?1, ?2)";
            change_each(catalog, photos, &tags, add)
        })
    }

    /// Takes exactly `tags` from `photos`, as one step that can be undone. Answers how many photos had had some.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn remove_tags(&self, photos: &[PhotoId], tags: &[Tag]) -> Result<u64, Error> {
        self.decide(Decision::RemoveTag, |catalog| {
            let known = all(catalog)?;
            let tags: Vec<i64> =
                known.into_iter().filter(|(_, tag)| tags.contains(tag)).map(|(id, _)| id).collect();
            change_each(catalog, photos, &tags, "DELETE FROM photo_tags WHERE photo = ?1 AND tag = ?2")
        })
    }

    /// Renames or moves `tag` and all below it, as one step that can be undone. When `to` is there both become one.
    ///
    /// # Errors
    /// When there is no such tag, `to` lies below it, or the catalog cannot be written.
    pub fn rename_tag(&self, tag: &Tag, to: &Tag) -> Result<(), Error> {
        self.decide(Decision::RenameTag, |catalog| become_one(catalog, tag, to))
    }

    /// Makes `tags` and `into` one, with what lies below them, as one step that can be undone.
    ///
    /// # Errors
    /// When one of the tags is unknown or lies above `into`, or the catalog cannot be written; then nothing changed.
    pub fn merge_tags(&self, tags: &[Tag], into: &Tag) -> Result<(), Error> {
        self.decide(Decision::MergeTags, |catalog| {
            tags.iter().filter(|tag| *tag != into).try_for_each(|tag| become_one(catalog, tag, into))
        })
    }

    /// Takes `tag` and all below it from all photos and out of the vocabulary, as one step that can be undone.
    ///
    /// # Errors
    /// When there is no such tag or the catalog cannot be written.
    pub fn delete_tag(&self, tag: &Tag) -> Result<(), Error> {
        self.decide(Decision::DeleteTag, |catalog| {
            let below = under(catalog, tag)?;
            if below.is_empty() {
                return Err(Error::UnknownTag(tag.clone()));
            }
            for (id, _) in below {
                catalog.execute("DELETE FROM photo_tags WHERE tag = ?1", [id])?;
                catalog.execute("DELETE FROM tags WHERE id = ?1", [id])?;
            }
            Ok(())
        })
    }
}

/// Counts photos that `counts` says yes to, by tag, those of the tags below included.
pub(crate) fn count_tags(view: &Connection, counts: impl Fn(i64) -> bool) -> Result<Vec<TagCount>, Error> {
    let tags = all(view)?;
    let mut vocabulary: BTreeMap<Vec<String>, Tag> = BTreeMap::new();
    for (_, tag) in &tags {
        lineage(tag).for_each(|tag| _ = vocabulary.insert(parts(&tag), tag));
    }
    let numbers: HashMap<&Tag, usize> = vocabulary.values().enumerate().map(|(at, tag)| (tag, at)).collect();
    let lineages: HashMap<i64, Vec<usize>> =
        tags.iter().map(|(id, tag)| (*id, lineage(tag).map(|tag| numbers[&tag]).collect())).collect();
    let mut photos = vec![0; vocabulary.len()];
    // The last photo that each tag was counted for: of a photo with several tags below one it is counted once.
    let mut counted_for = vec![i64::MIN; vocabulary.len()];
    let mut select = view.prepare_cached("SELECT photo, tag FROM photo_tags ORDER BY photo")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let photo: i64 = row.get(0)?;
        if !counts(photo) {
            continue;
        }
        for &tag in lineages.get(&row.get(1)?).into_iter().flatten() {
            photos[tag] += u64::from(counted_for[tag] != photo);
            counted_for[tag] = photo;
        }
    }
    Ok(vocabulary.into_values().zip(photos).map(|(tag, photos)| TagCount { tag, photos }).collect())
}

/// Lets `photo` have what `from` has.
pub(crate) fn inherit(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let copy =
        "INSERT OR IGNORE INTO photo_tags (photo, tag) SELECT ?1, tag FROM photo_tags WHERE photo = ?2";
    catalog.prepare_cached(copy)?.execute([photo.0, from.0])?;
    Ok(())
}

/// Runs `statement` for every photo with every tag; how many photos it changed.
fn change_each(
    catalog: &Transaction<'_>,
    photos: &[PhotoId],
    tags: &[i64],
    statement: &str,
) -> Result<u64, Error> {
    let mut change = catalog.prepare_cached(statement)?;
    let mut changed = 0;
    for photo in photos {
        let mut rows = 0;
        for tag in tags {
            rows += change.execute([photo.0, *tag])?;
        }
        changed += u64::from(rows > 0);
    }
    Ok(changed)
}

/// The number of `tag`, which joins the vocabulary if it is new.
pub(crate) fn id_of(catalog: &Transaction<'_>, tag: &Tag) -> Result<i64, Error> {
    let mut find = catalog.prepare_cached("SELECT id FROM tags WHERE path = ?1")?;
    if let Some(id) = find.query_row([tag.as_str()], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    catalog.execute("INSERT INTO tags (path) VALUES (?1)", [tag.as_str()])?;
    Ok(catalog.last_insert_rowid())
}

fn become_one(catalog: &Transaction<'_>, from: &Tag, to: &Tag) -> Result<(), Error> {
    if from == to {
        return Ok(());
    }
    if to.is_under(from) {
        return Err(Error::TagInItself { tag: from.clone(), to: to.clone() });
    }
    let moved = under(catalog, from)?;
    if moved.is_empty() {
        return Err(Error::UnknownTag(from.clone()));
    }
    // First they all let go of their names: a tag that goes up may take that of one which goes up, too.
    for (id, _) in &moved {
        catalog
            .execute("UPDATE tags SET path = ?2 WHERE id = ?1", params![id, format!("{SEPARATOR}{id}")])?;
    }
    for (id, tag) in &moved {
        let path = moved_path(tag, from, to);
        let mut find = catalog.prepare_cached("SELECT id FROM tags WHERE path = ?1")?;
        match find.query_row([&path], |row| row.get::<_, i64>(0)).optional()? {
            None => {
                catalog.execute("UPDATE tags SET path = ?2 WHERE id = ?1", params![id, path])?;
            }
            Some(there) => {
                catalog.execute(
                    "INSERT OR IGNORE INTO photo_tags (photo, tag) SELECT photo, ?2 FROM photo_tags WHERE tag = ?1",
                    [*id, there],
                )?;
                catalog.execute("DELETE FROM photo_tags WHERE tag = ?1", [id])?;
                catalog.execute("DELETE FROM tags WHERE id = ?1", [id])?;
            }
        }
    }
    rename_in_searches(catalog, from, to)
}

/// Saved searches go on asking for what they asked for.
fn rename_in_searches(catalog: &Transaction<'_>, from: &Tag, to: &Tag) -> Result<(), Error> {
    let mut select =
        catalog.prepare_cached("SELECT DISTINCT value AS path FROM album_conditions WHERE field = 'tag'")?;
    let asked = select.query_map([], |row| row.tag_path("path"))?.collect::<Result<Vec<_>, _>>()?;
    for tag in asked.iter().filter(|tag| tag.is_under(from)) {
        let copy = "INSERT OR IGNORE INTO album_conditions (album, field, value)
             SELECT album, field, ?2 FROM album_conditions WHERE field = 'tag' AND value = ?1";
        catalog.execute(copy, [tag.as_str(), &moved_path(tag, from, to)])?;
        catalog.execute("DELETE FROM album_conditions WHERE field = 'tag' AND value = ?1", [tag.as_str()])?;
    }
    Ok(())
}

/// The path of `tag`, which lies under `from`, when `from` becomes `to`.
fn moved_path(tag: &Tag, from: &Tag, to: &Tag) -> String {
    [to.as_str(), &tag.as_str()[from.as_str().len()..]].concat()
}

/// All tags and their numbers.
fn all(view: &Connection) -> Result<Vec<(i64, Tag)>, Error> {
    let mut select = view.prepare_cached("SELECT id, path FROM tags ORDER BY path")?;
    let rows = select.query_map([], |row| Ok((row.get("id")?, row.tag_path("path")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `tag` and all below it.
fn under(view: &Connection, tag: &Tag) -> Result<Vec<(i64, Tag)>, Error> {
    let mut tags = all(view)?;
    tags.retain(|(_, each)| each.is_under(tag));
    Ok(tags)
}

/// The tag itself, and those that it lies below.
fn lineage(tag: &Tag) -> impl Iterator<Item = Tag> {
    std::iter::successors(Some(tag.clone()), Tag::parent)
}

/// What tags are put in order by: without regard to case where that tells them apart, each after the one above it.
fn parts(tag: &Tag) -> Vec<String> {
    let parts = tag.as_str().split(SEPARATOR);
    parts.flat_map(|part| [part.to_lowercase(), part.to_owned()]).collect()
}

#[cfg(test)]
mod tests;
