//! How quick is the catalog at 100,000 photos? An unchanged scan, the grid's shape, and committing a batch of 64, beside
//! the same with 1,000 photos. Times are medians; they include every transaction and every wait for the disk.
//!
//! `cargo bench -p likeness-benches --bench catalog_100k [FOLDER]`: FOLDER (default: the system's temporary folder) is
//! where the libraries are made.

use std::path::Path;
use std::time::{Duration, Instant};

use likeness_domain::{
    CaptureTime, ContentHash, Embedding, Exposure, FileKind, FileStamp, FolderId, FoundFile, FoundFiles,
    ModelTag, PhotoFacts, PictureFormat, RelativePath, SmallPicture,
};
use likeness_store::{NewContent, Outcome, PhotoQuery, Sort, Store};

const DIMENSION: usize = 1280;
const BATCH: usize = 64;
const BATCHES_MEASURED: usize = 15;

fn main() -> anyhow::Result<()> {
    let place = match std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    println!("{:<44}{:>12}{:>12}", "milliseconds", "1,000", "100,000");
    let small = measure(&place.path().join("small"), 1_000)?;
    let large = measure(&place.path().join("large"), 100_000)?;
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let ms = |time: &Duration| time.as_secs_f64() * 1e3;
        println!("{name:<44}{:>12.2}{:>12.2}", ms(small), ms(large));
    }
    Ok(())
}

fn measure(library: &Path, photos: u64) -> anyhow::Result<Vec<(&'static str, Duration)>> {
    let store = Store::open(library)?;
    let folder = store.add_folder(Path::new("/photos"), None)?;
    let tag = ModelTag::new("bench", "0", "none", DIMENSION)?;
    let all = found(photos + (BATCH * BATCHES_MEASURED) as u64);
    let before = FoundFiles { files: all.files[..photos as usize].to_vec(), unlisted: Vec::new() };

    let first_scan = time(|| Ok(store.record_found(folder, &RelativePath::ROOT, &before)?))?;
    while commit_batch(&store, &tag)?.is_some() {}
    let unchanged = median(7, || time(|| Ok(store.record_found(folder, &RelativePath::ROOT, &before)?)))?;
    let newest = PhotoQuery::default();
    let in_folder = PhotoQuery { folder: Some(FolderId(folder.0)), ..PhotoQuery::default() };
    let by_name = PhotoQuery { sort: Sort::Name, ..PhotoQuery::default() };
    let camera = PhotoQuery { camera: Some("model 3".to_owned()), ..PhotoQuery::default() };
    let shape = |query: &PhotoQuery| median(7, || time(|| Ok(store.shape(query)?)));
    let mut times = vec![
        ("first scan, all files new", first_scan),
        ("scan, all files unchanged", unchanged),
        ("shape, newest first", shape(&newest)?),
        ("shape, one folder", shape(&in_folder)?),
        ("shape, by name", shape(&by_name)?),
        ("shape, one camera", shape(&camera)?),
        (
            "every embedding, 1,280 numbers each",
            median(3, || time(|| Ok(store.each_embedding(&tag, |_, _| {})?)))?,
        ),
        ("stamp of the embeddings", median(7, || time(|| Ok(store.embedding_stamp(&tag)?)))?),
        ("folders and counts", median(7, || time(|| Ok((store.folders()?, store.counts()?))))?),
    ];
    store.record_found(folder, &RelativePath::ROOT, &all)?;
    let mut batches = Vec::new();
    while let Some(batch) = commit_batch(&store, &tag)? {
        batches.push(batch);
    }
    batches.sort();
    times.push(("commit of 64 new photos", batches[batches.len() / 2]));
    Ok(times)
}

/// Commits the next 64 files that wait to be read; `None` when none is left. Only the commit is timed.
fn commit_batch(store: &Store, tag: &ModelTag) -> anyhow::Result<Option<Duration>> {
    let files = store.files_to_read(None, None, BATCH)?;
    if files.is_empty() {
        return Ok(None);
    }
    let outcome = |file: &likeness_store::FileToRead| {
        let content = Box::new(content(file.stamp.inode, tag)?);
        Ok(Outcome::Photo { file: file.id, stamp: file.stamp, content })
    };
    let outcomes = files.iter().map(outcome).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Some(time(|| Ok(store.commit(&outcomes)?))?))
}

fn found(count: u64) -> FoundFiles {
    let file = |i: u64| {
        let path = format!("{}/{:02}/IMG_{i:06}.jpg", 2000 + i / 5000, i / 400 % 12);
        let time = 1_000_000_000_000_000_000 + i as i64 * 1_000_000_007;
        FoundFile {
            path: RelativePath::from_bytes(path.into_bytes()).expect("a path"),
            stamp: FileStamp {
                size_bytes: 3_000_000 + i,
                modified_ns: time,
                changed_ns: time,
                inode: i + 1,
                device: 1,
            },
            kind: FileKind::Picture,
        }
    };
    FoundFiles { files: (0..count).map(file).collect(), unlisted: Vec::new() }
}

fn content(seed: u64, tag: &ModelTag) -> anyhow::Result<NewContent> {
    // Weyl numbers: distinct, spread evenly, and in no order.
    let spread =
        |i: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(i.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    let mut hash = [0; 32];
    for (i, bytes) in hash.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&spread(i as u64).rotate_left(31).to_le_bytes());
    }
    let values = (0..DIMENSION as u64).map(|i| (spread(i) >> 40) as f32 / (1 << 23) as f32 - 1.0).collect();
    Ok(NewContent {
        hash: ContentHash(hash),
        facts: PhotoFacts {
            format: PictureFormat::Jpeg,
            width: 4000,
            height: 3000,
            bits: Some(8),
            taken: Some(CaptureTime {
                local_ms: 1_000_000_000_000 + seed as i64 * 40_000,
                zone_minutes: Some(60),
            }),
            camera: Some(format!("Maker Model {}", seed % 10)),
            lens: Some("24-70mm F2.8".to_owned()),
            exposure: Exposure {
                time_seconds: Some(0.004),
                f_number: Some(4.0),
                iso: Some(200),
                focal_length_mm: Some(35.0),
            },
            gps: None,
            animated: false,
        },
        preview: vec![seed as u8; 25],
        perceptual_hash: spread(1),
        small_picture: SmallPicture::from_bytes(vec![seed as u8; SmallPicture::BYTES])
            .expect("as many bytes"),
        sharpness: 0.7,
        embedding: Some(Embedding::new(tag.clone(), values)?),
        warning: None,
    })
}

fn time<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn median(times: usize, mut measure: impl FnMut() -> anyhow::Result<Duration>) -> anyhow::Result<Duration> {
    let mut all = (0..times).map(|_| measure()).collect::<anyhow::Result<Vec<_>>>()?;
    all.sort();
    Ok(all[times / 2])
}
