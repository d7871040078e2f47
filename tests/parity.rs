//! The built-in model against the vectors that PyTorch gave for the same pictures and weights, and its damaged copies.
//!
//! Deliberately without photos: the pictures are made here, by the recipe that `models/builtin/convert.py` has too.

use std::path::{Path, PathBuf};

use likeness_domain::{Embedding, Pixels};
use likeness_embed::{Model, ModelError, Precision, Prepared, WeightsError};
use safetensors::SafeTensors;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/builtin");

/// A linear congruential generator (Numerical Recipes), as in convert.py.
struct Dice(u32);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i64::from(self.0 >> 16) % below
    }
}

/// A colour gradient with discs and boxes on it.
fn made_up_picture(width: i64, height: i64, seed: u32) -> Pixels {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let mut rgb: Vec<[u8; 3]> = places
        .map(|(x, y)| [x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)].map(|v| v as u8))
        .collect();
    let mut dice = Dice(seed);
    for shape in 0..24 {
        let (centre_x, centre_y) = (dice.roll(width), dice.roll(height));
        let radius = 4 + dice.roll(height / 4);
        let colour = [dice.roll(256), dice.roll(256), dice.roll(256)].map(|v| v as u8);
        for (index, pixel) in rgb.iter_mut().enumerate() {
            let across = (index as i64 % width - centre_x).abs();
            let down = (index as i64 / width - centre_y).abs();
            let disc = across * across + down * down <= radius * radius;
            if if shape % 2 == 0 { disc } else { across <= radius && down <= radius } {
                *pixel = colour;
            }
        }
    }
    Pixels::new(width as u32, height as u32, rgb.concat()).expect("three bytes for each place")
}

const PRECISIONS: [(&str, Precision); 2] = [("f32", Precision::F32), ("int8", Precision::Int8)];

/// The golden pictures by name, with PyTorch's vectors by one form of the model.
fn golden(form: &str) -> Vec<(String, Pixels, Vec<f32>)> {
    let bytes = std::fs::read(Path::new(MODEL).join("golden.safetensors")).expect("golden vectors");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    file.tensors()
        .into_iter()
        .filter_map(|(name, tensor)| Some((name.strip_prefix(form)?.strip_prefix('/')?.to_owned(), tensor)))
        .map(|(name, tensor)| {
            let numbers: Vec<i64> = name.split('x').map(|part| part.parse().expect("a number")).collect();
            let picture = made_up_picture(numbers[0], numbers[1], numbers[2] as u32);
            let vector = tensor.data().chunks_exact(4);
            let vector = vector.map(|b| f32::from_le_bytes(b.try_into().expect("four bytes"))).collect();
            (name, picture, vector)
        })
        .collect()
}

fn model() -> std::sync::Arc<dyn Model> {
    likeness_embed::builtin(Precision::F32).expect("the built-in model")
}

fn embed(model: &dyn Model, batch: &[Prepared]) -> Vec<Embedding> {
    model.embed(batch).into_iter().map(|made| made.expect("an embedding")).collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn embeddings_are_those_of_the_reference_code() {
    for (form, precision) in PRECISIONS {
        let model = likeness_embed::builtin(precision).expect("the built-in model");
        let golden = golden(form);
        assert_eq!(golden.len(), 5);
        for (name, picture, expected) in golden {
            let made = &embed(&*model, &[model.prepare(&picture)])[0];
            let cosine: f32 = made.values().iter().zip(&expected).map(|(a, b)| a * b).sum();
            let difference = largest_difference(made.values(), &expected);
            println!("{form} {name}: cosine {cosine:.7}, largest difference {difference:.7}");
            // Pictures of the network's own size are resized by nobody.
            let same_pixels = name.starts_with(&format!("{0}x{0}x", model.input_short_side()));
            let (least, most) = if same_pixels { (0.99999, 1e-4) } else { (0.999, 1e-2) };
            assert!(cosine >= least, "{form} {name}: cosine {cosine}");
            assert!(difference <= most, "{form} {name}: largest difference {difference}");
        }
    }
}

#[test]
fn a_photo_has_one_vector_in_any_batch_and_on_any_number_of_threads() {
    let model = model();
    let prepared: Vec<Prepared> =
        (1..=7).map(|seed| model.prepare(&made_up_picture(120 + i64::from(seed), 97, seed))).collect();
    let alone: Vec<Embedding> =
        prepared.iter().map(|photo| embed(&*model, std::slice::from_ref(photo)).remove(0)).collect();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let together = pool.install(|| embed(&*model, &prepared));
        for (a, b) in alone.iter().zip(&together) {
            assert!(largest_difference(a.values(), b.values()) <= 1e-4, "on {threads} threads");
        }
    }
    assert!(largest_difference(alone[0].values(), alone[1].values()) > 1e-2, "two photos have two vectors");
}

#[test]
fn the_model_says_what_it_is() {
    let model = model();
    assert_eq!(model.tag().family(), "efficientnet-lite2");
    assert_eq!(model.tag().dimension(), 512);
    let thresholds = model.thresholds();
    assert!(0.0 < thresholds.same && thresholds.same < thresholds.very_close);
    assert!(thresholds.very_close < thresholds.related && thresholds.related < 1.0);
    assert_eq!(model.input_short_side(), 260);
    assert_eq!(model.device_name(), "CPU (f32)");
    assert!(model.embed(&[]).is_empty());
}

