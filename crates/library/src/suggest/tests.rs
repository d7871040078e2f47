//! Suggestions of a made-up library, through everything that may happen to them.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use likeness_domain::{JobContext, PhotoId, SuggestionId};
use likeness_store::Said;

use super::*;
use crate::Library;
use crate::made_up::{KINDS, MadeUp, photo};

fn job() -> JobContext {
    JobContext::unattended()
}

fn wall(library: &Library) -> HashMap<SuggestionId, SuggestedAlbum> {
    let albums = library.suggestions(None).expect("suggestions");
    albums.into_iter().map(|album| (album.suggestion.id, album)).collect()
}

fn ids(library: &Library) -> Vec<SuggestionId> {
    library.suggestions(None).expect("suggestions").iter().map(|album| album.suggestion.id).collect()
}

fn shared(a: &[PhotoId], b: &[PhotoId]) -> usize {
    a.iter().filter(|photo| b.contains(photo)).count()
}

/// Suggestions of before that are there in one of now: more than half of each in the other, of the photos that both
/// groupings have.
fn unchanged<'a>(
    before: &'a HashMap<SuggestionId, SuggestedAlbum>,
    now: &'a HashMap<SuggestionId, SuggestedAlbum>,
    in_view: &[PhotoId],
) -> Vec<(&'a SuggestedAlbum, &'a SuggestedAlbum)> {
    let mut pairs = Vec::new();
    let old_photos: Vec<PhotoId> =
        before.values().flat_map(|album| album.suggestion.photos.iter().copied()).collect();
    for old in before.values() {
        let left: Vec<PhotoId> =
            old.suggestion.photos.iter().copied().filter(|photo| in_view.contains(photo)).collect();
        let same = now.values().find(|new| {
            let known: Vec<PhotoId> =
                new.suggestion.photos.iter().copied().filter(|photo| old_photos.contains(photo)).collect();
            let both = shared(&left, &known);
            both * 2 > left.len() && both * 2 > known.len()
        });
        pairs.extend(same.map(|new| (old, new)));
    }
    pairs
}

#[test]
fn suggestions_stay_what_they_are_and_what_was_decided_is_untouched() {
    let (mut made_up, library) = MadeUp::with(0..2000, 256);
    library.update_suggestions(&job()).expect("suggested");
    let found = ids(&library);
    assert!((40..=60).contains(&found.len()), "{}", found.len());
    let kept: Vec<_> = found[..5]
        .iter()
        .map(|suggestion| library.keep_suggestion(*suggestion, None).expect("kept"))
        .collect();
    let kept_photos: Vec<Vec<PhotoId>> =
        kept.iter().map(|album| library.store.album_photos(*album).expect("photos")).collect();
    for (number, suggestion) in found[5..10].iter().enumerate() {
        let name = format!("Mine {number}").parse().expect("a name");
        library.rename_suggestion(*suggestion, &name).expect("renamed");
    }
    let before = wall(&library);
    assert_eq!(before.len(), found.len() - 5, "what is kept is no suggestion any more");
    let free: HashMap<_, _> =
        before.iter().filter(|(_, album)| !album.named).map(|(id, album)| (*id, album.clone())).collect();
    drop(library);

    // 500 more, 200 fewer, more of them, and another model.
    let numbers: Vec<u64> = (200..2500).collect();
    let library = made_up.show(numbers.clone(), 128);
    library.suggest_albums(&job(), NonZeroUsize::new(80)).expect("suggested");
    let in_view: Vec<PhotoId> = numbers.iter().map(|&number| photo(&library, number)).collect();
    let now = wall(&library);

    for (album, photos) in kept.iter().zip(&kept_photos) {
        assert_eq!(library.store.album_photos(*album).expect("photos"), *photos);
        let again = now
            .values()
            .filter(|new| shared(&new.suggestion.photos, photos) * 2 > new.suggestion.photos.len());
        assert_eq!(again.count(), 0, "what is kept is not suggested again");
    }
    for (number, suggestion) in found[5..10].iter().enumerate() {
        let (old, new) = (&before[suggestion], &now[suggestion]);
        assert_eq!((new.suggestion.name.as_str(), new.named), (format!("Mine {number}").as_str(), true));
        let left: Vec<PhotoId> =
            old.suggestion.photos.iter().copied().filter(|photo| in_view.contains(photo)).collect();
        assert_eq!(new.suggestion.photos, left, "what is renamed stays as it is");
    }
    let pairs = unchanged(&free, &now, &in_view);
    assert!(pairs.len() * 10 >= free.len() * 5, "{} of {} unchanged", pairs.len(), free.len());
    let stayed = pairs.iter().filter(|(old, new)| {
        old.suggestion.id == new.suggestion.id && old.suggestion.name == new.suggestion.name
    });
    let stayed = stayed.count();
    println!(
        "{stayed} of {} unchanged suggestions kept identity and name; {} were free",
        pairs.len(),
        free.len()
    );
    assert!(stayed * 10 >= pairs.len() * 9, "{stayed} of {}", pairs.len());
}

