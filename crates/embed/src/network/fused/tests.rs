//! Our operators against candle's own, on shapes that fill no vector and sizes that fit no tile.

use std::collections::HashMap;

use candle_core::{DType, Device};

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

#[test]
fn a_block_does_what_candles_convolutions_do() {
    with_each_instruction_set(check_blocks);
}

fn check_blocks() {
    // Channels that fill no vector, kernels of 3, 5 and 7, pictures smaller than the kernel, uneven padding.
    let blocks = [
        BlockShape { inputs: 16, expansion: 6, kernel: 3, stride: 2, outputs: 24 },
        BlockShape { inputs: 24, expansion: 6, kernel: 5, stride: 1, outputs: 24 },
        BlockShape { inputs: 7, expansion: 3, kernel: 5, stride: 2, outputs: 10 },
        BlockShape { inputs: 9, expansion: 1, kernel: 3, stride: 1, outputs: 9 },
        BlockShape { inputs: 3, expansion: 2, kernel: 7, stride: 3, outputs: 5 },
    ];
    for shape in blocks {
        let BlockShape { inputs, kernel, outputs, .. } = shape;
        let hidden = shape.hidden();
        let weights = weights(&[
            ("expand.weight", &[hidden, inputs, 1, 1]),
            ("expand.bias", &[hidden]),
            ("depthwise.weight", &[hidden, 1, kernel, kernel]),
            ("depthwise.bias", &[hidden]),
            ("project.weight", &[outputs, hidden, 1, 1]),
            ("project.bias", &[outputs]),
        ]);
        let fused = FusedBlock::load(&shape, weights.clone()).expect("fitting weights");
        let plain = PlainBlock::load(&shape, weights).expect("fitting weights");
        for (rows, columns) in [(1, 1), (2, 9), (7, 7), (13, 30), (61, 47), (3, 300)] {
            let pictures = noise(&[2, rows, columns, inputs], 99);
            let a = pictures.apply_op1_no_bwd(&fused).expect("fused");
            let b = plain.forward(&to_nchw(&pictures)).expect("plain");
            assert_close(&to_nchw(&a), &b);
        }
    }
}

#[test]
fn stem_and_head_do_what_candles_convolutions_do() {
    with_each_instruction_set(check_stem_and_head);
}

fn check_stem_and_head() {
    for outputs in [5, 32, 70] {
        let stem = weights(&[("weight", &[outputs, 3, 3, 3]), ("bias", &[outputs])]);
        let fused = Stem::load(outputs, stem.clone()).expect("fitting weights");
        let plain = Convolution::load(stem, 3, outputs, 3, 2, 1).expect("fitting weights");
        let head = weights(&[("weight", &[outputs, 3, 1, 1]), ("bias", &[outputs])]);
        let fused_head = Head::load(3, outputs, head.clone()).expect("fitting weights");
        let plain_head = Convolution::load(head, 3, outputs, 1, 1, 1).expect("fitting weights");
        for (rows, columns) in [(1, 1), (2, 3), (15, 8), (33, 64)] {
            let pictures = noise(&[2, rows, columns, 3], 7);
            let a = pictures.apply_op1_no_bwd(&fused).expect("fused");
            let b = plain.forward(&to_nchw(&pictures)).and_then(|x| relu6(&x)).expect("plain");
            assert_close(&to_nchw(&a), &b);
            let a = pictures.apply_op1_no_bwd(&fused_head).expect("fused");
            let b = plain_head.forward(&to_nchw(&pictures)).and_then(|x| relu6(&x)).expect("plain");
            assert_close(&a, &b.mean((2, 3)).expect("mean"));
        }
    }
}

#[test]
fn the_whole_network_does_what_candles_convolutions_do() {
    let lite0 = Architecture::of_family("efficientnet-lite0").expect("known");
    let tensors = lite0.tensors();
    let shapes: Vec<_> = tensors.iter().map(|(name, shape)| (name.as_str(), shape.as_slice())).collect();
    // Weights near 0, so that ReLU6 cuts some numbers and not all.
    let tensors: HashMap<_, _> = shapes
        .iter()
        .enumerate()
        .map(|(seed, (name, shape))| {
            let fan_in = shape[1..].iter().product::<usize>().max(1) as f64;
            let scale = (3.0 / fan_in).sqrt();
            ((*name).to_owned(), (noise(shape, seed as u64 + 1) * scale).expect("scaled"))
        })
        .collect();
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let fused = FusedNetwork::load(&lite0, weights.clone()).expect("fitting weights");
    let plain = PlainNetwork::load(&lite0, weights).expect("fitting weights");
    let pictures = noise(&[2, 65, 47, 3], 3);
    let [a, b] = [&fused as &dyn Module, &plain].map(|n| n.forward(&pictures).expect("runs"));
    assert_close(&a, &b);
}

#[test]
fn pictures_with_other_channels_are_refused() {
    let stem = weights(&[("weight", &[4, 3, 3, 3]), ("bias", &[4])]);
    let stem = Stem::load(4, stem).expect("fitting weights");
    assert!(noise(&[1, 8, 8, 4], 1).apply_op1_no_bwd(&stem).is_err());
}
