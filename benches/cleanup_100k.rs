//! How quickly is a new photo compared with 100,000, and how soon is the list of 20,000 groups there? The catalog, vectors,
//! small pictures and groups of those are made up; newcomers are picture files that the library reads as always, and only
//! the search for their near-duplicates is timed. Every other newcomer is the one before it, stored again, so that
//! thumbnails are looked at, too. The list is timed after a change of the catalog, when all groups are made anew.
//!
//! `cargo bench -p likeness-benches --bench cleanup_100k [-- FOLDER]`: FOLDER, which is made, keeps the library for
//! `groups_20k.mjs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use likeness_cleanup::{Lane, Strictness};
use likeness_domain::{
    CaptureTime, ContentHash, Embedding, Exposure, FileKind, FileStamp, FoundFile, FoundFiles, JobContext,
    PhotoFacts, PhotoId, PictureFormat, Rating, RelativePath, SmallPicture,
};
use likeness_embed::Precision;
use likeness_library::{Among, AskGroups, Library, Places, Scope, WithEmbeddings, decoders};
use likeness_store::{KinshipRow, NewContent, Outcome, Store};

const PHOTOS: u64 = 100_000;
const GROUPS: u64 = 20_000;
const AT_ONCE: usize = 2_000;
/// Pictures that newcomers show, each twice.
const PICTURES: u64 = 10;
/// How far made-up photos lie from one of these by look: a cosine distance of about half its square.
const APART: f32 = 0.4;

fn main() -> Result<()> {
    likeness_library::run_worker_if_asked();
    let passing = tempfile::tempdir()?;
    let place = match std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        Some(folder) => PathBuf::from(folder),
        None => passing.path().to_owned(),
    };
    fs::create_dir_all(&place)?;
    let model = likeness_embed::builtin(Precision::Int8)?;
    let library = Library::open(Places::at(&place.join("library")), decoders()?, Ok(model))?;
    let pictures: Vec<Vec<u8>> =
        (0..PICTURES).map(|seed| likeness_testkit::photo_jpeg(seed, 1600, 1200)).collect();
    let seen = pictures.iter().map(|jpeg| Ok(library.see_bytes(jpeg, None)?)).collect::<Result<Vec<_>>>()?;
    fill(library.catalog(), &seen)?;

    let folder = place.join("new");
    fs::create_dir(&folder)?;
    let scope = Scope::Folder(library.add_folder(&folder)?.id);
    let job = JobContext::unattended();
    let check = |name: String, jpeg: &[u8]| -> Result<Duration> {
        fs::write(folder.join(name), jpeg)?;
        library.refresh(&job, &scope, WithEmbeddings::Yes)?;
        let started = Instant::now();
        ensure!(library.find_near_duplicates(&job)? == 1, "one is new");
        Ok(started.elapsed())
    };
    let (mut alone, mut copies) = (Vec::new(), Vec::new());
    for (number, jpeg) in pictures.iter().enumerate() {
        alone.push(check(format!("{number}.jpg"), jpeg)?);
        copies.push(check(format!("{number} again.jpg"), &stored_again(jpeg)?)?);
    }
    println!("the first after the start, which loads all vectors: {:.1} ms", ms(alone.remove(0)));
    report("newcomers that are like none", alone);
    report("newcomers that are copies", copies);
    ensure!(library.catalog().kinships()?.len() as u64 >= PICTURES, "copies are found");

    plant_groups(library.catalog())?;
    let ask = AskGroups {
        strictness: Strictness::Usual,
        among: Among::Everything,
        until: Lane::Edits,
        keep: Vec::new(),
    };
    let mut lists = Vec::new();
    for stars in [1, 2, 3, 4, 5, 4, 3, 2, 1] {
        library.catalog().rate(&[PhotoId(1)], Rating::new(stars).expect("stars"))?;
        let started = Instant::now();
        ensure!(library.duplicate_groups(&ask)?.len() as u64 >= GROUPS, "all groups");
        lists.push(started.elapsed());
    }
    report("the list of 20,000 groups of three", lists);
    Ok(())
}