#[test]
fn nothing_is_grouped_again_without_need() {
    let (mut made_up, library) = MadeUp::with(0..300, 256);
    library.update_suggestions(&job()).expect("suggested");
    let first = wall(&library);
    assert!(first.values().all(|album| album.suggestion.photos.len() >= 4));
    let named = first.values().map(|album| album.suggestion.name.as_str());
    assert_eq!(named.collect::<std::collections::HashSet<_>>().len(), first.len(), "no name comes twice");
    drop(library);
    let library = made_up.show((0..310).collect(), 256);
    library.update_suggestions(&job()).expect("nothing is due");
    assert_eq!(wall(&library), first, "ten of three hundred are no reason");
    drop(library);
    let library = made_up.show((0..340).collect(), 256);
    library.update_suggestions(&job()).expect("suggested");
    let all: usize = wall(&library).values().map(|album| album.suggestion.photos.len()).sum();
    assert!(all > 310, "{all}");
    let (_few, library) = MadeUp::with(0..30, 256);
    library.update_suggestions(&job()).expect("nothing to do");
    assert!(ids(&library).is_empty(), "thirty photos need no albums");
}

#[test]
fn a_suggestion_opens_into_parts_and_these_take_its_place() {
    let (_made_up, library) = MadeUp::with(0..400, 256);
    library.suggest_albums(&job(), NonZeroUsize::new(8)).expect("suggested");
    let whole = library.suggestions(None).expect("suggestions").remove(0);
    let parts = library.suggestions(Some(whole.suggestion.id)).expect("parts");
    assert!(parts.len() >= 2 && parts.len() == whole.parts, "{}", parts.len());
    assert!(parts.iter().all(|part| {
        part.parts == 0
            && shared(&part.suggestion.photos, &whole.suggestion.photos) == part.suggestion.photos.len()
    }));
    library.split_suggestion(whole.suggestion.id).expect("split");
    let now = wall(&library);
    assert!(!now.contains_key(&whole.suggestion.id));
    assert!(parts.iter().all(|part| now.contains_key(&part.suggestion.id)));
    let part = parts[0].suggestion.id;
    library.keep_suggestion(part, None).expect("kept");
    assert!(!wall(&library).contains_key(&part));
    library.suggest_albums(&job(), None).expect("suggested again");
    library.undo(&JobContext::unattended()).expect("undone").expect("a step");
    library.undo(&JobContext::unattended()).expect("undone").expect("a step");
    let split = library.split_suggestion(part);
    assert!(matches!(split, Err(crate::Error::NoParts(_) | crate::Error::Store(_))), "{split:?}");
}

#[test]
fn pinned_merged_and_dismissed_ones_stay_so_until_that_is_undone() {
    let (_made_up, library) = MadeUp::with(0..400, 256);
    library.suggest_albums(&job(), NonZeroUsize::new(KINDS as usize)).expect("suggested");
    let found = ids(&library);
    let last = found[found.len() - 1];
    library.pin_suggestion(last).expect("pinned");
    assert_eq!(ids(&library)[0], last);
    library.unpin_suggestion(last).expect("let go");
    assert_eq!(ids(&library), found);
    assert!(library.store.said_suggestions().expect("said").is_empty(), "it may change again");

    let sizes = |id: SuggestionId| wall(&library)[&id].suggestion.photos.len();
    let sum = sizes(found[1]) + sizes(found[2]);
    let one = library.merge_suggestions(&[found[2], found[1], found[2]]).expect("merged");
    assert!([found[1], found[2]].contains(&one));
    assert_eq!(sizes(one), sum);
    assert_eq!(ids(&library).len(), found.len() - 1);
    assert!(matches!(library.merge_suggestions(&[one, one]), Err(crate::Error::MergeOfOne)));
    let smallest = *ids(&library).last().expect("some");
    library.rename_suggestion(smallest, &"Grandma".parse().expect("a name")).expect("renamed");
    library.pin_suggestion(smallest).expect("pinned");
    assert_eq!(library.merge_suggestions(&[one, smallest]).expect("merged"), smallest);
    let named = &wall(&library)[&smallest];
    assert!(named.suggestion.name == "Grandma" && named.pinned, "what the person said stays");
    for _ in 0..3 {
        library.undo(&JobContext::unattended()).expect("undone").expect("a step");
    }

    let gone = wall(&library)[&found[0]].suggestion.photos.clone();
    // Whatever goes on in it, under its number or others.
    let is_shown = |library: &Library| {
        wall(library).values().any(|album| {
            let shared = album.suggestion.photos.iter().filter(|photo| gone.contains(photo)).count();
            shared * 2 > album.suggestion.photos.len()
        })
    };
    library.dismiss_suggestion(found[0]).expect("dismissed");
    library.suggest_albums(&job(), NonZeroUsize::new(KINDS as usize + 5)).expect("suggested again");
    let now = wall(&library);
    assert!(!now.contains_key(&found[0]) && !is_shown(&library));
    assert!(library.keep_suggestion(found[0], None).is_err(), "what was sent away is not there");
    assert_eq!(now[&one].suggestion.photos.len(), sum);
    let said = library.store.said_suggestions().expect("said");
    assert_eq!(said.iter().filter(|said| said.said == Said::Dismissed).count(), 1);
    library.undo(&JobContext::unattended()).expect("undone").expect("a step");
    assert!(is_shown(&library));
    library.undo(&JobContext::unattended()).expect("undone").expect("a step");
    assert_eq!(wall(&library).values().filter(|album| album.named).count(), 0);
}
