//! The quick network against one that is written down as it is defined, on odd sizes, bit for bit.

use std::collections::HashMap;

use safetensors::Dtype;
use safetensors::tensor::{TensorView, serialize};

use super::super::architecture::Architecture;
use super::*;
use crate::weights::WeightsError;

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

/// Stored weights that leave codes spread over the whole range.
struct MadeUp {
    architecture: Architecture,
    stored: HashMap<String, (Vec<usize>, Stored)>,
}

/// The scale of the codes that each convolution's outputs become: that of the next one's inputs. None for numbers.
fn output_codes(architecture: &Architecture, name: &str) -> Option<String> {
    let (block, layer) = name.rsplit_once('.').unwrap_or(("blocks.0", name));
    match layer {
        "stem" | "expand" => Some(format!("{block}.depthwise")),
        "depthwise" => Some(format!("{block}.project")),
        "project" => {
            let index: usize =
                block.rsplit_once('.').and_then(|(_, index)| index.parse().ok()).expect("a block");
            let more = index + 1 < architecture.blocks.len();
            Some(if more { format!("blocks.{}.expand", index + 1) } else { "head".to_owned() })
        }
        _ => None,
    }
}

impl MadeUp {
    fn of(architecture: Architecture) -> Self {
        let mut dice = Dice(77);
        let mut part = |least: f32, most: f32| least + (most - least) * dice.roll(1000) as f32 / 1000.0;
        let mut stored: HashMap<String, (Vec<usize>, Stored)> = HashMap::new();
        // From the last to the first: what a convolution gives has the scale of the next one's inputs.
        let convolutions = architecture.convolutions();
        for convolution in convolutions.iter().rev() {
            let [outputs, inputs, rows, columns] = convolution.weight;
            let fan_in = inputs * rows * columns;
            let of_blocks = convolution.name.ends_with("expand") || convolution.name == "head";
            let (least, most) = if of_blocks { (1.4, 5.0) } else { (0.5, 1.5) };
            let input_scale = (0..convolution.inputs).map(|_| part(least, most)).collect();
            let weight = (0..outputs * fan_in).map(|_| part(-127.0, 128.0) as i8).collect();
            let codes = output_codes(&architecture, &convolution.name)
                .filter(|_| !convolution.name.ends_with("project"))
                .map_or(vec![1.0; outputs], |name| stored[&name].1.input_scale.clone());
            let spread = 1.0 / (60.0 * (fan_in as f32).sqrt());
            let scale: Vec<f32> = codes.iter().map(|code| code * spread * part(0.5, 1.5)).collect();
            let bias = scale.iter().map(|scale| scale * part(-10_000.0, 10_000.0)).collect();
            let numbers = Stored { weight, scale, input_scale, bias };
            stored.insert(convolution.name.clone(), (convolution.weight.to_vec(), numbers));
        }
        Self { architecture, stored }
    }

