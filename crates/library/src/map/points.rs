//! Where photos lie, in each of the layouts, as seen in the square (or cube) from 0 to 1.

use std::collections::HashMap;

use likeness_domain::PhotoId;
use likeness_layout::{Frame, arrange_in_grid, time_by_look};

use super::{Dims, first, in_space};
use crate::{Error, Library};

/// Ways to lay out all photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// The map.
    Look(Dims),
    /// Along the directions in which photos differ most.
    Pca(Dims),
    /// Time across, look upward.
    Time,
    /// The map as a grid without overlap.
    Grid,
    /// The map that is being made.
    Making,
}

/// Where photos lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Dimensions.
    pub dims: Dims,
    /// Photos in view, in the order of their numbers. Those without a place are left out.
    pub photos: Vec<PhotoId>,
    /// The place of each, from 0 to 1; z is 0 in the plane. Photos that came after the map was made may lie outside.
    pub places: Vec<[f32; 3]>,
}

impl Points {
    fn none(dims: Dims) -> Self {
        Self { dims, photos: Vec::new(), places: Vec::new() }
    }

    fn framed(dims: Dims, photos: Vec<PhotoId>, places: &[[f32; 3]]) -> Self {
        let places = match dims {
            Dims::Two => framed::<2>(places),
            Dims::Three => framed::<3>(places),
        };
        Self { dims, photos, places }
    }
}

fn framed<const D: usize>(places: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let places: Vec<[f32; D]> = places.iter().map(first).collect();
    let frame = Frame::around(&places);
    places.iter().map(|place| in_space(&frame.seen(place))).collect()
}

impl Library {
    /// Where photos lie in `layout`; nobody where there is no map (or model) for it yet.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn points(&self, layout: Layout) -> Result<Points, Error> {
        match layout {
            Layout::Look(dims) => self.map_points(dims),
            Layout::Pca(dims) => {
                if self.eye().is_err() {
                    return Ok(Points::none(dims));
                }
                let principal = self.principal_places()?;
                Ok(Points::framed(dims, principal.photos.clone(), &principal.places))
            }
            Layout::Time => self.time_points(),
            Layout::Grid => self.grid_points(),
            Layout::Making => Ok(match self.places_in_making() {
                Some((dims, photos, places)) => Points::framed(dims, photos, &places),
                None => Points::none(Dims::Two),
            }),
        }
    }

    fn map_points(&self, dims: Dims) -> Result<Points, Error> {
        let Some(map) = self.map(dims)? else { return Ok(Points::none(dims)) };
        let (photos, places): (Vec<PhotoId>, Vec<[f32; 3]>) = self.store.places(map.id)?.into_iter().unzip();
        let (middle, side) = (map.frame.middle, map.frame.side);
        let seen = |place: &[f32; 3]| match dims {
            Dims::Two => in_space(&Frame::<2> { middle: first(&middle), side }.seen(&first(place))),
            Dims::Three => Frame::<3> { middle, side }.seen(place),
        };
        let places = places.iter().map(seen).collect();
        Ok(Points { dims, photos, places })
    }

    fn time_points(&self) -> Result<Points, Error> {
        if self.eye().is_err() {
            return Ok(Points::none(Dims::Two));
        }
        let principal = self.principal_places()?;
        let facets = self.facets()?;
        let shown: HashMap<PhotoId, Option<i64>> = facets
            .photos
            .iter()
            .map(|facet| (facet.photo, facet.taken_known.then_some(facet.shown_at_ms)))
            .collect();
        let taken: Vec<Option<i64>> =
            principal.photos.iter().map(|photo| shown.get(photo).copied().flatten()).collect();
        let look: Vec<f32> = principal.places.iter().map(|place| place[0]).collect();
        let places = time_by_look(&taken, &look).iter().map(in_space).collect();
        Ok(Points { dims: Dims::Two, photos: principal.photos.clone(), places })
    }

    fn grid_points(&self) -> Result<Points, Error> {
        let Points { photos, places, .. } = self.map_points(Dims::Two)?;
        let places: Vec<[f32; 2]> = places.iter().map(first).collect();
        let columns = (places.len() as f64).sqrt().ceil().max(1.0) as u32;
        let rows = (places.len() as u32).div_ceil(columns);
        let cells = arrange_in_grid(&places, columns, rows);
        let middle = |cell: u32| (cell as f32 + 0.5) / columns as f32;
        let places = cells.iter().map(|cell| [middle(cell.column), middle(cell.row), 0.0]).collect();
        Ok(Points { dims: Dims::Two, photos, places })
    }
}
