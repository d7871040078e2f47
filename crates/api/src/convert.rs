//! The library's words as wire types, and back.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use likeness_domain::{FileState, FolderId, Likeness, Region};
use likeness_library::store::{Available, Decision, FileRow, FolderRow, FolderState, PhotoDetail, PhotoRow};
use likeness_library::{Error, WatchState};

use crate::failure;
use crate::filter::{flag_word, label_word};
use crate::wire;

pub(crate) fn region(region: wire::RegionBox) -> Result<Region, wire::Failure> {
    Region::new(region.x, region.y, region.width, region.height)
        .map_err(|error| failure::wrong_region(&error))
}

pub(crate) fn folder(row: &FolderRow, watched: Option<&WatchState>) -> wire::Folder {
    let name = row.path.file_name().unwrap_or(row.path.as_os_str());
    wire::Folder {
        id: row.id.0,
        path: row.path.display().to_string(),
        name: name.to_string_lossy().into_owned(),
        state: match row.state {
            FolderState::Online => wire::FolderWord::Online,
            FolderState::Offline => wire::FolderWord::Offline,
            FolderState::Waiting => wire::FolderWord::Waiting,
        },
        photos: row.photos as i64,
        problems: row.problems as i64,
        watch_note: watched.and_then(watch_note),
        rank: row.rank,
    }
}

fn watch_note(state: &WatchState) -> Option<String> {
    match state {
        WatchState::Starting | WatchState::Watched => None,
        WatchState::Partly { watched, total, advice } => Some(format!(
            "Watching {watched} of {total} folders; the rest is looked at every 15 minutes. {advice}"
        )),
        WatchState::NotWatchable { reason } => {
            Some(format!("Changes are looked for every 15 minutes: {reason}"))
        }
    }
}

fn availability(available: Available) -> wire::AvailabilityWord {
    match available {
        Available::Present => wire::AvailabilityWord::Present,
        Available::Offline => wire::AvailabilityWord::Offline,
        Available::Missing => wire::AvailabilityWord::Missing,
    }
}

pub(crate) fn photo_row(row: &PhotoRow) -> wire::PhotoRow {
    let name = row.path.file_name().unwrap_or(row.path.as_os_str());
    wire::PhotoRow {
        id: row.id.0,
        name: name.to_string_lossy().into_owned(),
        path: row.path.display().to_string(),
        shown_at_ms: row.shown_at_ms,
        taken_known: row.facts.taken.is_some(),
        width: row.facts.width,
        height: row.facts.height,
        format: row.facts.format.word().into(),
        camera: row.facts.camera.clone(),
        size_bytes: row.size_bytes as i64,
        stars: row.decisions.rating.stars(),
        flag: flag_word(row.decisions.flag),
        label: label_word(row.decisions.label),
        availability: availability(row.available),
        preview: row.preview.as_ref().map(|preview| STANDARD.encode(preview)),
    }
}

pub(crate) fn photo_detail(
    detail: &PhotoDetail,
    offline: &HashSet<FolderId>,
    tags: Vec<String>,
) -> wire::PhotoDetail {
    let facts = &detail.row.facts;
    wire::PhotoDetail {
        row: photo_row(&detail.row),
        files: detail.files.iter().map(|file| file_place(file, offline)).collect(),
        companions: detail.companions.iter().map(|path| path.display().to_string()).collect(),
        tags,
        zone_minutes: facts.taken.and_then(|taken| taken.zone_minutes),
        lens: facts.lens.clone(),
        exposure_seconds: facts.exposure.time_seconds,
        f_number: facts.exposure.f_number,
        iso: facts.exposure.iso,
        focal_length_mm: facts.exposure.focal_length_mm,
        latitude: facts.gps.map(|gps| gps.latitude),
        longitude: facts.gps.map(|gps| gps.longitude),
        altitude_m: facts.gps.and_then(|gps| gps.altitude_m),
        animated: facts.animated,
        warning: detail.warning.as_ref().map(|problem| problem.reason.clone()),
    }
}

