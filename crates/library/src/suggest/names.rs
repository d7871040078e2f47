//! What a group of photos could be called: by a tag or folder that tells it apart, the word that its files begin with,
//! its camera, and when it was taken.
//! Nothing here needs to be translated.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use likeness_domain::{PhotoId, SEPARATOR, Tag};
use likeness_store::{Facet, Facets};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Folders that cameras name.
const OF_CAMERAS: [&str; 4] = ["DCIM", "Camera", "Pictures", "Photos"];
/// Characters of a tag or folder that a name begins with.
const LONGEST: usize = 100;
/// Words that cameras, phones and programs begin names of files with.
const OF_FILES: [&str; 16] = [
    "img", "image", "photo", "picture", "pic", "foto", "bild", "dsc", "dscf", "dscn", "pxl", "sam", "gopr",
    "dji", "mvi", "scan",
];
/// Letters that a word has.
const SHORTEST: usize = 3;
/// Files whose names are looked at.
const LOOKED_AT: usize = 60;
/// What photos are called that have left the library since they were grouped.
const NOTHING_KNOWN: &str = "?";

/// Tells the names of photos' files.
pub(super) type FileNames<'a> = Box<dyn Fn(&[PhotoId]) -> Vec<String> + 'a>;

/// Gives names, none of them twice.
pub(super) struct Names<'a> {
    facets: Arc<Facets>,
    places: HashMap<PhotoId, usize>,
    tags: HashMap<PhotoId, Vec<Tag>>,
    taken: HashSet<String>,
    file_names: FileNames<'a>,
}

impl<'a> Names<'a> {
    /// From what is known of all photos in view and of their tags; names in `taken` are not given.
    pub(super) fn new(
        facets: Arc<Facets>,
        tagged: Vec<(PhotoId, Tag)>,
        taken: HashSet<String>,
        file_names: FileNames<'a>,
    ) -> Self {
        let places = facets.photos.iter().enumerate().map(|(at, facet)| (facet.photo, at)).collect();
        let mut tags: HashMap<PhotoId, Vec<Tag>> = HashMap::new();
        tagged.into_iter().for_each(|(photo, tag)| tags.entry(photo).or_default().push(tag));
        Self { facets, places, tags, taken, file_names }
    }

    /// Notes that somebody has the name.
    pub(super) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// A name for these photos that nobody has.
    pub(super) fn name(&mut self, photos: &[PhotoId]) -> String {
        let name = self.telling_name(photos);
        let free = free_name(&name, |name| self.taken.contains(name));
        self.take(&free);
        free
    }

    fn telling_name(&self, photos: &[PhotoId]) -> String {
        let known: Vec<&Facet> =
            photos.iter().filter_map(|photo| Some(&self.facets.photos[*self.places.get(photo)?])).collect();
        let subject = self.tag(photos).or_else(|| self.folder(&known)).or_else(|| self.word(photos));
        let subject = subject.or_else(|| self.camera(&known));
        let subject = subject.map(|subject| subject.chars().take(LONGEST).collect());
        let taken: Vec<i64> =
            known.iter().filter(|facet| facet.taken_known).map(|facet| facet.shown_at_ms).collect();
        // Where nothing else is known, the times of the files have to do.
        let when = match (taken.len() * 2 > known.len(), &subject) {
            (true, _) => span(taken),
            (false, Some(_)) => None,
            (false, None) => span(known.iter().map(|facet| facet.shown_at_ms).collect()),
        };
        let parts = [subject, when];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if name.is_empty() { NOTHING_KNOWN.to_owned() } else { name }
    }

    /// The most special tag that more than half of them have.
    fn tag(&self, photos: &[PhotoId]) -> Option<String> {
        let mut counts: HashMap<&Tag, usize> = HashMap::new();
        photos
            .iter()
            .filter_map(|photo| self.tags.get(photo))
            .flatten()
            .for_each(|tag| *counts.entry(tag).or_default() += 1);
        let telling = counts.into_iter().filter(|(_, count)| count * 2 > photos.len());
        let best = telling.max_by_key(|(tag, count)| (*count, tag.as_str().len(), tag.as_str()));
        best.map(|(tag, _)| tag.name().to_owned())
    }

