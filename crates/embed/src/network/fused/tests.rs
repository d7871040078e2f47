//! Our operators against candle's own, on shapes that fill no vector and sizes that fit no tile.

use std::collections::HashMap;

use candle_core::{DType, Device};

use super::super::architecture::BlockShape;
use super::super::block::flat;
use super::super::plain::{Convolution, PlainBlock, PlainNetwork, relu6};
use super::super::simd::testing::with_each_instruction_set;
use super::*;

/// Tensors of a given shape with numbers that look random, the same each time.
fn noise(shape: &[usize], seed: u64) -> Tensor {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let values = (0..shape.iter().product::<usize>()).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    });
    Tensor::from_iter(values, &Device::Cpu).and_then(|t| t.reshape(shape)).expect("a tensor")
}

fn weights(tensors: &[(&str, &[usize])]) -> VarBuilder<'static> {
    let tensors: HashMap<_, _> = tensors
        .iter()
        .enumerate()
        .map(|(seed, (name, shape))| ((*name).to_owned(), noise(shape, seed as u64 + 1)))
        .collect();
    VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu)
}

fn to_nchw(nhwc: &Tensor) -> Tensor {
    nhwc.permute((0, 3, 1, 2)).and_then(|t| t.contiguous()).expect("four dimensions")
}

fn assert_close(fused: &Tensor, plain: &Tensor) {
    assert_eq!(fused.dims(), plain.dims());
    let [fused, plain] = [fused, plain].map(|t| flat(t).expect("numbers"));
    let largest = plain.iter().fold(1f32, |largest, v| largest.max(v.abs()));
    for (index, (a, b)) in fused.iter().zip(&plain).enumerate() {
        assert!((a - b).abs() <= 1e-5 * largest, "at {index}: {a} is not {b} (largest {largest})");
    }
}

/// Sizes that fit no tile, pictures smaller than the kernel, uneven padding.
const SIZES: [(usize, usize); 6] = [(1, 1), (2, 9), (7, 7), (13, 30), (61, 47), (3, 300)];

/// Runs a block on each of two pictures.
fn run_block(block: &FusedBlock, pictures: &Tensor) -> Tensor {
    let (photos, rows, columns, _) = pictures.dims4().expect("four dimensions");
    let size = Size { rows, columns };
    let output = block.output_size(size);
    let mut scratch = Scratch::default();
    let mut all = Vec::new();
    for photo in flat(pictures).expect("numbers").chunks_exact(pictures.elem_count() / photos) {
        let mut picture = vec![f32::NAN; output.pixels() * block.outputs()];
        block.run(photo, size, &mut picture, &mut scratch);
        all.extend(picture);
    }
    Tensor::from_vec(all, (photos, output.rows, output.columns, block.outputs()), &Device::Cpu)
        .expect("a tensor")
}

fn block_weights(shape: &BlockShape, stem: usize) -> VarBuilder<'static> {
    let BlockShape { inputs, kernel, outputs, .. } = *shape;
    let hidden = shape.hidden();
    weights(&[
        ("stem.weight", &[stem, 3, 3, 3]),
        ("stem.bias", &[stem]),
        ("expand.weight", &[hidden, inputs, 1, 1]),
        ("expand.bias", &[hidden]),
        ("depthwise.weight", &[hidden, 1, kernel, kernel]),
        ("depthwise.bias", &[hidden]),
        ("project.weight", &[outputs, hidden, 1, 1]),
        ("project.bias", &[outputs]),
    ])
}

#[test]
fn a_block_does_what_candles_convolutions_do() {
    with_each_instruction_set(check_blocks);
}

