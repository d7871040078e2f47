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

/// A colour to sort by; what it means is the person's own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub enum ColorLabel {
    /// No colour.
    #[default]
    None,
    Red,
    Yellow,
    Green,
    Blue,
    Purple,
}

impl ColorLabel {
    /// All of them, in the order of their keys.
    pub const ALL: [ColorLabel; 6] = {
        use ColorLabel::*;
        [None, Red, Yellow, Green, Blue, Purple]
    };

    /// The word in the catalog and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            ColorLabel::None => "none",
            ColorLabel::Red => "red",
            ColorLabel::Yellow => "yellow",
            ColorLabel::Green => "green",
            ColorLabel::Blue => "blue",
            ColorLabel::Purple => "purple",
        }
    }

    /// The label that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.word() == word)
    }
}

/// What a person decided about one photo in a glance. Its tags and albums are sets of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decisions {
    /// Stars.
    pub rating: Rating,
    /// Pick or reject.
    pub flag: Flag,
    /// The colour.
    pub label: ColorLabel,
}
