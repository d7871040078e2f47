//! Measures a picture's pixels: sharpness, light, contrast, and what tells screens and pages from photos. Does not judge; the
//! domain's [`Quality`] does.

use fast_image_resize::FilterType;
use likeness_domain::{Pixels, Quality};

use crate::raster::{Model, Raster};
use crate::thumbnails::ENOUGH_FOR_LARGE;

/// Pixels on either side that a blurring mean covers, and with the one itself (Crete et al. 2007).
const BLUR_REACH: u32 = 4;
const BLUR_WIDTH: u32 = 2 * BLUR_REACH + 1;
/// Pixels in a side of the parts that sharpness is measured in.
const TILE: usize = 64;
/// Pixels in a side of the parts that writing is looked for in.
const BLOCK: usize = 16;
/// Steps of luma that are an edge, and the pixels that a ruled one runs on for.
const EDGE: i16 = 24;
const RULE: usize = 24;
/// Levels that the channels of neighbours in a flat area may differ by: what storing as JPEG does to one colour.
const FLAT_LEVELS: u8 = 2;
/// Paper is at least so bright and at most so colourful; ink is darker by at least so much.
const PAPER_LUMA: u8 = 130;
const PAPER_CHROMA: u8 = 48;
const INK: u8 = 40;

/// Pixels in the long side that a picture is measured at.
const LONG_SIDE: u32 = 512;

/// Measures an upright picture of any size, at [`LONG_SIDE`] where it is larger.
pub fn measure_quality(pixels: &Pixels) -> Quality {
    let (width, height) = (pixels.width(), pixels.height());
    let raster = Raster { width, height, model: Model::Rgb, samples: pixels.rgb().to_vec() };
    measure(&raster.fitted(LONG_SIDE).unwrap_or(raster))
}

/// [`Quality::sharpness`] of a large thumbnail, to compare with that of others: one that is smaller is enlarged before, so that
/// a small picture does not pass for a sharp one.
pub(crate) fn sharpness(large: &Raster) -> f32 {
    let long = large.width.max(large.height);
    let enlarged = (long < ENOUGH_FOR_LARGE).then(|| {
        let side = |side: u32| (side * LONG_SIDE / long).max(1);
        large.resized(side(large.width), side(large.height), FilterType::CatmullRom)
    });
    sharpness_of(&Plane::luma(enlarged.as_ref().unwrap_or(large)))
}

fn measure(raster: &Raster) -> Quality {
    let luma = Plane::luma(raster);
    let mut counts = [0usize; 256];
    luma.values.iter().for_each(|&value| counts[usize::from(value)] += 1);
    let all = luma.values.len();
    let mean = luma.values.iter().map(|&value| f64::from(value)).sum::<f64>() / all as f64;
    let contrast = percentile(&counts, all * 98 / 100) - percentile(&counts, all * 2 / 100);
    Quality {
        sharpness: sharpness_of(&luma),
        brightness: (mean / 255.0) as f32,
        contrast: contrast as f32 / 255.0,
        flat: flat(raster),
        ruled: ruled(&luma),
        writing: writing(raster, &luma),
    }
}

/// The luma of the pixel at `place` when all are sorted.
fn percentile(counts: &[usize; 256], place: usize) -> usize {
    let mut reached = 0;
    let found = counts.iter().position(|count| {
        reached += count;
        reached > place
    });
    found.unwrap_or(255)
}

/// One number a pixel, row after row.
struct Plane {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

impl Plane {
    /// Brightness by ITU-R BT.601, in sRGB's own steps.
    fn luma(raster: &Raster) -> Self {
        let of_pixel = |pixel: &[u8]| {
            ((77 * u32::from(pixel[0]) + 150 * u32::from(pixel[1]) + 29 * u32::from(pixel[2])) >> 8) as u8
        };
        let values = raster.samples.chunks_exact(3).map(of_pixel).collect();
        Self { width: raster.width as usize, height: raster.height as usize, values }
    }

    fn turned(&self) -> Self {
        let values = (0..self.width).flat_map(|x| (0..self.height).map(move |y| (x, y)));
        let values = values.map(|(x, y)| self.values[y * self.width + x]).collect();
        Self { width: self.height, height: self.width, values }
    }

    fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.values.chunks_exact(self.width)
    }

    /// As many across as down: those beside the picture stay empty.
    fn tiles_in_a_side(&self) -> usize {
        self.width.max(self.height).div_ceil(TILE)
    }

