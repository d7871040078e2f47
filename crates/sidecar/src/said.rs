//! What a sidecar says, and what it shall say.

use std::collections::BTreeSet;

use likeness_domain::{ColorLabel, Decisions, Flag, Rating, Tag};

use crate::packet::Packet;
use crate::{Damage, labels, marks, tags};

/// What a sidecar says about its photo. `None`: nothing, which is not the same as *no stars* or *no tags*.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Stars. A rejected photo has none where rejection is said by the rating, as darktable and Bridge do.
    pub rating: Option<Rating>,
    /// Pick or reject.
    pub flag: Option<Flag>,
    /// The colour, told by its word or number.
    pub label: Option<ColorLabel>,
    /// A label that is none of the five colours, such as "Client" or digiKam's "Orange". It stays until another label
    /// is given.
    pub other_label: Option<String>,
    /// Tags. None lies above another, and none is a mere part of another that `dc:subject` repeats.
    pub tags: Option<BTreeSet<Tag>>,
}

/// Everything that a person decided about a photo, as far as sidecars can say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decided {
    /// Stars, flag and label.
    pub decisions: Decisions,
    /// Tags. Those above another one count as said by it.
    pub tags: BTreeSet<Tag>,
}

impl Said {
    pub(crate) fn of(packet: &Packet<'_>) -> Self {
        let (label, other_label) = labels::said(packet);
        Self {
            rating: marks::rating_said(packet),
            flag: marks::flag_said(packet),
            label,
            other_label,
            tags: tags::said(packet),
        }
    }
}

impl Decided {
    /// `text`, saying this. What it says already is not touched.
    pub(crate) fn written_into(&self, text: String) -> Result<String, Damage> {
        let text = marks::written(text, self.decisions.rating, self.decisions.flag)?;
        let text = labels::written(text, self.decisions.label)?;
        tags::written(text, &self.tags)
    }
}
