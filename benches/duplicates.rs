//! Which near-duplicates are found, rightly and wrongly, and how long it takes?
//!
//! `cargo bench -p likeness-benches --bench duplicates -- FOLDER OUT.tsv [careful|usual|generous]` reads the photos of a folder
//! that `duplicates_truth.py` made, finds groups as a library does, writes every pair of keeper and member, and prints
//! seconds. `duplicates_peers.py` counts what is right in OUT.tsv, beside other programs' findings.
//!
//! `-- planted COUNT` makes up photos (small pictures, hashes, vectors) with groups planted among them, and prints the
//! seconds of each step and how many of the planted are found.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use likeness_cleanup::{
    CloserLook, Group, HashIndex, KeeperOrder, Kinship, Limits, Look, NEIGHBORS, Photos, Rank, Shot,
    Strictness, Symmetry, Traits, burst_candidates, candidates, compare, compare_all, further_candidates,
    groups,
};
use likeness_decode::InProcess;
use likeness_domain::{Exposure, FileId, JobContext, PhotoFacts, PictureFormat, Rating, SmallPicture};
use likeness_embed::{Model, Precision};
use likeness_layout::{NeighborGraph, neighbor_graph};
use rayon::prelude::*;

/// Of so many made-up photos, one has copies and edits.
const PLANTED_EVERY: usize = 20;

fn main() -> Result<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["planted", count] => planted(count.parse()?),
        [folder, out] => found(Path::new(folder), Path::new(out), Strictness::Usual),
        [folder, out, word] => found(Path::new(folder), Path::new(out), strictness(word)?),
        _ => bail!("FOLDER OUT.tsv [careful|usual|generous], or planted COUNT"),
    }
}

fn strictness(word: &str) -> Result<Strictness> {
    Ok(match word {
        "careful" => Strictness::Careful,
        "usual" => Strictness::Usual,
        "generous" => Strictness::Generous,
        _ => bail!("{word} is no strictness"),
    })
}

/// What finding is given, by row.
#[derive(Default)]
struct Seen {
    smalls: Vec<SmallPicture>,
    /// Large thumbnails as JPEG; empty for made-up photos that no other is a copy of.
    thumbnails: Vec<Vec<u8>>,
    shots: Vec<Shot>,
    traits: Vec<Traits>,
    hashes: Vec<u64>,
    vectors: Vec<f32>,
    dimension: usize,
}

impl Photos for Seen {
    fn shot(&self, row: u32) -> &Shot {
        &self.shots[row as usize]
    }

    fn look(&self, row: u32) -> Option<Look> {
        let facts = &self.shot(row).facts;
        Some(Look::new(&self.smalls[row as usize], facts.width, facts.height))
    }

    fn closer_look(&self, row: u32) -> Option<CloserLook> {
        let (width, height, pixels) = halved(&self.thumbnails[row as usize]).ok()?;
        Some(CloserLook::new(width, height, &pixels))
    }

    fn distance(&self, a: u32, b: u32) -> Option<f32> {
        let vector = |row: u32| &self.vectors[row as usize * self.dimension..][..self.dimension];
        Some(1.0 - vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum::<f32>())
    }
}

/// A large thumbnail at half its size, if that is enough for a closer look, as the library has it decoded.
fn halved(jpeg: &[u8]) -> Result<(usize, usize, Vec<u8>)> {
    let mut decompressor = turbojpeg::Decompressor::new()?;
    let header = decompressor.read_header(jpeg)?;
    let half = header.scaled(turbojpeg::ScalingFactor::ONE_HALF);
    let is_enough = half.width.max(half.height) >= CloserLook::SIDE;
    if is_enough {
        decompressor.set_scaling_factor(turbojpeg::ScalingFactor::ONE_HALF)?;
    }
    let size = if is_enough { half } else { header };
    let mut pixels = vec![0; 3 * size.width * size.height];
    let image = turbojpeg::Image {
        pixels: &mut pixels[..],
        width: size.width,
        pitch: 3 * size.width,
        height: size.height,
        format: turbojpeg::PixelFormat::RGB,
    };
    decompressor.decompress(jpeg, image)?;
    Ok((size.width, size.height, pixels))
}

