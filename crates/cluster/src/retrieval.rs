//! How well looking for similar photos finds photos with the same label.

use likeness_domain::JobContext;
use rayon::prelude::*;

use crate::kmeans::ClusterError;
use crate::rows::matrix;

/// Queries whose scores against all rows are computed in one matrix product.
const QUERIES_AT_ONCE: usize = 64;

/// How one row, as a query among all others, finds the rows with its own label.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedQuery {
    /// The row.
    pub row: usize,
    /// For each depth that was asked for: the share of the so many nearest that have the query's label, 0 to 1.
    pub precision_at: Vec<f64>,
    /// The mean of the precisions at the ranks of all rows with its label, 0 to 1.
    pub average_precision: f64,
    /// The nearest row with another label, and its cosine.
    pub nearest_other: Option<(usize, f32)>,
}

/// How well rows find the rows with their own label. Means are 0 when there are no queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieval {
    /// Rows whose label at least one other row has, in order.
    pub queries: Vec<RankedQuery>,
}

impl Retrieval {
    /// The mean precision at the depth that was the `depth`th asked for; over queries whose row is in `rows`.
    pub fn precision_at(&self, depth: usize, rows: impl Fn(usize) -> bool) -> f64 {
        self.mean(rows, |query| query.precision_at[depth])
    }

    /// The mean of average precision, over queries whose row is in `rows`.
    pub fn mean_average_precision(&self, rows: impl Fn(usize) -> bool) -> f64 {
        self.mean(rows, |query| query.average_precision)
    }

    fn mean(&self, rows: impl Fn(usize) -> bool, value: impl Fn(&RankedQuery) -> f64) -> f64 {
        let values: Vec<f64> = self.queries.iter().filter(|query| rows(query.row)).map(value).collect();
        values.iter().fold(0.0, |sum, value| sum + value) / values.len().max(1) as f64
    }
}

/// Ranks, for each of the unit vectors in `vectors` (rows of `dimension` numbers, one label each), all others by cosine
/// and compares labels. `depths` are numbers of nearest rows, at least 1; a depth beyond the number of other rows
/// counts as that number. Takes time with the square of the number of rows, memory of 64 times that number.
///
/// # Errors
/// When there are not as many rows as labels, or the job is cancelled.
pub fn measure_retrieval(
    ctx: &JobContext,
    vectors: &[f32],
    dimension: usize,
    labels: &[usize],
    depths: &[usize],
) -> Result<Retrieval, ClusterError> {
    let rows = matrix(vectors, labels.len(), dimension)?;
    let starts: Vec<usize> = (0..labels.len()).step_by(QUERIES_AT_ONCE).collect();
    let queries = starts
        .into_par_iter()
        .map(|start| {
            ctx.check()?;
            let end = (start + QUERIES_AT_ONCE).min(labels.len());
            let cosines = rows.slice(ndarray::s![start..end, ..]).dot(&rows.t());
            let of_query = |(at, cosines): (usize, ndarray::ArrayView1<'_, f32>)| {
                rank(start + at, cosines.as_slice()?, labels, depths)
            };
            Ok(cosines.rows().into_iter().enumerate().filter_map(of_query).collect())
        })
        .collect::<Result<Vec<Vec<RankedQuery>>, ClusterError>>()?;
    Ok(Retrieval { queries: queries.into_iter().flatten().collect() })
}

/// Ranks all other rows, nearest first; rows at the same distance stay in their order. `None` when no other row has the
/// query's label.
fn rank(query: usize, cosines: &[f32], labels: &[usize], depths: &[usize]) -> Option<RankedQuery> {
    let mut others: Vec<usize> = (0..labels.len()).filter(|&row| row != query).collect();
    others.sort_by(|&a, &b| cosines[b].total_cmp(&cosines[a]));
    let relevant: Vec<bool> = others.iter().map(|&row| labels[row] == labels[query]).collect();
    let (precision_at, average_precision) = measure_ranking(&relevant, depths)?;
    let nearest_other = others.iter().zip(&relevant).find(|(_, relevant)| !**relevant);
    let nearest_other = nearest_other.map(|(&row, _)| (row, cosines[row]));
    Some(RankedQuery { row: query, precision_at, average_precision, nearest_other })
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
    use likeness_domain::JobControl;

    use super::*;

    fn measured(
        vectors: &[f32],
        dimension: usize,
        labels: &[usize],
        depths: &[usize],
    ) -> Result<Retrieval, ClusterError> {
        measure_retrieval(&JobContext::unattended(), vectors, dimension, labels, depths)
    }

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
        let measured = measured(&vectors, 2, &[0, 0, 1, 1, 2], &[1, 2]).expect("shapes fit");
        assert_eq!(measured.queries.iter().map(|query| query.row).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(measured.precision_at(0, |_| true), 0.5);
        assert_eq!(measured.precision_at(1, |_| true), (0.5 + 0.5 + 0.0 + 0.5) / 4.0);
        assert_eq!(measured.precision_at(0, |row| row < 2), 1.0);
        let mean = measured.mean_average_precision(|_| true);
        assert!((mean - (1.0 + 1.0 + 1.0 / 3.0 + 0.5) / 4.0).abs() < 1e-12);
        let (nearest, cosine) = measured.queries[0].nearest_other.expect("there are others");
        assert!(nearest == 2 && (cosine - 25f32.to_radians().cos()).abs() < 1e-6);
    }

    #[test]
    fn more_rows_than_one_product_takes() {
        let vectors = likeness_testkit::clustered_vectors(200, 16, 1);
        let one_label = measured(&vectors, 16, &[3; 200], &[1, 10, 500]).expect("shapes fit");
        assert_eq!(one_label.queries.len(), 200);
        assert!((0..3).all(|depth| one_label.precision_at(depth, |_| true) == 1.0));
        assert_eq!(one_label.mean_average_precision(|_| true), 1.0);
        assert!(one_label.queries.iter().all(|query| query.nearest_other.is_none()));
        let all_labels: Vec<usize> = (0..200).collect();
        let nothing = measured(&vectors, 16, &all_labels, &[1]).expect("shapes fit");
        assert_eq!((nothing.queries.len(), nothing.precision_at(0, |_| true)), (0, 0.0));
    }

    #[test]
    fn wrong_shapes_are_refused() {
        assert!(matches!(measured(&[1.0, 0.0, 0.0], 2, &[0, 0], &[1]), Err(ClusterError::Shape(_))));
        assert!(matches!(measured(&[], 0, &[], &[1]), Err(ClusterError::Shape(_))));
    }

    #[test]
    fn a_cancelled_job_measures_nothing() {
        let control = JobControl::new();
        control.cancel();
        let ctx = JobContext::new(control, |_| {});
        let cancelled = measure_retrieval(&ctx, &[1.0, 0.0, 0.0, 1.0], 2, &[0, 0], &[1]);
        assert!(matches!(cancelled, Err(ClusterError::Cancelled(_))));
    }
}
