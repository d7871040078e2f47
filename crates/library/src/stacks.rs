//! Which photos are shown as one: a camera's own format beside the picture that it made of it, and bursts.

use std::collections::HashMap;

use likeness_domain::{Embedding, Likeness, PhotoId, PictureFormat};
use likeness_store::StackCandidate;

use crate::{Error, Library};

/// Longer pauses end a burst, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 2000;

/// Times without seconds are whole minutes.
const MINUTE_MS: i64 = 60_000;

impl Library {
    /// Finds the stacks again when photos or vectors came or went since. Without a model there are no bursts.
    pub(crate) fn update_stacks(&self) -> Result<(), Error> {
        let eye = self.eye().ok();
        let tag = eye.as_ref().map(|eye| eye.model.tag());
        if !self.store.are_stacks_stale(tag)? {
            return Ok(());
        }
        let candidates = self.store.stack_candidates()?;
        let look = |photo| match tag {
            Some(tag) => self.store.embedding(photo, tag),
            None => Ok(None),
        };
        let mut first: Option<(PhotoId, Option<Embedding>)> = None;
        let stacks = find_stacks(&candidates, |of_burst, photo| {
            let (Some(eye), Some(seen)) = (&eye, look(photo)?) else { return Ok(false) };
            if first.as_ref().is_none_or(|(kept, _)| *kept != of_burst) {
                first = Some((of_burst, look(of_burst)?));
            }
            let alike = first.as_ref().and_then(|(_, first)| Some(cosine_distance(first.as_ref()?, &seen)));
            let thresholds = eye.model.thresholds();
            Ok(alike.is_some_and(|distance| thresholds.word(distance) <= Likeness::VeryClose))
        })?;
        Ok(self.store.save_stacks(tag, &stacks)?)
    }
}

fn cosine_distance(a: &Embedding, b: &Embedding) -> f32 {
    1.0 - a.values().iter().zip(b.values()).map(|(a, b)| a * b).sum::<f32>()
}

/// Stacks of two photos or more, each in the order of numbers. `alike` says whether a photo looks like the first of its
/// burst: alike to the last would let a burst wander.
///
/// # Errors
/// Those of `alike`.
fn find_stacks(
    candidates: &[StackCandidate],
    alike: impl FnMut(PhotoId, PhotoId) -> Result<bool, Error>,
) -> Result<Vec<Vec<PhotoId>>, Error> {
    let mut together = Together::default();
    join_camera_formats(candidates, &mut together);
    join_bursts(candidates, &mut together, alike)?;
    Ok(together.stacks())
}

/// A file in a camera's own format, and pictures of the same name in the same folder.
fn join_camera_formats(candidates: &[StackCandidate], together: &mut Together) {
    let mut places: HashMap<_, Vec<&StackCandidate>> = HashMap::new();
    for candidate in candidates {
        places.entry(&candidate.place).or_default().push(candidate);
    }
    for named_alike in places.values() {
        let raws = named_alike.iter().filter(|candidate| candidate.format == PictureFormat::Raw).count();
        if (1..named_alike.len()).contains(&raws) {
            named_alike.iter().for_each(|each| together.join(named_alike[0].photo, each.photo));
        }
    }
}

/// Photos of one camera, each at most two seconds after the one before it, that look alike.
fn join_bursts(
    candidates: &[StackCandidate],
    together: &mut Together,
    mut alike: impl FnMut(PhotoId, PhotoId) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut taken: Vec<_> = candidates.iter().filter_map(|each| Some((each.taken.as_ref()?, each))).collect();
    taken.sort_by_key(|(taken, each)| (*taken, each.photo));
    let mut first = 0;
    for at in 1..taken.len() {
        let (before, now) = (taken[at - 1].0, taken[at].0);
        let pause = now.1 - before.1;
        // Where clocks tell no seconds, the same minute says nothing.
        let is_told = pause > 0 || now.1 % MINUTE_MS != 0;
        let is_near = before.0 == now.0 && pause <= LONGEST_PAUSE_MS && is_told;
        if is_near && alike(taken[first].1.photo, taken[at].1.photo)? {
            together.join(taken[first].1.photo, taken[at].1.photo);
        } else {
            first = at;
        }
    }
    Ok(())
}

