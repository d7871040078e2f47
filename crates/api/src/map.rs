//! The map for the window and the browser: its state, its clusters, and bulk answers as bytes.

use std::path::Path;

use likeness_domain::{Flag, PhotoId};
use likeness_library::store::{Facet, Map};
use likeness_library::{Dims, FIRST_MAP, Label, Layout};

use crate::api::Api;
use crate::api::minutes;
use crate::commands;
use crate::failure::{self, Words};
use crate::wire::{Failure, LayoutWord, MadeMap, MakingMap, MapBytes, MapCluster, MapLegend, MapState};

/// Of the bulk answers.
const VERSION: u32 = 1;
/// Neighbours that a face draws lines to.
const NEIGHBORS: usize = 10;
/// In the place of minutes, where it is not known when a photo was taken.
const TIMELESS: i32 = i32::MIN;
const PICK_BIT: u8 = 1 << 3;
const REJECT_BIT: u8 = 1 << 4;
const LABEL_SHIFT: u8 = 5;

impl Api {
    /// A bulk answer about the map, as little-endian bytes: see [`crate::wire::MapBytes`].
    ///
    /// # Errors
    /// When the catalog cannot be read, or a map has neither 2 nor 3 dimensions.
    pub fn map_bytes(&self, query: &MapBytes) -> Result<Vec<u8>, Failure> {
        match *query {
            MapBytes::Points { layout, dims } => self.point_bytes(layout_of(layout, dims)?),
            MapBytes::Facts => self.fact_bytes(),
            MapBytes::Clusters { fineness } => self.cluster_bytes(fineness),
        }
    }

    /// Writes a picture of the map that the page drew, where the person chose to keep it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_picture(path: &Path, png: &[u8]) -> Result<(), Failure> {
        std::fs::write(path, png).map_err(|error| failure::unwritable(path, &error))
    }

    fn point_bytes(&self, layout: Layout) -> Result<Vec<u8>, Failure> {
        let points = self.library.points(layout).in_words()?;
        let dims = usize::from(points.dims.number());
        let mut bytes = Vec::with_capacity(12 + points.photos.len() * 4 * (1 + dims));
        put(&mut bytes, [VERSION, points.photos.len() as u32, dims as u32].map(u32::to_le_bytes));
        put(&mut bytes, points.photos.iter().map(id_bytes));
        for axis in 0..dims {
            put(&mut bytes, points.places.iter().map(|place| place[axis].to_le_bytes()));
        }
        Ok(bytes)
    }

    fn fact_bytes(&self) -> Result<Vec<u8>, Failure> {
        let facets = self.library.facets().in_words()?;
        let legend = MapLegend {
            folders: facets.folders.iter().map(|folder| folder.display().to_string()).collect(),
            cameras: facets.cameras.clone(),
        };
        let legend = serde_json::to_vec(&legend).expect("wire types are plain data");
        let photos = &facets.photos;
        let mut bytes = Vec::with_capacity(12 + photos.len() * 13 + legend.len());
        put(&mut bytes, [VERSION, photos.len() as u32, legend.len() as u32].map(u32::to_le_bytes));
        put(&mut bytes, photos.iter().map(|facet| id_bytes(&facet.photo)));
        let time = |facet: &Facet| if facet.taken_known { minutes(facet.shown_at_ms) } else { TIMELESS };
        put(&mut bytes, photos.iter().map(|facet| time(facet).to_le_bytes()));
        put(&mut bytes, photos.iter().map(|facet| facet.folder.to_le_bytes()));
        put(&mut bytes, photos.iter().map(|facet| facet.camera.to_le_bytes()));
        bytes.extend(photos.iter().map(|facet| {
            let flag = match facet.decisions.flag {
                Flag::None => 0,
                Flag::Pick => PICK_BIT,
                Flag::Reject => REJECT_BIT,
            };
            let label = facet.decisions.label as u8;
            facet.decisions.rating.stars() | flag | label << LABEL_SHIFT
        }));
        bytes.extend(legend);
        Ok(bytes)
    }

    fn cluster_bytes(&self, fineness: u8) -> Result<Vec<u8>, Failure> {
        let members = self.library.catalog().grouping(fineness).in_words()?.members;
        let mut bytes = Vec::with_capacity(8 + members.len() * 6);
        put(&mut bytes, [VERSION, members.len() as u32].map(u32::to_le_bytes));
        put(&mut bytes, members.iter().map(|(photo, _)| id_bytes(photo)));
        put(&mut bytes, members.iter().map(|(_, cluster)| cluster.to_le_bytes()));
        Ok(bytes)
    }
}

