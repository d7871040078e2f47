//! One function per command.

use std::path::PathBuf;

use likeness_domain::{FolderId, PhotoId};
use likeness_library::store::{FolderRow, FolderState};
use likeness_library::{Accuracy, Metric, Question, Scope, Similar, Subject};

use crate::api::Api;
use crate::convert::{decision_word, folder, likeness_word, photo_detail, photo_row, region};
use crate::failure::{self, Words};
use crate::outside;
use crate::wire::{
    CameraCount, Failure, Folder, LibraryState, ModelState, PhotoDetail, PhotoRow, ProblemRow, SimilarAnswer,
    SimilarQuery, SimilarRow,
};
use crate::wire_path;

pub(crate) fn library_state(api: &Api) -> Result<LibraryState, Failure> {
    let catalog = api.library.catalog();
    let model = api.library.model().ok();
    let counts = catalog.counts().in_words()?;
    Ok(LibraryState {
        version: env!("CARGO_PKG_VERSION").into(),
        folders: catalog.folders().in_words()?.iter().map(|row| folder_of(api, row)).collect(),
        photos: counts.photos as i64,
        findable: findable(api)?,
        problems: counts.problems as i64,
        videos: counts.videos as i64,
        activity: api.activity(),
        undo: catalog.undo_label().in_words()?.map(decision_word),
        redo: catalog.redo_label().in_words()?.map(decision_word),
        model: model.map(|model| ModelState { tag: model.tag().to_string(), device: model.device_name() }),
    })
}

/// How many photos can be found by look.
pub(crate) fn findable(api: &Api) -> Result<i64, Failure> {
    if api.library.model().is_err() {
        return Ok(0);
    }
    let photos = api.library.catalog().counts().in_words()?.photos;
    let waiting = api.library.count_not_yet_findable().in_words()?;
    Ok(photos.saturating_sub(waiting) as i64)
}

pub(crate) fn add_folder(api: &Api, path: &str) -> Result<Folder, Failure> {
    let row = api.library.add_folder(&whole_path(path)?).in_words()?;
    api.following.look_at(Scope::Folder(row.id));
    Ok(folder_of(api, &row))
}

pub(crate) fn remove_folder(api: &Api, folder: i64) -> Result<(), Failure> {
    api.library.remove_folder(FolderId(folder)).in_words()
}

pub(crate) fn relink_folder(api: &Api, folder: i64, path: &str) -> Result<Folder, Failure> {
    let row = api.library.relink_folder(FolderId(folder), &whole_path(path)?).in_words()?;
    api.following.look_at(Scope::Folder(row.id));
    Ok(folder_of(api, &row))
}

fn whole_path(text: &str) -> Result<PathBuf, Failure> {
    let path = wire_path::from_text(text);
    if path.is_absolute() { Ok(path) } else { Err(failure::relative_path(&path)) }
}

pub(crate) fn rescan(api: &Api, folder: Option<i64>) {
    api.following.look_at(folder.map_or(Scope::Everything, |folder| Scope::Folder(FolderId(folder))));
}

fn folder_of(api: &Api, row: &FolderRow) -> Folder {
    folder(row, api.following.watch_state(row.id).as_ref())
}

pub(crate) fn photo_rows(api: &Api, photos: &[i64]) -> Result<Vec<PhotoRow>, Failure> {
    let rows = api.library.catalog().photos(&ids(photos)).in_words()?;
    Ok(rows.iter().map(photo_row).collect())
}

pub(crate) fn photo(api: &Api, photo: i64) -> Result<PhotoDetail, Failure> {
    let detail = api.library.photo(PhotoId(photo)).in_words()?;
    let folders = api.library.catalog().folders().in_words()?;
    let offline = folders.iter().filter(|row| row.state == FolderState::Offline).map(|row| row.id).collect();
    let tags = api.library.catalog().tags_of(&[PhotoId(photo)]).in_words()?;
    Ok(photo_detail(&detail, &offline, tags.into_iter().map(|(tag, _)| tag.to_string()).collect()))
}

/// Results of one question, when the face does not say how many it wants.
const DEFAULT_LIMIT: usize = 200;

pub(crate) fn similar(api: &Api, query: &SimilarQuery) -> Result<SimilarAnswer, Failure> {
    let marked = query.region.map(region).transpose()?;
    let mut like: Vec<Subject> = query.photos.iter().map(|&photo| Subject::Photo(PhotoId(photo))).collect();
    let mut region_of_photo = marked;
    if let Some(token) = &query.picture {
        let bytes = api.query_pictures.get(token).ok_or_else(failure::forgotten_picture)?;
        // A region of a pasted picture is cut out here: the library has no file to cut it from.
        let region_of_picture = if like.is_empty() { region_of_photo.take() } else { None };
        like.push(Subject::Seen(api.library.see_bytes(&bytes, region_of_picture).in_words()?));
    }
    let question = Question {
        like,
        less: query.less.iter().map(|&photo| Subject::Photo(PhotoId(photo))).collect(),
        region: region_of_photo,
        metric: Metric::Cosine,
        accuracy: Accuracy::Quick,
        limit: if query.limit == 0 { DEFAULT_LIMIT } else { query.limit as usize },
    };
    let answer = api.library.similar(&question).in_words()?;
    Ok(SimilarAnswer {
        results: answer.results.iter().map(similar_row).collect(),
        not_yet_findable: answer.not_yet_findable as i64,
    })
}

pub(crate) fn similar_row(similar: &Similar) -> SimilarRow {
    SimilarRow {
        photo: photo_row(&similar.photo),
        score: similar.score,
        distance: similar.distance,
        word: likeness_word(similar.word),
    }
}

pub(crate) fn problems(api: &Api) -> Result<Vec<ProblemRow>, Failure> {
    let rows = api.library.catalog().problems().in_words()?;
    let wire = |row: &likeness_library::store::ProblemRow| ProblemRow {
        path: row.path.display().to_string(),
        stage: row.stage.word().into(),
        reason: row.reason.clone(),
        photo: row.photo.map(|photo| photo.0),
    };
    Ok(rows.iter().map(wire).collect())
}

pub(crate) fn cameras(api: &Api) -> Result<Vec<CameraCount>, Failure> {
    let cameras = api.library.catalog().cameras().in_words()?;
    Ok(cameras.into_iter().map(|(camera, photos)| CameraCount { camera, photos: photos as i64 }).collect())
}

/// Settings of the faces are kept apart from the engine's own.
fn face_setting(name: &str) -> String {
    format!("face.{name}")
}

pub(crate) fn setting(api: &Api, name: &str) -> Result<Option<String>, Failure> {
    api.library.catalog().setting(&face_setting(name)).in_words()
}

pub(crate) fn set_setting(api: &Api, name: &str, value: &str) -> Result<(), Failure> {
    api.library.catalog().set_setting(&face_setting(name), value).in_words()
}

/// The path never passes through a face.
pub(crate) fn show_in_file_manager(api: &Api, photo: i64) -> Result<(), Failure> {
    outside::show_in_file_manager(&api.library.present_file(PhotoId(photo)).in_words()?)
}

pub(crate) fn ids(photos: &[i64]) -> Vec<PhotoId> {
    photos.iter().copied().map(PhotoId).collect()
}
