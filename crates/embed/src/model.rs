//! Models as the rest of Likeness sees them, the one that is built in, and those in folders.

use std::path::Path;
use std::sync::Arc;

use likeness_domain::{Embedding, EmbeddingError, LikenessThresholds, ModelTag, Pixels};

use crate::backend::{Backend, BackendError, CpuBackend, GpuBackend, Guarded};
use crate::earlier;
use crate::folder::{Manifest, ModelError, ModelParts};
use crate::precision::Precision;
use crate::prepare::Prepared;
use crate::projection::Projection;

/// Turns pixels into embeddings. The same photo gives the same vector in any batch and on any number of threads.
pub trait Model: Send + Sync {
    /// Names weights and preprocessing; every vector carries it.
    fn tag(&self) -> &ModelTag;

    /// Where *same*, *very close* and *related* end, measured for this model.
    fn thresholds(&self) -> LikenessThresholds;

    /// The thresholds of an earlier model that this one takes over from; `None` for all others. Libraries that were
    /// embedded with it go on answering with its vectors until all photos have theirs by this model.
    fn thresholds_of_earlier(&self, tag: &ModelTag) -> Option<LikenessThresholds>;

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

const MANIFEST: &[u8] = include_bytes!("../../../models/builtin/manifest.json");

/// The weights of the model inside the program.
pub static BUILTIN_WEIGHTS: &[u8] = include_bytes!("../../../models/builtin/weights.safetensors");

/// The forms of the model inside the program, the one that is quickest on this machine first.
///
/// # Errors
/// When the program itself is damaged.
pub fn builtin_forms() -> Result<[(ModelTag, Precision); 2], ModelError> {
    let manifest = Manifest::parse(MANIFEST)?;
    let [first, second] = Precision::quickest_first();
    Ok([(manifest.tag(first)?, first), (manifest.tag(second)?, second)])
}

/// The model inside the program.
///
/// # Errors
/// When the program itself is damaged.
pub fn builtin(precision: Precision) -> Result<Arc<dyn Model>, ModelError> {
    from_parts(ModelParts::check(MANIFEST, BUILTIN_WEIGHTS, precision)?)
}

/// Where *same*, *very close* and *related* end for the model inside the program, in both its forms.
pub(crate) fn builtin_thresholds(tag: &ModelTag) -> Option<LikenessThresholds> {
    let manifest = Manifest::parse(MANIFEST).ok()?;
    let is_form = |precision| manifest.tag(precision).is_ok_and(|form| form == *tag);
    let known = is_form(Precision::F32) || is_form(Precision::Int8);
    known.then(|| manifest.thresholds().ok()).flatten()
}

/// The model in a folder with `manifest.json` and `weights.safetensors`, as `models/builtin` has them.
///
/// # Errors
/// When a file is missing, partial, damaged, of another family, or its tensors have other shapes.
pub fn open(folder: &Path, precision: Precision) -> Result<Arc<dyn Model>, ModelError> {
    from_parts(ModelParts::read(folder, precision)?)
}

fn from_parts(parts: ModelParts) -> Result<Arc<dyn Model>, ModelError> {
    let cpu = CpuBackend::load(&parts)?;
    let gpu = match parts.precision {
        Precision::F32 => GpuBackend::find(&parts).map(|gpu| Box::new(gpu) as Box<dyn Backend>),
        Precision::Int8 => None,
    };
    let architecture = parts.weights.architecture();
    let side = architecture.side as u32;
    let golden = Prepared::squash(&golden_picture(side), side);
    let backend = Guarded::new(Box::new(cpu), gpu, architecture.head, &golden);
    let ModelParts { tag, thresholds, weights, .. } = parts;
    let (projection, code_threshold) = (weights.projection, weights.code_threshold);
    Ok(Arc::new(Network { tag, thresholds, projection, code_threshold, side, backend }))
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
    projection: Projection,
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

    fn thresholds_of_earlier(&self, tag: &ModelTag) -> Option<LikenessThresholds> {
        (tag != &self.tag).then(|| earlier::thresholds(tag).or_else(|| builtin_thresholds(tag))).flatten()
    }

    fn input_short_side(&self) -> u32 {
        self.side
    }

    fn prepare(&self, pixels: &Pixels) -> Prepared {
        Prepared::squash(pixels, self.side)
    }

    fn embed(&self, batch: &[Prepared]) -> Vec<Result<Embedding, EmbedError>> {
        match self.backend.features(batch) {
            Ok(rows) => {
                let embedding =
                    |row: &Vec<f32>| Embedding::new(self.tag.clone(), self.projection.project(row));
                rows.iter().map(|row| Ok(embedding(row)?)).collect()
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn forms() -> [Arc<dyn Model>; 2] {
        [Precision::F32, Precision::Int8].map(|precision| builtin(precision).expect("the model"))
    }

    fn embedded(model: &dyn Model, photo: &Prepared) -> Vec<f32> {
        let mut rows = model.embed(std::slice::from_ref(photo));
        rows.remove(0).expect("embedded").values().to_vec()
    }

    #[test]
    fn the_forms_have_tags_of_their_own_and_vectors_near_one_another() {
        let [real, whole] = forms();
        assert_ne!(real.tag(), whole.tag());
        assert!(real.thresholds_of_earlier(whole.tag()).is_some());
        assert!(whole.thresholds_of_earlier(real.tag()).is_some());
        assert!(real.thresholds_of_earlier(real.tag()).is_none());
        let named = builtin_forms().expect("the model");
        for (tag, precision) in named {
            assert_eq!(builtin(precision).expect("the model").tag(), &tag);
        }
        let photo = real.prepare(&golden_picture(300));
        let [real, whole] = [real, whole].map(|model| embedded(&*model, &photo));
        assert_ne!(real, whole);
        let cosine: f32 = real.iter().zip(&whole).map(|(a, b)| a * b).sum();
        assert!(cosine > 0.95, "{cosine}");
    }

    #[test]
    fn a_photo_has_one_vector_in_any_batch_and_on_any_number_of_threads() {
        for model in forms() {
            let photos: Vec<_> = (0..5).map(|i| model.prepare(&golden_picture(200 + 30 * i))).collect();
            let embed = |threads: usize, batch: &[Prepared]| -> Vec<Vec<f32>> {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
                let rows = pool.install(|| model.embed(batch));
                rows.into_iter().map(|row| row.expect("embedded").values().to_vec()).collect()
            };
            let alone: Vec<_> =
                photos.iter().flat_map(|photo| embed(1, std::slice::from_ref(photo))).collect();
            assert_eq!(embed(1, &photos), alone);
            assert_eq!(embed(3, &photos), alone);
        }
    }
}
