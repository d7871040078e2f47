//! How well clusters agree with labels.

use std::collections::HashMap;

/// The share of things that lie in a cluster where their own label is the most frequent: 0 to 1, 1 when no cluster
/// mixes labels. More clusters make it larger, so compare it only at equal numbers of clusters. 1 for no things.
///
/// # Panics
/// When there is not one label for each thing.
pub fn purity(assignment: &[usize], labels: &[usize]) -> f64 {
    assert_eq!(assignment.len(), labels.len(), "a cluster and a label for each thing");
    let mut largest: HashMap<usize, usize> = HashMap::new();
    for ((cluster, _), count) in count(assignment.iter().copied().zip(labels.iter().copied())) {
        let most = largest.entry(cluster).or_default();
        *most = count.max(*most);
    }
    if labels.is_empty() { 1.0 } else { largest.values().sum::<usize>() as f64 / labels.len() as f64 }
}

/// What clusters and labels say about each other, as a share of the mean of what each says itself (normalised by the
/// arithmetic mean of the entropies): 0 when they are independent, 1 when they are the same grouping.
///
/// # Panics
/// When there is not one label for each thing.
pub fn normalized_mutual_information(assignment: &[usize], labels: &[usize]) -> f64 {
    assert_eq!(assignment.len(), labels.len(), "a cluster and a label for each thing");
    let in_all = labels.len() as f64;
    let share = |count: usize| count as f64 / in_all;
    let clusters = count(assignment.iter().copied());
    let classes = count(labels.iter().copied());
    let entropy = |groups: &HashMap<usize, usize>| -> f64 {
        groups.values().map(|&count| -share(count) * share(count).ln()).sum()
    };
    let mean_entropy = (entropy(&clusters) + entropy(&classes)) / 2.0;
    if mean_entropy <= 0.0 {
        // One group on either side, or nothing at all: the same grouping.
        return 1.0;
    }
    let mutual: f64 = count(assignment.iter().copied().zip(labels.iter().copied()))
        .into_iter()
        .map(|((cluster, class), both)| {
            share(both) * (share(both) / (share(clusters[&cluster]) * share(classes[&class]))).ln()
        })
        .sum();
    (mutual / mean_entropy).clamp(0.0, 1.0)
}

fn count<T: Eq + std::hash::Hash>(things: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    things.for_each(|thing| *counts.entry(thing).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-9, "{actual} for {expected}");
    }

    #[test]
    fn purity_of_a_worked_example() {
        // Cluster 0 holds labels 0 0 0 1 (3 of its main label), cluster 1 holds 1 1 2 (2 of it): 5 of 7.
        assert_near(purity(&[0, 0, 0, 0, 1, 1, 1], &[0, 0, 0, 1, 1, 1, 2]), 5.0 / 7.0);
        assert_near(purity(&[0, 1, 2], &[5, 5, 5]), 1.0);
        assert_near(purity(&[], &[]), 1.0);
    }

    #[test]
    fn mutual_information_of_a_worked_example() {
        // Clusters 00 11, labels 01 11: entropies ln 2 and (2 ln 2 - 3/4 ln 3), shares 1/4, 1/4, 1/2.
        let mutual = 0.25 * (0.25f64 / (0.5 * 0.25)).ln()
            + 0.25 * (0.25f64 / (0.5 * 0.75)).ln()
            + 0.5 * (0.5f64 / (0.5 * 0.75)).ln();
        let entropies = 2f64.ln() + (2.0 * 2f64.ln() - 0.75 * 3f64.ln());
        assert_near(normalized_mutual_information(&[0, 0, 1, 1], &[0, 1, 1, 1]), 2.0 * mutual / entropies);
    }

    #[test]
    fn mutual_information_is_1_for_the_same_grouping_and_0_for_independent_ones() {
        assert_near(normalized_mutual_information(&[3, 3, 7, 7, 1], &[0, 0, 1, 1, 2]), 1.0);
        assert_near(normalized_mutual_information(&[0, 0, 1, 1], &[0, 1, 0, 1]), 0.0);
        assert_near(normalized_mutual_information(&[0, 0, 0], &[0, 1, 2]), 0.0);
        assert_near(normalized_mutual_information(&[4, 4], &[9, 9]), 1.0);
    }
}
