//! Turns one file into upright sRGB pixels, facts, thumbnails, a preview and a perceptual hash.
//!
//! Foreign decoders see hostile bytes, so they run in worker processes: a decoder that panics, crashes, hangs or eats
//! memory costs one file. A worker is this same program, started again with a hidden first argument: every `main` that
//! decodes calls [`run_worker_if_asked`] before anything else.
//!
//! ```no_run
//! likeness_decode::run_worker_if_asked();
//! let pool = likeness_decode::DecodePool::new(
//!     likeness_decode::WorkerCommand::this_program()?,
//!     likeness_decode::Limits::default(),
//! );
//! let mut worker = pool.worker();
//! let opened = worker.open("photo.jpg".as_ref())?;
//! let decoded = worker.decode(224)?;
//! println!("{} is {} x {}", opened.hash, decoded.facts.width, decoded.facts.height);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here knows of catalogs, folders or models; nothing is written to disk.

mod capture_time;
mod color;
mod confine;
mod error;
mod exif;
#[cfg(feature = "faults")]
mod faults;
mod format;
#[cfg(feature = "heif")]
mod heif;
mod image_formats;
mod jpeg;
mod jpeg_segments;
mod jxl;
mod needed;
mod orientation;
mod paint;
mod perceptual_hash;
mod picture;
mod pool;
mod quality;
mod raster;
mod raw;
mod serve;
mod small_picture;
mod source;
mod thumbnails;
mod tiff;
mod wire;

pub use error::DecodeError;
pub use paint::{encode_png, resize};
pub use pool::{DecodePool, Limits, Worker, WorkerCommand};
pub use quality::measure_quality;
#[cfg(feature = "in-process")]
pub use serve::InProcess;
pub use serve::run_worker_if_asked;
pub use wire::{Decoded, Opened, Thumbnails};
