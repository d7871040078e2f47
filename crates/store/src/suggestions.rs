//! Albums that Likeness suggests, which are derived, and what the person said of them, which is true. How suggestions are
//! found, and which of them are shown, is not known here.

use std::collections::HashMap;

use likeness_domain::{AlbumId, AlbumKind, AlbumName, ModelTag, PhotoId, SuggestionId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::decisions::check_known;
use crate::words::Columns;
use crate::{Decision, Error, Store, albums};

/// How fine photos are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuggestionLevel {
    /// As albums.
    Wall,
    /// As parts of these.
    Part,
}

impl SuggestionLevel {
    fn number(self) -> u8 {
        match self {
            SuggestionLevel::Wall => 0,
            SuggestionLevel::Part => 1,
        }
    }
}

/// Photos that could be an album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its number.
    pub id: SuggestionId,
    /// What it could be called.
    pub name: String,
    /// The photo that stands for it.
    pub cover: PhotoId,
    /// Its photos, whether in view or not, the most telling first.
    pub photos: Vec<PhotoId>,
}

/// A suggestion that is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuggestion {
    /// The number of the one that goes on in it; `None` of a new one.
    pub id: Option<SuggestionId>,
    /// On the wall, or part of what is there.
    pub level: SuggestionLevel,
    /// What it could be called.
    pub name: String,
    /// The photo that stands for it.
    pub cover: PhotoId,
    /// Its photos, the most telling first.
    pub photos: Vec<PhotoId>,
}

/// Of what suggestions were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The model whose vectors were grouped.
    pub model: ModelTag,
    /// How many photos there were.
    pub photos: u64,
}

/// What the person said of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// It stays on the wall as it is.
    Held,
    /// It became an album.
    Kept,
    /// It is to go.
    Dismissed,
    /// Its parts are to take its place.
    Split,
}

impl Said {
    /// All of them.
    pub const ALL: [Said; 4] = [Said::Held, Said::Kept, Said::Dismissed, Said::Split];

    fn word(self) -> &'static str {
        match self {
            Said::Held => "held",
            Said::Kept => "kept",
            Said::Dismissed => "dismissed",
            Said::Split => "split",
        }
    }

    /// What the word in the catalog says.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.word() == word)
    }
}

/// A suggestion that something was said of, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidSuggestion {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// What was said.
    pub said: Said,
    /// Whether the person gave the name.
    pub named: bool,
    /// Whether it comes before others.
    pub pinned: bool,
}

/// Photos of the suggestion that `?` names three times: as it was when something was said of it, else as it was found.
pub(crate) const PHOTOS_IN: &str = "id IN (SELECT photo FROM said_suggestion_photos WHERE suggestion = ?
     UNION ALL SELECT photo FROM derived.suggestion_photos WHERE suggestion = ?
         AND NOT EXISTS (SELECT 1 FROM said_suggestions WHERE suggestion = ?))";

