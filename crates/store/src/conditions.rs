//! A query as SQL: one condition for each part that filters. All of them together are the answer; all but one tell what
//! else that part could be set to.

use likeness_domain::{AlbumId, AlbumKind, PhotoId, Tag};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use crate::query::{Looks, Orientation, PhotoQuery};
use crate::words::{file_name, flag_word};
use crate::{Error, albums, searches, suggestions};

/// The parts of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Folder,
    Time,
    Camera,
    Lens,
    Rating,
    Flag,
    Label,
    Tags,
    Album,
    Suggestion,
    Format,
    Orientation,
    Size,
    Name,
    Similar,
}

/// What one part asks of a row of `photos`.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) part: Part,
    /// With `?` for each parameter, in order.
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Value>,
}

/// What `query` asks. A part may have several conditions.
///
/// # Errors
/// When an album that it asks for is unknown, or the catalog cannot be read.
pub(crate) fn of(view: &Connection, query: &PhotoQuery) -> Result<Vec<Condition>, Error> {
    let mut conditions = plain(query);
    if let Some(album) = query.album {
        albums::find(view, album)?;
        conditions.push(in_album(view, album, &query.looks)?);
    }
    Ok(conditions)
}

/// Makes the functions known that conditions use.
pub(crate) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // Whether the last name of a path holds a text, which is in small letters.
    connection.create_scalar_function("name_holds", 2, flags, |context| {
        let (ValueRef::Blob(path), ValueRef::Text(text)) = (context.get_raw(0), context.get_raw(1)) else {
            return Ok(false);
        };
        let name = file_name(path).to_string_lossy().to_lowercase();
        Ok(name.contains(&*String::from_utf8_lossy(text)))
    })
}

/// All but the album.
fn plain(query: &PhotoQuery) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let mut add = |part, sql: &str, parameters: Vec<Value>| {
        conditions.push(Condition { part, sql: sql.to_owned(), parameters });
    };
    let bytes = |bytes: u64| vec![Value::Integer(i64::try_from(bytes).unwrap_or(i64::MAX))];
    let text = |text: &str| vec![Value::Text(text.to_owned())];
    if let Some(since) = query.since_ms {
        add(Part::Time, "shown_at_ms >= ?", vec![Value::Integer(since)]);
    }
    if let Some(until) = query.until_ms {
        add(Part::Time, "shown_at_ms <= ?", vec![Value::Integer(until)]);
    }
    if let Some(camera) = &query.camera {
        add(Part::Camera, "instr(lower(camera), ?) > 0", text(&camera.to_ascii_lowercase()));
    }
    if let Some(lens) = &query.lens {
        add(Part::Lens, "instr(lower(lens), ?) > 0", text(&lens.to_ascii_lowercase()));
    }
    if let Some(rating) = query.rating_at_least {
        add(Part::Rating, "rating >= ?", vec![Value::Integer(rating.stars().into())]);
    }
    if let Some(flag) = query.flag {
        add(Part::Flag, "flag = ?", text(flag_word(flag)));
    }
    if let Some(label) = query.label {
        add(Part::Label, "label = ?", text(label.word()));
    }
    for tag in &query.tags {
        let Condition { part, sql, parameters } = tagged(tag);
        add(part, &sql, parameters);
    }
    if let Some(suggestion) = query.suggestion {
        add(Part::Suggestion, suggestions::PHOTOS_IN, vec![Value::Integer(suggestion.0); 3]);
    }
    if let Some(format) = query.format {
        add(Part::Format, "format = ?", text(format.word()));
    }
    match query.orientation {
        Some(Orientation::Landscape) => add(Part::Orientation, "width > height", Vec::new()),
        Some(Orientation::Portrait) => add(Part::Orientation, "width < height", Vec::new()),
        Some(Orientation::Square) => add(Part::Orientation, "width = height", Vec::new()),
        None => {}
    }
    if let Some(least) = query.bytes_at_least {
        add(Part::Size, "size_bytes >= ?", bytes(least));
    }
    if let Some(most) = query.bytes_at_most {
        add(Part::Size, "size_bytes <= ?", bytes(most));
    }
    if let Some(name) = &query.name {
        let sql = "id IN (SELECT shows FROM files WHERE shows IS NOT NULL AND name_holds(path, ?))";
        add(Part::Name, sql, text(&name.to_lowercase()));
    }
    if !query.similar_to.is_empty() {
        let photos = query.looks.get(&query.similar_to).map_or(&[][..], Vec::as_slice);
        add(Part::Similar, "id IN (SELECT value FROM json_each(?))", vec![Value::Text(json(photos))]);
    }
    conditions.extend(in_folder(query));
    conditions
}

fn tagged(tag: &Tag) -> Condition {
    // '}' follows '|' in byte order.
    let sql = "id IN (SELECT photo FROM photo_tags WHERE tag IN
         (SELECT tags.id FROM tags WHERE path = ? OR (path > ? AND path < ?)))";
    let path = tag.as_str();
    let parameters = [path.to_owned(), format!("{path}|"), format!("{path}}}")].map(Value::Text);
    Condition { part: Part::Tags, sql: sql.to_owned(), parameters: parameters.to_vec() }
}

