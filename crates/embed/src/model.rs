//! Models as the rest of Likeness sees them, the one that is built in, and those in folders.

use std::path::Path;
use std::sync::Arc;

use likeness_domain::{Embedding, EmbeddingError, LikenessThresholds, ModelTag, Pixels};

use crate::backend::{Backend, BackendError, CpuBackend, GpuBackend, Guarded};
use crate::folder::{ModelError, ModelParts};
use crate::prepare::Prepared;

/// Turns pixels into embeddings. The same photo gives the same vector in any batch and on any number of threads.
pub trait Model: Send + Sync {
    /// Names weights and preprocessing; every vector carries it.
    fn tag(&self) -> &ModelTag;

    /// Where *same*, *very close* and *related* end, measured for this model.
    fn thresholds(&self) -> LikenessThresholds;

    /// Pixels that the shorter side of a decoded picture should at least have, where the file has as many.
    fn input_short_side(&self) -> u32;

    /// Resizes a picture to the network's input. For worker threads; takes about a millisecond.
    fn prepare(&self, pixels: &Pixels) -> Prepared;

    /// One embedding or reason for each photo, in order.
    fn embed(&self, batch: &[Prepared]) -> Vec<Result<Embedding, EmbedError>>;

    /// One number for each dimension, the median of many photos there: whether a vector lies above it is one bit of the
    /// vector's binary code. The Hamming distance of two codes grows with the angle between their vectors.
    fn code_thresholds(&self) -> &[f32];

    /// What the network runs on now, in words for people.
    fn device_name(&self) -> String;
}

/// Why a photo got no embedding.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// The network gave a vector without direction.
    #[error("the model sees nothing in this picture")]
    NoDirection(#[from] EmbeddingError),
    /// The network failed, on the CPU too. The batch shares the reason.
    #[error("the model failed: {reason}")]
    Network {
        /// What the network says.
        reason: Arc<str>,
    },
}

/// The model inside the program.
///
/// # Errors
/// When the program itself is damaged.
pub fn builtin() -> Result<Arc<dyn Model>, ModelError> {
    let manifest = include_bytes!("../../../models/builtin/manifest.json");
    let weights = include_bytes!("../../../models/builtin/weights.safetensors");
    let quantised = include_bytes!("../../../models/builtin/quantised.safetensors");
    from_parts(ModelParts::check(manifest, weights.to_vec(), || Ok(quantised.to_vec()))?)
}

/// The model in a folder with `manifest.json`, `weights.safetensors` and, where the manifest names it,
/// `quantised.safetensors`, as `models/builtin` has them.
///
/// # Errors
/// When a file is missing, partial, damaged, of another family, or its tensors have other shapes.
pub fn open(folder: &Path) -> Result<Arc<dyn Model>, ModelError> {
    from_parts(ModelParts::read(folder)?)
}

fn from_parts(parts: ModelParts) -> Result<Arc<dyn Model>, ModelError> {
    let cpu = CpuBackend::load(&parts)?;
    // A GPU works in f32. Whole numbers need none: they are quicker than the decoding of photos.
    let gpu = if parts.quantised.is_none() { GpuBackend::find(&parts) } else { None };
    let gpu = gpu.map(|gpu| Box::new(gpu) as Box<dyn Backend>);
    let side = parts.architecture.side as u32;
    let golden = Prepared::squash(&golden_picture(side), side);
    let backend = Guarded::new(Box::new(cpu), gpu, parts.architecture.head, &golden);
    let ModelParts { tag, thresholds, code_threshold, .. } = parts;
    Ok(Arc::new(Network { tag, thresholds, code_threshold, side, backend }))
}

/// A picture to compare devices by: ramps of colour with stripes over them.
fn golden_picture(side: u32) -> Pixels {
    let rgb = (0..side * side).flat_map(|place| {
        let (x, y) = (place % side, place / side);
        [(x * 255 / side) as u8, (y * 255 / side) as u8, ((x / 16 + y / 24) % 2 * 200) as u8]
    });
    Pixels::new(side, side, rgb.collect()).expect("three bytes for each place")
}

struct Network {
    tag: ModelTag,
    thresholds: LikenessThresholds,
    code_threshold: Vec<f32>,
    side: u32,
    backend: Guarded,
}

impl Model for Network {
    fn tag(&self) -> &ModelTag {
        &self.tag
    }

    fn thresholds(&self) -> LikenessThresholds {
        self.thresholds
    }

    fn input_short_side(&self) -> u32 {
        self.side
    }

    fn prepare(&self, pixels: &Pixels) -> Prepared {
        Prepared::squash(pixels, self.side)
    }

    fn embed(&self, batch: &[Prepared]) -> Vec<Result<Embedding, EmbedError>> {
        match self.backend.features(batch) {
            Ok(rows) => rows.into_iter().map(|row| Ok(Embedding::new(self.tag.clone(), row)?)).collect(),
            Err(BackendError::Network(error) | BackendError::OutOfMemory(error)) => {
                let reason: Arc<str> = error.to_string().into();
                batch.iter().map(|_| Err(EmbedError::Network { reason: Arc::clone(&reason) })).collect()
            }
        }
    }

    fn code_thresholds(&self) -> &[f32] {
        &self.code_threshold
    }

    fn device_name(&self) -> String {
        self.backend.name()
    }
}
