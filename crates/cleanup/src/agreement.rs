//! How well two planes agree where one lies upon the other: by windows, in tone, and in what remains.

use crate::place::{dot, median};
use crate::plane::{Plane, Slopes, whole};
use crate::wide::compiled_wide;

/// Pixels in a side of a window, at the finer size.
const WINDOW: usize = 7;
/// Pixels from one window to the next.
const STEP: usize = 2;
/// A window that varies by less than so many levels in both pictures says nothing; one that varies by more counts for
/// as much as it varies ...
const FLAT: f32 = 3.0;
/// ... up to so many levels.
const ROUGH: f32 = 16.0;
/// Levels of noise that every picture has after it was stored with losses.
const NOISE: f32 = 1.5;
/// Share of the rise to the next pixel that a place may differ by: no two programs make small pictures alike.
const EDGE: f32 = 0.25;
/// Steps between pixels count for so many levels at most, or one line of words would outweigh a picture.
const STEEP: f32 = 64.0;
/// Windows correlated at least so well agree.
const AGREES: f32 = 0.8;
/// Brightness is split into so many parts with as many pixels each, to see how tones were moved.
const TONES: usize = 8;

/// What windows say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Agreement {
    /// How many windows without overlap would say as much.
    pub(crate) evidence: f32,
    /// Share of windows that agree, 0 to 1.
    pub(crate) share: f32,
    /// The middle correlation of all of them.
    pub(crate) middle: f32,
    /// The middle correlation of those that agree.
    pub(crate) middle_agreeing: f32,
    /// How far it is always the same picture that is rougher where they disagree, 0 to 1.
    pub(crate) one_sided: f32,
}

compiled_wide! {
/// Correlates the inner plane with what is [seen](crate::place::seen_through) of the outer, window by window. Windows that are
/// flat in both, or not covered, are left out.
pub(crate) fn agreement(inner: &Plane, seen: &[f32], window: usize) -> Agreement {
    // Weight and correlation.
    let mut windows: Vec<(f32, f32)> = Vec::new();
    let (mut rougher, mut disagreeing) = (0.0, 0.0);
    let (columns, count) = (inner.width, (window * window) as f32);
    // Of the first, the second, their squares and their product, by column.
    let mut sums = vec![0.0f32; 5 * columns];
    for top in (0..=inner.height.saturating_sub(window)).step_by(STEP) {
        sums.fill(0.0);
        let [of_a, of_b, of_aa, of_bb, of_ab] = {
            let (of_a, rest) = sums.split_at_mut(columns);
            let (of_b, rest) = rest.split_at_mut(columns);
            let (of_aa, rest) = rest.split_at_mut(columns);
            let (of_bb, of_ab) = rest.split_at_mut(columns);
            [of_a, of_b, of_aa, of_bb, of_ab]
        };
        for y in top..(top + window).min(inner.height) {
            let (own, seen) = (inner.row(y), &seen[y * columns..][..columns]);
            for x in 0..columns {
                // Near 0, so that squares keep their digits.
                let (a, b) = (own[x] - 128.0, seen[x] - 128.0);
                of_a[x] += a;
                of_b[x] += b;
                of_aa[x] += a * a;
                of_bb[x] += b * b;
                of_ab[x] += a * b;
            }
        }
        for left in (0..(columns + 1).saturating_sub(window)).step_by(STEP) {
            let mean = |of: usize| sums[of * columns + left..][..window].iter().sum::<f32>() / count;
            let [a, b, aa, bb, ab] = [mean(0), mean(1), mean(2), mean(3), mean(4)];
            let (of_a, of_b) = ((aa - a * a).max(0.0), (bb - b * b).max(0.0));
            // Not covered: not a number.
            if of_a.max(of_b) > FLAT * FLAT {
                let correlation = (ab - a * b) / ((of_a * of_b).sqrt() + NOISE * NOISE);
                let weight = of_a.max(of_b).sqrt().min(ROUGH);
                windows.push((weight, correlation));
                if correlation < AGREES {
                    let times = (of_a.max(NOISE) / of_b.max(NOISE)).ln() / 2.0;
                    rougher += weight * times.clamp(-1.0, 1.0);
                    disagreeing += weight;
                }
            }
        }
    }
    let agreeing = windows.iter().filter(|(_, correlation)| *correlation >= AGREES);
    let weight: f32 = windows.iter().map(|(weight, _)| weight).sum();
    Agreement {
        evidence: weight / ROUGH * (STEP * STEP) as f32 / count,
        share: agreeing.clone().map(|(weight, _)| weight).sum::<f32>() / weight.max(1.0),
        middle: median(windows.iter().map(|(_, correlation)| *correlation)),
        middle_agreeing: median(agreeing.map(|(_, correlation)| *correlation)),
        one_sided: rougher.abs() / f32::max(disagreeing, 1.0),
    }
}
}