#[test]
fn about_half_of_a_vectors_numbers_lie_above_the_code_thresholds() {
    let model = model();
    let thresholds = model.code_thresholds();
    assert_eq!(thresholds.len(), 512);
    let made = embed(&*model, &[model.prepare(&made_up_picture(300, 200, 1))]);
    let above = made[0].values().iter().zip(thresholds).filter(|(value, level)| value > level).count();
    assert!((128..=384).contains(&above), "{above} of 512");
}

/// A copy of the model's folder to damage.
fn copied_model() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let [manifest, weights] = ["manifest.json", "weights.safetensors"].map(|name| {
        let copy = folder.path().join(name);
        std::fs::copy(Path::new(MODEL).join(name), &copy).expect("a copy");
        copy
    });
    (folder, manifest, weights)
}

fn refusal(folder: &Path) -> ModelError {
    match likeness_embed::open(folder, Precision::F32) {
        Ok(model) => panic!("{} was opened", model.tag()),
        Err(error) => error,
    }
}

/// Writes other weights, and a manifest whose digest fits them.
fn exchange_weights(manifest: &Path, weights: &Path, bytes: &[u8]) {
    let text = std::fs::read_to_string(manifest).expect("a manifest");
    let mut json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    json["weights_blake3"] = blake3::hash(bytes).to_hex().as_str().into();
    std::fs::write(manifest, json.to_string()).expect("written");
    std::fs::write(weights, bytes).expect("written");
}

#[test]
fn a_whole_folder_opens_as_the_builtin_model() {
    let (folder, ..) = copied_model();
    let opened = likeness_embed::open(folder.path(), Precision::F32).expect("a whole model");
    assert_eq!(opened.tag(), model().tag());
}

#[test]
fn partial_and_damaged_models_are_refused() {
    let (folder, manifest, weights) = copied_model();
    let whole = std::fs::read(&weights).expect("weights");

    std::fs::write(&weights, &whole[..whole.len() / 2]).expect("written");
    assert!(matches!(refusal(folder.path()), ModelError::Digest { .. }));
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    std::fs::write(&weights, &flipped).expect("written");
    assert!(matches!(refusal(folder.path()), ModelError::Digest { .. }));
    for garbage in [&whole[..7], &whole[..whole.len() / 2], b"not a model"] {
        exchange_weights(&manifest, &weights, garbage);
        assert!(matches!(refusal(folder.path()), ModelError::Weights(WeightsError::Safetensors(_))));
    }
    std::fs::remove_file(&weights).expect("removed");
    assert!(matches!(refusal(folder.path()), ModelError::Read { .. }));
    std::fs::write(&manifest, "{").expect("written");
    std::fs::write(&weights, &whole).expect("written");
    assert!(matches!(refusal(folder.path()), ModelError::Manifest(_)));
}

#[test]
fn models_of_another_shape_are_refused() {
    let (folder, manifest, weights) = copied_model();
    let whole = std::fs::read(&weights).expect("weights");
    let file = SafeTensors::deserialize(&whole).expect("a safetensors file");
    let rewrite = |change: &dyn Fn(&str, &mut Vec<usize>)| {
        let tensors = file.tensors().into_iter().filter_map(|(name, tensor)| {
            let mut shape = tensor.shape().to_vec();
            change(&name, &mut shape);
            let view = safetensors::tensor::TensorView::new(tensor.dtype(), shape, tensor.data());
            view.ok().map(|view| (name, view))
        });
        let bytes = safetensors::serialize(tensors, None).expect("a file");
        exchange_weights(&manifest, &weights, &bytes);
    };

    rewrite(&|name, shape| {
        if name == "head.weight" {
            shape.swap(0, 1);
        }
    });
    assert!(
        matches!(refusal(folder.path()), ModelError::Weights(WeightsError::Shape { name, .. }) if name == "head.weight")
    );
    rewrite(&|name, shape| {
        if name == "blocks.3.project.bias" {
            // No view of these bytes: the tensor is left out.
            shape.push(2);
        }
    });
    let refused = refusal(folder.path());
    let missing = ModelError::Weights(WeightsError::Missing("blocks.3.project.bias".to_owned()));
    assert_eq!(refused.to_string(), missing.to_string());

    let mut not_finite = whole.clone();
    // The header's length and the header; then the tensors, those of f32 first.
    let header = u64::from_le_bytes(whole[..8].try_into().expect("eight bytes")) as usize;
    not_finite[8 + header..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    exchange_weights(&manifest, &weights, &not_finite);
    assert!(matches!(refusal(folder.path()), ModelError::Weights(WeightsError::Numbers(_))));
}

#[test]
fn manifests_that_do_not_fit_are_refused() {
    type Fits = fn(&ModelError) -> bool;
    let cases: [(&str, serde_json::Value, Fits); 4] = [
        ("family", "resnet".into(), |e| matches!(e, ModelError::UnknownFamily(_))),
        ("preprocessing", "crop224".into(), |e| matches!(e, ModelError::Preprocessing { .. })),
        ("dimension", 500.into(), |e| matches!(e, ModelError::Weights(WeightsError::Shape { .. }))),
        ("thresholds", serde_json::json!({ "same": 0.3, "very_close": 0.2, "related": 0.5 }), |e| {
            matches!(e, ModelError::Thresholds { .. })
        }),
    ];
    for (key, value, fits) in cases {
        let (folder, manifest, _) = copied_model();
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let mut json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        json[key] = value;
        std::fs::write(&manifest, json.to_string()).expect("written");
        let error = refusal(folder.path());
        assert!(fits(&error), "{key}: {error}");
    }
}
