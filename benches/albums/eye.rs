//! What a head learns from albums, on photos that it did not learn from, and what becomes of all other photos.

use anyhow::Result;
use likeness_domain::JobContext;
use likeness_embed::teach_head;

use crate::{Photos, Random};

pub(crate) fn measure(photos: &Photos) -> Result<()> {
    let classes =
        |part: &str| photos.classes(part).into_values().filter(|rows| rows.len() >= 8).collect::<Vec<_>>();
    let flowers = classes("/flowers/");
    let scenes = classes("/scenes/");
    let caltech = classes("/caltech/");
    let halves: Vec<Vec<usize>> = caltech.iter().step_by(2).cloned().collect();
    let random = |albums: &[Vec<usize>]| -> Vec<Vec<usize>> {
        let rows: Vec<usize> = albums.concat();
        let shuffled = Random(7).draw(&rows, rows.len());
        shuffled.chunks(rows.len().div_ceil(albums.len())).map(<[usize]>::to_vec).collect()
    };
    let sets = [
        ("flowers", flowers.clone()),
        ("scenes", scenes.clone()),
        ("every second class of caltech", halves),
        ("flowers, thrown together", random(&flowers)),
        ("scenes, thrown together", random(&scenes)),
        ("caltech, thrown together", random(&caltech)),
    ];
    println!(
        "| albums | photos | held out | before | after | sure gain | kept | caltech before | with the head |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, albums) in sets {
        if albums.len() < 2 {
            continue;
        }
        let lesson = teach_head(&JobContext::unattended(), &photos.vectors, photos.dimension, &albums, 0)?;
        let elsewhere = |vectors: &[f32]| share_of_same(vectors, photos.dimension, &caltech);
        let with = match &lesson.head {
            Some(head) => format!("{:.3}", elsewhere(&head.apply(&photos.vectors)?)),
            None => "-".to_owned(),
        };
        println!(
            "| {name} | {} in {} | {} | {:.3} | {:.3} | {:+.3} | {} | {:.3} | {with} |",
            albums.concat().len(),
            albums.len(),
            lesson.held_out,
            lesson.before,
            lesson.after,
            lesson.sure_gain,
            if lesson.head.is_some() { "yes" } else { "no" },
            elsewhere(&photos.vectors),
        );
    }
    Ok(())
}

/// The share of the ten nearest of each photo of these classes that are of its class.
fn share_of_same(vectors: &[f32], dimension: usize, classes: &[Vec<usize>]) -> f64 {
    let labels: Vec<usize> =
        classes.iter().enumerate().flat_map(|(label, rows)| vec![label; rows.len()]).collect();
    let rows: Vec<f32> =
        classes.iter().flatten().flat_map(|&row| vectors[row * dimension..][..dimension].to_vec()).collect();
    likeness_cluster::measure_retrieval(&JobContext::unattended(), &rows, dimension, &labels, &[10])
        .map_or(0.0, |retrieval| retrieval.precision_at(0, |_| true))
}
