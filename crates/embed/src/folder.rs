//! A model's folder, read and doubted: nothing in it is used before its digest and every tensor's shape are checked.
//!
//! `manifest.json` says family, digests, preprocessing, dimension and thresholds; `weights.safetensors` holds the
//! numbers, `quantised.safetensors` whole numbers where the manifest names them. Knows nothing of devices.

use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use likeness_domain::{LikenessThresholds, ModelTag, ModelTagError};
use safetensors::SafeTensors;
use serde::Deserialize;

use crate::network::{Architecture, CODE_THRESHOLD, QuantisedError};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of the model is missing or cannot be read.
    #[error("the model's file {path} cannot be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// `manifest.json` is not what it should be.
    #[error("the model's manifest.json is damaged")]
    Manifest(#[from] serde_json::Error),
    /// The weights are not those that the manifest names: partly copied, damaged, or exchanged.
    #[error("the model's weights are incomplete or damaged (digest {actual}, not {expected})")]
    Digest {
        /// BLAKE3 that the manifest gives.
        expected: String,
        /// BLAKE3 of the bytes.
        actual: String,
    },
    /// We have no network of that family.
    #[error("models of the family \"{0}\" are not known to this version")]
    UnknownFamily(String),
    /// The preprocessing is not the one that belongs to the family.
    #[error("preprocessing \"{actual}\" where this family has \"{expected}\"")]
    Preprocessing {
        /// What the family needs.
        expected: String,
        /// What the manifest says.
        actual: String,
    },
    /// Distances that do not rise, or are no distances.
    #[error("the thresholds {same}, {very_close}, {related} do not rise from 0 to 2")]
    Thresholds {
        /// End of *same*.
        same: f32,
        /// End of *very close*.
        very_close: f32,
        /// End of *related*.
        related: f32,
    },
    /// The weights are no safetensors file.
    #[error("the model's weights are not a safetensors file")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A tensor that the network needs is missing.
    #[error("the model's weights lack {0}")]
    MissingTensor(String),
    /// A tensor has another shape than the network needs.
    #[error("the model's {name} has shape {actual:?}, not {expected:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// What the network needs.
        expected: Vec<usize>,
        /// What the file has.
        actual: Vec<usize>,
    },
    /// The weights in whole numbers lack a tensor, or one has another shape.
    #[error("the model's whole numbers cannot be used: {0}")]
    Quantised(String),
    /// A number in the weights is not finite.
    #[error("the model's {0} holds numbers that are not finite")]
    NotFinite(String),
    /// The manifest's words make no tag.
    #[error(transparent)]
    Tag(#[from] ModelTagError),
    /// The network could not be built.
    #[error("the network could not be built")]
    Network(#[from] candle_core::Error),
}

impl From<QuantisedError> for ModelError {
    fn from(error: QuantisedError) -> Self {
        Self::Quantised(error.to_string())
    }
}

#[derive(Deserialize)]
struct Manifest {
    family: String,
    weights_blake3: String,
    /// Where it is given, the network runs in whole numbers on the CPU, and nowhere else.
    quantised_blake3: Option<String>,
    preprocessing: String,
    dimension: usize,
    thresholds: ManifestThresholds,
}

#[derive(Deserialize)]
pub(crate) struct ManifestThresholds {
    same: f32,
    very_close: f32,
    related: f32,
}

/// What a model's folder holds, checked.
#[derive(Debug)]
pub(crate) struct ModelParts {
    pub(crate) tag: ModelTag,
    pub(crate) architecture: Architecture,
    pub(crate) thresholds: LikenessThresholds,
    /// One level for each dimension.
    pub(crate) code_threshold: Vec<f32>,
    weights: Vec<u8>,
    /// The weights in whole numbers, where the model is to run in them.
    pub(crate) quantised: Option<Vec<u8>>,
}

/// Digits of the weights' digest in a tag.
const TAG_DIGITS: usize = 8;

impl ModelParts {
    pub(crate) fn read(folder: &Path) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|source| ModelError::Read { path, source })
        };
        let quantised = match read("quantised.safetensors") {
            Err(ModelError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        Self::check(&read("manifest.json")?, read("weights.safetensors")?, quantised)
    }

    /// `quantised` is only used where the manifest names it.
    pub(crate) fn check(
        manifest: &[u8],
        weights: Vec<u8>,
        quantised: Option<Vec<u8>>,
    ) -> Result<Self, ModelError> {
        let manifest: Manifest = serde_json::from_slice(manifest)?;
        check_digest(&weights, &manifest.weights_blake3)?;
        let quantised = match &manifest.quantised_blake3 {
            Some(expected) => {
                let weights =
                    quantised.ok_or_else(|| ModelError::Quantised("they are missing".to_owned()))?;
                check_digest(&weights, expected)?;
                Some(weights)
            }
            None => None,
        };
        let Some(architecture) = Architecture::of_family(&manifest.family) else {
            return Err(ModelError::UnknownFamily(manifest.family));
        };
        let preprocessing = format!("squash{}", architecture.side);
        if manifest.preprocessing != preprocessing {
            return Err(ModelError::Preprocessing {
                expected: preprocessing,
                actual: manifest.preprocessing,
            });
        }
        if manifest.dimension != architecture.head {
            return Err(ModelError::Shape {
                name: "vector".to_owned(),
                expected: vec![architecture.head],
                actual: vec![manifest.dimension],
            });
        }
        let thresholds = manifest.thresholds.check()?;
        check_tensors(&architecture, &weights)?;
        // Vectors of the two forms of one network lie near one another and are not the same: their tags differ.
        let digest = manifest.quantised_blake3.as_ref().unwrap_or(&manifest.weights_blake3);
        let tag = ModelTag::new(&manifest.family, &digest[..TAG_DIGITS], &preprocessing, architecture.head)?;
        let mut parts =
            Self { tag, architecture, thresholds, code_threshold: Vec::new(), weights, quantised };
        let head = parts.architecture.head;
        parts.code_threshold = parts.tensors(&Device::Cpu)?.get(head, CODE_THRESHOLD)?.to_vec1()?;
        Ok(parts)
    }

    /// The weights in f32 on a device.
    pub(crate) fn tensors(&self, device: &Device) -> candle_core::Result<VarBuilder<'static>> {
        VarBuilder::from_buffered_safetensors(self.weights.clone(), DType::F32, device)
    }
}

