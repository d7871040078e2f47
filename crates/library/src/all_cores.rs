//! One kind of work for many files on all cores, a decoder for each.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use likeness_decode::{DecodePool, Worker};
use likeness_domain::{JobContext, Stage};

use crate::Error;

/// What `work` makes of the files `0..count`, in their order; `work` gets up to `batch` of them at a time. Tells the
/// progress as `stage`.
///
/// # Errors
/// When the job is cancelled.
pub(crate) fn on_all_cores<T: Send>(
    ctx: &JobContext,
    decoders: &DecodePool,
    stage: Stage,
    count: usize,
    batch: usize,
    work: impl Fn(&mut Worker, Range<usize>) -> Vec<T> + Sync,
) -> Result<Vec<T>, Error> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    ctx.progress(stage, 0, count as u64);
    let run = || -> Result<Vec<(usize, Vec<T>)>, Error> {
        let mut worker = decoders.worker();
        let mut made = Vec::new();
        loop {
            ctx.check()?;
            let first = next.fetch_add(batch, Ordering::Relaxed);
            if first >= count {
                return Ok(made);
            }
            let files = first..(first + batch).min(count);
            made.push((first, work(&mut worker, files.clone())));
            let done = done.fetch_add(files.len(), Ordering::Relaxed) + files.len();
            ctx.progress(stage, done as u64, count as u64);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut made = thread::scope(|scope| {
        let runs: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        let mut all = Vec::new();
        for run in runs {
            all.extend(run.join().unwrap_or(Err(Error::Panicked("reading photos")))?);
        }
        Ok::<_, Error>(all)
    })?;
    made.sort_unstable_by_key(|(first, _)| *first);
    Ok(made.into_iter().flat_map(|(_, made)| made).collect())
}