fn file_place(file: &FileRow, offline: &HashSet<FolderId>) -> wire::FilePlace {
    let availability = match file.state {
        FileState::Missing => wire::AvailabilityWord::Missing,
        _ if offline.contains(&file.folder) => wire::AvailabilityWord::Offline,
        FileState::Found | FileState::Indexed | FileState::Unreadable => wire::AvailabilityWord::Present,
    };
    wire::FilePlace { path: file.path.display().to_string(), availability }
}

pub(crate) fn likeness_word(word: Likeness) -> wire::LikenessWord {
    match word {
        Likeness::Same => wire::LikenessWord::Same,
        Likeness::VeryClose => wire::LikenessWord::VeryClose,
        Likeness::Related => wire::LikenessWord::Related,
        Likeness::Unrelated => wire::LikenessWord::Unrelated,
    }
}

pub(crate) fn activity(now: likeness_library::Activity, failed: Option<&Error>) -> wire::Activity {
    use likeness_library::Activity::{Idle, Paused, Working};
    let (state, work) = match now {
        Idle => (wire::ActivityWord::Idle, None),
        Working(work) => (wire::ActivityWord::Working, Some(work)),
        Paused(work) => (wire::ActivityWord::Paused, Some(work)),
    };
    wire::Activity {
        state,
        stage: work.map(|work| work.stage.word().into()),
        done: work.map_or(0, |work| work.done as i64),
        total: work.map_or(0, |work| work.total as i64),
        per_second: work.and_then(|work| work.per_second),
        seconds_left: work.and_then(|work| work.seconds_left),
        failure: failed.map(failure::of),
    }
}

pub(crate) fn decision_word(decision: Decision) -> wire::DecisionWord {
    match decision {
        Decision::Rate => wire::DecisionWord::Rate,
        Decision::Pick => wire::DecisionWord::Pick,
        Decision::Reject => wire::DecisionWord::Reject,
        Decision::Unflag => wire::DecisionWord::Unflag,
        Decision::Label => wire::DecisionWord::Label,
        Decision::TakeFromSidecar => wire::DecisionWord::TakeFromSidecar,
        Decision::AddTag => wire::DecisionWord::AddTag,
        Decision::RemoveTag => wire::DecisionWord::RemoveTag,
        Decision::RenameTag => wire::DecisionWord::RenameTag,
        Decision::MergeTags => wire::DecisionWord::MergeTags,
        Decision::DeleteTag => wire::DecisionWord::DeleteTag,
        Decision::CreateAlbum => wire::DecisionWord::CreateAlbum,
        Decision::RenameAlbum => wire::DecisionWord::RenameAlbum,
        Decision::MoveAlbum => wire::DecisionWord::MoveAlbum,
        Decision::DeleteAlbum => wire::DecisionWord::DeleteAlbum,
        Decision::SetAlbumCover => wire::DecisionWord::SetAlbumCover,
        Decision::AddToAlbum => wire::DecisionWord::AddToAlbum,
        Decision::RemoveFromAlbum => wire::DecisionWord::RemoveFromAlbum,
        Decision::ReorderAlbum => wire::DecisionWord::ReorderAlbum,
        Decision::SetAlbumQuery => wire::DecisionWord::SetAlbumFilter,
        Decision::KeepSuggestion => wire::DecisionWord::KeepSuggestion,
        Decision::RenameSuggestion => wire::DecisionWord::RenameSuggestion,
        Decision::PinSuggestion => wire::DecisionWord::PinSuggestion,
        Decision::DismissSuggestion => wire::DecisionWord::DismissSuggestion,
        Decision::SplitSuggestion => wire::DecisionWord::SplitSuggestion,
        Decision::MergeSuggestions => wire::DecisionWord::MergeSuggestions,
        Decision::TeachAlbum => wire::DecisionWord::TeachAlbum,
        Decision::AcceptProposal => wire::DecisionWord::AcceptProposal,
        Decision::RefuseProposal => wire::DecisionWord::RefuseProposal,
        Decision::KeepOddOne => wire::DecisionWord::KeepOddOne,
        Decision::CleanUp => wire::DecisionWord::CleanUp,
        Decision::NotDuplicates => wire::DecisionWord::NotDuplicates,
        Decision::KeepAll => wire::DecisionWord::KeepAll,
        Decision::Unsettle => wire::DecisionWord::Unsettle,
    }
}
