//! Counts beside the answers that they promise.

use likeness_domain::{ColorLabel, Flag, PhotoId, Rating};

use super::*;
use crate::testing::Library;

/// Twelve photos, decided about in patterns that cross.
fn library() -> (Library, Vec<PhotoId>) {
    let (library, photos) = Library::with_photos(12);
    let store = &library.store;
    for (at, photo) in photos.iter().enumerate() {
        let photo = [*photo];
        store.rate(&photo, Rating::new((at % 4) as u8).expect("stars")).expect("rated");
        store.flag(&photo, [Flag::None, Flag::Pick, Flag::Reject][at % 3]).expect("flagged");
        store.label(&photo, ColorLabel::ALL[at % 2]).expect("labelled");
        let tag = ["A|B", "A|C", "D"][at / 4];
        store.add_tags(&photo, &[tag.parse().expect("a tag")]).expect("tagged");
    }
    (library, photos)
}

fn count(store: &Store, query: &PhotoQuery) -> u64 {
    store.shape(query).expect("a shape").len() as u64
}

#[test]
fn each_count_is_what_the_filter_would_leave() {
    let (library, _) = library();
    let store = &library.store;
    let asked = [
        PhotoQuery::default(),
        PhotoQuery { rating_at_least: Rating::new(2), ..PhotoQuery::default() },
        PhotoQuery { flag: Some(Flag::Pick), label: Some(ColorLabel::Red), ..PhotoQuery::default() },
        PhotoQuery {
            since_ms: Some(3000),
            until_ms: Some(9000),
            flag: Some(Flag::None),
            ..PhotoQuery::default()
        },
        PhotoQuery { tags: vec!["A".parse().expect("a tag")], ..PhotoQuery::default() },
        PhotoQuery { camera: Some("nikon".to_owned()), ..PhotoQuery::default() },
        PhotoQuery { name: Some("1".to_owned()), folder: Some(library.folder), ..PhotoQuery::default() },
    ];
    for query in asked {
        let counts = store.filter_counts(&query).expect("counts");
        assert_eq!(counts.photos, count(store, &query), "{query:?}");
        for stars in 0..=5 {
            let rated = PhotoQuery { rating_at_least: Rating::new(stars), ..query.clone() };
            let at_least: u64 = counts.stars[usize::from(stars)..].iter().sum();
            assert_eq!(at_least, count(store, &rated), "{stars} stars, {query:?}");
        }
        for flag in [Flag::None, Flag::Pick, Flag::Reject] {
            let flagged = PhotoQuery { flag: Some(flag), ..query.clone() };
            let counted = counts.flags.iter().find(|(each, _)| *each == flag).map_or(0, |(_, count)| *count);
            assert_eq!(counted, count(store, &flagged), "{flag:?}, {query:?}");
        }
        for label in ColorLabel::ALL {
            let labelled = PhotoQuery { label: Some(label), ..query.clone() };
            let counted =
                counts.labels.iter().find(|(each, _)| *each == label).map_or(0, |(_, count)| *count);
            assert_eq!(counted, count(store, &labelled), "{label:?}, {query:?}");
        }
        for text in ["A", "A|B", "A|C", "D"] {
            let mut tagged = query.clone();
            tagged.tags.push(text.parse().expect("a tag"));
            let counted = counts.tags.iter().find(|tag| tag.tag.as_str() == text).map_or(0, |tag| tag.photos);
            assert_eq!(counted, count(store, &tagged), "{text}, {query:?}");
        }
        for (camera, photos) in &counts.cameras {
            let taken = PhotoQuery { camera: Some(camera.clone()), ..query.clone() };
            assert_eq!(*photos, count(store, &taken), "{camera}, {query:?}");
        }
        let anywhere = PhotoQuery { folder: None, ..query.clone() };
        let folders: u64 = counts.folders.iter().map(|(_, photos)| photos).sum();
        assert_eq!(folders, count(store, &anywhere), "{query:?}");
        let always = PhotoQuery { since_ms: None, until_ms: None, ..query.clone() };
        let years: u64 = counts.years.iter().map(|(_, photos)| photos).sum();
        assert_eq!(years, count(store, &always), "{query:?}");
    }
}

#[test]
fn years_begin_at_new_year() {
    for (ms, expected) in [
        (0, 1970),
        (-1, 1969),
        (951_782_399_999, 2000),
        (951_782_400_000, 2000),
        (1_704_067_199_999, 2023),
        (1_704_067_200_000, 2024),
        (1_735_689_599_999, 2024),
        (-62_135_596_800_000, 1),
    ] {
        assert_eq!(year(ms), expected, "{ms}");
    }
}