/// Photos that belong together, each under the lowest number that it belongs to, over steps.
#[derive(Default)]
struct Together(HashMap<PhotoId, PhotoId>);

impl Together {
    fn join(&mut self, a: PhotoId, b: PhotoId) {
        let (a, b) = (self.root(a), self.root(b));
        self.0.insert(a.max(b), a.min(b));
    }

    fn root(&self, mut photo: PhotoId) -> PhotoId {
        while let Some(&above) = self.0.get(&photo).filter(|above| **above != photo) {
            photo = above;
        }
        photo
    }

    fn stacks(self) -> Vec<Vec<PhotoId>> {
        let mut stacks: HashMap<PhotoId, Vec<PhotoId>> = HashMap::new();
        for photo in self.0.keys() {
            stacks.entry(self.root(*photo)).or_default().push(*photo);
        }
        for (root, stack) in &mut stacks {
            stack.push(*root);
            stack.sort_unstable();
            stack.dedup();
        }
        let mut stacks: Vec<_> = stacks.into_values().filter(|stack| stack.len() > 1).collect();
        stacks.sort_unstable();
        stacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(
        photo: i64,
        stem: &str,
        format: PictureFormat,
        taken: Option<(&str, i64)>,
    ) -> StackCandidate {
        StackCandidate {
            photo: PhotoId(photo),
            place: ("/photos".into(), stem.into()),
            format,
            taken: taken.map(|(camera, ms)| (camera.to_owned(), ms)),
        }
    }

    fn shot(photo: i64, camera: &str, ms: i64) -> StackCandidate {
        candidate(photo, &photo.to_string(), PictureFormat::Jpeg, Some((camera, ms)))
    }

    fn stacks(candidates: &[StackCandidate], mut alike: impl FnMut(i64, i64) -> bool) -> Vec<Vec<i64>> {
        let stacks = find_stacks(candidates, |a, b| Ok(alike(a.0, b.0))).expect("found");
        stacks.into_iter().map(|stack| stack.into_iter().map(|photo| photo.0).collect()).collect()
    }

    #[test]
    fn a_raw_file_stacks_with_the_picture_beside_it() {
        use PictureFormat::{Heic, Jpeg, Raw};
        let mut other = candidate(6, "a", Jpeg, None);
        other.place.0 = "/elsewhere".into();
        let candidates = [
            candidate(1, "a", Raw, None),
            candidate(2, "b", Jpeg, None),
            candidate(3, "b", Heic, None),
            candidate(4, "c", Raw, None),
            candidate(5, "a", Jpeg, None),
            other,
        ];
        assert_eq!(stacks(&candidates, |_, _| false), [[1, 5]]);
    }

    #[test]
    fn a_burst_is_one_camera_seconds_apart_and_alike() {
        let candidates = [
            shot(1, "A", 10_000),
            shot(2, "A", 11_500),
            shot(3, "A", 13_500),
            shot(4, "A", 15_501),
            shot(5, "B", 12_000),
            shot(6, "B", 12_000),
        ];
        assert_eq!(stacks(&candidates, |_, _| true), [vec![1, 2, 3], vec![5, 6]]);
        assert_eq!(stacks(&candidates, |_, _| false), [[0; 0]; 0]);
        // What is no longer like the first begins anew.
        assert_eq!(stacks(&candidates, |first, photo| photo - first < 2), [[1, 2], [5, 6]]);
    }

    #[test]
    fn the_same_whole_minute_says_nothing() {
        let candidates = [shot(1, "A", 120_000), shot(2, "A", 120_000), shot(3, "A", 121_000)];
        assert_eq!(stacks(&candidates, |_, _| true), [[2, 3]]);
    }

    #[test]
    fn a_burst_in_two_formats_is_one_stack() {
        let raw = |photo: i64, stem: &str, ms| candidate(photo, stem, PictureFormat::Raw, Some(("A", ms)));
        let jpeg = |photo: i64, stem: &str| candidate(photo, stem, PictureFormat::Jpeg, None);
        let candidates = [raw(1, "a", 1000), raw(2, "b", 1200), jpeg(3, "a"), jpeg(4, "b"), jpeg(5, "c")];
        assert_eq!(stacks(&candidates, |_, _| true), [[1, 2, 3, 4]]);
    }
}
