//! A new map of everything: the straight line from vectors to places.

use std::collections::HashMap;

use likeness_domain::{JobContext, PhotoId, Stage};
use likeness_layout::{
    Affinities, Frame, Schedule, align, first_positions, improve, neighbor_graph, neighbors_kept,
    principal_components, start_among,
};
use likeness_store::{Map, MapFrame, NewMap};

use super::{Dims, first, in_space};
use crate::looks::Looks;
use crate::{Error, Library, Notice};

/// How to make a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrange {
    /// In the plane or in space.
    pub dims: Dims,
    /// With how many neighbours each photo should lie, about.
    pub perplexity: f32,
    /// Decides where nothing else does.
    pub seed: u64,
    /// Where photos begin.
    pub begin: Begin,
}

/// Where photos begin when a new map is made. Either way it is laid upon the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// At their places on the old map, so that it can still be known again.
    AtOldPlaces,
    /// Along the directions in which they differ most: the same photos and the same seed give the same map.
    Afresh,
}

impl Arrange {
    /// As a map is made when nobody says how.
    pub fn usual(dims: Dims) -> Self {
        Self { dims, perplexity: 30.0, seed: 0, begin: Begin::AtOldPlaces }
    }
}

/// Neighbours for each unit of perplexity; further ones attract by next to nothing.
pub(super) const NEIGHBORS_FOR_PERPLEXITY: f32 = 3.0;
/// Neighbours whose keeping is measured, and photos that it is measured on.
const KEPT_OF: usize = 10;
const KEPT_SAMPLE: usize = 1000;

impl Library {
    /// Makes a map of all photos that can be found by look, and shows it. The map before it can be brought back. Tells
    /// the progress as [`Stage::Compare`] and [`Stage::Arrange`].
    ///
    /// # Errors
    /// When there is no model, the catalog cannot be read or written, or the job is cancelled: then the old map stays.
    pub fn arrange_map(&self, ctx: &JobContext, arrange: &Arrange) -> Result<(), Error> {
        let kept = self.keep_arranged(ctx, arrange);
        // Told in any case: whoever watched the making learns that it is over.
        self.notices.tell(Notice::MapChanged);
        kept
    }

    fn keep_arranged(&self, ctx: &JobContext, arrange: &Arrange) -> Result<(), Error> {
        let looks = self.looks()?;
        let map = match arrange.dims {
            Dims::Two => self.arranged::<2>(ctx, arrange, &looks)?,
            Dims::Three => self.arranged::<3>(ctx, arrange, &looks)?,
        };
        ctx.check()?;
        self.store.save_map(&map)?;
        self.group(ctx, &looks)
    }

    /// Shows the map before, and the next time the later one again. `false` when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn undo_map(&self, dims: Dims) -> Result<bool, Error> {
        let undone = self.store.undo_map(dims.number())?;
        if undone {
            self.notices.tell(Notice::MapChanged);
        }
        Ok(undone)
    }

    /// The map that is shown; `None` when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn map(&self, dims: Dims) -> Result<Option<Map>, Error> {
        Ok(self.store.maps()?.into_iter().find(|map| map.dims == dims.number()))
    }

    fn arranged<const D: usize>(
        &self,
        ctx: &JobContext,
        arrange: &Arrange,
        looks: &Looks,
    ) -> Result<NewMap, Error> {
        let Arrange { dims, perplexity, seed, begin } = *arrange;
        let (vectors, dimension) = (&looks.vectors, looks.dimension());
        let old: Vec<Option<[f32; D]>> = self.old_places(dims, &looks.photos)?;
        let at_old_places = begin == Begin::AtOldPlaces && old.iter().any(Option::is_some);
        let schedule = if at_old_places { Schedule::again() } else { Schedule::default() };
        let rounds = schedule.gathering_rounds + schedule.unfolding_rounds;
        let mut showing = self.show_making(dims, &looks.photos, rounds);

        let neighbors = (NEIGHBORS_FOR_PERPLEXITY * perplexity).ceil() as usize;
        let graph = neighbor_graph(ctx, vectors, dimension, neighbors)?;
        let affinities = Affinities::joint(ctx, &graph, perplexity)?;
        let start = if at_old_places {
            start_among(&old, &graph, perplexity, seed)?
        } else {
            first_positions(&principal_components(vectors, dimension)?, seed)
        };
        let improved = improve(ctx, &affinities, start, &schedule, |moment| {
            ctx.progress(Stage::Arrange, moment.round as u64, moment.rounds as u64);
            showing.show(moment.round, moment.positions);
        })?;
        let positions = align(&improved, &old);

        let sample: Vec<usize> =
            (0..positions.len()).step_by(positions.len().div_ceil(KEPT_SAMPLE).max(1)).collect();
        let kept_of = KEPT_OF.min(graph.neighbors_of_each());
        let frame = Frame::around(&positions);
        Ok(NewMap {
            dims: dims.number(),
            perplexity,
            seed,
            neighbors_kept: neighbors_kept(&graph, &positions, &sample, kept_of),
            frame: MapFrame { middle: in_space(&frame.middle), side: frame.side },
            places: looks.photos.iter().copied().zip(positions.iter().map(in_space)).collect(),
        })
    }

    /// Where `photos` lie on the map that is shown.
    fn old_places<const D: usize>(
        &self,
        dims: Dims,
        photos: &[PhotoId],
    ) -> Result<Vec<Option<[f32; D]>>, Error> {
        let Some(map) = self.map(dims)? else { return Ok(vec![None; photos.len()]) };
        let places: HashMap<PhotoId, [f32; 3]> = self.store.places(map.id)?.into_iter().collect();
        Ok(photos.iter().map(|photo| places.get(photo).map(first)).collect())
    }
}
