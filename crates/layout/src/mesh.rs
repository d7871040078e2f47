//! Repulsion of many points from all others, by way of a grid.
//!
//! The repulsive force of t-SNE is a gradient: with φ(y) = Σ 1 / (1 + |y - y_j|²), the sum Σ (y - y_j) / (1 + |y - y_j|²)²
//! is -∇φ / 2. So one convolution serves everything where Linderman et al. (2019) make three or four: charges are spread
//! over a grid by B-splines, convolved with the kernel by Fourier transform, and φ and its gradient are read back by the
//! same splines (as in smooth particle mesh Ewald, Essmann et al. 1995).

use rayon::prelude::*;

use crate::repel::Repulsion;
use crate::spectrum::Convolution;

/// Distance between nodes in units of the layout, where the kernel is 1 wide.
const SPACING: f32 = 1.0 / 3.0;
/// Nodes along an axis at most: 2,048 in the plane, 128 in space. Layouts that are wider get a coarser grid.
const MOST_NODES: [usize; 4] = [0, 0, 2048, 128];
/// Nodes that a point touches along each axis: the order of the splines (quintic).
const TOUCHED: usize = 6;
/// Nodes of a row that are taken together, those after the touched ones with nothing: whole vectors are quicker.
const LANES: usize = 8;
/// Nodes beyond the points' extent: what the outermost touch, and a whole vector of the last.
const MARGIN: usize = 10;
/// Points that are read back by one task.
const POINTS_AT_ONCE: usize = 2048;

/// The grid, kept between rounds for as long as the points fit into it.
pub(crate) struct Mesh<const D: usize> {
    convolution: Option<Convolution<D>>,
    spacing: f32,
    potential: Vec<f32>,
    /// The points by the first plane that they touch, and where each plane's begin.
    sorted: Vec<[f32; D]>,
    starts: Vec<u32>,
    /// Where each of the sorted points touches the grid.
    touches: Vec<Touch<D>>,
}

/// Where a point touches the grid: the first node along each axis, and the shares of that and the next nodes.
#[derive(Clone, Copy)]
struct Touch<const D: usize> {
    first: [u32; D],
    shares: [[f32; LANES]; D],
}

impl<const D: usize> Mesh<D> {
    pub(crate) fn new() -> Self {
        Self {
            convolution: None,
            spacing: SPACING,
            potential: Vec::new(),
            sorted: Vec::new(),
            starts: Vec::new(),
            touches: Vec::new(),
        }
    }

    /// Computes the repulsion of the points from `first` on from all points.
    pub(crate) fn repulsion(&mut self, points: &[[f32; D]], first: usize, out: &mut [Repulsion<D>]) {
        let (low, high) = bounds(points);
        self.fit(std::array::from_fn(|axis| high[axis] - low[axis]));
        let convolution = self.convolution.as_mut().expect("made by fit");
        let nodes = convolution.nodes();
        let (spacing, inverse) = (self.spacing, 1.0 / self.spacing);
        // The points in the middle of the grid.
        let origin: [f32; D] = std::array::from_fn(|axis| {
            (low[axis] + high[axis]) / 2.0 - spacing * (nodes[axis] - 1) as f32 / 2.0
        });
        let place = Placing { origin, inverse };

        sort_by_plane(points, nodes[0], |point| place.first(point)[0], &mut self.sorted, &mut self.starts);
        self.sorted.par_iter().map(|point| place.touch(point)).collect_into_vec(&mut self.touches);
        let (touches, starts) = (&self.touches, &self.starts);
        let charge_plane = |plane: usize, charges: &mut [f32]| {
            pulp::Arch::new().dispatch(|| {
                for touched in 0..TOUCHED.min(plane + 1) {
                    let of = starts[plane - touched] as usize..starts[plane - touched + 1] as usize;
                    touches[of].iter().for_each(|touch| spread(touch, touched, nodes, charges));
                }
            });
        };
        convolution.convolve(charge_plane, &mut self.potential);

        let potential = &self.potential;
        let tasks = points[first..].par_chunks(POINTS_AT_ONCE).zip(out.par_chunks_mut(POINTS_AT_ONCE));
        tasks.for_each(|(points, out)| {
            pulp::Arch::new().dispatch(|| {
                for (point, out) in points.iter().zip(out) {
                    *out = read(&place, point, nodes, potential);
                }
            });
        });
    }

