//! What the facts say about two photos, before any pixel is compared: another shot of the moment, or shots that belong together.

use std::ops::RangeInclusive;

use likeness_domain::{Exposure, PhotoFacts, PictureFormat};

/// Shots of one burst follow each other after so many milliseconds ...
pub const BURST_GAPS_MS: RangeInclusive<i64> = SAME_SHOT_MS..=3_000;
/// ... and all lie within so many of the one that stays.
const BURST_MS: i64 = 15_000;
/// Shots of one bracket follow each other within so many milliseconds.
const SERIES_GAP_MS: i64 = 10_000;
/// Exposures that differ by at least so many stops were meant to differ.
const BRACKET_STOPS: f64 = 0.6;
/// Clocks that say the same to so many milliseconds may speak of one shot: files keep whole seconds or more.
const SAME_SHOT_MS: i64 = 1_000;
/// A time in whole minutes says nothing about seconds: scanners and exports write those.
const MINUTE_MS: i64 = 60_000;

/// What the catalog knows of a photo's taking.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// As the file says it.
    pub facts: PhotoFacts,
    /// Folder and name without ending of its file, where it has one alone: files of one shot share it.
    pub stem: Option<Vec<u8>>,
    /// Whether the movie of a Live Photo lies beside it.
    pub has_movie: bool,
}

/// Why two photos belong together though they look alike: neither is ever selected to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bond {
    /// A raw file and the camera's own picture of the same shot.
    RawAndPicture,
    /// A Live Photo and its still picture saved alone: with the former goes its movie.
    LivePhoto,
    /// Shots of one series with different exposures.
    Bracket,
    /// Shots side by side that make one wide view.
    Panorama,
}

impl Bond {
    const ALL: [Bond; 4] = [Bond::RawAndPicture, Bond::LivePhoto, Bond::Bracket, Bond::Panorama];

    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Bond::RawAndPicture => "raw",
            Bond::LivePhoto => "live",
            Bond::Bracket => "bracket",
            Bond::Panorama => "panorama",
        }
    }

    /// The bond that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bond| bond.word() == word)
    }
}

/// What the clocks say of two photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// One shot, or no saying: pixels decide.
    Open,
    /// Two shots within one burst, so many milliseconds apart.
    Burst(i64),
    /// Two shots of one camera at different times: neither copy nor edit of the other, whatever they look like.
    Apart,
}

/// Compares the clocks of two photos. Different cameras, or one that is not known, leave everything open.
pub fn moment(a: &Shot, b: &Shot) -> Moment {
    let (Some(taken_a), Some(taken_b)) = (a.facts.taken, b.facts.taken) else { return Moment::Open };
    let same_camera = a.facts.camera.is_some() && a.facts.camera == b.facts.camera;
    let apart_ms = (taken_a.local_ms - taken_b.local_ms).abs();
    let whole_minutes = taken_a.local_ms % MINUTE_MS == 0 && taken_b.local_ms % MINUTE_MS == 0;
    if !same_camera || whole_minutes || apart_ms < SAME_SHOT_MS {
        Moment::Open
    } else if apart_ms <= BURST_MS {
        Moment::Burst(apart_ms)
    } else {
        Moment::Apart
    }
}

/// The bond between two photos, as far as facts tell it.
pub fn bond(a: &Shot, b: &Shot) -> Option<Bond> {
    let apart_ms = match (a.facts.taken, b.facts.taken) {
        (Some(a), Some(b)) => Some((a.local_ms - b.local_ms).abs()),
        _ => None,
    };
    let is_raw = |shot: &Shot| shot.facts.format == PictureFormat::Raw;
    let same_name = a.stem.is_some() && a.stem == b.stem;
    let same_camera = a.facts.camera.is_some() && a.facts.camera == b.facts.camera;
    let same_shot = same_name || (same_camera && apart_ms.is_some_and(|apart| apart < SAME_SHOT_MS));
    if is_raw(a) != is_raw(b) && same_shot {
        return Some(Bond::RawAndPicture);
    }
    if a.has_movie != b.has_movie {
        return Some(Bond::LivePhoto);
    }
    let in_series = same_camera && apart_ms.is_some_and(|apart| apart <= SERIES_GAP_MS);
    let stops = stops_apart(&a.facts.exposure, &b.facts.exposure);
    (in_series && stops.is_some_and(|stops| stops >= BRACKET_STOPS)).then_some(Bond::Bracket)
}

/// By how many stops one picture got more light than the other; `None` where a file does not say.
fn stops_apart(a: &Exposure, b: &Exposure) -> Option<f64> {
    let light = |exposure: &Exposure| {
        let iso = exposure.iso.filter(|&iso| iso > 0)?;
        let f_number = exposure.f_number.unwrap_or(1.0);
        Some((exposure.time_seconds? * f64::from(iso) / (f_number * f_number)).log2())
    };
    Some((light(a)? - light(b)?).abs())
}

