//! The quick network against one that is written down as it is defined, on odd sizes, bit for bit.

use std::collections::HashMap;

use safetensors::tensor::{TensorView, serialize};

use super::*;

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % below
    }
}

/// Weights, biases and multipliers that leave codes spread over the whole range.
struct Weights {
    i8s: HashMap<String, (Vec<usize>, Vec<i8>)>,
    biases: HashMap<String, Vec<i32>>,
    f32s: HashMap<String, Vec<f32>>,
}

impl Weights {
    fn made_up(architecture: &Architecture) -> Self {
        let mut dice = Dice(77);
        let (mut i8s, mut biases, mut f32s) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (name, shape) in architecture.tensors() {
            let Some(layer) = name.strip_suffix(".weight") else { continue };
            let fan_in: usize = shape[1..].iter().product();
            let weights = (0..fan_in * shape[0]).map(|_| dice.roll(255) as i64 as i8).collect();
            i8s.insert(name.clone(), (shape.clone(), weights));
            biases.insert(
                format!("{layer}.bias"),
                (0..shape[0]).map(|_| dice.roll(20_000) as i32 - 10_000).collect(),
            );
            let spread = 1.0 / (60.0 * (fan_in as f32).sqrt());
            let multiplier = (0..shape[0]).map(|_| spread * (0.5 + dice.roll(1000) as f32 / 1000.0));
            f32s.insert(format!("{layer}.multiplier"), multiplier.collect::<Vec<_>>());
        }
        for (index, block) in architecture.blocks.iter().enumerate() {
            let scale = (0..block.outputs).map(|_| 0.2 + dice.roll(1000) as f32 / 2000.0);
            f32s.insert(format!("blocks.{index}.output.inverse_scale"), scale.collect());
        }
        Self { i8s, biases, f32s }
    }

    fn serialized(&self) -> Vec<u8> {
        let view =
            |dtype, shape: Vec<usize>, bytes| TensorView::new(dtype, shape, bytes).expect("fitting bytes");
        let i8s = self.i8s.iter().map(|(name, (shape, values))| {
            (name, view(Dtype::I8, shape.clone(), bytemuck::cast_slice(values)))
        });
        let biases = self
            .biases
            .iter()
            .map(|(name, values)| (name, view(Dtype::I32, vec![values.len()], bytemuck::cast_slice(values))));
        let f32s = self
            .f32s
            .iter()
            .map(|(name, values)| (name, view(Dtype::F32, vec![values.len()], bytemuck::cast_slice(values))));
        serialize(i8s.chain(biases).chain(f32s), None).expect("serializes")
    }

    /// Multiplied sums of a convolution. `groups` is 1 or the number of channels.
    fn convolve(&self, name: &str, input: &Plane, stride: usize, groups: usize, zero: i32) -> Vec<Vec<f32>> {
        let (shape, weight) = &self.i8s[&format!("{name}.weight")];
        let (bias, multiplier) =
            (&self.biases[&format!("{name}.bias")], &self.f32s[&format!("{name}.multiplier")]);
        let [outputs, inputs, side, _] = shape[..] else { panic!("four dimensions") };
        let [down, across] = [input.size.rows, input.size.columns].map(|l| SamePadding::new(l, side, stride));
        let mut pixels = Vec::new();
        for place in 0..down.output * across.output {
            let (y, x) = (place / across.output, place % across.output);
            let sum = |output: usize| {
                let mut sum = bias[output];
                for index in 0..inputs * side * side {
                    let (i, row, column) = (index / (side * side), index / side % side, index % side);
                    let channel = if groups == 1 { i } else { output };
                    let code = input.get(
                        (y * stride + row).wrapping_sub(down.before),
                        (x * stride + column).wrapping_sub(across.before),
                        channel,
                    );
                    sum += code.unwrap_or(zero) * i32::from(weight[output * inputs * side * side + index]);
                }
                sum as f32 * multiplier[output]
            };
            pixels.push((0..outputs).map(sum).collect());
        }
        pixels
    }

