//! A model's folder, read and doubted: nothing in it is used before its digest and every tensor's shape are checked.
//!
//! `manifest.json` says family, digest, preprocessing, dimension and thresholds; `weights.safetensors` holds the numbers.
//! Knows nothing of devices.

use std::path::{Path, PathBuf};

use likeness_domain::{LikenessThresholds, ModelTag, ModelTagError};
use serde::Deserialize;

use crate::network::Architecture;
use crate::precision::Precision;
use crate::weights::{Weights, WeightsError};

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
    /// The weights are not those of the family.
    #[error("the model's weights cannot be used: {0}")]
    Weights(#[from] WeightsError),
    /// The manifest's words make no tag.
    #[error(transparent)]
    Tag(#[from] ModelTagError),
    /// The network could not be built.
    #[error("the network could not be built")]
    Network(#[from] candle_core::Error),
}

#[derive(Deserialize)]
pub(crate) struct Manifest {
    family: String,
    weights_blake3: String,
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
    pub(crate) precision: Precision,
    pub(crate) thresholds: LikenessThresholds,
    pub(crate) weights: Weights,
}

/// Digits of the weights' digest in a tag.
const TAG_DIGITS: usize = 8;

impl ModelParts {
    pub(crate) fn read(folder: &Path, precision: Precision) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|source| ModelError::Read { path, source })
        };
        Self::check(&read("manifest.json")?, &read("weights.safetensors")?, precision)
    }

    pub(crate) fn check(manifest: &[u8], weights: &[u8], precision: Precision) -> Result<Self, ModelError> {
        let manifest = Manifest::parse(manifest)?;
        check_digest(weights, &manifest.weights_blake3)?;
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
        Ok(Self {
            tag: manifest.tag(precision)?,
            precision,
            thresholds: manifest.thresholds.check()?,
            weights: Weights::check(weights, architecture, manifest.dimension)?,
        })
    }
}

impl Manifest {
    pub(crate) fn parse(manifest: &[u8]) -> Result<Self, ModelError> {
        Ok(serde_json::from_slice(manifest)?)
    }

    /// Vectors of the two forms of one network lie near one another and are not the same: their tags differ.
    pub(crate) fn tag(&self, precision: Precision) -> Result<ModelTag, ModelError> {
        let family = match precision {
            Precision::F32 => self.family.clone(),
            Precision::Int8 => format!("{}-int8", self.family),
        };
        let digest = self.weights_blake3.get(..TAG_DIGITS).unwrap_or_default();
        Ok(ModelTag::new(&family, digest, &self.preprocessing, self.dimension)?)
    }

    pub(crate) fn thresholds(&self) -> Result<LikenessThresholds, ModelError> {
        self.thresholds.check()
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
