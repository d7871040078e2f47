//! What the parent and a worker say to each other over pipes, and the answers as callers see them.
//!
//! A message is a small head (postcard) and up to a few long byte strings, which are written as they are.

use std::ffi::OsString;
use std::io::{self, IoSlice, Read, Write};

use likeness_domain::{
    CaptureTime, ContentHash, Exposure, FileStamp, GpsPosition, PhotoFacts, PictureFormat, Pixels, Problem,
    SmallPicture, Stage,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::WireError;

/// A file that a worker holds in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// BLAKE3 of its bytes.
    pub hash: ContentHash,
    /// The file as it was while it was read.
    pub stamp: FileStamp,
    /// What its bytes are; `None` when they are no picture that we know.
    pub format: Option<PictureFormat>,
}

/// Everything that one decode gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// What the file says about the picture.
    pub facts: PhotoFacts,
    /// The picture, reduced by a power of two to just above the short side that was asked for.
    pub pixels: Pixels,
    /// JPEG files for the cache.
    pub thumbnails: Thumbnails,
    /// A ThumbHash: about 25 bytes that show a blurred picture until the thumbnail is there.
    pub preview: Vec<u8>,
    /// 64 signs of low frequencies: copies of a picture differ in a few bits.
    pub perceptual_hash: u64,
    /// What near-duplicates are told by.
    pub small_picture: SmallPicture,
    /// How sharp it is, 0 to 1: [`Quality::sharpness`](likeness_domain::Quality::sharpness) of its large thumbnail, which is
    /// enlarged for it where the photo is smaller.
    pub sharpness: f32,
    /// Why the picture is not whole, if it is not.
    pub warning: Option<Problem>,
}

/// Upright sRGB JPEG files of one photo, never enlarged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnails {
    /// At most 256 pixels in the long side.
    pub small: Vec<u8>,
    /// At most 512 pixels in the long side; at least 460 where the photo has them.
    pub large: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Request {
    /// Read this file and keep it.
    Open(OsString),
    /// Keep the bytes that follow.
    OpenBytes,
    /// Everything for the catalog, of the file that is kept.
    Decode { short_side: u32 },
    /// Pixels of the file that is kept, or of a part of it: x, y, width, height as fractions.
    Picture { short_side: u32, region: Option<[f32; 4]> },
    /// A JPEG of the file that is kept.
    ScreenPicture { long_side: u32 },
    /// Let go of the file. No reply.
    Close,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    Opened {
        hash: [u8; 32],
        stamp: (u64, i64, i64, u64, u64),
        format: Option<String>,
    },
    /// Followed by pixels, small and large thumbnail, preview, small picture.
    Decoded {
        facts: WireFacts,
        width: u32,
        height: u32,
        perceptual_hash: u64,
        sharpness: f32,
        warning: Option<String>,
    },
    /// Followed by pixels.
    Picture {
        width: u32,
        height: u32,
    },
    /// Followed by a JPEG.
    ScreenPicture,
    Failed(WireError),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WireFacts {
    format: String,
    size: (u32, u32),
    bits: Option<u8>,
    taken: Option<(i64, Option<i16>)>,
    camera: Option<String>,
    lens: Option<String>,
    exposure: (Option<f64>, Option<f64>, Option<u32>, Option<f64>),
    gps: Option<(f64, f64, Option<f64>)>,
    animated: bool,
}

impl From<PhotoFacts> for WireFacts {
    fn from(facts: PhotoFacts) -> Self {
        let Exposure { time_seconds, f_number, iso, focal_length_mm } = facts.exposure;
        Self {
            format: facts.format.word().into(),
            size: (facts.width, facts.height),
            bits: facts.bits,
            taken: facts.taken.map(|taken| (taken.local_ms, taken.zone_minutes)),
            camera: facts.camera,
            lens: facts.lens,
            exposure: (time_seconds, f_number, iso, focal_length_mm),
            gps: facts.gps.map(|gps| (gps.latitude, gps.longitude, gps.altitude_m)),
            animated: facts.animated,
        }
    }
}

impl WireFacts {
    /// `None` when the format is not one.
    fn into_facts(self) -> Option<PhotoFacts> {
        let (time_seconds, f_number, iso, focal_length_mm) = self.exposure;
        Some(PhotoFacts {
            format: PictureFormat::from_word(&self.format)?,
            width: self.size.0,
            height: self.size.1,
            bits: self.bits,
            taken: self.taken.map(|(local_ms, zone_minutes)| CaptureTime { local_ms, zone_minutes }),
            camera: self.camera,
            lens: self.lens,
            exposure: Exposure { time_seconds, f_number, iso, focal_length_mm },
            gps: self.gps.map(|(latitude, longitude, altitude_m)| GpsPosition {
                latitude,
                longitude,
                altitude_m,
            }),
            animated: self.animated,
        })
    }
}

/// A head and the byte strings that belong to it.
pub(crate) struct Message<Head> {
    pub(crate) head: Head,
    pub(crate) blobs: Vec<Vec<u8>>,
}

/// Lengths above these are not ours: the other side is broken.
const MOST_HEAD_BYTES: u32 = 1 << 20;
const MOST_BLOBS: u32 = 5;
const MOST_BLOB_BYTES: u32 = 1 << 30;

impl<Head: Serialize + DeserializeOwned> Message<Head> {
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let head = postcard::to_stdvec(&self.head).map_err(io::Error::other)?;
        let mut start = Vec::with_capacity(8 + 4 * self.blobs.len() + head.len());
        start.extend((head.len() as u32).to_le_bytes());
        start.extend((self.blobs.len() as u32).to_le_bytes());
        for blob in &self.blobs {
            let length = u32::try_from(blob.len()).map_err(io::Error::other)?;
            start.extend(length.to_le_bytes());
        }
        start.extend(head);
        write_together(to, std::iter::once(&start).chain(&self.blobs))
    }

    pub(crate) fn read(from: &mut impl Read) -> io::Result<Self> {
        let head_bytes = read_length(from, MOST_HEAD_BYTES)?;
        let count = read_length(from, MOST_BLOBS)?;
        let lengths =
            (0..count).map(|_| read_length(from, MOST_BLOB_BYTES)).collect::<io::Result<Vec<_>>>()?;
        let head = postcard::from_bytes(&read_bytes(from, head_bytes)?).map_err(io::Error::other)?;
        let blobs = lengths.into_iter().map(|length| read_bytes(from, length)).collect::<io::Result<_>>()?;
        Ok(Self { head, blobs })
    }
}

