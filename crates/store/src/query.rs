//! Which photos, in which order: what the grid, the filters and the command line ask.

use likeness_domain::{Flag, FolderId, PhotoId, PictureFormat, Rating, RelativePath};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::photos::photo_rows;
use crate::words::{file_name, flag_word};
use crate::{Error, PhotoRow, Store};

/// The order of an answer. Equal photos follow their numbers, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// Latest first.
    #[default]
    Newest,
    /// Earliest first.
    Oldest,
    /// By the name of the best file, without regard to case.
    Name,
    /// Most bytes first.
    Largest,
    /// Most stars first, then latest.
    BestRated,
    /// Last to come into the library first.
    RecentlyAdded,
}

/// Which photos. All conditions hold at once; the default asks for all, newest first. Photos that are missing are never
/// among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhotoQuery {
    /// With a file in this source folder.
    pub folder: Option<FolderId>,
    /// With a file below this path of its source folder.
    pub below: Option<RelativePath>,
    /// Shown at this time or later, by the camera's clock, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// Shown at this time or earlier.
    pub until_ms: Option<i64>,
    /// Taken with a camera whose name holds this, without regard to the case of ASCII letters.
    pub camera: Option<String>,
    /// With this many stars or more.
    pub rating_at_least: Option<Rating>,
    /// Flagged so.
    pub flag: Option<Flag>,
    /// Stored so.
    pub format: Option<PictureFormat>,
    /// In this order.
    pub sort: Sort,
    /// At most so many.
    pub limit: Option<u64>,
}

/// What the grid must know of every photo to lay out its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapeRow {
    /// The photo.
    pub photo: PhotoId,
    /// As [`PhotoRow::shown_at_ms`].
    pub shown_at_ms: i64,
    /// Width divided by height, upright.
    pub aspect: f32,
}

impl Store {
    /// What the grid must know to lay out the photos that `query` asks for.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn shape(&self, query: &PhotoQuery) -> Result<Vec<ShapeRow>, Error> {
        self.read(|view| shape_rows(view, query))
    }

    /// The photos that `query` asks for.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn query_photos(&self, query: &PhotoQuery) -> Result<Vec<PhotoRow>, Error> {
        self.read(|view| {
            let ids: Vec<PhotoId> = shape_rows(view, query)?.into_iter().map(|row| row.photo).collect();
            photo_rows(view, &ids)
        })
    }
}

fn shape_rows(view: &Connection, query: &PhotoQuery) -> Result<Vec<ShapeRow>, Error> {
    let (conditions, mut parameters) = conditions(query);
    let order = match query.sort {
        Sort::Newest => "shown_at_ms DESC, id DESC",
        Sort::Oldest | Sort::Name => "shown_at_ms, id",
        Sort::Largest => "size_bytes DESC, id DESC",
        Sort::BestRated => "rating DESC, shown_at_ms DESC, id DESC",
        Sort::RecentlyAdded => "id DESC",
    };
    let limit = query.limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    // Names are put in order here, not by SQLite.
    parameters.push(Value::Integer(if query.sort == Sort::Name { i64::MAX } else { limit }));
    let sql = format!(
        "SELECT id, shown_at_ms, width, height FROM photos WHERE files > 0{conditions} ORDER BY {order} LIMIT ?"
    );
    let mut select = view.prepare_cached(&sql)?;
    let rows = select.query_map(params_from_iter(parameters), |row| {
        let (width, height): (u32, u32) = (row.get(2)?, row.get(3)?);
        Ok(ShapeRow {
            photo: PhotoId(row.get(0)?),
            shown_at_ms: row.get(1)?,
            aspect: width.max(1) as f32 / height.max(1) as f32,
        })
    })?;
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    if query.sort == Sort::Name {
        sort_by_name(view, &mut rows)?;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(rows)
}

/// SQL behind `files > 0`, and its parameters in order.
fn conditions(query: &PhotoQuery) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut parameters = Vec::new();
    let mut add = |condition: &str, parameter: Value| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        parameters.push(parameter);
    };
    if let Some(since) = query.since_ms {
        add("shown_at_ms >= ?", Value::Integer(since));
    }
    if let Some(until) = query.until_ms {
        add("shown_at_ms <= ?", Value::Integer(until));
    }
    if let Some(camera) = &query.camera {
        add("instr(lower(camera), ?) > 0", Value::Text(camera.to_ascii_lowercase()));
    }
    if let Some(rating) = query.rating_at_least {
        add("rating >= ?", Value::Integer(rating.stars().into()));
    }
    if let Some(flag) = query.flag {
        add("flag = ?", Value::Text(flag_word(flag).to_owned()));
    }
    if let Some(format) = query.format {
        add("format = ?", Value::Text(format.word().to_owned()));
    }
    if query.folder.is_some() || query.below.is_some() {
        let mut files = "id IN (SELECT shows FROM files WHERE shows IS NOT NULL".to_owned();
        let mut range = Vec::new();
        if let Some(folder) = query.folder {
            files.push_str(" AND folder = ?");
            range.push(Value::Integer(folder.0));
        }
        if let Some(below) = query.below.as_ref().filter(|below| !below.is_root()) {
            // '0' follows '/' in byte order.
            files.push_str(" AND path > ? AND path < ?");
            range.push(Value::Blob([below.as_bytes(), b"/"].concat()));
            range.push(Value::Blob([below.as_bytes(), b"0"].concat()));
        }
        sql.push_str(" AND ");
        sql.push_str(&files);
        sql.push(')');
        parameters.extend(range);
    }
    (sql, parameters)
}

/// By the name of the file that is there and known for longest.
fn sort_by_name(view: &Connection, rows: &mut [ShapeRow]) -> Result<(), Error> {
    let mut find = view.prepare_cached(
        "SELECT files.path FROM files JOIN folders ON folders.id = folder WHERE photo = ?1 AND shows = ?1
         ORDER BY folders.state = 'offline', files.id LIMIT 1",
    )?;
    let mut named = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let path: Vec<u8> = find.query_row([row.photo.0], |found| found.get(0))?;
        named.push((file_name(&path).to_string_lossy().to_lowercase(), row.photo, *row));
    }
    named.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for (row, (_, _, sorted)) in rows.iter_mut().zip(named) {
        *row = sorted;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
