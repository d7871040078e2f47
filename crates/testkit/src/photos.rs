//! Made-up photos: a sky, hills, a few things before them, and grain. Distinct by seed, cheap to make in thousands.

use std::io;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use rayon::prelude::*;

use crate::random::Random;

/// Quality of the JPEG, as cameras and phones store it.
const JPEG_QUALITY: u8 = 85;

/// A thing before the hills: a disc or a block, its middle and half its size in pixels.
struct Thing {
    x: f32,
    y: f32,
    half_width: f32,
    half_height: f32,
    round: bool,
    colour: [f32; 3],
}

/// The bytes of a JPEG of `width` x `height` pixels (each 1 to 65,535) without any metadata. Another seed gives another picture.
///
/// # Panics
/// When a side is 0 or more than JPEG can hold.
pub fn photo_jpeg(seed: u64, width: u32, height: u32) -> Vec<u8> {
    let picture = paint(seed, width, height);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(&picture)
        .expect("the sides are within JPEG's limits");
    bytes
}

/// Writes `count` distinct pictures of 320 x 240 pixels into `folder` (made when missing), 1,000 to a sub-folder:
/// `00000/000000.jpg` and on. The same seed writes the same files.
///
/// # Errors
/// When a folder cannot be made or a file not be written.
pub fn write_photos(folder: &Path, count: usize, seed: u64) -> io::Result<()> {
    (0..count.div_ceil(1000))
        .try_for_each(|part| std::fs::create_dir_all(folder.join(format!("{part:05}"))))?;
    (0..count).into_par_iter().try_for_each(|at| {
        let photo_seed = Random::new(seed, at as u64).bits();
        let path = folder.join(format!("{:05}/{at:06}.jpg", at / 1000));
        std::fs::write(path, photo_jpeg(photo_seed, 320, 240))
    })
}

fn paint(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut random = Random::new(seed, 0);
    let mut colour = |low: f32, high: f32| std::array::from_fn(|_| random.between(low, high));
    let (sky_top, sky_low, ground): ([f32; 3], [f32; 3], [f32; 3]) =
        (colour(20.0, 230.0), colour(90.0, 255.0), colour(10.0, 190.0));
    let horizon = random.between(0.3, 0.8);
    let waves: [(f32, f32, f32); 3] = std::array::from_fn(|at| {
        let frequency = random.between(2.0, 9.0) * (at + 1) as f32;
        (frequency, random.between(0.0, 6.3), random.between(0.01, 0.12) / (at + 1) as f32)
    });
    let things: Vec<Thing> = (0..2 + random.bits() % 6).map(|_| thing(&mut random, width, height)).collect();
    let grain = random.between(2.0, 12.0);

    let hills: Vec<f32> = (0..width)
        .map(|x| {
            let across = x as f32 / width as f32;
            let waves =
                waves.iter().map(|(frequency, phase, size)| size * (across * frequency + phase).sin());
            horizon + waves.sum::<f32>()
        })
        .collect();
    RgbImage::from_fn(width, height, |x, y| {
        let (down, hill) = (y as f32 / height as f32, hills[x as usize]);
        let base: [f32; 3] = if down < hill {
            std::array::from_fn(|c| sky_top[c] + (sky_low[c] - sky_top[c]) * (down / hill).clamp(0.0, 1.0))
        } else {
            ground.map(|c| c * (1.0 - 0.6 * (down - hill)))
        };
        let colour = things.iter().rev().find(|thing| thing.covers(x as f32, y as f32));
        let colour = colour.map_or(base, |thing| thing.colour.map(|c| c * (0.75 + 0.4 * down)));
        let noise = grain * random.normal();
        Rgb(colour.map(|c| (c + noise).clamp(0.0, 255.0) as u8))
    })
}

fn thing(random: &mut Random, width: u32, height: u32) -> Thing {
    let side = width.min(height) as f32;
    Thing {
        x: random.unit() * width as f32,
        y: random.unit() * height as f32,
        half_width: random.between(0.04, 0.25) * side,
        half_height: random.between(0.04, 0.25) * side,
        round: random.bits().is_multiple_of(2),
        colour: std::array::from_fn(|_| random.between(0.0, 255.0)),
    }
}

impl Thing {
    fn covers(&self, x: f32, y: f32) -> bool {
        let (across, down) = ((x - self.x) / self.half_width, (y - self.y) / self.half_height);
        if self.round {
            across * across + down * down <= 1.0
        } else {
            across.abs() <= 1.0 && down.abs() <= 1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_one_picture() {
        let photo = photo_jpeg(3, 64, 48);
        assert_eq!(photo, photo_jpeg(3, 64, 48));
        assert_ne!(photo, photo_jpeg(4, 64, 48));
        let picture = image::load_from_memory(&photo).expect("a JPEG");
        assert_eq!((picture.width(), picture.height()), (64, 48));
    }

    #[test]
    fn written_photos_are_distinct_and_come_again_with_their_seed() {
        let folder = std::env::temp_dir().join(format!("likeness-testkit-{}", std::process::id()));
        write_photos(&folder, 12, 5).expect("written");
        let files: Vec<Vec<u8>> = (0..12)
            .map(|at| std::fs::read(folder.join(format!("00000/{at:06}.jpg"))).expect("a file"))
            .collect();
        std::fs::remove_dir_all(&folder).expect("removed");
        let distinct: std::collections::HashSet<&Vec<u8>> = files.iter().collect();
        assert_eq!(distinct.len(), 12);
        assert_eq!(files[3], photo_jpeg(Random::new(5, 3).bits(), 320, 240));
    }
}
