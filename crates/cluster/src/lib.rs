//! KMeans on embeddings.
