//! One decoded picture on its way from its format to upright sRGB pixels.

use likeness_domain::{PhotoFacts, PictureFormat, Pixels, Problem, Stage};

use crate::exif::Exif;
use crate::needed::Needed;
use crate::orientation::Orientation;
use crate::raster::{Model, Raster};
use crate::{DecodeError, color, image_formats, jpeg, jxl, raw};

/// What the samples of a picture mean as colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Profile {
    /// sRGB, also where the file says nothing.
    Srgb,
    /// An ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273: primaries and transfer.
    Coded { primaries: u8, transfer: u8 },
}

/// A picture as its decoder gives it.
pub(crate) struct Picture {
    pub(crate) format: PictureFormat,
    /// The pixels, perhaps fewer than stored.
    pub(crate) raster: Raster,
    /// Pixels in a stored row, before `orientation`.
    pub(crate) stored_width: u32,
    /// Stored rows, before `orientation`.
    pub(crate) stored_height: u32,
    /// Bits of each colour as it is stored; `None` where the file does not say.
    pub(crate) bits: Option<u8>,
    /// What is still to be done to see it upright.
    pub(crate) orientation: Orientation,
    pub(crate) profile: Profile,
    pub(crate) exif: Exif,
    pub(crate) animated: bool,
    /// Why it is not whole, if it is not.
    pub(crate) warning: Option<String>,
}

/// A picture as it is shown: upright, sRGB.
pub(crate) struct Upright {
    pub(crate) raster: Raster,
    pub(crate) facts: PhotoFacts,
    pub(crate) warning: Option<Problem>,
}

/// Decodes a file of a known format.
pub(crate) fn decode(bytes: &[u8], format: PictureFormat, needed: &Needed) -> Result<Upright, DecodeError> {
    let picture = match format {
        PictureFormat::Jpeg => jpeg::decode(bytes, needed),
        PictureFormat::JpegXl => jxl::decode(bytes, needed),
        PictureFormat::Raw => raw::decode(bytes, needed),
        #[cfg(feature = "heif")]
        PictureFormat::Heic | PictureFormat::Avif => crate::heif::decode(bytes, format, needed),
        #[cfg(not(feature = "heif"))]
        PictureFormat::Heic | PictureFormat::Avif => {
            Err(DecodeError::Unsupported { format, detail: "this build has no decoder for it".into() })
        }
        PictureFormat::Png
        | PictureFormat::WebP
        | PictureFormat::Gif
        | PictureFormat::Bmp
        | PictureFormat::Tiff => image_formats::decode(bytes, format, needed),
    }?;
    Ok(picture.upright())
}

impl Picture {
    fn upright(self) -> Upright {
        let (width, height) = self.orientation.upright_size(self.stored_width, self.stored_height);
        let raster = color::to_srgb(self.raster, &self.profile);
        let (raster_width, raster_height, samples) =
            self.orientation.apply(raster.width, raster.height, raster.samples);
        let facts = PhotoFacts {
            format: self.format,
            width,
            height,
            bits: self.bits,
            taken: self.exif.taken,
            camera: self.exif.camera,
            lens: self.exif.lens,
            exposure: self.exif.exposure,
            gps: self.exif.gps,
            animated: self.animated,
        };
        Upright {
            raster: Raster { width: raster_width, height: raster_height, model: Model::Rgb, samples },
            facts,
            warning: self.warning.map(|reason| Problem::new(Stage::Decode, reason)),
        }
    }
}

impl Upright {
    /// The pixels in the domain's words.
    pub(crate) fn into_pixels(self) -> Pixels {
        Pixels::new(self.raster.width, self.raster.height, self.raster.samples)
            .expect("a raster has as many samples as its size says")
    }
}
