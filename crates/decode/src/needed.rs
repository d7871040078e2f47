//! How many pixels the asker needs, and how far a picture may therefore be reduced while it is decoded.

/// The fewest pixels that will do, in either orientation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needed {
    /// At least this many in the short side, where the picture has them.
    pub(crate) short_side: u32,
    /// At least this many in the long side, where the picture has them.
    pub(crate) long_side: u32,
    /// Never more pixels than this, whatever the sides say.
    pub(crate) most_pixels: u64,
}

impl Needed {
    /// How often the sides of a picture of this size are halved.
    pub(crate) fn halvings(&self, width: u32, height: u32) -> u32 {
        let (short, long) = (width.min(height), width.max(height));
        let mut halvings = 0;
        while short >> (halvings + 1) >= self.short_side.max(1) && long >> (halvings + 1) >= self.long_side {
            halvings += 1;
        }
        let pixels = u64::from(width) * u64::from(height);
        while pixels >> (2 * halvings) > self.most_pixels {
            halvings += 1;
        }
        halvings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_reduced_to_just_above_what_is_needed() {
        let needed = Needed { short_side: 224, long_side: 460, most_pixels: 16_000_000 };
        for (width, height, halvings) in
            [(4000, 3000, 3), (3000, 4000, 3), (640, 480, 0), (1000, 460, 1), (0, 0, 0), (65_000, 1_000, 2)]
        {
            assert_eq!(needed.halvings(width, height), halvings, "{width} x {height}");
        }
        let all = Needed { short_side: u32::MAX, long_side: u32::MAX, most_pixels: 50_000_000 };
        assert_eq!(all.halvings(20_000, 10_000), 1);
    }
}
