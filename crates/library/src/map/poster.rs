//! The map on paper: every photo as a small picture where it lies, none upon another.

use likeness_decode::{Worker, encode_png, resize};
use likeness_domain::{JobContext, PhotoId, Pixels, Stage};

use super::Points;
use crate::all_cores::on_all_cores;
use crate::thumbnails::ThumbnailSize;
use crate::{Error, Library};

/// Cells for each photo: so many stay empty that groups stand apart.
const CELLS_FOR_EACH: f64 = 2.2;
/// A sheet has at most so many pixels a side ...
const SHEET: u32 = 6000;
/// ... and a cell so many, with a gap between it and the next.
const SMALLEST_CELL: u32 = 24;
const LARGEST_CELL: u32 = 256;
const GAP_SHARE: f32 = 0.06;
const PAPER: [u8; 3] = [250, 250, 248];
/// Where a thumbnail is lost and its file away.
const LOST: [u8; 3] = [205, 205, 200];
const BATCH: usize = 16;

impl Library {
    /// A PNG picture of `points`, seen from the front. Photos that would lie upon each other move to the nearest free
    /// place; when there are too many to be seen, each stands for those around it.
    ///
    /// # Errors
    /// When the catalog cannot be read or the job is cancelled.
    pub fn poster(&self, ctx: &JobContext, points: &Points) -> Result<Vec<u8>, Error> {
        let side = cells_a_side(points.photos.len());
        let cell = (SHEET / side).clamp(SMALLEST_CELL, LARGEST_CELL);
        let seated = seats(&points.places, side);
        let gap = (cell as f32 * GAP_SHARE).ceil() as u32;
        let tiles =
            on_all_cores(ctx, &self.decoders, Stage::Decode, seated.len(), BATCH, |worker, batch| {
                let tile = |&(row, _): &(usize, [u32; 2])| self.tile(worker, points.photos[row], cell - gap);
                seated[batch].iter().map(tile).collect()
            })?;
        let mut sheet = Sheet::blank(side * cell);
        for ((_, [column, row]), tile) in seated.iter().zip(tiles) {
            let (left, top) = (column * cell + gap / 2, row * cell + gap / 2);
            sheet.lay(left, top, cell - gap, tile.as_ref());
        }
        Ok(encode_png(&sheet.into_pixels()))
    }

    /// The middle of a photo's thumbnail as a square.
    fn tile(&self, worker: &mut Worker, photo: PhotoId, side: u32) -> Option<Pixels> {
        let hash = self.hash_of(photo).ok()?;
        let jpeg = self.thumbnails.read(&hash, ThumbnailSize::Small)?;
        let pixels = worker.picture_from_bytes(&jpeg, side, None).ok()?;
        let (width, height) = (pixels.width(), pixels.height());
        let scale = side as f32 / width.min(height) as f32;
        let scaled = |pixels: u32| ((pixels as f32 * scale).round() as u32).max(side);
        Some(resize(pixels, scaled(width), scaled(height)))
    }
}

fn cells_a_side(photos: usize) -> u32 {
    let wanted = (photos as f64 * CELLS_FOR_EACH).sqrt().ceil() as u32;
    wanted.clamp(1, SHEET / SMALLEST_CELL)
}

/// Cells of a square of `side` cells for places from 0 to 1: rows of `places`, each with its column and row. From the
/// middle outward each takes the free cell nearest to its place, so that what has no room moves outward together.
fn seats(places: &[[f32; 3]], side: u32) -> Vec<(usize, [u32; 2])> {
    let from_middle = |place: &[f32; 3]| (place[0] - 0.5).powi(2) + (place[1] - 0.5).powi(2);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| from_middle(&places[a]).total_cmp(&from_middle(&places[b])).then(a.cmp(&b)));
    // Where photos are too many, those come first that stand for parts of the map, and the rest finds no room.
    let room = (f64::from(side) * f64::from(side) / CELLS_FOR_EACH).ceil() as usize;
    let crowded = places.len() > room;
    let mut taken = vec![false; side as usize * side as usize];
    let mut seated = Vec::with_capacity(places.len().min(room));
    for row in order {
        let wanted = [0, 1].map(|axis| places[row][axis].clamp(0.0, 1.0) * side as f32 - 0.5);
        let furthest = if crowded { 0 } else { side };
        if let Some(cell) = nearest_free(&taken, side, wanted, furthest) {
            taken[(cell[1] * side + cell[0]) as usize] = true;
            seated.push((row, cell));
        }
    }
    seated
}

