//! One function per command that decides, and what was decided.

use likeness_domain::{AlbumId, AlbumKind, AlbumName, PhotoId, Rating};
use likeness_library::store::{self, AlbumSummary, PhotoQuery};
use likeness_library::{DEFAULT_CONFIDENCE, TakenBack};

use crate::api::Api;
use crate::cleanup;
use crate::commands::ids;
use crate::convert::decision_word;
use crate::failure::{self, Words};
use crate::filter::{flag, label, photo_filter, photo_query, tag, tags as tags_from};
use crate::wire::{
    AlbumKindWord, AlbumOf, AlbumRow, Failure, FlagWord, LabelWord, PhotoFilter, TagOn, TagRow, Undone,
};

pub(crate) fn rate(api: &Api, photos: &[i64], stars: u8) -> Result<(), Failure> {
    let rating = Rating::new(stars).ok_or_else(|| failure::wrong_rating(stars))?;
    api.library.rate(&ids(photos), rating).in_words()
}

pub(crate) fn set_flag(api: &Api, photos: &[i64], word: FlagWord) -> Result<(), Failure> {
    api.library.flag(&ids(photos), flag(word)).in_words()
}

pub(crate) fn set_label(api: &Api, photos: &[i64], word: LabelWord) -> Result<(), Failure> {
    api.library.label(&ids(photos), label(word)).in_words()
}

pub(crate) fn tags(api: &Api) -> Result<Vec<TagRow>, Failure> {
    let vocabulary = api.library.catalog().vocabulary().in_words()?;
    let row = |tag: store::TagCount| TagRow { tag: tag.tag.to_string(), photos: tag.photos as i64 };
    Ok(vocabulary.into_iter().map(row).collect())
}

pub(crate) fn tags_of(api: &Api, photos: &[i64]) -> Result<Vec<TagOn>, Failure> {
    let tags = api.library.catalog().tags_of(&ids(photos)).in_words()?;
    Ok(tags.into_iter().map(|(tag, photos)| TagOn { tag: tag.to_string(), photos: photos as i64 }).collect())
}

pub(crate) fn add_tags(api: &Api, photos: &[i64], tags: &[String]) -> Result<(), Failure> {
    api.library.add_tags(&ids(photos), &tags_from(tags)?).in_words().map(drop)
}

pub(crate) fn remove_tags(api: &Api, photos: &[i64], tags: &[String]) -> Result<(), Failure> {
    api.library.remove_tags(&ids(photos), &tags_from(tags)?).in_words().map(drop)
}

pub(crate) fn rename_tag(api: &Api, from: &str, to: &str) -> Result<(), Failure> {
    api.library.rename_tag(&tag(from)?, &tag(to)?).in_words()
}

pub(crate) fn merge_tags(api: &Api, tags: &[String], into: &str) -> Result<(), Failure> {
    api.library.merge_tags(&tags_from(tags)?, &tag(into)?).in_words()
}

pub(crate) fn delete_tag(api: &Api, text: &str) -> Result<(), Failure> {
    api.library.delete_tag(&tag(text)?).in_words()
}

pub(crate) fn albums(api: &Api) -> Result<Vec<AlbumRow>, Failure> {
    let wall = api.library.album_wall().in_words()?;
    let proposals = api.library.catalog().proposal_counts(DEFAULT_CONFIDENCE).in_words()?;
    let row = |summary: &AlbumSummary| {
        album_row(summary, proposals.get(&summary.album.id).copied().unwrap_or_default())
    };
    Ok(wall.iter().map(row).collect())
}

fn album_row(summary: &AlbumSummary, proposals: u64) -> AlbumRow {
    let AlbumSummary { album, photos, first, shown_at_ms, query } = summary;
    AlbumRow {
        id: album.id.0,
        parent: album.parent.map(|parent| parent.0),
        name: album.name.to_string(),
        kind: match album.kind {
            AlbumKind::Hand => AlbumKindWord::Hand,
            AlbumKind::Search => AlbumKindWord::Search,
            AlbumKind::Taught => AlbumKindWord::Taught,
        },
        photos: *photos as i64,
        cover: first.first().map(|photo| photo.0),
        cover_chosen: album.cover.is_some(),
        more: first.iter().skip(1).map(|photo| photo.0).collect(),
        from_ms: shown_at_ms.map(|(from, _)| from),
        until_ms: shown_at_ms.map(|(_, until)| until),
        proposals: proposals as i64,
        filter: query.as_ref().map(photo_filter),
    }
}

