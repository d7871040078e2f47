//! Finds suggestions: photos that look alike, in groups of the size of albums, and these in parts. Grouping again begins
//! where photos were, and what is still the same keeps its number, its name and its cover.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;

use likeness_cluster::{Clusters, Origin, kmeans, kmeans_again, succession};
use likeness_domain::{Flag, JobContext, PhotoId, Stage};
use likeness_store::{Facet, NewSuggestion, PhotoRow, Suggested, Suggestion, SuggestionLevel};

use super::names::Names;
use crate::looks::Looks;
use crate::{Error, FIRST_MAP, Library, Notice};

/// The setting that says how many suggestions the person wants.
const SETTING: &str = "suggested_albums";
/// Suggestions grow with the square root of the library: 58 of 2,000 photos, 411 of 100,000.
const FOR_EACH_ROOT: f64 = 1.3;
/// Fewer photos are no album.
pub(super) const FEWEST: usize = 4;
/// A suggestion of so many photos has parts; more of them with the square root of a quarter of its photos.
const FEWEST_IN_PARTS: usize = 3 * FEWEST;
const MOST_PARTS: f64 = 12.0;
/// Photos are grouped again when one of so many came or went.
const NOTICEABLE: u64 = 20;
/// Photos that the wall shows of a suggestion, and the most typical ones among which the first of them is chosen.
const FACES: usize = 5;
const TYPICAL: usize = 12;
const SEED: u64 = 0;

/// Photos of one group as rows of [`Looks`], the most typical first.
struct Group(Vec<usize>);

impl Library {
    /// Groups all photos again into `count` suggestions, from now on and until another number is asked for; without one,
    /// into as many as suit their number. What the person decided stays.
    ///
    /// # Errors
    /// When there is no model, there are fewer photos, the catalog cannot be read or written, or the job is cancelled:
    /// then the suggestions stay as they were.
    pub fn suggest_albums(&self, ctx: &JobContext, count: Option<NonZeroUsize>) -> Result<(), Error> {
        let looks = self.looks()?;
        let photos = looks.photos.len();
        if let Some(count) = count.filter(|count| count.get() > photos) {
            return Err(Error::TooFewPhotos { photos, clusters: count.get() });
        }
        self.store.set_setting(SETTING, &count.map_or_else(|| "auto".into(), |count| count.to_string()))?;
        self.find_suggestions(ctx, &looks, count)
    }

    /// Groups photos again when that is due: when there are enough of them for the first time, when one of twenty came or
    /// went, and when another model has looked at them.
    ///
    /// # Errors
    /// As [`suggest_albums`](Self::suggest_albums).
    pub fn update_suggestions(&self, ctx: &JobContext) -> Result<(), Error> {
        let Ok(eye) = self.eye() else { return Ok(()) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let photos = self.store.embedding_stamp(&tag)?.count;
        let is_due = self
            .store
            .suggested()?
            .is_none_or(|of| of.model != tag || photos.abs_diff(of.photos) * NOTICEABLE > of.photos);
        if photos < FIRST_MAP || !is_due {
            return Ok(());
        }
        let asked = self.store.setting(SETTING)?.and_then(|count| count.parse().ok());
        self.find_suggestions(ctx, &self.looks()?, asked)
    }

    fn find_suggestions(
        &self,
        ctx: &JobContext,
        looks: &Looks,
        asked: Option<NonZeroUsize>,
    ) -> Result<(), Error> {
        let photos = looks.photos.len();
        let Some(most) = NonZeroUsize::new(photos) else { return Ok(()) };
        let suits = NonZeroUsize::new((FOR_EACH_ROOT * (photos as f64).sqrt()) as usize);
        let count = asked.or(suits).map_or(most, |count| count.min(most));
        ctx.progress(Stage::Group, 0, 2);
        let walls_before = self.store.suggestions(SuggestionLevel::Wall)?;
        let all: Vec<usize> = (0..photos).collect();
        let walls = grouped(ctx, looks, &all, count, &numbers(&walls_before))?;

        ctx.progress(Stage::Group, 1, 2);
        let parts_before = self.store.suggestions(SuggestionLevel::Part)?;
        let numbers_of_parts = numbers(&parts_before);
        let mut parts = Vec::new();
        for Group(rows) in &walls {
            ctx.check()?;
            if let Some(count) = part_count(rows.len()) {
                parts.extend(grouped(ctx, looks, rows, count, &numbers_of_parts)?);
            }
        }

        let mut naming = Naming { looks, names: self.names()?, faces: self.face_chooser()? };
        let mut suggestions = naming.go_on(SuggestionLevel::Wall, &walls_before, &walls);
        suggestions.extend(naming.go_on(SuggestionLevel::Part, &parts_before, &parts));
        self.store
            .save_suggestions(&Suggested { model: looks.tag.clone(), photos: photos as u64 }, &suggestions)?;
        ctx.progress(Stage::Group, 2, 2);
        self.notices.tell(Notice::AlbumsChanged);
        Ok(())
    }

    /// Names that are free: those of what the person holds are taken.
    fn names(&self) -> Result<Names<'_>, Error> {
        let said = self.store.said_suggestions()?;
        let taken = said.into_iter().map(|said| said.suggestion.name);
        // A group without a word for a name is still a group.
        let file_names = |photos: &[PhotoId]| {
            let rows = self.store.photos(photos).unwrap_or_default();
            let name = |row: &PhotoRow| Some(row.path.file_name()?.to_string_lossy().into_owned());
            rows.iter().filter_map(name).collect()
        };
        Ok(Names::new(self.facets()?, self.store.tagged_photos()?, taken.collect(), Box::new(file_names)))
    }