    /// The features of a picture.
    fn features(&self, architecture: &Architecture, photo: &[u8], size: Size) -> Vec<f32> {
        let codes = |pixels: &[Vec<f32>], centre: f32| -> Vec<Vec<i32>> {
            let rounded = |v: &f32| (v.clamp(-centre, 255.0 - centre).round_ties_even() + centre) as i32;
            pixels.iter().map(|pixel| pixel.iter().map(rounded).collect()).collect()
        };
        let mut plane = Plane {
            size,
            pixels: photo.chunks(3).map(|p| p.iter().map(|&b| i32::from(b)).collect()).collect(),
        };
        let mut stream: Vec<Vec<f32>> = Vec::new();
        for (index, block) in architecture.blocks.iter().enumerate() {
            let name = format!("blocks.{index}");
            let hidden = if index == 0 {
                let pixels = self.convolve("stem", &plane, 2, 1, i32::from(PHOTO_CENTRE));
                Plane { size: stem_size(size), pixels: codes(&pixels, 0.0) }
            } else {
                let pixels = self.convolve(&format!("{name}.expand"), &plane, 1, 1, 0);
                Plane { size: plane.size, pixels: codes(&pixels, 0.0) }
            };
            let pixels =
                self.convolve(&format!("{name}.depthwise"), &hidden, block.stride, block.hidden(), 0);
            let [rows, columns] =
                [hidden.size.rows, hidden.size.columns].map(|side| side.div_ceil(block.stride));
            let filtered = Plane { size: Size { rows, columns }, pixels: codes(&pixels, 0.0) };
            let mut numbers = self.convolve(&format!("{name}.project"), &filtered, 1, 1, 0);
            if block.has_residual() {
                for (to, from) in numbers.iter_mut().flatten().zip(stream.iter().flatten()) {
                    *to += from;
                }
            }
            let scale = &self.f32s[&format!("{name}.output.inverse_scale")];
            let scaled: Vec<Vec<f32>> =
                numbers.iter().map(|p| p.iter().zip(scale).map(|(n, s)| n * s).collect()).collect();
            plane = Plane { size: filtered.size, pixels: codes(&scaled, 128.0) };
            stream = numbers;
        }
        let pixels = self.convolve("head", &plane, 1, 1, 0);
        let mut features = vec![0.0; architecture.head];
        for pixel in &pixels {
            features.iter_mut().zip(pixel).for_each(|(total, n)| *total += n.clamp(0.0, 6.0));
        }
        features.iter().map(|total| total / pixels.len() as f32).collect()
    }
}

struct Plane {
    size: Size,
    /// Codes of each pixel's channels.
    pixels: Vec<Vec<i32>>,
}

impl Plane {
    fn get(&self, y: usize, x: usize, channel: usize) -> Option<i32> {
        (y < self.size.rows && x < self.size.columns).then(|| self.pixels[y * self.size.columns + x][channel])
    }
}

/// A file of made-up weights for a network.
pub(crate) fn made_up_quantised(architecture: &Architecture) -> Vec<u8> {
    Weights::made_up(architecture).serialized()
}

fn small_network() -> Architecture {
    let block = |inputs, expansion, kernel, stride, outputs| BlockShape {
        inputs,
        expansion,
        kernel,
        stride,
        outputs,
    };
    Architecture {
        side: 32,
        stem: 10,
        blocks: vec![
            block(10, 1, 3, 1, 6),
            block(6, 3, 5, 1, 6),
            block(6, 5, 3, 2, 24),
            block(24, 6, 3, 1, 24),
            block(24, 2, 5, 2, 9),
            block(9, 7, 5, 1, 40),
        ],
        head: 35,
    }
}

#[test]
fn every_set_of_instructions_gives_the_numbers_of_the_definition() {
    let architecture = small_network();
    let weights = Weights::made_up(&architecture);
    let file = weights.serialized();
    let file = SafeTensors::deserialize(&file).expect("a file");
    let mut dice = Dice(5);
    for (rows, columns) in [(1, 1), (3, 22), (16, 16), (31, 45), (40, 7), (64, 57)] {
        let size = Size { rows, columns };
        let photo: Vec<u8> = (0..rows * columns * COLORS).map(|_| dice.roll(256) as u8).collect();
        let expected = weights.features(&architecture, &photo, size);
        assert!(expected.iter().any(|&feature| feature > 0.0 && feature < 6.0), "{expected:?}");
        for instructions in Instructions::available() {
            let network =
                QuantisedNetwork::load_for(instructions, &architecture, &file).expect("fitting weights");
            let mut features = vec![f32::NAN; architecture.head];
            network.features(&photo, size, &mut features);
            assert_eq!(features, expected, "{instructions:?}, {rows} x {columns}");
        }
    }
}

#[test]
fn weights_of_another_shape_are_refused() {
    let architecture = small_network();
    let file = Weights::made_up(&architecture).serialized();
    let file = SafeTensors::deserialize(&file).expect("a file");
    let other = Architecture { head: 36, ..small_network() };
    assert!(matches!(QuantisedNetwork::load(&other, &file), Err(QuantisedError::Shape { .. })));
    let mut longer = small_network();
    longer.blocks.push(longer.blocks[5]);
    assert!(matches!(
        QuantisedNetwork::load(&longer, &file),
        Err(QuantisedError::Missing(_) | QuantisedError::Shape { .. })
    ));
}
