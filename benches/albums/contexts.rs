//! Photos that go with each other: sessions of mixed content, found by the company of photos and by their looks.

use std::time::Instant;

use anyhow::Result;
use likeness_contexts::{Contexts, NUMBERS, Projection, outings};
use likeness_domain::JobContext;

use crate::{Photos, Random, dot};

const SESSIONS: usize = 600;
/// Kinds of content that a session mixes, and its photos.
const KINDS: usize = 3;
const FEWEST: usize = 8;
const MOST: usize = 40;
const NEAREST: usize = 10;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A made-up life: rows of vectors in order of capture, when each was taken, and in which session.
struct Life {
    rows: Vec<usize>,
    taken: Vec<Option<i64>>,
    sessions: Vec<usize>,
}

pub(crate) fn measure(photos: &Photos, timed: Option<usize>) -> Result<()> {
    let ctx = JobContext::unattended();
    let life = life(photos, SESSIONS, &mut Random(1));
    let count = life.rows.len();
    println!(
        "{count} photos in {SESSIONS} sessions of {KINDS} kinds, up to 4 hours between two of a day; one photo of ten comes later"
    );
    // The last photo of ten of each session is not known at first.
    let (late, known): (Vec<usize>, Vec<usize>) = (0..count).partition(|photo| photo % 10 == 9);
    let numbers: Vec<usize> = known.iter().chain(&late).copied().collect();
    let taken: Vec<Option<i64>> = numbers.iter().map(|&photo| life.taken[photo]).collect();
    let sessions: Vec<usize> = numbers.iter().map(|&photo| life.sessions[photo]).collect();
    let looks = photos.rows(&numbers.iter().map(|&photo| life.rows[photo]).collect::<Vec<usize>>());

    let started = Instant::now();
    let sentences = outings(&taken[..known.len()]);
    let contexts = Contexts::learn(&ctx, &sentences, known.len(), 0)?;
    let seconds = started.elapsed().as_secs_f64();
    let all_known: Vec<usize> = (0..known.len()).collect();
    let projection =
        Projection::learn(&looks[..known.len() * photos.dimension], photos.dimension, &contexts, &all_known)?;
    let guesses = projection.guess(&looks[known.len() * photos.dimension..])?;

    let known_looks = &looks[..known.len() * photos.dimension];
    println!("| of the {NEAREST} nearest, from the same session | share |\n|---|---|");
    let share = |vectors: &[f32], dimension: usize, queries: std::ops::Range<usize>| {
        same_session(vectors, dimension, &sessions[..vectors.len() / dimension], queries)
    };
    println!("| by looks | {:.3} |", share(known_looks, photos.dimension, 0..known.len()));
    let time: Vec<f32> = by_time(&taken[..known.len()], &sessions);
    println!("| by time of capture | {:.3} |", time[0]);
    println!(
        "| by company, {} sentences, {seconds:.1} s | {:.3} |",
        sentences.len(),
        share(&contexts.directions(), NUMBERS, 0..known.len())
    );
    println!("| latecomers, by looks | {:.3} |", share(&looks, photos.dimension, known.len()..count));

    let started = Instant::now();
    let sentences: Vec<Vec<u32>> = outings(&taken)
        .into_iter()
        .filter(|sentence| sentence.iter().any(|&photo| photo as usize >= known.len()))
        .collect();
    let all_later = contexts.clone().learn_more(&ctx, &sentences, count, &guesses, 0)?;
    let seconds = started.elapsed().as_secs_f64();
    let mut guessed = contexts.directions();
    let mean: Vec<f32> = (0..NUMBERS)
        .map(|at| (0..known.len()).map(|photo| contexts.of(photo)[at]).sum::<f32>() / known.len() as f32)
        .collect();
    guessed.extend(guesses.chunks_exact(NUMBERS).flat_map(|guess| {
        let less: Vec<f32> = guess.iter().zip(&mean).map(|(guess, mean)| guess - mean).collect();
        let length = dot(&less, &less).sqrt().max(f32::MIN_POSITIVE);
        less.into_iter().map(move |value| value / length)
    }));
    println!("| latecomers, guessed from looks | {:.3} |", share(&guessed, NUMBERS, known.len()..count));
    println!(
        "| latecomers, learned more, {seconds:.1} s | {:.3} |",
        share(&all_later.directions(), NUMBERS, known.len()..count)
    );

    if let Some(timed) = timed {
        let taken: Vec<Option<i64>> =
            (0..timed).map(|photo| Some((photo as i64 + photo as i64 / 60 * 400) * MINUTE_MS)).collect();
        let started = Instant::now();
        let sentences = outings(&taken);
        let contexts = Contexts::learn(&ctx, &sentences, timed, 0)?;
        println!(
            "\n{timed} photos in {} outings: {:.1} s, {} numbers each",
            sentences.len(),
            started.elapsed().as_secs_f64(),
            contexts.of(0).len()
        );
    }
    Ok(())
}

/// Sessions of mixed kinds: minutes within, sometimes a meal, hours or days between.
fn life(photos: &Photos, sessions: usize, random: &mut Random) -> Life {
    let classes: Vec<Vec<usize>> =
        photos.classes("").into_values().filter(|rows| rows.len() >= 100).collect();
    let mut life = Life { rows: Vec::new(), taken: Vec::new(), sessions: Vec::new() };
    let mut now = 0i64;
    for session in 0..sessions {
        let kinds = random.draw(&classes.iter().collect::<Vec<_>>(), KINDS);
        for _ in 0..FEWEST + random.below(MOST - FEWEST) {
            let kind = kinds[random.below(KINDS)];
            life.rows.push(kind[random.below(kind.len())]);
            life.taken.push(Some(now));
            life.sessions.push(session);
            now += if random.below(20) == 0 { HOUR_MS } else { random.below(8) as i64 * MINUTE_MS };
        }
        // Four of ten are followed by another on the same day.
        now += if random.below(10) < 4 { 4 * HOUR_MS } else { (12 + random.below(100) as i64) * HOUR_MS };
    }
    life
}

/// The share of the nearest among all rows that are from the query's session.
fn same_session(
    vectors: &[f32],
    dimension: usize,
    sessions: &[usize],
    queries: std::ops::Range<usize>,
) -> f64 {
    let rows: Vec<&[f32]> = vectors.chunks_exact(dimension).collect();
    let queries: Vec<usize> = queries.step_by(11).collect();
    let mut same = 0;
    for &query in &queries {
        let mut others: Vec<(f32, usize)> = (0..rows.len())
            .filter(|&row| row != query)
            .map(|row| (dot(rows[query], rows[row]), row))
            .collect();
        others.select_nth_unstable_by(NEAREST, |a, b| b.0.total_cmp(&a.0));
        same += others[..NEAREST].iter().filter(|(_, row)| sessions[*row] == sessions[query]).count();
    }
    same as f64 / (queries.len() * NEAREST) as f64
}

/// The same for those taken nearest in time.
fn by_time(taken: &[Option<i64>], sessions: &[usize]) -> Vec<f32> {
    let mut same = 0;
    for (photo, own) in taken.iter().enumerate() {
        let reach = photo.saturating_sub(NEAREST)..(photo + NEAREST + 1).min(taken.len());
        let mut others: Vec<usize> = reach.filter(|&other| other != photo).collect();
        others
            .sort_by_key(|&other| own.zip(taken[other]).map_or(i64::MAX, |(own, other)| (own - other).abs()));
        same += others[..NEAREST].iter().filter(|&&other| sessions[other] == sessions[photo]).count();
    }
    vec![same as f32 / (taken.len() * NEAREST) as f32]
}