    /// One for each tile, row after row.
    fn tiles(&self) -> Vec<Steps> {
        vec![Steps::default(); self.tiles_in_a_side() * self.tiles_in_a_side()]
    }
}

/// Steps between neighbours, summed by tile: as they are, and nine times what a blurring mean takes from them.
#[derive(Clone, Copy, Default)]
struct Steps {
    sum: u32,
    lost: u32,
}

impl Steps {
    /// The share that blurring takes, 0 to 1.
    fn lost(&self) -> f32 {
        if self.sum > 0 { self.lost as f32 / (self.sum * BLUR_WIDTH) as f32 } else { 0.0 }
    }
}

/// Blurring what is blurred changes little (Crete, Dolmiere, Ladret and Nicolas, The Blur Effect, 2007). Measured in tiles,
/// across and down, since a photo may be sharp in one place only, and may be moved in one direction only; the sharpest
/// of those tiles count where most happens.
fn sharpness_of(luma: &Plane) -> f32 {
    let mut tiles: Vec<(u32, f32)> = steps_across(luma)
        .iter()
        .zip(&steps_down(luma))
        .map(|(across, down)| (across.sum + down.sum, across.lost().min(down.lost())))
        .collect();
    tiles.sort_by_key(|tile| std::cmp::Reverse(tile.0));
    tiles.truncate(tiles.len().div_ceil(2));
    tiles.sort_by(|a, b| b.1.total_cmp(&a.1));
    tiles.truncate(tiles.len().div_ceil(4));
    tiles.iter().map(|tile| tile.1).sum::<f32>() / tiles.len().max(1) as f32
}

fn steps_across(luma: &Plane) -> Vec<Steps> {
    let mut tiles = luma.tiles();
    let (width, reach) = (luma.width, BLUR_REACH as usize);
    let mut wide = Vec::with_capacity(width + 2 * reach + 1);
    for (y, row) in luma.rows().enumerate() {
        // Beyond the border it goes on as it ends.
        wide.clear();
        wide.extend(std::iter::repeat_n(row[0], reach + 1).chain(row.iter().copied()));
        wide.extend(std::iter::repeat_n(row[width - 1], reach));
        let from = |at: usize| &wide[at..at + width];
        let line = &mut tiles[y / TILE * luma.tiles_in_a_side()..];
        add_steps([row, from(reach)], [from(2 * reach + 1), from(0)], line);
    }
    tiles
}

fn steps_down(luma: &Plane) -> Vec<Steps> {
    let mut tiles = luma.tiles();
    let (height, reach) = (luma.height, BLUR_REACH as usize);
    let row = |y: usize| &luma.values[y.min(height - 1) * luma.width..][..luma.width];
    for y in 0..height {
        let line = &mut tiles[y / TILE * luma.tiles_in_a_side()..];
        let ends = [row(y + reach), row(y.saturating_sub(reach + 1))];
        add_steps([row(y), row(y.saturating_sub(1))], ends, line);
    }
    tiles
}

/// From each pixel of the second row to that of the first. The mean around a pixel and that around the one before share all but
/// the two pixels at their ends, by which they differ.
fn add_steps([to, from]: [&[u8]; 2], [entering, leaving]: [&[u8]; 2], tiles: &mut [Steps]) {
    let parts = to.chunks(TILE).zip(from.chunks(TILE)).zip(entering.chunks(TILE)).zip(leaving.chunks(TILE));
    for ((((to, from), entering), leaving), tile) in parts.zip(tiles) {
        for (((to, from), entering), leaving) in to.iter().zip(from).zip(entering).zip(leaving) {
            let step = u32::from(to.abs_diff(*from));
            tile.sum += step;
            tile.lost += (BLUR_WIDTH * step).saturating_sub(entering.abs_diff(*leaving).into());
        }
    }
}

fn flat(raster: &Raster) -> f32 {
    let row_bytes = raster.width as usize * 3;
    let near = |a: &[u8], b: &[u8]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= FLAT_LEVELS);
    let mut same = 0usize;
    let mut all = 0usize;
    let rows: Vec<&[u8]> = raster.samples.chunks_exact(row_bytes).collect();
    for pair in rows.windows(2) {
        for x in (0..row_bytes - 3).step_by(3) {
            let pixel = &pair[0][x..x + 3];
            all += 1;
            same += usize::from(near(pixel, &pair[0][x + 3..x + 6]) && near(pixel, &pair[1][x..x + 3]));
        }
    }
    same as f32 / all.max(1) as f32
}

