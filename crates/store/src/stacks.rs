//! Stacks: photos that are shown as one. How they are found is not known here; which of a stack stands for the others
//! follows from what was decided.

use std::collections::HashMap;
use std::path::PathBuf;

use likeness_domain::{Decisions, Flag, ModelTag, PhotoId, PictureFormat};
use rusqlite::{Connection, OptionalExtension, params};

use crate::photos::decisions;
use crate::query::ShapeRow;
use crate::words::{Columns, path_from};
use crate::{Error, Store};

/// What tells whether photos belong together, but for their looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackCandidate {
    /// The photo.
    pub photo: PhotoId,
    /// The folder of its file that is known for longest, and that file's name without its ending.
    pub place: (PathBuf, String),
    /// How it is stored.
    pub format: PictureFormat,
    /// With what and when it was taken, by the camera's clock in milliseconds since 1970, where both are known.
    pub taken: Option<(String, i64)>,
}

impl Store {
    /// What tells whether photos in view belong together, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn stack_candidates(&self) -> Result<Vec<StackCandidate>, Error> {
        let select = "SELECT photos.id AS id, format, camera, taken_ms, folders.path AS root, files.path AS path
             FROM photos JOIN files ON files.id = (SELECT min(id) FROM files WHERE photo = photos.id AND shows = photos.id)
             JOIN folders ON folders.id = folder WHERE files > 0 ORDER BY photos.id";
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| {
                let path = path_from(row.path_below("path")?.as_bytes().to_vec());
                let folder = path.parent().map_or_else(PathBuf::new, PathBuf::from);
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
                let camera: Option<String> = row.get("camera")?;
                Ok(StackCandidate {
                    photo: PhotoId(row.get("id")?),
                    place: (row.path("root")?.join(folder), stem),
                    format: row.format("format")?,
                    taken: camera.zip(row.get("taken_ms")?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether photos came into view or went out of it, or vectors of `model` changed, since stacks were saved; or that was
    /// another model, or none.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn are_stacks_stale(&self, model: Option<&ModelTag>) -> Result<bool, Error> {
        let now = self.stacks_stamp(model)?;
        self.read(|view| {
            let saved = view
                .query_row("SELECT photos, vectors FROM derived.stacked", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            Ok(saved != Some(now))
        })
    }

    /// Saves `stacks` in place of those before, each of two photos or more.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_stacks(&self, model: Option<&ModelTag>, stacks: &[Vec<PhotoId>]) -> Result<(), Error> {
        let (photos, vectors) = self.stacks_stamp(model)?;
        self.write(|catalog| {
            catalog.execute("DELETE FROM derived.stacks", [])?;
            let mut insert =
                catalog.prepare_cached("INSERT INTO derived.stacks (photo, stack) VALUES (?1, ?2)")?;
            for stack in stacks {
                let first = stack.iter().min().map_or(0, |photo| photo.0);
                for photo in stack {
                    insert.execute([photo.0, first])?;
                }
            }
            let upsert =
                "INSERT OR REPLACE INTO derived.stacked (only_row, photos, vectors) VALUES (1, ?1, ?2)";
            catalog.execute(upsert, params![photos, vectors])?;
            Ok(())
        })
    }

    fn stacks_stamp(&self, model: Option<&ModelTag>) -> Result<(i64, String), Error> {
        let vectors = match model {
            Some(model) => format!("{model} {:?}", self.embedding_stamp(model)?),
            None => String::new(),
        };
        self.read(|view| {
            let photos = view.query_row("SELECT changes FROM visibility", [], |row| row.get(0))?;
            Ok((photos, vectors))
        })
    }
}

/// Puts the photos of a stack behind one another, at the place of the first: the one that stands for them, then the
/// others in their order.
pub(crate) fn put_together(view: &Connection, rows: Vec<ShapeRow>) -> Result<Vec<ShapeRow>, Error> {
    let members = members(view)?;
    let mut stacks: HashMap<i64, Vec<ShapeRow>> = HashMap::new();
    for row in &rows {
        if let Some((stack, _)) = members.get(&row.photo) {
            stacks.entry(*stack).or_default().push(*row);
        }
    }
    let mut together = Vec::with_capacity(rows.len());
    for row in rows {
        let Some((stack, _)) = members.get(&row.photo) else {
            together.push(row);
            continue;
        };
        // At its first photo all of them are put down, at the others nothing.
        let Some(mut stack) = stacks.remove(stack) else { continue };
        let best = (0..stack.len()).min_by_key(|at| members[&stack[*at].photo].1).unwrap_or_default();
        let cover = stack.remove(best);
        stack.insert(0, cover);
        together.extend(stack.into_iter().map(|row| ShapeRow { stack: cover.photo, ..row }));
    }
    Ok(together)
}

/// The stack of each photo that is in one, and how well it would stand for it: the lowest does.
fn members(view: &Connection) -> Result<HashMap<PhotoId, (i64, Rank)>, Error> {
    let mut select = view.prepare_cached(
        "SELECT photo, stack, rating, flag, label, format FROM derived.stacks JOIN photos ON photos.id = photo",
    )?;
    let rows = select.query_map([], |row| {
        let rank = rank(decisions(row)?, row.format("format")?);
        Ok((PhotoId(row.get("photo")?), (row.get("stack")?, rank)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

type Rank = (u8, u8, bool);

/// Picked before undecided before rejected, then more stars, then a picture before a camera's own format.
fn rank(decisions: Decisions, format: PictureFormat) -> Rank {
    let flag = match decisions.flag {
        Flag::Pick => 0,
        Flag::None => 1,
        Flag::Reject => 2,
    };
    (flag, 5 - decisions.rating.stars(), format == PictureFormat::Raw)
}

#[cfg(test)]
mod tests {
    use likeness_domain::Rating;

    use super::*;
    use crate::testing::{Library, tag};
    use crate::{PhotoQuery, Stacks};

    fn shape(store: &Store) -> Vec<(i64, i64)> {
        let query = PhotoQuery { stacks: Stacks::Together, ..PhotoQuery::default() };
        let rows = store.shape(&query).expect("a shape");
        rows.iter().map(|row| (row.photo.0, row.stack.0)).collect()
    }

    #[test]
    fn photos_of_a_stack_lie_together_behind_the_best_of_them() {
        let (library, photos) = Library::with_photos(6);
        let store = &library.store;
        assert!(store.are_stacks_stale(Some(&tag())).expect("an answer"));
        store.save_stacks(Some(&tag()), &[vec![photos[0], photos[3], photos[4]]]).expect("saved");
        assert!(!store.are_stacks_stale(Some(&tag())).expect("an answer"));
        // Newest first; the stack lies where its newest photo does.
        assert_eq!(shape(store), [(6, 6), (5, 5), (4, 5), (1, 5), (3, 3), (2, 2)]);
        store.rate(&photos[..1], Rating::new(3).expect("stars")).expect("rated");
        assert_eq!(shape(store), [(6, 6), (1, 1), (5, 1), (4, 1), (3, 3), (2, 2)]);
        store.flag(&photos[3..4], Flag::Pick).expect("picked");
        assert_eq!(shape(store), [(6, 6), (4, 4), (5, 4), (1, 4), (3, 3), (2, 2)]);
        let apart = store.shape(&PhotoQuery::default()).expect("a shape");
        assert!(apart.iter().all(|row| row.stack == row.photo));
    }

    #[test]
    fn a_stack_is_what_a_filter_leaves_of_it() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        store.save_stacks(Some(&tag()), std::slice::from_ref(&photos)).expect("saved");
        store.flag(&photos[..2], Flag::Reject).expect("rejected");
        let rejected =
            PhotoQuery { flag: Some(Flag::Reject), stacks: Stacks::Together, ..PhotoQuery::default() };
        let rows = store.shape(&rejected).expect("a shape");
        let rows: Vec<_> = rows.iter().map(|row| (row.photo.0, row.stack.0)).collect();
        assert_eq!(rows, [(2, 2), (1, 2)]);
    }

    #[test]
    fn candidates_say_where_they_lie_and_when_they_were_taken() {
        let (library, _) = Library::with_photos(1);
        let candidates = library.store.stack_candidates().expect("candidates");
        assert_eq!(candidates.len(), 1);
        assert_eq!(candidates[0].place, (PathBuf::from("/photos"), "1".to_owned()));
        assert_eq!(candidates[0].taken, Some(("Leica Q3".to_owned(), 1000)));
    }
}
