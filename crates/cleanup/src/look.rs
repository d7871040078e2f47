//! A small picture, made ready to be laid upon others.

use std::cell::OnceCell;

use likeness_domain::SmallPicture;

use crate::Symmetry;
use crate::plane::Plane;

/// What two photos are compared by. Takes up to 25 KB, made as far as it is asked for: most pairs are told apart by the
/// smallest plane. Make it for the photos at hand, not for a library.
#[derive(Debug, Clone)]
pub struct Look {
    /// Width by height of the upright photo.
    pub(crate) aspect: f32,
    /// Brightness at 16 x 16, where symmetries are told and parts are looked for.
    pub(crate) tiny: Plane,
    small: SmallPicture,
    fine: OnceCell<Plane>,
    coarse: OnceCell<Plane>,
}

impl Look {
    /// `width` and `height` are those of the upright photo, in any unit.
    pub fn new(small: &SmallPicture, width: u32, height: u32) -> Self {
        let aspect = width.max(1) as f32 / height.max(1) as f32;
        let tiny = quartered(small.luma());
        Self { aspect, tiny, small: small.clone(), fine: OnceCell::new(), coarse: OnceCell::new() }
    }

    /// Brightness at 64 x 64.
    pub(crate) fn fine(&self) -> &Plane {
        self.fine.get_or_init(|| Plane::square(SmallPicture::SIDE, self.small.luma()))
    }

    /// Brightness at 32 x 32.
    pub(crate) fn coarse(&self) -> &Plane {
        self.coarse.get_or_init(|| self.fine().halved())
    }

    /// Blueness and redness at 8 x 8, 0 for grey.
    pub(crate) fn color(&self) -> [Plane; 2] {
        [self.small.blue(), self.small.red()].map(|values| {
            let mut plane = Plane::square(SmallPicture::COLOR_SIDE, values);
            plane.values.iter_mut().for_each(|value| *value -= 128.0);
            plane
        })
    }

    /// Width by height after `symmetry`.
    pub(crate) fn aspect_turned(&self, symmetry: Symmetry) -> f32 {
        if symmetry.swaps_sides() { 1.0 / self.aspect } else { self.aspect }
    }
}

/// The means of 4 x 4 pixels.
fn quartered(luma: &[u8]) -> Plane {
    const SIDE: usize = SmallPicture::SIDE / 4;
    let mut values = vec![0.0; SIDE * SIDE];
    for (rows, out) in luma.chunks_exact(4 * SmallPicture::SIDE).zip(values.chunks_exact_mut(SIDE)) {
        let mut sums = [0u16; SmallPicture::SIDE];
        for row in rows.chunks_exact(SmallPicture::SIDE) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u16::from(value));
        }
        for (out, sums) in out.iter_mut().zip(sums.chunks_exact(4)) {
            *out = f32::from(sums.iter().sum::<u16>()) / 16.0;
        }
    }
    Plane { width: SIDE, height: SIDE, values }
}
