//! Photos in the order in which they were taken, cut where nobody took a photo for long.

/// Six hours, in milliseconds: a night parts outings, a long meal does not.
const LONG_GAP_MS: i64 = 6 * 60 * 60 * 1000;

/// The photos that were taken together: `taken_ms` is when each photo was taken by the camera's clock, in milliseconds,
/// where that is known. Runs of two photos or more without six hours between neighbours, each in order of capture.
pub fn outings(taken_ms: &[Option<i64>]) -> Vec<Vec<u32>> {
    let mut known: Vec<(i64, u32)> =
        taken_ms.iter().zip(0..).filter_map(|(taken, photo)| Some(((*taken)?, photo))).collect();
    known.sort_unstable();
    known
        .chunk_by(|earlier, later| later.0.saturating_sub(earlier.0) <= LONG_GAP_MS)
        .filter(|run| run.len() > 1)
        .map(|run| run.iter().map(|&(_, photo)| photo).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outings_are_in_order_and_end_at_long_gaps() {
        let hour = 3_600_000;
        let taken = [
            Some(30 * hour),
            Some(2 * hour),
            None,
            Some(0),
            Some(8 * hour),
            Some(50 * hour),
            Some(31 * hour),
        ];
        assert_eq!(outings(&taken), [vec![3, 1, 4], vec![0, 6]]);
        assert!(outings(&[]).is_empty());
        assert_eq!(outings(&[Some(i64::MAX), Some(i64::MIN)]), Vec::<Vec<u32>>::new());
    }
}
