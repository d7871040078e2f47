//! JPEG XL, by `jxl-oxide`. Orientation and colours are the codestream's own; EXIF only gives facts.

use jxl_oxide::{AllocTracker, EnumColourEncoding, JxlImage, JxlThreadPool, Moxcms, RenderingIntent};
use likeness_domain::PictureFormat;

use crate::DecodeError;
use crate::error::one_line;
use crate::exif::Exif;
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::picture::{Picture, Profile};
use crate::raster::{Model, Raster, over_white};

/// The decoder works in 32-bit floats on whole pictures, several copies at a time.
const MOST_BYTES: usize = 3 << 29;
/// Pixels of which one copy alone would fill that.
const MOST_PIXELS: u64 = (MOST_BYTES / 12) as u64;

/// Decodes the first frame.
pub(crate) fn decode(bytes: &[u8], needed: &Needed) -> Result<Picture, DecodeError> {
    // One thread: photos are decoded side by side, each in its own process.
    let mut image = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(MOST_BYTES))
        .read(bytes)
        .map_err(explain)?;
    let (width, height) = (image.width(), image.height());
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(DecodeError::TooManyPixels { width, height });
    }
    image.set_cms(Moxcms);
    image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    let render = image.render_frame(0).map_err(explain)?;
    let mut stream = render.stream();
    let (width, height, channels) = (stream.width(), stream.height(), stream.channels() as usize);
    let mut samples = vec![0u8; width as usize * height as usize * channels];
    stream.write_to_buffer(&mut samples);
    let (model, samples) = match channels {
        1 => (Model::Gray, samples),
        2 => (
            Model::Rgb,
            over_white(&samples.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect::<Vec<_>>()),
        ),
        3 => (Model::Rgb, samples),
        4 => (Model::Rgb, over_white(&samples)),
        _ => return Err(unsupported(format!("{channels} channels"))),
    };
    let block = image.aux_boxes().first_exif().ok();
    let exif = match &block {
        Some(jxl_oxide::AuxBoxData::Data(block)) => Exif::from_block(block.payload()),
        _ => Exif::default(),
    };
    Ok(Picture {
        format: PictureFormat::JpegXl,
        raster: Raster { width, height, model, samples }.reduced(needed.halvings(width, height)),
        stored_width: width,
        stored_height: height,
        bits: u8::try_from(image.image_header().metadata.bit_depth.bits_per_sample()).ok(),
        orientation: Orientation::UPRIGHT,
        profile: Profile::Srgb,
        exif,
        animated: image.image_header().metadata.animation.is_some(),
        warning: None,
    })
}

fn explain(error: Box<dyn std::error::Error + Send + Sync>) -> DecodeError {
    let detail = one_line(&error.to_string());
    if detail.contains("memory") {
        DecodeError::NeedsTooMuchMemory
    } else if detail.contains("not supported") || detail.contains("unsupported") {
        unsupported(detail)
    } else {
        DecodeError::Damaged { format: PictureFormat::JpegXl, detail }
    }
}

fn unsupported(detail: String) -> DecodeError {
    DecodeError::Unsupported { format: PictureFormat::JpegXl, detail }
}
