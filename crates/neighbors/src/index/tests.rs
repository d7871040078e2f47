//! The index against a plain search in f64, and quick searches against exact ones.

use std::collections::{HashMap, HashSet};

use likeness_testkit::clustered_vectors;

use super::*;
use crate::query::{Accuracy, Metric};

fn tag(dimension: usize) -> ModelTag {
    ModelTag::new("test", "0", "none", dimension).expect("valid")
}

fn embedding(values: &[f32]) -> Embedding {
    Embedding::new(tag(values.len()), values.to_vec()).expect("a direction")
}

/// An index of rows of `dimension` numbers; the photo of row n is n.
fn index_of(vectors: &[f32], dimension: usize) -> VectorIndex {
    let halves = to_halves(vectors);
    let mut index = VectorIndex::new(tag(dimension));
    let damaged = index.insert_many(
        halves.chunks_exact(dimension).enumerate().map(|(row, vector)| (PhotoId(row as i64), vector)),
    );
    assert_eq!(damaged, []);
    index
}

fn photos(found: &[Found]) -> Vec<i64> {
    found.iter().map(|found| found.photo.0).collect()
}

fn with<'a>(count: usize, metric: Metric, accuracy: Accuracy) -> SearchOptions<'a> {
    SearchOptions { metric, accuracy, ..SearchOptions::nearest(count) }
}

#[test]
fn an_exact_search_ranks_as_a_plain_one_does() {
    let vectors = clustered_vectors(600, 40, 1);
    let index = index_of(&vectors, 40);
    let query = &vectors[..40];
    let mut plain: Vec<(f64, i64)> = (0..600)
        .map(|row| {
            let vector = to_halves(&vectors[row * 40..][..40]);
            let dot: f64 = query.iter().zip(&vector).map(|(&q, v)| f64::from(q) * v.to_f64()).sum();
            (1.0 - dot, row as i64)
        })
        .collect();
    plain.sort_by(|a, b| a.0.total_cmp(&b.0));
    let found = index
        .nearest(&Query::like(embedding(query)), &with(10, Metric::Cosine, Accuracy::Exact))
        .expect("of this model");
    assert_eq!(photos(&found), plain[..10].iter().map(|(_, photo)| *photo).collect::<Vec<_>>());
    for (found, (distance, _)) in found.iter().zip(&plain) {
        assert!((f64::from(found.distance) - distance.max(0.0)).abs() < 1e-5, "{found:?} for {distance}");
    }
}

#[test]
fn each_metric_reports_its_own_score() {
    let mut index = VectorIndex::with_code_thresholds(tag(3), &[0.0; 3]).expect("three thresholds");
    for (photo, values) in
        [(1, [1.0, 0.0, 0.0]), (2, [0.0, -1.0, 0.0]), (3, [-1.0, 0.0, 0.0]), (4, [0.8, 0.6, 0.0])]
    {
        index.insert(PhotoId(photo), &embedding(&values)).expect("of this model");
    }
    let query = Query::like(embedding(&[1.0, 0.0, 0.0]));
    let expected = [
        (Metric::Cosine, [1, 4, 2, 3], [1.0, 0.8, 0.0, -1.0]),
        (Metric::Dot, [1, 4, 2, 3], [1.0, 0.8, 0.0, -1.0]),
        (Metric::Euclidean, [1, 4, 2, 3], [0.0, 0.4f32.sqrt(), 2f32.sqrt(), 2.0]),
        // Codes of the rows: 100, 000, 000, 110. Equal numbers of bits are ordered by cosine.
        (Metric::Hamming, [1, 4, 2, 3], [0.0, 1.0, 1.0, 1.0]),
    ];
    for (metric, order, scores) in expected {
        let found = index.nearest(&query, &with(4, metric, Accuracy::Quick)).expect("of this model");
        assert_eq!(photos(&found), order, "{metric:?}");
        for (found, score) in found.iter().zip(scores) {
            assert!((found.score - score).abs() < 1e-3, "{metric:?}: {found:?} for {score}");
        }
    }
}

/// How many of the ten nearest photos an exact search and a quick one have in common, and that both give the same
/// distances for those.
fn recall_at_10(index: &VectorIndex, vectors: &[f32], dimension: usize, queries: usize) -> f64 {
    let rows = vectors.len() / dimension;
    let mut common = 0;
    for query in 0..queries {
        let row = query * (rows / queries);
        let query = Query::like(embedding(&vectors[row * dimension..][..dimension]));
        let own = [PhotoId(row as i64)];
        let options = SearchOptions { excluded: &own, ..SearchOptions::nearest(10) };
        let quick = index.nearest(&query, &options).expect("of this model");
        let exact = SearchOptions { accuracy: Accuracy::Exact, ..options };
        let exact: HashMap<PhotoId, f32> = index
            .nearest(&query, &exact)
            .expect("of this model")
            .iter()
            .map(|found| (found.photo, found.distance))
            .collect();
        assert_eq!((quick.len(), exact.len()), (10, 10));
        assert!(quick.is_sorted_by(|a, b| a.distance <= b.distance));
        for found in quick {
            if let Some(distance) = exact.get(&found.photo) {
                assert_eq!(found.distance, *distance);
                common += 1;
            }
        }
    }
    common as f64 / (queries * 10) as f64
}

