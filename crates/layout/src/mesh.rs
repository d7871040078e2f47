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
const SPACING: f32 = 0.5;
/// Nodes along an axis at most: 2,048 in the plane, 128 in space. Layouts that are wider get a coarser grid.
const MOST_NODES: [usize; 4] = [0, 0, 2048, 128];
/// Nodes that a point touches along each axis.
const TOUCHED: usize = 4;
/// Points that are read back by one task.
const POINTS_AT_ONCE: usize = 2048;

/// The grid, kept between rounds for as long as the points fit into it.
pub(crate) struct Mesh<const D: usize> {
    convolution: Option<Convolution<D>>,
    spacing: f32,
    potential: Vec<f32>,
    /// The points by plane, and where each plane's begin.
    sorted: Vec<[f32; D]>,
    starts: Vec<u32>,
}

/// Where a point lies between nodes: the first node that it touches, and how far it is beyond the second.
struct Place<const D: usize> {
    first: [usize; D],
    beyond: [f32; D],
}

impl<const D: usize> Mesh<D> {
    pub(crate) fn new() -> Self {
        Self {
            convolution: None,
            spacing: SPACING,
            potential: Vec::new(),
            sorted: Vec::new(),
            starts: Vec::new(),
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
        let place = move |point: &[f32; D]| -> Place<D> {
            let steps: [f32; D] = std::array::from_fn(|axis| (point[axis] - origin[axis]) * inverse);
            let second = steps.map(f32::floor);
            Place {
                first: second.map(|node| node as usize - 1),
                beyond: std::array::from_fn(|axis| steps[axis] - second[axis]),
            }
        };

        sort_by_plane(points, nodes[0], |point| place(point).first[0], &mut self.sorted, &mut self.starts);
        let (sorted, starts) = (&self.sorted, &self.starts);
        let charge_plane = |plane: usize, charges: &mut [f32]| {
            for touched in 0..TOUCHED.min(plane + 1) {
                let of = starts[plane - touched] as usize..starts[plane - touched + 1] as usize;
                for point in &sorted[of] {
                    spread(&place(point), touched, nodes, charges);
                }
            }
        };
        convolution.convolve(charge_plane, &mut self.potential);

        let potential = &self.potential;
        let tasks = points[first..].par_chunks(POINTS_AT_ONCE).zip(out.par_chunks_mut(POINTS_AT_ONCE));
        tasks.for_each(|(points, out)| {
            for (point, out) in points.iter().zip(out) {
                *out = read(&place(point), nodes, inverse, potential);
            }
        });
    }

    /// Makes a grid for points that spread over `extent`, unless the one there is fits well.
    fn fit(&mut self, extent: [f32; D]) {
        let most = MOST_NODES[D];
        let widest = extent.iter().fold(0.0f32, |a, &b| a.max(b));
        let spacing = match widest / SPACING {
            steps if steps <= (most - TOUCHED) as f32 => SPACING,
            // In steps of a quarter, so that a growing layout does not need a new kernel every round.
            steps => SPACING * 1.25f32.powf((steps / (most - TOUCHED) as f32).log(1.25).ceil()),
        };
        let needed = extent.map(|extent| (extent / spacing).ceil() as usize + TOUCHED);
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
            let spline = 2.0 / 3.0 + (std::f32::consts::TAU * frequency).cos() / 3.0;
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

/// Adds the share of a point's charge that falls on the plane `touched` planes after the first that it touches.
#[inline]
fn spread<const D: usize>(place: &Place<D>, touched: usize, nodes: [usize; D], charges: &mut [f32]) {
    let on_plane = splines(place.beyond[0])[touched];
    let last = splines(place.beyond[D - 1]);
    let mut add = |row: usize, share: f32| {
        let row = &mut charges[row * nodes[D - 1] + place.first[D - 1]..][..TOUCHED];
        row.iter_mut().zip(last).for_each(|(charge, spline)| *charge += share * spline);
    };
    if D == 2 {
        add(0, on_plane);
    } else {
        for (at, spline) in splines(place.beyond[1]).into_iter().enumerate() {
            add(place.first[1] + at, on_plane * spline);
        }
    }
}

/// The potential at a point, and half its negative gradient.
#[inline]
fn read<const D: usize>(
    place: &Place<D>,
    nodes: [usize; D],
    inverse: f32,
    potential: &[f32],
) -> Repulsion<D> {
    let (across, across_slopes) = (splines(place.beyond[D - 1]), spline_slopes(place.beyond[D - 1]));
    // Sums along the last axis: of the potential, and of its slope along that axis.
    let row = |row: usize| -> (f32, f32) {
        let values = &potential[row * nodes[D - 1] + place.first[D - 1]..][..TOUCHED];
        let sum = |splines: [f32; TOUCHED]| (0..TOUCHED).map(|at| splines[at] * values[at]).sum::<f32>();
        (sum(across), sum(across_slopes))
    };
    let (deep, deep_slopes) = (splines(place.beyond[0]), spline_slopes(place.beyond[0]));
    let mut sum = 0.0;
    let mut slope = [0.0; D];
    for plane in 0..TOUCHED {
        if D == 2 {
            let (value, along) = row(place.first[0] + plane);
            sum += deep[plane] * value;
            slope[0] += deep_slopes[plane] * value;
            slope[1] += deep[plane] * along;
        } else {
            let (middle, middle_slopes) = (splines(place.beyond[1]), spline_slopes(place.beyond[1]));
            for line in 0..TOUCHED {
                let (value, along) = row((place.first[0] + plane) * nodes[1] + place.first[1] + line);
                sum += deep[plane] * middle[line] * value;
                slope[0] += deep_slopes[plane] * middle[line] * value;
                slope[1] += deep[plane] * middle_slopes[line] * value;
                slope[D - 1] += deep[plane] * middle[line] * along;
            }
        }
    }
    Repulsion { potential: sum, force: slope.map(|slope| -0.5 * inverse * slope) }
}

/// Cubic B-splines around four nodes at a point that lies `t` (0 to 1) beyond the second of them.
#[inline]
fn splines(t: f32) -> [f32; TOUCHED] {
    let s = 1.0 - t;
    let sixth = 1.0 / 6.0;
    [
        sixth * s * s * s,
        sixth * (4.0 + t * t * (3.0 * t - 6.0)),
        sixth * (4.0 + s * s * (3.0 * s - 6.0)),
        sixth * t * t * t,
    ]
}

/// How they change with `t`.
#[inline]
fn spline_slopes(t: f32) -> [f32; TOUCHED] {
    let s = 1.0 - t;
    [-0.5 * s * s, t * (1.5 * t - 2.0), -s * (1.5 * s - 2.0), 0.5 * t * t]
}
