//! What can be said of a cluster: its cover, when and where its photos were taken, and where a label belongs.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::PathBuf;

use likeness_domain::PhotoId;
use likeness_store::{Facet, Facets, Grouping};

use super::Layout;
use crate::{Error, Library};

/// A cluster and what can be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Its number.
    pub cluster: u16,
    /// The photo that stands for it.
    pub cover: PhotoId,
    /// Its photos in view, in the order of their numbers.
    pub members: Vec<PhotoId>,
    /// Where a label belongs: on one of its photos, amid the others.
    pub place: [f32; 3],
    /// The time of its first photo, by the camera's clock, milliseconds since 1970.
    pub from_ms: i64,
    /// The time of its last.
    pub until_ms: i64,
    /// The folder in which more than half of them lie.
    pub folder: Option<PathBuf>,
    /// The camera that took more than half of them.
    pub camera: Option<String>,
}

impl Library {
    /// The clusters of one fineness, those with most photos first, labelled for `layout`.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn labels(&self, fineness: u8, layout: Layout) -> Result<Vec<Label>, Error> {
        self.describe(&self.store.grouping(fineness)?, layout)
    }

    pub(super) fn describe(&self, grouping: &Grouping, layout: Layout) -> Result<Vec<Label>, Error> {
        let facets = self.facets()?;
        let points = self.points(layout)?;
        let places: HashMap<PhotoId, [f32; 3]> = points.photos.into_iter().zip(points.places).collect();
        let known: HashMap<PhotoId, &Facet> =
            facets.photos.iter().map(|facet| (facet.photo, facet)).collect();
        let mut members: HashMap<u16, Vec<&Facet>> = HashMap::new();
        for (photo, cluster) in &grouping.members {
            if let Some(facet) = known.get(photo) {
                members.entry(*cluster).or_default().push(facet);
            }
        }
        let mut labels: Vec<Label> = grouping
            .clusters
            .iter()
            .filter_map(|cluster| {
                let members = members.get(&cluster.number)?;
                let of_cluster = members.iter().any(|member| member.photo == cluster.cover);
                let cover = if of_cluster { cluster.cover } else { members.first()?.photo };
                Some(label(cluster.number, cover, members, &facets, &places))
            })
            .collect();
        labels.sort_by_key(|label| (usize::MAX - label.members.len(), label.cluster));
        Ok(labels)
    }
}

fn label(
    cluster: u16,
    cover: PhotoId,
    members: &[&Facet],
    facets: &Facets,
    places: &HashMap<PhotoId, [f32; 3]>,
) -> Label {
    let times = || members.iter().map(|member| member.shown_at_ms);
    let folder = majority(members.iter().map(|member| member.folder));
    let camera = majority(members.iter().map(|member| member.camera));
    let of_members: Vec<[f32; 3]> =
        members.iter().filter_map(|member| places.get(&member.photo).copied()).collect();
    Label {
        cluster,
        cover,
        members: members.iter().map(|member| member.photo).collect(),
        place: amid(&of_members),
        from_ms: times().min().unwrap_or_default(),
        until_ms: times().max().unwrap_or_default(),
        folder: folder.and_then(|folder| facets.folders.get(usize::from(folder)).cloned()),
        camera: camera.and_then(|camera| facets.cameras.get(usize::from(camera)).cloned().flatten()),
    }
}

/// What more than half of all are.
fn majority<T: Copy + Eq + Hash>(values: impl ExactSizeIterator<Item = T>) -> Option<T> {
    let all = values.len();
    let mut counts: HashMap<T, usize> = HashMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().find(|(_, count)| count * 2 > all).map(|(value, _)| value)
}

/// The place that is nearest to the median along each axis: a cluster may lie in two parts, and between them is nobody.
fn amid(places: &[[f32; 3]]) -> [f32; 3] {
    let median: [f32; 3] = std::array::from_fn(|axis| {
        let mut values: Vec<f32> = places.iter().map(|place| place[axis]).collect();
        let middle = values.len() / 2;
        if values.is_empty() { 0.5 } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 }
    });
    let apart = |place: &[f32; 3]| -> f32 { place.iter().zip(median).map(|(a, b)| (a - b) * (a - b)).sum() };
    places.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).copied().unwrap_or([0.5, 0.5, 0.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_lies_on_a_photo_amid_the_others() {
        let places = [[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.2, 0.1, 0.0], [0.9, 0.9, 0.0], [0.15, 0.1, 0.0]];
        assert_eq!(amid(&places), [0.15, 0.1, 0.0]);
        assert_eq!(amid(&[]), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn only_more_than_half_is_said_of_all() {
        assert_eq!(majority([1, 2, 1].into_iter()), Some(1));
        assert_eq!(majority([1, 2, 1, 2].into_iter()), None);
        assert_eq!(majority([0u16; 0].into_iter()), None);
    }
}
