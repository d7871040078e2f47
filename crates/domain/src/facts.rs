//! What a file says about its picture: size, format, when and with what it was taken.

/// How the picture is stored, told by its bytes and not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum PictureFormat {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Tiff,
    Avif,
    Heic,
    JpegXl,
    /// A camera's own format; the embedded preview is shown.
    Raw,
}

impl PictureFormat {
    /// All of them.
    pub const ALL: [PictureFormat; 10] = {
        use PictureFormat::*;
        [Jpeg, Png, WebP, Gif, Bmp, Tiff, Avif, Heic, JpegXl, Raw]
    };

    /// The word in the catalog and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            PictureFormat::Jpeg => "jpeg",
            PictureFormat::Png => "png",
            PictureFormat::WebP => "webp",
            PictureFormat::Gif => "gif",
            PictureFormat::Bmp => "bmp",
            PictureFormat::Tiff => "tiff",
            PictureFormat::Avif => "avif",
            PictureFormat::Heic => "heic",
            PictureFormat::JpegXl => "jxl",
            PictureFormat::Raw => "raw",
        }
    }

    /// The format that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// When a photo was taken, as the camera's clock showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaptureTime {
    /// The clock's reading as if it were UTC, in milliseconds since 1970: sort and group by this.
    pub local_ms: i64,
    /// The clock's distance from UTC in minutes, where the file says it.
    pub zone_minutes: Option<i16>,
}

/// How the picture was exposed, as far as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Exposure {
    /// Seconds, more than 0.
    pub time_seconds: Option<f64>,
    /// f-number, more than 0.
    pub f_number: Option<f64>,
    /// ISO speed.
    pub iso: Option<u32>,
    /// Focal length in millimetres, more than 0.
    pub focal_length_mm: Option<f64>,
}

/// Where a photo was taken (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GpsPosition {
    /// Degrees, -90 to 90, north positive.
    pub latitude: f64,
    /// Degrees, -180 to 180, east positive.
    pub longitude: f64,
    /// Metres above the sea.
    pub altitude_m: Option<f64>,
}

/// Everything a file says about its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoFacts {
    /// How it is stored.
    pub format: PictureFormat,
    /// Width in pixels, upright, of the full picture (of a RAW file: its embedded preview when nothing better is known).
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// Bits of each colour as the picture is stored, of a RAW file those of the sensor: 8 for most, up to 32; `None` where
    /// that is not known.
    pub bits: Option<u8>,
    /// When it was taken, if the file says so.
    pub taken: Option<CaptureTime>,
    /// Maker and model in one line, without doubled words.
    pub camera: Option<String>,
    /// The lens in one line.
    pub lens: Option<String>,
    /// Exposure.
    pub exposure: Exposure,
    /// Place.
    pub gps: Option<GpsPosition>,
    /// More than one picture in the file: only the first is shown.
    pub animated: bool,
}

impl PhotoFacts {
    /// Whether the file names a camera or an exposure.
    pub fn of_camera(&self) -> bool {
        self.camera.is_some() || self.exposure != Exposure::default()
    }
}
