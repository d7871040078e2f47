//! Opening a library the way every face does: the place, the decoders, the model.

use std::path::PathBuf;

use likeness_library::{Library, Places, decoders};

use crate::failure::Words;
use crate::wire::Failure;

/// Which library to open.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Its folder; the user's own library when this is `None`.
    pub library: Option<PathBuf>,
}

pub(crate) fn open(options: &Options) -> Result<Library, Failure> {
    let places = match &options.library {
        Some(folder) => Places::at(folder),
        None => Places::of_user().in_words()?,
    };
    Library::open_with_builtin(places, decoders().in_words()?).in_words()
}
