//! HEIC, HEIF and AVIF, by the system's libheif. It turns and crops by the file's own boxes, so EXIF's orientation,
//! which the standard calls informative, is not applied again.

use libheif_rs::{
    ColorProfile, ColorSpace, HeifContext, HeifError, HeifErrorCode, HeifErrorSubCode, ImageHandle, ItemId,
    LibHeif, RgbChroma, color_profile_types,
};
use likeness_domain::PictureFormat;

use crate::DecodeError;
use crate::error::one_line;
use crate::exif::Exif;
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::picture::{Picture, Profile};
use crate::raster::{Model, Raster, over_white};

/// libheif holds the planes and the RGB picture at once.
const MOST_PIXELS: u64 = 200_000_000;
const MOST_METADATA_BYTES: usize = 8 << 20;

/// Decodes the primary picture.
pub(crate) fn decode(bytes: &[u8], format: PictureFormat, needed: &Needed) -> Result<Picture, DecodeError> {
    let explain = |error| explain(error, format);
    let mut context = HeifContext::read_from_bytes(bytes).map_err(explain)?;
    // No threads of its own: photos are decoded side by side, each in its own process.
    context.set_max_decoding_threads(0);
    let handle = context.primary_image_handle().map_err(explain)?;
    let (width, height) = (handle.width(), handle.height());
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(DecodeError::TooManyPixels { width, height });
    }
    let chroma = if handle.has_alpha_channel() { RgbChroma::Rgba } else { RgbChroma::Rgb };
    // No options: version 0.21 of the wrapper frees them before libheif reads them. Interleaved means 8 bits anyway.
    let image = LibHeif::new().decode(&handle, ColorSpace::Rgb(chroma), None).map_err(explain)?;
    let plane = image.planes().interleaved.ok_or(DecodeError::Crashed)?;
    // Planes of odd sizes come padded to even ones.
    let (width, height) = (plane.width.min(width), plane.height.min(height));
    let row_bytes = width as usize * if chroma == RgbChroma::Rgba { 4 } else { 3 };
    if width == 0 || height == 0 || plane.stride < row_bytes {
        return Err(DecodeError::Damaged { format, detail: "it has no pixels".into() });
    }
    let rows = plane.data.chunks(plane.stride).take(height as usize);
    let samples: Vec<u8> = rows.flat_map(|row| &row[..row_bytes]).copied().collect();
    let samples = if chroma == RgbChroma::Rgba { over_white(&samples) } else { samples };
    Ok(Picture {
        format,
        raster: Raster { width, height, model: Model::Rgb, samples }.reduced(needed.halvings(width, height)),
        stored_width: width,
        stored_height: height,
        bits: Some(handle.luma_bits_per_pixel()).filter(|bits| (1..=16).contains(bits)),
        orientation: Orientation::UPRIGHT,
        profile: profile(&handle),
        exif: exif(&handle),
        animated: is_sequence(bytes),
        warning: None,
    })
}

fn profile(handle: &ImageHandle) -> Profile {
    if let Some(raw) = handle.color_profile_raw() {
        let is_icc = [color_profile_types::PROF, color_profile_types::R_ICC].contains(&raw.profile_type());
        if is_icc && raw.data.len() <= MOST_METADATA_BYTES {
            return Profile::Icc(raw.data);
        }
    }
    match handle.color_profile_nclx() {
        Some(coded) => Profile::Coded {
            primaries: coded.color_primaries() as u8,
            transfer: coded.transfer_characteristics() as u8,
        },
        None => Profile::Srgb,
    }
}

fn exif(handle: &ImageHandle) -> Exif {
    let mut ids: [ItemId; 1] = [0];
    if handle.metadata_block_ids(&mut ids, b"Exif") == 0 || handle.metadata_size(ids[0]) > MOST_METADATA_BYTES
    {
        return Exif::default();
    }
    let Ok(block) = handle.metadata(ids[0]) else { return Exif::default() };
    // The block begins with the distance to the TIFF header.
    let Some((distance, rest)) = block.split_first_chunk::<4>() else { return Exif::default() };
    rest.get(u32::from_be_bytes(*distance) as usize..).map(Exif::from_block).unwrap_or_default()
}

/// Image sequences say so in their brands.
fn is_sequence(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let brands = bytes.get(8..length.clamp(8, 256).min(bytes.len())).unwrap_or_default();
    brands.chunks_exact(4).any(|brand| matches!(brand, b"avis" | b"msf1" | b"hevc" | b"hevx"))
}

fn explain(error: HeifError, format: PictureFormat) -> DecodeError {
    let detail = one_line(&error.message.replace("Unspecified: ", ""));
    match (error.code, error.sub_code) {
        (HeifErrorCode::MemoryAllocationError, _) | (_, HeifErrorSubCode::SecurityLimitExceeded) => {
            DecodeError::NeedsTooMuchMemory
        }
        (HeifErrorCode::UnsupportedFeature | HeifErrorCode::UnsupportedFileType, _) => {
            DecodeError::Unsupported { format, detail }
        }
        _ => DecodeError::Damaged { format, detail },
    }
}