/// The free cell whose middle is nearest to `wanted`, at most `furthest` cells from the cell there.
fn nearest_free(taken: &[bool], side: u32, wanted: [f32; 2], furthest: u32) -> Option<[u32; 2]> {
    let last = side as i64 - 1;
    let centre = wanted.map(|at| (at.round() as i64).clamp(0, last));
    let mut best: Option<(f32, [u32; 2])> = None;
    for ring in 0..=i64::from(furthest) {
        // A cell of this ring is at least so far away.
        let least = (ring as f32 - 1.0).max(0.0);
        if best.is_some_and(|(apart, _)| apart <= least * least) {
            break;
        }
        for y in (centre[1] - ring).max(0)..=(centre[1] + ring).min(last) {
            let on_edge = (y - centre[1]).abs() == ring;
            let step = if on_edge || ring == 0 { 1 } else { 2 * ring as usize };
            for x in (centre[0] - ring..=centre[0] + ring).step_by(step) {
                if !(0..=last).contains(&x) || taken[(y * i64::from(side) + x) as usize] {
                    continue;
                }
                let apart = (x as f32 - wanted[0]).powi(2) + (y as f32 - wanted[1]).powi(2);
                if best.is_none_or(|(nearest, _)| apart < nearest) {
                    best = Some((apart, [x as u32, y as u32]));
                }
            }
        }
    }
    best.map(|(_, cell)| cell)
}

struct Sheet {
    side: u32,
    rgb: Vec<u8>,
}

impl Sheet {
    fn blank(side: u32) -> Self {
        Self { side, rgb: PAPER.repeat(side as usize * side as usize) }
    }

    /// Lays the middle of `tile` as a square of `size` pixels.
    fn lay(&mut self, left: u32, top: u32, size: u32, tile: Option<&Pixels>) {
        for y in 0..size {
            let start = ((top + y) * self.side + left) as usize * 3;
            let line = &mut self.rgb[start..start + size as usize * 3];
            match tile {
                None => line.as_chunks_mut::<3>().0.fill(LOST),
                Some(tile) => {
                    let (aside, above) = ((tile.width() - size) / 2, (tile.height() - size) / 2);
                    let from = ((above + y) * tile.width() + aside) as usize * 3;
                    line.copy_from_slice(&tile.rgb()[from..from + size as usize * 3]);
                }
            }
        }
    }

    fn into_pixels(self) -> Pixels {
        Pixels::new(self.side, self.side, self.rgb).expect("a sheet has three bytes for each pixel")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn scattered(count: usize, around: f32) -> Vec<[f32; 3]> {
        (0..count)
            .map(|at| [(at * 37 % 101) as f32 / 100.0 * around, (at * 61 % 97) as f32 / 96.0 * around, 0.0])
            .collect()
    }

    #[test]
    fn everybody_has_a_seat_and_nobody_the_same() {
        for (count, around) in [(1, 1.0), (200, 1.0), (200, 0.01), (500, 0.0)] {
            let side = cells_a_side(count);
            let seated = seats(&scattered(count, around), side);
            let cells: HashSet<[u32; 2]> = seated.iter().map(|(_, cell)| *cell).collect();
            assert_eq!((seated.len(), cells.len()), (count, count));
            assert!(cells.iter().flatten().all(|&at| at < side));
        }
        assert!(seats(&[], 1).is_empty());
    }

    #[test]
    fn where_there_is_room_everybody_sits_where_they_lie() {
        let places: Vec<[f32; 3]> = (0..100)
            .map(|at| [(at % 10) as f32 / 10.0 + 0.05, (at / 10) as f32 / 10.0 + 0.05, 0.0])
            .collect();
        for (row, [x, y]) in seats(&places, 20) {
            let place = places[row];
            assert!(
                (x as f32 + 0.5 - place[0] * 20.0).abs() <= 1.0
                    && (y as f32 + 0.5 - place[1] * 20.0).abs() <= 1.0
            );
        }
    }

    #[test]
    fn of_too_many_each_stands_for_those_around_it() {
        let seated = seats(&scattered(5000, 1.0), 10);
        assert_eq!(seated.len(), 100);
    }
}
