//! Reads and writes XMP sidecars: what a person decided about a photo, in a small file beside it that other photo
//! programs understand (ISO 16684-1, and the properties that digiKam, darktable, Lightroom, Bridge and Capture One add).
//!
//! | decision | read from, the first that speaks | written to |
//! |---|---|---|
//! | stars | `xmp:Rating` 0 to 5, `MicrosoftPhoto:Rating`, `acdsee:rating` | `xmp:Rating`; the others where they are |
//! | flag | `xmp:Rating` -1, `xmpDM:pick`, `digiKam:PickLabel` | all three; `xmpDM:good` where it is |
//! | label | `xmp:Label`, `darktable:colorlabels`, `digiKam:ColorLabel` | `xmp:Label`; the others where they are |
//! | tags | `lr:hierarchicalSubject`, `digiKam:TagsList`, `MicrosoftPhoto:LastKeywordXMP`, `mediapro:CatalogSets`, and what `dc:subject` adds | `dc:subject`, `lr:hierarchicalSubject`; the others where they are |
//!
//! Writing changes the bytes of these properties and no other byte: develop settings, histories, comments, order and
//! white space stay. Knows neither catalogs nor settings: who decides what, and when, is decided above.

mod damage;
mod edit;
mod error;
mod labels;
mod marks;
mod merge;
mod names;
mod packet;
mod replace;
mod said;
mod sidecar;
mod tags;
mod text;

pub use damage::Damage;
pub use error::Error;
pub use merge::{Field, Merged, merge};
pub use names::FolderNames;
pub use said::{Decided, Said};
pub use sidecar::{Sidecar, Written, read, write};
