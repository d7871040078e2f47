//! What a search by look answers with: a photo, its distance, and that distance in words.

use crate::PhotoId;

/// A photo and its cosine distance from the query: 0 (same direction) to 2 (opposite).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbor {
    /// The photo that was found.
    pub photo: PhotoId,
    /// 1 minus the cosine similarity, 0 to 2.
    pub distance: f32,
}

/// How alike two photos are, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// As near as copies of one picture are.
    Same,
    /// As near as shots of one moment or thing are.
    VeryClose,
    /// As near as photos of one kind of thing are.
    Related,
    /// As far as any two photos are: cut off, not shown as a result.
    Unrelated,
}

/// Where one word ends and the next begins, as cosine distances in rising order. Measured per model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikenessThresholds {
    /// Up to here: [`Likeness::Same`].
    pub same: f32,
    /// Up to here: [`Likeness::VeryClose`].
    pub very_close: f32,
    /// Up to here: [`Likeness::Related`]; beyond: [`Likeness::Unrelated`].
    pub related: f32,
}

impl LikenessThresholds {
    /// The word for a cosine distance.
    pub fn word(&self, distance: f32) -> Likeness {
        if distance <= self.same {
            Likeness::Same
        } else if distance <= self.very_close {
            Likeness::VeryClose
        } else if distance <= self.related {
            Likeness::Related
        } else {
            Likeness::Unrelated
        }
    }
}
