//! How far the nearest points of a layout are from anywhere in it, by a grid of cells.

/// Points in an average cell.
const POINTS_IN_CELL: f64 = 2.0;

/// Points, to be asked about many places among them.
pub(crate) struct Nearby<const D: usize> {
    low: [f32; D],
    cell: f32,
    /// Along each axis.
    cells: usize,
    /// Points cell after cell, and where each cell begins.
    points: Vec<[f32; D]>,
    starts: Vec<u32>,
}

impl<const D: usize> Nearby<D> {
    pub(crate) fn new(points: &[[f32; D]]) -> Self {
        let mut low = [f32::INFINITY; D];
        let mut high = [f32::NEG_INFINITY; D];
        for point in points {
            for axis in 0..D {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let side = (0..D).map(|axis| high[axis] - low[axis]).fold(f32::MIN_POSITIVE, f32::max);
        let cells = (points.len() as f64 / POINTS_IN_CELL).powf(1.0 / D as f64).ceil().max(1.0) as usize;
        let mut nearby =
            Self { low, cell: side / cells as f32, cells, points: Vec::new(), starts: Vec::new() };
        let cell_of: Vec<usize> = points.iter().map(|point| nearby.index(nearby.cell_of(point))).collect();
        let mut order: Vec<u32> = (0..points.len() as u32).collect();
        order.sort_by_key(|&at| cell_of[at as usize]);
        nearby.starts = vec![0; cells.pow(D as u32) + 1];
        cell_of.iter().for_each(|&cell| nearby.starts[cell + 1] += 1);
        for cell in 1..nearby.starts.len() {
            nearby.starts[cell] += nearby.starts[cell - 1];
        }
        nearby.points = order.iter().map(|&at| points[at as usize]).collect();
        nearby
    }

    /// The squared distance from `place` to the `count`-th nearest point, `count` more than 0; infinite when there are
    /// fewer. Places outside of all points are taken to their edge first.
    pub(crate) fn squared_distance_to(&self, place: &[f32; D], count: usize) -> f32 {
        let side = self.cell * self.cells as f32;
        let place: [f32; D] =
            std::array::from_fn(|axis| place[axis].clamp(self.low[axis], self.low[axis] + side));
        let centre = self.cell_of(&place);
        let mut nearest: Vec<f32> = Vec::with_capacity(count + 1);
        for ring in 0..self.cells {
            self.visit_ring(centre, ring, |point| {
                let squared = point.iter().zip(&place).map(|(a, b)| (a - b) * (a - b)).sum();
                if nearest.len() < count || squared < nearest[count - 1] {
                    let at = nearest.partition_point(|&nearer| nearer <= squared);
                    nearest.insert(at, squared);
                    nearest.truncate(count);
                }
            });
            // What lies beyond this ring is at least so far away.
            let beyond = self.cell * ring as f32;
            if nearest.len() == count && nearest[count - 1] <= beyond * beyond {
                break;
            }
        }
        nearest.get(count - 1).copied().unwrap_or(f32::INFINITY)
    }

    /// Calls `visit` with the points of all cells that are `ring` cells away from `centre` along one axis, and no
    /// further along the others.
    fn visit_ring(&self, centre: [usize; D], ring: usize, mut visit: impl FnMut(&[f32; D])) {
        let width = 2 * ring + 1;
        for number in 0..width.pow(D as u32) {
            let mut rest = number;
            let mut is_on_ring = false;
            let cell: [Option<usize>; D] = std::array::from_fn(|axis| {
                let step = rest % width;
                rest /= width;
                is_on_ring |= step == 0 || step == width - 1;
                (centre[axis] + step).checked_sub(ring).filter(|&at| at < self.cells)
            });
            if !is_on_ring || cell.iter().any(Option::is_none) {
                continue;
            }
            let index = self.index(cell.map(Option::unwrap_or_default));
            let points = self.starts[index] as usize..self.starts[index + 1] as usize;
            self.points[points].iter().for_each(&mut visit);
        }
    }

    fn cell_of(&self, point: &[f32; D]) -> [usize; D] {
        std::array::from_fn(|axis| {
            (((point[axis] - self.low[axis]) / self.cell) as usize).min(self.cells - 1)
        })
    }

    fn index(&self, cell: [usize; D]) -> usize {
        cell.iter().fold(0, |index, at| index * self.cells + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::signed_unit;

    fn check<const D: usize>(count: usize) {
        let at = |seed: u64, point: usize| -> [f32; D] {
            // Some lie far out.
            std::array::from_fn(|axis| 20.0 * signed_unit(seed + axis as u64, point as u64).powi(5))
        };
        let points: Vec<[f32; D]> = (0..count).map(|point| at(1, point)).collect();
        let nearby = Nearby::new(&points);
        for place in (0..200).map(|place| if place % 2 == 0 { at(1, place) } else { at(9, place) }) {
            let inside: [f32; D] = std::array::from_fn(|axis| {
                let values = || points.iter().map(|point| point[axis]);
                place[axis].clamp(values().fold(f32::MAX, f32::min), values().fold(f32::MIN, f32::max))
            });
            let squared =
                |point: &[f32; D]| -> f32 { point.iter().zip(&inside).map(|(a, b)| (a - b) * (a - b)).sum() };
            let mut exact: Vec<f32> = points.iter().map(squared).collect();
            exact.sort_unstable_by(f32::total_cmp);
            for wanted in [1, 10, 25] {
                assert_eq!(nearby.squared_distance_to(&inside, wanted), exact[wanted - 1]);
            }
        }
    }

    #[test]
    fn the_nearest_are_found_in_the_plane_and_in_space() {
        check::<2>(700);
        check::<3>(700);
    }

    #[test]
    fn few_points_or_all_in_one_place() {
        let nearby = Nearby::new(&[[1.0, 2.0]; 5]);
        assert_eq!(nearby.squared_distance_to(&[1.0, 2.0], 5), 0.0);
        assert_eq!(nearby.squared_distance_to(&[1.0, 2.0], 6), f32::INFINITY);
        assert_eq!(Nearby::<3>::new(&[]).squared_distance_to(&[0.0; 3], 1), f32::INFINITY);
    }
}