impl Store {
    /// Suggestions of one level as they were found, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn suggestions(&self, level: SuggestionLevel) -> Result<Vec<Suggestion>, Error> {
        self.read(|view| {
            let mut photos = photos_by_suggestion(view, "derived.suggestion_photos")?;
            let mut select = view.prepare_cached(
                "SELECT suggestion, name, cover FROM derived.suggestions WHERE level = ?1 ORDER BY suggestion",
            )?;
            let rows = select.query_map([level.number()], |row| {
                let id = SuggestionId(row.get(0)?);
                let photos = photos.remove(&id).unwrap_or_default();
                Ok(Suggestion { id, name: row.get(1)?, cover: PhotoId(row.get(2)?), photos })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Of what suggestions were made; `None` when there were none yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn suggested(&self) -> Result<Option<Suggested>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT model AS tag, photos FROM derived.suggested")?;
            let found = find.query_row([], |row| {
                Ok(Suggested { model: row.tag("tag")?, photos: row.get::<_, i64>("photos")? as u64 })
            });
            Ok(found.optional()?)
        })
    }

    /// Saves suggestions in place of those before. New ones get numbers that none ever had.
    ///
    /// # Errors
    /// When the catalog cannot be written; then the old ones stay.
    pub fn save_suggestions(&self, of: &Suggested, suggestions: &[NewSuggestion]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut last = last_number(catalog)?;
            catalog
                .execute_batch("DELETE FROM derived.suggestions; DELETE FROM derived.suggestion_photos;")?;
            let mut insert =
                catalog.prepare_cached("INSERT INTO derived.suggestions VALUES (?1, ?2, ?3, ?4)")?;
            let mut add =
                catalog.prepare_cached("INSERT INTO derived.suggestion_photos VALUES (?1, ?2, ?3)")?;
            for suggestion in suggestions {
                let number = suggestion.id.map_or_else(
                    || {
                        last += 1;
                        last
                    },
                    |id| id.0,
                );
                let NewSuggestion { level, name, cover, photos, .. } = suggestion;
                insert.execute(params![number, level.number(), name, cover.0])?;
                for (position, photo) in photos.iter().enumerate() {
                    add.execute([number, photo.0, position as i64])?;
                }
            }
            let upsert =
                "INSERT OR REPLACE INTO derived.suggested (only_row, model, photos) VALUES (1, ?1, ?2)";
            catalog.execute(upsert, params![of.model.as_str(), of.photos as i64])?;
            Ok(())
        })
    }

    /// What the person said of suggestions, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn said_suggestions(&self) -> Result<Vec<SaidSuggestion>, Error> {
        self.read(|view| {
            let mut photos = photos_by_suggestion(view, "said_suggestion_photos")?;
            let mut select = view.prepare_cached("SELECT * FROM said_suggestions ORDER BY suggestion")?;
            let rows = select.query_map([], |row| {
                let id = SuggestionId(row.get("suggestion")?);
                let photos = photos.remove(&id).unwrap_or_default();
                Ok(SaidSuggestion {
                    suggestion: Suggestion {
                        id,
                        name: row.get("name")?,
                        cover: PhotoId(row.get("cover")?),
                        photos,
                    },
                    said: row.said("said")?,
                    named: row.get("named")?,
                    pinned: row.get("pinned")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes what was said of suggestions, and that nothing is said of those `unsaid` any more, as one step that can be
    /// undone.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written.
    pub fn say_of_suggestions(
        &self,
        decision: Decision,
        said: &[SaidSuggestion],
        unsaid: &[SuggestionId],
    ) -> Result<(), Error> {
        self.decide(decision, |catalog| {
            unsaid.iter().try_for_each(|suggestion| unsay(catalog, *suggestion))?;
            said.iter().try_for_each(|said| say(catalog, said))
        })
    }

    /// Makes a suggestion an album called `name`, as the last in `parent`, that goes on to propose photos, as one step
    /// that can be undone.
    ///
    /// # Errors
    /// When the name is taken there, a photo or `parent` is unknown, or the catalog cannot be written.
    pub fn keep_suggestion(
        &self,
        suggestion: &SaidSuggestion,
        name: &AlbumName,
        parent: Option<AlbumId>,
    ) -> Result<AlbumId, Error> {
        self.decide(Decision::KeepSuggestion, |catalog| {
            say(catalog, &SaidSuggestion { said: Said::Kept, ..suggestion.clone() })?;
            let album = albums::create(catalog, name, parent, AlbumKind::Taught)?;
            albums::append(catalog, album, &suggestion.suggestion.photos)?;
            let cover = "UPDATE albums SET cover = ?2 WHERE id = ?1";
            catalog.execute(cover, [album.0, suggestion.suggestion.cover.0])?;
            Ok(album)
        })
    }
}

/// Lets `photo` be in what was said of suggestions where `from` is.
pub(crate) fn inherit(catalog: &Transaction<'_>, photo: PhotoId, from: PhotoId) -> Result<(), Error> {
    let copy = "INSERT OR IGNORE INTO said_suggestion_photos (suggestion, photo, position)
         SELECT suggestion, ?1, position FROM said_suggestion_photos WHERE photo = ?2";
    catalog.prepare_cached(copy)?.execute([photo.0, from.0])?;
    let cover = "UPDATE said_suggestions SET cover = ?1 WHERE cover = ?2";
    catalog.prepare_cached(cover)?.execute([photo.0, from.0])?;
    Ok(())
}

fn say(catalog: &Transaction<'_>, said: &SaidSuggestion) -> Result<(), Error> {
    let SaidSuggestion { suggestion, said, named, pinned } = said;
    check_known(catalog, &suggestion.photos)?;
    let mut upsert = catalog.prepare_cached(
        "INSERT INTO said_suggestions (suggestion, said, name, named, pinned, cover)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (suggestion) DO UPDATE SET said = excluded.said, name = excluded.name,
            named = excluded.named, pinned = excluded.pinned, cover = excluded.cover",
    )?;
    let number = suggestion.id.0;
    upsert.execute(params![number, said.word(), suggestion.name, named, pinned, suggestion.cover.0])?;
    let mut add = catalog.prepare_cached(
        "INSERT INTO said_suggestion_photos (suggestion, photo, position) VALUES (?1, ?2, ?3)
         ON CONFLICT (suggestion, photo) DO UPDATE SET position = excluded.position
            WHERE position <> excluded.position",
    )?;
    for (position, photo) in suggestion.photos.iter().enumerate() {
        add.execute([number, photo.0, position as i64])?;
    }
    Ok(())
}

fn unsay(catalog: &Transaction<'_>, suggestion: SuggestionId) -> Result<(), Error> {
    catalog.execute("DELETE FROM said_suggestion_photos WHERE suggestion = ?1", [suggestion.0])?;
    catalog.execute("DELETE FROM said_suggestions WHERE suggestion = ?1", [suggestion.0])?;
    Ok(())
}

/// The highest number that a suggestion ever had, as far as is known: `derived.db` may have been lost.
fn last_number(catalog: &Transaction<'_>) -> Result<i64, Error> {
    let select =
        "SELECT max(coalesce((SELECT seq FROM derived.sqlite_sequence WHERE name = 'suggestions'), 0),
        coalesce((SELECT max(suggestion) FROM said_suggestions), 0))";
    Ok(catalog.query_row(select, [], |row| row.get(0))?)
}

fn photos_by_suggestion(
    view: &Connection,
    table: &str,
) -> Result<HashMap<SuggestionId, Vec<PhotoId>>, Error> {
    let mut select = view.prepare_cached(&format!(
        "SELECT suggestion, photo FROM {table} ORDER BY suggestion, position, photo"
    ))?;
    let mut rows = select.query([])?;
    let mut photos: HashMap<SuggestionId, Vec<PhotoId>> = HashMap::new();
    while let Some(row) = rows.next()? {
        photos.entry(SuggestionId(row.get(0)?)).or_default().push(PhotoId(row.get(1)?));
    }
    Ok(photos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PhotoQuery;
    use crate::testing::{Disk, Library, tag};

    fn new(id: Option<i64>, level: SuggestionLevel, photos: &[PhotoId]) -> NewSuggestion {
        let id = id.map(SuggestionId);
        NewSuggestion { id, level, name: "Coast 2019".into(), cover: photos[0], photos: photos.to_vec() }
    }

    fn save(store: &Store, suggestions: &[NewSuggestion]) -> Vec<i64> {
        store.save_suggestions(&Suggested { model: tag(), photos: 6 }, suggestions).expect("saved");
        let wall = store.suggestions(SuggestionLevel::Wall).expect("suggestions");
        wall.iter().map(|suggestion| suggestion.id.0).collect()
    }

    fn said(suggestion: &Suggestion, said: Said) -> SaidSuggestion {
        SaidSuggestion { suggestion: suggestion.clone(), said, named: true, pinned: false }
    }

    fn in_suggestion(store: &Store, suggestion: SuggestionId) -> Vec<PhotoId> {
        let query = PhotoQuery { suggestion: Some(suggestion), ..PhotoQuery::default() };
        let mut photos: Vec<PhotoId> =
            store.shape(&query).expect("photos").into_iter().map(|row| row.photo).collect();
        photos.sort_unstable();
        photos
    }

    #[test]
    fn suggestions_keep_their_numbers_and_no_number_comes_twice() {
        use SuggestionLevel::{Part, Wall};
        let (library, photos) = Library::with_photos(6);
        let store = &library.store;
        assert_eq!(store.suggested().expect("an answer"), None);
        let first =
            [new(None, Wall, &photos[..3]), new(None, Wall, &photos[3..]), new(None, Part, &photos[..2])];
        assert_eq!(save(store, &first), [1, 2]);
        assert_eq!(store.suggestions(Part).expect("parts")[0].photos, photos[..2]);
        assert_eq!(save(store, &[new(Some(2), Wall, &photos[2..]), new(None, Wall, &photos[..2])]), [2, 4]);
        assert_eq!(in_suggestion(store, SuggestionId(2)), photos[2..]);
        let held = store.suggestions(Wall).expect("suggestions")[1].clone();
        store.say_of_suggestions(Decision::PinSuggestion, &[said(&held, Said::Held)], &[]).expect("said");

        let library = library.reopened(|place| {
            std::fs::remove_file(place.join("derived.db")).expect("removed");
        });
        let library = library.expect("opened");
        assert_eq!(save(&library.store, &[new(None, Wall, &photos)]), [5], "4 is not given again");
        assert_eq!(in_suggestion(&library.store, held.id), photos[..2], "what was held stays as it was");
    }

    #[test]
    fn what_is_said_is_undone_and_done_again() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        save(store, &[new(None, SuggestionLevel::Wall, &photos)]);
        let found = store.suggestions(SuggestionLevel::Wall).expect("suggestions")[0].clone();
        let held = said(&Suggestion { name: "Sea".into(), ..found.clone() }, Said::Held);
        store.say_of_suggestions(Decision::RenameSuggestion, std::slice::from_ref(&held), &[]).expect("said");
        assert_eq!(store.said_suggestions().expect("said"), std::slice::from_ref(&held));
        let name = "Sea".parse().expect("a name");
        let album = store.keep_suggestion(&held, &name, None).expect("kept");
        assert_eq!(store.said_suggestions().expect("said")[0].said, Said::Kept);
        assert_eq!(store.albums().expect("albums")[0].kind, AlbumKind::Taught);

        assert_eq!(store.undo().expect("undone").expect("a step").action, Decision::KeepSuggestion);
        assert_eq!(store.said_suggestions().expect("said"), std::slice::from_ref(&held));
        assert!(store.albums().expect("albums").is_empty());
        store.undo().expect("undone").expect("a step");
        assert!(store.said_suggestions().expect("nothing is said").is_empty());
        store.redo().expect("done again").expect("a step");
        store.redo().expect("done again").expect("a step");
        assert_eq!(store.said_suggestions().expect("said")[0].suggestion.photos, photos);
        assert_eq!(store.albums().expect("albums")[0].id, album);

        store.say_of_suggestions(Decision::PinSuggestion, &[], &[found.id]).expect("unsaid");
        assert!(store.said_suggestions().expect("nothing is said").is_empty());
        store.undo().expect("undone").expect("a step");
        assert_eq!(store.said_suggestions().expect("said")[0].suggestion.photos, photos);
    }

    #[test]
    fn an_edited_photo_is_in_what_was_said() {
        let library = Library::new();
        let mut disk = Disk::with(&[("a.jpg", 1), ("b.jpg", 2)]);
        library.refresh(&disk);
        let photos =
            [library.photo_at("a.jpg").expect("a photo"), library.photo_at("b.jpg").expect("a photo")];
        save(&library.store, &[new(None, SuggestionLevel::Wall, &photos)]);
        let found = library.store.suggestions(SuggestionLevel::Wall).expect("suggestions")[0].clone();
        let held = said(&found, Said::Held);
        library.store.say_of_suggestions(Decision::PinSuggestion, &[held], &[]).expect("said");
        disk.write("a.jpg", 3);
        library.refresh(&disk);
        let edited = library.photo_at("a.jpg").expect("a photo");
        let said = library.store.said_suggestions().expect("said").remove(0);
        assert!(said.suggestion.photos.contains(&edited));
        assert_eq!(said.suggestion.cover, edited);
    }
}
