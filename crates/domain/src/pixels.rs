//! Pictures in memory: upright, sRGB, 8 bits a channel, without alpha.

/// An upright sRGB picture. `rgb` has `width * height * 3` bytes, row after row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// The bytes do not fit the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes are no {width} x {height} picture")]
pub struct PixelsError {
    width: u32,
    height: u32,
    bytes: usize,
}

impl Pixels {
    /// # Errors
    /// When a side is 0 or the number of bytes is not `width * height * 3`.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, PixelsError> {
        let expected = u64::from(width) * u64::from(height) * 3;
        if expected == 0 || expected != rgb.len() as u64 {
            return Err(PixelsError { width, height, bytes: rgb.len() });
        }
        Ok(Self { width, height, rgb })
    }

    /// Pixels in a row, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green, blue of every pixel, row after row.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes, without a copy.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The part of the picture that `region` marks, at least one pixel in each direction.
    pub fn crop(&self, region: Region) -> Self {
        let span = |start: f32, length: f32, side: u32| {
            let first = ((start * side as f32).floor() as u32).min(side - 1);
            let end = ((start + length) * side as f32).ceil() as u32;
            (first as usize, end.clamp(first + 1, side) as usize)
        };
        let (left, right) = span(region.x, region.width, self.width);
        let (top, bottom) = span(region.y, region.height, self.height);
        let row_bytes = self.width as usize * 3;
        let rgb = (top..bottom)
            .flat_map(|y| &self.rgb[y * row_bytes + left * 3..y * row_bytes + right * 3])
            .copied()
            .collect();
        Self { width: (right - left) as u32, height: (bottom - top) as u32, rgb }
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({} x {})", self.width, self.height)
    }
}

/// A rectangle inside an upright picture, as fractions of its sides: `x` and `y` from the top left, all within 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

/// The rectangle lies outside the picture or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a region is x,y,width,height as fractions of the picture, within 0 to 1 and not empty")]
pub struct RegionError;

impl Region {
    /// # Errors
    /// When the rectangle is empty, not finite, or reaches outside 0 to 1 (by more than rounding).
    pub fn new(x: f32, y: f32, width: f32, height: f32) -> Result<Self, RegionError> {
        const ROUNDING: f32 = 1e-4;
        let inside = |start: f32, length: f32| {
            start >= 0.0 && length > 0.0 && start < 1.0 && start + length <= 1.0 + ROUNDING
        };
        if !inside(x, width) || !inside(y, height) {
            return Err(RegionError);
        }
        Ok(Self { x, y, width, height })
    }

    /// `[x, y, width, height]`, as given to [`new`](Self::new).
    pub fn to_fractions(&self) -> [f32; 4] {
        [self.x, self.y, self.width, self.height]
    }

    /// The share of the picture's area that the region covers, more than 0 and at most 1.
    pub fn area(&self) -> f32 {
        self.width * self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_must_fit_their_size() {
        assert!(Pixels::new(2, 1, vec![0; 6]).is_ok());
        assert!(Pixels::new(2, 1, vec![0; 5]).is_err());
        assert!(Pixels::new(0, 1, vec![]).is_err());
    }

    #[test]
    fn a_crop_takes_the_marked_part() {
        let pixels = Pixels::new(4, 2, (0..24).collect()).expect("valid");
        let right_half = pixels.crop(Region::new(0.5, 0.0, 0.5, 1.0).expect("inside"));
        assert_eq!((right_half.width(), right_half.height()), (2, 2));
        assert_eq!(right_half.rgb(), [6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23]);
    }

    #[test]
    fn a_region_lies_inside_the_picture() {
        for (x, y, width, height) in
            [(0.0, 0.0, 0.0, 1.0), (-0.1, 0.0, 0.5, 0.5), (0.6, 0.0, 0.5, 1.0), (f32::NAN, 0.0, 1.0, 1.0)]
        {
            assert_eq!(Region::new(x, y, width, height), Err(RegionError));
        }
    }
}
