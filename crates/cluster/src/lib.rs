//! KMeans on embeddings, and how well vectors and clusters agree with labels that people gave.
//!
//! Everything here works on plain rows of numbers; it does not know of photos, albums or models.

mod agreement;
mod kmeans;
mod merge;
mod retrieval;
mod rows;
mod silhouette;

pub use agreement::{normalized_mutual_information, purity};
pub use kmeans::{ClusterError, Clusters, kmeans, nearest_clusters};
pub use merge::merge_clusters;
pub use retrieval::{RankedQuery, Retrieval, measure_retrieval};
pub use rows::ShapeError;
pub use silhouette::silhouette;