pub(crate) fn albums_of(api: &Api, photos: &[i64]) -> Result<Vec<AlbumOf>, Failure> {
    let albums = api.library.catalog().albums_of(&ids(photos)).in_words()?;
    Ok(albums.into_iter().map(|of| AlbumOf { album: of.album.0, photos: of.photos as i64 }).collect())
}

pub(crate) fn create_album(
    api: &Api,
    name: &str,
    parent: Option<i64>,
    photos: &[i64],
    filter: Option<&PhotoFilter>,
) -> Result<i64, Failure> {
    let (name, parent) = (album_name(name)?, parent.map(AlbumId));
    let album = match filter {
        Some(filter) => api.library.create_search(&name, parent, &photo_query(filter)?),
        None => api.library.create_album(&name, parent, &ids(photos)),
    };
    Ok(album.in_words()?.0)
}

pub(crate) fn rename_album(api: &Api, album: i64, name: &str) -> Result<(), Failure> {
    api.library.rename_album(AlbumId(album), &album_name(name)?).in_words()
}

pub(crate) fn move_album(
    api: &Api,
    album: i64,
    parent: Option<i64>,
    before: Option<i64>,
) -> Result<(), Failure> {
    api.library.move_album(AlbumId(album), parent.map(AlbumId), before.map(AlbumId)).in_words()
}

pub(crate) fn delete_album(api: &Api, album: i64) -> Result<(), Failure> {
    api.library.delete_album(AlbumId(album)).in_words()
}

pub(crate) fn set_album_cover(api: &Api, album: i64, photo: Option<i64>) -> Result<(), Failure> {
    api.library.set_album_cover(AlbumId(album), photo.map(PhotoId)).in_words()
}

pub(crate) fn add_to_album(api: &Api, album: i64, photos: &[i64]) -> Result<(), Failure> {
    api.library.add_to_album(AlbumId(album), &ids(photos)).in_words()?;
    api.following.learn();
    Ok(())
}

pub(crate) fn remove_from_album(api: &Api, album: i64, photos: &[i64]) -> Result<(), Failure> {
    api.library.remove_from_album(AlbumId(album), &ids(photos)).in_words()?;
    api.following.learn();
    Ok(())
}

pub(crate) fn reorder_album(
    api: &Api,
    album: i64,
    photos: &[i64],
    before: Option<i64>,
) -> Result<(), Failure> {
    api.library.reorder_album(AlbumId(album), &ids(photos), before.map(PhotoId)).in_words()
}

/// Parts that a face cannot say, such as a folder below a source folder, stay as they were.
pub(crate) fn set_album_filter(api: &Api, album: i64, filter: &PhotoFilter) -> Result<(), Failure> {
    let asked = photo_query(filter)?;
    let before = api.library.catalog().album_query(AlbumId(album)).in_words()?;
    let below = before.below.filter(|_| before.folder == asked.folder);
    api.library.set_album_query(AlbumId(album), &PhotoQuery { below, ..asked }).in_words()
}

pub(crate) fn undo(api: &Api) -> Result<Option<Undone>, Failure> {
    let taken_back = api.following.attend(|ctx| api.library.undo(ctx)).in_words()?;
    api.following.learn();
    Ok(taken_back.map(|TakenBack { action, photos, report }| {
        let report = report.map(|report| cleanup::report_view(&report, Vec::new()));
        Undone { report, ..undone(store::Undone { action, photos }) }
    }))
}

pub(crate) fn redo(api: &Api) -> Result<Option<Undone>, Failure> {
    let done_again = api.library.redo().in_words()?.map(undone);
    api.following.learn();
    Ok(done_again)
}

fn undone(undone: store::Undone) -> Undone {
    Undone {
        action: decision_word(undone.action),
        photos: undone.photos.iter().map(|photo| photo.0).collect(),
        report: None,
    }
}

/// A name for an album, as it was typed.
pub(crate) fn album_name(text: &str) -> Result<AlbumName, Failure> {
    text.parse().map_err(|error| failure::no_album_name(&error))
}
