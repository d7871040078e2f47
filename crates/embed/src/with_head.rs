//! A model that looks through a head: what the person's albums taught, behind a model that stays as it is.

use std::sync::Arc;

use likeness_domain::{Embedding, LikenessThresholds, ModelTag, Pixels};

use crate::head::{Head, HeadError};
use crate::model::{EmbedError, Model};
use crate::prepare::Prepared;

/// Bytes of a head's hash that its tag has.
const HASH_BYTES: usize = 4;

struct WithHead {
    tag: ModelTag,
    plain: Arc<dyn Model>,
    head: Head,
    code_thresholds: Vec<f32>,
}

/// `plain` looking through `head`: a model of its own, with its own tag, since its vectors do not compare with the others.
///
/// # Errors
/// When the head is for vectors of another dimension.
pub fn with_head(plain: Arc<dyn Model>, head: Head) -> Result<Arc<dyn Model>, HeadError> {
    let tag = head.tag(plain.tag())?;
    // Medians of many photos are near their mean, and that goes through a linear map as it is.
    let code_thresholds = head.map(plain.code_thresholds())?;
    Ok(Arc::new(WithHead { tag, plain, head, code_thresholds }))
}

impl Head {
    /// The tag of what the model `plain` sees through this head.
    ///
    /// # Errors
    /// When the head is for vectors of another dimension.
    pub fn tag(&self, plain: &ModelTag) -> Result<ModelTag, HeadError> {
        if plain.dimension() != self.dimension() {
            return Err(HeadError::Shape { numbers: self.weight().len(), dimension: plain.dimension() });
        }
        let bytes: Vec<u8> = self.weight().iter().flat_map(|value| value.to_le_bytes()).collect();
        let hash = blake3::hash(&bytes);
        let hash: String = hash.as_bytes()[..HASH_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        let parts: Vec<&str> = plain.as_str().split(':').collect();
        let [family, weights, preprocessing, _] = parts[..] else {
            unreachable!("a tag has four parts");
        };
        let tag = ModelTag::new(family, &format!("{weights}+{hash}"), preprocessing, plain.dimension());
        Ok(tag.expect("parts of a tag and digits have no colon"))
    }

    /// What the model `plain` sees of a photo, as it is seen through this head.
    ///
    /// # Errors
    /// When the numbers do not fit, or nothing is left of them.
    pub fn see(&self, plain: &Embedding) -> Result<Embedding, HeadError> {
        let tag = self.tag(plain.tag())?;
        Ok(Embedding::new(tag, self.apply(plain.values())?)?)
    }
}

impl Model for WithHead {
    fn tag(&self) -> &ModelTag {
        &self.tag
    }

    fn thresholds(&self) -> LikenessThresholds {
        self.plain.thresholds()
    }

    fn thresholds_of_earlier(&self, tag: &ModelTag) -> Option<LikenessThresholds> {
        if tag == self.plain.tag() {
            return Some(self.plain.thresholds());
        }
        self.plain.thresholds_of_earlier(tag)
    }

    fn input_short_side(&self) -> u32 {
        self.plain.input_short_side()
    }

    fn prepare(&self, pixels: &Pixels) -> Prepared {
        self.plain.prepare(pixels)
    }

    fn embed(&self, batch: &[Prepared]) -> Vec<Result<Embedding, EmbedError>> {
        let through = |seen: Embedding| {
            self.head.see(&seen).map_err(|error| EmbedError::Network { reason: error.to_string().into() })
        };
        self.plain.embed(batch).into_iter().map(|seen| seen.and_then(through)).collect()
    }

    fn code_thresholds(&self) -> &[f32] {
        &self.code_thresholds
    }

    fn device_name(&self) -> String {
        self.plain.device_name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_through_a_head_has_a_tag_of_its_own() {
        let plain: ModelTag = "made-up:0a:none:2".parse().expect("a tag");
        let turned = Head::new(vec![0.0, 1.0, 1.0, 0.0]).expect("a square");
        let tag = turned.tag(&plain).expect("it fits");
        assert!(tag.as_str().starts_with("made-up:0a+") && tag.dimension() == 2, "{tag}");
        assert_ne!(Head::new(vec![1.0, 0.0, 0.0, 1.0]).expect("a square").tag(&plain).expect("it fits"), tag);
        let seen = Embedding::new(plain.clone(), vec![3.0, 4.0]).expect("a direction");
        let through = turned.see(&seen).expect("seen");
        assert_eq!((through.tag(), through.values()), (&tag, &[0.8, 0.6][..]));
        let wide: ModelTag = "made-up:0a:none:3".parse().expect("a tag");
        assert!(matches!(turned.tag(&wide), Err(HeadError::Shape { .. })));
    }
}