    /// The folder that more than half of them lie in, where not everybody lies there.
    fn folder(&self, known: &[&Facet]) -> Option<String> {
        let folder = majority(known.iter().map(|facet| facet.folder))?;
        let all = self.facets.photos.iter().filter(|facet| facet.folder == folder).count();
        let name = self.facets.folders.get(usize::from(folder))?.file_name()?.to_string_lossy().into_owned();
        let tells = all * 2 <= self.facets.photos.len() && !OF_CAMERAS.contains(&name.as_str());
        let plain = name.replace(|c: char| c.is_control() || c == SEPARATOR, " ");
        (tells && !plain.trim().is_empty()).then(|| plain.trim().to_owned())
    }

    /// The word that more than half of their files' names begin with, where it is no camera's.
    fn word(&self, photos: &[PhotoId]) -> Option<String> {
        let names = (self.file_names)(&photos[..photos.len().min(LOOKED_AT)]);
        let words: Vec<&str> = names.iter().map(|name| first_word(name)).collect();
        let word = majority(words.iter().copied())?;
        let tells = word.chars().count() >= SHORTEST && !OF_FILES.contains(&word.to_lowercase().as_str());
        tells.then(|| word.to_owned())
    }

    /// The camera that more than half of them were taken with, where not everybody was.
    fn camera(&self, known: &[&Facet]) -> Option<String> {
        let camera = majority(known.iter().map(|facet| facet.camera))?;
        let all = self.facets.photos.iter().filter(|facet| facet.camera == camera).count();
        let name = self.facets.cameras.get(usize::from(camera))?.as_ref()?;
        let plain = name.replace(|c: char| c.is_control() || c == SEPARATOR, " ");
        (all * 2 <= self.facets.photos.len() && !plain.trim().is_empty()).then(|| plain.trim().to_owned())
    }
}

/// `name`, or with a number behind it where that is taken.
pub(super) fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (1..).map(|number| match number {
        1 => name.to_owned(),
        number => format!("{name} ({number})"),
    });
    numbered.into_iter().find(|name| !is_taken(name)).expect("numbers do not end")
}

/// What a file's name begins with, up to a digit or a sign: `Sea view_0012.jpg` with `Sea view`.
fn first_word(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split(|c: char| !c.is_alphabetic() && c != ' ').next().unwrap_or_default().trim()
}

/// What more than half of all are.
fn majority<T: Copy + Eq + Hash>(values: impl ExactSizeIterator<Item = T>) -> Option<T> {
    let all = values.len();
    let mut counts: HashMap<T, usize> = HashMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().find(|(_, count)| count * 2 > all).map(|(value, _)| value)
}

/// Where most times lie, less the first and the last tenth: `2019-05-14`, `2019-05`, `2019` or `2018–2020`.
fn span(mut times: Vec<i64>) -> Option<String> {
    if times.is_empty() {
        return None;
    }
    times.sort_unstable();
    let (first, last) = (times[times.len() / 10], times[times.len() - 1 - times.len() / 10]);
    let ((year, month, day), (last_year, last_month, last_day)) = (date(first), date(last));
    Some(if year != last_year {
        format!("{year}–{last_year}")
    } else if month != last_month {
        format!("{year}")
    } else if day != last_day {
        format!("{year}-{month:02}")
    } else {
        format!("{year}-{month:02}-{day:02}")
    })
}

