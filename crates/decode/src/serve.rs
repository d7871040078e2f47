//! The worker's side: one request after the other, until the parent closes the pipe.

use std::ffi::OsStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use likeness_domain::{ContentHash, FileStamp, PictureFormat, Region};

use crate::needed::Needed;
use crate::picture::{self, Upright};
use crate::raster::Raster;
use crate::wire::{Decoded, Message, Opened, Reply, Request};
use crate::{DecodeError, confine, format, jpeg, source, thumbnails};

/// The first argument that makes a program a worker; memory, seconds and bytes of a file follow.
pub(crate) const WORKER_ARGUMENT: &str = "--decode-worker";

/// The largest pictures that leave a worker as pixels, and as a JPEG for the screen.
const MOST_PIXELS: u64 = 16_000_000;
const MOST_SCREEN_PIXELS: u64 = 50_000_000;
const SCREEN_QUALITY: i32 = 87;

/// Becomes a decoding worker, and does not return, if this process was started as one. To be called first in `main`,
/// before threads are started and arguments are read.
pub fn run_worker_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(WORKER_ARGUMENT)) {
        return;
    }
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    let (Some(memory_bytes), Some(seconds), Some(file_bytes)) = (number(), number(), number()) else {
        std::process::exit(2);
    };
    confine::confine(memory_bytes);
    let Ok(mut replies) = confine::take_stdout() else { std::process::exit(1) };
    let mut requests = std::io::stdin().lock();
    let mut worker = Serving { limit_bytes: file_bytes, ..Serving::default() };
    while let Ok(message) = Message::<Request>::read(&mut requests) {
        confine::expect_end_within(u32::try_from(seconds).unwrap_or(u32::MAX));
        let answer = catch_unwind(AssertUnwindSafe(|| worker.answer(message)));
        let reply = answer.unwrap_or(Some(Err(DecodeError::Crashed)));
        let written = reply.map(|reply| {
            let failed =
                |error: DecodeError| Message { head: Reply::Failed(error.into()), blobs: Vec::new() };
            reply.unwrap_or_else(failed).write(&mut replies)
        });
        confine::relax();
        if written.is_some_and(|result| result.is_err()) {
            break;
        }
    }
    std::process::exit(0);
}

/// A worker's work without its process, limits and pipes.
#[cfg(feature = "in-process")]
#[derive(Default)]
pub struct InProcess(Serving);

#[cfg(feature = "in-process")]
impl InProcess {
    /// As [`Worker::open`](crate::Worker::open), for files of any size.
    ///
    /// # Errors
    /// As there.
    pub fn open(&mut self, path: &Path) -> Result<Opened, DecodeError> {
        self.0.limit_bytes = u64::MAX;
        self.0.open(path)
    }

    /// As [`Worker::decode`](crate::Worker::decode).
    ///
    /// # Errors
    /// As there; panics of decoders are the caller's.
    pub fn decode(&self, short_side: u32) -> Result<Decoded, DecodeError> {
        self.0.decode(short_side)
    }
}

/// The file that is open, if its bytes are not empty.
#[derive(Default)]
struct Serving {
    bytes: Vec<u8>,
    format: Option<PictureFormat>,
    limit_bytes: u64,
}

impl Serving {
    fn answer(&mut self, message: Message<Request>) -> Option<Result<Message<Reply>, DecodeError>> {
        Some(match message.head {
            Request::Open(path) => self.open(Path::new(&path)).map(Message::opened),
            Request::OpenBytes => self.open_bytes(message.blobs).map(Message::opened),
            Request::Decode { short_side } => self.decode(short_side).map(Message::decoded),
            Request::Picture { short_side, region } => {
                self.picture(short_side, region).map(|upright| Message::picture(upright.into_pixels()))
            }
            Request::ScreenPicture { long_side } => {
                self.screen_picture(long_side).map(Message::screen_picture)
            }
            Request::Close => {
                source::release(&mut self.bytes);
                return None;
            }
        })
    }

    fn open(&mut self, path: &Path) -> Result<Opened, DecodeError> {
        let read = source::read(path, self.limit_bytes, &mut self.bytes);
        if read.is_err() {
            source::release(&mut self.bytes);
        }
        let (hash, stamp) = read?;
        self.format = format::sniff(&self.bytes);
        Ok(Opened { hash, stamp, format: self.format })
    }

    fn open_bytes(&mut self, mut blobs: Vec<Vec<u8>>) -> Result<Opened, DecodeError> {
        self.bytes = blobs.pop().filter(|bytes| !bytes.is_empty()).ok_or(DecodeError::Empty)?;
        self.format = format::sniff(&self.bytes);
        let size_bytes = self.bytes.len() as u64;
        let stamp = FileStamp { size_bytes, modified_ns: 0, changed_ns: 0, inode: 0, device: 0 };
        Ok(Opened { hash: ContentHash(*blake3::hash(&self.bytes).as_bytes()), stamp, format: self.format })
    }

    fn decode(&self, short_side: u32) -> Result<Decoded, DecodeError> {
        let long_side = thumbnails::ENOUGH_FOR_LARGE;
        let upright = self.upright(&Needed { short_side, long_side, most_pixels: MOST_PIXELS })?;
        let small = thumbnails::make(&upright.raster)?;
        Ok(Decoded {
            facts: upright.facts.clone(),
            warning: upright.warning.clone(),
            pixels: upright.into_pixels(),
            thumbnails: small.thumbnails,
            preview: small.preview,
            perceptual_hash: small.perceptual_hash,
            small_picture: small.small_picture,
            sharpness: small.sharpness,
        })
    }

    /// The picture, or the marked part of it with as many pixels as if it were the picture.
    fn picture(&self, short_side: u32, region: Option<[f32; 4]>) -> Result<Upright, DecodeError> {
        let Some([x, y, width, height]) = region else {
            return self.upright(&Needed { short_side, long_side: 1, most_pixels: MOST_PIXELS });
        };
        let region = Region::new(x, y, width, height).map_err(|_| DecodeError::Crashed)?;
        let enlarged = (f64::from(short_side) / f64::from(width.min(height))).ceil() as u32;
        let most_pixels = (MOST_PIXELS as f64 / f64::from(region.area())) as u64;
        let needed =
            Needed { short_side: enlarged, long_side: 1, most_pixels: most_pixels.min(MOST_SCREEN_PIXELS) };
        let whole = self.upright(&needed)?;
        let Upright { facts, warning, .. } = &whole;
        let (facts, warning) = (facts.clone(), warning.clone());
        let part = whole.into_pixels().crop(region);
        let (width, height) = (part.width(), part.height());
        let raster = Raster { width, height, model: crate::raster::Model::Rgb, samples: part.into_rgb() };
        Ok(Upright { raster, facts, warning })
    }

    fn screen_picture(&self, long_side: u32) -> Result<Vec<u8>, DecodeError> {
        let upright = self.upright(&Needed { short_side: 1, long_side, most_pixels: MOST_SCREEN_PIXELS })?;
        let fitted = upright.raster.fitted(long_side);
        jpeg::encode(fitted.as_ref().unwrap_or(&upright.raster), SCREEN_QUALITY)
    }

    fn upright(&self, needed: &Needed) -> Result<Upright, DecodeError> {
        if self.bytes.is_empty() {
            return Err(DecodeError::NothingOpen);
        }
        #[cfg(feature = "faults")]
        crate::faults::happen(&self.bytes);
        picture::decode(&self.bytes, self.format.ok_or(DecodeError::NotAPicture)?, needed)
    }
}
