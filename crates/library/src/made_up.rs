//! A library of made-up photos of several kinds, without a file on disk: for tests of what is learned from looks.

use std::path::Path;
use std::sync::Arc;

use likeness_decode::{DecodePool, Limits, WorkerCommand};
use likeness_domain::{
    CaptureTime, ContentHash, Embedding, Exposure, FileKind, FileStamp, FolderId, FoundFile, FoundFiles,
    LikenessThresholds, ModelTag, PhotoFacts, PhotoId, PictureFormat, Pixels, RelativePath, SmallPicture,
};
use likeness_embed::{EmbedError, Model, Prepared};
use likeness_store::{NewContent, Outcome, Store};
use tempfile::TempDir;

use crate::{Library, Places};

/// Kinds of photos: number `n` is of kind `n % KINDS`.
pub(crate) const KINDS: u64 = 40;
/// Photos of a kind differ by so much, for a distance of about 1 between kinds.
const SPREAD: f32 = 0.5;
/// Photos of all kinds are in one of so many lights, which tell less than their kinds.
pub(crate) const LIGHTS: u64 = 4;
const LIGHT: f32 = 0.3;

/// The folder of a library and the numbers of the photos in view.
pub(crate) struct MadeUp {
    place: TempDir,
    folder: FolderId,
    shown: Vec<u64>,
}

/// Sees every made-up photo as its number says; `dimension` numbers of 256, the fewer the less.
pub(crate) struct MadeUpModel(ModelTag);

impl MadeUp {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(place.path()).expect("a new library");
        let folder = store.add_folder(Path::new("/photos"), None).expect("added");
        Self { place, folder, shown: Vec::new() }
    }

    /// A library that has looked at these photos and no others with a model of so many numbers.
    pub(crate) fn with(numbers: std::ops::Range<u64>, dimension: usize) -> (Self, Library) {
        let mut made_up = Self::new();
        let library = made_up.show(numbers.collect(), dimension);
        (made_up, library)
    }

    /// Opens the library with these photos in view, and no others, looked at by a model of so many numbers.
    pub(crate) fn show(&mut self, numbers: Vec<u64>, dimension: usize) -> Library {
        let model = MadeUpModel::new(dimension);
        let library = self.open(&model);
        self.shown = numbers;
        library.store.record_found(self.folder, &RelativePath::ROOT, &self.found()).expect("recorded");
        loop {
            let files = library.store.files_to_read(Some(self.folder), None, 1000).expect("a list");
            if files.is_empty() {
                break;
            }
            let outcomes: Vec<Outcome> = files
                .iter()
                .map(|file| {
                    let number = file.path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
                    let number = number.expect("named by its number");
                    let content = Box::new(content(number, Some(model.embedding(number))));
                    Outcome::Photo { file: file.id, stamp: stamp(number), content }
                })
                .collect();
            library.store.commit(&outcomes).expect("committed");
        }
        let seen: Vec<(PhotoId, Embedding)> =
            self.shown.iter().map(|&number| (photo(&library, number), model.embedding(number))).collect();
        library.store.save_embeddings(&seen).expect("saved");
        library
    }

    fn open(&self, model: &Arc<MadeUpModel>) -> Library {
        let decoders = DecodePool::new(WorkerCommand::program("no decoder"), Limits::default());
        let model: Arc<dyn Model> = Arc::clone(model) as Arc<dyn Model>;
        Library::open(Places::at(self.place.path()), decoders, Ok(model)).expect("opened")
    }

    fn found(&self) -> FoundFiles {
        let file = |&number: &u64| FoundFile {
            path: RelativePath::from_bytes(format!("{number}.jpg").into_bytes()).expect("a path"),
            stamp: stamp(number),
            kind: FileKind::Picture,
        };
        FoundFiles { files: self.shown.iter().map(file).collect(), unlisted: Vec::new() }
    }
}

/// The photo with a number.
pub(crate) fn photo(library: &Library, number: u64) -> PhotoId {
    library.store.photo_of(&hash(number)).expect("an answer").expect("known").id
}

/// The photos of one kind among those with numbers below `end`.
pub(crate) fn of_kind(library: &Library, kind: u64, end: u64) -> Vec<PhotoId> {
    (0..end).filter(|number| number % KINDS == kind).map(|number| photo(library, number)).collect()
}

/// The light that a photo is in.
pub(crate) fn light(number: u64) -> u64 {
    number / KINDS % LIGHTS
}

fn hash(number: u64) -> ContentHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(number + 1).to_le_bytes());
    ContentHash(bytes)
}

fn stamp(number: u64) -> FileStamp {
    FileStamp { size_bytes: 1000, modified_ns: 1, changed_ns: 1, inode: number + 1, device: 1 }
}

/// Sixteen photos an hour, ten hours between outings of 160.
fn taken_ms(number: u64) -> i64 {
    (number as i64 * 225 + number as i64 / 160 * 36_000) * 1000
}

/// What was read of a made-up photo.
pub(crate) fn content(number: u64, embedding: Option<Embedding>) -> NewContent {
    NewContent {
        hash: hash(number),
        facts: PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 300,
            height: 200,
            bits: Some(8),
            taken: Some(CaptureTime { local_ms: taken_ms(number), zone_minutes: None }),
            camera: None,
            lens: None,
            exposure: Exposure::default(),
            gps: None,
            animated: false,
        },
        preview: vec![1],
        perceptual_hash: number,
        small_picture: SmallPicture::from_bytes(vec![0; SmallPicture::BYTES]).expect("as many bytes"),
        sharpness: 0.7,
        embedding,
        warning: None,
    }
}

impl MadeUpModel {
    fn new(dimension: usize) -> Arc<Self> {
        Arc::new(Self(ModelTag::new("made-up", "0", "none", dimension).expect("a tag")))
    }

    fn embedding(&self, number: u64) -> Embedding {
        let values = (0..self.0.dimension() as u64).map(|axis| {
            centred(number % KINDS * 1000 + axis)
                + LIGHT * centred((light(number) + 1) * 100_000 + axis)
                + SPREAD * centred((number + 1) * 1_000_000 + axis)
        });
        Embedding::new(self.0.clone(), values.collect()).expect("a direction")
    }
}

/// Evenly spread from -1 to 1 (SplitMix64).
fn centred(seed: u64) -> f32 {
    let mut mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

impl Model for MadeUpModel {
    fn tag(&self) -> &ModelTag {
        &self.0
    }

    fn thresholds(&self) -> LikenessThresholds {
        LikenessThresholds { same: 0.01, very_close: 0.05, related: 0.8 }
    }

    fn thresholds_of_earlier(&self, _: &ModelTag) -> Option<LikenessThresholds> {
        None
    }

    fn input_short_side(&self) -> u32 {
        1
    }

    fn prepare(&self, _: &Pixels) -> Prepared {
        unreachable!("no made-up photo has pixels")
    }

    fn embed(&self, _: &[Prepared]) -> Vec<Result<Embedding, EmbedError>> {
        unreachable!("no made-up photo has pixels")
    }

    fn code_thresholds(&self) -> &[f32] {
        &ZEROS[..self.0.dimension()]
    }

    fn device_name(&self) -> String {
        "a test".into()
    }
}

static ZEROS: [f32; 256] = [0.0; 256];
