//! The network: a square of pixels in, 1280 features out, as candle modules.
//!
//! [`plain`] is made of candle's own operators and runs on every device; [`fused`] runs on the CPU, many times quicker,
//! and gives the same numbers. Both take pictures as `[photos, rows, columns, 3]`, normalised, and give
//! `[photos, features]`. [`quantised`] runs on the CPU in whole numbers, takes a photo's bytes, and gives features near
//! theirs. Nothing here knows of files, photos or devices to choose from.

mod accumulate;
mod architecture;
mod block;
mod depthwise;
mod fused;
mod matrix;
mod plain;
mod quantised;
mod simd;

pub(crate) use architecture::Architecture;
pub(crate) use block::Size;
pub(crate) use fused::FusedNetwork;
pub(crate) use plain::PlainNetwork;
pub(crate) use quantised::{QuantisedNetwork, multiplies_bytes};