/// What became of one pair.
type Compared = (Kinship, likeness_cleanup::Comparison);

/// Groups, and seconds by step.
fn find(seen: &Seen, limits: &Limits) -> Result<(Vec<Group>, Vec<Compared>)> {
    let context = JobContext::unattended();
    let mut started = Instant::now();
    let mut say = |what: &str| {
        println!("| {what} | {:.2} s |", started.elapsed().as_secs_f64());
        started = Instant::now();
    };
    let graph: NeighborGraph = neighbor_graph(&context, &seen.vectors, seen.dimension, NEIGHBORS)?;
    say("neighbours by embedding");
    let index = HashIndex::new(seen.hashes.clone());
    let rows: Vec<u32> = (0..seen.hashes.len() as u32).collect();
    let near = |row: u32| {
        let row = row as usize;
        graph.neighbors(row).iter().copied().zip(graph.distances(row).iter().copied())
    };
    let mut pairs = candidates(&index, &rows, near);
    pairs.extend(burst_candidates((0..).zip(&seen.shots)));
    pairs.sort_unstable();
    pairs.dedup();
    say(&format!("{} candidates", pairs.len()));
    let mut compared = compare_all(&context, seen, &pairs, limits)?;
    say(&format!("{} of them alike", compared.len()));
    let alike: BTreeSet<u32> = compared.iter().flat_map(|(kinship, _)| [kinship.a, kinship.b]).collect();
    let mut further = further_candidates(&alike.into_iter().collect::<Vec<_>>(), near);
    further.retain(|pair| pairs.binary_search(pair).is_err());
    compared.extend(compare_all(&context, seen, &further, limits)?);
    say(&format!("{} further candidates, {} alike in all", further.len(), compared.len()));
    let kinships: Vec<Kinship> = compared.iter().map(|(kinship, _)| *kinship).collect();
    let order = KeeperOrder::default();
    let ranks: Vec<Rank> = seen.traits.iter().map(|traits| order.rank(traits)).collect();
    let keep = |a: u32, b: u32| ranks[a as usize].cmp(&ranks[b as usize]);
    let groups = groups(&kinships, keep, |a, b| compare(seen, a, b, limits).map(|found| found.lane));
    say(&format!("{} groups", groups.len()));
    Ok((groups, compared))
}

fn found(folder: &Path, out: &Path, strictness: Strictness) -> Result<()> {
    let truth =
        fs::read_to_string(folder.join("truth.tsv")).context("duplicates_truth.py makes the folder")?;
    let names: Vec<&str> = truth.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let started = Instant::now();
    let model = likeness_embed::builtin(Precision::Int8)?;
    let read: Vec<(usize, Result<OneSeen>)> =
        names.par_iter().enumerate().map(|(at, name)| (at, one_seen(&folder.join(name), &*model))).collect();
    let mut seen = Seen { dimension: model.tag().dimension(), ..Seen::default() };
    let mut files: Vec<PathBuf> = Vec::new();
    for (at, one) in read {
        match one {
            Ok(one) => {
                seen.push(one, files.len());
                files.push(names[at].into());
            }
            Err(error) => eprintln!("{}: {error:#}", names[at]),
        }
    }
    println!("| {} files read | {:.1} s |\n|---|---|", files.len(), started.elapsed().as_secs_f64());
    let (groups, compared) = find(&seen, &strictness.limits())?;
    let mut out = fs::File::create(out)?;
    for Group { lane, keeper, members } in &groups {
        for member in members {
            let (keeper, member) = (files[*keeper as usize].display(), files[*member as usize].display());
            writeln!(out, "{lane:?}\t{keeper}\t{member}")?;
        }
    }
    ensure!(compared.iter().all(|(kinship, _)| kinship.a < kinship.b), "each pair once");
    Ok(())
}

struct OneSeen {
    small: SmallPicture,
    thumbnail: Vec<u8>,
    facts: PhotoFacts,
    hash: u64,
    vector: Vec<f32>,
    sharpness: f32,
    bytes: u64,
}