#[test]
fn a_quick_search_finds_98_of_100_nearest_photos() {
    for (count, dimension) in [(200_000, 256), (100_000, 64), (100_000, 128), (20_000, 1280)] {
        let vectors = clustered_vectors(count, dimension, 11);
        let index = index_of(&vectors, dimension);
        let recall = recall_at_10(&index, &vectors, dimension, 50);
        assert!(recall >= 0.98, "{recall} at {count} x {dimension}");
    }
}

#[test]
fn a_quick_search_finds_them_among_vectors_without_negative_numbers() {
    // As pooled features of a network that ends in ReLU are: many zeros, no number below.
    let mut vectors = clustered_vectors(40_000, 256, 12);
    vectors.iter_mut().for_each(|value| *value = value.max(0.0));
    for vector in vectors.chunks_exact_mut(256) {
        let unit = embedding(vector);
        vector.copy_from_slice(unit.values());
    }
    let recall = recall_at_10(&index_of(&vectors, 256), &vectors, 256, 50);
    assert!(recall >= 0.98, "{recall}");
}

#[test]
fn an_index_that_grew_photo_by_photo_finds_what_a_loaded_one_finds() {
    let (count, dimension) = (30_000, 256);
    let vectors = clustered_vectors(count, dimension, 13);
    let mut grown = VectorIndex::new(tag(dimension));
    for (row, vector) in vectors.chunks_exact(dimension).enumerate() {
        grown.insert(PhotoId(row as i64), &embedding(vector)).expect("of this model");
    }
    let recall = recall_at_10(&grown, &vectors, dimension, 50);
    assert!(recall >= 0.98, "{recall}");
}

#[test]
fn any_number_of_threads_gives_the_same_answer() {
    let vectors = clustered_vectors(60_000, 256, 14);
    let mut index = index_of(&vectors, 256);
    let query = Query::like(embedding(&vectors[..256]));
    for (metric, accuracy) in [
        (Metric::Cosine, Accuracy::Exact),
        (Metric::Cosine, Accuracy::Quick),
        (Metric::Hamming, Accuracy::Quick),
    ] {
        let mut answers = [1, 3].map(|threads| {
            index.limit_threads(NonZeroUsize::new(threads).expect("not 0"));
            index.nearest(&query, &with(100, metric, accuracy)).expect("of this model")
        });
        assert_eq!(answers[0].len(), 100);
        assert_eq!(std::mem::take(&mut answers[0]), answers[1], "{metric:?} {accuracy:?}");
    }
}

#[test]
fn a_filtered_search_finds_the_nearest_of_the_allowed() {
    let vectors = clustered_vectors(60_000, 256, 15);
    let index = index_of(&vectors, 256);
    let query = Query::like(embedding(&vectors[..256]));
    let all = index.nearest(&query, &with(60_000, Metric::Cosine, Accuracy::Exact)).expect("of this model");
    for every in [2, 1000] {
        let allowed: HashSet<PhotoId> = (1..60_000).step_by(every).chain([99_999]).map(PhotoId).collect();
        let expected: Vec<Found> =
            all.iter().filter(|found| allowed.contains(&found.photo)).take(20).copied().collect();
        for accuracy in [Accuracy::Exact, Accuracy::Quick] {
            let options = SearchOptions { allowed: Some(&allowed), ..with(20, Metric::Cosine, accuracy) };
            assert_eq!(
                index.nearest(&query, &options).expect("of this model"),
                expected,
                "{every} {accuracy:?}"
            );
        }
    }
    let none = SearchOptions { allowed: Some(&HashSet::new()), ..SearchOptions::nearest(5) };
    assert_eq!(index.nearest(&query, &none).expect("of this model"), []);
}

#[test]
fn excluded_photos_take_nobodys_place() {
    let vectors = clustered_vectors(50, 16, 16);
    let index = index_of(&vectors, 16);
    let query = Query::like(embedding(&vectors[..16]));
    for metric in Metric::ALL {
        let all = index.nearest(&query, &with(50, metric, Accuracy::Quick)).expect("of this model");
        let excluded = [all[0].photo, all[3].photo];
        let options = SearchOptions { excluded: &excluded, ..with(4, metric, Accuracy::Quick) };
        let found = index.nearest(&query, &options).expect("of this model");
        assert_eq!(photos(&found), [1, 2, 4, 5].map(|at| all[at].photo.0), "{metric:?}");
    }
}