    fn face_chooser(&self) -> Result<Faces<'_>, Error> {
        let facets = self.facets()?;
        Ok(Faces {
            facets: facets.photos.iter().map(|facet| (facet.photo, *facet)).collect(),
            too_alike: self.eye()?.answering(&self.store)?.vectors.thresholds.very_close,
            is_fair: Box::new(|photo| self.is_fair(photo)),
        })
    }
}

/// The place in `before` of the group that each photo was in.
fn numbers(before: &[Suggestion]) -> HashMap<PhotoId, usize> {
    let of = |(number, suggestion): (usize, &Suggestion)| {
        suggestion.photos.iter().map(move |photo| (*photo, number)).collect::<Vec<_>>()
    };
    before.iter().enumerate().flat_map(of).collect()
}

/// `rows` in at most `count` groups of [`FEWEST`] or more, from where they were before.
fn grouped(
    ctx: &JobContext,
    looks: &Looks,
    rows: &[usize],
    count: NonZeroUsize,
    before: &HashMap<PhotoId, usize>,
) -> Result<Vec<Group>, Error> {
    // Numbered anew: only a few of many parts are those of one group.
    let mut known: HashMap<usize, usize> = HashMap::new();
    let begun: Vec<Option<usize>> = rows
        .iter()
        .map(|&row| {
            let number = before.get(&looks.photos[row])?;
            let next = known.len();
            Some(*known.entry(*number).or_insert(next))
        })
        .collect();
    let vectors = vectors_of(looks, rows);
    let found = match known.is_empty() {
        true => kmeans(ctx, &vectors, looks.dimension(), count, SEED)?,
        false => kmeans_again(ctx, &vectors, looks.dimension(), count, &begun, SEED)?,
    };
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count.get()];
    rows.iter().zip(&found.assignment).for_each(|(&row, &cluster)| groups[cluster].push(row));
    let groups = groups.into_iter().enumerate().filter(|(_, rows)| rows.len() >= FEWEST);
    Ok(groups.map(|(cluster, rows)| typical_first(looks, rows, &found, cluster)).collect())
}

fn vectors_of<'a>(looks: &'a Looks, rows: &[usize]) -> Cow<'a, [f32]> {
    if rows.len() == looks.photos.len() {
        return Cow::Borrowed(&looks.vectors);
    }
    Cow::Owned(rows.iter().flat_map(|&row| looks.row(row).iter().copied()).collect())
}

fn typical_first(looks: &Looks, mut rows: Vec<usize>, found: &Clusters, cluster: usize) -> Group {
    let centre = &found.centres[cluster * looks.dimension()..][..looks.dimension()];
    rows.sort_by_cached_key(|&row| {
        // As bits the order of finite numbers of one sign is kept; products lie between -1 and 1.
        (2.0 - product(looks.row(row), centre)).to_bits()
    });
    Group(rows)
}

/// Parts that a group of so many photos has; `None` where it is too small for any.
fn part_count(photos: usize) -> Option<NonZeroUsize> {
    let parts = (photos as f64 / 4.0).sqrt().round().clamp(2.0, MOST_PARTS);
    (photos >= FEWEST_IN_PARTS).then(|| NonZeroUsize::new(parts as usize)).flatten()
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Chooses the photos that the wall shows.
struct Faces<'a> {
    facets: HashMap<PhotoId, Facet>,
    /// Photos nearer than this are shots of one moment: one of them is enough.
    too_alike: f32,
    /// Whether a photo is neither blurred nor dark.
    is_fair: Box<dyn Fn(PhotoId) -> bool + 'a>,
}

