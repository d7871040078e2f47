//! Where the network runs, and what happens when that fails: a GPU is used when it agrees with the CPU, is asked for
//! less when its memory runs out, and is left for good when it goes on failing. No photo is lost to it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use candle_core::{Device, Tensor};
use candle_nn::Module;
use rayon::prelude::*;

use crate::folder::{ModelError, ModelParts};
use crate::network::{FusedNetwork, PlainNetwork, QuantisedNetwork, Size};
use crate::precision::Precision;
use crate::prepare::Prepared;

/// Why a backend gave no features.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackendError {
    #[error("the device is out of memory")]
    OutOfMemory(#[source] candle_core::Error),
    #[error("the network failed")]
    Network(#[source] candle_core::Error),
}

/// Something that runs the network.
pub(crate) trait Backend: Send + Sync {
    /// A name for people.
    fn name(&self) -> String;

    /// One row of features for each photo.
    fn features(&self, batch: &[Prepared]) -> Result<Vec<Vec<f32>>, BackendError>;
}

/// The CPU: photos side by side on the threads of the caller's rayon pool, each photo on one.
pub(crate) struct CpuBackend {
    network: CpuNetwork,
    side: usize,
    dimension: usize,
}

enum CpuNetwork {
    Fused(FusedNetwork),
    Quantised(QuantisedNetwork),
}

impl CpuBackend {
    /// The network in the form that the model is to have.
    pub(crate) fn load(parts: &ModelParts) -> Result<Self, ModelError> {
        let architecture = parts.weights.architecture();
        let network = match parts.precision {
            Precision::Int8 => CpuNetwork::Quantised(QuantisedNetwork::load(&parts.weights)),
            Precision::F32 => {
                CpuNetwork::Fused(FusedNetwork::load(architecture, parts.weights.real(&Device::Cpu)?)?)
            }
        };
        Ok(Self { network, side: architecture.side, dimension: architecture.head })
    }

    fn one(&self, photo: &Prepared) -> candle_core::Result<Vec<f32>> {
        match &self.network {
            CpuNetwork::Fused(network) => {
                let input = input_tensor(std::slice::from_ref(photo), self.side, &Device::Cpu)?;
                network.forward(&input)?.squeeze(0)?.to_vec1()
            }
            CpuNetwork::Quantised(network) => {
                let mut features = vec![0.0; self.dimension];
                let size = Size { rows: self.side, columns: self.side };
                network.features(photo.rgb(), size, &mut features);
                Ok(features)
            }
        }
    }
}

impl Backend for CpuBackend {
    fn name(&self) -> String {
        match self.network {
            CpuNetwork::Fused(_) => "CPU (f32)".to_owned(),
            CpuNetwork::Quantised(_) => "CPU (int8)".to_owned(),
        }
    }

    fn features(&self, batch: &[Prepared]) -> Result<Vec<Vec<f32>>, BackendError> {
        let rows = batch.par_iter().map(|photo| self.one(photo));
        rows.collect::<candle_core::Result<_>>().map_err(BackendError::Network)
    }
}

/// Whether there is a GPU that this build can use.
pub(crate) fn gpu_present() -> bool {
    gpu().is_some()
}

/// Looked for once: to start a GPU takes time and memory.
fn gpu() -> Option<(&'static str, Device)> {
    static GPU: LazyLock<Option<(&str, Device)>> = LazyLock::new(|| {
        let cuda = || Some(("NVIDIA GPU (CUDA)", Device::new_cuda(0).ok()?));
        let metal = || Some(("Apple GPU (Metal)", Device::new_metal(0).ok()?));
        cuda().or_else(metal)
    });
    GPU.clone()
}

/// A GPU: the whole batch at once, in candle's own operators.
pub(crate) struct GpuBackend {
    name: String,
    device: Device,
    network: PlainNetwork,
    side: usize,
}

impl GpuBackend {
    /// The GPU that this build can use, if the machine has one.
    pub(crate) fn find(parts: &ModelParts) -> Option<Self> {
        let (name, device) = gpu()?;
        let architecture = parts.weights.architecture();
        let network =
            parts.weights.real(&device).and_then(|weights| PlainNetwork::load(architecture, weights));
        match network {
            Ok(network) => Some(Self { name: name.to_owned(), device, network, side: architecture.side }),
            Err(error) => {
                tracing::warn!(%error, "the GPU does not take the network");
                None
            }
        }
    }
}

impl Backend for GpuBackend {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn features(&self, batch: &[Prepared]) -> Result<Vec<Vec<f32>>, BackendError> {
        let run = || {
            let input = input_tensor(batch, self.side, &self.device)?;
            self.network.forward(&input)?.to_vec2()
        };
        run().map_err(|error| {
            if is_out_of_memory(&error) {
                BackendError::OutOfMemory(error)
            } else {
                BackendError::Network(error)
            }
        })
    }
}

/// Drivers say it in words alone.
fn is_out_of_memory(error: &candle_core::Error) -> bool {
    let text = format!("{error:?}").to_lowercase();
    ["out of memory", "out_of_memory", "outofmemory", "alloc"].iter().any(|words| text.contains(words))
}

fn input_tensor(batch: &[Prepared], side: usize, device: &Device) -> candle_core::Result<Tensor> {
    let mut numbers = Vec::with_capacity(batch.len() * side * side * 3);
    batch.iter().for_each(|photo| photo.normalise_into(&mut numbers));
    Tensor::from_vec(numbers, (batch.len(), side, side, 3), device)
}

/// A backend that always answers: a GPU with the CPU behind it, or the CPU alone.
pub(crate) struct Guarded {
    cpu: Box<dyn Backend>,
    gpu: Option<Box<dyn Backend>>,
    dimension: usize,
    /// Photos that the GPU is given at once.
    gpu_batch: AtomicUsize,
    gpu_left: AtomicBool,
}

/// Photos that a GPU is given at once until its memory says otherwise.
const GPU_BATCH: usize = 64;

/// Two devices agree when the cosine of their features for one photo is at least this.
const AGREEMENT: f64 = 0.999;

impl Guarded {
    /// Uses `gpu` when it gives the same features for `golden` as `cpu` does.
    pub(crate) fn new(
        cpu: Box<dyn Backend>,
        gpu: Option<Box<dyn Backend>>,
        dimension: usize,
        golden: &Prepared,
    ) -> Self {
        let golden = std::slice::from_ref(golden);
        let agrees = |gpu: &dyn Backend| match (cpu.features(golden), gpu.features(golden)) {
            (Ok(cpu), Ok(gpu)) if all_usable(&gpu, 1, dimension) => cosine(&cpu[0], &gpu[0]) >= AGREEMENT,
            _ => false,
        };
        let gpu = gpu.filter(|gpu| {
            let agrees = agrees(gpu.as_ref());
            if !agrees {
                tracing::warn!(device = gpu.name(), "the GPU does not agree with the CPU and is not used");
            }
            agrees
        });
        Self { cpu, gpu, dimension, gpu_batch: AtomicUsize::new(GPU_BATCH), gpu_left: AtomicBool::new(false) }
    }

    /// The device that the next batch is tried on.
    pub(crate) fn name(&self) -> String {
        self.gpu_in_use().map_or_else(|| self.cpu.name(), |gpu| gpu.name())
    }

    /// One row of features for each photo: all of one length, not all of them finite.
    pub(crate) fn features(&self, batch: &[Prepared]) -> Result<Vec<Vec<f32>>, BackendError> {
        let mut rows = Vec::with_capacity(batch.len());
        while rows.len() < batch.len() {
            let rest = &batch[rows.len()..];
            match self.gpu_in_use() {
                Some(gpu) => {
                    let size = self.gpu_batch.load(Ordering::Relaxed).min(rest.len());
                    match gpu.features(&rest[..size]) {
                        Ok(features) if all_usable(&features, size, self.dimension) => rows.extend(features),
                        Ok(_) => self.leave_gpu("it gave numbers that are not finite, or too few"),
                        Err(BackendError::OutOfMemory(error)) if size > 1 => {
                            tracing::warn!(%error, batch = size / 2, "the GPU's memory is short");
                            self.gpu_batch.fetch_min(size / 2, Ordering::Relaxed);
                        }
                        Err(error) => self.leave_gpu(&error.to_string()),
                    }
                }
                None => rows.extend(self.cpu.features(rest)?),
            }
        }
        Ok(rows)
    }

    fn gpu_in_use(&self) -> Option<&dyn Backend> {
        self.gpu.as_deref().filter(|_| !self.gpu_left.load(Ordering::Relaxed))
    }

    fn leave_gpu(&self, reason: &str) {
        tracing::warn!(reason, "the GPU is not used any more");
        self.gpu_left.store(true, Ordering::Relaxed);
    }
}

fn all_usable(rows: &[Vec<f32>], photos: usize, dimension: usize) -> bool {
    let usable = |row: &Vec<f32>| {
        row.len() == dimension && row.iter().all(|v| v.is_finite()) && row.iter().any(|&v| v != 0.0)
    };
    rows.len() == photos && rows.iter().all(usable)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use likeness_domain::Pixels;

    use super::*;

    /// Gives [1, 2], or what `answer` makes of the number of the call and the size of the batch.
    struct Stub<F>(&'static str, AtomicUsize, F);

    type Answer = Result<Vec<Vec<f32>>, BackendError>;

    impl<F: Fn(usize, usize) -> Answer + Send + Sync> Backend for Stub<F> {
        fn name(&self) -> String {
            self.0.to_owned()
        }

        fn features(&self, batch: &[Prepared]) -> Answer {
            (self.2)(self.1.fetch_add(1, Ordering::Relaxed), batch.len())
        }
    }

    fn good(size: usize) -> Answer {
        Ok(vec![vec![1.0, 2.0]; size])
    }

    fn out_of_memory() -> Answer {
        Err(BackendError::OutOfMemory(candle_core::Error::Msg("CUDA_ERROR_OUT_OF_MEMORY".to_owned())))
    }

    fn photos(count: usize) -> Vec<Prepared> {
        let grey = Pixels::new(1, 1, vec![7; 3]).expect("valid");
        vec![Prepared::squash(&grey, 2); count]
    }

    fn guarded(gpu: impl Fn(usize, usize) -> Answer + Send + Sync + 'static) -> Guarded {
        let cpu = Stub("cpu", AtomicUsize::new(0), |_, size| good(size));
        let gpu = Stub("gpu", AtomicUsize::new(0), gpu);
        Guarded::new(Box::new(cpu), Some(Box::new(gpu)), 2, &photos(1)[0])
    }

    #[test]
    fn a_gpu_that_agrees_is_used() {
        let guarded = guarded(|_, size| good(size));
        assert_eq!(guarded.name(), "gpu");
        assert_eq!(guarded.features(&photos(100)).expect("features").len(), 100);
    }

    #[test]
    fn a_gpu_that_does_not_agree_is_never_used() {
        let answers: [fn(usize) -> Answer; 5] = [
            |size| Ok(vec![vec![2.0, 1.0]; size]),
            |size| Ok(vec![vec![f32::NAN, 2.0]; size]),
            |size| Ok(vec![vec![0.0, 0.0]; size]),
            |_| Ok(Vec::new()),
            |_| out_of_memory(),
        ];
        for answer in answers {
            assert_eq!(guarded(move |_, size| answer(size)).name(), "cpu");
        }
    }

    #[test]
    fn short_memory_halves_the_batch() {
        let largest = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&largest);
        let guarded = guarded(move |_, size| {
            if size > 20 {
                return out_of_memory();
            }
            seen.fetch_max(size, Ordering::Relaxed);
            good(size)
        });
        assert_eq!(guarded.features(&photos(100)).expect("features").len(), 100);
        assert_eq!(largest.load(Ordering::Relaxed), 16);
        assert_eq!(guarded.name(), "gpu");
    }

    #[test]
    fn a_gpu_that_goes_on_failing_is_left_for_the_cpu() {
        let answers: [fn(usize) -> Answer; 4] = [
            |_| out_of_memory(),
            |_| Err(BackendError::Network(candle_core::Error::Msg("lost".to_owned()))),
            |size| Ok(vec![vec![f32::NAN, 1.0]; size]),
            |size| Ok(vec![vec![1.0]; size]),
        ];
        for answer in answers {
            // Call 0 is the golden photo, call 1 the first batch.
            let guarded = guarded(move |call, size| if call < 2 { good(size) } else { answer(size) });
            let rows = guarded.features(&photos(150)).expect("features");
            assert_eq!(rows, vec![vec![1.0, 2.0]; 150]);
            assert_eq!(guarded.name(), "cpu");
        }
    }

    #[test]
    fn drivers_words_for_short_memory_are_understood() {
        for words in ["DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")", "Failed to allocate buffer"]
        {
            assert!(is_out_of_memory(&candle_core::Error::Msg(words.to_owned())), "{words}");
        }
        assert!(!is_out_of_memory(&candle_core::Error::Msg("illegal address".to_owned())));
    }
}
