//! Whether suggested albums stay what they are, when photos come and go, and when they are grouped more finely or by
//! another model.

use std::num::NonZeroUsize;

use anyhow::{Context, Result};
use likeness_cluster::{Origin, candidates, kmeans, kmeans_again, succession};
use likeness_domain::JobContext;

use crate::{Photos, Random};

const PHOTOS: usize = 2000;
const ADDED: usize = 200;
const ADDED_MANY: usize = 500;
const REMOVED: usize = 200;
const CLUSTERS: usize = 60;
const KEPT: usize = 10;
const SEEDS: u64 = 3;

pub(crate) fn measure(photos: &Photos) -> Result<()> {
    let all: Vec<usize> = (0..photos.len()).collect();
    // With fewer than 2,500 photos, fewer are new.
    let added = if photos.len() >= PHOTOS + ADDED_MANY { ADDED_MANY } else { ADDED };
    println!("{PHOTOS} photos in {CLUSTERS} suggestions, then grouped again; {SEEDS} draws, sums");
    println!(
        "| change | unchanged | of these kept identity | wrongly kept | new candidates for kept albums | of the album's kind |"
    );
    println!("|---|---|---|---|---|---|");
    let changes: [(&str, usize, usize, usize, bool); 6] = [
        ("the same again", 0, 0, CLUSTERS, false),
        ("photos added", added, 0, CLUSTERS, false),
        ("200 removed", 0, REMOVED, CLUSTERS, false),
        ("80 instead of 60", 0, 0, CLUSTERS * 4 / 3, false),
        ("another model", 0, 0, CLUSTERS, true),
        ("all of these", added, REMOVED, CLUSTERS * 4 / 3, true),
    ];
    let ways = changes.into_iter().flat_map(|change| [(change, false), (change, true)]);
    for ((name, added, removed, clusters, other_model), from_before) in ways {
        let mut sum = Counts::default();
        for seed in 0..SEEDS {
            let drawn = Random(seed).draw(&all, PHOTOS + added);
            let now = &drawn[removed..];
            let before = grouped(photos, &drawn[..PHOTOS], CLUSTERS, seed, false, &[])?;
            let begun = if from_before { before.as_slice() } else { &[] };
            let after = grouped(photos, now, clusters, seed + 100, other_model, begun)?;
            sum.count(photos, &before, &after);
        }
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        println!(
            "| {name}, {} | {} of {} | {:.3} | {} | {} | {:.2} |",
            if from_before { "from those before" } else { "from another start" },
            sum.unchanged,
            sum.before,
            share(sum.kept, sum.unchanged),
            sum.wrong,
            sum.candidates,
            share(sum.right_candidates, sum.candidates),
        );
    }
    Ok(())
}

/// Suggestions among `rows`, as photos. Another model is stood in for by half of the numbers of this one, which see
/// less.
fn grouped(
    photos: &Photos,
    rows: &[usize],
    clusters: usize,
    seed: u64,
    other_model: bool,
    before: &[Vec<usize>],
) -> Result<Vec<Vec<usize>>> {
    let dimension = if other_model { photos.dimension / 2 } else { photos.dimension };
    let mut vectors: Vec<f32> = rows.iter().flat_map(|&row| photos.row(row)[..dimension].to_vec()).collect();
    for row in vectors.chunks_exact_mut(dimension) {
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
    let count = NonZeroUsize::new(clusters).context("at least one cluster")?;
    let ctx = JobContext::unattended();
    let found = if before.is_empty() {
        kmeans(&ctx, &vectors, dimension, count, seed)?
    } else {
        let was_in = |row: &usize| before.iter().position(|group| group.contains(row));
        let before: Vec<Option<usize>> = rows.iter().map(was_in).collect();
        kmeans_again(&ctx, &vectors, dimension, count, &before, seed)?
    };
    let mut groups = vec![Vec::new(); clusters];
    rows.iter().zip(&found.assignment).for_each(|(&row, &cluster)| groups[cluster].push(row));
    Ok(groups)
}

#[derive(Default)]
struct Counts {
    before: usize,
    unchanged: usize,
    kept: usize,
    wrong: usize,
    candidates: usize,
    right_candidates: usize,
}

impl Counts {
    /// A suggestion is unchanged when one of now has more than half of its photos that are still there, which are more
    /// than half of its own that were there before: told here by counting, apart from how identity is found.
    fn count(&mut self, photos: &Photos, before: &[Vec<usize>], after: &[Vec<usize>]) {
        let found = succession(before, after);
        let is_in = |groups: &[Vec<usize>], photo: usize| groups.iter().any(|group| group.contains(&photo));
        let stays: Vec<Vec<usize>> = before
            .iter()
            .map(|group| group.iter().copied().filter(|&photo| is_in(after, photo)).collect())
            .collect();
        let was: Vec<Vec<usize>> = after
            .iter()
            .map(|group| group.iter().copied().filter(|&photo| is_in(before, photo)).collect())
            .collect();
        for (old, old_group) in stays.iter().enumerate() {
            self.before += 1;
            let same = was.iter().position(|group| {
                let shared = group.iter().filter(|photo| old_group.contains(photo)).count();
                shared * 2 > old_group.len() && shared * 2 > group.len()
            });
            let kept = found.origins.iter().position(|origin| *origin == Origin::Same(old));
            self.unchanged += usize::from(same.is_some());
            self.kept += usize::from(same.is_some() && kept == same);
            self.wrong += usize::from(same.is_some() && kept.is_some() && kept != same);
        }
        for album in before.iter().filter(|group| group.len() >= 8).take(KEPT) {
            let most = |group: &[usize]| {
                let count =
                    |folder: &String| group.iter().filter(|&&photo| photos.folders[photo] == *folder).count();
                group.iter().map(|&photo| &photos.folders[photo]).max_by_key(|folder| count(folder)).cloned()
            };
            let kind = most(album);
            // What was in another suggestion before is no news.
            for photo in candidates(album, &[], after).into_iter().filter(|&photo| !is_in(before, photo)) {
                self.candidates += 1;
                self.right_candidates += usize::from(kind.as_ref() == Some(&photos.folders[photo]));
            }
        }
    }
}
