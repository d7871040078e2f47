//! How many photos each further filter would leave: in one pass over the photos in view, whatever is filtered by.

use std::collections::HashMap;

use likeness_domain::{ColorLabel, Flag, FolderId, PictureFormat};
use rusqlite::{Connection, Row, params_from_iter};

use crate::conditions::{self, Condition, Part};
use crate::tags::count_tags;
use crate::words::flag_word;
use crate::{Error, Orientation, PhotoQuery, Store, TagCount};

/// How many photos have each value, among those that all *other* parts of a query let through. Values that no photo has
/// are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterCounts {
    /// Photos that the whole query lets through.
    pub photos: u64,
    /// Photos with exactly so many stars.
    pub stars: [u64; 6],
    /// By flag.
    pub flags: Vec<(Flag, u64)>,
    /// By colour label.
    pub labels: Vec<(ColorLabel, u64)>,
    /// By camera, most photos first.
    pub cameras: Vec<(String, u64)>,
    /// By lens, most photos first.
    pub lenses: Vec<(String, u64)>,
    /// By format, most photos first.
    pub formats: Vec<(PictureFormat, u64)>,
    /// By orientation.
    pub orientations: Vec<(Orientation, u64)>,
    /// By year of the camera's clock, latest first.
    pub years: Vec<(i32, u64)>,
    /// By tag, in the order of the vocabulary, among the photos that the whole query lets through.
    pub tags: Vec<TagCount>,
    /// By source folder.
    pub folders: Vec<(FolderId, u64)>,
}

impl Store {
    /// How many photos each further filter would leave of those that `query` asks for.
    ///
    /// # Errors
    /// When an album that it asks for is unknown, or the catalog cannot be read.
    pub fn filter_counts(&self, query: &PhotoQuery) -> Result<FilterCounts, Error> {
        self.read(|view| {
            let conditions = conditions::of(view, query)?;
            let mut tally = Tally::default();
            tally.count_all(view, conditions)?;
            tally.finish(view)
        })
    }
}

/// What is counted while photos pass by.
#[derive(Default)]
struct Tally {
    photos: u64,
    stars: [u64; 6],
    flags: Words,
    labels: Words,
    formats: Words,
    cameras: Words,
    lenses: Words,
    orientations: [u64; 3],
    years: HashMap<i32, u64>,
    /// By number: photos that pass all parts.
    passing: Vec<bool>,
    /// By number: photos that pass all parts but the folder.
    passing_but_folder: Vec<bool>,
}