/// As [`agreement`] at the finer size.
pub(crate) fn fine_agreement(inner: &Plane, seen: &[f32]) -> Agreement {
    agreement(inner, seen, WINDOW)
}

/// What is left when one plane is taken from the other.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Remains {
    /// The most levels by which a part of the tones was moved.
    pub(crate) tone: f32,
    /// The mean of what remains in each place, beside what fine edges make unavoidable.
    pub(crate) everywhere: f32,
    /// The same, at the place where it is most.
    pub(crate) worst: f32,
    /// What remains in the middle pixel, whatever lies over a part.
    pub(crate) usual: f32,
    /// How much of the steps from pixel to pixel in one the other repeats, at best: about 1 where one of them only gained or
    /// lost something, less where each has what the other lacks, more where one is blurred.
    pub(crate) repeated: f32,
}

compiled_wide! {
/// What is left of the inner plane beside what is [seen](crate::place::seen_through) of the outer.
pub(crate) fn remains(inner: &Plane, slopes: &Slopes, seen: &[f32]) -> Remains {
    let pairs = in_order_of_tone(inner, seen);
    if pairs.len() < TONES {
        return Remains::default();
    }
    let curve: Vec<(f32, f32)> = pairs
        .chunks(pairs.len().div_ceil(TONES))
        .map(|part| (part[part.len() / 2].0, median(part.iter().step_by(2).map(|(seen, own)| own - seen))))
        .collect();
    let tone = curve.iter().map(|(_, moved)| moved.abs()).fold(0.0, f32::max);
    let toned = toned(&curve, seen);
    let steepness = slopes.across.iter().zip(&slopes.down).map(|(across, down)| across.abs() + down.abs());
    let residuals = inner.values.iter().zip(&toned).map(|(own, toned)| own - toned);
    let left: Vec<f32> = residuals
        .zip(steepness)
        .map(|(residual, steepness)| if residual.is_finite() { residual / (NOISE + EDGE * steepness) } else { 0.0 })
        .collect();
    // One of three says enough, and is in another column in each row.
    let usual = median(left.iter().step_by(3).map(|left| left.abs()));
    // Sharpening and blurring leave as much above as below.
    let around = Plane { values: left, ..*inner }.windows(3).values;
    Remains {
        tone,
        everywhere: around.iter().map(|left| left.abs()).sum::<f32>() / around.len().max(1) as f32,
        worst: around.iter().fold(0.0, |most, left| most.max(left.abs())),
        usual,
        repeated: repeated(&inner.values, &toned, inner.width),
    }
}
}

/// What is seen of the outer plane and the inner plane's own pixel, darkest first, as far as a sixteenth of a level counts.
#[inline(always)]
fn in_order_of_tone(inner: &Plane, seen: &[f32]) -> Vec<(f32, f32)> {
    const STEPS: f32 = 16.0;
    let tone = |seen: f32| whole(seen * STEPS, TABLE - 1);
    const TABLE: usize = 256 * STEPS as usize;
    let mut starts = [0u16; TABLE + 1];
    let pairs =
        || seen.iter().copied().zip(inner.values.iter().copied()).filter(|(seen, _)| seen.is_finite());
    pairs().for_each(|(seen, _)| starts[tone(seen) + 1] += 1);
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut ordered = vec![(0.0, 0.0); usize::from(starts[TABLE])];
    for (seen, own) in pairs() {
        let place = &mut starts[tone(seen)];
        ordered[usize::from(*place)] = (seen, own);
        *place += 1;
    }
    ordered
}