fn one_seen(path: &Path, model: &dyn Model) -> Result<OneSeen> {
    let mut decoder = InProcess::default();
    let bytes = decoder.open(path)?.stamp.size_bytes;
    let decoded = decoder.decode(model.input_short_side())?;
    let embedded = model.embed(&[model.prepare(&decoded.pixels)]).pop().context("one for one")??;
    Ok(OneSeen {
        small: decoded.small_picture,
        thumbnail: decoded.thumbnails.large,
        facts: decoded.facts,
        hash: decoded.perceptual_hash,
        vector: embedded.values().to_vec(),
        sharpness: decoded.sharpness,
        bytes,
    })
}

impl Seen {
    fn push(&mut self, one: OneSeen, row: usize) {
        let facts = &one.facts;
        self.traits.push(Traits {
            file: FileId(row as i64),
            format: facts.format,
            bits: facts.bits,
            pixels: u64::from(facts.width) * u64::from(facts.height),
            bytes: one.bytes,
            sharpness: Some(one.sharpness),
            has_edits: false,
            facts: u8::from(facts.taken.is_some()) + u8::from(facts.camera.is_some()),
            rating: Rating::default(),
            albums: 0,
            folder_rank: None,
            time_ns: row as i64,
            modified_ns: row as i64,
        });
        self.smalls.push(one.small);
        self.thumbnails.push(one.thumbnail);
        self.hashes.push(one.hash);
        self.vectors.extend(one.vector);
        self.shots.push(Shot { facts: one.facts, stem: None, has_movie: false });
    }
}

/// Distinct made-up photos; every twentieth is followed by a copy stored again, a mirrored one and a part of it.
fn planted(count: usize) -> Result<()> {
    const DIMENSION: usize = 512;
    let vectors = likeness_testkit::clustered_vectors(count, DIMENSION, 1);
    let noise = likeness_testkit::clustered_vectors(count, DIMENSION, 2);
    let role = |row: usize| match row % PLANTED_EVERY {
        0 => (row, Role::Original),
        1 => (row - 1, Role::Copy),
        2 => (row - 2, Role::Mirrored),
        3 => (row - 3, Role::Part),
        _ => (row, Role::Alone),
    };
    let mut seen = Seen { dimension: DIMENSION, ..Seen::default() };
    let made: Vec<OneSeen> = (0..count)
        .into_par_iter()
        .map(|row| {
            let (original, role) = role(row);
            let apart = match role {
                Role::Original | Role::Alone => 0.0,
                Role::Copy => 0.1,
                Role::Mirrored => 0.25,
                Role::Part => 0.4,
            };
            let near = vectors[original * DIMENSION..][..DIMENSION].iter();
            let mut vector: Vec<f32> =
                near.zip(&noise[row * DIMENSION..]).map(|(value, noise)| value + apart * noise).collect();
            let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|v| *v /= length);
            let hash = (original as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let hash = match role {
                Role::Original | Role::Alone => hash,
                Role::Copy => hash ^ (1 << (row % 64)),
                Role::Mirrored => Symmetry::MIRRORED.of_hash(hash),
                Role::Part => hash.wrapping_mul(3),
            };
            let small = made_up(original, row, role);
            let thumbnail = match role {
                Role::Original | Role::Copy => enlarged(&small, original),
                Role::Alone | Role::Mirrored | Role::Part => Vec::new(),
            };
            OneSeen { small, thumbnail, facts: no_facts(), hash, vector, sharpness: 0.7, bytes: 2_000_000 }
        })
        .collect();
    made.into_iter().enumerate().for_each(|(row, one)| seen.push(one, row));
    println!("| {count} made-up photos | |\n|---|---|");
    let started = Instant::now();
    let (groups, _) = find(&seen, &Strictness::Usual.limits())?;
    println!("| all | {:.2} s |", started.elapsed().as_secs_f64());
    let pairs = groups.iter().flat_map(|group| group.members.iter().map(|&member| (group.keeper, member)));
    let (mut right, mut wrong) = (0, 0);
    for (keeper, member) in pairs {
        let same = role(keeper as usize).0 == role(member as usize).0;
        *(if same { &mut right } else { &mut wrong }) += 1;
    }
    println!("| planted {}, found {right}, wrong {wrong} | |", count / PLANTED_EVERY * 3);
    Ok(())
}