#[test]
fn photos_can_be_replaced_and_removed_in_any_order() {
    let vectors = clustered_vectors(300, 70, 17);
    let vector = |row: usize| embedding(&vectors[row * 70..][..70]);
    let mut index = index_of(&vectors, 70);
    for photo in (0..300).filter(|photo| photo % 3 == 0) {
        assert!(index.remove(PhotoId(photo)));
        assert!(!index.remove(PhotoId(photo)));
    }
    for photo in (0..300).filter(|photo| photo % 3 == 1) {
        index.insert(PhotoId(photo), &vector(299 - photo as usize)).expect("of this model");
    }
    assert_eq!(index.len(), 200);
    for photo in 0..300 {
        let expected = match photo % 3 {
            0 => None,
            1 => Some(vector(299 - photo as usize)),
            _ => Some(vector(photo as usize)),
        };
        assert_eq!(index.contains(PhotoId(photo)), expected.is_some());
        let Some(expected) = expected else {
            assert_eq!(index.embedding(PhotoId(photo)), None);
            continue;
        };
        let kept = index.embedding(PhotoId(photo)).expect("not removed");
        assert!(kept.values().iter().zip(expected.values()).all(|(a, b)| (a - b).abs() < 1e-3));
        for metric in [Metric::Cosine, Metric::Hamming] {
            let found = index.nearest(&Query::like(kept.clone()), &with(1, metric, Accuracy::Exact));
            let found = found.expect("of this model");
            assert!(found[0].distance < 1e-3, "{photo} by {metric:?}: {found:?}");
        }
    }
}

#[test]
fn an_index_that_was_emptied_can_be_filled_again() {
    let mut index = index_of(&[1.0, 0.0, 0.0, 1.0], 2);
    assert!(index.remove(PhotoId(0)) && index.remove(PhotoId(1)) && index.is_empty());
    let query = Query::like(embedding(&[1.0, 0.0]));
    assert_eq!(index.nearest(&query, &SearchOptions::nearest(3)).expect("of this model"), []);
    index.insert(PhotoId(7), &embedding(&[0.6, 0.8])).expect("of this model");
    let found = index.nearest(&query, &SearchOptions::nearest(3)).expect("of this model");
    assert_eq!(photos(&found), [7]);
}

#[test]
fn damaged_vectors_are_left_out_and_named() {
    let good = to_halves(&[0.6, 0.8]);
    let damaged = [
        (1, to_halves(&[0.6])),
        (2, to_halves(&[0.6, 0.8, 0.0])),
        (3, to_halves(&[f32::NAN, 0.8])),
        (4, to_halves(&[f32::INFINITY, 0.8])),
        (5, to_halves(&[0.0, 0.0])),
        (6, to_halves(&[0.6, 0.9])),
    ];
    let mut index = VectorIndex::new(tag(2));
    let named = index.insert_many(
        damaged
            .iter()
            .map(|(photo, vector)| (PhotoId(*photo), vector.as_slice()))
            .chain([(PhotoId(9), good.as_slice())]),
    );
    assert_eq!(named, [1, 2, 3, 4, 5, 6].map(PhotoId));
    assert_eq!((index.len(), index.contains(PhotoId(9))), (1, true));
}

#[test]
fn vectors_of_another_model_are_refused() {
    let other = ModelTag::new("other", "0", "none", 2).expect("valid");
    let of_other = Embedding::new(other.clone(), vec![1.0, 0.0]).expect("a direction");
    let mut index = VectorIndex::new(tag(2));
    let refused = IndexError::OtherModel { expected: tag(2), actual: other };
    assert_eq!(index.insert(PhotoId(1), &of_other), Err(refused.clone()));
    assert_eq!(index.nearest(&Query::like(of_other), &SearchOptions::nearest(1)), Err(refused));
    let longer = Query::like(embedding(&[1.0, 0.0, 0.0]));
    assert!(matches!(index.nearest(&longer, &SearchOptions::nearest(1)), Err(IndexError::OtherModel { .. })));
}

#[test]
fn thresholds_must_fit_the_model() {
    for thresholds in [&[0.0][..], &[0.0, f32::NAN], &[0.0; 3]] {
        let made = VectorIndex::with_code_thresholds(tag(2), thresholds);
        assert!(matches!(made, Err(IndexError::Thresholds { .. })), "{thresholds:?}");
    }
}