impl Faces<'_> {
    /// Of the most typical photos the one that the person likes best; of equals the most typical one that is sharp and bright.
    fn cover(&self, photos: &[PhotoId]) -> PhotoId {
        let typical = &photos[..photos.len().min(TYPICAL)];
        let liked = |photo: &PhotoId| {
            let decisions = self.facets.get(photo).map(|facet| facet.decisions).unwrap_or_default();
            let flag = match decisions.flag {
                Flag::Pick => 2,
                Flag::None => 1,
                Flag::Reject => 0,
            };
            (flag, decisions.rating)
        };
        let most = typical.iter().map(liked).max();
        let best: Vec<PhotoId> = typical.iter().copied().filter(|photo| Some(liked(photo)) == most).collect();
        best.iter().copied().find(|photo| (self.is_fair)(*photo)).unwrap_or_else(|| best[0])
    }

    /// All photos of the group: `cover`, others that differ from each other, and the rest, the most typical first.
    fn in_order(&self, looks: &Looks, group: &Group, cover: PhotoId) -> Vec<PhotoId> {
        let mut shown: Vec<usize> =
            group.0.iter().copied().filter(|&row| looks.photos[row] == cover).collect();
        for &row in &group.0 {
            let differs = |other: &usize| 1.0 - product(looks.row(row), looks.row(*other)) > self.too_alike;
            if shown.len() < FACES && !shown.contains(&row) && shown.iter().all(differs) {
                shown.push(row);
            }
        }
        let chosen: HashSet<usize> = shown.iter().copied().collect();
        shown.extend(group.0.iter().filter(|row| !chosen.contains(row)));
        shown.into_iter().map(|row| looks.photos[row]).collect()
    }
}

/// Gives groups what makes them suggestions.
struct Naming<'a> {
    looks: &'a Looks,
    names: Names<'a>,
    faces: Faces<'a>,
}

impl Naming<'_> {
    /// The suggestions that `groups` are: those `before` that go on keep number, name and cover.
    fn go_on(
        &mut self,
        level: SuggestionLevel,
        before: &[Suggestion],
        groups: &[Group],
    ) -> Vec<NewSuggestion> {
        let photos_before: Vec<Vec<PhotoId>> = before.iter().map(|each| each.photos.clone()).collect();
        let photos: Vec<Vec<PhotoId>> =
            groups.iter().map(|group| group.0.iter().map(|&row| self.looks.photos[row]).collect()).collect();
        let origins = succession(&photos_before, &photos).origins;
        for origin in &origins {
            if let Origin::Same(old) = origin {
                self.names.take(&before[*old].name);
            }
        }
        let mut suggestions = Vec::with_capacity(groups.len());
        for ((group, photos), origin) in groups.iter().zip(&photos).zip(origins) {
            let earlier = match origin {
                Origin::Same(old) => Some(&before[old]),
                Origin::PartOf(_) | Origin::New => None,
            };
            let kept_cover = earlier.map(|earlier| earlier.cover).filter(|cover| photos.contains(cover));
            let cover = kept_cover.unwrap_or_else(|| self.faces.cover(photos));
            suggestions.push(NewSuggestion {
                id: earlier.map(|earlier| earlier.id),
                level,
                name: earlier.map_or_else(|| self.names.name(photos), |earlier| earlier.name.clone()),
                cover,
                photos: self.faces.in_order(self.looks, group, cover),
            });
        }
        suggestions
    }
}

#[cfg(test)]
mod tests {
    use likeness_domain::{Decisions, Rating};

    use super::*;

    #[test]
    fn a_cover_is_liked_best_then_fair_then_typical() {
        let facet = |photo: i64, rating: u8| {
            let decisions = Decisions { rating: Rating::new(rating).expect("stars"), ..Decisions::default() };
            let (shown_at_ms, taken_known, folder, camera) = (0, false, 0, 0);
            let photo = PhotoId(photo);
            (photo, Facet { photo, shown_at_ms, taken_known, folder, camera, decisions })
        };
        let faces = |rated: &[(i64, u8)]| Faces {
            facets: rated.iter().map(|&(photo, rating)| facet(photo, rating)).collect(),
            too_alike: 0.1,
            is_fair: Box::new(|photo| photo.0 > 1),
        };
        let photos = [1, 2, 3].map(PhotoId);
        assert_eq!(faces(&[]).cover(&photos), PhotoId(2), "the first is blurred");
        assert_eq!(faces(&[(3, 4)]).cover(&photos), PhotoId(3), "what the person likes comes before");
        assert_eq!(faces(&[(1, 4)]).cover(&photos), PhotoId(1), "blurred as it may be");
        assert_eq!(faces(&[]).cover(&photos[..1]), PhotoId(1), "there is no other");
    }

    #[test]
    fn larger_groups_have_more_parts() {
        let parts = |photos| part_count(photos).map(NonZeroUsize::get);
        assert_eq!([11, 12, 34, 243, 100_000].map(parts), [None, Some(2), Some(3), Some(8), Some(12)]);
    }
}