/// How well steps from pixel to pixel in one predict those in the other, both ways.
#[inline(always)]
fn repeated(own: &[f32], seen: &[f32], width: usize) -> f32 {
    let (own, seen) = (steps(own, width), steps(seen, width));
    // Not covered: not a number.
    let own: Vec<f32> =
        own.into_iter().zip(&seen).map(|(own, seen)| if seen.is_finite() { own } else { 0.0 }).collect();
    let seen: Vec<f32> = seen.into_iter().map(|seen| if seen.is_finite() { seen } else { 0.0 }).collect();
    let of_both = dot(&own, &seen);
    (of_both / dot(&own, &own).max(1.0)).max(of_both / dot(&seen, &seen).max(1.0))
}

/// From each pixel to the next on the right, and to the one below.
#[inline(always)]
fn steps(values: &[f32], width: usize) -> Vec<f32> {
    let mut steps = Vec::with_capacity(2 * values.len());
    let step = |(from, to): (&f32, &f32)| (to - from).clamp(-STEEP, STEEP);
    for row in values.chunks_exact(width) {
        steps.extend(row.iter().zip(&row[1..]).map(step));
    }
    steps.extend(values.iter().zip(&values[width..]).map(step));
    steps
}

/// What is seen, with its tones moved as the curve says: between its points, and level beyond them.
#[inline(always)]
fn toned(curve: &[(f32, f32)], seen: &[f32]) -> Vec<f32> {
    let mut levels = [0.0; 257];
    for (level, moved) in levels.iter_mut().enumerate() {
        *moved = moved_at(curve, level as f32);
    }
    let tone = |&seen: &f32| {
        let level = whole(seen, 255);
        seen + levels[level] + (levels[level + 1] - levels[level]) * (seen - level as f32)
    };
    seen.iter().map(tone).collect()
}

/// By how much the curve moves a tone.
fn moved_at(curve: &[(f32, f32)], tone: f32) -> f32 {
    let after = curve.partition_point(|(at, _)| *at < tone);
    match (after.checked_sub(1).map(|before| curve[before]), curve.get(after)) {
        (Some((low, from)), Some(&(high, to))) if high > low => {
            from + (to - from) * (tone - low) / (high - low)
        }
        (Some((_, from)), _) => from,
        (None, Some(&(_, to))) => to,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Placement, seen_through};

    fn rough(seed: u64) -> Plane {
        let numbers = likeness_testkit::clustered_vectors(1, 64 * 64, seed);
        Plane { width: 64, height: 64, values: numbers.iter().map(|v| 120.0 + v * 2000.0).collect() }
    }

    /// Edge upon edge.
    fn seen(inner: &Plane, outer: &Plane) -> Vec<f32> {
        seen_through(inner, outer, &Placement::at([32.0, 32.0]))
    }

    #[test]
    fn a_picture_agrees_with_itself_in_other_tones_and_not_with_another() {
        let plane = rough(1);
        let mut darker = plane.clone();
        darker.values.iter_mut().for_each(|value| *value = 0.6 * *value + 10.0);
        let found = fine_agreement(&darker, &seen(&darker, &plane));
        assert!(found.share > 0.99 && found.middle > 0.95 && found.evidence > 60.0, "{found:?}");
        let other = fine_agreement(&rough(2), &seen(&rough(2), &plane));
        assert!(other.share < 0.05 && other.middle < 0.4, "{other:?}");
        let left = remains(&darker, &darker.slopes(), &seen(&darker, &plane));
        assert!(left.tone > 20.0 && left.worst < 1.0, "{left:?}");
    }

    #[test]
    fn what_lies_over_a_part_is_seen_there() {
        let plane = rough(1);
        let mut covered = plane.clone();
        for y in 20..30 {
            covered.values[y * 64 + 20..y * 64 + 32].fill(255.0);
        }
        let left = remains(&covered, &covered.slopes(), &seen(&covered, &plane));
        assert!(left.worst > 10.0 * left.everywhere && left.tone < 2.0, "{left:?}");
        let found = fine_agreement(&covered, &seen(&covered, &plane));
        assert!((0.85..0.99).contains(&found.share), "{found:?}");
    }
}
