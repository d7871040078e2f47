//! Which photos, in which order: what the grid, the filters and the command line ask.

use std::collections::BTreeMap;

use likeness_domain::{
    AlbumId, ColorLabel, Flag, FolderId, PhotoId, PictureFormat, Rating, RelativePath, SuggestionId, Tag,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::conditions::{self, Condition};
use crate::photos::photo_rows;
use crate::words::file_name;
use crate::{Error, PhotoRow, Store, stacks};

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
    /// As the photos lie in the album that is asked for; what lies only in albums in it, and everything when no album is
    /// asked for, latest first behind them.
    Album,
}

/// Which side of a photo is longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Orientation {
    Landscape,
    Portrait,
    Square,
}

impl Orientation {
    /// All of them.
    pub const ALL: [Orientation; 3] = [Orientation::Landscape, Orientation::Portrait, Orientation::Square];

    /// The word in the catalog and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Orientation::Landscape => "landscape",
            Orientation::Portrait => "portrait",
            Orientation::Square => "square",
        }
    }

    /// The orientation that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|orientation| orientation.word() == word)
    }
}

/// What becomes of photos that are shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stacks {
    /// Each lies where the order puts it.
    #[default]
    Apart,
    /// They lie behind one another, the one that stands for them first.
    Together,
}

/// The photos that look like others, for each set of photos that was asked about. The catalog cannot see: whoever can
/// answers beforehand.
pub type Looks = BTreeMap<Vec<PhotoId>, Vec<PhotoId>>;

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
    /// Taken with a lens whose name holds this, without regard to the case of ASCII letters.
    pub lens: Option<String>,
    /// With this many stars or more.
    pub rating_at_least: Option<Rating>,
    /// Flagged so.
    pub flag: Option<Flag>,
    /// Labelled so.
    pub label: Option<ColorLabel>,
    /// With all of these tags, each itself or one below it.
    pub tags: Vec<Tag>,
    /// Of this album, or of an album in it.
    pub album: Option<AlbumId>,
    /// Of this suggestion, with the photos that it had when something was last said of it.
    pub suggestion: Option<SuggestionId>,
    /// Stored so.
    pub format: Option<PictureFormat>,
    /// With these sides.
    pub orientation: Option<Orientation>,
    /// Of so many bytes or more.
    pub bytes_at_least: Option<u64>,
    /// Of so many bytes or fewer.
    pub bytes_at_most: Option<u64>,
    /// With a file whose name holds this, without regard to case.
    pub name: Option<String>,
    /// That look like these, all together: as `looks` answers for them.
    pub similar_to: Vec<PhotoId>,
    /// What `similar_to` means, here and in the saved searches that `album` leads to.
    pub looks: Looks,
    /// Whether photos of a stack lie together.
    pub stacks: Stacks,
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
    /// The photo that stands for the stack that it lies in; the photo itself when it lies in none, or apart.
    pub stack: PhotoId,
}

impl Store {
    /// What the grid must know to lay out the photos that `query` asks for.
    ///
    /// # Errors
    /// When an album that it asks for is unknown, or the catalog cannot be read.
    pub fn shape(&self, query: &PhotoQuery) -> Result<Vec<ShapeRow>, Error> {
        self.read(|view| shape_rows(view, query))
    }

    /// The photos that `query` asks for.
    ///
    /// # Errors
    /// When an album that it asks for is unknown, or the catalog cannot be read.
    pub fn query_photos(&self, query: &PhotoQuery) -> Result<Vec<PhotoRow>, Error> {
        self.read(|view| {
            let ids: Vec<PhotoId> = shape_rows(view, query)?.into_iter().map(|row| row.photo).collect();
            photo_rows(view, &ids)
        })
    }
}

pub(crate) fn shape_rows(view: &Connection, query: &PhotoQuery) -> Result<Vec<ShapeRow>, Error> {
    let conditions = conditions::of(view, query)?;
    let mut wheres = String::new();
    let mut parameters = Vec::new();
    for Condition { sql, parameters: of_condition, .. } in conditions {
        wheres.push_str(" AND ");
        wheres.push_str(&sql);
        parameters.extend(of_condition);
    }
    let order = match query.sort {
        Sort::Newest => "shown_at_ms DESC, id DESC".to_owned(),
        Sort::Oldest | Sort::Name => "shown_at_ms, id".to_owned(),
        Sort::Largest => "size_bytes DESC, id DESC".to_owned(),
        Sort::BestRated => "rating DESC, shown_at_ms DESC, id DESC".to_owned(),
        Sort::RecentlyAdded => "id DESC".to_owned(),
        Sort::Album => format!(
            "(SELECT position FROM album_photos WHERE album = {} AND photo = photos.id) NULLS LAST,
             shown_at_ms DESC, id DESC",
            query.album.map_or(0, |album| album.0)
        ),
    };
    let limit = query.limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    // Names are put in order here, not by SQLite.
    parameters.push(Value::Integer(if query.sort == Sort::Name { i64::MAX } else { limit }));
    let sql = format!(
        "SELECT id, shown_at_ms, width, height FROM photos WHERE files > 0{wheres} ORDER BY {order} LIMIT ?"
    );
    let mut select = view.prepare_cached(&sql)?;
    let rows = select.query_map(params_from_iter(parameters), |row| {
        let (width, height): (u32, u32) = (row.get(2)?, row.get(3)?);
        let photo = PhotoId(row.get(0)?);
        Ok(ShapeRow {
            photo,
            shown_at_ms: row.get(1)?,
            aspect: width.max(1) as f32 / height.max(1) as f32,
            stack: photo,
        })
    })?;
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    if query.sort == Sort::Name {
        sort_by_name(view, &mut rows)?;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    match query.stacks {
        Stacks::Apart => Ok(rows),
        Stacks::Together => stacks::put_together(view, rows),
    }
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
