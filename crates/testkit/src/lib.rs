//! Made-up photos and seeded vectors, for tests and benches only.
//!
//! The same seed gives the same result with any number of threads. Nothing here knows of Likeness.

mod photos;
mod random;
mod vectors;

pub use photos::{photo_jpeg, write_photos};
pub use vectors::clustered_vectors;
