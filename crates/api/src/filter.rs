//! Filters on the wire as the catalog's queries, and back.

use likeness_domain::{
    AlbumId, ColorLabel, Flag, FolderId, PhotoId, PictureFormat, Rating, SuggestionId, Tag,
};
use likeness_library::store::{Orientation, PhotoQuery, Sort, Stacks};

use crate::api::Api;
use crate::failure::{self, Words};
use crate::wire::{
    Failure, FilterCounts, FlagWord, FolderCount, LabelWord, OrientationWord, PhotoFilter, SortWord,
    ValueCount,
};

pub(crate) fn photo_query(filter: &PhotoFilter) -> Result<PhotoQuery, Failure> {
    let format = |word: &String| PictureFormat::from_word(word).ok_or_else(|| failure::unknown_format(word));
    let rating = |stars: u8| Rating::new(stars).ok_or_else(|| failure::wrong_rating(stars));
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or_default();
    Ok(PhotoQuery {
        folder: filter.folder.map(FolderId),
        since_ms: filter.since_ms,
        until_ms: filter.until_ms.map(|until| until.saturating_sub(1)),
        camera: filter.camera.clone(),
        lens: filter.lens.clone(),
        rating_at_least: filter.stars_at_least.map(rating).transpose()?,
        flag: filter.flag.map(flag),
        label: filter.label.map(label),
        tags: tags(&filter.tags)?,
        album: filter.album.map(AlbumId),
        suggestion: filter.suggestion.map(SuggestionId),
        format: filter.format.as_ref().map(format).transpose()?,
        orientation: filter.orientation.map(|word| match word {
            OrientationWord::Landscape => Orientation::Landscape,
            OrientationWord::Portrait => Orientation::Portrait,
            OrientationWord::Square => Orientation::Square,
        }),
        bytes_at_least: filter.bytes_at_least.map(bytes),
        bytes_at_most: filter.bytes_at_most.map(bytes),
        name: filter.name.clone(),
        similar_to: filter.similar_to.iter().copied().map(PhotoId).collect(),
        sort: sort(filter.sort),
        stacks: if filter.stacked { Stacks::Together } else { Stacks::Apart },
        ..PhotoQuery::default()
    })
}

/// What a saved search asks. Folders below a source folder are asked for by the command line only, and said in full there:
/// a filter names the source folder.
pub(crate) fn photo_filter(query: &PhotoQuery) -> PhotoFilter {
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    PhotoFilter {
        folder: query.folder.map(|folder| folder.0),
        since_ms: query.since_ms,
        until_ms: query.until_ms.map(|until| until.saturating_add(1)),
        camera: query.camera.clone(),
        lens: query.lens.clone(),
        stars_at_least: query.rating_at_least.map(Rating::stars),
        flag: query.flag.map(flag_word),
        label: query.label.map(label_word),
        tags: query.tags.iter().map(Tag::to_string).collect(),
        album: query.album.map(|album| album.0),
        suggestion: query.suggestion.map(|suggestion| suggestion.0),
        format: query.format.map(|format| format.word().into()),
        orientation: query.orientation.map(|orientation| match orientation {
            Orientation::Landscape => OrientationWord::Landscape,
            Orientation::Portrait => OrientationWord::Portrait,
            Orientation::Square => OrientationWord::Square,
        }),
        bytes_at_least: query.bytes_at_least.map(bytes),
        bytes_at_most: query.bytes_at_most.map(bytes),
        name: query.name.clone(),
        similar_to: query.similar_to.iter().map(|photo| photo.0).collect(),
        stacked: false,
        sort: SortWord::default(),
    }
}

pub(crate) fn filter_counts(api: &Api, filter: &PhotoFilter) -> Result<FilterCounts, Failure> {
    let counts = api.library.filter_counts(photo_query(filter)?).in_words()?;
    let count = |value: &str, photos: u64| ValueCount { value: value.to_owned(), photos: photos as i64 };
    let names = |counts: &[(String, u64)]| counts.iter().map(|(name, photos)| count(name, *photos)).collect();
    let mut tags: Vec<_> = counts.tags.iter().map(|tag| count(tag.tag.as_str(), tag.photos)).collect();
    tags.sort_by_key(|tag| -tag.photos);
    Ok(FilterCounts {
        photos: counts.photos as i64,
        stars: counts.stars.iter().map(|photos| *photos as i64).collect(),
        flags: counts.flags.iter().map(|(flag, photos)| count(flag_text(*flag), *photos)).collect(),
        labels: counts.labels.iter().map(|(label, photos)| count(label.word(), *photos)).collect(),
        cameras: names(&counts.cameras),
        lenses: names(&counts.lenses),
        formats: counts.formats.iter().map(|(format, photos)| count(format.word(), *photos)).collect(),
        orientations: counts
            .orientations
            .iter()
            .map(|(orientation, photos)| count(orientation.word(), *photos))
            .collect(),
        years: counts.years.iter().map(|(year, photos)| count(&year.to_string(), *photos)).collect(),
        tags,
        folders: counts
            .folders
            .iter()
            .map(|(folder, photos)| FolderCount { folder: folder.0, photos: *photos as i64 })
            .collect(),
    })
}

