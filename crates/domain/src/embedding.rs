//! Embeddings: unit vectors, each with the tag of the model that made it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Names a model so exactly that two vectors with equal tags can be compared:
/// `family:weights:preprocessing:dimension`, for example `efficientnet-lite0:1f0c22ab:squash224:1280`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelTag(Arc<str>);

/// The text is not `family:weights:preprocessing:dimension`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a model tag (family:weights:preprocessing:dimension)")]
pub struct ModelTagError(String);

impl ModelTag {
    /// Builds a tag. `weights` is the start of the digest of the weights file, `dimension` counts numbers per vector.
    ///
    /// # Errors
    /// When a part is empty or holds a colon, or `dimension` is 0.
    pub fn new(
        family: &str,
        weights: &str,
        preprocessing: &str,
        dimension: usize,
    ) -> Result<Self, ModelTagError> {
        format!("{family}:{weights}:{preprocessing}:{dimension}").parse()
    }

    /// The whole tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The network's family, such as `efficientnet-lite0`.
    pub fn family(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// Numbers in a vector of this model.
    pub fn dimension(&self) -> usize {
        let last = self.0.rsplit(':').next().unwrap_or_default();
        last.parse().expect("checked when the tag was made")
    }
}

impl FromStr for ModelTag {
    type Err = ModelTagError;

    fn from_str(text: &str) -> Result<Self, ModelTagError> {
        let parts: Vec<&str> = text.split(':').collect();
        let dimension = parts.last().and_then(|part| part.parse::<usize>().ok());
        let valid =
            parts.len() == 4 && parts.iter().all(|part| !part.is_empty()) && dimension.is_some_and(|d| d > 0);
        if valid { Ok(Self(text.into())) } else { Err(ModelTagError(text.into())) }
    }
}

impl fmt::Display for ModelTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ModelTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelTag({})", self.0)
    }
}

/// A finite vector of length 1 and the tag of the model that made it. No other kind can be built.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    tag: ModelTag,
    values: Vec<f32>,
}

/// Why numbers are not an embedding.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EmbeddingError {
    /// The model makes vectors of another size.
    #[error("a vector of {actual} numbers where model {tag} makes {expected}")]
    WrongDimension {
        /// The model that the vector is said to come from.
        tag: ModelTag,
        /// Numbers that the model makes.
        expected: usize,
        /// Numbers that were given.
        actual: usize,
    },
    /// A number is NaN or infinite, or all are zero.
    #[error("model {tag} gave a vector without direction (not finite, or all zero)")]
    NoDirection {
        /// The model that the vector is said to come from.
        tag: ModelTag,
    },
}

impl Embedding {
    /// Scales `values` to length 1.
    ///
    /// # Errors
    /// When their count is not the tag's dimension, one is not finite, or all are zero.
    pub fn new(tag: ModelTag, mut values: Vec<f32>) -> Result<Self, EmbeddingError> {
        let expected = tag.dimension();
        if values.len() != expected {
            let actual = values.len();
            return Err(EmbeddingError::WrongDimension { tag, expected, actual });
        }
        let length = values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        if !length.is_finite() || length < f64::from(f32::MIN_POSITIVE) {
            return Err(EmbeddingError::NoDirection { tag });
        }
        values.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
        Ok(Self { tag, values })
    }

    /// The model that made it.
    pub fn tag(&self) -> &ModelTag {
        &self.tag
    }

    /// The numbers; the sum of their squares is 1.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(dimension: usize) -> ModelTag {
        ModelTag::new("test", "0", "none", dimension).expect("a valid tag")
    }

    #[test]
    fn an_embedding_has_length_one() {
        let embedding = Embedding::new(tag(2), vec![3.0, 4.0]).expect("a direction");
        assert_eq!(embedding.values(), [0.6, 0.8]);
    }

    #[test]
    fn vectors_without_direction_are_refused() {
        for values in [vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY, 1.0]] {
            let made = Embedding::new(tag(2), values);
            assert!(matches!(made, Err(EmbeddingError::NoDirection { .. })), "{made:?}");
        }
    }

    #[test]
    fn vectors_of_another_size_are_refused() {
        let made = Embedding::new(tag(3), vec![1.0, 0.0]);
        assert!(matches!(made, Err(EmbeddingError::WrongDimension { expected: 3, actual: 2, .. })));
    }

    #[test]
    fn a_tag_has_four_parts() {
        let tag: ModelTag = "efficientnet-lite0:1f0c:squash224:1280".parse().expect("valid");
        assert_eq!((tag.family(), tag.dimension()), ("efficientnet-lite0", 1280));
        for text in ["", "a:b:c", "a:b:c:0", "a::c:5", "a:b:c:5:6", "a:b:c:five"] {
            assert!(text.parse::<ModelTag>().is_err(), "{text}");
        }
    }
}