impl Tally {
    fn count_all(&mut self, view: &Connection, conditions: Vec<Condition>) -> Result<(), Error> {
        let last: i64 = view.query_row("SELECT coalesce(max(id), 0) FROM photos", [], |row| row.get(0))?;
        self.passing = vec![false; last as usize + 1];
        self.passing_but_folder = vec![false; last as usize + 1];
        // Bit by bit the parts that a photo fails.
        let mut failed = "0".to_owned();
        let mut parameters = Vec::new();
        for condition in conditions {
            failed.push_str(&format!(" | (coalesce({}, 0) = 0) * {}", condition.sql, bit(condition.part)));
            parameters.extend(condition.parameters);
        }
        let sql = format!(
            "SELECT id, shown_at_ms, width, height, rating, flag, label, format, camera, lens, {failed} AS failed
             FROM photos WHERE files > 0"
        );
        let mut select = view.prepare_cached(&sql)?;
        let mut rows = select.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let failed: u32 = row.get("failed")?;
            if failed.count_ones() <= 1 {
                self.count(row, failed)?;
            }
        }
        Ok(())
    }

    /// Counts a photo for the part that it fails, of which another value would let it through; for all when it fails none.
    fn count(&mut self, row: &Row<'_>, failed: u32) -> Result<(), Error> {
        let counts = |part| failed & !bit(part) == 0;
        let id: i64 = row.get(0)?;
        if failed == 0 {
            self.photos += 1;
            self.passing[id as usize] = true;
        }
        if counts(Part::Folder) {
            self.passing_but_folder[id as usize] = true;
        }
        if counts(Part::Time) {
            *self.years.entry(year(row.get(1)?)).or_default() += 1;
        }
        if counts(Part::Orientation) {
            let (width, height): (u32, u32) = (row.get(2)?, row.get(3)?);
            self.orientations[usize::from(width <= height) + usize::from(width == height)] += 1;
        }
        if counts(Part::Rating) {
            let stars: u8 = row.get(4)?;
            self.stars[usize::from(stars.min(5))] += 1;
        }
        let words = [
            (Part::Flag, &mut self.flags, 5),
            (Part::Label, &mut self.labels, 6),
            (Part::Format, &mut self.formats, 7),
            (Part::Camera, &mut self.cameras, 8),
            (Part::Lens, &mut self.lenses, 9),
        ];
        for (part, words, column) in words {
            if counts(part) {
                words.count(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?);
            }
        }
        Ok(())
    }

    fn finish(self, view: &Connection) -> Result<FilterCounts, Error> {
        let mut years: Vec<_> = self.years.into_iter().collect();
        years.sort_unstable_by(|a, b| b.cmp(a));
        let is_in = |photo: i64| self.passing.get(photo as usize) == Some(&true);
        let mut tags = count_tags(view, is_in)?;
        tags.retain(|tag| tag.photos > 0);
        let flags = [Flag::None, Flag::Pick, Flag::Reject].map(|flag| (flag, self.flags.of(flag_word(flag))));
        let labels = ColorLabel::ALL.map(|label| (label, self.labels.of(label.word())));
        let formats = self.formats.most_first().into_iter();
        Ok(FilterCounts {
            photos: self.photos,
            stars: self.stars,
            flags: some(flags),
            labels: some(labels),
            formats: formats
                .filter_map(|(word, count)| Some((PictureFormat::from_word(&word)?, count)))
                .collect(),
            cameras: self.cameras.most_first(),
            lenses: self.lenses.most_first(),
            orientations: some([0, 1, 2].map(|at| (Orientation::ALL[at], self.orientations[at]))),
            years,
            tags,
            folders: count_folders(view, &self.passing_but_folder)?,
        })
    }
}

fn bit(part: Part) -> u32 {
    1 << part as u32
}

/// How often words come, a few of them many times.
#[derive(Default)]
struct Words(HashMap<String, u64>);

impl Words {
    fn count(&mut self, word: Option<&str>) {
        let Some(word) = word else { return };
        match self.0.get_mut(word) {
            Some(count) => *count += 1,
            None => _ = self.0.insert(word.to_owned(), 1),
        }
    }

    fn of(&self, word: &str) -> u64 {
        self.0.get(word).copied().unwrap_or_default()
    }

    fn most_first(self) -> Vec<(String, u64)> {
        let mut words: Vec<_> = self.0.into_iter().collect();
        words.sort_unstable_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        words
    }
}

/// Those that come at all.
fn some<T>(counts: impl IntoIterator<Item = (T, u64)>) -> Vec<(T, u64)> {
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Photos that `counts` says yes to, by the source folders that they lie in.
fn count_folders(view: &Connection, counts: &[bool]) -> Result<Vec<(FolderId, u64)>, Error> {
    let folders: Vec<i64> = view
        .prepare_cached("SELECT id FROM folders ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    if let [only] = folders[..] {
        found.push((FolderId(only), counts.iter().filter(|counts| **counts).count() as u64));
        return Ok(some(found));
    }
    let mut select =
        view.prepare_cached("SELECT shows FROM files WHERE folder = ?1 AND shows IS NOT NULL")?;
    for folder in folders {
        // A photo may lie in a folder several times.
        let mut waiting = counts.to_vec();
        let mut rows = select.query([folder])?;
        let mut photos = 0;
        while let Some(row) = rows.next()? {
            let shown = row.get::<_, i64>(0)? as usize;
            photos += u64::from(waiting.get_mut(shown).is_some_and(std::mem::take));
        }
        found.push((FolderId(folder), photos));
    }
    Ok(some(found))
}

/// The year of a time in milliseconds since 1970 (Gregorian calendar).
fn year(ms: i64) -> i32 {
    // Days since 0000-03-01, in eras of 400 years; after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let days = ms.div_euclid(86_400_000) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // January and February belong to the next year.
    (era * 400 + year_of_era + i64::from(day_of_year >= 306)) as i32
}

#[cfg(test)]
mod tests;