/// Tags that were typed.
pub(crate) fn tags(texts: &[String]) -> Result<Vec<Tag>, Failure> {
    texts.iter().map(|text| tag(text)).collect()
}

/// A tag that was typed.
pub(crate) fn tag(text: &str) -> Result<Tag, Failure> {
    text.parse().map_err(|error| failure::no_tag(&error))
}

fn sort(word: SortWord) -> Sort {
    match word {
        SortWord::Newest => Sort::Newest,
        SortWord::Oldest => Sort::Oldest,
        SortWord::Name => Sort::Name,
        SortWord::Largest => Sort::Largest,
        SortWord::BestRated => Sort::BestRated,
        SortWord::RecentlyAdded => Sort::RecentlyAdded,
        SortWord::Album => Sort::Album,
    }
}

pub(crate) fn flag(word: FlagWord) -> Flag {
    match word {
        FlagWord::None => Flag::None,
        FlagWord::Pick => Flag::Pick,
        FlagWord::Reject => Flag::Reject,
    }
}

pub(crate) fn flag_word(flag: Flag) -> FlagWord {
    match flag {
        Flag::None => FlagWord::None,
        Flag::Pick => FlagWord::Pick,
        Flag::Reject => FlagWord::Reject,
    }
}

/// The word of a flag in JSON.
pub(crate) fn flag_text(flag: Flag) -> &'static str {
    match flag {
        Flag::None => "none",
        Flag::Pick => "pick",
        Flag::Reject => "reject",
    }
}

pub(crate) fn label(word: LabelWord) -> ColorLabel {
    match word {
        LabelWord::None => ColorLabel::None,
        LabelWord::Red => ColorLabel::Red,
        LabelWord::Yellow => ColorLabel::Yellow,
        LabelWord::Green => ColorLabel::Green,
        LabelWord::Blue => ColorLabel::Blue,
        LabelWord::Purple => ColorLabel::Purple,
    }
}

pub(crate) fn label_word(label: ColorLabel) -> LabelWord {
    match label {
        ColorLabel::None => LabelWord::None,
        ColorLabel::Red => LabelWord::Red,
        ColorLabel::Yellow => LabelWord::Yellow,
        ColorLabel::Green => LabelWord::Green,
        ColorLabel::Blue => LabelWord::Blue,
        ColorLabel::Purple => LabelWord::Purple,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_saved_comes_back_as_it_was() {
        let filter = PhotoFilter {
            folder: Some(2),
            since_ms: Some(-1),
            until_ms: Some(86_400_000),
            camera: Some("Canon".into()),
            lens: Some("35mm".into()),
            stars_at_least: Some(3),
            flag: Some(FlagWord::Reject),
            label: Some(LabelWord::Purple),
            tags: vec!["Animals|Dogs".into(), "Sea".into()],
            album: Some(7),
            suggestion: None,
            format: Some("heic".into()),
            orientation: Some(OrientationWord::Portrait),
            bytes_at_least: Some(1000),
            bytes_at_most: Some(9_000_000_000),
            name: Some("IMG".into()),
            similar_to: vec![5, 6],
            stacked: false,
            sort: SortWord::Newest,
        };
        assert_eq!(photo_filter(&photo_query(&filter).expect("a query")), filter);
        assert_eq!(photo_filter(&PhotoQuery::default()), PhotoFilter::default());
    }

    #[test]
    fn what_is_no_filter_is_named() {
        let code = |filter: PhotoFilter| photo_query(&filter).expect_err("refused").code;
        assert_eq!(code(PhotoFilter { tags: vec!["a||b".into()], ..PhotoFilter::default() }), "wrongUsage");
        assert_eq!(code(PhotoFilter { stars_at_least: Some(6), ..PhotoFilter::default() }), "wrongUsage");
        assert_eq!(code(PhotoFilter { format: Some("doc".into()), ..PhotoFilter::default() }), "wrongUsage");
    }

    #[test]
    fn labels_have_the_numbers_that_the_map_says() {
        let numbers = ColorLabel::ALL.map(|label| label as u8);
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    }
}