pub(crate) fn map_state(api: &Api) -> Result<MapState, Failure> {
    let catalog = api.library.catalog();
    let clustering = catalog.clustering().in_words()?;
    Ok(MapState {
        findable: commands::findable(api)?,
        enough: FIRST_MAP as i64,
        maps: catalog.maps().in_words()?.iter().map(made).collect(),
        making: api.library.making_map().map(making),
        fineness: clustering.as_ref().map_or(0, |clustering| clustering.best),
        clusters: clustering.map_or_else(Vec::new, |clustering| {
            clustering.counts.into_iter().map(|count| count as i64).collect()
        }),
    })
}

pub(crate) fn arrange_map(api: &Api, dims: u8) -> Result<(), Failure> {
    api.following.arrange_map(dims_of(dims)?);
    Ok(())
}

pub(crate) fn undo_map(api: &Api, dims: u8) -> Result<(), Failure> {
    api.following.undo_map(dims_of(dims)?).in_words().map(drop)
}

pub(crate) fn map_neighbors(api: &Api, photo: i64) -> Result<Vec<i64>, Failure> {
    let found = api.library.neighbors(PhotoId(photo), NEIGHBORS).in_words()?;
    Ok(found.into_iter().map(|photo| photo.0).collect())
}

pub(crate) fn map_clusters(
    api: &Api,
    fineness: u8,
    layout: LayoutWord,
    dims: u8,
) -> Result<Vec<MapCluster>, Failure> {
    let labels = api.library.labels(fineness, layout_of(layout, dims)?).in_words()?;
    Ok(labels.into_iter().map(cluster).collect())
}

pub(crate) fn making(making: likeness_library::MakingMap) -> MakingMap {
    MakingMap { dims: making.dims.number(), round: making.round as i64, rounds: making.rounds as i64 }
}

fn made(map: &Map) -> MadeMap {
    MadeMap {
        dims: map.dims,
        placed: map.placed as i64,
        came_later: map.came_later as i64,
        neighbors_kept: map.neighbors_kept,
        made_at_ms: map.made_ms,
        can_undo: map.can_undo,
    }
}

fn cluster(label: Label) -> MapCluster {
    let [x, y, z] = label.place;
    MapCluster {
        cluster: label.cluster,
        cover: label.cover.0,
        photos: label.members.len() as i64,
        x,
        y,
        z,
        from_ms: label.from_ms,
        until_ms: label.until_ms,
        folder: label.folder.map(|folder| folder.display().to_string()),
        camera: label.camera,
    }
}

pub(crate) fn dims_of(dims: u8) -> Result<Dims, Failure> {
    Dims::from_number(dims).ok_or_else(|| {
        failure::wrong_usage(format!("a map has 2 or 3 dimensions, not {dims}"), "Choose 2 or 3.")
    })
}

fn layout_of(word: LayoutWord, dims: u8) -> Result<Layout, Failure> {
    let dims = dims_of(dims)?;
    Ok(match word {
        LayoutWord::Look => Layout::Look(dims),
        LayoutWord::Pca => Layout::Pca(dims),
        LayoutWord::Time => Layout::Time,
        LayoutWord::Grid => Layout::Grid,
        LayoutWord::Making => Layout::Making,
    })
}

fn id_bytes(photo: &PhotoId) -> [u8; 4] {
    (photo.0 as u32).to_le_bytes()
}

fn put<const N: usize>(bytes: &mut Vec<u8>, numbers: impl IntoIterator<Item = [u8; N]>) {
    numbers.into_iter().for_each(|number| bytes.extend(number));
}
