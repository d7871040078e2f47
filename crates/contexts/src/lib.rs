//! Learns which photos go with each other: from the order in which they were taken and the albums that they are in.
//!
//! The straight line: [`outings`] cuts the photos of a library into runs that were taken together; these and albums are
//! the [`Contexts`]' sentences, in which [`Contexts::learn`] gives each photo 64 numbers by skip-gram with negative
//! sampling (Mikolov et al. 2013). Photos whose company is like, lie together. [`Projection`] guesses these numbers from
//! looks, for photos that have no company yet, and new photos begin there when [`Contexts::learn_more`] takes them in.
//!
//! A photo is a number from 0 here. One thread, and the same bits for the same seed. Nothing here knows of catalogs,
//! pixels or models.

mod outings;
mod projection;
mod random;
mod skip_gram;

pub use outings::outings;
pub use projection::{Projection, ProjectionError};
pub use skip_gram::{ContextError, Contexts, NUMBERS};