/// Edges lie between pixels, so a ruled one keeps its place exactly from row to row.
fn ruled(luma: &Plane) -> f32 {
    let (straight, all) = [luma, &luma.turned()]
        .into_iter()
        .map(edges)
        .fold((0, 0), |sum, edges| (sum.0 + edges.0, sum.1 + edges.1));
    straight as f32 / all.max(1) as f32
}

/// Steps from column to column that are edges: those that go on for long from row to row, and all.
fn edges(luma: &Plane) -> (usize, usize) {
    let (mut straight, mut all) = (0, 0);
    let mut runs = vec![0usize; luma.width];
    let mut end = |run: &mut usize| {
        all += *run;
        straight += if *run >= RULE { *run } else { 0 };
        *run = 0;
    };
    for row in luma.rows() {
        for (pair, run) in row.windows(2).zip(&mut runs) {
            match (i16::from(pair[1]) - i16::from(pair[0])).abs() >= EDGE {
                true => *run += 1,
                false => end(run),
            }
        }
    }
    runs.iter_mut().for_each(end);
    (straight, all)
}

/// The share of blocks that hold several dark strokes on something bright and grey.
fn writing(raster: &Raster, luma: &Plane) -> f32 {
    let (columns, lines) = (luma.width / BLOCK, luma.height / BLOCK);
    let written = (0..columns * lines).filter(|at| {
        let (left, top) = (at % columns * BLOCK, at / columns * BLOCK);
        is_written(raster, luma, left, top)
    });
    written.count() as f32 / (columns * lines).max(1) as f32
}

fn is_written(raster: &Raster, luma: &Plane, left: usize, top: usize) -> bool {
    let mut paper = 0;
    let rows = || (top..top + BLOCK).map(|y| &luma.values[y * luma.width + left..][..BLOCK]);
    let mut sorted: Vec<u8> = rows().flatten().copied().collect();
    sorted.sort_unstable();
    let background = sorted[sorted.len() * 3 / 4];
    if background < PAPER_LUMA {
        return false;
    }
    let mut strokes = 0;
    for (y, row) in (top..).zip(rows()) {
        let pixels = raster.samples[(y * luma.width + left) * 3..].chunks_exact(3).take(BLOCK);
        let chroma =
            |pixel: &[u8]| pixel.iter().max().zip(pixel.iter().min()).map_or(0, |(most, least)| most - least);
        paper += pixels.filter(|pixel| chroma(pixel) <= PAPER_CHROMA).count();
        let is_ink = |value: u8| value < background.saturating_sub(INK);
        strokes += row.windows(2).filter(|pair| is_ink(pair[1]) && !is_ink(pair[0])).count();
    }
    // One stroke in each row is the outline of a thing; more are letters.
    paper > BLOCK * BLOCK * 9 / 10 && strokes >= BLOCK
}

#[cfg(test)]
mod tests {
    use image::{RgbImage, imageops};
    use likeness_domain::{OddCause, PictureFormat};

    use super::*;
    use crate::needed::Needed;
    use crate::picture;

    fn picture(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Raster {
        let samples = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| color(x, y))
            .collect();
        Raster { width, height, model: Model::Rgb, samples }
    }

    fn noise(x: u32, y: u32) -> u8 {
        let mixed = x.wrapping_mul(0x9E37_79B9) ^ y.wrapping_mul(0x85EB_CA6B);
        (mixed.wrapping_mul(0xC2B2_AE35) >> 24) as u8
    }

    fn cause(raster: &Raster) -> Option<OddCause> {
        measure(raster).odd_cause(4000, 3000, false)
    }

    /// Lines of little strokes, as small writing is seen.
    fn page(background: u8) -> Raster {
        picture(512, 400, |x, y| {
            let inside = (40..470).contains(&x) && (40..360).contains(&y);
            let stroke = y % 8 < 4 && noise(x / 2, y / 8) < 110;
            if inside && stroke { [40; 3] } else { [background; 3] }
        })
    }

    #[test]
    fn light_and_contrast_are_read() {
        let halves = measure(&picture(100, 100, |x, _| [if x < 50 { 51 } else { 204 }; 3]));
        assert!((halves.brightness - 0.5).abs() < 0.01 && (halves.contrast - 0.6).abs() < 0.01, "{halves:?}");
        assert_eq!(cause(&picture(300, 200, |_, _| [120, 130, 140])), Some(OddCause::Blank));
        assert_eq!(cause(&picture(300, 200, |x, y| [noise(x, y) / 10; 3])), Some(OddCause::Dark));
    }

