//! The small pictures that are kept of a photo, each made from the next larger one.

use fast_image_resize::FilterType;
use likeness_domain::SmallPicture;

use crate::DecodeError;
use crate::jpeg;
use crate::perceptual_hash::perceptual_hash;
use crate::quality::sharpness;
use crate::raster::Raster;
use crate::small_picture::small_picture;
use crate::wire::Thumbnails;

/// Long sides in pixels.
const LARGE: u32 = 512;
const SMALL: u32 = 256;
/// ThumbHash takes at most 100 pixels a side and keeps a handful of frequencies.
const PREVIEW: u32 = 48;
/// Quality of JPEG at which thumbnails of photos show no blocks at the size they are seen.
const QUALITY: i32 = 80;

/// A picture no more than a little smaller than the large thumbnail will do for it: at 1/8, a 12-megapixel photo has
/// 500 pixels in its long side, and decoding it at 1/4 takes noticeably longer.
pub(crate) const ENOUGH_FOR_LARGE: u32 = LARGE * 9 / 10;

/// Thumbnails, ThumbHash, perceptual hash, small picture and sharpness.
pub(crate) struct Small {
    pub(crate) thumbnails: Thumbnails,
    pub(crate) preview: Vec<u8>,
    pub(crate) perceptual_hash: u64,
    pub(crate) small_picture: SmallPicture,
    pub(crate) sharpness: f32,
}

/// Makes them from an upright sRGB picture.
pub(crate) fn make(raster: &Raster) -> Result<Small, DecodeError> {
    let fitted = raster.fitted(LARGE);
    let large = fitted.as_ref().unwrap_or(raster);
    let large_jpeg = jpeg::encode(large, QUALITY)?;
    let fitted = large.fitted(SMALL);
    let (small, small_jpeg) = match &fitted {
        Some(small) => (small, jpeg::encode(small, QUALITY)?),
        None => (large, large_jpeg.clone()),
    };
    Ok(Small {
        preview: thumb_hash(small),
        perceptual_hash: perceptual_hash(small),
        small_picture: small_picture(small),
        sharpness: sharpness(large),
        thumbnails: Thumbnails { small: small_jpeg, large: large_jpeg },
    })
}

fn thumb_hash(raster: &Raster) -> Vec<u8> {
    let long = raster.width.max(raster.height).max(PREVIEW);
    let scaled = |side: u32| (side * PREVIEW / long).max(1);
    let tiny = raster.resized(scaled(raster.width), scaled(raster.height), FilterType::Box);
    let rgba: Vec<u8> = tiny.samples.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    thumbhash::rgba_to_thumb_hash(tiny.width as usize, tiny.height as usize, &rgba)
}