    fn serialized(&self) -> Vec<u8> {
        let numbers = |name: &str, shape: Vec<usize>, values: &[f32]| {
            let bytes = bytemuck::cast_slice(values).to_vec();
            (name.to_owned(), Dtype::F32, shape, bytes)
        };
        let mut tensors = vec![
            numbers(
                "projection.weight",
                vec![2, self.architecture.head],
                &vec![0.5; 2 * self.architecture.head],
            ),
            numbers("projection.bias", vec![2], &[0.0, 1.0]),
            numbers("code_threshold", vec![2], &[0.0, 1.0]),
        ];
        for (name, (shape, stored)) in &self.stored {
            let weight = bytemuck::cast_slice(&stored.weight).to_vec();
            tensors.push((format!("{name}.weight"), Dtype::I8, shape.clone(), weight));
            let rows =
                [("scale", &stored.scale), ("input_scale", &stored.input_scale), ("bias", &stored.bias)];
            for (kind, values) in rows {
                tensors.push(numbers(&format!("{name}.{kind}"), vec![values.len()], values));
            }
        }
        let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
            (name, TensorView::new(*dtype, shape.clone(), bytes).expect("fitting bytes"))
        });
        serialize(views, None).expect("serializes")
    }

    fn weights(&self) -> Weights {
        Weights::check(&self.serialized(), self.architecture.clone(), 2).expect("fitting weights")
    }

    /// Multiplied sums of a convolution. `groups` is 1 or the number of channels.
    fn convolve(&self, name: &str, input: &Plane, stride: usize, zero: i32) -> Vec<Vec<f32>> {
        let (shape, stored) = &self.stored[name];
        let codes = output_codes(&self.architecture, name).filter(|_| !name.ends_with("project"));
        let codes = codes.map(|name| &self.stored[&name].1.input_scale);
        let [outputs, inputs, side, _] = shape[..] else { panic!("four dimensions") };
        let grouped = inputs < stored.input_scale.len();
        let [down, across] = [input.size.rows, input.size.columns].map(|l| SamePadding::new(l, side, stride));
        let mut pixels = Vec::new();
        for place in 0..down.output * across.output {
            let (y, x) = (place / across.output, place % across.output);
            let sum = |output: usize| {
                let mut sum = (stored.bias[output] / stored.scale[output]).round_ties_even() as i32;
                for index in 0..inputs * side * side {
                    let (i, row, column) = (index / (side * side), index / side % side, index % side);
                    let channel = if grouped { output } else { i };
                    let code = input.get(
                        (y * stride + row).wrapping_sub(down.before),
                        (x * stride + column).wrapping_sub(across.before),
                        channel,
                    );
                    let weight = i32::from(stored.weight[output * inputs * side * side + index]);
                    sum += (code.unwrap_or(zero) - zero) * weight;
                }
                let scale = f64::from(stored.scale[output]);
                sum as f32 * codes.map_or(scale, |codes| scale / f64::from(codes[output])) as f32
            };
            pixels.push((0..outputs).map(sum).collect());
        }
        pixels
    }

    /// The features of a picture.
    fn features(&self, photo: &[u8], size: Size) -> Vec<f32> {
        let architecture = &self.architecture;
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
                let pixels = self.convolve("stem", &plane, 2, i32::from(PHOTO_CENTRE));
                Plane { size: stem_size(size), pixels: codes(&pixels, 0.0) }
            } else {
                let pixels = self.convolve(&format!("{name}.expand"), &plane, 1, 128);
                Plane { size: plane.size, pixels: codes(&pixels, 0.0) }
            };
            let pixels = self.convolve(&format!("{name}.depthwise"), &hidden, block.stride, 0);
            let [rows, columns] =
                [hidden.size.rows, hidden.size.columns].map(|side| side.div_ceil(block.stride));
            let filtered = Plane { size: Size { rows, columns }, pixels: codes(&pixels, 0.0) };
            let mut numbers = self.convolve(&format!("{name}.project"), &filtered, 1, 0);
            if block.has_residual() {
                for (to, from) in numbers.iter_mut().flatten().zip(stream.iter().flatten()) {
                    *to += from;
                }
            }
            let next = output_codes(architecture, &format!("{name}.project")).expect("a next convolution");
            let scale: Vec<f32> =
                self.stored[&next].1.input_scale.iter().map(|&s| (1.0 / f64::from(s)) as f32).collect();
            let scaled: Vec<Vec<f32>> =
                numbers.iter().map(|p| p.iter().zip(&scale).map(|(n, s)| n * s).collect()).collect();
            plane = Plane { size: filtered.size, pixels: codes(&scaled, 128.0) };
            stream = numbers;
        }
        let pixels = self.convolve("head", &plane, 1, 128);
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
    let made_up = MadeUp::of(small_network());
    let weights = made_up.weights();
    let mut dice = Dice(5);
    for (rows, columns) in [(1, 1), (3, 22), (16, 16), (31, 45), (40, 7), (64, 57)] {
        let size = Size { rows, columns };
        let photo: Vec<u8> = (0..rows * columns * COLORS).map(|_| dice.roll(256) as u8).collect();
        let expected = made_up.features(&photo, size);
        assert!(expected.iter().any(|&feature| feature > 0.0 && feature < 6.0), "{expected:?}");
        for instructions in Instructions::available() {
            let network = QuantisedNetwork::load_for(instructions, &weights);
            let mut features = vec![f32::NAN; expected.len()];
            network.features(&photo, size, &mut features);
            assert_eq!(features, expected, "{instructions:?}, {rows} x {columns}");
        }
    }
}

#[test]
fn real_weights_are_those_that_the_whole_numbers_stand_for() {
    let made_up = MadeUp::of(small_network());
    let real = made_up.weights().real(&candle_core::Device::Cpu).expect("tensors");
    for convolution in made_up.architecture.convolutions() {
        let Stored { weight, scale, input_scale, .. } = &made_up.stored[&convolution.name].1;
        let tensor = real.get(convolution.weight.to_vec(), &format!("{}.weight", convolution.name));
        let tensor = tensor.and_then(|tensor| tensor.flatten_all()?.to_vec1::<f32>()).expect("a tensor");
        let [outputs, inputs, rows, columns] = convolution.weight;
        for (index, real) in tensor.into_iter().enumerate() {
            let (output, input) = (index / (inputs * rows * columns), index / (rows * columns) % inputs);
            let input = if convolution.inputs == inputs { input } else { output };
            let expected = f32::from(weight[index]) * scale[output] / input_scale[input];
            assert_eq!(real, expected, "{} of {outputs} outputs, at {index}", convolution.name);
        }
    }
}

#[test]
fn weights_of_another_shape_are_refused() {
    let file = MadeUp::of(small_network()).serialized();
    let refused = |architecture, dimension| Weights::check(&file, architecture, dimension);
    let other = Architecture { head: 36, ..small_network() };
    assert!(matches!(refused(other, 2), Err(WeightsError::Shape { .. })));
    assert!(matches!(refused(small_network(), 3), Err(WeightsError::Shape { .. })));
    let mut longer = small_network();
    longer.blocks.push(longer.blocks[5]);
    assert!(matches!(refused(longer, 2), Err(WeightsError::Missing(_) | WeightsError::Shape { .. })));
    assert!(matches!(Weights::check(b"other", small_network(), 2), Err(WeightsError::Safetensors(_))));
}

#[test]
fn a_weight_that_has_no_opposite_is_refused() {
    let mut made_up = MadeUp::of(small_network());
    let (_, head) = made_up.stored.get_mut("head").expect("a head");
    head.weight[3] = i8::MIN;
    let refused = Weights::check(&made_up.serialized(), small_network(), 2);
    assert!(matches!(refused, Err(WeightsError::Numbers(name)) if name == "head.weight"));
}
