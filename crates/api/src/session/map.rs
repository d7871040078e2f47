//! `map` and `clusters` on the command line.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use likeness_domain::PhotoId;
use likeness_library::{Arrange, Begin, Dims, Label, Layout};

use crate::failure::{self, Words};
use crate::lines::{ClusterLine, MapLine};
use crate::session::{Job, Session};
use crate::times::span_text;
use crate::wire::Failure;

/// How photos are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapMethod {
    /// Along the directions in which they differ most.
    Pca,
    /// So that neighbours lie together.
    Tsne,
}

/// Which photos get a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapScope {
    /// All of them, anew.
    All,
    /// Those that have none; the others keep theirs.
    Newcomers,
}

/// What `map` makes, as it was typed.
#[derive(Debug, Clone)]
pub struct AskMap {
    /// How.
    pub method: MapMethod,
    /// 2 or 3.
    pub dims: u8,
    /// With how many neighbours each photo should lie, about.
    pub perplexity: f32,
    /// Decides where nothing else does.
    pub seed: u64,
    /// Which photos.
    pub scope: MapScope,
    /// A picture of the map to write.
    pub png: Option<PathBuf>,
}

/// What `map` answers.
#[derive(Debug, Clone)]
pub struct MapLines {
    /// One for each photo.
    pub points: Vec<MapLine>,
    /// Photos that cannot be found by look yet, and have no place.
    pub not_yet_findable: u64,
}

impl Session {
    /// Places all photos, or those without a place, and draws them when asked. t-SNE keeps what it made: it is the map
    /// that the window shows.
    ///
    /// # Errors
    /// When there is no model, the picture cannot be written, or the job is cancelled.
    pub fn map(&self, job: &Job, ask: &AskMap) -> Result<MapLines, Failure> {
        if let Some(png) = &ask.png {
            check_png(png)?;
        }
        let dims = crate::map::dims_of(ask.dims)?;
        self.library.model().in_words()?;
        let layout = match ask.method {
            MapMethod::Pca => Layout::Pca(dims),
            MapMethod::Tsne => {
                self.make_map(job, ask, dims)?;
                Layout::Look(dims)
            }
        };
        let points = self.library.points(layout).in_words()?;
        if let Some(path) = &ask.png {
            let png = self.library.poster(&job.0, &points).in_words()?;
            std::fs::write(path, png).map_err(|error| failure::unwritable(path, &error))?;
        }
        let clusters = self.clusters_of_photos()?;
        let line = |(photo, place): (&PhotoId, &[f32; 3])| MapLine {
            id: photo.0,
            x: place[0],
            y: place[1],
            z: (dims == Dims::Three).then_some(place[2]),
            cluster: clusters.get(photo).copied(),
        };
        Ok(MapLines {
            points: points.photos.iter().zip(&points.places).map(line).collect(),
            not_yet_findable: self.library.count_not_yet_findable().in_words()?,
        })
    }

    fn make_map(&self, job: &Job, ask: &AskMap, dims: Dims) -> Result<(), Failure> {
        let is_there = self.library.map(dims).in_words()?.is_some();
        if ask.scope == MapScope::Newcomers && is_there {
            return self.library.place_newcomers(&job.0).in_words();
        }
        let arrange = Arrange { dims, perplexity: ask.perplexity, seed: ask.seed, begin: Begin::Afresh };
        self.library.arrange_map(&job.0, &arrange).in_words()
    }

    /// At the fineness that suits the photos best.
    fn clusters_of_photos(&self) -> Result<HashMap<PhotoId, u16>, Failure> {
        let catalog = self.library.catalog();
        let Some(clustering) = catalog.clustering().in_words()? else { return Ok(HashMap::new()) };
        Ok(catalog.members(clustering.best).in_words()?.into_iter().collect())
    }

    /// Groups photos that look alike into `count` clusters, or into as many as suit them best.
    ///
    /// # Errors
    /// When there is no model, there are fewer photos than clusters, or the job is cancelled.
    pub fn clusters(&self, job: &Job, count: Option<NonZeroUsize>) -> Result<Vec<ClusterLine>, Failure> {
        Ok(self.library.grouped(&job.0, count).in_words()?.into_iter().map(cluster_line).collect())
    }
}

fn check_png(path: &Path) -> Result<(), Failure> {
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("png")) {
        return Err(failure::wrong_usage(
            format!("{} is not named as a PNG picture", path.display()),
            "Let the name end with .png.",
        ));
    }
    failure::check_place(path)
}

fn cluster_line(label: Label) -> ClusterLine {
    ClusterLine {
        cluster: label.cluster.into(),
        size: label.members.len(),
        cover: label.cover.0,
        name: name(&label),
        members: label.members.iter().map(|photo| photo.0).collect(),
    }
}

/// What is known of a cluster: the folder's name, the days, the camera.
fn name(label: &Label) -> String {
    let folder = label.folder.as_ref().and_then(|folder| folder.file_name());
    let folder = folder.map(|name| name.to_string_lossy().into_owned());
    let parts = [folder, span_text(label.from_ms, label.until_ms), label.camera.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
