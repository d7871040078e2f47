//! Models that were built in before: vectors by them lie in libraries, and distances between those still mean something.

use likeness_domain::{LikenessThresholds, ModelTag};
use serde::Deserialize;

use crate::folder::ManifestThresholds;

#[derive(Deserialize)]
struct Earlier {
    tag: String,
    thresholds: ManifestThresholds,
}

/// Where *same*, *very close* and *related* ended for a model that was built in before.
pub(crate) fn thresholds(tag: &ModelTag) -> Option<LikenessThresholds> {
    let models = list();
    models.iter().find(|model| model.tag == tag.as_str())?.thresholds.check().ok()
}

fn list() -> Vec<Earlier> {
    serde_json::from_slice(include_bytes!("../../../models/builtin/earlier.json")).expect("a test reads it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_earlier_model_is_understood_and_not_in_use() {
        let in_use = crate::builtin_forms().expect("the model");
        for earlier in list() {
            let tag: ModelTag = earlier.tag.parse().expect("a tag");
            assert!(thresholds(&tag).is_some(), "{tag}");
            assert!(in_use.iter().all(|(form, _)| form != &tag));
        }
    }
}
