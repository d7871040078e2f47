//! What was decided about photos that go passes to the photo that is kept in their place, and back when they return.

use std::collections::BTreeMap;

use likeness_domain::{ColorLabel, Flag, PhotoId, Rating};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params};

use crate::cleanup_journal::UnitId;
use crate::photos::decisions;
use crate::words::flag_word;
use crate::{Error, Store, tags};

/// What a keeper would get that it does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passing {
    /// More stars: how many.
    pub rating: Option<Rating>,
    /// A flag: picked.
    pub flag: Option<Flag>,
    /// A colour.
    pub label: Option<ColorLabel>,
    /// Tags, by their paths.
    pub tags: Vec<String>,
    /// Albums that are put together by hand or taught, by name.
    pub albums: Vec<String>,
}

impl Passing {
    /// Whether there is nothing to pass on.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// What `keeper` would get if `gone` went, to be shown before.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn passing(&self, keeper: PhotoId, gone: &[PhotoId]) -> Result<Passing, Error> {
        self.read(|view| {
            let values = values_to_pass(view, keeper, gone.iter().copied())?;
            let names = |select: &str, ids: &[i64]| -> Result<Vec<String>, Error> {
                let mut find = view.prepare_cached(select)?;
                ids.iter().map(|id| Ok(find.query_row([id], |row| row.get(0))?)).collect()
            };
            Ok(Passing {
                rating: values.rating.and_then(|(_, after)| Rating::new(after)),
                flag: values.flag.map(|(_, after)| after),
                label: values.label.map(|(_, after)| after),
                tags: names("SELECT path FROM tags WHERE id = ?1", &values.tags)?,
                albums: names("SELECT name FROM albums WHERE id = ?1", &values.albums)?,
            })
        })
    }
}

/// What changes, each with what it was before; tags and albums by their numbers.
#[derive(Default)]
struct Values {
    rating: Option<(u8, u8)>,
    flag: Option<(Flag, Flag)>,
    label: Option<(ColorLabel, ColorLabel)>,
    tags: Vec<i64>,
    albums: Vec<i64>,
}

