//! Places photos in the plane or in space, so that photos which look alike lie together.
//!
//! A layout is one `[f32; D]` for each photo, `D` 2 or 3, in the order in which the vectors were given. The straight
//! line: [`neighbor_graph`] → [`Affinities::joint`], and [`principal_components`] → [`first_positions`], both into
//! [`improve`] (t-SNE). What is placed stays: [`place_newcomers`] moves nobody else, and a new layout begins at the old
//! one ([`start_among`], [`Schedule::again`]) and is laid upon it by [`align`]. Nothing here knows of photos, disks or screens, and
//! nothing depends on the number of threads.

mod affinities;
mod align;
mod attract;
mod error;
mod graph;
mod grid;
mod improve;
mod mesh;
mod nearby;
mod newcomers;
mod partition;
mod pca;
mod products;
mod quality;
mod random;
mod repel;
mod rows;
mod spectrum;
mod time;

pub use affinities::Affinities;
pub use align::{Frame, align};
pub use error::LayoutError;
pub use graph::{NeighborGraph, nearest_to, neighbor_graph};
pub use grid::{Cell, arrange_in_grid};
pub use improve::{Moment, Schedule, first_positions, improve};
pub use newcomers::{place_newcomers, start_among};
pub use pca::principal_components;
pub use quality::{kl_divergence, neighbors_kept};
pub use time::time_by_look;
