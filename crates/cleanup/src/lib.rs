//! Finds near-duplicates among photos, chooses which of them to keep, and moves the others to the trash and back.
//!
//! The straight line: [`candidates`] (nearly equal perceptual hashes, near neighbours by embedding) and
//! [`burst_candidates`] → [`compare_all`] (facts first, then one small picture laid upon the other) → [`further_candidates`],
//! compared too → [`groups`], stars around the photo that [`KeeperOrder`] puts first. Photos are rows of the caller's;
//! finding knows of no catalog and no disk. [`act`] is the other half, and the only one that moves anything.

pub mod act;

mod agreement;
mod candidates;
mod closer;
mod find;
mod groups;
mod keeper;
mod look;
mod moments;
mod overlay;
mod panorama;
mod passing;
mod place;
mod plane;
mod search;
mod shift;
mod symmetry;
mod verdict;
mod wide;

pub use candidates::{HashIndex, NEIGHBORS, candidates, further_candidates};
pub use closer::{CloserLook, Difference, difference};
pub use find::{Comparison, Photos, compare, compare_all};
pub use groups::{Group, Kinship, groups};
pub use keeper::{Criterion, KeeperOrder, KeptBy, Rank, Traits};
pub use look::Look;
pub use moments::{BURST_GAPS_MS, Bond, Moment, Shot, bond, burst_candidates, moment};
pub use overlay::{Holder, Overlay, overlay};
pub use symmetry::Symmetry;
pub use verdict::{Lane, Limits, Strictness};
