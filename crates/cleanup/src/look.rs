//! A small picture, made ready to be laid upon others.

use std::cell::OnceCell;

use likeness_domain::SmallPicture;

use crate::Symmetry;
use crate::place::dot;
use crate::plane::Plane;
use crate::search::Sums;

/// What two photos are compared by. Takes up to 30 KB, made as far as it is asked for: most pairs are told apart by the
/// smallest planes. Make it for the photos at hand, not for a library.
#[derive(Debug, Clone)]
pub struct Look {
    /// Width by height of the upright photo.
    pub(crate) aspect: f32,
    /// Brightness at 16 x 16, where symmetries are told and parts are looked for.
    pub(crate) tiny: Plane,
    /// Brightness at 32 x 32.
    pub(crate) coarse: Plane,
    small: SmallPicture,
    outline: OnceCell<Plane>,
    fine: OnceCell<Plane>,
    sums: OnceCell<Sums>,
}

impl Look {
    /// `width` and `height` are those of the upright photo, in any unit.
    pub fn new(small: &SmallPicture, width: u32, height: u32) -> Self {
        let aspect = width.max(1) as f32 / height.max(1) as f32;
        let coarse = halved(small.luma());
        let tiny = coarse.halved();
        Self {
            aspect,
            tiny,
            coarse,
            small: small.clone(),
            outline: OnceCell::new(),
            fine: OnceCell::new(),
            sums: OnceCell::new(),
        }
    }

    /// The tiny plane less its mean, and of length 1: the product of two is their correlation.
    pub(crate) fn outline(&self) -> &Plane {
        self.outline.get_or_init(|| {
            let mean = self.tiny.values.iter().sum::<f32>() / self.tiny.values.len() as f32;
            let mut outline = self.tiny.clone();
            outline.values.iter_mut().for_each(|value| *value -= mean);
            let length = dot(&outline.values, &outline.values).sqrt().max(1.0);
            outline.values.iter_mut().for_each(|value| *value /= length);
            outline
        })
    }

    /// Brightness at 64 x 64.
    pub(crate) fn fine(&self) -> &Plane {
        self.fine.get_or_init(|| Plane::square(SmallPicture::SIDE, self.small.luma()))
    }

    /// The coarse plane, to be looked for inside others.
    pub(crate) fn sums(&self) -> &Sums {
        self.sums.get_or_init(|| Sums::of(&self.coarse))
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

/// The means of 2 x 2 pixels.
fn halved(luma: &[u8]) -> Plane {
    const SIDE: usize = SmallPicture::SIDE / 2;
    let mut values = Vec::with_capacity(SIDE * SIDE);
    for rows in luma.chunks_exact(2 * SmallPicture::SIDE) {
        let (upper, lower) = rows.split_at(SmallPicture::SIDE);
        let sums = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        values.extend(sums.map(|(a, b)| {
            f32::from(u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1])) / 4.0
        }));
    }
    Plane { width: SIDE, height: SIDE, values }
}
