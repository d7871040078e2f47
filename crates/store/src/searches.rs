//! What saved searches ask: a query as rows, which the journal can take back like any other decision. Its order and limit
//! are no part of what it asks.

use std::collections::BTreeMap;

use likeness_domain::{AlbumId, ColorLabel, FolderId, PhotoId, PictureFormat, Rating, RelativePath};
use rusqlite::types::{FromSqlError, Type, Value};
use rusqlite::{Connection, Transaction, params};

use crate::words::{flag_from, flag_word};
use crate::{Error, Orientation, PhotoQuery, Store};

impl Store {
    /// Sets of photos that saved searches ask for the looks of, for [`PhotoQuery::looks`].
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn looks_asked(&self) -> Result<Vec<Vec<PhotoId>>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(
                "SELECT album, value FROM album_conditions WHERE field = 'similar to' ORDER BY album, value",
            )?;
            let mut sets: BTreeMap<i64, Vec<PhotoId>> = BTreeMap::new();
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                sets.entry(row.get(0)?).or_default().push(PhotoId(row.get(1)?));
            }
            Ok(sets.into_values().collect())
        })
    }
}

/// What `query` asks, part by part.
pub(crate) fn conditions_of(query: &PhotoQuery) -> Vec<(String, Value)> {
    let mut rows = Vec::new();
    let mut add =
        |field: &str, value: Option<Value>| rows.extend(value.map(|value| (field.to_owned(), value)));
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    add("folder", query.folder.map(|folder| Value::Integer(folder.0)));
    add("below", query.below.as_ref().map(|below| Value::Text(hex(below.as_bytes()))));
    add("since", query.since_ms.map(Value::Integer));
    add("until", query.until_ms.map(Value::Integer));
    add("camera", query.camera.as_deref().map(text));
    add("lens", query.lens.as_deref().map(text));
    add("rating", query.rating_at_least.map(|rating| Value::Integer(rating.stars().into())));
    add("flag", query.flag.map(|flag| text(flag_word(flag))));
    add("label", query.label.map(|label| text(label.word())));
    query.tags.iter().for_each(|tag| add("tag", Some(text(tag.as_str()))));
    add("album", query.album.map(|album| Value::Integer(album.0)));
    add("format", query.format.map(|format| text(format.word())));
    add("orientation", query.orientation.map(|orientation| text(orientation.word())));
    add("bytes at least", query.bytes_at_least.map(number));
    add("bytes at most", query.bytes_at_most.map(number));
    add("name", query.name.as_deref().map(text));
    query.similar_to.iter().for_each(|photo| add("similar to", Some(Value::Integer(photo.0))));
    rows
}

/// Notes what the saved search `album` asks.
pub(crate) fn write(catalog: &Transaction<'_>, album: AlbumId, query: &PhotoQuery) -> Result<(), Error> {
    let mut insert = catalog
        .prepare_cached("INSERT OR IGNORE INTO album_conditions (album, field, value) VALUES (?1, ?2, ?3)")?;
    for (field, value) in conditions_of(query) {
        insert.execute(params![album.0, field, value])?;
    }
    Ok(())
}

/// What the saved search `album` asks.
pub(crate) fn query(view: &Connection, album: AlbumId) -> Result<PhotoQuery, Error> {
    let mut select = view
        .prepare_cached("SELECT field, value FROM album_conditions WHERE album = ?1 ORDER BY field, value")?;
    let rows = select.query_map([album.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Value>(1)?)))?;
    let mut query = PhotoQuery::default();
    for row in rows {
        let (field, value) = row?;
        set(&mut query, &field, value).ok_or_else(|| damaged(&field))?;
    }
    Ok(query)
}

/// `None` when the field or its value is none that this program writes.
fn set(query: &mut PhotoQuery, field: &str, value: Value) -> Option<()> {
    match (field, value) {
        ("folder", Value::Integer(folder)) => query.folder = Some(FolderId(folder)),
        ("below", Value::Text(below)) => {
            query.below = Some(RelativePath::from_bytes(from_hex(&below)?).ok()?);
        }
        ("since", Value::Integer(ms)) => query.since_ms = Some(ms),
        ("until", Value::Integer(ms)) => query.until_ms = Some(ms),
        ("camera", Value::Text(camera)) => query.camera = Some(camera),
        ("lens", Value::Text(lens)) => query.lens = Some(lens),
        ("rating", Value::Integer(stars)) => {
            query.rating_at_least = Some(Rating::new(u8::try_from(stars).ok()?)?);
        }
        ("flag", Value::Text(flag)) => query.flag = Some(flag_from(&flag)?),
        ("label", Value::Text(label)) => query.label = Some(ColorLabel::from_word(&label)?),
        ("tag", Value::Text(tag)) => query.tags.push(tag.parse().ok()?),
        ("album", Value::Integer(album)) => query.album = Some(AlbumId(album)),
        ("format", Value::Text(format)) => query.format = Some(PictureFormat::from_word(&format)?),
        ("orientation", Value::Text(word)) => query.orientation = Some(Orientation::from_word(&word)?),
        ("bytes at least", Value::Integer(bytes)) => query.bytes_at_least = Some(u64::try_from(bytes).ok()?),
        ("bytes at most", Value::Integer(bytes)) => query.bytes_at_most = Some(u64::try_from(bytes).ok()?),
        ("name", Value::Text(name)) => query.name = Some(name),
        ("similar to", Value::Integer(photo)) => query.similar_to.push(PhotoId(photo)),
        _ => return None,
    }
    Some(())
}

fn damaged(field: &str) -> rusqlite::Error {
    let source = FromSqlError::Other(format!("unknown condition {field} of a saved search").into());
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(source))
}

/// Paths need not be text, and the journal holds nothing else.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
