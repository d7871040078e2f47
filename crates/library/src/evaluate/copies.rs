//! Whether a model knows a photo again after something happened to it, among many others.

use likeness_decode::{DecodePool, Worker};
use likeness_domain::{Embedding, JobContext, Pixels, Stage};
use likeness_embed::{Model, Prepared};

use super::changes::{CHANGES, Change, Strength};
use crate::Error;
use crate::all_cores::on_all_cores;
use crate::embed_files::EmbeddedFile;

/// What came of one change.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyFigures {
    /// The change, in words.
    pub change: &'static str,
    /// How much it leaves.
    pub strength: Strength,
    /// Changed photos that were looked for.
    pub queries: usize,
    /// Share of them whose nearest photo is the one that they were made from, 0 to 1.
    pub recall_at_1: f64,
    /// The middle of the cosine distances between changed photo and original.
    pub median_distance: f32,
}

/// What to look for, and among what.
pub struct CopyPhotos<'a> {
    /// Photos that are changed and looked for: at most [`MOST_QUERIES`], evenly chosen when there are more.
    pub photos: &'a [EmbeddedFile],
    /// Photos that are only in the way.
    pub distractors: &'a [EmbeddedFile],
}

/// More photos say little more, and take fourteen looks each.
pub const MOST_QUERIES: usize = 1000;
/// Changes are made on about as many pixels as a screen shows of a photo in a message.
const SHORT_SIDE: u32 = 512;
/// Vectors of one photo under two names, or so near that nobody could tell them apart.
const SAME_COSINE: f32 = 0.9999;

/// Changes each photo in 14 ways, stores it as JPEG, reads it as any file, and looks for it among all photos.
///
/// # Errors
/// When the job is cancelled. Photos that cannot be read are left out.
pub fn measure_copies(
    ctx: &JobContext,
    decoders: &DecodePool,
    model: &dyn Model,
    among: &CopyPhotos<'_>,
) -> Result<Vec<CopyFigures>, Error> {
    let known: Vec<&EmbeddedFile> =
        among.photos.iter().chain(among.distractors).filter(|file| file.embedding.is_ok()).collect();
    let vectors: Vec<&[f32]> =
        known.iter().filter_map(|file| file.embedding.as_ref().ok().map(Embedding::values)).collect();
    let readable = among.photos.iter().filter(|file| file.embedding.is_ok()).count();
    let step = readable.div_ceil(MOST_QUERIES).max(1);
    let queries: Vec<usize> = (0..readable).step_by(step).collect();
    // By photo, what came of each change; `None` where one could not be made.
    let found = on_all_cores(ctx, decoders, Stage::Embed, queries.len(), 1, |worker, batch| {
        let look = |place: usize| -> Vec<Option<(bool, f32)>> {
            let query = queries[place];
            let found = |changed: Embedding| is_nearest(query, changed.values(), &vectors);
            let changed = changed_embeddings(ctx, worker, model, known[query]);
            changed.into_iter().map(|changed| changed.map(found)).collect()
        };
        batch.map(look).collect()
    })?;
    Ok(CHANGES.iter().enumerate().map(|(place, change)| figures(change, place, &found)).collect())
}

fn figures(change: &Change, place: usize, found: &[Vec<Option<(bool, f32)>>]) -> CopyFigures {
    let mut of_change: Vec<(bool, f32)> = found.iter().filter_map(|photo| photo[place]).collect();
    of_change.sort_unstable_by(|a, b| a.1.total_cmp(&b.1));
    let hits = of_change.iter().filter(|(is_nearest, _)| *is_nearest).count();
    CopyFigures {
        change: change.name,
        strength: change.strength,
        queries: of_change.len(),
        recall_at_1: hits as f64 / of_change.len().max(1) as f64,
        median_distance: of_change.get(of_change.len() / 2).map_or(f32::NAN, |(_, distance)| *distance),
    }
}

/// One for each change. A cancelled job has none of them: nobody will ask.
fn changed_embeddings(
    ctx: &JobContext,
    worker: &mut Worker,
    model: &dyn Model,
    file: &EmbeddedFile,
) -> Vec<Option<Embedding>> {
    let Ok(photo) = worker.picture(&file.path, SHORT_SIDE, None) else {
        return CHANGES.iter().map(|_| None).collect();
    };
    let mut prepared = |change: &Change| {
        ctx.check().ok()?;
        stored_and_read(worker, model, &photo, change)
    };
    let prepared: Vec<Option<Prepared>> = CHANGES.iter().map(&mut prepared).collect();
    if ctx.check().is_err() {
        return Vec::new();
    }
    let readable: Vec<Prepared> = prepared.iter().flatten().cloned().collect();
    let mut embeddings = model.embed(&readable).into_iter();
    prepared.iter().map(|prepared| prepared.as_ref().and_then(|_| embeddings.next()?.ok())).collect()
}

fn stored_and_read(
    worker: &mut Worker,
    model: &dyn Model,
    photo: &Pixels,
    change: &Change,
) -> Option<Prepared> {
    let changed = change.make(photo);
    let (width, height) = (changed.width().try_into().ok()?, changed.height().try_into().ok()?);
    let mut jpeg = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut jpeg, change.quality);
    encoder.encode(changed.rgb(), width, height, jpeg_encoder::ColorType::Rgb).ok()?;
    let read = worker.picture_from_bytes(&jpeg, model.input_short_side(), None).ok()?;
    Some(model.prepare(&read))
}

/// Whether the photo is nearest to its changed self, and how far from it.
fn is_nearest(photo: usize, changed: &[f32], vectors: &[&[f32]]) -> (bool, f32) {
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let own = dot(vectors[photo], changed);
    let nearer = vectors.iter().enumerate().find(|(other, vector)| {
        *other != photo && dot(vector, changed) > own && dot(vector, vectors[photo]) < SAME_COSINE
    });
    (nearer.is_none(), 1.0 - own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_must_be_nearest_unless_the_other_is_its_twin() {
        let vectors: [&[f32]; 3] = [&[1.0, 0.0], &[0.6, 0.8], &[1.0, 0.0]];
        let (is_nearest_to_first, distance) = is_nearest(0, &[0.96, 0.28], &vectors);
        assert!(is_nearest_to_first && (distance - 0.04).abs() < 1e-6);
        assert!(!is_nearest(0, &[0.7, 0.714], &vectors).0);
        assert!(is_nearest(2, &[1.0, 0.0], &vectors).0, "the twin is as near");
    }
}