/// Pairs of rows that may be of one burst: the same camera, within a burst's gap, in order of time. Rows without a time or
/// camera are in none. A pair is worth asking how alike it looks.
pub fn burst_candidates<'a>(shots: impl IntoIterator<Item = (u32, &'a Shot)>) -> Vec<(u32, u32)> {
    let mut by_time: Vec<(&str, i64, u32, &Shot)> = shots
        .into_iter()
        .filter_map(|(row, shot)| {
            Some((shot.facts.camera.as_deref()?, shot.facts.taken?.local_ms, row, shot))
        })
        .collect();
    by_time.sort_unstable_by_key(|&(camera, time, row, _)| (camera, time, row));
    let mut pairs = Vec::new();
    for (at, &(camera, time, row, shot)) in by_time.iter().enumerate() {
        let later = by_time[at + 1..].iter();
        let of_burst =
            later.take_while(|(other, later, ..)| *other == camera && later - time <= *BURST_GAPS_MS.end());
        for &(_, _, other, other_shot) in of_burst {
            if let Moment::Burst(_) = moment(shot, other_shot) {
                pairs.push((row.min(other), row.max(other)));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_domain::CaptureTime;

    fn shot(local_ms: Option<i64>, camera: Option<&str>) -> Shot {
        let facts = PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 4000,
            height: 3000,
            bits: Some(8),
            taken: local_ms.map(|local_ms| CaptureTime { local_ms, zone_minutes: None }),
            camera: camera.map(str::to_owned),
            lens: None,
            exposure: Exposure::default(),
            gps: None,
            animated: false,
        };
        Shot { facts, stem: None, has_movie: false }
    }

    const NOON: i64 = 1_700_000_012_345;

    #[test]
    fn clocks_of_one_camera_tell_shots_apart() {
        let camera = Some("Canon EOS 600D");
        let at = |after: i64| shot(Some(NOON + after), camera);
        assert_eq!(moment(&at(0), &at(400)), Moment::Open, "whole seconds are all that most files say");
        assert_eq!(moment(&at(0), &at(2_000)), Moment::Burst(2_000));
        assert_eq!(moment(&at(2_000), &at(0)), Moment::Burst(2_000));
        assert_eq!(moment(&at(0), &at(60_000)), Moment::Apart);
        assert_eq!(moment(&at(0), &shot(Some(NOON + 60_000), Some("Pixel 7"))), Moment::Open);
        assert_eq!(moment(&at(0), &shot(None, camera)), Moment::Open);
        let minute = NOON / MINUTE_MS * MINUTE_MS;
        let (first, second) = (shot(Some(minute), camera), shot(Some(minute + MINUTE_MS), camera));
        assert_eq!(moment(&first, &second), Moment::Open, "minutes without seconds");
    }

    #[test]
    fn bursts_are_looked_for_among_shots_of_one_camera_and_moment() {
        let of = |after: i64, camera: &str| shot(Some(NOON + after), Some(camera));
        let shots = [
            of(90_000, "A"),
            of(0, "A"),
            of(1_500, "A"),
            of(1_600, "B"),
            of(3_000, "A"),
            shot(None, Some("A")),
            of(91_500, "A"),
        ];
        assert_eq!(burst_candidates((0..).zip(&shots)), [(0, 6), (1, 2), (1, 4), (2, 4)]);
    }

    #[test]
    fn what_belongs_together_is_recognised() {
        let picture = shot(Some(NOON), Some("Canon"));
        let mut raw = picture.clone();
        raw.facts.format = PictureFormat::Raw;
        assert_eq!(bond(&raw, &picture), Some(Bond::RawAndPicture));
        let mut renamed = shot(None, None);
        (raw.facts.taken, raw.stem, renamed.stem) = (None, Some(b"a/IMG_1".into()), Some(b"a/IMG_1".into()));
        assert_eq!(bond(&raw, &renamed), Some(Bond::RawAndPicture));
        renamed.stem = Some(b"b/IMG_1".into());
        assert_eq!(bond(&raw, &renamed), None);

        let mut live = picture.clone();
        live.has_movie = true;
        assert_eq!(bond(&live, &picture), Some(Bond::LivePhoto));

        let exposed = |after: i64, time_seconds: f64| {
            let mut shot = shot(Some(NOON + after), Some("Canon"));
            let (iso, f_number) = (Some(100), Some(8.0));
            shot.facts.exposure =
                Exposure { time_seconds: Some(time_seconds), f_number, iso, focal_length_mm: None };
            shot
        };
        assert_eq!(bond(&exposed(0, 0.01), &exposed(0, 0.04)), Some(Bond::Bracket));
        assert_eq!(bond(&exposed(0, 0.01), &exposed(2_000, 0.012)), None);
        assert_eq!(bond(&exposed(0, 0.01), &exposed(60_000, 0.04)), None);
    }
}
