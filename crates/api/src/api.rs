//! What the window and the browser talk to: requests in, answers, bytes and events out.

use std::path::Path;
use std::sync::Arc;

use likeness_domain::PhotoId;
use likeness_library::{Following, Library, Notice, ThumbnailSize};
use serde::Serialize;
use serde_json::Value;

use crate::cleanup;
use crate::commands;
use crate::convert::activity;
use crate::decisions;
use crate::failure::{self, Words};
use crate::filter::{self, photo_query};
use crate::learned;
use crate::map;
use crate::open::{Options, open};
use crate::query_pictures::QueryPictures;
use crate::sidecars;
use crate::wire::{Activity, Event, Failure, PhotoFilter, QueryPicture, Request};
use crate::wire_path;

/// A picture as a face shows it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The encoded picture.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub mime: &'static str,
}

/// Events come until it is dropped.
pub struct Subscription(#[allow(dead_code, reason = "kept alive")] likeness_library::Subscription);

/// An open library that is followed: its folders are watched and read in the background.
pub struct Api {
    pub(crate) library: Library,
    pub(crate) following: Arc<Following>,
    pub(crate) query_pictures: QueryPictures,
}

impl Api {
    /// Opens the library and starts to follow its folders.
    ///
    /// # Errors
    /// When the catalog cannot be opened, or the system cannot watch folders.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        let library = open(options)?;
        let following = Arc::new(library.follow().in_words()?);
        Ok(Self { library, following, query_pictures: QueryPictures::default() })
    }

    /// Answers a request with what [`Request`] says.
    ///
    /// # Errors
    /// In words, with a stable code.
    pub fn call(&self, request: Request) -> Result<Value, Failure> {
        use Request::*;
        match request {
            LibraryState => json(commands::library_state(self)?),
            AddFolder { path } => json(commands::add_folder(self, &path)?),
            RemoveFolder { folder } => json(commands::remove_folder(self, folder)?),
            RelinkFolder { folder, path } => json(commands::relink_folder(self, folder, &path)?),
            Rescan { folder } => {
                commands::rescan(self, folder);
                Ok(Value::Null)
            }
            PhotoRows { photos } => json(commands::photo_rows(self, &photos)?),
            Photo { photo } => json(commands::photo(self, photo)?),
            Similar { query } => json(commands::similar(self, &query)?),
            Rate { photos, stars } => json(decisions::rate(self, &photos, stars)?),
            SetFlag { photos, flag } => json(decisions::set_flag(self, &photos, flag)?),
            SetLabel { photos, label } => json(decisions::set_label(self, &photos, label)?),
            Tags => json(decisions::tags(self)?),
            TagsOf { photos } => json(decisions::tags_of(self, &photos)?),
            AddTags { photos, tags } => json(decisions::add_tags(self, &photos, &tags)?),
            RemoveTags { photos, tags } => json(decisions::remove_tags(self, &photos, &tags)?),
            RenameTag { tag, to } => json(decisions::rename_tag(self, &tag, &to)?),
            MergeTags { tags, into } => json(decisions::merge_tags(self, &tags, &into)?),
            DeleteTag { tag } => json(decisions::delete_tag(self, &tag)?),
            Albums => json(decisions::albums(self)?),
            AlbumsOf { photos } => json(decisions::albums_of(self, &photos)?),
            CreateAlbum { name, parent, photos, filter } => {
                json(decisions::create_album(self, &name, parent, &photos, filter.as_ref())?)
            }
            RenameAlbum { album, name } => json(decisions::rename_album(self, album, &name)?),
            MoveAlbum { album, parent, before } => json(decisions::move_album(self, album, parent, before)?),
            DeleteAlbum { album } => json(decisions::delete_album(self, album)?),
            SetAlbumCover { album, photo } => json(decisions::set_album_cover(self, album, photo)?),
            AddToAlbum { album, photos } => json(decisions::add_to_album(self, album, &photos)?),
            RemoveFromAlbum { album, photos } => json(decisions::remove_from_album(self, album, &photos)?),
            ReorderAlbum { album, photos, before } => {
                json(decisions::reorder_album(self, album, &photos, before)?)
            }
            SetAlbumFilter { album, filter } => json(decisions::set_album_filter(self, album, &filter)?),
            Suggestions { inside } => json(learned::suggestions(self, inside)?),
            SuggestAlbums { count } => json(learned::suggest_albums(self, count)?),
            KeepSuggestion { suggestion, parent } => {
                json(learned::keep_suggestion(self, suggestion, parent)?)
            }
            RenameSuggestion { suggestion, name } => {
                json(learned::rename_suggestion(self, suggestion, &name)?)
            }
            PinSuggestion { suggestion, pinned } => json(learned::pin_suggestion(self, suggestion, pinned)?),
            DismissSuggestion { suggestion } => json(learned::dismiss_suggestion(self, suggestion)?),
            SplitSuggestion { suggestion } => json(learned::split_suggestion(self, suggestion)?),
            MergeSuggestions { suggestions } => json(learned::merge_suggestions(self, &suggestions)?),
            TeachAlbum { name, parent, photos } => json(learned::teach_album(self, &name, parent, &photos)?),
            TeachFromAlbum { album } => json(learned::teach_from_album(self, album)?),
            Proposals { album } => json(learned::proposals(self, album)?),
            AnswerProposals { album, yes, no } => json(learned::answer_proposals(self, album, &yes, &no)?),
            WhyProposed { album, photo } => json(learned::why_proposed(self, album, photo)?),
            OddOnes { limit } => json(learned::odd_ones(self, limit)?),
            KeepOddOnes { photos } => json(learned::keep_odd_ones(self, &photos)?),
            GoesWith { photos, limit } => json(learned::goes_with(self, &photos, limit)?),
            Lesson => json(learned::lesson(self)?),
            TeachEye => {
                self.following.teach_eye();
                Ok(Value::Null)
            }
            ForgetLesson => json(learned::forget_lesson(self)?),
            Sidecars => json(sidecars::sidecars(self)?),
            SetWriteSidecars { write } => json(sidecars::set_write_sidecars(self, write)?),
            SettleSidecar { picture, take } => json(sidecars::settle_sidecar(self, picture, take)?),
            Duplicates { ask } => json(cleanup::duplicates(self, ask)?),
            DuplicateGroups { ask, from, count } => json(cleanup::duplicate_groups(self, ask, from, count)?),
            SettleDuplicates { groups, verdict } => json(cleanup::settle_duplicates(self, &groups, verdict)?),
            SettledPairs => json(cleanup::settled_pairs(self)?),
            UnsettlePairs { pairs } => json(cleanup::unsettle_pairs(self, &pairs)?),
            PlanCleanup { choices, pass_on } => json(cleanup::plan_cleanup(self, &choices, pass_on)?),
            CleanUp { choices, pass_on, kept } => json(cleanup::clean_up(self, &choices, pass_on, &kept)?),
            PlanTrash { photos, files } => json(cleanup::plan_trash(self, &photos, &files)?),
            MoveToTrash { files, confirmed } => json(cleanup::move_to_trash(self, &files, &confirmed)?),
            Cleanups => json(cleanup::cleanups(self)?),
            UndoCleanup { cleanup } => json(cleanup::undo_cleanup(self, cleanup)?),
            ProtectedFolders => json(cleanup::protected_folders(self)?),
            ProtectFolder { folder, protect } => json(cleanup::protect_folder(self, folder, protect)?),
            KeeperOrder => json(cleanup::keeper_order(self)?),
            SetKeeperOrder { criteria } => json(cleanup::set_keeper_order(self, &criteria)?),
            SetFolderOrder { folders } => json(cleanup::set_folder_order(self, &folders)?),
            FilterCounts { filter } => json(filter::filter_counts(self, &filter)?),
            Undo => json(decisions::undo(self)?),
            Redo => json(decisions::redo(self)?),
            Problems => json(commands::problems(self)?),
            Cameras => json(commands::cameras(self)?),
            PauseWork => {
                self.following.pause();
                Ok(Value::Null)
            }
            ResumeWork => {
                self.following.resume();
                Ok(Value::Null)
            }
            CancelWork => {
                self.following.cancel();
                Ok(Value::Null)
            }
            Setting { name } => json(commands::setting(self, &name)?),
            SetSetting { name, value } => json(commands::set_setting(self, &name, &value)?),
            ShowInFileManager { photo } => json(commands::show_in_file_manager(self, photo)?),
            MapState => json(map::map_state(self)?),
            ArrangeMap { dims } => json(map::arrange_map(self, dims)?),
            UndoMap { dims } => json(map::undo_map(self, dims)?),
            MapNeighbors { photo } => json(map::map_neighbors(self, photo)?),
            MapClusters { fineness, layout, dims } => json(map::map_clusters(self, fineness, layout, dims)?),
        }
    }

    /// Adds a folder that was named when the program was started, by its exact path.
    ///
    /// # Errors
    /// When it is no folder, or belongs to Likeness.
    pub fn add_folder(&self, folder: &Path) -> Result<(), Failure> {
        let folder = folder.canonicalize().map_err(|error| failure::unreadable(folder, &error))?;
        commands::add_folder(self, &wire_path::to_text(&folder)).map(drop)
    }

    /// A folder that was chosen in a dialog, as the face sends it back in a [`Request`].
    pub fn chosen_folder(folder: &Path) -> String {
        wire_path::to_text(folder)
    }

    /// Ids, minutes and aspect ratios of the photos that the filter lets through, in order, as little-endian bytes:
    /// the count as u32, then all ids (u32), all minutes since 1970 of the local clock (i32), all aspects (f32), and for
    /// each photo the one that stands for the stack that it is in (u32): itself, when it is in none or none were asked for.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn grid_shape(&self, filter: &PhotoFilter) -> Result<Vec<u8>, Failure> {
        let shape = self.library.shape(photo_query(filter)?).in_words()?;
        let mut bytes = Vec::with_capacity(4 + shape.len() * 16);
        bytes.extend((shape.len() as u32).to_le_bytes());
        bytes.extend(shape.iter().flat_map(|row| (row.photo.0 as u32).to_le_bytes()));
        bytes.extend(shape.iter().flat_map(|row| minutes(row.shown_at_ms).to_le_bytes()));
        bytes.extend(shape.iter().flat_map(|row| row.aspect.to_le_bytes()));
        bytes.extend(shape.iter().flat_map(|row| (row.stack.0 as u32).to_le_bytes()));
        Ok(bytes)
    }

    /// A photo's thumbnail; `size` is 256 or 512.
    ///
    /// # Errors
    /// When the photo is unknown, or its thumbnail is lost and its file away.
    pub fn thumbnail(&self, photo: i64, size: u32) -> Result<Picture, Failure> {
        let size = if size <= 256 { ThumbnailSize::Small } else { ThumbnailSize::Large };
        self.library.thumbnail(PhotoId(photo), size).map(jpeg).in_words()
    }

    /// A photo for the screen, its long side at most `long_side` pixels; `None` is as large as it is.
    ///
    /// # Errors
    /// When the photo is unknown or its file away.
    pub fn picture(&self, photo: i64, long_side: Option<u32>) -> Result<Picture, Failure> {
        self.library.screen_picture(PhotoId(photo), long_side.unwrap_or(u32::MAX)).map(jpeg).in_words()
    }

    /// A picture that was taken in, as it was shown to us.
    ///
    /// # Errors
    /// When Likeness has forgotten it.
    pub fn query_picture(&self, token: &str) -> Result<Picture, Failure> {
        let bytes = self.query_pictures.get(token).ok_or_else(failure::forgotten_picture)?;
        self.library.screen_picture_of_bytes(&bytes, QUERY_PICTURE_SIDE).map(jpeg).in_words()
    }

    /// Takes in a dropped or pasted picture, to look for what looks like it.
    ///
    /// # Errors
    /// When the bytes are no picture.
    pub fn take_query_picture(&self, bytes: &[u8]) -> Result<QueryPicture, Failure> {
        self.library.screen_picture_of_bytes(bytes, QUERY_PICTURE_SIDE).in_words()?;
        Ok(QueryPicture { token: self.query_pictures.keep(bytes.to_vec()) })
    }

    /// The same for a file dropped on the window.
    ///
    /// # Errors
    /// When the file cannot be read or is no picture.
    pub fn take_query_file(&self, path: &Path) -> Result<QueryPicture, Failure> {
        let unreadable = |error| failure::unreadable(path, &error);
        let file = std::fs::metadata(path).map_err(unreadable)?;
        if !file.is_file() || file.len() > MOST_QUERY_BYTES {
            return Err(failure::no_query_picture(path));
        }
        self.take_query_picture(&std::fs::read(path).map_err(unreadable)?)
    }

    /// Calls `on_event` with all news until the subscription is dropped. It must be quick.
    pub fn listen(&self, on_event: impl Fn(Event) + Send + Sync + 'static) -> Subscription {
        let following = Arc::downgrade(&self.following);
        Subscription(self.library.listen(move |notice| {
            on_event(match notice {
                Notice::PhotosChanged => Event::PhotosChanged,
                Notice::StateChanged => Event::StateChanged,
                Notice::AlbumsChanged => Event::AlbumsChanged,
                Notice::TagsChanged => Event::TagsChanged,
                Notice::MapChanged => Event::MapChanged,
                Notice::MapProgress(making) => Event::MapProgress { making: map::making(*making) },
                Notice::DecisionsChanged(photos) => {
                    Event::DecisionsChanged { photos: photos.iter().map(|photo| photo.0).collect() }
                }
                Notice::Activity(now) => {
                    let failed = following.upgrade().and_then(|following| following.failure());
                    Event::Activity { activity: activity(*now, failed.as_deref()) }
                }
                Notice::Failed(error) => {
                    Event::Activity { activity: activity(likeness_library::Activity::Idle, Some(error)) }
                }
            });
        }))
    }

    pub(crate) fn activity(&self) -> Activity {
        activity(self.following.activity(), self.following.failure().as_deref())
    }
}

const QUERY_PICTURE_SIDE: u32 = 1024;
/// Larger files are no pictures that someone drops to look for, and would be kept in memory.
const MOST_QUERY_BYTES: u64 = 256 << 20;

fn jpeg(bytes: Vec<u8>) -> Picture {
    Picture { bytes, mime: "image/jpeg" }
}

pub(crate) fn minutes(ms: i64) -> i32 {
    ms.div_euclid(60_000).clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

fn json(answer: impl Serialize) -> Result<Value, Failure> {
    Ok(serde_json::to_value(answer).expect("wire types are plain data"))
}
