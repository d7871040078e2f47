//! How quick is a change of filters at 100,000 photos? For each filter the grid's shape and the counts of all further
//! filters, the vocabulary, the wall of albums, and deciding about many photos at once. Times are medians of 9.
//!
//! The photos are made up: 10 cameras, 8 lenses, 4 formats, 3 source folders; 8 % have stars, 3 % a flag, 5 % a label, 60 %
//! two tags of 300; 100 albums hold 250 photos each, 5 are saved searches.
//!
//! `cargo bench -p likeness-benches --bench filters_100k [FOLDER]`: FOLDER (default: the system's temporary folder) is
//! where the library is made.

use std::path::Path;
use std::time::{Duration, Instant};

use likeness_domain::{
    CaptureTime, ColorLabel, ContentHash, Exposure, FileKind, FileStamp, Flag, FolderId, FoundFile,
    FoundFiles, PhotoFacts, PhotoId, PictureFormat, Rating, RelativePath, SmallPicture, Tag,
};
use likeness_store::{Looks, NewContent, Orientation, Outcome, PhotoQuery, Sort, Stacks, Store};

const PHOTOS: u64 = 100_000;
const FOLDERS: u64 = 3;
const TAGS: u64 = 300;

fn main() -> anyhow::Result<()> {
    let place = match std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let store = Store::open(place.path())?;
    let (folders, photos) = fill(&store)?;
    decide(&store, &photos)?;
    println!("{:<44}{:>10}{:>10}{:>10}{:>10}", "milliseconds", "photos", "shape", "counts", "both");
    for (name, query) in queries(&store, folders[1], &photos)? {
        let found = store.shape(&query)?.len();
        let shape = median(|| store.shape(&query).map(drop))?;
        let counts = median(|| store.filter_counts(&query).map(drop))?;
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!("{name:<44}{found:>10}{:>10.1}{:>10.1}{:>10.1}", ms(shape), ms(counts), ms(shape + counts));
    }
    let stars = |stars| Rating::new(stars).expect("stars");
    let tag: Tag = "New".parse()?;
    for (name, time) in [
        ("vocabulary with counts", median(|| store.vocabulary().map(drop))?),
        ("wall of 105 albums", median(|| store.album_wall(&Looks::new()).map(drop))?),
        ("rate 1 photo", once(|| store.rate(&photos[..1], stars(1)).map(drop))?),
        ("rate 10,000 photos", once(|| store.rate(&photos[..10_000], stars(2)).map(drop))?),
        ("take that back", once(|| store.undo().map(drop))?),
        ("tag 10,000 photos", once(|| store.add_tags(&photos[..10_000], &[tag]).map(drop))?),
        ("take that back", once(|| store.undo().map(drop))?),
    ] {
        println!("{name:<44}{:>40.1}", time.as_secs_f64() * 1e3);
    }
    Ok(())
}

fn queries(
    store: &Store,
    folder: FolderId,
    photos: &[PhotoId],
) -> anyhow::Result<Vec<(&'static str, PhotoQuery)>> {
    let albums = store.albums()?;
    let by_hand = Some(albums[50].id);
    let search = albums.last().map(|album| album.id);
    let alike: Vec<PhotoId> = photos.iter().copied().step_by(100).take(1000).collect();
    let all = PhotoQuery::default;
    Ok(vec![
        ("everything", all()),
        ("everything, stacked", PhotoQuery { stacks: Stacks::Together, ..all() }),
        ("one of 3 folders", PhotoQuery { folder: Some(folder), ..all() }),
        (
            "a year",
            PhotoQuery { since_ms: Some(1_100_000_000_000), until_ms: Some(1_131_536_000_000), ..all() },
        ),
        ("a camera", PhotoQuery { camera: Some("model 3".to_owned()), ..all() }),
        ("a lens", PhotoQuery { lens: Some("lens 2".to_owned()), ..all() }),
        ("3 stars or more", PhotoQuery { rating_at_least: Rating::new(3), ..all() }),
        ("picked", PhotoQuery { flag: Some(Flag::Pick), ..all() }),
        ("not flagged", PhotoQuery { flag: Some(Flag::None), ..all() }),
        ("red", PhotoQuery { label: Some(ColorLabel::Red), ..all() }),
        ("a tag with 20 below it", PhotoQuery { tags: vec!["Tag 3".parse()?], ..all() }),
        ("an album of 250", PhotoQuery { album: by_hand, sort: Sort::Album, ..all() }),
        ("a saved search", PhotoQuery { album: search, ..all() }),
        ("a format", PhotoQuery { format: Some(PictureFormat::Raw), ..all() }),
        ("upright", PhotoQuery { orientation: Some(Orientation::Portrait), ..all() }),
        ("5 MB or more", PhotoQuery { bytes_at_least: Some(5_000_000), ..all() }),
        ("a name", PhotoQuery { name: Some("img_00012".to_owned()), ..all() }),
        (
            "like a photo (1,000 are)",
            PhotoQuery {
                similar_to: photos[..1].to_vec(),
                looks: Looks::from([(photos[..1].to_vec(), alike)]),
                ..all()
            },
        ),
        (
            "camera, year, not rejected, tag, upright",
            PhotoQuery {
                camera: Some("model".to_owned()),
                since_ms: Some(1_100_000_000_000),
                flag: Some(Flag::None),
                tags: vec!["Tag 3".parse()?],
                orientation: Some(Orientation::Portrait),
                ..all()
            },
        ),
        ("largest first", PhotoQuery { sort: Sort::Largest, ..all() }),
        ("best rated first", PhotoQuery { sort: Sort::BestRated, ..all() }),
    ])
}

