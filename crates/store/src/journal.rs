//! The journal of decisions: every step is one transaction, and is taken back and done again as one, across restarts and
//! processes. Triggers of the schema write down what a step changes; nothing here knows what a step means.

use likeness_domain::{CleanupId, PhotoId};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::cleanup_journal::cleanup_of;
use crate::{Error, Store};

/// Steps that can be taken back. Older ones are forgotten; what they decided stays.
const JOURNAL_LENGTH: i64 = 1000;

/// Kinds of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is what the function of its name does")]
pub enum Decision {
    Rate,
    Pick,
    Reject,
    Unflag,
    Label,
    TakeFromSidecar,
    AddTag,
    RemoveTag,
    RenameTag,
    MergeTags,
    DeleteTag,
    CreateAlbum,
    RenameAlbum,
    MoveAlbum,
    DeleteAlbum,
    SetAlbumCover,
    AddToAlbum,
    RemoveFromAlbum,
    ReorderAlbum,
    SetAlbumQuery,
    CleanUp,
    NotDuplicates,
    KeepAll,
    Unsettle,
    KeepSuggestion,
    RenameSuggestion,
    PinSuggestion,
    DismissSuggestion,
    SplitSuggestion,
    MergeSuggestions,
    TeachAlbum,
    AcceptProposal,
    RefuseProposal,
    KeepOddOne,
}

impl Decision {
    const ALL: [Decision; 34] = {
        use Decision::*;
        [
            Rate,
            Pick,
            Reject,
            Unflag,
            Label,
            TakeFromSidecar,
            AddTag,
            RemoveTag,
            RenameTag,
            MergeTags,
            DeleteTag,
            CreateAlbum,
            RenameAlbum,
            MoveAlbum,
            DeleteAlbum,
            SetAlbumCover,
            AddToAlbum,
            RemoveFromAlbum,
            ReorderAlbum,
            SetAlbumQuery,
            CleanUp,
            NotDuplicates,
            KeepAll,
            Unsettle,
            KeepSuggestion,
            RenameSuggestion,
            PinSuggestion,
            DismissSuggestion,
            SplitSuggestion,
            MergeSuggestions,
            TeachAlbum,
            AcceptProposal,
            RefuseProposal,
            KeepOddOne,
        ]
    };

    /// The word in the catalog.
    fn word(self) -> &'static str {
        match self {
            Decision::Rate => "rate",
            Decision::Pick => "pick",
            Decision::Reject => "reject",
            Decision::Unflag => "unflag",
            Decision::Label => "label",
            Decision::TakeFromSidecar => "take from sidecar",
            Decision::AddTag => "add tag",
            Decision::RemoveTag => "remove tag",
            Decision::RenameTag => "rename tag",
            Decision::MergeTags => "merge tags",
            Decision::DeleteTag => "delete tag",
            Decision::CreateAlbum => "create album",
            Decision::RenameAlbum => "rename album",
            Decision::MoveAlbum => "move album",
            Decision::DeleteAlbum => "delete album",
            Decision::SetAlbumCover => "set album cover",
            Decision::AddToAlbum => "add to album",
            Decision::RemoveFromAlbum => "remove from album",
            Decision::ReorderAlbum => "reorder album",
            Decision::SetAlbumQuery => "set album query",
            Decision::CleanUp => "clean up",
            Decision::NotDuplicates => "not duplicates",
            Decision::KeepAll => "keep all",
            Decision::Unsettle => "unsettle",
            Decision::KeepSuggestion => "keep suggestion",
            Decision::RenameSuggestion => "rename suggestion",
            Decision::PinSuggestion => "pin suggestion",
            Decision::DismissSuggestion => "dismiss suggestion",
            Decision::SplitSuggestion => "split suggestion",
            Decision::MergeSuggestions => "merge suggestions",
            Decision::TeachAlbum => "teach album",
            Decision::AcceptProposal => "accept proposal",
            Decision::RefuseProposal => "refuse proposal",
            Decision::KeepOddOne => "keep odd one",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.word() == word)
    }
}

/// Where what is decided belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// It is a step of its own.
    Own(Decision),
    /// It is a part of what a clean-up did; when nothing of that went, it is not decided.
    Of(CleanupId),
}

/// A step that was taken back, or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// What it had decided.
    pub action: Decision,
    /// The photos that it had changed, or put into albums or taken out of them.
    pub photos: Vec<PhotoId>,
}

