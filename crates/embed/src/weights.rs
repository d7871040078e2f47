//! A network's weights as they are stored: whole numbers with scales, of which both forms of the network are made.
//!
//! For each convolution `weight` (i8, from -127 to 127), `scale` of each output, `input_scale` of each input channel,
//! and `bias`: the real weight is `weight * scale / input_scale`. In whole numbers pictures are codes of
//! `input_scale`, so that their products with `weight` need only `scale` and `bias`. Beside them the `projection` of the
//! features to the embedding and its `code_threshold`. Knows no devices.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use safetensors::{Dtype, SafeTensors};

use crate::network::Architecture;
use crate::projection::Projection;

/// Why weights make no network.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// They are no safetensors file.
    #[error("they are not a safetensors file")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A tensor that the network needs is missing.
    #[error("they lack {0}")]
    Missing(String),
    /// A tensor has another shape or kind of numbers than the network needs.
    #[error("{name} has shape {actual:?} of {dtype:?}, not {expected:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Its kind of numbers.
        dtype: Dtype,
        /// Its shape.
        actual: Vec<usize>,
        /// What the network needs.
        expected: Vec<usize>,
    },
    /// A number is not finite, a scale is 0 or below, or a weight is -128.
    #[error("{0} holds numbers that cannot be")]
    Numbers(String),
}

/// A weights file, checked against its architecture.
#[derive(Debug)]
pub(crate) struct Weights {
    convolutions: HashMap<String, Stored>,
    architecture: Architecture,
    pub(crate) projection: Projection,
    /// The median of each dimension: the level above which a binary code has a one.
    pub(crate) code_threshold: Vec<f32>,
}

/// Steps of its scale that a bias may have: sums of products then never leave 32 bits.
const LARGEST_BIAS: f32 = (1 << 24) as f32;

/// One convolution's numbers.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) weight: Vec<i8>,
    pub(crate) scale: Vec<f32>,
    pub(crate) input_scale: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl Weights {
    /// `dimension` is that of the embedding.
    pub(crate) fn check(
        file: &[u8],
        architecture: Architecture,
        dimension: usize,
    ) -> Result<Self, WeightsError> {
        let tensors = Tensors(SafeTensors::deserialize(file)?);
        let mut convolutions = HashMap::new();
        for convolution in architecture.convolutions() {
            let stored = tensors.convolution(&convolution.name, convolution.weight, convolution.inputs)?;
            if stored.bias.iter().zip(&stored.scale).any(|(bias, scale)| (bias / scale).abs() > LARGEST_BIAS)
            {
                return Err(WeightsError::Numbers(format!("{}.bias", convolution.name)));
            }
            convolutions.insert(convolution.name, stored);
        }
        let weight = tensors.finite("projection.weight", &[dimension, architecture.head])?;
        let bias = tensors.finite("projection.bias", &[dimension])?;
        let code_threshold = tensors.finite("code_threshold", &[dimension])?;
        Ok(Self { projection: Projection::new(weight, bias), code_threshold, convolutions, architecture })
    }

    pub(crate) fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// One convolution as it is stored.
    pub(crate) fn convolution(&self, name: &str) -> &Stored {
        self.convolutions.get(name).expect("a convolution of this architecture")
    }

    /// The real weights on a device.
    pub(crate) fn real(&self, device: &Device) -> candle_core::Result<VarBuilder<'static>> {
        let mut tensors = HashMap::new();
        for convolution in self.architecture.convolutions() {
            let stored = self.convolution(&convolution.name);
            let [outputs, inputs, rows, columns] = convolution.weight;
            let grouped = inputs < convolution.inputs;
            let kernel = rows * columns;
            let real = stored.weight.iter().enumerate().map(|(index, &weight)| {
                let output = index / (inputs * kernel);
                let input = if grouped { output } else { index / kernel % inputs };
                f32::from(weight) * stored.scale[output] / stored.input_scale[input]
            });
            let weight = Tensor::from_iter(real, device)?.reshape((outputs, inputs, rows, columns))?;
            tensors.insert(format!("{}.weight", convolution.name), weight);
            tensors
                .insert(format!("{}.bias", convolution.name), Tensor::new(stored.bias.as_slice(), device)?);
        }
        Ok(VarBuilder::from_tensors(tensors, DType::F32, device))
    }
}

struct Tensors<'a>(SafeTensors<'a>);

impl Tensors<'_> {
    fn convolution(&self, name: &str, weight: [usize; 4], inputs: usize) -> Result<Stored, WeightsError> {
        let outputs = weight[0];
        Ok(Stored {
            weight: self.symmetric(&format!("{name}.weight"), &weight)?,
            scale: self.positive(&format!("{name}.scale"), outputs)?,
            input_scale: self.positive(&format!("{name}.input_scale"), inputs)?,
            bias: self.finite(&format!("{name}.bias"), &[outputs])?,
        })
    }

    /// Without -128, of which two products with bytes may be more than some processors sum in 16 bits.
    fn symmetric(&self, name: &str, shape: &[usize]) -> Result<Vec<i8>, WeightsError> {
        let numbers: Vec<i8> = self.get(name, shape, Dtype::I8)?;
        let symmetric = !numbers.contains(&i8::MIN);
        symmetric.then_some(numbers).ok_or_else(|| WeightsError::Numbers(name.to_owned()))
    }

    fn positive(&self, name: &str, length: usize) -> Result<Vec<f32>, WeightsError> {
        let numbers = self.finite(name, &[length])?;
        let positive = numbers.iter().all(|&number| number > 0.0);
        positive.then_some(numbers).ok_or_else(|| WeightsError::Numbers(name.to_owned()))
    }

    fn finite(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let numbers: Vec<f32> = self.get(name, shape, Dtype::F32)?;
        let finite = numbers.iter().all(|number| number.is_finite());
        finite.then_some(numbers).ok_or_else(|| WeightsError::Numbers(name.to_owned()))
    }

    fn get<T: bytemuck::Pod>(
        &self,
        name: &str,
        expected: &[usize],
        dtype: Dtype,
    ) -> Result<Vec<T>, WeightsError> {
        let tensor = self.0.tensor(name).map_err(|_| WeightsError::Missing(name.to_owned()))?;
        if tensor.shape() != expected || tensor.dtype() != dtype {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                dtype: tensor.dtype(),
                actual: tensor.shape().to_vec(),
                expected: expected.to_vec(),
            });
        }
        Ok(tensor.data().chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect())
    }
}
