//! How well looking for similar photos finds photos with the same label.

use rayon::prelude::*;

use crate::rows::{ShapeError, matrix};

/// Queries whose scores against all rows are computed in one matrix product.
const QUERIES_AT_ONCE: usize = 64;

/// How well each row, as a query among all others, finds the rows with its own label. All are 0 to 1, more is better,
/// and are means over the queries whose label at least one other row has.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieval {
    /// For each depth that was asked for: the share of the so many nearest that have the query's label.
    pub precision_at: Vec<f64>,
    /// The mean of average precision: of each query, the precisions at the ranks of all rows with its label.
    pub mean_average_precision: f64,
    /// Queries that the means are over.
    pub queries: usize,
}

/// Ranks, for each of the unit vectors in `vectors` (rows of `dimension` numbers, one label each), all others by cosine
/// and compares labels. `depths` are numbers of nearest rows, at least 1; a depth beyond the number of other rows
/// counts as that number. Takes time with the square of the number of rows, memory of 64 times that number.
///
/// # Errors
/// [`ShapeError`] when there are not as many rows as labels.
pub fn measure_retrieval(
    vectors: &[f32],
    dimension: usize,
    labels: &[usize],
    depths: &[usize],
) -> Result<Retrieval, ShapeError> {
    let rows = matrix(vectors, labels.len(), dimension)?;
    let starts: Vec<usize> = (0..labels.len()).step_by(QUERIES_AT_ONCE).collect();
    let measured: Vec<(Vec<f64>, f64)> = starts
        .into_par_iter()
        .flat_map_iter(|start| {
            let end = (start + QUERIES_AT_ONCE).min(labels.len());
            let cosines = rows.slice(ndarray::s![start..end, ..]).dot(&rows.t());
            let of_query = |(at, cosines): (usize, ndarray::ArrayView1<'_, f32>)| {
                measure_ranking(&ranked_relevance(start + at, cosines.as_slice()?, labels), depths)
            };
            cosines.rows().into_iter().enumerate().filter_map(of_query).collect::<Vec<_>>()
        })
        .collect();

    let queries = measured.len();
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / queries.max(1) as f64;
    let precision_at = (0..depths.len())
        .map(|depth| mean(&mut measured.iter().map(|(precisions, _)| precisions[depth])))
        .collect();
    let mean_average_precision = mean(&mut measured.iter().map(|(_, average)| *average));
    Ok(Retrieval { precision_at, mean_average_precision, queries })
}

/// Whether each other row, nearest first, has the query's label. Rows at the same distance stay in their order.
fn ranked_relevance(query: usize, cosines: &[f32], labels: &[usize]) -> Vec<bool> {
    let mut others: Vec<usize> = (0..labels.len()).filter(|&row| row != query).collect();
    others.sort_by(|&a, &b| cosines[b].total_cmp(&cosines[a]));
    others.into_iter().map(|row| labels[row] == labels[query]).collect()
}

/// Precision at each depth and average precision, or nothing when nothing is relevant.
fn measure_ranking(relevant: &[bool], depths: &[usize]) -> Option<(Vec<f64>, f64)> {
    let mut found_by = Vec::with_capacity(relevant.len());
    let (mut found, mut sum_of_precisions) = (0, 0.0);
    for (at, &is_relevant) in relevant.iter().enumerate() {
        if is_relevant {
            found += 1;
            sum_of_precisions += f64::from(found) / (at + 1) as f64;
        }
        found_by.push(found);
    }
    if found == 0 {
        return None;
    }
    let precision = |depth: &usize| {
        let depth = (*depth).clamp(1, relevant.len());
        f64::from(found_by[depth - 1]) / depth as f64
    };
    Some((depths.iter().map(precision).collect(), sum_of_precisions / f64::from(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ranking_worked_by_hand() {
        let ranking = [true, false, true, false, false, true];
        let (precisions, average) = measure_ranking(&ranking, &[1, 2, 3, 6, 10]).expect("some are relevant");
        assert_eq!(precisions, [1.0, 0.5, 2.0 / 3.0, 0.5, 0.5]);
        assert!((average - (1.0 + 2.0 / 3.0 + 0.5) / 3.0).abs() < 1e-12);
        assert_eq!(measure_ranking(&[false, false], &[1]), None);
    }

    #[test]
    fn vectors_worked_by_hand() {
        // Angles 0, 10, 25, 80, 100 degrees with labels a, a, b, b, c: who is nearest to whom is told by the gaps.
        //   0 (a): 10 a, 25 b, ...  precision@1 1, average precision 1
        //  10 (a):  0 a, ...        precision@1 1, average precision 1
        //  25 (b): 10 a, 0 a, 80 b  precision@1 0, average precision 1/3
        //  80 (b): 100 c, 25 b      precision@1 0, average precision 1/2
        // 100 (c): no other c, no query.
        let vectors: Vec<f32> = [0f32, 10.0, 25.0, 80.0, 100.0]
            .iter()
            .flat_map(|a| [a.to_radians().cos(), a.to_radians().sin()])
            .collect();
        let measured = measure_retrieval(&vectors, 2, &[0, 0, 1, 1, 2], &[1, 2]).expect("shapes fit");
        assert_eq!(measured.queries, 4);
        assert_eq!(measured.precision_at, [0.5, (0.5 + 0.5 + 0.0 + 0.5) / 4.0]);
        assert!((measured.mean_average_precision - (1.0 + 1.0 + 1.0 / 3.0 + 0.5) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn more_rows_than_one_product_takes() {
        let vectors = likeness_testkit::clustered_vectors(200, 16, 1);
        let one_label = measure_retrieval(&vectors, 16, &[3; 200], &[1, 10, 500]).expect("shapes fit");
        let perfect = Retrieval { precision_at: vec![1.0; 3], mean_average_precision: 1.0, queries: 200 };
        assert_eq!(one_label, perfect);
        let all_labels: Vec<usize> = (0..200).collect();
        let nothing = measure_retrieval(&vectors, 16, &all_labels, &[1]).expect("shapes fit");
        assert_eq!(nothing, Retrieval { precision_at: vec![0.0], mean_average_precision: 0.0, queries: 0 });
    }

    #[test]
    fn wrong_shapes_are_refused() {
        assert!(measure_retrieval(&[1.0, 0.0, 0.0], 2, &[0, 0], &[1]).is_err());
        assert!(measure_retrieval(&[], 0, &[], &[1]).is_err());
    }
}
