//! JPEG by libjpeg-turbo: decoded at 1/2, 1/4 or 1/8 of its size where that is enough, and written for thumbnails.
//! A cut-off or damaged picture is shown as far as it goes, with a warning.

use std::ffi::{CStr, c_int, c_void};

use likeness_domain::PictureFormat;
use turbojpeg_sys as turbo;

use crate::DecodeError;
use crate::exif::Exif;
use crate::format::find_jpeg_after_junk;
use crate::jpeg_segments::{self, Segments};
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::picture::{Picture, Profile};
use crate::raster::{Model, Raster};

/// Above this nothing is decoded, however small it would become: 500 million pixels, a third more than the largest
/// stitched panorama that JPEG's 16-bit sides let a phone make.
const MOST_PIXELS: u64 = 500_000_000;
/// A progressive photo has about ten scans; thousands are an attack on time.
const MOST_SCANS: c_int = 500;
/// Halvings that the scaled inverse DCT does; 1/2, 1/4 and 1/8 are the ones with SIMD code.
const MOST_HALVINGS: u32 = 3;

/// Decodes the picture with the segments' facts.
pub(crate) fn decode(bytes: &[u8], needed: &Needed) -> Result<Picture, DecodeError> {
    let start = find_jpeg_after_junk(bytes).filter(|_| !bytes.starts_with(b"\xff\xd8\xff")).unwrap_or(0);
    let bytes = &bytes[start..];
    let segments = jpeg_segments::walk(bytes);
    let exif = segments.exif.map(Exif::from_block).unwrap_or_default();
    let decoded = decode_pixels(bytes, &segments, needed)?;
    Ok(Picture {
        format: PictureFormat::Jpeg,
        raster: decoded.raster,
        stored_width: decoded.stored_width,
        stored_height: decoded.stored_height,
        bits: segments.frame.map(|frame| frame.bits),
        orientation: exif.orientation.unwrap_or(Orientation::UPRIGHT),
        profile: segments.icc.map_or(Profile::Srgb, Profile::Icc),
        exif,
        animated: false,
        warning: decoded.warning,
    })
}

struct DecodedPixels {
    raster: Raster,
    stored_width: u32,
    stored_height: u32,
    warning: Option<String>,
}

fn decode_pixels(bytes: &[u8], segments: &Segments, needed: &Needed) -> Result<DecodedPixels, DecodeError> {
    let turbo = Turbo::new(turbo::TJINIT_TJINIT_DECOMPRESS)?;
    turbo.set(turbo::TJPARAM_TJPARAM_SCANLIMIT, MOST_SCANS);
    turbo.set(turbo::TJPARAM_TJPARAM_SAVEMARKERS, 0);
    // SAFETY: the pointer and length describe `bytes`, which outlives the call.
    let status = unsafe { turbo::tj3DecompressHeader(turbo.0, bytes.as_ptr(), bytes.len() as _) };
    if status != 0 && turbo.failed() {
        return Err(turbo.error());
    }
    let (width, height) =
        (turbo.get(turbo::TJPARAM_TJPARAM_JPEGWIDTH), turbo.get(turbo::TJPARAM_TJPARAM_JPEGHEIGHT));
    if width == 0 || height == 0 {
        return Err(damaged("no size in its header"));
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(DecodeError::TooManyPixels { width, height });
    }
    let is_lossless = turbo.get(turbo::TJPARAM_TJPARAM_LOSSLESS) != 0;
    let halvings = needed.halvings(width, height);
    let scaled_halvings = if is_lossless { 0 } else { halvings.min(MOST_HALVINGS) };
    let scale = turbo::tjscalingfactor { num: 1, denom: 1 << scaled_halvings };
    // SAFETY: the handle is valid.
    if unsafe { turbo::tj3SetScalingFactor(turbo.0, scale) } != 0 {
        return Err(turbo.error());
    }
    let (model, format) = match turbo.get(turbo::TJPARAM_TJPARAM_COLORSPACE) {
        turbo::TJCS_TJCS_GRAY => (Model::Gray, turbo::TJPF_TJPF_GRAY),
        turbo::TJCS_TJCS_CMYK | turbo::TJCS_TJCS_YCCK => (Model::Cmyk, turbo::TJPF_TJPF_CMYK),
        _ => (Model::Rgb, turbo::TJPF_TJPF_RGB),
    };
    let (scaled_width, scaled_height) =
        (width.div_ceil(1 << scaled_halvings), height.div_ceil(1 << scaled_halvings));
    let count = scaled_width as usize * scaled_height as usize * model.samples();
    let (status, mut samples) = turbo.read(bytes, count, format)?;
    if status != 0 && turbo.failed() {
        return Err(turbo.error());
    }
    let warning = (status != 0).then(|| turbo.message()).and_then(|message| explain(&message));
    if model == Model::Cmyk && segments.is_adobe {
        samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
    }
    let raster = Raster { width: scaled_width, height: scaled_height, model, samples }
        .reduced(halvings - scaled_halvings);
    Ok(DecodedPixels { raster, stored_width: width, stored_height: height, warning })
}

