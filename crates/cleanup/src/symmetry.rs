//! The eight ways in which a rectangle can be laid upon another: quarter turns, each also mirrored.

/// A picture is mirrored first (left and right change places), then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symmetry {
    /// Left and right change places, before the turn.
    pub mirrored: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub quarters: u8,
}

impl Symmetry {
    /// As it is.
    pub const UPRIGHT: Symmetry = Symmetry { mirrored: false, quarters: 0 };
    /// Mirrored and not turned.
    pub const MIRRORED: Symmetry = Symmetry { mirrored: true, quarters: 0 };
    /// Turned clockwise by a quarter.
    pub const QUARTER: Symmetry = Symmetry { mirrored: false, quarters: 1 };
    /// All eight, as it is first.
    pub const ALL: [Symmetry; 8] = {
        const fn turned(mirrored: bool, quarters: u8) -> Symmetry {
            Symmetry { mirrored, quarters }
        }
        [
            turned(false, 0),
            turned(false, 1),
            turned(false, 2),
            turned(false, 3),
            turned(true, 0),
            turned(true, 1),
            turned(true, 2),
            turned(true, 3),
        ]
    };

    /// Whether width and height change places.
    pub fn swaps_sides(self) -> bool {
        self.quarters % 2 == 1
    }

    /// What undoes it.
    pub fn back(self) -> Symmetry {
        // A picture that was mirrored and turned is as it was after the same once more.
        if self.mirrored { self } else { Symmetry { quarters: (4 - self.quarters) % 4, ..self } }
    }

    /// The old place of the pixel that ends at (`x`, `y`) of the new `width` x `height` picture.
    pub(crate) fn source(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        let (x, y, old_width) = match self.quarters {
            0 => (x, y, width),
            1 => (y, width - 1 - x, height),
            2 => (width - 1 - x, height - 1 - y, width),
            _ => (height - 1 - y, x, height),
        };
        (if self.mirrored { old_width - 1 - x } else { x }, y)
    }

    /// The perceptual hash of the picture after this symmetry, from the hash before it: bit `8 v + u` is the sign of the
    /// part with `u + 1` half waves across and `v + 1` down, so mirroring negates the odd ones.
    pub fn of_hash(self, hash: u64) -> u64 {
        let mirrored = if self.mirrored { across(hash) } else { hash };
        match self.quarters {
            0 => mirrored,
            1 => across(transposed(mirrored)),
            2 => across(down(mirrored)),
            _ => down(transposed(mirrored)),
        }
    }
}

/// The hash of the picture whose left and right have changed places.
fn across(hash: u64) -> u64 {
    hash ^ 0x5555_5555_5555_5555
}

/// The hash of the picture whose top and bottom have changed places.
fn down(hash: u64) -> u64 {
    hash ^ 0x00FF_00FF_00FF_00FF
}

/// The hash of the picture whose rows have become columns: an 8 x 8 matrix of bits, by swaps of ever larger blocks
/// (Warren, Hacker's Delight, 7-3).
fn transposed(hash: u64) -> u64 {
    let swapped = |bits: u64, distance: u32, mask: u64| {
        let moved = (bits ^ (bits >> distance)) & mask;
        bits ^ moved ^ (moved << distance)
    };
    let by_one = swapped(hash, 7, 0x00AA_00AA_00AA_00AA);
    let by_two = swapped(by_one, 14, 0x0000_CCCC_0000_CCCC);
    swapped(by_two, 28, 0x0000_0000_F0F0_F0F0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;

    /// Signs of low frequencies, by their definition.
    fn hash(plane: &Plane) -> u64 {
        let wave = |k: usize, at: usize, side: usize| {
            (std::f32::consts::PI * (k + 1) as f32 * (2 * at + 1) as f32 / (2 * side) as f32).cos()
        };
        let mut bits = 0;
        for v in 0..8 {
            for u in 0..8 {
                let mut sum = 0.0;
                for y in 0..plane.height {
                    for x in 0..plane.width {
                        sum += plane.row(y)[x] * wave(u, x, plane.width) * wave(v, y, plane.height);
                    }
                }
                bits |= u64::from(sum > 0.0) << (8 * v + u);
            }
        }
        bits
    }

    fn picture() -> Plane {
        let vectors = likeness_testkit::clustered_vectors(1, 256, 3);
        Plane { width: 16, height: 16, values: vectors.iter().map(|value| value * 1000.0).collect() }
    }

    #[test]
    fn the_hash_of_a_turned_picture_is_the_turned_hash() {
        let upright = hash(&picture());
        for symmetry in Symmetry::ALL {
            let seen = hash(&picture().turned(symmetry));
            assert_eq!((symmetry.of_hash(upright) ^ seen).count_ones(), 0, "{symmetry:?}");
        }
    }

    #[test]
    fn every_symmetry_has_a_way_back() {
        let picture = picture();
        for symmetry in Symmetry::ALL {
            assert_eq!(picture.turned(symmetry).turned(symmetry.back()), picture, "{symmetry:?}");
        }
    }

    #[test]
    fn four_quarters_and_two_mirrors_are_none() {
        let picture = picture();
        let mut turned = picture.clone();
        for _ in 0..4 {
            turned = turned.turned(Symmetry::QUARTER);
        }
        assert_eq!(turned, picture);
        assert_eq!(picture.turned(Symmetry::MIRRORED).turned(Symmetry::MIRRORED), picture);
        let mirrored_then_turned = picture.turned(Symmetry::MIRRORED).turned(Symmetry::QUARTER);
        assert_eq!(picture.turned(Symmetry { mirrored: true, quarters: 1 }), mirrored_then_turned);
    }
}
