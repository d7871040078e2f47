//! Loads a model and turns pixels into embeddings.