/// Writes all in as few calls as the pipe allows: each one wakes the other side.
fn write_together<'a>(to: &mut impl Write, parts: impl Iterator<Item = &'a Vec<u8>>) -> io::Result<()> {
    let mut slices: Vec<IoSlice> = parts.map(|part| IoSlice::new(part)).collect();
    let mut rest = &mut slices[..];
    // Empty parts at the end would look like a pipe that takes nothing.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match to.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    to.flush()
}

fn read_length(from: &mut impl Read, most: u32) -> io::Result<u32> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > most { Err(io::Error::other("a message without sense")) } else { Ok(length) }
}

fn read_bytes(from: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize)?;
    bytes.resize(length as usize, 0);
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl Message<Reply> {
    pub(crate) fn opened(opened: Opened) -> Self {
        let FileStamp { size_bytes, modified_ns, changed_ns, inode, device } = opened.stamp;
        let head = Reply::Opened {
            hash: opened.hash.0,
            stamp: (size_bytes, modified_ns, changed_ns, inode, device),
            format: opened.format.map(|format| format.word().into()),
        };
        Self { head, blobs: Vec::new() }
    }

    pub(crate) fn decoded(decoded: Decoded) -> Self {
        let head = Reply::Decoded {
            facts: decoded.facts.into(),
            width: decoded.pixels.width(),
            height: decoded.pixels.height(),
            perceptual_hash: decoded.perceptual_hash,
            sharpness: decoded.sharpness,
            warning: decoded.warning.map(|warning| warning.reason),
        };
        let Thumbnails { small, large } = decoded.thumbnails;
        Self {
            head,
            blobs: vec![
                decoded.pixels.into_rgb(),
                small,
                large,
                decoded.preview,
                decoded.small_picture.as_bytes().to_vec(),
            ],
        }
    }

    pub(crate) fn picture(pixels: Pixels) -> Self {
        let head = Reply::Picture { width: pixels.width(), height: pixels.height() };
        Self { head, blobs: vec![pixels.into_rgb()] }
    }

    pub(crate) fn screen_picture(jpeg: Vec<u8>) -> Self {
        Self { head: Reply::ScreenPicture, blobs: vec![jpeg] }
    }

    /// `None` when this is no such reply.
    pub(crate) fn into_opened(self) -> Option<Opened> {
        let Reply::Opened { hash, stamp, format } = self.head else { return None };
        let (size_bytes, modified_ns, changed_ns, inode, device) = stamp;
        Some(Opened {
            hash: ContentHash(hash),
            stamp: FileStamp { size_bytes, modified_ns, changed_ns, inode, device },
            format: format.and_then(|word| PictureFormat::from_word(&word)),
        })
    }

    /// `None` when this is no such reply.
    pub(crate) fn into_decoded(self) -> Option<Decoded> {
        let Reply::Decoded { facts, width, height, perceptual_hash, sharpness, warning } = self.head else {
            return None;
        };
        let [rgb, small, large, preview, small_picture] = <[Vec<u8>; 5]>::try_from(self.blobs).ok()?;
        Some(Decoded {
            facts: facts.into_facts()?,
            pixels: Pixels::new(width, height, rgb).ok()?,
            thumbnails: Thumbnails { small, large },
            preview,
            perceptual_hash,
            small_picture: SmallPicture::from_bytes(small_picture).ok()?,
            sharpness,
            warning: warning.map(|reason| Problem::new(Stage::Decode, reason)),
        })
    }

    /// `None` when this is no such reply.
    pub(crate) fn into_picture(self) -> Option<Pixels> {
        let Reply::Picture { width, height } = self.head else { return None };
        let [rgb] = <[Vec<u8>; 1]>::try_from(self.blobs).ok()?;
        Pixels::new(width, height, rgb).ok()
    }

    /// `None` when this is no such reply.
    pub(crate) fn into_screen_picture(self) -> Option<Vec<u8>> {
        let Reply::ScreenPicture = self.head else { return None };
        let [jpeg] = <[Vec<u8>; 1]>::try_from(self.blobs).ok()?;
        Some(jpeg)
    }
}