    #[test]
    fn pages_and_screens_are_told_from_photos() {
        assert_eq!(cause(&page(235)), Some(OddCause::Document), "{:?}", measure(&page(235)));
        let screen = picture(512, 320, |x, y| match (x, y) {
            (0..120, _) => [35, 38, 45],
            (_, 0..24) => [60, 90, 200],
            (150..480, 60..140) | (150..480, 170..250) => [255; 3],
            _ if (160..400).contains(&x) && y > 270 && y % 9 < 4 && noise(x / 2, y / 9) < 110 => [20; 3],
            _ => [240, 240, 243],
        });
        assert_eq!(cause(&screen), Some(OddCause::Screenshot), "{:?}", measure(&screen));
    }

    #[test]
    fn a_picture_of_one_pixel_can_be_measured() {
        for (width, height) in [(1, 1), (1, 40), (40, 1), (3, 2)] {
            let quality = measure(&picture(width, height, |x, y| [noise(x, y); 3]));
            assert!(quality.sharpness.is_finite() && quality.flat.is_finite(), "{quality:?}");
        }
    }

    /// Photos of the evaluation data.
    fn photos() -> Vec<Raster> {
        let data = std::env::var("LIKENESS_DATA")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
        let folder = std::path::Path::new(&data).join("diverse");
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .expect("the photos are there")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        let needed = Needed { short_side: 224, long_side: 460, most_pixels: 16_000_000 };
        let read = |path: &std::path::PathBuf| {
            let bytes = std::fs::read(path).expect("a photo can be read");
            picture::decode(&bytes, PictureFormat::Jpeg, &needed).expect("a photo").raster
        };
        paths.iter().step_by(2).map(read).map(|raster| raster.fitted(512).unwrap_or(raster)).collect()
    }

    #[test]
    fn hardly_any_photo_is_odd_until_it_is_blurred_or_darkened() {
        let photos = photos();
        let odd: Vec<OddCause> = photos.iter().filter_map(cause).collect();
        assert!(odd.len() * 20 <= photos.len(), "{odd:?} of {}", photos.len());
        let blurred = |raster: &Raster| {
            let small = raster.resized(raster.width / 8, raster.height / 8, FilterType::Box);
            cause(&small.resized(raster.width, raster.height, FilterType::CatmullRom))
                == Some(OddCause::Blurred)
        };
        let told = photos.iter().filter(|raster| blurred(raster)).count();
        assert!(told * 10 >= photos.len() * 8, "{told} of {} blurred ones", photos.len());
        let dark = |raster: &Raster| {
            let samples = raster.samples.iter().map(|sample| sample / 12).collect();
            cause(&Raster { samples, ..raster.clone() }) == Some(OddCause::Dark)
        };
        let told = photos.iter().filter(|raster| dark(raster)).count();
        assert!(told * 10 >= photos.len() * 9, "{told} of {} dark ones", photos.len());
    }

    #[test]
    fn of_two_of_one_photo_the_blurred_and_the_smaller_one_are_never_the_sharper() {
        let photos = photos();
        let measured: Vec<f32> = photos.iter().map(sharpness).collect();
        // Steps of about 20 %, as the keeper is chosen by.
        let step = |sharpness: f32| (4.0 * sharpness.log2()).floor() as i32;
        let behind = |change: fn(&Raster) -> Raster| {
            let steps = photos
                .iter()
                .zip(&measured)
                .map(|(photo, &whole)| (step(whole), step(sharpness(&change(photo)))));
            let steps: Vec<(i32, i32)> = steps.collect();
            assert!(steps.iter().all(|(whole, changed)| changed <= whole), "{steps:?}");
            steps.iter().filter(|(whole, changed)| changed < whole).count()
        };
        let blurred = behind(|photo| {
            let (width, height) = (photo.width, photo.height);
            let picture = RgbImage::from_raw(width, height, photo.samples.clone()).expect("all its samples");
            Raster { samples: imageops::blur(&picture, 1.0).into_raw(), ..photo.clone() }
        });
        let smaller = behind(|photo| photo.resized(photo.width / 2, photo.height / 2, FilterType::Lanczos3));
        for found in [blurred, smaller] {
            assert!(found * 10 >= photos.len() * 8, "{found} of {}", photos.len());
        }
    }
}
