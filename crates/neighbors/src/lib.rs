//! Finds the nearest photos fast, and exactly when asked.
//!
//! A [`VectorIndex`] holds the vectors of one model in memory. It is made from the catalog when the program starts and
//! keeps nothing on disk, so there is nothing of its own that could be stale or damaged. It does not know
//! where vectors come from or what a distance means to a person.

mod best;
mod codes;
mod dot;
mod index;
mod query;
mod search;
mod threads;

pub use index::{IndexError, VectorIndex};
pub use query::{Accuracy, Found, Metric, NEGATIVE_WEIGHT, Query, QueryError, SearchOptions};
