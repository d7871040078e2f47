//! `models`: the forms of the built-in model, and which of them a library looks with.

use likeness_library::{ModelForm, Precision};

use crate::failure::{self, Words};
use crate::lines::ModelLine;
use crate::session::Session;
use crate::wire::Failure;

impl Session {
    /// The models that this library can look with, the quickest on this machine first. Each is tried on a few pictures.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn models(&self) -> Result<Vec<ModelLine>, Failure> {
        self.library.model_forms().in_words()?.into_iter().map(line).collect()
    }

    /// Has the library look with the model `tag` from the next time that it is opened.
    ///
    /// # Errors
    /// When there is no such model.
    pub fn use_model(&self, tag: &str) -> Result<(), Failure> {
        let forms = self.library.model_forms().in_words()?;
        match forms.iter().find(|form| form.tag.as_str() == tag) {
            Some(form) => self.library.use_model(&form.tag).in_words(),
            None => Err(failure::unknown_model(tag, &forms[0].tag)),
        }
    }
}

fn line(form: ModelForm) -> Result<ModelLine, Failure> {
    let speed = form.measure_speed().in_words()?;
    Ok(ModelLine {
        tag: form.tag.to_string(),
        family: form.tag.family().to_owned(),
        dimension: form.tag.dimension(),
        text: false,
        size: form.size_bytes,
        images_per_second: speed,
        precision: match form.precision {
            Precision::F32 => "f32",
            Precision::Int8 => "int8",
        },
        photos: form.photos,
        state: if form.in_use { "in use" } else { "ready" },
    })
}