#[derive(Clone, Copy)]
enum Role {
    Original,
    Alone,
    Copy,
    Mirrored,
    Part,
}

fn no_facts() -> PhotoFacts {
    PhotoFacts {
        format: PictureFormat::Jpeg,
        width: 4000,
        height: 3000,
        bits: Some(8),
        taken: None,
        camera: None,
        lens: None,
        exposure: Exposure::default(),
        gps: None,
        animated: false,
    }
}

/// The large thumbnail of a made-up photo: eight times as large, rough by the seed `original` as pictures are.
fn enlarged(small: &SmallPicture, original: usize) -> Vec<u8> {
    const TIMES: usize = 8;
    const WIDTH: usize = TIMES * SmallPicture::SIDE;
    const HEIGHT: usize = WIDTH * 3 / 4;
    let mut pixels = Vec::with_capacity(3 * WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        let (top, down) = between(y, HEIGHT);
        for x in 0..WIDTH {
            let (left, right) = between(x, WIDTH);
            let at =
                |dx: usize, dy: usize| f32::from(small.luma()[(top + dy) * SmallPicture::SIDE + left + dx]);
            let (above, below) =
                (at(0, 0) + (at(1, 0) - at(0, 0)) * right, at(0, 1) + (at(1, 1) - at(0, 1)) * right);
            let level = above + (below - above) * down + 8.0 * grain(original as u64, (y * WIDTH + x) as u64);
            pixels.extend([level as u8; 3]);
        }
    }
    let image = turbojpeg::Image {
        pixels: &pixels[..],
        width: WIDTH,
        pitch: 3 * WIDTH,
        height: HEIGHT,
        format: turbojpeg::PixelFormat::RGB,
    };
    turbojpeg::compress(image, 85, turbojpeg::Subsamp::Sub2x2).expect("a picture").to_vec()
}

/// The pixel of a small picture before a place of a larger one, and how far behind its middle that lies.
fn between(at: usize, of: usize) -> (usize, f32) {
    let place = ((at as f32 + 0.5) / of as f32 * SmallPicture::SIDE as f32 - 0.5).max(0.0);
    let before = (place as usize).min(SmallPicture::SIDE - 2);
    (before, place - before as f32)
}

/// Clouds of the seed `original`, at all sizes as in pictures; grain of the seed `row`.
fn made_up(original: usize, row: usize, role: Role) -> SmallPicture {
    let mut bytes = vec![128u8; SmallPicture::BYTES];
    for (at, value) in bytes[..SmallPicture::SIDE * SmallPicture::SIDE].iter_mut().enumerate() {
        let place = |at: usize| (at as f32 + 0.5) / SmallPicture::SIDE as f32;
        let (x, y) = (place(at % SmallPicture::SIDE), place(at / SmallPicture::SIDE));
        let (x, y) = match role {
            Role::Mirrored => (1.0 - x, y),
            Role::Part => (0.15 + 0.75 * x, 0.05 + 0.75 * y),
            Role::Original | Role::Alone | Role::Copy => (x, y),
        };
        let mut sum = 128.0 + grain(row as u64, at as u64);
        for (octave, height) in [(2u32, 60.0), (4, 45.0), (8, 30.0), (16, 20.0), (32, 10.0)] {
            sum += height * cloud(original as u64, octave, x, y);
        }
        *value = sum.clamp(0.0, 255.0) as u8;
    }
    SmallPicture::from_bytes(bytes).expect("as many bytes as it should")
}

/// Smooth between random values on a grid.
fn cloud(seed: u64, cells: u32, x: f32, y: f32) -> f32 {
    let (x, y) = (x * cells as f32, y * cells as f32);
    let smooth = |part: f32| part * part * (3.0 - 2.0 * part);
    let (right, down) = (smooth(x.fract()), smooth(y.fract()));
    let value =
        |dx: u64, dy: u64| grain(seed, u64::from(cells) << 32 | (y as u64 + dy) << 16 | (x as u64 + dx));
    let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
    mix(mix(value(0, 0), value(1, 0), right), mix(value(0, 1), value(1, 1), right), down)
}

/// -1 to 1 (SplitMix64).
fn grain(seed: u64, at: u64) -> f32 {
    let mut mixed =
        seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}