fn fill(store: &Store) -> anyhow::Result<(Vec<FolderId>, Vec<PhotoId>)> {
    let mut folders = Vec::new();
    for number in 0..FOLDERS {
        let folder = store.add_folder(Path::new(&format!("/photos {number}")), None)?;
        let files = (0..PHOTOS).filter(|i| i % FOLDERS == number).map(file).collect();
        store.record_found(folder, &RelativePath::ROOT, &FoundFiles { files, unlisted: Vec::new() })?;
        folders.push(folder);
    }
    loop {
        let files = store.files_to_read(None, None, 2000)?;
        if files.is_empty() {
            break;
        }
        let outcome = |file: &likeness_store::FileToRead| Outcome::Photo {
            file: file.id,
            stamp: file.stamp,
            content: Box::new(content(file.stamp.inode)),
        };
        store.commit(&files.iter().map(outcome).collect::<Vec<_>>())?;
    }
    let mut photos: Vec<PhotoId> =
        store.shape(&PhotoQuery::default())?.into_iter().map(|row| row.photo).collect();
    photos.sort_unstable();
    Ok((folders, photos))
}

fn decide(store: &Store, photos: &[PhotoId]) -> anyhow::Result<()> {
    let some = |every: usize, from: usize| -> Vec<PhotoId> {
        photos.iter().copied().skip(from).step_by(every).collect()
    };
    for stars in 1..=5 {
        store.rate(&some(62, usize::from(stars)), Rating::new(stars).expect("stars"))?;
    }
    store.flag(&some(66, 7), Flag::Pick)?;
    store.flag(&some(66, 8), Flag::Reject)?;
    for (at, label) in ColorLabel::ALL.into_iter().enumerate().skip(1) {
        store.label(&some(100, at), label)?;
    }
    for number in 0..TAGS {
        let tag: Tag = format!("Tag {}|Below {number}", number % 15).parse()?;
        // Two tags each for 60 of 100.
        let tagged: Vec<PhotoId> = photos
            .iter()
            .copied()
            .filter(|photo| {
                let spread = (photo.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                spread % 100 < 60 && (spread >> 20) % (TAGS / 2) == number / 2
            })
            .collect();
        store.add_tags(&tagged, &[tag])?;
    }
    for number in 0..100 {
        store.create_album(
            &format!("Album {number}").parse()?,
            None,
            &photos[number * 900..number * 900 + 250],
        )?;
    }
    for stars in 1..=5 {
        let query = PhotoQuery { rating_at_least: Rating::new(stars), ..PhotoQuery::default() };
        store.create_search(&format!("{stars} stars").parse()?, None, &query)?;
    }
    Ok(())
}

fn file(i: u64) -> FoundFile {
    let path = format!("{}/{:02}/IMG_{i:06}.jpg", 2000 + i / 5000, i / 400 % 12);
    let time = 1_000_000_000_000_000_000 + i as i64 * 1_000_000_007;
    let stamp = FileStamp {
        size_bytes: 1_000_000 + i * 7919 % 9_000_000,
        modified_ns: time,
        changed_ns: time,
        inode: i + 1,
        device: 1,
    };
    FoundFile {
        path: RelativePath::from_bytes(path.into_bytes()).expect("a path"),
        stamp,
        kind: FileKind::Picture,
    }
}

fn content(seed: u64) -> NewContent {
    // Weyl numbers: distinct, spread evenly, and in no order.
    let spread =
        |i: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(i.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    let mut hash = [0; 32];
    for (i, bytes) in hash.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&spread(i as u64).rotate_left(31).to_le_bytes());
    }
    let (width, height) = if seed.is_multiple_of(3) { (3000, 4000) } else { (4000, 3000) };
    let formats = [PictureFormat::Jpeg, PictureFormat::Jpeg, PictureFormat::Heic, PictureFormat::Raw];
    NewContent {
        hash: ContentHash(hash),
        facts: PhotoFacts {
            format: formats[(spread(2) >> 60) as usize % 4],
            width,
            height,
            bits: Some(8),
            taken: Some(CaptureTime {
                local_ms: 1_000_000_000_000 + seed as i64 * 4_000_000,
                zone_minutes: Some(60),
            }),
            camera: Some(format!("Maker Model {}", seed % 10)),
            lens: Some(format!("Maker Lens {} 24-70mm F2.8", seed % 8)),
            exposure: Exposure { iso: Some(200), ..Exposure::default() },
            gps: None,
            animated: false,
        },
        preview: vec![seed as u8; 25],
        perceptual_hash: spread(1),
        small_picture: SmallPicture::from_bytes(vec![seed as u8; SmallPicture::BYTES])
            .expect("as many bytes"),
        sharpness: 0.7,
        embedding: None,
        warning: None,
    }
}

fn once<E: Into<anyhow::Error>>(work: impl FnOnce() -> Result<(), E>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    work().map_err(Into::into)?;
    Ok(start.elapsed())
}

fn median<E: Into<anyhow::Error>>(mut work: impl FnMut() -> Result<(), E>) -> anyhow::Result<Duration> {
    let mut times = (0..9).map(|_| once(&mut work)).collect::<anyhow::Result<Vec<_>>>()?;
    times.sort();
    Ok(times[times.len() / 2])
}
