//! Clusters of photos at several finenesses, coarse to fine. How they are found is not known here.

use likeness_domain::{ModelTag, PhotoId};
use rusqlite::{OptionalExtension, params};

use crate::words::Columns;
use crate::{Error, Store};

/// How photos were grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clustering {
    /// The model whose vectors were grouped.
    pub model: ModelTag,
    /// How many photos there were.
    pub photos: u64,
    /// The fineness that suits them best.
    pub best: u8,
    /// Clusters at each fineness, coarse to fine.
    pub counts: Vec<u64>,
}

/// Photos grouped at one fineness.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The clusters.
    pub clusters: Vec<Cluster>,
    /// The number of each photo's cluster.
    pub members: Vec<(PhotoId, u16)>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its number, which need not be its place in a list.
    pub number: u16,
    /// The photo that is nearest to its centre.
    pub cover: PhotoId,
    /// The mean of its vectors.
    pub centre: Vec<f32>,
}

impl Store {
    /// How photos are grouped; `None` when they are not.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn clustering(&self) -> Result<Option<Clustering>, Error> {
        self.read(|view| {
            let mut find =
                view.prepare_cached("SELECT model AS tag, photos, best FROM derived.clustering")?;
            let found = find.query_row([], |row| {
                Ok((row.tag("tag")?, row.get::<_, i64>("photos")? as u64, row.get("best")?))
            });
            let Some((model, photos, best)) = found.optional()? else { return Ok(None) };
            let mut count = view.prepare_cached(
                "SELECT count(*) FROM derived.clusters GROUP BY fineness ORDER BY fineness",
            )?;
            let counts = count.query_map([], |row| row.get::<_, i64>(0).map(|count| count as u64))?;
            let counts = counts.collect::<Result<_, _>>()?;
            Ok(Some(Clustering { model, photos, best, counts }))
        })
    }

    /// The clusters of one fineness in the order of their numbers, and their members in view in that of theirs.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn grouping(&self, fineness: u8) -> Result<Grouping, Error> {
        self.read(|view| {
            let mut clusters = view.prepare_cached(
                "SELECT cluster, cover, centre FROM derived.clusters WHERE fineness = ?1 ORDER BY cluster",
            )?;
            let clusters = clusters.query_map([fineness], |row| {
                let centre = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
                Ok(Cluster {
                    number: row.get(0)?,
                    cover: PhotoId(row.get(1)?),
                    centre: from_little_endian(centre),
                })
            })?;
            let mut members = view.prepare_cached(
                "SELECT photo, cluster FROM derived.cluster_members JOIN photos ON photos.id = photo
                 WHERE fineness = ?1 AND files > 0 ORDER BY photo",
            )?;
            let members = members.query_map([fineness], |row| Ok((PhotoId(row.get(0)?), row.get(1)?)))?;
            Ok(Grouping {
                clusters: clusters.collect::<Result<_, _>>()?,
                members: members.collect::<Result<_, _>>()?,
            })
        })
    }

    /// The number of the cluster of every photo at one fineness, in view or not, in the order of the photos' numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn members(&self, fineness: u8) -> Result<Vec<(PhotoId, u16)>, Error> {
        let select = "SELECT photo, cluster FROM derived.cluster_members WHERE fineness = ?1 ORDER BY photo";
        self.read(|view| {
            let mut members = view.prepare_cached(select)?;
            let rows = members.query_map([fineness], |row| Ok((PhotoId(row.get(0)?), row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps these groupings, coarse to fine, instead of those before.
    ///
    /// # Errors
    /// When the catalog cannot be written; then the old ones stay.
    pub fn save_clustering(
        &self,
        model: &ModelTag,
        photos: u64,
        best: u8,
        groupings: &[Grouping],
    ) -> Result<(), Error> {
        self.write(|catalog| {
            catalog.execute_batch("DELETE FROM derived.clusters; DELETE FROM derived.cluster_members;")?;
            catalog.execute(
                "INSERT OR REPLACE INTO derived.clustering (only_row, model, photos, best) VALUES (1, ?1, ?2, ?3)",
                params![model.as_str(), photos as i64, best],
            )?;
            let mut insert = catalog.prepare_cached("INSERT INTO derived.clusters VALUES (?1, ?2, ?3, ?4)")?;
            for (fineness, grouping) in groupings.iter().enumerate() {
                for Cluster { number, cover, centre } in &grouping.clusters {
                    insert.execute(params![fineness as i64, number, cover.0, to_little_endian(centre)])?;
                }
            }
            Ok(())
        })?;
        groupings
            .iter()
            .enumerate()
            .try_for_each(|(fineness, grouping)| self.add_to_clusters(fineness as u8, &grouping.members))
    }

    /// Newcomers join clusters of one fineness. Those who are in one stay in it.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn add_to_clusters(&self, fineness: u8, members: &[(PhotoId, u16)]) -> Result<(), Error> {
        self.write(|catalog| {
            let mut insert = catalog
                .prepare_cached("INSERT OR IGNORE INTO derived.cluster_members VALUES (?1, ?2, ?3)")?;
            for (photo, cluster) in members {
                insert.execute(params![fineness, photo.0, cluster])?;
            }
            Ok(())
        })
    }

    /// Photos in view with an embedding by the model `tag` that are in no cluster, in the order of their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn photos_in_no_cluster(&self, tag: &ModelTag) -> Result<Vec<PhotoId>, Error> {
        let select =
            "SELECT embeddings.photo FROM derived.embeddings JOIN photos ON photos.id = embeddings.photo
             WHERE model = (SELECT id FROM derived.models WHERE tag = ?1) AND files > 0 AND NOT EXISTS
                (SELECT 1 FROM derived.cluster_members AS member
                 WHERE fineness = 0 AND member.photo = embeddings.photo)
             ORDER BY embeddings.photo";
        self.read(|view| {
            let mut photos = view.prepare_cached(select)?;
            let rows = photos.query_map([tag.as_str()], |row| row.get(0).map(PhotoId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn to_little_endian(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn from_little_endian(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Disk, Library, tag};

    fn grouping(photos: &[PhotoId], clusters: u16) -> Grouping {
        let cluster =
            |number| Cluster { number, cover: photos[number as usize], centre: vec![0.25, -1.0, 3.5e-9] };
        Grouping {
            clusters: (0..clusters).map(cluster).collect(),
            members: photos.iter().map(|photo| (*photo, photo.0 as u16 % clusters)).collect(),
        }
    }

    #[test]
    fn groupings_are_kept_and_newcomers_join_them() {
        let (library, photos) = Library::with_photos(6);
        let store = &library.store;
        assert_eq!(store.clustering().expect("an answer"), None);
        assert_eq!(store.photos_in_no_cluster(&tag()).expect("a list"), photos);
        let groupings = [grouping(&photos[..5], 2), grouping(&photos[..5], 4)];
        store.save_clustering(&tag(), 5, 1, &groupings).expect("saved");
        let expected = Clustering { model: tag(), photos: 5, best: 1, counts: vec![2, 4] };
        assert_eq!(store.clustering().expect("an answer"), Some(expected));
        for (fineness, grouping) in groupings.iter().enumerate() {
            assert_eq!(store.grouping(fineness as u8).expect("a grouping"), *grouping);
        }
        assert_eq!(store.photos_in_no_cluster(&tag()).expect("a list"), photos[5..]);
        store.add_to_clusters(0, &[(photos[5], 1), (photos[0], 0)]).expect("joined");
        let members = store.grouping(0).expect("a grouping").members;
        assert_eq!((members[0], members[5]), (groupings[0].members[0], (photos[5], 1)));

        library.scan(&Disk::default());
        assert!(store.grouping(0).expect("a grouping").members.is_empty(), "nothing is in view");
        assert_eq!(store.members(0).expect("members").len(), 6);
    }

    #[test]
    fn new_groupings_replace_the_old_ones() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        store.save_clustering(&tag(), 4, 0, &[grouping(&photos, 2), grouping(&photos, 4)]).expect("saved");
        store.save_clustering(&tag(), 4, 0, &[grouping(&photos, 3)]).expect("saved");
        assert_eq!(store.clustering().expect("an answer").expect("one").counts, [3]);
        assert_eq!(store.grouping(1).expect("none"), Grouping { clusters: vec![], members: vec![] });
    }
}
