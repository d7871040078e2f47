//! Albums that make themselves: photos that look alike are suggested as albums, and people decide.
//!
//! [`group`] finds suggestions and keeps each what it was when photos are grouped again; [`names`] names them; [`wall`]
//! tells which of them are shown, after what the person said; [`decide`] is what can be said.

mod decide;
mod group;
mod names;
#[cfg(test)]
mod tests;
mod wall;

pub use wall::SuggestedAlbum;
