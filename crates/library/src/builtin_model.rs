//! Which form of the built-in model a library looks with: the one asked for, else the one that its photos were seen
//! with, else the one that is quickest on this machine.

use std::sync::Arc;
use std::time::Instant;

use likeness_decode::DecodePool;
use likeness_domain::{ModelTag, Pixels};
use likeness_embed::{Model, ModelError, Precision, builtin_forms};
use likeness_store::Store;

use crate::{Error, Library, Places};

/// The setting with the tag of the form that was asked for.
const SETTING: &str = "model";

/// A form of the built-in model in a library.
#[derive(Debug, Clone)]
pub struct ModelForm {
    /// Its tag.
    pub tag: ModelTag,
    /// Its form.
    pub precision: Precision,
    /// Bytes of its weights.
    pub size_bytes: u64,
    /// Photos that the library has vectors of, by it.
    pub photos: u64,
    /// Whether the library looks with it.
    pub in_use: bool,
}

/// Pictures that a form's speed is measured on, for each core.
const TRIED_ON: usize = 8;

impl ModelForm {
    /// Pictures a second on this machine now: those of the network's own size, none of them decoded.
    ///
    /// # Errors
    /// When the program is damaged.
    pub fn measure_speed(&self) -> Result<f64, Error> {
        let model =
            likeness_embed::builtin(self.precision).map_err(|error| Error::NoModel(error.to_string()))?;
        let side = model.input_short_side();
        let grey = Pixels::new(side, side, vec![90; (side * side * 3) as usize]).expect("three bytes each");
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let pictures = vec![model.prepare(&grey); TRIED_ON * cores];
        // The first ones fetch weights and memory.
        drop(model.embed(&pictures[..pictures.len() / TRIED_ON]));
        let started = Instant::now();
        drop(model.embed(&pictures));
        Ok(pictures.len() as f64 / started.elapsed().as_secs_f64())
    }
}

impl Library {
    /// Opens the library at `places` with the built-in model, and makes it when there is none.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with_builtin(places: Places, decoders: DecodePool) -> Result<Self, Error> {
        let store = Store::open(&places.library)?;
        let model = form_in_use(&store)?;
        Ok(Self::with_store(store, places, decoders, model.and_then(likeness_embed::builtin)))
    }

    /// The forms of the built-in model, the one that is quickest on this machine first.
    ///
    /// # Errors
    /// When the catalog cannot be read, or the program is damaged.
    pub fn model_forms(&self) -> Result<Vec<ModelForm>, Error> {
        let forms = builtin_forms().map_err(|error| Error::NoModel(error.to_string()))?;
        let in_use = self.eye()?.plain().tag().clone();
        let with_photos = |(tag, precision)| {
            let photos = self.store.embedding_stamp(&tag)?.count;
            let size_bytes = likeness_embed::BUILTIN_WEIGHTS.len() as u64;
            Ok(ModelForm { in_use: tag == in_use, tag, precision, size_bytes, photos })
        };
        forms.into_iter().map(with_photos).collect()
    }

    /// Has the library look with another form from the next time that it is opened. Vectors by the one before answer
    /// until all photos have been seen again.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn use_model(&self, tag: &ModelTag) -> Result<(), Error> {
        Ok(self.store.set_setting(SETTING, tag.as_str())?)
    }
}

fn form_in_use(store: &Store) -> Result<Result<Precision, ModelError>, Error> {
    let forms = match builtin_forms() {
        Ok(forms) => forms,
        Err(error) => return Ok(Err(error)),
    };
    let asked = store.setting(SETTING)?;
    if let Some((_, precision)) = forms.iter().find(|(tag, _)| asked.as_deref() == Some(tag.as_str())) {
        return Ok(Ok(*precision));
    }
    let mut most = (0, forms[0].1);
    for (tag, precision) in &forms {
        let photos = store.embedding_stamp(tag)?.count;
        if photos > most.0 {
            most = (photos, *precision);
        }
    }
    Ok(Ok(most.1))
}

/// The built-in model without a library: in the form with the tag `asked`, or the one that is quickest here. `None` when
/// there is no such form.
///
/// # Errors
/// When the program is damaged.
pub fn builtin(asked: Option<&str>) -> Result<Option<Arc<dyn Model>>, ModelError> {
    let forms = builtin_forms()?;
    let form = forms.iter().find(|(tag, _)| asked.is_none_or(|asked| asked == tag.as_str()));
    form.map(|(_, precision)| likeness_embed::builtin(*precision)).transpose()
}
