//! A 64-bit hash of a picture's coarse structure: copies that were resized or saved again differ in a few bits.
//!
//! After Zauner's pHash (2010): the grey picture at 32 x 32, its discrete cosine transform, the 8 x 8 lowest
//! frequencies without the constant row and column. A bit is the sign of its coefficient instead of the comparison
//! with the median: then mirroring and turning the picture flips or swaps bits exactly, and all eight symmetries of a
//! picture can be looked up from one stored hash.

use std::f32::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::FilterType;

use crate::raster::Raster;

/// Pixels in a side of the grey picture.
const SIDE: usize = 32;
/// Frequencies in each direction.
const FREQUENCIES: usize = 8;

/// `COSINES[k][x]`: the (k + 1)-th cosine at pixel x.
static COSINES: LazyLock<[[f32; SIDE]; FREQUENCIES]> = LazyLock::new(|| {
    std::array::from_fn(|k| {
        std::array::from_fn(|x| (PI * (k as f32 + 1.0) * (2 * x + 1) as f32 / (2 * SIDE) as f32).cos())
    })
});

/// The hash of an upright sRGB picture. Bit `8 v + u` is the sign of the coefficient with `u + 1` half waves across and
/// `v + 1` down; a picture without any structure gives 0.
pub(crate) fn perceptual_hash(raster: &Raster) -> u64 {
    let small = raster.resized(SIDE as u32, SIDE as u32, FilterType::Box);
    let gray: Vec<f32> = small.samples.chunks_exact(3).map(luma).collect();
    let across: Vec<[f32; FREQUENCIES]> = gray
        .chunks_exact(SIDE)
        .map(|row| COSINES.map(|cosine| row.iter().zip(cosine).map(|(gray, cosine)| gray * cosine).sum()))
        .collect();
    let mut hash = 0;
    for (v, cosine) in COSINES.iter().enumerate() {
        for u in 0..FREQUENCIES {
            let coefficient: f32 = across.iter().zip(cosine).map(|(row, cosine)| row[u] * cosine).sum();
            // Flat pictures leave only rounding errors, far below one grey level of structure.
            hash |= u64::from(coefficient > 1.0) << (FREQUENCIES * v + u);
        }
    }
    hash
}

/// Brightness by ITU-R BT.601, in sRGB's own steps.
fn luma(pixel: &[u8]) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Model;

    /// A smooth made-up scene, sampled at any size.
    fn scene(width: u32, height: u32, color: impl Fn(f32, f32) -> f32) -> Raster {
        let samples = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                let value = color((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
                [(value * 255.0) as u8; 3]
            })
            .collect();
        Raster { width, height, model: Model::Rgb, samples }
    }

    fn waves(x: f32, y: f32) -> f32 {
        0.5 + 0.2 * (9.0 * x + 2.0 * y * y).sin() + 0.2 * (7.0 * y - 5.0 * x * x + 1.0).cos()
    }

    #[test]
    fn another_size_has_nearly_the_same_hash() {
        let hash = perceptual_hash(&scene(400, 300, waves));
        let smaller = perceptual_hash(&scene(93, 70, waves));
        assert!((hash ^ smaller).count_ones() <= 4, "{hash:064b} {smaller:064b}");
        let other = perceptual_hash(&scene(400, 300, |x, y| waves(y, 1.0 - x * x)));
        assert!((hash ^ other).count_ones() >= 16, "{hash:064b} {other:064b}");
    }

    #[test]
    fn mirroring_flips_every_odd_frequency() {
        let hash = perceptual_hash(&scene(256, 256, waves));
        let mirrored = perceptual_hash(&scene(256, 256, |x, y| waves(1.0 - x, y)));
        let odd_frequencies = 0x5555_5555_5555_5555;
        assert!((hash ^ mirrored ^ odd_frequencies).count_ones() <= 3, "{:064b}", hash ^ mirrored);
    }

    #[test]
    fn a_flat_picture_has_no_structure() {
        assert_eq!(perceptual_hash(&scene(50, 40, |_, _| 0.7)), 0);
    }
}