fn in_folder(query: &PhotoQuery) -> Option<Condition> {
    if query.folder.is_none() && query.below.is_none() {
        return None;
    }
    let mut sql = "id IN (SELECT shows FROM files WHERE shows IS NOT NULL".to_owned();
    let mut parameters = Vec::new();
    if let Some(folder) = query.folder {
        sql.push_str(" AND folder = ?");
        parameters.push(Value::Integer(folder.0));
    }
    if let Some(below) = query.below.as_ref().filter(|below| !below.is_root()) {
        // '0' follows '/' in byte order.
        sql.push_str(" AND path > ? AND path < ?");
        parameters.push(Value::Blob([below.as_bytes(), b"/"].concat()));
        parameters.push(Value::Blob([below.as_bytes(), b"0"].concat()));
    }
    sql.push(')');
    Some(Condition { part: Part::Folder, sql, parameters })
}

/// In the album or an album in it, whether put there or found.
fn in_album(view: &Connection, album: AlbumId, looks: &Looks) -> Result<Condition, Error> {
    let tree = albums::tree_below(view, album)?;
    let (reached, searches) = reached(view, &tree, looks)?;
    let put = format!("FROM album_photos WHERE album IN ({})", numbers(&reached));
    let (asking, everywhere): (Vec<Search>, Vec<Search>) =
        searches.into_iter().partition(|search| search.within.is_some());
    let mut sql = String::new();
    let mut parameters = Vec::new();
    if asking.is_empty() {
        sql.push_str(&format!("(id IN (SELECT photo {put})"));
        for search in everywhere {
            sql.push_str(&format!(" OR ({})", search.sql));
            parameters.extend(search.parameters);
        }
        sql.push(')');
    } else {
        sql.push_str(&format!("id IN (WITH RECURSIVE found (inside, photo) AS (SELECT album, photo {put}"));
        for search in everywhere {
            sql.push_str(&format!(" UNION SELECT {}, id FROM photos WHERE {}", search.album.0, search.sql));
            parameters.extend(search.parameters);
        }
        // What was found is few at a time: a cross join starts from it.
        for search in asking {
            sql.push_str(&format!(
                " UNION SELECT {}, id FROM found CROSS JOIN photos ON id = photo WHERE inside IN ({}) AND {}",
                search.album.0,
                numbers(&search.within.unwrap_or_default()),
                search.sql
            ));
            parameters.extend(search.parameters);
        }
        sql.push_str(&format!(") SELECT photo FROM found WHERE inside IN ({}))", numbers(&tree)));
    }
    Ok(Condition { part: Part::Album, sql, parameters })
}

/// What a saved search asks, as one condition.
struct Search {
    album: AlbumId,
    /// The albums that it looks in; `None` when it looks everywhere.
    within: Option<Vec<AlbumId>>,
    sql: String,
    parameters: Vec<Value>,
}

/// The albums of `tree` and all that searches among them lead to, with these searches, each once.
fn reached(view: &Connection, tree: &[AlbumId], looks: &Looks) -> Result<(Vec<AlbumId>, Vec<Search>), Error> {
    let mut reached = tree.to_vec();
    let mut searches = Vec::new();
    let mut next = 0;
    while let Some(&album) = reached.get(next) {
        next += 1;
        if albums::find(view, album)?.kind != AlbumKind::Search {
            continue;
        }
        let query = PhotoQuery { looks: looks.clone(), ..searches::query(view, album)? };
        let within = match query.album {
            Some(asked) if exists(view, asked)? => Some(albums::tree_below(view, asked)?),
            Some(_) => Some(Vec::new()),
            None => None,
        };
        for inner in within.iter().flatten() {
            if !reached.contains(inner) {
                reached.push(*inner);
            }
        }
        let mut search = Search { album, within, sql: "1".to_owned(), parameters: Vec::new() };
        for condition in plain(&query) {
            search.sql.push_str(" AND ");
            search.sql.push_str(&condition.sql);
            search.parameters.extend(condition.parameters);
        }
        searches.push(search);
    }
    Ok((reached, searches))
}

fn numbers(albums: &[AlbumId]) -> String {
    let numbers: Vec<String> = albums.iter().map(|album| album.0.to_string()).collect();
    numbers.join(", ")
}

/// Albums that a saved search asks for may have been deleted since.
fn exists(view: &Connection, album: AlbumId) -> Result<bool, Error> {
    let mut find = view.prepare_cached("SELECT 1 FROM albums WHERE id = ?1")?;
    Ok(find.query_row([album.0], |_| Ok(())).optional()?.is_some())
}

fn json(photos: &[PhotoId]) -> String {
    let numbers: Vec<String> = photos.iter().map(|photo| photo.0.to_string()).collect();
    format!("[{}]", numbers.join(","))
}
