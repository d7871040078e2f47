//! Loads a model and turns pixels into embeddings. The only crate that knows candle.
//!
//! A [`Model`] prepares pixels where they are decoded, on any thread, and embeds prepared photos in batches. It starts
//! no threads of its own: a batch runs on the rayon pool that the caller is in. Nothing here reads photos, keeps
//! vectors, or knows what likeness is used for.

mod backend;
mod earlier;
mod folder;
mod head;
mod model;
mod network;
mod precision;
mod prepare;
mod projection;
mod weights;
mod with_head;

pub use folder::ModelError;
pub use head::{Head, HeadError, Lesson, teach_head};
pub use model::{BUILTIN_WEIGHTS, EmbedError, Model, builtin, builtin_forms, open};
pub use precision::Precision;
pub use prepare::Prepared;
pub use weights::WeightsError;
pub use with_head::with_head;
