//! Models as the rest of Likeness sees them, the one that is built in, and those in folders.

use std::path::Path;
use std::sync::Arc;

use likeness_domain::{Embedding, EmbeddingError, LikenessThresholds, ModelTag, Pixels};

use crate::backend::{Backend, BackendError, CpuBackend, GpuBackend, Guarded};
use crate::earlier;
use crate::folder::{ModelError, ModelParts};
use crate::prepare::Prepared;

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

/// The model inside the program.
///
/// # Errors
/// When the program itself is damaged.
pub fn builtin() -> Result<Arc<dyn Model>, ModelError> {
    let manifest = include_bytes!("../../../models/builtin/manifest.json");
    let weights = include_bytes!("../../../models/builtin/weights.safetensors");
    from_parts(ModelParts::check(manifest, weights.to_vec(), None)?)
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

    fn thresholds_of_earlier(&self, tag: &ModelTag) -> Option<LikenessThresholds> {
        earlier::thresholds(tag)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Architecture, made_up_quantised};

    /// The built-in model's folder with made-up whole numbers, named in the manifest by `digest`.
    fn folder(quantised: Option<&[u8]>, digest: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let builtin = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/builtin");
        let weights = format!("{builtin}/weights.safetensors");
        std::fs::copy(weights, folder.path().join("weights.safetensors")).expect("copied");
        let manifest = std::fs::read(format!("{builtin}/manifest.json")).expect("a manifest");
        let mut manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
        match digest {
            Some(digest) => manifest["quantised_blake3"] = digest.into(),
            None => drop(manifest.as_object_mut().expect("an object").remove("quantised_blake3")),
        }
        std::fs::write(folder.path().join("manifest.json"), manifest.to_string()).expect("written");
        if let Some(quantised) = quantised {
            std::fs::write(folder.path().join("quantised.safetensors"), quantised).expect("written");
        }
        folder
    }

    #[test]
    fn whole_numbers_are_used_where_the_manifest_names_them_and_have_a_tag_of_their_own() {
        let lite0 = Architecture::of_family("efficientnet-lite0").expect("known");
        let quantised = made_up_quantised(&lite0);
        let digest = blake3::hash(&quantised).to_hex().to_string();
        let open = |quantised, digest| open(folder(quantised, digest).path());
        let whole = open(Some(&quantised[..]), Some(&digest[..])).expect("opens");
        let real = open(Some(&quantised[..]), None).expect("opens");
        assert_ne!(whole.tag(), real.tag());
        let photo = [whole.prepare(&golden_picture(300))];
        let [whole, real] = [whole, real].map(|model| model.embed(&photo).remove(0).expect("embedded"));
        assert_ne!(whole.values(), real.values());

        assert!(matches!(open(None, Some(&digest[..])), Err(ModelError::Quantised(_))));
        assert!(matches!(open(Some(&b"other"[..]), Some(&digest[..])), Err(ModelError::Digest { .. })));
        let other = blake3::hash(b"other").to_hex().to_string();
        assert!(matches!(open(Some(&b"other"[..]), Some(&other[..])), Err(ModelError::Safetensors(_))));
    }

    #[test]
    fn a_photo_has_one_vector_in_any_batch_and_on_any_number_of_threads() {
        let lite0 = Architecture::of_family("efficientnet-lite0").expect("known");
        let quantised = made_up_quantised(&lite0);
        let digest = blake3::hash(&quantised).to_hex().to_string();
        for digest in [None, Some(&digest[..])] {
            let model = open(folder(Some(&quantised[..]), digest).path()).expect("opens");
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
