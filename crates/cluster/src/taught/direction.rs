//! The direction in which photos that belong lie from those that do not.

use ndarray::{Array1, ArrayView2, Axis, concatenate, s};

/// A way to learn from examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Nearest class mean: from the mean of the others to the mean of those that belong.
    NearestMean,
    /// Logistic regression that is held near that.
    Logistic,
    /// Logistic regression that may follow single examples.
    KeenLogistic,
}

impl Method {
    /// The first is taken where several do equally well.
    pub(super) const ALL: [Self; 3] = [Self::Logistic, Self::KeenLogistic, Self::NearestMean];
}

/// What squared weights cost beside a mean loss: chosen on photos that no figure is told of.
const HELD: f32 = 0.03;
const KEEN: f32 = 0.003;
/// Steps that bring the weights to where more change no ranking.
const HELD_STEPS: usize = 60;
const KEEN_STEPS: usize = 80;

/// For evened rows. Those that belong count as much as all others together, so that background, of which some belong,
/// can outvote none of them; among the others, each that a person said no to counts as much as one of the yes examples,
/// up to half of the others' say.
pub(super) fn direction<'a>(
    method: Method,
    yes: ArrayView2<'a, f32>,
    no: ArrayView2<'a, f32>,
    others: ArrayView2<'a, f32>,
) -> Array1<f32> {
    let says_no = (0.5 * no.nrows() as f32 / yes.nrows() as f32).min(0.25);
    let each_no = says_no / no.nrows().max(1) as f32;
    let each_other = (0.5 - says_no) / others.nrows() as f32;
    let mean_of_others = no.sum_axis(Axis(0)) * each_no + others.sum_axis(Axis(0)) * each_other;
    let (held, steps) = match method {
        Method::NearestMean => {
            return yes.sum_axis(Axis(0)) / yes.nrows() as f32 - mean_of_others * 2.0;
        }
        Method::Logistic => (HELD, HELD_STEPS),
        Method::KeenLogistic => (KEEN, KEEN_STEPS),
    };
    let rows = concatenate(Axis(0), &[yes, no, others]).expect("rows of one dimension");
    let mut weights = Array1::from_elem(rows.nrows(), -each_other);
    weights.slice_mut(s![..yes.nrows()]).fill(0.5 / yes.nrows() as f32);
    weights.slice_mut(s![yes.nrows()..yes.nrows() + no.nrows()]).fill(-each_no);
    regress(rows.view(), &weights, held, steps)
}

/// Logistic regression with squared weights, by accelerated gradient descent (Nesterov 1983). The sign of a row's
/// weight is its label, the rest how much it counts; all add up to 1.
fn regress(rows: ArrayView2<'_, f32>, weights: &Array1<f32>, held: f32, steps: usize) -> Array1<f32> {
    // The loss of a row bends by a quarter of its squared length at most, and the offset adds 1 to that.
    let bend: f32 =
        rows.rows().into_iter().zip(weights).map(|(row, weight)| weight.abs() * (row.dot(&row) + 1.0)).sum();
    let step = 1.0 / (0.25 * bend + held);
    let slow = (held * step).sqrt();
    let momentum = (1.0 - slow) / (1.0 + slow);
    // Products run along rows in memory, in both directions.
    let columns = rows.t().as_standard_layout().into_owned();
    let (mut direction, mut offset) = (Array1::<f32>::zeros(rows.ncols()), 0.0);
    let (mut ahead, mut offset_ahead) = (direction.clone(), offset);
    for _ in 0..steps {
        let mut pulls = rows.dot(&ahead);
        pulls.zip_mut_with(weights, |score, weight| {
            *score = weight / (1.0 + (weight.signum() * (*score + offset_ahead)).exp());
        });
        let next = &ahead + &((columns.dot(&pulls) - &ahead * held) * step);
        let next_offset = offset_ahead + pulls.sum() * step;
        ahead = &next + &((&next - &direction) * momentum);
        offset_ahead = next_offset + (next_offset - offset) * momentum;
        (direction, offset) = (next, next_offset);
    }
    direction
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn the_mean_is_worked_by_hand() {
        let yes = array![[1.0, 0.0], [3.0, 0.0]];
        let (no, others) = (array![[0.0, 8.0]], array![[0.0, 2.0], [0.0, -2.0]]);
        // One no of two yes has a quarter of all say, half of the others' say.
        let found = direction(Method::NearestMean, yes.view(), no.view(), others.view());
        assert_eq!(found, array![2.0, -4.0]);
    }

    #[test]
    fn regression_ends_where_nothing_pulls() {
        let rows = Array2::from_shape_fn((60, 5), |(row, at)| ((row * 7 + at * 11) % 17) as f32 / 17.0 - 0.5);
        let weights = Array1::from_shape_fn(60, |row| if row % 3 == 0 { 1.0 / 40.0 } else { -1.0 / 80.0 });
        let found = regress(rows.view(), &weights, 0.03, 400);
        // The offset is not told; at the end the pulls of some offset cancel the weights' cost.
        let remains = |offset: f32| {
            let pulls: Array1<f32> = rows
                .dot(&found)
                .iter()
                .zip(&weights)
                .map(|(score, weight)| weight / (1.0 + (weight.signum() * (score + offset)).exp()))
                .collect();
            let rest = rows.t().dot(&pulls) - &found * 0.03;
            rest.dot(&rest).sqrt() + pulls.sum().abs()
        };
        let least = (-100..100).map(|at| remains(at as f32 / 200.0)).fold(f32::INFINITY, f32::min);
        assert!(least < 2e-3, "{least}");
    }
}
