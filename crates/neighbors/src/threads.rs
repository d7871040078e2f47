//! Splits a scan over rows among threads of its own: a search must not wait behind photos in a shared pool.

use std::num::NonZeroUsize;
use std::ops::Range;

/// Bytes that are worth a thread: about 50 microseconds of reading, as long as starting one takes.
const BYTES_PER_THREAD: usize = 1 << 20;

/// All cores of this machine that the program may use.
pub(crate) fn all() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Calls `scan` for consecutive parts of `0..rows` which together cover it, on up to `threads` threads, fewer when
/// rows of `row_bytes` are little work. The results come in the order of the parts.
pub(crate) fn split<T: Send>(
    threads: NonZeroUsize,
    rows: usize,
    row_bytes: usize,
    scan: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    let parts = (rows * row_bytes / BYTES_PER_THREAD).clamp(1, threads.get());
    let scan_part = |part: usize| scan(rows * part / parts..rows * (part + 1) / parts);
    std::thread::scope(|scope| {
        let scan_part = &scan_part;
        let others: Vec<_> = (1..parts).map(|part| scope.spawn(move || scan_part(part))).collect();
        let first = scan_part(0);
        let others = others.into_iter().map(|thread| thread.join().expect("a scan does not panic"));
        std::iter::once(first).chain(others).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_all_rows_in_order() {
        let threads = NonZeroUsize::new(3).expect("not 0");
        for (rows, row_bytes, parts) in [(0, 1 << 20, 1), (2, 1 << 20, 2), (100, 1 << 20, 3), (100, 1, 1)] {
            let ranges = split(threads, rows, row_bytes, |range| range);
            assert_eq!(ranges.len(), parts);
            assert_eq!(ranges.into_iter().flatten().collect::<Vec<_>>(), (0..rows).collect::<Vec<_>>());
        }
    }
}
