//! The small picture that near-duplicates are told by: brightness at 64 x 64, colour at 8 x 8.

/// A picture squashed to a square of fixed size, so that any two can be laid upon each other without their files.
///
/// 4,224 bytes: [`luma`](Self::luma), then [`blue`](Self::blue), then [`red`](Self::red), each row after row from the
/// top left of the upright picture. Every number is the mean over the part of the picture that it stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct SmallPicture(Box<[u8; SmallPicture::BYTES]>);

/// The bytes are no small picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes are no small picture")]
pub struct SmallPictureError {
    bytes: usize,
}

impl SmallPicture {
    /// Numbers in a row of brightness, and rows.
    pub const SIDE: usize = 64;
    /// Numbers in a row of colour, and rows.
    pub const COLOR_SIDE: usize = 8;
    /// Bytes of all of it.
    pub const BYTES: usize = Self::LUMA + 2 * Self::COLOR;
    const LUMA: usize = Self::SIDE * Self::SIDE;
    const COLOR: usize = Self::COLOR_SIDE * Self::COLOR_SIDE;

    /// # Errors
    /// When there are not [`BYTES`](Self::BYTES) of them.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SmallPictureError> {
        let wrong = SmallPictureError { bytes: bytes.len() };
        bytes.into_boxed_slice().try_into().map(Self).map_err(|_| wrong)
    }

    /// All of it, as given to [`from_bytes`](Self::from_bytes).
    pub fn as_bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// Brightness by ITU-R BT.601 in sRGB's own steps, 0 to 255; [`SIDE`](Self::SIDE) rows.
    pub fn luma(&self) -> &[u8] {
        &self.0[..Self::LUMA]
    }

    /// Blueness (Cb of JPEG), 128 for grey; [`COLOR_SIDE`](Self::COLOR_SIDE) rows.
    pub fn blue(&self) -> &[u8] {
        &self.0[Self::LUMA..Self::LUMA + Self::COLOR]
    }

    /// Redness (Cr of JPEG), 128 for grey; [`COLOR_SIDE`](Self::COLOR_SIDE) rows.
    pub fn red(&self) -> &[u8] {
        &self.0[Self::LUMA + Self::COLOR..]
    }
}

impl std::fmt::Debug for SmallPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmallPicture")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_has_three_parts_and_no_other_size() {
        let bytes: Vec<u8> = (0..SmallPicture::BYTES).map(|at| (at / 64) as u8).collect();
        let small = SmallPicture::from_bytes(bytes.clone()).expect("as many bytes as it should");
        assert_eq!(small.as_bytes(), bytes);
        assert_eq!((small.luma().len(), small.luma()[4095]), (4096, 63));
        assert_eq!((small.blue(), small.red()), (&[64; 64][..], &[65; 64][..]));
        assert!(SmallPicture::from_bytes(vec![0; SmallPicture::BYTES - 1]).is_err());
    }
}
