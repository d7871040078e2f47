//! What pixels tell of a picture beside what it shows: how sharp, light and empty it is, and whether it is a photo at all.

/// Measured on the upright picture at 512 pixels in its long side, or at its own size when it is smaller. All 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// How much detail its sharpest parts lose when they are blurred: near 0 when there is nothing to lose.
    pub sharpness: f32,
    /// Mean luma.
    pub brightness: f32,
    /// From the 2nd to the 98th percentile of luma.
    pub contrast: f32,
    /// The share of pixels that are the same as their neighbours.
    pub flat: f32,
    /// The share of edges that run on straight across or down.
    pub ruled: f32,
    /// The share of the picture that is covered with writing on paper.
    pub writing: f32,
}

/// Why a photo is an odd one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OddCause {
    /// As small as a thumbnail or an icon.
    VerySmall,
    /// One colour, or nearly.
    Blank,
    /// Too dark to see much.
    Dark,
    /// A picture of a screen's content.
    Screenshot,
    /// A page with writing.
    Document,
    /// Nothing in it is sharp.
    Blurred,
}

/// Smaller than this in the long side, in pixels, is very small.
const VERY_SMALL: u32 = 256;
const BLANK_CONTRAST: f32 = 0.08;
const DARK_BRIGHTNESS: f32 = 0.08;
/// What is dark and has less contrast than this shows nothing.
const BLACK_CONTRAST: f32 = 0.02;
const SCREENSHOT_FLAT: f32 = 0.5;
const SCREENSHOT_RULED: f32 = 0.15;
/// Paper is flat between letters; fur and water are not.
const DOCUMENT_FLAT: f32 = 0.25;
const DOCUMENT_WRITING: f32 = 0.2;
/// Of 73 sharp photos that no test looks at, none lies below 0.63; of the same at an eighth of their size, 68 below 0.48.
const BLURRED_SHARPNESS: f32 = 0.48;

impl Quality {
    /// The plainest cause, for a photo of these sides in pixels; `None` when pixels do not tell one. What a camera took,
    /// as [`PhotoFacts::of_camera`](crate::PhotoFacts::of_camera) tells, is no screenshot, flat as a sky may be.
    pub fn odd_cause(&self, width: u32, height: u32, of_camera: bool) -> Option<OddCause> {
        if width.max(height) < VERY_SMALL {
            Some(OddCause::VerySmall)
        } else if self.brightness < DARK_BRIGHTNESS && self.contrast >= BLACK_CONTRAST {
            Some(OddCause::Dark)
        } else if self.contrast < BLANK_CONTRAST {
            Some(OddCause::Blank)
        } else if !of_camera && self.flat > SCREENSHOT_FLAT && self.ruled > SCREENSHOT_RULED {
            Some(OddCause::Screenshot)
        } else if self.flat > DOCUMENT_FLAT && self.writing > DOCUMENT_WRITING {
            Some(OddCause::Document)
        } else if self.sharpness < BLURRED_SHARPNESS {
            Some(OddCause::Blurred)
        } else {
            None
        }
    }
}

impl OddCause {
    /// All of them.
    pub const ALL: [OddCause; 6] = {
        use OddCause::*;
        [VerySmall, Blank, Dark, Screenshot, Document, Blurred]
    };

    /// The cause that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }

    /// The word in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            OddCause::VerySmall => "very-small",
            OddCause::Blank => "blank",
            OddCause::Dark => "dark",
            OddCause::Screenshot => "screenshot",
            OddCause::Document => "document",
            OddCause::Blurred => "blurred",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plainest_cause_is_told() {
        let photo =
            Quality { sharpness: 0.7, brightness: 0.5, contrast: 0.8, flat: 0.1, ruled: 0.1, writing: 0.0 };
        assert_eq!(photo.odd_cause(4000, 3000, false), None);
        assert_eq!(photo.odd_cause(64, 48, false), Some(OddCause::VerySmall));
        let causes = [
            (Quality { contrast: 0.01, sharpness: 0.0, ..photo }, OddCause::Blank),
            (Quality { brightness: 0.02, contrast: 0.0, ..photo }, OddCause::Blank),
            (Quality { brightness: 0.02, contrast: 0.05, sharpness: 0.1, ..photo }, OddCause::Dark),
            (Quality { flat: 0.8, ruled: 0.6, writing: 0.5, ..photo }, OddCause::Screenshot),
            (Quality { flat: 0.8, writing: 0.5, ..photo }, OddCause::Document),
            (Quality { sharpness: 0.2, ..photo }, OddCause::Blurred),
        ];
        for (quality, cause) in causes {
            assert_eq!(quality.odd_cause(4000, 3000, false), Some(cause), "{}", cause.word());
        }
    }

    #[test]
    fn what_a_camera_took_is_no_screenshot() {
        let sunset =
            Quality { sharpness: 0.7, brightness: 0.5, contrast: 0.8, flat: 0.8, ruled: 0.6, writing: 0.0 };
        assert_eq!(sunset.odd_cause(4000, 3000, false), Some(OddCause::Screenshot));
        assert_eq!(sunset.odd_cause(4000, 3000, true), None);
    }
}