    /// Makes a grid for points that spread over `extent`, unless the one there is fits well.
    fn fit(&mut self, extent: [f32; D]) {
        let most = MOST_NODES[D];
        let widest = extent.iter().fold(0.0f32, |a, &b| a.max(b));
        let spacing = match widest / SPACING {
            steps if steps <= (most - MARGIN) as f32 => SPACING,
            // In steps of a quarter, so that a growing layout does not need a new kernel every round.
            steps => SPACING * 1.25f32.powf((steps / (most - MARGIN) as f32).log(1.25).ceil()),
        };
        let needed = extent.map(|extent| (extent / spacing).ceil() as usize + MARGIN);
        let fits = self.convolution.as_ref().is_some_and(|convolution| {
            let fits = |(have, need): (usize, usize)| need <= have && have <= good_size(need + need / 4 + 8);
            spacing == self.spacing && convolution.nodes().into_iter().zip(needed).all(fits)
        });
        if fits {
            return;
        }
        // A little more than needed, so that it fits for some rounds.
        let nodes = needed.map(|needed| good_size(needed + needed / 16).min(good_size(most)));
        let kernel = |offset: [usize; D]| {
            let squared: f32 = offset.iter().map(|&steps| (steps as f32 * spacing).powi(2)).sum();
            1.0 / (1.0 + squared)
        };
        // Splines smooth the charges once when they are spread and once when the potential is read.
        let smoothing = |frequency: f32| {
            let angle = std::f32::consts::TAU * frequency;
            let spline = (66.0 + 52.0 * angle.cos() + 2.0 * (2.0 * angle).cos()) / 120.0;
            spline * spline
        };
        self.convolution = Some(Convolution::new(nodes, kernel, smoothing));
        self.potential = vec![0.0; nodes.iter().product()];
        self.spacing = spacing;
    }
}

/// The least number not below `least` without prime factors above 5: such transforms are quick.
fn good_size(least: usize) -> usize {
    let smooth = |number: &usize| {
        let mut rest = *number;
        for factor in [2, 3, 5] {
            while rest.is_multiple_of(factor) {
                rest /= factor;
            }
        }
        rest == 1
    };
    (least.max(1)..).find(smooth).expect("powers of 2 have no end")
}

