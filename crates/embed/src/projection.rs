//! From the network's features to the embedding: one linear map, which made looking alike what it is here.

/// A linear map with bias.
#[derive(Debug)]
pub(crate) struct Projection {
    /// Row after row, one for each number of the embedding.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// Sums that run side by side: the compiler turns them into a vector, and their order is the same on every processor.
const LANES: usize = 16;

impl Projection {
    /// `weight` has a row of features for each number of `bias`.
    pub(crate) fn new(weight: Vec<f32>, bias: Vec<f32>) -> Self {
        assert!(!bias.is_empty() && weight.len().is_multiple_of(bias.len()), "whole rows");
        Self { weight, bias }
    }

    /// The embedding of these features, not yet of unit length.
    pub(crate) fn project(&self, features: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(self.weight.len() / self.bias.len());
        rows.zip(&self.bias).map(|(row, bias)| bias + dot(row, features)).collect()
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "a row and features of one length");
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0f32; LANES];
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_dot_product_and_a_bias() {
        let features: Vec<f32> = (0..37).map(|i| (i as f32 - 11.0) / 8.0).collect();
        let weight: Vec<f32> = (0..3 * 37).map(|i| ((i * 7 % 19) as f32 - 9.0) / 4.0).collect();
        let projection = Projection::new(weight.clone(), vec![1.0, -2.0, 0.5]);
        let expected = weight.chunks(37).zip([1.0, -2.0, 0.5]);
        let expected = expected.map(|(row, bias)| {
            let exact = row.iter().zip(&features).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            (exact + bias) as f32
        });
        for (made, expected) in projection.project(&features).into_iter().zip(expected) {
            assert!((made - expected).abs() < 1e-4, "{made} is not {expected}");
        }
    }
}
