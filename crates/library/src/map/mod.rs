//! The map: every photo has a place by its look, and keeps it.
//!
//! [`arrange`] is the line: vectors, neighbours, affinities, t-SNE, laid upon the old map, kept. [`newcomers`] places what
//! comes later and decides what is due by itself; [`clusters`] groups; [`points`] answers where photos lie.

mod arrange;
mod clusters;
mod facets;
mod labels;
mod making;
mod neighbors;
mod newcomers;
mod points;
mod poster;
mod principal;

pub use arrange::{Arrange, Begin};
pub use labels::Label;
pub use making::MakingMap;
pub use newcomers::FIRST_MAP;
pub use points::{Layout, Points};

pub(crate) use facets::KeptFacets;
pub(crate) use making::Watched;
pub(crate) use principal::PrincipalPlaces;

/// How many dimensions a map has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dims {
    /// The plane.
    Two,
    /// Space.
    Three,
}

impl Dims {
    /// 2 or 3.
    pub fn number(self) -> u8 {
        match self {
            Dims::Two => 2,
            Dims::Three => 3,
        }
    }

    /// `None` for other numbers.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            2 => Some(Dims::Two),
            3 => Some(Dims::Three),
            _ => None,
        }
    }
}

/// Filled with zeros where there are fewer than three dimensions.
fn in_space<const D: usize>(place: &[f32; D]) -> [f32; 3] {
    std::array::from_fn(|axis| place.get(axis).copied().unwrap_or(0.0))
}

/// The first dimensions.
fn first<const D: usize>(place: &[f32; 3]) -> [f32; D] {
    std::array::from_fn(|axis| place[axis])
}