/// Year, month and day of a clock's reading in milliseconds since 1970: the civil calendar from days, after Howard
/// Hinnant, chrono-compatible low-level date algorithms.
fn date(ms: i64) -> (i64, i64, i64) {
    let days = ms.div_euclid(DAY_MS) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use likeness_domain::Decisions;

    use super::*;

    fn facet(photo: i64, day: i64, folder: u16, camera: u16) -> Facet {
        Facet {
            photo: PhotoId(photo),
            shown_at_ms: day * DAY_MS,
            taken_known: true,
            folder,
            camera,
            decisions: Decisions::default(),
        }
    }

    fn photos(numbers: std::ops::Range<i64>) -> Vec<PhotoId> {
        numbers.map(PhotoId).collect()
    }

    #[test]
    fn groups_are_named_by_what_tells_them_apart() {
        // 2019-05-14 is day 18,030.
        let facets = Facets {
            photos: (0..12)
                .map(|at| {
                    facet(at, 18_030 + at % 4, u16::from(at >= 4) + u16::from(at >= 8), u16::from(at >= 6))
                })
                .collect(),
            folders: ["/p/Coast", "/p/DCIM", "/p/a|b"].map(PathBuf::from).to_vec(),
            cameras: vec![Some("Leica Q3".into()), None],
        };
        let tag = |text: &str| text.parse::<Tag>().expect("a tag");
        let tagged = [(0, "Animals"), (0, "Animals|Dogs"), (1, "Animals|Dogs"), (2, "Animals|Dogs")];
        let tagged = tagged.map(|(photo, text)| (PhotoId(photo), tag(text))).to_vec();
        let nameless: FileNames<'_> = Box::new(|photos| photos.iter().map(|_| "IMG_1.jpg".into()).collect());
        let mut names = Names::new(Arc::new(facets), tagged, ["a b 2019-05".to_owned()].into(), nameless);
        assert_eq!(names.name(&photos(0..4)), "Dogs 2019-05");
        assert_eq!(names.name(&photos(3..4)), "Coast 2019-05-17");
        assert_eq!(names.name(&photos(4..6)), "Leica Q3 2019-05");
        assert_eq!(names.name(&photos(8..12)), "a b 2019-05 (2)");
        assert_eq!(names.name(&photos(6..8)), "2019-05", "what most are tells nothing");
        assert_eq!(names.name(&[PhotoId(99)]), "?");
    }

    #[test]
    fn a_span_leaves_out_strays() {
        let days = |days: &[i64]| -> Option<String> { span(days.iter().map(|day| day * DAY_MS).collect()) };
        assert_eq!(days(&[18_030, 18_030]).as_deref(), Some("2019-05-14"));
        assert_eq!(days(&[0, 11_016]).as_deref(), Some("1970–2000"));
        assert_eq!(days(&[18_030, 18_200]).as_deref(), Some("2019"));
        let mut with_stray = vec![18_030; 19];
        with_stray.push(0);
        assert_eq!(days(&with_stray).as_deref(), Some("2019-05-14"));
        assert_eq!(date(-DAY_MS), (1969, 12, 31));
        assert_eq!(date(11_016 * DAY_MS), (2000, 2, 29));
        assert_eq!(days(&[]), None);
    }

    #[test]
    fn files_tell_where_nothing_else_does() {
        let photos: Vec<PhotoId> = photos(0..8);
        let unknown = |at| Facet { taken_known: false, ..facet(at, 18_030, 0, 0) };
        let facets =
            Facets { photos: (0..8).map(unknown).collect(), folders: vec!["/p".into()], cameras: vec![None] };
        let file_names: FileNames<'_> = Box::new(|photos| {
            let name = |photo: &PhotoId| match photo.0 {
                0..4 => format!("Sea view_{photo}.jpg"),
                _ => format!("IMG_{photo}.jpg"),
            };
            photos.iter().map(name).collect()
        });
        let mut names = Names::new(Arc::new(facets), Vec::new(), HashSet::new(), file_names);
        assert_eq!(names.name(&photos[..5]), "Sea view");
        assert_eq!(names.name(&photos[4..]), "2019-05-14");
        assert_eq!(first_word("Übung-3.jpg"), "Übung");
        assert_eq!(first_word("20190514_120000.jpg"), "");
    }
}
