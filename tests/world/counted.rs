//! A model that counts what it is asked, and answers with a new vector each time: for tests in which it matters
//! whether a photo was looked at, and not what was seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use likeness_domain::{Embedding, LikenessThresholds, ModelTag, Pixels};
use likeness_embed::{EmbedError, Model, Prepared, builtin};

const DIMENSION: usize = 16;

/// Prepares as the built-in model does, and makes up the vectors.
pub struct Counted {
    tag: ModelTag,
    builtin: Arc<dyn Model>,
    asked: AtomicU64,
}

impl Counted {
    /// A model that was asked nothing yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            tag: ModelTag::new("counted", "0", "none", DIMENSION).expect("a tag"),
            builtin: builtin().expect("the built-in model"),
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
