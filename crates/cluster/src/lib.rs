//! KMeans on embeddings, and how well vectors and clusters agree with labels that people gave; what became of clusters
//! ([`succession`]), what belongs with examples ([`teach`]), and what lies far from everything ([`oddness`]).
//!
//! Everything here works on plain rows of numbers; it does not know of photos, catalogs or models.

mod agreement;
mod identity;
mod kmeans;
mod merge;
mod outliers;
mod retrieval;
mod rows;
mod silhouette;
mod taught;

pub use agreement::{normalized_mutual_information, purity};
pub use identity::{Fate, Origin, Succession, candidates, succession};
pub use kmeans::{ClusterError, Clusters, kmeans, kmeans_again, nearest_clusters};
pub use merge::merge_clusters;
pub use outliers::oddness;
pub use retrieval::{RankedQuery, Retrieval, measure_retrieval};
pub use rows::ShapeError;
pub use silhouette::silhouette;
pub use taught::{DEFAULT_CONFIDENCE, Examples, Method, Taught, TeachError, nearest_examples, teach};
