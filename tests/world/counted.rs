//! A model that counts what it is asked, and answers with a new vector each time: for tests in which it matters
//! whether a photo was looked at, and not what was seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use likeness_domain::{Embedding, LikenessThresholds, ModelTag, Pixels};
use likeness_embed::{EmbedError, Model, Precision, Prepared, builtin};

const DIMENSION: usize = 16;

/// Prepares as the built-in model does, and makes up the vectors.
pub struct Counted {
    tag: ModelTag,
    /// The model that it takes over from.
    earlier: Option<ModelTag>,
    builtin: Arc<dyn Model>,
    asked: AtomicU64,
}

impl Counted {
    /// A model that was asked nothing yet.
    pub fn new() -> Arc<Self> {
        Self::with("0", None)
    }

    /// Another model, which takes over from this one.
    pub fn next(&self) -> Arc<Self> {
        Self::with("1", Some(self.tag.clone()))
    }

    fn with(weights: &str, earlier: Option<ModelTag>) -> Arc<Self> {
        Arc::new(Self {
            tag: ModelTag::new("counted", weights, "none", DIMENSION).expect("a tag"),
            earlier,
            builtin: builtin(Precision::Int8).expect("the built-in model"),
            asked: AtomicU64::new(0),
        })
    }

    /// Photos that it was asked to look at.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Model for Counted {
    fn tag(&self) -> &ModelTag {
        &self.tag
    }

    fn thresholds(&self) -> LikenessThresholds {
        LikenessThresholds { same: 0.01, very_close: 0.1, related: 2.0 }
    }

    fn thresholds_of_earlier(&self, tag: &ModelTag) -> Option<LikenessThresholds> {
        self.earlier.as_ref().filter(|earlier| *earlier == tag).map(|_| self.thresholds())
    }

    fn input_short_side(&self) -> u32 {
        self.builtin.input_short_side()
    }

    fn prepare(&self, pixels: &Pixels) -> Prepared {
        self.builtin.prepare(pixels)
    }

    fn embed(&self, batch: &[Prepared]) -> Vec<Result<Embedding, EmbedError>> {
        batch
            .iter()
            .map(|_| {
                let number = self.asked.fetch_add(1, Ordering::Relaxed) as f32;
                let values = (0..DIMENSION).map(|place| (number * 1.7 + place as f32 * 2.3).sin()).collect();
                Ok(Embedding::new(self.tag.clone(), values)?)
            })
            .collect()
    }

    fn code_thresholds(&self) -> &[f32] {
        &[0.0; DIMENSION]
    }

    fn device_name(&self) -> String {
        "a test".into()
    }
}
