//! Photos of all kinds among photos of a few kinds: are they found to be odd?

use anyhow::Result;
use likeness_cluster::oddness;
use likeness_domain::JobContext;
use likeness_layout::neighbor_graph;

use crate::{Photos, Random, mean, ranked};

const PLANTED: usize = 50;
const DRAWS: u64 = 10;
const NEIGHBORS: [usize; 3] = [10, 20, 90];

pub(crate) fn measure(photos: &Photos) -> Result<()> {
    // What is usual and what is planted, by parts of their paths.
    let settings: [(&str, &str, &str, usize); 4] = [
        ("50 classes of caltech, captioned planted", "/caltech/", "/captioned/", 800),
        ("50 classes of caltech, diverse planted", "/caltech/", "/diverse", 800),
        ("scenes and flowers, captioned planted", "/photos/", "/captioned/", 360),
        ("classes of imagenette, voc planted", "imagenette/", "voc/", 800),
    ];
    println!("{PLANTED} photos planted, {DRAWS} draws, means");
    println!(
        "| set | neighbours | AUC, odd | AUC, distance | precision@{PLANTED}, odd | distance | share above .95 |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, kinds, others, count) in settings {
        let inside = |photo: &usize, part: &str| photos.folders[*photo].contains(part);
        let of = |part: &str| (0..photos.len()).filter(|photo| inside(photo, part)).collect::<Vec<usize>>();
        let usual: Vec<usize> = of(kinds)
            .into_iter()
            .filter(|photo| kinds != "/photos/" || !inside(photo, "/caltech/"))
            .collect();
        let odd = of(others);
        if usual.is_empty() || odd.len() < PLANTED {
            continue;
        }
        for neighbors in NEIGHBORS {
            let mut sums: [Vec<f64>; 5] = Default::default();
            for draw in 0..DRAWS {
                let mut random = Random(draw);
                let mut rows = random.draw(&usual, count);
                let planted_from = rows.len();
                rows.extend(random.draw(&odd, PLANTED));
                let vectors = photos.rows(&rows);
                let graph = neighbor_graph(&JobContext::unattended(), &vectors, photos.dimension, neighbors)?;
                let of_rows = |row: usize| graph.distances(row);
                let distances: Vec<f32> = (0..graph.len()).flat_map(of_rows).copied().collect();
                let numbers: Vec<u32> =
                    (0..graph.len()).flat_map(|row| graph.neighbors(row)).copied().collect();
                let odd = oddness(&numbers, &distances, neighbors)?;
                let plain: Vec<f32> =
                    (0..graph.len()).map(|row| of_rows(row).iter().sum::<f32>() / neighbors as f32).collect();
                for (at, scores) in [&odd, &plain].into_iter().enumerate() {
                    sums[at].push(area_under_curve(scores, planted_from));
                    let all: Vec<usize> = (0..scores.len()).collect();
                    let found =
                        ranked(scores, &all)[..PLANTED].iter().filter(|&&row| row >= planted_from).count();
                    sums[2 + at].push(found as f64 / PLANTED as f64);
                }
                sums[4].push(odd.iter().filter(|&&score| score > 0.95).count() as f64 / odd.len() as f64);
            }
            let [odd, plain, odd_precision, plain_precision, above] = sums.map(|values| mean(&values));
            println!(
                "| {name} | {neighbors} | {odd:.3} | {plain:.3} | {odd_precision:.3} | {plain_precision:.3} | {above:.3} |"
            );
        }
    }
    Ok(())
}

/// The chance that a planted row scores higher than another; equal scores count half.
fn area_under_curve(scores: &[f32], planted_from: usize) -> f64 {
    let (usual, planted) = scores.split_at(planted_from);
    let wins = |score: f32| {
        usual
            .iter()
            .map(|&other| {
                if score > other {
                    1.0
                } else if score == other {
                    0.5
                } else {
                    0.0
                }
            })
            .sum::<f64>()
    };
    planted.iter().map(|&score| wins(score)).sum::<f64>() / (usual.len() * planted.len()) as f64
}