fn values_to_pass(
    view: &Connection,
    keeper: PhotoId,
    gone: impl Iterator<Item = PhotoId>,
) -> Result<Values, Error> {
    let mut find = view.prepare_cached("SELECT rating, flag, label FROM photos WHERE id = ?1")?;
    let mut decided = |photo: PhotoId| find.query_row([photo.0], decisions);
    let before = decided(keeper)?;
    let mut after = before;
    let of = |select: &str, photo: PhotoId| -> Result<Vec<i64>, Error> {
        let mut select = view.prepare_cached(select)?;
        Ok(select.query_map([photo.0, keeper.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    let (mut tags, mut albums) = (BTreeMap::new(), BTreeMap::new());
    for photo in gone.filter(|photo| *photo != keeper) {
        let theirs = decided(photo)?;
        after.rating = after.rating.max(theirs.rating);
        if theirs.flag == Flag::Pick {
            after.flag = Flag::Pick;
        }
        if after.label == Default::default() {
            after.label = theirs.label;
        }
        let new_tags = "SELECT tag FROM photo_tags WHERE photo = ?1
             AND tag NOT IN (SELECT tag FROM photo_tags WHERE photo = ?2)";
        tags.extend(of(new_tags, photo)?.into_iter().map(|tag| (tag, ())));
        let new_albums = "SELECT album FROM album_photos WHERE photo = ?1
             AND album NOT IN (SELECT album FROM album_photos WHERE photo = ?2)";
        albums.extend(of(new_albums, photo)?.into_iter().map(|album| (album, ())));
    }
    Ok(Values {
        rating: (after.rating != before.rating).then(|| (before.rating.stars(), after.rating.stars())),
        flag: (after.flag != before.flag).then_some((before.flag, after.flag)),
        label: (after.label != before.label).then_some((before.label, after.label)),
        tags: tags.into_keys().collect(),
        albums: albums.into_keys().collect(),
    })
}

/// Gives `keeper` what was decided about `gone`, and notes what it had before.
pub(crate) fn pass_on(
    catalog: &Transaction<'_>,
    unit: UnitId,
    keeper: PhotoId,
    gone: impl Iterator<Item = PhotoId> + Clone,
) -> Result<(), Error> {
    let values = values_to_pass(catalog, keeper, gone.clone())?;
    let mut note = catalog.prepare_cached(
        "INSERT INTO cleanup_passed (unit, subject, before, after) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut set = |column: &str, before: Value, after: Value| -> Result<(), Error> {
        note.execute(params![unit.0, column, before, after])?;
        let update = format!("UPDATE photos SET {column} = ?2 WHERE id = ?1");
        catalog.prepare_cached(&update)?.execute(params![keeper.0, after])?;
        Ok(())
    };
    let text = |word: &str| Value::Text(word.to_owned());
    if let Some((before, after)) = values.rating {
        set("rating", Value::Integer(before.into()), Value::Integer(after.into()))?;
    }
    if let Some((before, after)) = values.flag {
        set("flag", text(flag_word(before)), text(flag_word(after)))?;
    }
    if let Some((before, after)) = values.label {
        set("label", text(before.word()), text(after.word()))?;
    }
    for (subject, ids) in [("tag", &values.tags), ("album", &values.albums)] {
        for id in ids {
            note.execute(params![unit.0, subject, Value::Null, id])?;
        }
    }
    let mut put_beside = catalog.prepare_cached(
        "INSERT OR IGNORE INTO album_photos (album, photo, position)
         SELECT album, ?1, position FROM album_photos WHERE photo = ?2",
    )?;
    for photo in gone.filter(|photo| *photo != keeper) {
        tags::inherit(catalog, keeper, photo)?;
        put_beside.execute([keeper.0, photo.0])?;
    }
    Ok(())
}

/// Takes from the keeper what it had got, as far as it still has it: what was decided since stays, and so does what it
/// would have got from others that are still gone.
pub(crate) fn take_back(catalog: &Transaction<'_>, unit: UnitId) -> Result<(), Error> {
    let mut find = catalog.prepare_cached("SELECT keeper FROM cleanup_units WHERE id = ?1")?;
    let Some(keeper) = find.query_row([unit.0], |row| row.get::<_, Option<i64>>(0))? else { return Ok(()) };
    let mut select =
        catalog.prepare_cached("SELECT subject, before, after FROM cleanup_passed WHERE unit = ?1")?;
    let passed = select.query_map([unit.0], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Value>(1)?, row.get::<_, Value>(2)?))
    })?;
    let passed = passed.collect::<Result<Vec<_>, _>>()?;
    catalog.prepare_cached("DELETE FROM cleanup_passed WHERE unit = ?1")?.execute([unit.0])?;
    for (subject, before, after) in passed {
        match subject.as_str() {
            "tag" => catalog
                .prepare_cached("DELETE FROM photo_tags WHERE photo = ?1 AND tag = ?2")?
                .execute(params![keeper, after])?,
            "album" => catalog
                .prepare_cached("DELETE FROM album_photos WHERE photo = ?1 AND album = ?2")?
                .execute(params![keeper, after])?,
            column => take_value_back(catalog, keeper, column, &before, &after)?,
        };
    }
    let mut select = catalog.prepare_cached(
        "SELECT unit, photo FROM cleanup_files JOIN cleanup_units ON cleanup_units.id = unit
         WHERE keeper = ?1 AND state = 'trashed' AND unit <> ?2 AND photo IS NOT NULL AND NOT is_back ORDER BY unit",
    )?;
    let others = select.query_map([keeper, unit.0], |row| Ok((UnitId(row.get(0)?), PhotoId(row.get(1)?))))?;
    for (other, photo) in others.collect::<Result<Vec<_>, _>>()? {
        pass_on(catalog, other, PhotoId(keeper), std::iter::once(photo))?;
    }
    Ok(())
}

/// Where another unit built upon the value, that one now builds upon what was before.
fn take_value_back(
    catalog: &Transaction<'_>,
    keeper: i64,
    column: &str,
    before: &Value,
    after: &Value,
) -> Result<usize, Error> {
    let mut rebuild = catalog.prepare_cached(
        "UPDATE cleanup_passed SET before = ?3 WHERE subject = ?2 AND before = ?4
            AND unit IN (SELECT id FROM cleanup_units WHERE keeper = ?1)",
    )?;
    if rebuild.execute(params![keeper, column, before, after])? > 0 {
        return Ok(0);
    }
    let mut update = catalog
        .prepare_cached(&format!("UPDATE photos SET {column} = ?2 WHERE id = ?1 AND {column} = ?3"))?;
    Ok(update.execute(params![keeper, before, after])?)
}
