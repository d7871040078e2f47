//! What is asked for: examples that results should look like, examples that they should not, and how to search.

use std::collections::HashSet;

use likeness_domain::{Embedding, ModelTag, PhotoId};

/// How much the mean of the negative examples takes away from the mean of the positive ones.
/// Rocchio's rule (1971) with 1 for the positives; below 1 the positives keep the lead.
pub const NEGATIVE_WEIGHT: f32 = 0.5;

/// A direction to search in, made from examples of one model.
#[derive(Debug, Clone)]
pub struct Query {
    direction: Embedding,
}

/// Why examples are not a query.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// Nothing says what results should look like.
    #[error("a search needs at least one photo that results should look like")]
    NoPositives,
    /// Vectors of different models cannot be compared.
    #[error("the examples come from different models, {first} and {other}")]
    MixedModels {
        /// The model of the first example.
        first: ModelTag,
        /// Another model among the examples.
        other: ModelTag,
    },
    /// The examples cancel each other out.
    #[error("the examples cancel each other out: nothing is left to search for")]
    NoDirection,
}

impl Query {
    /// Photos that look like one example.
    pub fn like(example: Embedding) -> Self {
        Self { direction: example }
    }

    /// Photos that look like all of `positives` together and unlike `negatives`: the mean of the positives minus
    /// [`NEGATIVE_WEIGHT`] times the mean of the negatives, scaled to length 1.
    ///
    /// # Errors
    /// When there are no positives, the models differ, or the examples cancel each other out.
    pub fn new(positives: &[Embedding], negatives: &[Embedding]) -> Result<Self, QueryError> {
        let first = positives.first().ok_or(QueryError::NoPositives)?.tag();
        if let Some(other) = positives.iter().chain(negatives).find(|example| example.tag() != first) {
            return Err(QueryError::MixedModels { first: first.clone(), other: other.tag().clone() });
        }
        let mut direction = vec![0.0; first.dimension()];
        for (examples, weight) in [(positives, 1.0), (negatives, -NEGATIVE_WEIGHT)] {
            for example in examples {
                let share = weight / examples.len() as f32;
                direction.iter_mut().zip(example.values()).for_each(|(sum, value)| *sum += share * value);
            }
        }
        // Rounding leaves about 1e-8 of vectors that cancel; that is noise and no direction.
        if direction.iter().map(|v| v * v).sum::<f32>() < 1e-10 {
            return Err(QueryError::NoDirection);
        }
        let direction = Embedding::new(first.clone(), direction).map_err(|_| QueryError::NoDirection)?;
        Ok(Self { direction })
    }

    /// The unit vector that is searched for.
    pub fn direction(&self) -> &Embedding {
        &self.direction
    }
}

/// By what photos are ranked. Vectors have length 1, so the first three give the same order, each with its own score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Metric {
    /// Score: the cosine of the angle, -1 to 1, more is nearer.
    #[default]
    Cosine,
    /// Score: the distance between the vectors' tips, 0 to 2, less is nearer.
    Euclidean,
    /// Score: the sum of products, -1 to 1, more is nearer.
    Dot,
    /// Score: how many bits differ when a vector becomes one bit a number, 0 to the dimension, less is nearer.
    /// Equal scores are ordered by cosine distance.
    Hamming,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 4] = [Metric::Cosine, Metric::Euclidean, Metric::Dot, Metric::Hamming];

    /// The word on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Metric::Cosine => "cosine",
            Metric::Euclidean => "euclidean",
            Metric::Dot => "dot",
            Metric::Hamming => "hamming",
        }
    }

    /// The metric that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.word() == word)
    }
}

/// How sure the answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Accuracy {
    /// Finds at least 98 of 100 of the ten nearest on vectors like those of real libraries, and answers at once.
    /// Distances are those of the exact search.
    #[default]
    Quick,
    /// Compares the query with every vector.
    Exact,
}

/// How to search.
#[derive(Debug, Clone, Copy)]
pub struct SearchOptions<'a> {
    /// The most photos to find.
    pub count: usize,
    /// By what to rank.
    pub metric: Metric,
    /// How sure to be.
    pub accuracy: Accuracy,
    /// Look only among these, or among all.
    pub allowed: Option<&'a HashSet<PhotoId>>,
    /// Never answer with these: the photos that were asked about.
    pub excluded: &'a [PhotoId],
}

impl SearchOptions<'_> {
    /// The `count` nearest by cosine among all photos, quickly.
    pub fn nearest(count: usize) -> Self {
        Self { count, metric: Metric::Cosine, accuracy: Accuracy::Quick, allowed: None, excluded: &[] }
    }
}

/// A photo that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The photo.
    pub photo: PhotoId,
    /// Its cosine distance from the query, 0 to 2, whatever the metric.
    pub distance: f32,
    /// How near it is in the words of the [`Metric`] that was asked for.
    pub score: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedding(family: &str, values: [f32; 2]) -> Embedding {
        let tag = ModelTag::new(family, "0", "none", 2).expect("valid");
        Embedding::new(tag, values.to_vec()).expect("a direction")
    }

    #[test]
    fn positives_pull_and_negatives_push() {
        let (east, north) = (embedding("a", [1.0, 0.0]), embedding("a", [0.0, 1.0]));
        let both = Query::new(&[east.clone(), north.clone()], &[]).expect("a query");
        assert_eq!(both.direction(), &embedding("a", [1.0, 1.0]));
        let less = Query::new(std::slice::from_ref(&east), std::slice::from_ref(&north)).expect("a query");
        assert_eq!(less.direction(), &embedding("a", [1.0, -NEGATIVE_WEIGHT]));
        let one = Query::new(std::slice::from_ref(&east), &[]).expect("a query");
        assert_eq!(one.direction(), Query::like(east).direction());
    }

    #[test]
    fn what_is_no_query_is_refused() {
        let (east, west) = (embedding("a", [1.0, 0.0]), embedding("a", [-1.0, 0.0]));
        assert_eq!(Query::new(&[], &[]).expect_err("none"), QueryError::NoPositives);
        assert_eq!(Query::new(&[east.clone(), west], &[]).expect_err("cancelled"), QueryError::NoDirection);
        let mixed = Query::new(&[east], &[embedding("b", [1.0, 0.0])]);
        assert!(matches!(mixed, Err(QueryError::MixedModels { .. })), "{mixed:?}");
    }
}