impl Store {
    /// Takes the last step back. `None` when there is none.
    ///
    /// # Errors
    /// [`Error::MovedFiles`] of a clean-up, which the catalog alone cannot take back; when the catalog cannot be written.
    pub fn undo(&self) -> Result<Option<Undone>, Error> {
        self.write(|catalog| reverse(catalog, LAST_DONE, 1))
    }

    /// Does the step that was last taken back again. `None` when there is none, or something was decided since.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn redo(&self) -> Result<Option<Undone>, Error> {
        self.write(|catalog| reverse(catalog, LAST_UNDONE, 0))
    }

    /// What [`undo`](Self::undo) would take back.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn undo_label(&self) -> Result<Option<Decision>, Error> {
        self.decision(LAST_DONE)
    }

    /// What [`redo`](Self::redo) would do again.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn redo_label(&self) -> Result<Option<Decision>, Error> {
        self.decision(LAST_UNDONE)
    }

    fn decision(&self, find: &str) -> Result<Option<Decision>, Error> {
        self.read(|view| {
            let word = view.prepare_cached(find)?.query_row([], |row| row.get::<_, String>(1)).optional()?;
            Ok(word.as_deref().and_then(Decision::from_word))
        })
    }

    /// Runs `work` as one step that can be taken back. A step that changes nothing is none.
    pub(crate) fn decide<T>(
        &self,
        decision: Decision,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.write(|catalog| {
            catalog.execute("INSERT INTO actions (word) VALUES (?1)", [decision.word()])?;
            let action = catalog.last_insert_rowid();
            let answer = record(catalog, action, || work(catalog))?;
            let mut changes = catalog.prepare_cached("SELECT 1 FROM changes WHERE action = ?1")?;
            if changes.exists([action])? {
                forget_old(catalog, action)?;
            } else {
                catalog.execute("DELETE FROM actions WHERE id = ?1", [action])?;
            }
            Ok(answer)
        })
    }
}

impl Store {
    /// Runs `work` in `step`.
    pub(crate) fn decide_in(
        &self,
        step: Step,
        work: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match step {
            Step::Own(decision) => self.decide(decision, work),
            Step::Of(cleanup) => self.write(|catalog| match step_of(catalog, cleanup)? {
                Some(action) => record(catalog, action, || work(catalog)),
                None => Ok(()),
            }),
        }
    }
}

/// Takes a clean-up out of the person's steps, with what was decided in it; what was decided otherwise since then holds.
pub(crate) fn forget_cleanup(catalog: &Transaction<'_>, cleanup: CleanupId) -> Result<(), Error> {
    let Some(action) = step_of(catalog, cleanup)? else { return Ok(()) };
    let later = "SELECT 1 FROM changes AS later JOIN actions ON actions.id = later.action
         WHERE undone = 0 AND later.action > mine.action AND (later.subject, later.key) = (mine.subject, mine.key)";
    let delete = format!("DELETE FROM changes AS mine WHERE action = ?1 AND EXISTS ({later})");
    catalog.prepare_cached(&delete)?.execute([action])?;
    turn_around(catalog, action)?;
    catalog.execute("DELETE FROM actions WHERE id = ?1", [action])?;
    Ok(())
}

fn step_of(catalog: &Transaction<'_>, cleanup: CleanupId) -> Result<Option<i64>, Error> {
    let mut find = catalog.prepare_cached("SELECT action FROM cleanups WHERE id = ?1")?;
    Ok(find.query_row([cleanup.0], |row| row.get(0)).optional()?.flatten())
}

/// Gives a clean-up its place among the person's steps, once something of it lies in the trash.
pub(crate) fn mark_cleanup(catalog: &Transaction<'_>, cleanup: CleanupId) -> Result<(), Error> {
    let marked = "SELECT 1 FROM cleanups WHERE id = ?1 AND action IS NOT NULL";
    if catalog.prepare_cached(marked)?.exists([cleanup.0])? {
        return Ok(());
    }
    catalog.execute("INSERT INTO actions (word) VALUES (?1)", [Decision::CleanUp.word()])?;
    let action = catalog.last_insert_rowid();
    catalog.execute("UPDATE cleanups SET action = ?2 WHERE id = ?1", [cleanup.0, action])?;
    forget_old(catalog, action)
}

/// What was taken back and not done again is off the table, as in every editor.
fn forget_old(catalog: &Transaction<'_>, newest: i64) -> Result<(), Error> {
    catalog.execute("DELETE FROM actions WHERE undone = 1 OR id <= ?1", [newest - JOURNAL_LENGTH])?;
    Ok(())
}

