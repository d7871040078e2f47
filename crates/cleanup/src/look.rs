//! A small picture, made ready to be laid upon others.

use likeness_domain::SmallPicture;

use crate::Symmetry;
use crate::plane::Plane;

const MIDDLING: usize = 24;

/// What two photos are compared by. Takes 25 KB; make it for the photos at hand, not for a library.
#[derive(Debug, Clone)]
pub struct Look {
    /// Width by height of the upright photo.
    pub(crate) aspect: f32,
    /// Brightness at 64 x 64 ...
    pub(crate) fine: Plane,
    /// ... at 32 x 32 ...
    pub(crate) coarse: Plane,
    /// ... at 24 x 24, where parts are looked for ...
    pub(crate) middling: Plane,
    /// ... and at 16 x 16, where symmetries are told.
    pub(crate) tiny: Plane,
    /// Blueness and redness at 8 x 8, 0 for grey.
    pub(crate) color: [Plane; 2],
}

impl Look {
    /// `width` and `height` are those of the upright photo, in any unit.
    pub fn new(small: &SmallPicture, width: u32, height: u32) -> Self {
        let fine = Plane::square(SmallPicture::SIDE, small.luma());
        let color = [small.blue(), small.red()].map(|values| {
            let mut plane = Plane::square(SmallPicture::COLOR_SIDE, values);
            plane.values.iter_mut().for_each(|value| *value -= 128.0);
            plane
        });
        let aspect = width.max(1) as f32 / height.max(1) as f32;
        Self::of(aspect, fine, color)
    }

    fn of(aspect: f32, fine: Plane, color: [Plane; 2]) -> Self {
        let coarse = fine.halved();
        let tiny = coarse.halved();
        Self { aspect, middling: fine.reduced(MIDDLING, MIDDLING), fine, coarse, tiny, color }
    }

    pub(crate) fn turned(&self, symmetry: Symmetry) -> Self {
        let aspect = if symmetry.swaps_sides() { 1.0 / self.aspect } else { self.aspect };
        let [blue, red] = &self.color;
        Self::of(aspect, self.fine.turned(symmetry), [blue.turned(symmetry), red.turned(symmetry)])
    }
}
