//! The small picture by which near-duplicates are told, made from an upright sRGB one.

use fast_image_resize::FilterType;
use likeness_domain::SmallPicture;

use crate::raster::Raster;

/// Squashed to a square; each number is the mean of what it covers. Pictures with fewer pixels are enlarged.
pub(crate) fn small_picture(raster: &Raster) -> SmallPicture {
    let (side, color_side) = (SmallPicture::SIDE as u32, SmallPicture::COLOR_SIDE as u32);
    let enlarged = raster.width < side || raster.height < side;
    let filter = if enlarged { FilterType::Bilinear } else { FilterType::Box };
    let square = raster.resized(side, side, filter);
    let tiny = square.resized(color_side, color_side, FilterType::Box);
    let mut bytes = Vec::with_capacity(SmallPicture::BYTES);
    bytes.extend(weighted(&square, 0.0, [0.299, 0.587, 0.114]));
    bytes.extend(weighted(&tiny, 128.0, [-0.168_736, -0.331_264, 0.5]));
    bytes.extend(weighted(&tiny, 128.0, [0.5, -0.418_688, -0.081_312]));
    SmallPicture::from_bytes(bytes).expect("the sides are those of a small picture")
}

fn weighted(raster: &Raster, offset: f32, weights: [f32; 3]) -> impl Iterator<Item = u8> {
    raster.samples.chunks_exact(3).map(move |pixel| {
        let sum: f32 = pixel.iter().zip(weights).map(|(&sample, weight)| f32::from(sample) * weight).sum();
        (offset + sum).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Model;

    #[test]
    fn brightness_and_colour_are_means_of_what_they_cover() {
        // Left half red, right half grey; 640 x 320.
        let pixel = |x: u32| if x < 320 { [255, 0, 0] } else { [100, 100, 100] };
        let samples = (0..320).flat_map(|_| (0..640).flat_map(pixel)).collect();
        let small = small_picture(&Raster { width: 640, height: 320, model: Model::Rgb, samples });
        let row = &small.luma()[64 * 63..];
        assert!(row[..32].iter().all(|&luma| luma == 76) && row[32..].iter().all(|&luma| luma == 100));
        assert_eq!((small.blue()[0], small.red()[3]), (85, 255));
        assert_eq!((small.blue()[4], small.red()[63]), (128, 128));
    }

    #[test]
    fn a_tiny_picture_is_enlarged() {
        let raster = Raster { width: 2, height: 1, model: Model::Rgb, samples: vec![0, 0, 0, 255, 255, 255] };
        let small = small_picture(&raster);
        assert_eq!((small.luma()[0], small.luma()[63]), (0, 255));
        assert!(small.luma()[..64].is_sorted());
    }
}