const LAST_DONE: &str = "SELECT id, word FROM actions WHERE undone = 0 ORDER BY id DESC LIMIT 1";
const LAST_UNDONE: &str = "SELECT id, word FROM actions WHERE undone = 1 ORDER BY id LIMIT 1";

/// Writes down what `work` changes as changes of `action`.
fn record<T>(
    catalog: &Transaction<'_>,
    action: i64,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut recording = catalog.prepare_cached("UPDATE recording SET action = ?1")?;
    recording.execute([action])?;
    let answer = work()?;
    recording.execute([None::<i64>])?;
    Ok(answer)
}

/// Turns the action that `find` finds around, and notes that it is `undone` now.
fn reverse(catalog: &Transaction<'_>, find: &str, undone: i64) -> Result<Option<Undone>, Error> {
    let step = catalog.query_row(find, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
    let Some((action, word)) = step.optional()? else { return Ok(None) };
    if let Some(cleanup) = cleanup_of(catalog, action)? {
        return Err(Error::MovedFiles(cleanup));
    }
    let photos = photos_of(catalog, action)?;
    turn_around(catalog, action)?;
    catalog.execute("UPDATE actions SET undone = ?2 WHERE id = ?1", [action, undone])?;
    let action = Decision::from_word(&word).ok_or_else(|| Error::Corrupt {
        path: std::path::PathBuf::from(catalog.path().unwrap_or_default()),
        detail: format!("its journal has an unknown word, {word}"),
    })?;
    Ok(Some(Undone { action, photos }))
}

/// Sets all rows that an action changed back to what they were, and writes down what that changes in turn.
fn turn_around(catalog: &Transaction<'_>, action: i64) -> Result<(), Error> {
    let mut select = catalog
        .prepare_cached("SELECT subject, key, before FROM changes WHERE action = ?1 ORDER BY id DESC")?;
    let changes = select.query_map([action], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    catalog.execute("DELETE FROM changes WHERE action = ?1", [action])?;
    // Rows come back before those that they refer to.
    catalog.pragma_update(None, "defer_foreign_keys", true)?;
    record(catalog, action, || {
        for (subject, key, before) in &changes {
            match before {
                Some(before) => {
                    if subject == "tags" {
                        take_in_namesake(catalog, key, before)?;
                    }
                    catalog.prepare_cached(restore(subject))?.execute(params![key, before])?
                }
                None => catalog.prepare_cached(remove(subject))?.execute([key])?,
            };
        }
        Ok(())
    })
}

fn photos_of(catalog: &Transaction<'_>, action: i64) -> Result<Vec<PhotoId>, Error> {
    let mut photos = catalog.prepare_cached(
        "SELECT DISTINCT key ->> (subject IN ('album_photos', 'refusals')) AS photo FROM changes WHERE action = ?1
         AND subject IN ('photos', 'photo_tags', 'album_photos', 'refusals', 'not_odd') ORDER BY photo",
    )?;
    let photos = photos.query_map([action], |row| row.get(0).map(PhotoId))?;
    Ok(photos.collect::<Result<_, _>>()?)
}

/// Tags also come from elsewhere, and that is no step: one that has the name by now becomes one with the tag that gets it
/// back.
fn take_in_namesake(catalog: &Transaction<'_>, key: &str, before: &str) -> Result<(), Error> {
    let mut take_over = catalog.prepare_cached(
        "INSERT OR IGNORE INTO photo_tags (photo, tag)
         SELECT photo, ?1 ->> 0 FROM photo_tags WHERE tag =
             (SELECT id FROM tags WHERE path = ?2 ->> 0 AND id <> ?1 ->> 0)",
    )?;
    take_over.execute([key, before])?;
    let mut forget = catalog.prepare_cached("DELETE FROM tags WHERE path = ?2 ->> 0 AND id <> ?1 ->> 0")?;
    forget.execute([key, before])?;
    Ok(())
}

/// Sets a row back to what it was, of its key and its other columns: those that the step had changed.
fn restore(subject: &str) -> &'static str {
    match subject {
        "tags" => {
            "INSERT INTO tags (id, path) VALUES (?1 ->> 0, ?2 ->> 0)
             ON CONFLICT (id) DO UPDATE SET path = excluded.path"
        }
        "photo_tags" => {
            "INSERT OR IGNORE INTO photo_tags (photo, tag) SELECT ?1 ->> 0, ?1 ->> 1 WHERE ?2 IS NOT NULL"
        }
        "albums" => {
            "INSERT INTO albums (id, parent, name, kind, position, cover)
             VALUES (?1 ->> 0, ?2 ->> 0, ?2 ->> 1, ?2 ->> 2, ?2 ->> 3, ?2 ->> 4)
             ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name,
                kind = excluded.kind, position = excluded.position,
                cover = CASE WHEN ?2 ->> 5 THEN cover ELSE excluded.cover END"
        }
        "album_photos" => {
            "INSERT INTO album_photos (album, photo, position) VALUES (?1 ->> 0, ?1 ->> 1, ?2 ->> 0)
             ON CONFLICT (album, photo) DO UPDATE SET position = excluded.position"
        }
        "settled_pairs" => {
            "INSERT INTO settled_pairs (first, second, verdict, files)
             VALUES (?1 ->> 0, ?1 ->> 1, ?2 ->> 0, coalesce(?2 ->> 1, 2))
             ON CONFLICT (first, second) DO UPDATE SET verdict = excluded.verdict, files = excluded.files"
        }
        "album_conditions" => {
            "INSERT OR IGNORE INTO album_conditions (album, field, value)
             SELECT ?1 ->> 0, ?1 ->> 1, ?1 ->> 2 WHERE ?2 IS NOT NULL"
        }
        "said_suggestions" => {
            "INSERT INTO said_suggestions (suggestion, said, name, named, pinned, cover)
             VALUES (?1 ->> 0, ?2 ->> 0, ?2 ->> 1, ?2 ->> 2, ?2 ->> 3, ?2 ->> 4)
             ON CONFLICT (suggestion) DO UPDATE SET said = excluded.said, name = excluded.name,
                named = excluded.named, pinned = excluded.pinned,
                cover = CASE WHEN ?2 ->> 5 THEN cover ELSE excluded.cover END"
        }
        "said_suggestion_photos" => {
            "INSERT INTO said_suggestion_photos (suggestion, photo, position)
             VALUES (?1 ->> 0, ?1 ->> 1, ?2 ->> 0)
             ON CONFLICT (suggestion, photo) DO UPDATE SET position = excluded.position"
        }
        "refusals" => {
            "INSERT OR IGNORE INTO refusals (album, photo) SELECT ?1 ->> 0, ?1 ->> 1 WHERE ?2 IS NOT NULL"
        }
        "not_odd" => "INSERT OR IGNORE INTO not_odd (photo) SELECT ?1 ->> 0 WHERE ?2 IS NOT NULL",
        _ => {
            "UPDATE photos SET rating = coalesce(?2 ->> 0, rating), flag = coalesce(?2 ->> 1, flag),
                label = coalesce(?2 ->> 2, label) WHERE id = ?1 ->> 0"
        }
    }
}

/// Takes a row away that was not there, of its key. Photos are not decided into being. A tag stays with the photos that
/// got it from elsewhere.
fn remove(subject: &str) -> &'static str {
    match subject {
        "tags" => {
            "DELETE FROM tags WHERE id = ?1 ->> 0 AND NOT EXISTS (SELECT 1 FROM photo_tags WHERE tag = ?1 ->> 0)"
        }
        "photo_tags" => "DELETE FROM photo_tags WHERE photo = ?1 ->> 0 AND tag = ?1 ->> 1",
        "albums" => "DELETE FROM albums WHERE id = ?1 ->> 0",
        "album_photos" => "DELETE FROM album_photos WHERE album = ?1 ->> 0 AND photo = ?1 ->> 1",
        "settled_pairs" => "DELETE FROM settled_pairs WHERE first = ?1 ->> 0 AND second = ?1 ->> 1",
        "said_suggestions" => "DELETE FROM said_suggestions WHERE suggestion = ?1 ->> 0",
        "said_suggestion_photos" => {
            "DELETE FROM said_suggestion_photos WHERE suggestion = ?1 ->> 0 AND photo = ?1 ->> 1"
        }
        "refusals" => "DELETE FROM refusals WHERE album = ?1 ->> 0 AND photo = ?1 ->> 1",
        "not_odd" => "DELETE FROM not_odd WHERE photo = ?1 ->> 0",
        _ => "DELETE FROM album_conditions WHERE album = ?1 ->> 0 AND field = ?1 ->> 1 AND value = ?1 ->> 2",
    }
}