fn bounds<const D: usize>(points: &[[f32; D]]) -> ([f32; D], [f32; D]) {
    points.iter().fold(([f32::INFINITY; D], [f32::NEG_INFINITY; D]), |(mut low, mut high), point| {
        for axis in 0..D {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
        (low, high)
    })
}

/// The points in the order of the planes that they touch first, within a plane in their own order.
fn sort_by_plane<const D: usize>(
    points: &[[f32; D]],
    planes: usize,
    plane: impl Fn(&[f32; D]) -> usize,
    sorted: &mut Vec<[f32; D]>,
    starts: &mut Vec<u32>,
) {
    starts.clear();
    starts.resize(planes + 2, 0);
    points.iter().for_each(|point| starts[plane(point) + 2] += 1);
    for at in 2..starts.len() {
        starts[at] += starts[at - 1];
    }
    sorted.resize(points.len(), [0.0; D]);
    for point in points {
        let next = &mut starts[plane(point) + 1];
        sorted[*next as usize] = *point;
        *next += 1;
    }
}

/// How points lie on the grid: node 0, and nodes per unit of the layout.
struct Placing<const D: usize> {
    origin: [f32; D],
    inverse: f32,
}

impl<const D: usize> Placing<D> {
    #[inline(always)]
    fn steps(&self, point: &[f32; D]) -> [f32; D] {
        std::array::from_fn(|axis| (point[axis] - self.origin[axis]) * self.inverse)
    }

    /// The first node that a point touches: two before the one that it lies beyond.
    #[inline(always)]
    fn first(&self, point: &[f32; D]) -> [usize; D] {
        self.steps(point).map(|steps| steps as usize - (TOUCHED / 2 - 1))
    }

    /// How far a point is beyond the third node that it touches, in nodes, 0 to 1.
    #[inline(always)]
    fn beyond(&self, point: &[f32; D]) -> [f32; D] {
        self.steps(point).map(|steps| steps - (steps as usize) as f32)
    }

    #[inline(always)]
    fn touch(&self, point: &[f32; D]) -> Touch<D> {
        Touch {
            first: self.first(point).map(|node| node as u32),
            shares: self.beyond(point).map(|beyond| splines(beyond).0),
        }
    }
}

/// Adds the share of a point's charge that falls on the plane `touched` planes after the first that it touches.
#[inline(always)]
fn spread<const D: usize>(touch: &Touch<D>, touched: usize, nodes: [usize; D], charges: &mut [f32]) {
    let on_plane = touch.shares[0][touched];
    let across = &touch.shares[D - 1];
    let mut add = |row: usize, share: f32| {
        let row = &mut charges[row * nodes[D - 1] + touch.first[D - 1] as usize..][..LANES];
        row.iter_mut().zip(across).for_each(|(charge, spline)| *charge += share * spline);
    };
    if D == 2 {
        add(0, on_plane);
    } else {
        for line in 0..TOUCHED {
            add(touch.first[1] as usize + line, on_plane * touch.shares[1][line]);
        }
    }
}

/// The potential at a point, and half its negative gradient.
#[inline(always)]
fn read<const D: usize>(
    place: &Placing<D>,
    point: &[f32; D],
    nodes: [usize; D],
    potential: &[f32],
) -> Repulsion<D> {
    let (first, along) = (place.first(point), place.beyond(point).map(splines));
    // Sums over lines along the last axis, lane by lane: of the potential times the splines of the other axes, and of
    // the same with the slopes of one of them.
    let mut sums = [[0.0; LANES]; D];
    let mut add = |row: usize, shares: [f32; D]| {
        let values = &potential[row * nodes[D - 1] + first[D - 1]..][..LANES];
        for (sum, share) in sums.iter_mut().zip(shares) {
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += share * value);
        }
    };
    for plane in 0..TOUCHED {
        let (deep, deep_slope) = (along[0].0[plane], along[0].1[plane]);
        let mut shares = [deep; D];
        if D == 2 {
            shares[0] = deep_slope;
            add(first[0] + plane, shares);
        } else {
            for line in 0..TOUCHED {
                let (middle, middle_slope) = (along[1].0[line], along[1].1[line]);
                shares = [deep * middle; D];
                (shares[0], shares[1]) = (deep_slope * middle, deep * middle_slope);
                add((first[0] + plane) * nodes[1] + first[1] + line, shares);
            }
        }
    }
    let (splines, slopes) = &along[D - 1];
    let dot = |sum: &[f32; LANES], with: &[f32; LANES]| (0..LANES).map(|at| sum[at] * with[at]).sum::<f32>();
    let slope: [f32; D] =
        std::array::from_fn(
            |axis| {
                if axis == D - 1 { dot(&sums[axis], slopes) } else { dot(&sums[axis], splines) }
            },
        );
    Repulsion {
        potential: dot(&sums[D - 1], splines),
        force: slope.map(|slope| -0.5 * place.inverse * slope),
    }
}

/// B-splines of the touched nodes at a point that lies `t` (0 to 1) beyond the one before the middle, and how they change
/// with `t`; 0 after them. By the recursion from each order to the next (de Boor 1972).
#[inline(always)]
fn splines(t: f32) -> ([f32; LANES], [f32; LANES]) {
    let mut splines = [0.0; LANES];
    (splines[0], splines[1]) = (1.0 - t, t);
    let mut lower = splines;
    for order in 3..=TOUCHED {
        lower = splines;
        let scale = 1.0 / (order - 1) as f32;
        for at in 0..order {
            let before = if at == 0 { 0.0 } else { lower[at - 1] };
            let rising = t + (order - 1 - at) as f32;
            splines[at] = scale * (rising * before + (order as f32 - rising) * lower[at]);
        }
    }
    let slopes = std::array::from_fn(|at| (if at == 0 { 0.0 } else { lower[at - 1] }) - lower[at]);
    (splines, slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splines_share_everything_and_pass_a_point_on_evenly() {
        for t in [0.0f32, 0.2, 0.5, 0.9] {
            let (shares, slopes) = splines(t);
            assert!(
                (shares.iter().sum::<f32>() - 1.0).abs() < 1e-6 && slopes.iter().sum::<f32>().abs() < 1e-6
            );
            // The mean place of the shares is the point's own.
            let mean: f32 = shares.iter().enumerate().map(|(at, share)| at as f32 * share).sum();
            assert!((mean - 2.0 - t).abs() < 1e-5, "{mean}");
            let moved = splines(t + 0.01).0;
            for at in 0..TOUCHED {
                assert!(((moved[at] - shares[at]) / 0.01 - slopes[at]).abs() < 0.02);
            }
            assert_eq!((shares[6], shares[7], slopes[6], slopes[7]), (0.0, 0.0, 0.0, 0.0));
        }
        assert!((splines(0.0).0[2] - 66.0 / 120.0).abs() < 1e-6);
    }
}