fn check_blocks() {
    // Channels that fill no vector; kernels of 3, 5 and 7.
    let blocks = [
        BlockShape { inputs: 16, expansion: 6, kernel: 3, stride: 2, outputs: 24 },
        BlockShape { inputs: 24, expansion: 6, kernel: 5, stride: 1, outputs: 24 },
        BlockShape { inputs: 7, expansion: 3, kernel: 5, stride: 2, outputs: 70 },
        BlockShape { inputs: 3, expansion: 2, kernel: 7, stride: 3, outputs: 5 },
    ];
    for shape in blocks {
        let weights = block_weights(&shape, 1);
        let widen = Widen::expand(&shape, weights.clone()).expect("fitting weights");
        let fused = FusedBlock::load(&shape, widen, weights.clone()).expect("fitting weights");
        let plain = PlainBlock::load(&shape, weights).expect("fitting weights");
        for (rows, columns) in SIZES {
            let pictures = noise(&[2, rows, columns, shape.inputs], 99);
            let b = plain.forward(&to_nchw(&pictures)).expect("plain");
            assert_close(&to_nchw(&run_block(&fused, &pictures)), &b);
        }
    }
}

#[test]
fn the_stem_and_its_block_do_what_candles_convolutions_do() {
    with_each_instruction_set(check_stem);
}

fn check_stem() {
    for (inputs, stride) in [(5, 1), (32, 1), (70, 2)] {
        let shape = BlockShape { inputs, expansion: 1, kernel: 3, stride, outputs: 9 };
        let weights = block_weights(&shape, inputs);
        let widen = Widen::Stem(Stem::load(inputs, weights.pp("stem")).expect("fitting weights"));
        let fused = FusedBlock::load(&shape, widen, weights.clone()).expect("fitting weights");
        let stem = Convolution::load(weights.pp("stem"), 3, inputs, 3, 2, 1).expect("fitting weights");
        let plain = PlainBlock::load(&shape, weights).expect("fitting weights");
        for (rows, columns) in SIZES {
            let pictures = noise(&[2, rows, columns, 3], 7);
            let b =
                stem.forward(&to_nchw(&pictures)).and_then(|x| plain.forward(&relu6(&x)?)).expect("plain");
            assert_close(&to_nchw(&run_block(&fused, &pictures)), &b);
        }
    }
}

#[test]
fn the_head_does_what_candles_convolution_does() {
    with_each_instruction_set(check_head);
}

fn check_head() {
    for outputs in [5, 32, 70] {
        let weights = weights(&[("weight", &[outputs, 9, 1, 1]), ("bias", &[outputs])]);
        let fused = Head::load(9, outputs, weights.clone()).expect("fitting weights");
        let plain = Convolution::load(weights, 9, outputs, 1, 1, 1).expect("fitting weights");
        for (rows, columns) in SIZES {
            let picture = noise(&[1, rows, columns, 9], 7);
            let mut means = vec![0.0; outputs];
            let size = Size { rows, columns };
            fused.run(&flat(&picture).expect("numbers"), size, &mut means, &mut Aligned::default());
            let b = plain.forward(&to_nchw(&picture)).and_then(|x| relu6(&x)).expect("plain");
            let a = Tensor::from_vec(means, (1, outputs), &Device::Cpu).expect("a tensor");
            assert_close(&a, &b.mean((2, 3)).expect("mean"));
        }
    }
}

#[test]
fn the_whole_network_does_what_candles_convolutions_do() {
    let lite2 = Architecture::of_family("efficientnet-lite2").expect("known");
    // Weights near 0, so that ReLU6 cuts some numbers and not all.
    let mut tensors = HashMap::new();
    for (seed, convolution) in lite2.convolutions().into_iter().enumerate() {
        let [outputs, inputs, rows, columns] = convolution.weight;
        let scale = (3.0 / (inputs * rows * columns) as f64).sqrt();
        let weight = (noise(&convolution.weight, seed as u64 + 1) * scale).expect("scaled");
        tensors.insert(format!("{}.weight", convolution.name), weight);
        tensors.insert(format!("{}.bias", convolution.name), noise(&[outputs], seed as u64 + 501));
    }
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let plain = PlainNetwork::load(&lite2, weights.clone()).expect("fitting weights");
    let pictures = noise(&[2, 65, 47, 3], 3);
    let expected = plain.forward(&pictures).expect("runs");
    with_each_instruction_set(|| {
        let fused = FusedNetwork::load(&lite2, weights.clone()).expect("fitting weights");
        assert_close(&fused.forward(&pictures).expect("runs"), &expected);
        let wrong = noise(&[1, 8, 8, 4], 1);
        assert!(fused.forward(&wrong).is_err(), "four channels");
    });
}
