//! A stored picture in memory, in the colours the decoder gives it, and how it is made smaller.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// What the samples of a pixel mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// One sample, 0 is black.
    Gray,
    /// Three samples.
    Rgb,
    /// Four samples, 0 is no ink.
    Cmyk,
}

impl Model {
    /// Samples in a pixel.
    pub(crate) fn samples(self) -> usize {
        match self {
            Model::Gray => 1,
            Model::Rgb => 3,
            Model::Cmyk => 4,
        }
    }
}

/// Pixels as stored: not yet upright, in the file's own colour space, 8 bits a sample, row after row.
#[derive(Debug, Clone)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) model: Model,
    pub(crate) samples: Vec<u8>,
}

impl Raster {
    /// The picture with each side divided by two `halvings` times, rounded up: every new pixel is the mean of those it
    /// covers, as libjpeg's scaled decoding does it, so that all formats look alike to a model.
    pub(crate) fn reduced(self, halvings: u32) -> Self {
        if halvings == 0 {
            return self;
        }
        let width = self.width.div_ceil(1 << halvings);
        let height = self.height.div_ceil(1 << halvings);
        self.resized(width, height, FilterType::Box)
    }

    /// The picture with exactly these sides.
    pub(crate) fn resized(&self, width: u32, height: u32, filter: FilterType) -> Self {
        let kind = match self.model {
            Model::Gray => PixelType::U8,
            Model::Rgb => PixelType::U8x3,
            Model::Cmyk => PixelType::U8x4,
        };
        let from = ImageRef::new(self.width, self.height, &self.samples, kind)
            .expect("a raster has as many samples as its size says");
        let mut to = Image::new(width, height, kind);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
        Resizer::new().resize(&from, &mut to, &options).expect("both pictures have the same kind of pixels");
        Self { width, height, model: self.model, samples: to.into_vec() }
    }

    /// The picture with its long side at most `long_side`; never enlarged.
    pub(crate) fn fitted(&self, long_side: u32) -> Option<Self> {
        let long = self.width.max(self.height);
        if long <= long_side {
            return None;
        }
        let scaled = |side: u32| {
            ((f64::from(side) * f64::from(long_side) / f64::from(long)).round() as u32).clamp(1, long_side)
        };
        Some(self.resized(scaled(self.width), scaled(self.height), FilterType::CatmullRom))
    }
}

/// Puts pixels with alpha on white, which is what paper, most viewers and Likeness's reference have behind pictures.
/// `rgba` has four samples a pixel, alpha not yet multiplied in.
pub(crate) fn over_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        let blend = |sample: u8| ((u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        rgb.extend([blend(pixel[0]), blend(pixel[1]), blend(pixel[2])]);
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_means_the_mean() {
        let raster = Raster {
            width: 4,
            height: 2,
            model: Model::Gray,
            samples: vec![0, 100, 10, 10, 100, 200, 10, 10],
        };
        let reduced = raster.reduced(1);
        assert_eq!((reduced.width, reduced.height, reduced.samples), (2, 1, vec![100, 10]));
    }

    #[test]
    fn transparent_is_white_and_opaque_stays() {
        assert_eq!(over_white(&[9, 9, 9, 0, 1, 2, 3, 255]), [255, 255, 255, 1, 2, 3]);
    }
}
