//! What taught albums must do, on made-up vectors.

use likeness_domain::JobControl;

use super::*;

const DIMENSION: usize = 32;

/// Unit vectors in clusters, those of every `kinds`-th row pulled towards an axis of their own.
fn library(count: usize, kinds: usize) -> Vec<f32> {
    let mut vectors = likeness_testkit::clustered_vectors(count, DIMENSION, 11);
    for (at, row) in vectors.chunks_exact_mut(DIMENSION).enumerate() {
        row[at % kinds] += 0.8;
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
    vectors
}

fn rows(vectors: &[f32], rows: impl Iterator<Item = usize>) -> Vec<f32> {
    rows.flat_map(|row| vectors[row * DIMENSION..][..DIMENSION].to_vec()).collect()
}

fn taught(vectors: &[f32], yes: &[usize], no: &[usize]) -> Taught {
    let background: Vec<usize> =
        (0..vectors.len() / DIMENSION).step_by(3).filter(|row| !yes.contains(row)).collect();
    let examples = Examples {
        dimension: DIMENSION,
        yes: &rows(vectors, yes.iter().copied()),
        no: &rows(vectors, no.iter().copied()),
        background: &rows(vectors, background.into_iter()),
    };
    teach(&JobContext::unattended(), &examples).expect("taught")
}

fn average_precision(confidences: &[f32], belongs: impl Fn(usize) -> bool, left_out: &[usize]) -> f64 {
    let scores = |wanted: bool| {
        let rows = (0..confidences.len()).filter(|row| !left_out.contains(row) && belongs(*row) == wanted);
        rows.map(|row| confidences[row]).collect()
    };
    KeptOut { yes: scores(true), no: Vec::new(), others: scores(false) }.average_precision()
}

#[test]
fn three_examples_find_their_kind_among_others_of_which_some_belong() {
    let vectors = library(1200, 20);
    let yes = [4, 24, 44];
    let taught = taught(&vectors, &yes, &[]);
    let confidences = taught.confidences(&vectors).expect("rows");
    let belongs = |row: usize| row % 20 == 4;
    let found = average_precision(&confidences, belongs, &yes);
    let mean: Vec<f32> =
        (0..DIMENSION).map(|at| yes.iter().map(|row| vectors[row * DIMENSION + at]).sum()).collect();
    let plain: Vec<f32> =
        vectors.chunks_exact(DIMENSION).map(|row| row.iter().zip(&mean).map(|(a, b)| a * b).sum()).collect();
    let plain = average_precision(&plain, belongs, &yes);
    assert!(found > plain && found > 0.5, "{found} and by plain likeness {plain}");
    assert!(confidences.iter().all(|confidence| (0.0..=1.0).contains(confidence)));
}

#[test]
fn a_no_takes_its_kind_out() {
    let vectors = library(1200, 20);
    // Those of two kinds were picked; then one kind is refused.
    let yes = [4, 5, 24, 25, 44, 45];
    let refused = [65, 85, 105, 125];
    let mean = |confidences: Vec<f32>, kind: usize| {
        let of_kind = (0..1200).filter(|row| row % 20 == kind && *row > 130);
        of_kind.map(|row| f64::from(confidences[row])).sum::<f64>()
    };
    let before = taught(&vectors, &yes, &[]).confidences(&vectors).expect("rows");
    let after = taught(&vectors, &[4, 24, 44], &refused).confidences(&vectors).expect("rows");
    let share = |confidences: Vec<f32>| mean(confidences.clone(), 5) / mean(confidences, 4);
    let (before, after) = (share(before), share(after));
    assert!(after < before / 2.0, "{before} to {after}");
}

#[test]
fn the_nearest_examples_tell_why() {
    let yes = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
    let why = nearest_examples(&[0.0, 1.0], &yes, 2);
    assert_eq!(why, [(1, 1.0), (2, 0.8)]);
    assert!(nearest_examples(&[], &yes, 2).len() <= 2);
}

#[test]
fn what_cannot_be_learned_from_is_refused() {
    let vectors = library(40, 20);
    let ctx = JobContext::unattended();
    let (same, wrong) = (vec![0.5; 10 * DIMENSION], vec![f32::NAN; 3 * DIMENSION]);
    let examples = |yes, background| Examples { dimension: DIMENSION, yes, no: &[], background };
    let refused = |examples: &Examples<'_>| teach(&ctx, examples).expect_err("refused");
    let two = refused(&examples(&vectors[..2 * DIMENSION], &vectors));
    assert!(matches!(two, TeachError::TooFew { yes: 2, background: 40 }), "{two}");
    assert!(matches!(refused(&examples(&vectors[..DIMENSION * 3 + 1], &vectors)), TeachError::Shape(_)));
    assert!(matches!(refused(&examples(&vectors, &same)), TeachError::Degenerate));
    assert!(matches!(refused(&examples(&wrong, &vectors)), TeachError::Degenerate));
    let control = JobControl::new();
    control.cancel();
    let stopped = teach(&JobContext::new(control, |_| {}), &examples(&vectors[..3 * DIMENSION], &vectors));
    assert!(matches!(stopped, Err(TeachError::Cancelled(_))));
}