/// The first photos are near-duplicates, three by three.
fn plant_groups(store: &Store) -> Result<()> {
    let photos: Vec<PhotoId> = store.perceptual_hashes()?.into_iter().map(|(photo, _)| photo).collect();
    let pairs = photos.chunks_exact(3).take(GROUPS as usize).enumerate().flat_map(|(group, three)| {
        let lane = if group % 2 == 0 { Lane::Copies } else { Lane::Edits };
        [(three[0], three[1]), (three[0], three[2]), (three[1], three[2])].map(|(first, second)| KinshipRow {
            first,
            second,
            lanes: [(); 3].map(|()| Some(lane.word().to_owned())),
            bond: None,
            apart: 0.5,
            alike: 0.95,
            area: 1.0,
            quarters: 0,
            mirrored: false,
        })
    });
    Ok(store.save_kinships(&[], &pairs.collect::<Vec<_>>())?)
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{name}: median {:.1} ms, slowest {:.1} ms", ms(median), ms(slowest));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn stored_again(jpeg: &[u8]) -> Result<Vec<u8>> {
    let picture = turbojpeg::decompress(jpeg, turbojpeg::PixelFormat::RGB)?;
    Ok(turbojpeg::compress(picture.as_deref(), 70, turbojpeg::Subsamp::Sub2x2)?.to_vec())
}

/// Photos on a drive that is not here, all of them compared: each looks like one of `seen`.
fn fill(store: &Store, seen: &[Embedding]) -> Result<()> {
    let folder = store.add_folder(Path::new("/photos that are away"), None)?;
    let files = (0..PHOTOS).map(found).collect();
    store.record_found(folder, &RelativePath::ROOT, &FoundFiles { files, unlisted: Vec::new() })?;
    loop {
        let files = store.files_to_read(None, None, AT_ONCE)?;
        if files.is_empty() {
            break;
        }
        let outcome = |file: &likeness_store::FileToRead| {
            let number = file.stamp.inode;
            let content = Box::new(content(number, near(&seen[number as usize % seen.len()], number)?));
            Ok(Outcome::Photo { file: file.id, stamp: file.stamp, content })
        };
        store.commit(&files.iter().map(outcome).collect::<Result<Vec<_>>>()?)?;
    }
    let photos: Vec<PhotoId> = store.perceptual_hashes()?.into_iter().map(|(photo, _)| photo).collect();
    ensure!(photos.len() as u64 == PHOTOS, "{} photos", photos.len());
    Ok(store.save_kinships(&photos, &[])?)
}

/// A vector near another one.
fn near(seen: &Embedding, number: u64) -> Result<Embedding> {
    let dimension = seen.values().len() as u64;
    let centred = |axis: u64| (mixed(number * dimension + axis) >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
    // The length of so many numbers between -1 and 1.
    let length = (dimension as f32 / 3.0).sqrt();
    let moved = (0..).zip(seen.values()).map(|(axis, value)| value + APART * centred(axis) / length);
    Ok(Embedding::new(seen.tag().clone(), moved.collect())?)
}

fn found(number: u64) -> FoundFile {
    let path = format!("{}/IMG_{number:06}.jpg", 2000 + number / 5000);
    let stamp =
        FileStamp { size_bytes: 3_000_000, modified_ns: 1, changed_ns: 1, inode: number + 1, device: 1 };
    FoundFile {
        path: RelativePath::from_bytes(path.into_bytes()).expect("a path"),
        stamp,
        kind: FileKind::Picture,
    }
}

fn content(number: u64, embedding: Embedding) -> NewContent {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    let small = (0..SmallPicture::BYTES as u64).map(|at| mixed(number * 10_000 + at) as u8).collect();
    let taken = CaptureTime { local_ms: 1_000_000_000_000 + number as i64 * 40_000, zone_minutes: None };
    NewContent {
        hash: ContentHash(hash),
        facts: PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 4000,
            height: 3000,
            bits: Some(8),
            taken: Some(taken),
            camera: Some(format!("Maker Model {}", number % 10)),
            lens: None,
            exposure: Exposure::default(),
            gps: None,
            animated: false,
        },
        preview: vec![number as u8; 25],
        perceptual_hash: mixed(number),
        small_picture: SmallPicture::from_bytes(small).expect("as many bytes"),
        sharpness: 0.7,
        embedding: Some(embedding),
        warning: None,
    }
}

/// Distinct numbers, spread evenly and in no order (SplitMix64).
fn mixed(seed: u64) -> u64 {
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
