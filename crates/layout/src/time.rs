//! Time across, look upward: the layout in which a library reads like a story.

/// The share of the width that is gaps between photos; the rest is the photos themselves, each as wide as another.
const GAPS: f32 = 0.3;
/// Gaps count by the logarithm of their length in this, so that a year is little wider than a week. One minute.
const SHORT_GAP_MS: f32 = 60_000.0;
/// The distance to the photos without a time, which lie behind the others.
const BEFORE_TIMELESS: f32 = 0.05;

/// Places from 0 to 1: across by the time in `taken_ms` (milliseconds since 1970), photos without a time behind all
/// others; upward by the rank of `look`, such as the first principal component.
///
/// # Panics
/// When there is not one look for each time.
pub fn time_by_look(taken_ms: &[Option<i64>], look: &[f32]) -> Vec<[f32; 2]> {
    assert_eq!(taken_ms.len(), look.len(), "a look for each photo");
    let mut across = vec![0.0; taken_ms.len()];
    let mut timed: Vec<(i64, usize)> =
        taken_ms.iter().enumerate().filter_map(|(photo, taken)| taken.map(|taken| (taken, photo))).collect();
    timed.sort_unstable();
    let gap = |pair: &[(i64, usize)]| (pair[1].0.saturating_sub(pair[0].0) as f32 / SHORT_GAP_MS).ln_1p();
    let all_gaps: f32 = timed.windows(2).map(gap).sum();
    let photo_width = 1.0 / taken_ms.len().max(1) as f32;
    let gap_width = if all_gaps > 0.0 { GAPS / (1.0 - GAPS) / all_gaps } else { 0.0 };
    let mut at = 0.0;
    for (place, &(_, photo)) in timed.iter().enumerate() {
        if place > 0 {
            at += photo_width + gap_width * gap(&timed[place - 1..=place]);
        }
        across[photo] = at;
    }
    if !timed.is_empty() {
        at += BEFORE_TIMELESS;
    }
    for photo in (0..taken_ms.len()).filter(|&photo| taken_ms[photo].is_none()) {
        across[photo] = at;
        at += photo_width;
    }
    let widest = across.iter().fold(f32::MIN_POSITIVE, |a, &b| a.max(b));
    let upward = ranks(look);
    across.iter().zip(upward).map(|(across, upward)| [across / widest, upward]).collect()
}

/// The share of the others that is less, 0 to 1.
fn ranks(values: &[f32]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let last = values.len().saturating_sub(1).max(1) as f32;
    order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank as f32 / last);
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn photos_lie_in_the_order_of_their_times_and_those_without_behind() {
        let taken = [Some(30 * DAY), None, Some(0), Some(DAY), None, Some(DAY)];
        let across: Vec<f32> = time_by_look(&taken, &[0.0; 6]).iter().map(|place| place[0]).collect();
        for pair in [2, 3, 5, 0, 1, 4].windows(2) {
            assert!(across[pair[0]] < across[pair[1]], "{across:?}");
        }
        assert_eq!((across[2], across[4]), (0.0, 1.0));
    }

    #[test]
    fn a_long_gap_is_wider_than_a_short_one_but_leaves_room() {
        // A hundred photos a minute apart, ten years of nothing, another hundred.
        let taken: Vec<Option<i64>> =
            (0..200).map(|at| Some(at * 60_000 + if at < 100 { 0 } else { 3650 * DAY })).collect();
        let across: Vec<f32> = time_by_look(&taken, &[0.0; 200]).iter().map(|place| place[0]).collect();
        let (first, gap, second) = (across[99], across[100] - across[99], 1.0 - across[100]);
        assert!(gap > 3.0 * (across[1] - across[0]) && gap < 0.2, "{gap}");
        assert!(first > 0.4 && second > 0.4, "{first} {second}");
    }

    #[test]
    fn looks_are_spread_evenly_upward() {
        let upward: Vec<f32> =
            time_by_look(&[None; 4], &[7.0, -1.0, 900.0, 8.0]).iter().map(|place| place[1]).collect();
        assert_eq!(upward, [1.0 / 3.0, 0.0, 1.0, 2.0 / 3.0]);
        assert!(time_by_look(&[], &[]).is_empty());
        assert_eq!(time_by_look(&[Some(5)], &[1.0]), [[0.0, 0.0]]);
    }
}
