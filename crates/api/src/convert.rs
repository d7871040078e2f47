//! The library's words as wire types, and back.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use likeness_domain::{FileState, Flag, FolderId, Likeness, PictureFormat, Rating, Region};
use likeness_library::store::{
    Available, FileRow, FolderRow, FolderState, PhotoDetail, PhotoQuery, PhotoRow, Sort,
};
use likeness_library::{Error, WatchState};

use crate::failure;
use crate::wire;

pub(crate) fn photo_query(filter: &wire::PhotoFilter) -> Result<PhotoQuery, wire::Failure> {
    let format = |word: &String| PictureFormat::from_word(word).ok_or_else(|| failure::unknown_format(word));
    let rating = |stars: u8| Rating::new(stars).ok_or_else(|| failure::wrong_rating(stars));
    Ok(PhotoQuery {
        folder: filter.folder.map(FolderId),
        since_ms: filter.since_ms,
        until_ms: filter.until_ms.map(|until| until - 1),
        camera: filter.camera.clone(),
        rating_at_least: filter.stars_at_least.map(rating).transpose()?,
        flag: filter.flag.map(flag),
        format: filter.format.as_ref().map(format).transpose()?,
        sort: sort(filter.sort),
        ..PhotoQuery::default()
    })
}

fn sort(word: wire::SortWord) -> Sort {
    match word {
        wire::SortWord::Newest => Sort::Newest,
        wire::SortWord::Oldest => Sort::Oldest,
        wire::SortWord::Name => Sort::Name,
        wire::SortWord::Largest => Sort::Largest,
        wire::SortWord::BestRated => Sort::BestRated,
        wire::SortWord::RecentlyAdded => Sort::RecentlyAdded,
    }
}

pub(crate) fn flag(word: wire::FlagWord) -> Flag {
    match word {
        wire::FlagWord::None => Flag::None,
        wire::FlagWord::Pick => Flag::Pick,
        wire::FlagWord::Reject => Flag::Reject,
    }
}

fn flag_word(flag: Flag) -> wire::FlagWord {
    match flag {
        Flag::None => wire::FlagWord::None,
        Flag::Pick => wire::FlagWord::Pick,
        Flag::Reject => wire::FlagWord::Reject,
    }
}

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
        availability: availability(row.available),
        preview: row.preview.as_ref().map(|preview| STANDARD.encode(preview)),
    }
}

pub(crate) fn photo_detail(detail: &PhotoDetail, offline: &HashSet<FolderId>) -> wire::PhotoDetail {
    let facts = &detail.row.facts;
    wire::PhotoDetail {
        row: photo_row(&detail.row),
        files: detail.files.iter().map(|file| file_place(file, offline)).collect(),
        companions: detail.companions.iter().map(|path| path.display().to_string()).collect(),
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

/// The catalog's word for a decision.
pub(crate) fn decision_word(action: &str) -> wire::DecisionWord {
    match action {
        "pick" => wire::DecisionWord::Pick,
        "reject" => wire::DecisionWord::Reject,
        "unflag" => wire::DecisionWord::Unflag,
        _ => wire::DecisionWord::Rate,
    }
}
