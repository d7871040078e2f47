//! Turns stored pictures upright: the eight EXIF orientations.

/// How a stored picture must be turned or mirrored to be upright, numbered as EXIF does: 1 (as it is) to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    pub(crate) const UPRIGHT: Orientation = Orientation(1);

    /// Anything outside 1 to 8 counts as upright, as viewers do.
    pub(crate) fn from_exif(value: u32) -> Self {
        if (1..=8).contains(&value) { Self(value as u8) } else { Self::UPRIGHT }
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Width and height of the upright picture.
    pub(crate) fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// The upright picture of a stored one with three bytes a pixel.
    pub(crate) fn apply(self, width: u32, height: u32, rgb: Vec<u8>) -> (u32, u32, Vec<u8>) {
        if self == Self::UPRIGHT {
            return (width, height, rgb);
        }
        let (out_width, out_height) = self.upright_size(width, height);
        let (w, h) = (width as isize, height as isize);
        // The stored pixel of the upright picture's first one, and the steps in it to the right and down.
        let (start, right, down): (isize, isize, isize) = match self.0 {
            2 => (w - 1, -1, w),
            3 => (w * h - 1, -1, -w),
            4 => (w * (h - 1), 1, -w),
            5 => (0, w, 1),
            6 => (w * (h - 1), -w, 1),
            7 => (w * h - 1, -w, -1),
            _ => (w - 1, w, -1),
        };
        let mut out = vec![0u8; rgb.len()];
        for (y, row) in out.chunks_exact_mut(out_width as usize * 3).enumerate() {
            let mut from = start + y as isize * down;
            for pixel in row.chunks_exact_mut(3) {
                let at = from as usize * 3;
                pixel.copy_from_slice(&rgb[at..at + 3]);
                from += right;
            }
        }
        (out_width, out_height, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters of a 3 x 2 picture as stored for each orientation, so that it reads "abc / def" when upright.
    #[test]
    fn all_eight_orientations_end_upright() {
        let stored: [(u32, u32, &str); 8] = [
            (3, 2, "abcdef"),
            (3, 2, "cbafed"),
            (3, 2, "fedcba"),
            (3, 2, "defabc"),
            (2, 3, "adbecf"),
            (2, 3, "cfbead"),
            (2, 3, "fcebda"),
            (2, 3, "daebfc"),
        ];
        for (index, (width, height, letters)) in stored.into_iter().enumerate() {
            let rgb = letters.bytes().flat_map(|letter| [letter; 3]).collect();
            let (width, height, rgb) = Orientation::from_exif(index as u32 + 1).apply(width, height, rgb);
            let read: String = rgb.chunks(3).map(|pixel| char::from(pixel[0])).collect();
            assert_eq!((width, height, read.as_str()), (3, 2, "abcdef"), "orientation {}", index + 1);
        }
    }
}
