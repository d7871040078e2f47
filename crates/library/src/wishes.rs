//! Decoders for what somebody waits to see: a few at a time, however many pictures a window asks for at once.

use std::ops::{Deref, DerefMut};

use likeness_decode::{DecodePool, Worker};
use parking_lot::{Condvar, Mutex};

/// Each may take as much memory as one file may cost.
const MOST_AT_ONCE: usize = 4;

#[derive(Default)]
pub(crate) struct Wishes {
    running: Mutex<usize>,
    ended: Condvar,
}

/// A decoder for one wish.
pub(crate) struct WishWorker<'a> {
    wishes: &'a Wishes,
    worker: Worker,
}

impl Wishes {
    /// A decoder, as soon as one is free.
    pub(crate) fn worker(&self, decoders: &DecodePool) -> WishWorker<'_> {
        let mut running = self.running.lock();
        self.ended.wait_while(&mut running, |running| *running >= MOST_AT_ONCE);
        *running += 1;
        WishWorker { wishes: self, worker: decoders.worker() }
    }
}

impl Drop for WishWorker<'_> {
    fn drop(&mut self) {
        *self.wishes.running.lock() -= 1;
        self.wishes.ended.notify_one();
    }
}

impl Deref for WishWorker<'_> {
    type Target = Worker;

    fn deref(&self) -> &Worker {
        &self.worker
    }
}

impl DerefMut for WishWorker<'_> {
    fn deref_mut(&mut self) -> &mut Worker {
        &mut self.worker
    }
}
