//! PNG, WebP, GIF, BMP and TIFF, by the `image` crate. Animations show their first frame; alpha is put on white.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::LimitErrorKind;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits};
use likeness_domain::PictureFormat;

use crate::DecodeError;
use crate::error::one_line;
use crate::exif::Exif;
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::picture::{Picture, Profile};
use crate::raster::{Model, Raster, over_white};
use crate::tiff::Tiff;

/// Bytes of decoded samples. These decoders only know whole pictures, so this bounds the size of what they show:
/// 357 million pixels of ordinary RGB, half as many of 16-bit.
const MOST_BYTES: u64 = 1 << 30;
/// A profile or EXIF block beyond this is not a photo's.
const MOST_METADATA_BYTES: usize = 8 << 20;

/// Decodes a whole file.
pub(crate) fn decode(bytes: &[u8], format: PictureFormat, needed: &Needed) -> Result<Picture, DecodeError> {
    let explain = |error| explain(error, format);
    match format {
        PictureFormat::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(explain)?;
            let animated = decoder.is_apng().map_err(explain)?;
            read(decoder, format, needed, animated)
        }
        PictureFormat::WebP => {
            let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(explain)?;
            let animated = decoder.has_animation();
            read(decoder, format, needed, animated)
        }
        PictureFormat::Gif => {
            let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(explain)?;
            read(decoder, format, needed, has_second_gif_frame(bytes))
        }
        PictureFormat::Bmp => {
            read(BmpDecoder::new(Cursor::new(bytes)).map_err(explain)?, format, needed, false)
        }
        _ => {
            let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(explain)?;
            let tiff = Tiff::read(bytes);
            let pages = tiff.as_ref().map_or(1, Tiff::count_pages);
            let mut picture = read(decoder, format, needed, pages > 1)?;
            if let Some(tiff) = tiff {
                picture.exif = Exif::from_tiff(&tiff);
                picture.orientation = picture.exif.orientation.unwrap_or(Orientation::UPRIGHT);
            }
            Ok(picture)
        }
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_BYTES);
    limits
}

fn read<D: ImageDecoder>(
    mut decoder: D,
    format: PictureFormat,
    needed: &Needed,
    animated: bool,
) -> Result<Picture, DecodeError> {
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged { format, detail: "it has no pixels".into() });
    }
    if decoder.total_bytes() > MOST_BYTES {
        return Err(DecodeError::TooManyPixels { width, height });
    }
    let explain = |error| explain(error, format);
    decoder.set_limits(limits()).map_err(explain)?;
    let small = |block: &Vec<u8>| block.len() <= MOST_METADATA_BYTES;
    let exif = decoder.exif_metadata().ok().flatten().filter(small).map(|block| Exif::from_block(&block));
    let exif = exif.unwrap_or_default();
    let icc = decoder.icc_profile().ok().flatten().filter(small);
    let color = decoder.color_type();
    let mut samples = vec![0u8; decoder.total_bytes() as usize];
    decoder.read_image(&mut samples).map_err(explain)?;
    let (model, samples) = to_8_bits(color, width, height, samples);
    Ok(Picture {
        format,
        raster: Raster { width, height, model, samples }.reduced(needed.halvings(width, height)),
        stored_width: width,
        stored_height: height,
        bits: Some((8 * u16::from(color.bytes_per_pixel()) / u16::from(color.channel_count())) as u8),
        orientation: exif.orientation.unwrap_or(Orientation::UPRIGHT),
        profile: icc.map_or(Profile::Srgb, Profile::Icc),
        exif,
        animated,
        warning: None,
    })
}

fn to_8_bits(color: ColorType, width: u32, height: u32, samples: Vec<u8>) -> (Model, Vec<u8>) {
    match color {
        ColorType::L8 => (Model::Gray, samples),
        ColorType::Rgb8 => (Model::Rgb, samples),
        ColorType::Rgba8 => (Model::Rgb, over_white(&samples)),
        ColorType::L16 => (Model::Gray, narrowed(&samples)),
        ColorType::Rgb16 => (Model::Rgb, narrowed(&samples)),
        ColorType::Rgba16 => (Model::Rgb, over_white(&narrowed(&samples))),
        ColorType::La8 => (Model::Rgb, over_white(&with_gray_thrice(&samples))),
        ColorType::La16 => (Model::Rgb, over_white(&with_gray_thrice(&narrowed(&samples)))),
        _ => (Model::Rgb, over_white(&from_floats(color, width, height, &samples))),
    }
}

/// 16-bit samples in the machine's byte order, to the nearest of 8 bits.
fn narrowed(samples: &[u8]) -> Vec<u8> {
    let narrow =
        |pair: &[u8]| ((u32::from(u16::from_ne_bytes([pair[0], pair[1]])) * 255 + 32_767) / 65_535) as u8;
    samples.chunks_exact(2).map(narrow).collect()
}

fn with_gray_thrice(gray_alpha: &[u8]) -> Vec<u8> {
    gray_alpha.chunks_exact(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
}

/// Pictures of floating-point samples, 0 to 1, as RGBA of 8 bits.
fn from_floats(color: ColorType, width: u32, height: u32, samples: &[u8]) -> Vec<u8> {
    let floats: Vec<f32> = samples
        .chunks_exact(4)
        .map(|four| f32::from_ne_bytes([four[0], four[1], four[2], four[3]]))
        .collect();
    let picture = match color {
        ColorType::Rgba32F => {
            image::ImageBuffer::from_raw(width, height, floats).map(DynamicImage::ImageRgba32F)
        }
        _ => image::ImageBuffer::from_raw(width, height, floats).map(DynamicImage::ImageRgb32F),
    };
    picture.expect("the decoder filled a buffer of the size that it asked for").into_rgba8().into_raw()
}

/// Walks the blocks of a GIF until the second frame begins.
fn has_second_gif_frame(bytes: &[u8]) -> bool {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let skip_sub_blocks = |mut at: usize| {
        while let Some(&length @ 1..) = bytes.get(at) {
            at += 1 + usize::from(length);
        }
        at + 1
    };
    let Some(&flags) = bytes.get(10) else { return false };
    let mut at = 13 + table(flags);
    let mut frames = 0;
    while let Some(&block) = bytes.get(at) {
        at = match block {
            0x21 => skip_sub_blocks(at + 2),
            0x2c => {
                frames += 1;
                let Some(&flags) = bytes.get(at + 9) else { return false };
                skip_sub_blocks(at + 10 + table(flags) + 1)
            }
            _ => return false,
        };
        if frames == 2 {
            return true;
        }
    }
    false
}

fn explain(error: ImageError, format: PictureFormat) -> DecodeError {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::InsufficientMemory | LimitErrorKind::DimensionError => {
                DecodeError::NeedsTooMuchMemory
            }
            _ => DecodeError::Unsupported { format, detail: limit.to_string() },
        },
        ImageError::Unsupported(unsupported) => {
            DecodeError::Unsupported { format, detail: without_preamble(&unsupported.to_string()) }
        }
        other => DecodeError::Damaged { format, detail: without_preamble(&other.to_string()) },
    }
}

/// The decoder's words after "Format error decoding Png:" and the like, which we say ourselves.
fn without_preamble(text: &str) -> String {
    let line = one_line(text);
    line.split_once(": ").map_or(line.as_str(), |(_, rest)| rest).to_owned()
}
