//! Pixels of our own on their way out: made smaller, and written as PNG. No bytes of strangers come here.

use fast_image_resize::FilterType;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use likeness_domain::Pixels;

use crate::raster::{Model, Raster};

/// The picture with exactly these sides, each at least 1.
pub fn resize(pixels: Pixels, width: u32, height: u32) -> Pixels {
    if (pixels.width(), pixels.height()) == (width, height) {
        return pixels;
    }
    let raster = Raster {
        width: pixels.width(),
        height: pixels.height(),
        model: Model::Rgb,
        samples: pixels.into_rgb(),
    };
    let resized = raster.resized(width.max(1), height.max(1), FilterType::Lanczos3);
    Pixels::new(resized.width, resized.height, resized.samples).expect("three samples for each pixel")
}

/// The picture as a PNG file.
pub fn encode_png(pixels: &Pixels) -> Vec<u8> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, PngFilter::Adaptive)
        .write_image(pixels.rgb(), pixels.width(), pixels.height(), ExtendedColorType::Rgb8)
        .expect("pixels have sides, and a vector takes every byte");
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_from_its_file_as_it_was() {
        let rgb: Vec<u8> = (0..7 * 5 * 3).map(|at| (at * 37 % 256) as u8).collect();
        let pixels = Pixels::new(7, 5, rgb).expect("pixels");
        let png = encode_png(&pixels);
        let read = image::load_from_memory(&png).expect("a picture").into_rgb8();
        assert_eq!((read.width(), read.height(), read.as_raw().as_slice()), (7, 5, pixels.rgb()));
    }

    #[test]
    fn one_colour_stays_that_colour_at_any_size() {
        let pixels = Pixels::new(8, 4, [10, 200, 90].repeat(32)).expect("pixels");
        let small = resize(pixels.clone(), 3, 1);
        assert_eq!((small.width(), small.height(), small.rgb()), (3, 1, &[10, 200, 90].repeat(3)[..]));
        assert_eq!(resize(pixels.clone(), 8, 4), pixels);
    }
}