/// Writes an upright sRGB picture as a baseline JPEG with chroma at half size.
pub(crate) fn encode(raster: &Raster, quality: c_int) -> Result<Vec<u8>, DecodeError> {
    let turbo = Turbo::new(turbo::TJINIT_TJINIT_COMPRESS)?;
    turbo.set(turbo::TJPARAM_TJPARAM_QUALITY, quality);
    turbo.set(turbo::TJPARAM_TJPARAM_SUBSAMP, turbo::TJSAMP_TJSAMP_420);
    turbo.set(turbo::TJPARAM_TJPARAM_NOREALLOC, 1);
    let (width, height) = (raster.width as c_int, raster.height as c_int);
    // SAFETY: plain arithmetic on the numbers.
    let most = unsafe { turbo::tj3JPEGBufSize(width, height, turbo::TJSAMP_TJSAMP_420) };
    let mut jpeg = vec![0u8; most as usize];
    let mut start = jpeg.as_mut_ptr();
    let mut length = most;
    // SAFETY: the source has width * height * 3 bytes; the target is as long as the library says it may become, and
    // with NOREALLOC it is not moved.
    let status = unsafe {
        turbo::tj3Compress8(
            turbo.0,
            raster.samples.as_ptr(),
            width,
            width * 3,
            height,
            turbo::TJPF_TJPF_RGB,
            &mut start,
            &mut length,
        )
    };
    if status != 0 {
        return Err(turbo.error());
    }
    jpeg.truncate(length as usize);
    jpeg.shrink_to_fit();
    Ok(jpeg)
}

/// The warning in our words; `None` for those that leave the picture whole (cameras cause them all the time).
fn explain(message: &str) -> Option<String> {
    if message.contains("remature end") {
        Some("the picture is cut off: only the part before is shown".into())
    } else if message.contains("extraneous bytes")
        || message.contains("Adobe")
        || message.contains("JFIF")
        || message.contains("progression")
        || message.contains("SOS parameters")
    {
        None
    } else {
        Some("the picture data are damaged: parts may look wrong".into())
    }
}

fn damaged(detail: &str) -> DecodeError {
    DecodeError::Damaged { format: PictureFormat::Jpeg, detail: detail.into() }
}

/// One decoder or encoder of the library.
struct Turbo(*mut c_void);

impl Turbo {
    fn new(kind: turbo::TJINIT) -> Result<Self, DecodeError> {
        // SAFETY: no arguments that could be wrong.
        let handle = unsafe { turbo::tj3Init(kind as c_int) };
        if handle.is_null() { Err(DecodeError::NeedsTooMuchMemory) } else { Ok(Self(handle)) }
    }

    fn set(&self, parameter: turbo::TJPARAM, value: c_int) {
        // SAFETY: the handle is valid; the library checks the rest.
        let status = unsafe { turbo::tj3Set(self.0, parameter as c_int, value) };
        debug_assert_eq!(status, 0, "parameter {parameter} = {value}");
    }

    /// A parameter that is not negative; 0 stands for "unknown" as well.
    fn get(&self, parameter: turbo::TJPARAM) -> u32 {
        // SAFETY: the handle is valid; the library checks the rest.
        u32::try_from(unsafe { turbo::tj3Get(self.0, parameter as c_int) }).unwrap_or(0)
    }

    /// Decodes into `count` samples of 8 bits; rows without padding. The status is 0, or tells of an error or warning.
    fn read(&self, bytes: &[u8], count: usize, format: turbo::TJPF) -> Result<(c_int, Vec<u8>), DecodeError> {
        let length = bytes.len() as _;
        match self.get(turbo::TJPARAM_TJPARAM_PRECISION) {
            0..=8 => {
                let mut samples = vec![0u8; count];
                // SAFETY: `samples` has room for the scaled picture, whose size was computed as the library does it.
                let status = unsafe {
                    turbo::tj3Decompress8(self.0, bytes.as_ptr(), length, samples.as_mut_ptr(), 0, format)
                };
                Ok((status, samples))
            }
            bits @ 9..=12 => {
                let mut wide = vec![0i16; count];
                // SAFETY: as above, with two bytes a sample.
                let status = unsafe {
                    turbo::tj3Decompress12(self.0, bytes.as_ptr(), length, wide.as_mut_ptr(), 0, format)
                };
                Ok((
                    status,
                    wide.into_iter().map(|sample| (sample >> (bits - 8)).clamp(0, 255) as u8).collect(),
                ))
            }
            bits => Err(DecodeError::Unsupported {
                format: PictureFormat::Jpeg,
                detail: format!("{bits} bits a sample"),
            }),
        }
    }

    /// Whether the last call failed; otherwise it only warned.
    fn failed(&self) -> bool {
        // SAFETY: the handle is valid.
        unsafe { turbo::tj3GetErrorCode(self.0) == turbo::TJERR_TJERR_FATAL as c_int }
    }

    fn message(&self) -> String {
        // SAFETY: the library returns a C string that it owns, valid until the next call.
        unsafe { CStr::from_ptr(turbo::tj3GetErrorStr(self.0)) }.to_string_lossy().into_owned()
    }

    fn error(&self) -> DecodeError {
        let message = self.message();
        let lower = message.to_lowercase();
        if lower.contains("memory") {
            DecodeError::NeedsTooMuchMemory
        } else if lower.contains("unsupported") || lower.contains("not supported") {
            DecodeError::Unsupported { format: PictureFormat::Jpeg, detail: message }
        } else {
            damaged(message.split("(): ").last().unwrap_or(&message))
        }
    }
}

impl Drop for Turbo {
    fn drop(&mut self) {
        // SAFETY: the handle is valid and not used again.
        unsafe { turbo::tj3Destroy(self.0) };
    }
}
