//! What a person decided about a photo. Decisions belong to the content, so they survive moves and copies.

/// Zero to five stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rating(u8);

impl Rating {
    /// `None` when `stars` is more than 5.
    pub fn new(stars: u8) -> Option<Self> {
        (stars <= 5).then_some(Self(stars))
    }

    /// 0 (not rated) to 5.
    pub fn stars(self) -> u8 {
        self.0
    }
}

/// Picked, rejected, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Flag {
    /// Not decided.
    #[default]
    None,
    /// One to keep and show.
    Pick,
    /// One to sort out.
    Reject,
}

/// Everything a person decided about one photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decisions {
    /// Stars.
    pub rating: Rating,
    /// Pick or reject.
    pub flag: Flag,
}
