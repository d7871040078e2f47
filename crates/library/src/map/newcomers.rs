//! What is due by itself: a first map, places for newcomers, and a new map when newcomers outnumber the others.

use std::collections::HashMap;

use likeness_domain::{JobContext, PhotoId};
use likeness_layout::{nearest_to, place_newcomers};
use likeness_store::Map;

use super::arrange::NEIGHBORS_FOR_PERPLEXITY;
use super::{Arrange, Dims, first, in_space};
use crate::looks::Looks;
use crate::{Error, Library, Notice};

/// Once so many photos can be found by look, a first map is made by itself: of fewer it says nothing that a grid does not.
pub const FIRST_MAP: u64 = 36;

impl Library {
    /// Makes the first map once there are enough photos; gives newcomers their places on the maps that are there, where
    /// nobody else moves; and makes a map again when more photos came to it than it was made of. Does nothing when
    /// nothing is due.
    ///
    /// # Errors
    /// As [`arrange_map`](Self::arrange_map).
    pub fn update_map(&self, ctx: &JobContext) -> Result<(), Error> {
        let Ok(eye) = self.eye() else { return Ok(()) };
        let tag = eye.answering(&self.store)?.vectors.tag().clone();
        let maps = self.store.maps()?;
        if !maps.iter().any(|map| map.dims == Dims::Two.number()) {
            if self.store.embedding_stamp(&tag)?.count < FIRST_MAP {
                return Ok(());
            }
            self.arrange_map(ctx, &Arrange::usual(Dims::Two))?;
        }
        for map in maps {
            let newcomers = self.store.count_without_place(map.id, &tag)?;
            let from_the_start = map.placed - map.came_later;
            if newcomers > 0 && newcomers + map.came_later > from_the_start {
                let usual = Arrange::usual(dims_of(&map));
                self.arrange_map(ctx, &Arrange { perplexity: map.perplexity, seed: map.seed, ..usual })?;
            }
        }
        self.place_newcomers(ctx)
    }

    /// Gives newcomers, however many, their places on the maps that are there and lets them join the clusters. Nobody else
    /// moves.
    ///
    /// # Errors
    /// When there is no model, the catalog cannot be read or written, or the job is cancelled.
    pub fn place_newcomers(&self, ctx: &JobContext) -> Result<(), Error> {
        let tag = self.eye()?.answering(&self.store)?.vectors.tag().clone();
        for map in self.store.maps()? {
            if self.store.count_without_place(map.id, &tag)? == 0 {
                continue;
            }
            let looks = self.looks()?;
            match dims_of(&map) {
                Dims::Two => self.place_newcomers_on::<2>(ctx, &map, looks)?,
                Dims::Three => self.place_newcomers_on::<3>(ctx, &map, looks)?,
            }
            self.notices.tell(Notice::MapChanged);
        }
        self.group_newcomers(ctx, &tag)
    }

    fn place_newcomers_on<const D: usize>(
        &self,
        ctx: &JobContext,
        map: &Map,
        looks: Looks,
    ) -> Result<(), Error> {
        let known: HashMap<PhotoId, [f32; 3]> = self.store.places(map.id)?.into_iter().collect();
        // Those who have a place first, as the layout counts them.
        let (placed, newcomers): (Vec<usize>, Vec<usize>) =
            (0..looks.photos.len()).partition(|&row| known.contains_key(&looks.photos[row]));
        let vectors: Vec<f32> =
            placed.iter().chain(&newcomers).flat_map(|&row| looks.row(row).iter().copied()).collect();
        let places: Vec<[f32; D]> = placed.iter().map(|&row| first(&known[&looks.photos[row]])).collect();
        let neighbors = (NEIGHBORS_FOR_PERPLEXITY * map.perplexity).ceil() as usize;
        let queries = placed.len()..looks.photos.len();
        let graph = nearest_to(ctx, &vectors, looks.dimension(), queries, neighbors)?;
        let found = place_newcomers(ctx, &places, &graph, map.perplexity, map.seed)?;
        let found: Vec<_> =
            newcomers.iter().map(|&row| looks.photos[row]).zip(found.iter().map(in_space)).collect();
        self.store.add_places(map.id, &found)?;
        Ok(())
    }
}

fn dims_of(map: &Map) -> Dims {
    Dims::from_number(map.dims).expect("maps are kept in two or three dimensions")
}