impl ManifestThresholds {
    pub(crate) fn check(&self) -> Result<LikenessThresholds, ModelError> {
        let Self { same, very_close, related } = *self;
        if 0.0 <= same && same <= very_close && very_close <= related && related <= 2.0 {
            Ok(LikenessThresholds { same, very_close, related })
        } else {
            Err(ModelError::Thresholds { same, very_close, related })
        }
    }
}

fn check_digest(weights: &[u8], expected: &str) -> Result<(), ModelError> {
    let actual = blake3::hash(weights).to_hex().to_string();
    if actual == expected {
        Ok(())
    } else {
        Err(ModelError::Digest { expected: expected.to_owned(), actual })
    }
}

fn check_tensors(architecture: &Architecture, weights: &[u8]) -> Result<(), ModelError> {
    let file = SafeTensors::deserialize(weights)?;
    for (name, expected) in architecture.tensors() {
        let Ok(tensor) = file.tensor(&name) else {
            return Err(ModelError::MissingTensor(name));
        };
        if tensor.shape() != expected {
            return Err(ModelError::Shape { name, expected, actual: tensor.shape().to_vec() });
        }
        let values = candle_core::Tensor::from_raw_buffer(
            tensor.data(),
            tensor.dtype().try_into()?,
            &expected,
            &Device::Cpu,
        )?;
        let sum = values.to_dtype(DType::F32)?.abs()?.sum_all()?.to_scalar::<f32>()?;
        if !sum.is_finite() {
            return Err(ModelError::NotFinite(name));
        }
    }
    Ok(())
}
