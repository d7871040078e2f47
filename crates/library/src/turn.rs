//! One process at a time reads photos into a library; the others wait for their turn.

use std::fs::{File, OpenOptions, TryLockError};
use std::thread;
use std::time::Duration;

use likeness_domain::{JobContext, Stage};

use crate::{Error, Places};

/// Held while photos are read. The system gives the turn back when the process ends, however it ends.
pub(crate) struct Turn(#[allow(dead_code, reason = "locked while it is open")] File);

const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Turn {
    /// Waits until no other process reads photos into this library.
    pub(crate) fn take(ctx: &JobContext, places: &Places) -> Result<Self, Error> {
        let path = places.library.join("reading.lock");
        let writing = |source| Error::writing(path.clone(), source);
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(writing)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => {
                    ctx.progress(Stage::Wait, 0, 0);
                    thread::sleep(LOOK_AGAIN);
                }
                Err(TryLockError::Error(source)) => return Err(writing(source)),
            }
            ctx.check()?;
        }
    }
}
